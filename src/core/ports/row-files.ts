import type { ExportedFile, ExportOptions } from './exporter.ts'
import type { RowsFile, SavedRows } from './rows-file.ts'

/** Writes rows into the file that it is given, until the signal is aborted. */
export type SaveRows = (file: RowsFile, signal: AbortSignal) => Promise<SavedRows>

/** Makes whole files from rows that another process writes as text, because they come from outside this machine. */
export interface RowFiles {
  /** Throws what `save` throws, and what `Exporter` throws; nothing of a file that fails is left behind. */
  write(save: SaveRows, options: ExportOptions): Promise<ExportedFile & Pick<SavedRows, 'truncated'>>
}
