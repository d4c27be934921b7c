import type { DuckDBConnection } from '@duckdb/node-api'
import { ProblemError } from '../../../core/problem.ts'
import type { Answer, FromChild, ToChild } from '../child-protocol.ts'
import { duckdbProblem, isFatal } from './duckdb-problem.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type Engine, openEngine } from './open-engine.ts'
import { makeProvenQueries } from './proven-queries.ts'
import { makeQueryControl, type QueryControl, StoppedError } from './query-control.ts'
import { makeQueryLanes } from './query-lanes.ts'
import { readTables } from './read-tables.ts'
import { type RowCounts, rowCountsOf } from './row-counts.ts'
import { presentColumns, runQuery } from './run-query.ts'

type Request = Extract<ToChild, { readonly kind: 'catalog' | 'compile' | 'run' }>
type Send = (message: FromChild) => void

/** Opens the engine and answers messages until the process ends. Answers go out through `send`, in order for each request. */
export async function serveEngine(settings: EngineSettings, send: Send): Promise<(message: ToChild) => void> {
  const engine = await openEngine(settings)
  const proven = makeProvenQueries(settings)
  const lanes = makeQueryLanes(settings.lanes)
  const controls = new Map<number, QueryControl>()
  const counts = await countRows(engine, settings)

  const compile = async (connection: DuckDBConnection, sql: string): Promise<Answer> => {
    const query = await proven.prove(connection, sql)
    return {
      kind: 'compiled',
      columns: presentColumns(query),
      estimate: { rows: counts.of(query.tables), bytes: null },
    }
  }

  const run = async (
    connection: DuckDBConnection,
    request: Extract<Request, { readonly kind: 'run' }>,
    control: QueryControl,
  ): Promise<void> => {
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

  const answer = async (request: Request, control: QueryControl): Promise<void> => {
    const { id } = request
    await withConnection(engine, async (connection) => {
      if (request.kind === 'run') return run(connection, request, control)
      const found: Answer =
        request.kind === 'compile'
          ? await control.interruptible(connection, () => compile(connection, request.sql))
          : { kind: 'tables', tables: await readTables(connection, settings, counts, request.budgetMs, control) }
      return send({ kind: 'answer', id, answer: found })
    })
  }

  const serve = async (request: Request): Promise<void> => {
    const control = makeQueryControl()
    controls.set(request.id, control)
    const ms = request.kind === 'run' ? request.timeoutMs : null
    const watchdog = ms === null ? undefined : setTimeout(() => control.stop({ outOfTimeMs: ms }), ms)
    try {
      await answer(request, control)
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

async function countRows(engine: Engine, settings: EngineSettings): Promise<RowCounts> {
  const connection = await engine.connect()
  try {
    return await rowCountsOf(connection, settings)
  } finally {
    connection.closeSync()
  }
}

async function withConnection(engine: Engine, work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const connection = await engine.connect()
  try {
    await work(connection)
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
