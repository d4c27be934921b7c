import { setTimeout as delay } from 'node:timers/promises'
import { problem, ProblemError } from '../../core/problem.ts'
import type { Database, DatabaseHealth } from './database.ts'
import { makeEmbeddedSource } from './embedded/embedded-source.ts'
import { makeServerSource } from './server-source.ts'
import { makeSessions, type Session, type Sessions } from './sessions.ts'
import { judgeFailure, type JudgedFailure } from './store-problem.ts'

interface DatabaseNeeds {
  /** `postgres://…`; null opens the embedded database in `dataDir`. */
  readonly databaseUrl: string | null
  /** A folder for the embedded database alone; made when it is not there. */
  readonly dataDir: string
  /** An archive that `writeTemplate` wrote, to start a fresh folder from; null looks beside the built program. */
  readonly templatePath?: string | null
  /** Users who are there from the start. */
  readonly userIds: readonly string[]
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/** How long after the first failure work whose connections keep breaking is repeated. */
const retryForMs = 3_000
const retryPauseMs = 100

/** Opens the app's database on first use: a PostgreSQL server, or the embedded one. */
export function openDatabase(needs: DatabaseNeeds): Database {
  const source =
    needs.databaseUrl === null
      ? makeEmbeddedSource({ dataDir: needs.dataDir, templatePath: needs.templatePath ?? null, onFault: needs.onFault })
      : makeServerSource(needs.databaseUrl)
  const judge = (error: unknown): JudgedFailure => judgeFailure(error, source.place, source.secret)
  // The driver's own errors carry the connection, and with it the password.
  const onFault = (error: unknown): void => needs.onFault(judge(error).error)
  const sessions = makeSessions({ source, userIds: needs.userIds, onFault })
  let closed = false

  const repeat = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    let giveUpAt = Number.POSITIVE_INFINITY
    for (;;) {
      if (closed) throw closedProblem()
      try {
        return await work(await sessions.open())
      } catch (error) {
        const { error: judged, retry } = judge(error)
        giveUpAt = Math.min(giveUpAt, performance.now() + retryForMs)
        if (!retry || performance.now() > giveUpAt) throw judged
        sessions.doubt()
        await delay(retryPauseMs)
      }
    }
  }

  return {
    ready: () => repeat(() => Promise.resolve()),
    run: (work) => repeat((session) => work(session.statements)),
    health: async () => {
      if (sessions.opening())
        return { state: 'starting', detail: `${source.place} is being opened.`, action: 'Wait a moment.' }
      return await askHealth(sessions, source.place).catch((error: unknown) => failed(judge(error).error))
    },
    close: async () => {
      closed = true
      await sessions.close()
      await source.close()
    },
  }
}

const closedProblem = () => problem('store_unavailable', 'The database was closed.', 'Start Floe again.')

const failed = (error: Error): DatabaseHealth => ({
  state: 'failed',
  detail: error.message,
  action: error instanceof ProblemError ? error.problem.action : 'Look in the server log.',
})

async function askHealth(sessions: Sessions, place: string): Promise<DatabaseHealth> {
  const { pool } = await sessions.open()
  const { rows } = await pool.query<{ version: string }>("select current_setting('server_version') as version")
  return { state: 'ok', detail: `${place} answers (version ${rows[0]?.version ?? 'unknown'}).`, action: null }
}
