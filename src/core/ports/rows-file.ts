import type { Column } from '../../contract/result.ts'
import type { FileForm } from '../../contract/result-file.ts'

/** How rows are written as text: as a file for people, or as fields that an engine reads with their types. */
export type RowsForm = (FileForm & { readonly format: 'csv' | 'json' | 'ndjson' }) | { readonly format: 'fields' }

/** What stands for NULL among fields; a text that says the same stands in quotes, as every text does. */
export const noField = String.raw`\N`

/** A file that does not exist yet, for the rows of one result. */
export interface RowsFile {
  readonly path: string
  readonly form: RowsForm
}

/** How exactly the dates and times of a column can be held: to the microsecond or the nanosecond in UTC, or only as their text. */
export type MomentForm = 'micros' | 'nanos' | 'text'

/** What was written of a result. */
export interface SavedRows {
  readonly columns: readonly Column[]
  readonly rowCount: number
  /** The length of the rows as they were written. */
  readonly bytes: number
  /** Whether a limit left rows out. */
  readonly truncated: boolean
  /** Of each column; null where it holds no dates or times. */
  readonly moments: readonly (MomentForm | null)[]
  /** No row takes more bytes than this. */
  readonly longestBytes: number
}
