import type { DuckDBConnection } from '@duckdb/node-api'
import { ProblemError } from '../../../core/problem.ts'
import type { FromChild, ToChild } from '../child-protocol.ts'
import { makeAdmissionControl } from './admission-control.ts'
import { duckdbProblem, isFatal } from './duckdb-problem.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type Engine, openEngine } from './open-engine.ts'
import { makeQueryControl, type QueryControl, StoppedError } from './query-control.ts'
import { readTables } from './read-tables.ts'
import { rowCountsOf, type RowCounts } from './row-counts.ts'
import { presentColumns, runQuery } from './run-query.ts'
import { makeValidatedQueries } from './validated-queries.ts'

/** Opens the engine and answers messages until the process ends. Answers go out through `send`, in order for each request. */
export async function serveEngine(settings: EngineSettings, send: Send): Promise<(message: ToChild) => void> {
  const engine = await openEngine(settings)
  const counts = await withConnection(engine, (connection) => rowCountsOf(connection, settings))
  const answer = makeAnswerRequest(settings, counts, send)
  const controls = new Map<number, QueryControl>()

  const serve = async (request: Request): Promise<void> => {
    const control = makeQueryControl()
    controls.set(request.id, control)
    const ms = request.kind === 'run' ? request.timeoutMs : null
    const watchdog = ms === null ? undefined : setTimeout(() => control.stop({ outOfTimeMs: ms }), ms)
    try {
      await withConnection(engine, (connection) => answer(request, connection, control))
    } catch (error) {
      send(presentFailure(request.id, error))
    } finally {
      clearTimeout(watchdog)
      controls.delete(request.id)
    }
  }

  return (message) => {
    if (message.kind === 'more') controls.get(message.id)?.allow(message.count)
    else if (message.kind === 'cancel') controls.get(message.id)?.stop('cancelled')
    else if (message.kind !== 'open') void serve(message)
  }
}

/** A connection for one piece of work: whatever is set on it, or still runs on it, ends with it. */
async function withConnection<T>(engine: Engine, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await engine.connect()
  try {
    return await work(connection)
  } finally {
    connection.interrupt()
    connection.closeSync()
  }
}

function presentFailure(id: number, error: unknown): FromChild {
  if (error instanceof StoppedError) return { kind: 'stopped', id }
  const found = error instanceof ProblemError ? error : duckdbProblem(error)
  return { kind: 'problem', id, problem: found.problem, fatal: isFatal(error) }
}

export type Request = Extract<ToChild, { readonly kind: 'catalog' | 'compile' | 'run' }>
export type Send = (message: FromChild) => void
/** Does one request on a connection of its own and sends what comes of it. Throws problems, DuckDB's errors, and what stopped the control. */
export type AnswerRequest = (request: Request, connection: DuckDBConnection, control: QueryControl) => Promise<void>

type Kind<K extends Request['kind']> = Extract<Request, { readonly kind: K }>

/** `counts` are the rows of the database's tables. */
export function makeAnswerRequest(settings: EngineSettings, counts: RowCounts, send: Send): AnswerRequest {
  const validated = makeValidatedQueries(settings)
  const places = makeAdmissionControl(settings.places)

  const compile = async ({ id, sql }: Kind<'compile'>, connection: DuckDBConnection): Promise<void> => {
    const query = await validated.of(connection, sql)
    const estimate = { rows: counts.of(query.tables), bytes: null }
    send({
      kind: 'answer',
      id,
      answer: { kind: 'compiled', columns: presentColumns(query), estimate, heavy: query.heavy },
    })
  }
  const run = async (request: Kind<'run'>, connection: DuckDBConnection, control: QueryControl): Promise<void> => {
    const { id, sql } = request
    const query = await control.interruptible(connection, () => validated.of(connection, sql))
    const leave = await places.enter(query.heavy, (leave) => control.onStop(leave))
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
