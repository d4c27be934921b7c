import type { Column } from '../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../contract/result-view.ts'
import type { ExportedFile, ExportOptions } from './exporter.ts'
import type { RowBatch } from './warehouse.ts'

/** What a kept result is made from: the rows of a Parquet file, which is taken over, or batches of rows as events hold them. */
export type ResultRows =
  | { readonly kind: 'parquet'; readonly file: ExportedFile }
  | { readonly kind: 'batches'; readonly batches: AsyncIterable<RowBatch> }

/** A finished result about to be kept. */
export interface NewResult {
  readonly columns: readonly Column[]
  readonly rows: ResultRows
  /** ISO 8601: when the rows were read from the warehouse. */
  readonly readAt: string
  /** Whether the query has no more rows than these; asked once they have been read. */
  readonly isWhole: () => boolean
}

/** Which part of a view is read. */
export interface WindowRange {
  /** Positions of the columns that the rows have, ascending; null for all. */
  readonly columns: readonly number[] | null
  readonly from: number
  readonly count: number
  readonly maxBytes: number
}

/** A part of a view, its rows as the JSON text of an array of arrays of cells. */
export interface WindowText {
  readonly rowsJson: string
  readonly viewRows: number
}

/** What is asked about a column. */
export interface SummaryOrder {
  readonly column: number
  /** The most values to list, and the text that each contains. */
  readonly values: number
  readonly containing: string
}

/**
 * A finished result kept on this machine. Views are ordered once; what follows is read quickly. Throws `bad_request` for a column that there
 * is none of, `query_timeout`, `query_too_large` and `warehouse_failed`; rejects with the signal's reason once aborted.
 */
export interface KeptResult {
  readonly columns: readonly Column[]
  readonly allRows: number
  readonly isWhole: boolean
  readonly readAt: string
  /** Rows of a view from a position on: at most `maxBytes` of them, but one row where there is any. */
  window(view: RowsView, range: WindowRange, signal: AbortSignal): Promise<WindowText>
  summary(view: RowsView, order: SummaryOrder, signal: AbortSignal): Promise<ColumnSummary>
  /** Writes the rows of a view as a file with the types of the columns; of these columns, by position and in this order, or of all for null. */
  export(view: RowsView, columns: readonly number[] | null, options: ExportOptions): Promise<ExportedFile>
}

/** Finished results as local files of bounded size and age, so that their rows can be looked at in any order and taken away whole. */
export interface ResultFiles {
  /**
   * The result kept under a key. Makes it where it is not kept; those who ask meanwhile wait for the same making, which stops when none of them
   * waits any more. Throws what `make` throws, `query_too_large` for a result that is larger than all kept ones may be, and
   * `warehouse_failed` where the disk is full.
   */
  open(key: string, make: (signal: AbortSignal) => Promise<NewResult>, signal: AbortSignal): Promise<KeptResult>
  /** The result kept under a key; null where none is, or it is too old or still being made. Nothing is made. */
  find(key: string): Promise<KeptResult | null>
  /** The keys of what is kept. */
  keys(): readonly string[]
  /** Removes what is kept under a key, and stops its making. */
  drop(key: string): Promise<void>
  /** Removes what is too old, and what processes that are gone left behind. */
  sweep(): Promise<void>
  close(): Promise<void>
}
