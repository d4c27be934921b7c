import type { Column, Estimate } from '../../contract/result.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { RowsFile, SavedRows } from './rows-file.ts'

/** Some rows of a result, encoded by the engine: `rowsJson` is the text of an array of arrays of cells. */
export interface RowBatch {
  readonly rowsJson: string
  readonly rowCount: number
  /** Length of `rowsJson` in bytes. */
  readonly bytes: number
}

/** A running result. Leaving `batches` early cancels the query in the warehouse. */
export interface RowStream {
  readonly columns: readonly Column[]
  readonly batches: AsyncIterable<RowBatch>
  /** Whether rows were left out because of `maxRows` or `maxBytes`; known once `batches` has ended. */
  truncated(): boolean
}

export interface CompiledQuery {
  readonly columns: readonly Column[]
  /** Upper bounds of what running it would read. */
  readonly estimate: Estimate
}

/** Who a statement is for, as a warehouse with a query history notes it there. */
export interface Asker {
  readonly userId: string
  readonly turnId: string | null
  /** `probe`: Floe asks about the data for the turn's sake. Left out for the turn's own query. */
  readonly purpose?: 'probe'
}

/** The state of a query before its first row, or after it was stopped. */
export interface RunProgress {
  /** Its id in the warehouse; null before it has one. */
  readonly queryId: string | null
  /**
   * `waiting`: for one of our own sessions; `resuming`: the warehouse is being started; `queued`: it is busy with other queries. After an
   * abort: `cancelled` once the warehouse has confirmed that the query does not run, `unconfirmed` when it has not.
   */
  readonly state: 'waiting' | 'running' | 'queued' | 'resuming' | 'cancelled' | 'unconfirmed'
}

export interface RunOptions {
  readonly maxRows: number
  /** Ends the result, marked truncated, once this many bytes of rows were delivered. */
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly asker?: Asker
  /** Called with every change of the query's state, its id among them; never by a warehouse that gives no ids. */
  readonly onProgress?: (progress: RunProgress) => void
}

/** What is saved: the rows of a query, or those of a finished one by its id. */
export type SavedSource = { readonly sql: ReadOnlySql } | { readonly queryId: string }

/**
 * Where answers come from. Accepts guarded statements only, written in Snowflake's dialect.
 * Throws problems `sql_invalid`, `sql_unsupported`, `warehouse_unreachable`, `warehouse_failed`, `query_timeout`, `query_too_large`, `too_busy`;
 * rejects with the signal's reason once aborted, after the engine has stopped.
 */
export interface Warehouse {
  /** Tables, columns, comments, keys, row counts and sampled values. */
  readCatalog(options: { readonly signal: AbortSignal }): Promise<Catalog>
  /** Names and types checked by the engine, nothing run. */
  compile(sql: ReadOnlySql, options: { readonly signal: AbortSignal; readonly asker?: Asker }): Promise<CompiledQuery>
  run(sql: ReadOnlySql, options: RunOptions): Promise<RowStream>
  /** The rows of a finished query once more, from number `fromRow` (0 is the first) on, without running it again. Only where the engine keeps results. */
  reread?(queryId: string, options: RunOptions & { readonly fromRow: number }): Promise<RowStream>
  /**
   * Writes the rows of a query, which is run, or of a finished query, which is not, into a file as fast as they come. `timeoutMs` bounds the
   * query. Only where rows come from outside this machine.
   */
  save?(source: SavedSource, file: RowsFile, options: Omit<RunOptions, 'maxBytes'>): Promise<SavedRows>
  /** Cancels a query that a process which is gone may have left running; harmless when it is over. Only where queries outlive their process. */
  cancelLeftover?(queryId: string, options: { readonly signal: AbortSignal }): Promise<void>
  close(): Promise<void>
}
