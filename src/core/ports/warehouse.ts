import type { Column, Estimate } from '../../contract/result.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'

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

export interface RunOptions {
  readonly maxRows: number
  /** Ends the result, marked truncated, once this many bytes of rows were delivered. */
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Where answers come from. Accepts guarded statements only, written in Snowflake's dialect.
 * Throws problems `sql_invalid`, `sql_unsupported`, `warehouse_unreachable`, `warehouse_failed`, `query_timeout`, `query_too_large`, `too_busy`;
 * rejects with the signal's reason once aborted, after the engine has stopped.
 */
export interface Warehouse {
  /** Tables, columns, comments, keys, row counts and sampled values. */
  readCatalog(options: { readonly signal: AbortSignal }): Promise<Catalog>
  /** Names and types checked by the engine, nothing run. */
  compile(sql: ReadOnlySql, options: { readonly signal: AbortSignal }): Promise<CompiledQuery>
  run(sql: ReadOnlySql, options: RunOptions): Promise<RowStream>
  close(): Promise<void>
}
