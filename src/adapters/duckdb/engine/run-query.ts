import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import type { Column } from '../../../contract/result.ts'
import { encodeRow } from './encode-row.ts'
import type { QueryControl } from './query-control.ts'
import type { ProvenQuery } from './prove-query.ts'
import { readRows } from './read-rows.ts'
import { type EncodedBatch, makeRowBatcher } from './row-batcher.ts'
import { presentColumn } from './snowflake-type.ts'

/** The columns of a query as the contract describes them. */
export const presentColumns = ({ columns }: ProvenQuery): readonly Column[] =>
  columns.map(({ name, type }) => presentColumn(name, type))

/** Rows that wait for company are sent once the next ones take this long, so that a slow query shows what it has. */
const longestWaitMs = 50

/**
 * Runs a proven query and hands over its rows in order, encoded by the engine. Resolves with whether rows were left out.
 * Throws DuckDB's errors and whatever stopped the control.
 */
export async function runQuery(
  connection: DuckDBConnection,
  query: ProvenQuery,
  limits: { readonly maxRows: number; readonly maxBytes: number },
  control: QueryControl,
  send: (batch: EncodedBatch) => void,
): Promise<boolean> {
  const prepared = await connection.prepare(encodingQuery(query, limits.maxRows))
  const result = await control.interruptible(connection, () => prepared.stream())
  const batcher = makeRowBatcher(limits)
  const deliver = async (batch: EncodedBatch): Promise<void> => {
    await control.turn()
    send(batch)
  }
  for (;;) {
    const fetching = control.interruptible(connection, () => nextChunk(result))
    await whileWaiting(fetching, async () => {
      const waiting = batcher.rest()
      if (waiting !== null) await deliver(waiting)
    })
    const chunk = await fetching
    if (chunk === null) break
    for (const batch of batcher.add(readRows(chunk))) await deliver(batch)
    if (batcher.truncated()) break
  }
  const last = batcher.rest()
  if (last !== null) await deliver(last)
  return batcher.truncated()
}

/** Does `work` when an operation takes long. Throws its error only once the operation has let go of the connection. */
async function whileWaiting(operation: Promise<unknown>, work: () => Promise<void>): Promise<void> {
  const settled = operation.then(
    () => true,
    () => true,
  )
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), longestWaitMs)
  const done = await Promise.race([settled, late])
  clearTimeout(timer)
  if (done) return
  try {
    await work()
  } catch (error) {
    await settled
    throw error
  }
}

async function nextChunk(result: DuckDBResult) {
  const chunk = await result.fetchChunk()
  return chunk === null || chunk.rowCount === 0 ? null : chunk
}

/** A small limit lets the engine sort less. A large one would make it collect that many rows before it shows the first. */
const helpfulLimit = 10_000

/** The query inside one that encodes its rows. Columns are named by position, for names may repeat or be anything. */
function encodingQuery({ sql, columns }: ProvenQuery, maxRows: number): string {
  const names = columns.map((_, index) => `c${index}`)
  const row = encodeRow(
    names,
    columns.map((column) => column.type),
  )
  const limit = maxRows <= helpfulLimit ? ` LIMIT ${maxRows + 1}` : ''
  return `SELECT ${row} FROM (\n${sql}\n) AS q(${names.join(', ')})${limit}`
}
