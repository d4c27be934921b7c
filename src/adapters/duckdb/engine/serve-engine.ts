import type { DuckDBConnection } from '@duckdb/node-api'
import { ProblemError } from '../../../core/problem.ts'
import type { FromChild, ToChild } from '../child-protocol.ts'
import { makeAnswerRequest, type Request, type Send } from './answer-request.ts'
import { duckdbProblem, isFatal } from './duckdb-problem.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type Engine, openEngine } from './open-engine.ts'
import { makeQueryControl, type QueryControl, StoppedError } from './query-control.ts'
import { rowCountsOf } from './row-counts.ts'

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
