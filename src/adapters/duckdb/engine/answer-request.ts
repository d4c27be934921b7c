import type { DuckDBConnection } from '@duckdb/node-api'
import type { FromChild, ToChild } from '../child-protocol.ts'
import type { EngineSettings } from './engine-settings.ts'
import { makeProvenQueries } from './proven-queries.ts'
import type { QueryControl } from './query-control.ts'
import { makeQueryLanes } from './query-lanes.ts'
import { readTables } from './read-tables.ts'
import type { RowCounts } from './row-counts.ts'
import { presentColumns, runQuery } from './run-query.ts'

export type Request = Extract<ToChild, { readonly kind: 'catalog' | 'compile' | 'run' }>
export type Send = (message: FromChild) => void
/** Does one request on a connection of its own and sends what comes of it. Throws problems, DuckDB's errors, and what stopped the control. */
export type AnswerRequest = (request: Request, connection: DuckDBConnection, control: QueryControl) => Promise<void>

type Kind<K extends Request['kind']> = Extract<Request, { readonly kind: K }>

/** `counts` are the rows of the database's tables. */
export function makeAnswerRequest(settings: EngineSettings, counts: RowCounts, send: Send): AnswerRequest {
  const proven = makeProvenQueries(settings)
  const lanes = makeQueryLanes(settings.lanes)

  const compile = async ({ id, sql }: Kind<'compile'>, connection: DuckDBConnection): Promise<void> => {
    const query = await proven.prove(connection, sql)
    const estimate = { rows: counts.of(query.tables), bytes: null }
    send({ kind: 'answer', id, answer: { kind: 'compiled', columns: presentColumns(query), estimate } })
  }
  const run = async (request: Kind<'run'>, connection: DuckDBConnection, control: QueryControl): Promise<void> => {
    const { id, sql } = request
    const query = await control.interruptible(connection, () => proven.prove(connection, sql))
    const leave = await lanes.enter(query.heavy, (leave) => control.onStop(leave))
    if (leave === null) return control.check()
    try {
      send({ kind: 'columns', id, columns: presentColumns(query) })
      const truncated = await runQuery(connection, query, request, control, ({ rowCount, json }) =>
        send({ kind: 'batch', id, rowCount, json }),
      )
      send({ kind: 'end', id, truncated })
    } finally {
      leave()
    }
  }
  const describe = async ({ id, budgetMs }: Kind<'catalog'>, connection: DuckDBConnection, control: QueryControl) => {
    const tables = await readTables(connection, settings, counts, budgetMs, control)
    send({ kind: 'answer', id, answer: { kind: 'tables', tables } })
  }

  return async (request, connection, control) => {
    if (request.kind === 'run') await run(request, connection, control)
    else if (request.kind === 'catalog') await describe(request, connection, control)
    else await control.interruptible(connection, () => compile(request, connection))
  }
}
