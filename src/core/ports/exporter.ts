import type { ReadOnlySql } from '../guard/read-only-sql.ts'

export const exportFormats = ['csv', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** A whole result as a file. */
export interface ExportedFile {
  readonly rowCount: number
  /** The length of the file. */
  readonly bytes: number
  /** What the file holds, to be read once. The file is gone when the reading ends, however it ends. */
  readonly content: AsyncIterable<Uint8Array>
  /**
   * Moves the file instead of reading it: a new name or a regular file under that path is whole or not there, also behind a link. A pipe or
   * a character device is written into. Throws `bad_request` for anything else.
   */
  saveAs(path: string): Promise<void>
  /** Drops a file that nobody will read. */
  discard(): Promise<void>
}

/**
 * Writes whole results as files, encoded by the engine itself. Text that a spreadsheet would run as a formula is neutralised in CSV.
 * Throws what `Warehouse.run` throws; rejects with the signal's reason once aborted, after the engine has stopped and what it wrote is gone.
 */
export interface Exporter {
  export(
    sql: ReadOnlySql,
    options: { readonly format: ExportFormat; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ExportedFile>
}
