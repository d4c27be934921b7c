import { DuckDBInstance } from '@duckdb/node-api'
import type { Cell, Column } from '../../../contract/result.ts'
import type { EncodedBatch } from '../../../core/ports/row-batch.ts'
import { makeQueryControl } from './query-control.ts'
import { presentColumns, runQuery } from './run-query.ts'
import { columnsOf } from './validated-queries.ts'

export interface EngineRows {
  /** Runs DuckDB text and parses what the engine encoded. */
  rows(
    sql: string,
    limits?: { readonly maxRows: number; readonly maxBytes: number },
  ): Promise<{
    readonly columns: readonly Column[]
    readonly rows: readonly (readonly Cell[])[]
    readonly batches: readonly EncodedBatch[]
    readonly truncated: boolean
  }>
  close(): void
}

/** A DuckDB in this process, to look at its encoding without a process border between. */
export async function openEngineRows(): Promise<EngineRows> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  return {
    async rows(sql, limits = { maxRows: 1_000_000, maxBytes: 1e9 }) {
      const query = { sql, columns: columnsOf(await connection.prepare(sql)), tables: [] }
      const control = makeQueryControl()
      control.allow(Number.MAX_SAFE_INTEGER)
      const batches: EncodedBatch[] = []
      const truncated = await runQuery(connection, query, limits, control, (batch) => batches.push(batch))
      const rows = batches.flatMap((batch) => JSON.parse(new TextDecoder().decode(batch.json)) as Cell[][])
      return { columns: presentColumns(query), rows, batches, truncated }
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
