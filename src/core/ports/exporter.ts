import type { FileForm } from '../../contract/result-file.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { Asker, RunProgress } from './warehouse.ts'

/** A whole result as a file. */
export interface ExportedFile {
  readonly rowCount: number
  /** The length of the file. */
  readonly bytes: number
  /** What the file holds, to be read once. The file is gone when the reading ends, however it ends. */
  readonly content: AsyncIterable<Uint8Array>
  /** The bytes from position `from` up to and without `to`. The file stays. */
  read(from: number, to: number): AsyncIterable<Uint8Array>
  /**
   * Moves the file instead of reading it: a new name or a regular file under that path is whole or not there, also behind a link. A pipe or
   * a character device is written into. Throws `bad_request` for anything else.
   */
  saveAs(path: string): Promise<void>
  /** Drops a file that nobody will read. */
  discard(): Promise<void>
}

/** How far the writing of a file is. */
export interface ExportProgress {
  readonly bytes: number
  /** Null where the engine does not tell before the end. */
  readonly rows: number | null
}

export interface ExportOptions {
  readonly form: FileForm
  /** As many rows mean that there may be more, which JSON says at its end; null where every row is written. The query itself holds the limit. */
  readonly maxRows: number | null
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** The longest that the query may run where it runs elsewhere than on this machine; `timeoutMs` by default. */
  readonly queryTimeoutMs?: number
  readonly asker?: Asker
  /** As `RunOptions.onProgress`. */
  readonly onQuery?: (progress: RunProgress) => void
  /** Called several times a second while the file is written. */
  readonly onProgress?: (progress: ExportProgress) => void
}

/**
 * Writes whole results as files, encoded by the engine itself. Text that a spreadsheet would run as a formula is neutralised in CSV and
 * marked as text in workbooks. Throws what `Warehouse.run` throws; rejects with the signal's reason once aborted, after the engine has
 * stopped and what it wrote is gone.
 */
export interface Exporter {
  export(sql: ReadOnlySql, options: ExportOptions): Promise<ExportedFile>
  /**
   * The rows that the warehouse keeps of a finished query, at most `maxRows`; `truncated` where it keeps more. Nothing runs. Throws also
   * `result_expired`. Only where the warehouse keeps results.
   */
  exportKept?(queryId: string, options: ExportOptions): Promise<ExportedFile & { readonly truncated: boolean }>
}
