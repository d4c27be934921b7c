import { setTimeout as delay } from 'node:timers/promises'
import { problem, ProblemError } from '../../core/problem.ts'
import type { ConnectionSource, Database, DatabaseHealth } from './database.ts'
import { makeEmbeddedSource } from './embedded/embedded-source.ts'
import { type Session, Sessions } from './sessions.ts'
import { judgeFailure, type JudgedFailure } from './store-problem.ts'

interface DatabaseNeeds {
  /** `postgres://…`; null opens the embedded database in `dataDir`. */
  readonly databaseUrl: string | null
  /** A folder that only the embedded database uses; made when missing. */
  readonly dataDir: string
  /** An archive written by `writeTemplate`, from which a new folder is made; null takes the one beside the built program. */
  readonly templatePath?: string | null
  /** Users that the store has from the start. */
  readonly userIds: readonly string[]
  /** Called with faults that no caller waits for. */
  readonly onFault: (error: unknown) => void
}

/** How long after its first failure work is repeated. */
const retryForMs = 3_000
const retryPauseMs = 100

/** Opens the app's database on first use: a PostgreSQL server, or the embedded one. */
export function openDatabase(needs: DatabaseNeeds): Database {
  const source =
    needs.databaseUrl === null
      ? makeEmbeddedSource({ dataDir: needs.dataDir, templatePath: needs.templatePath ?? null, onFault: needs.onFault })
      : makeServerSource(needs.databaseUrl)
  const judge = (error: unknown): JudgedFailure => judgeFailure(error, source.place, source.secret)
  // The driver's errors hold the connection, and with it the password.
  const onFault = (error: unknown): void => needs.onFault(judge(error).error)
  const sessions = new Sessions({ source, userIds: needs.userIds, onFault })
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
        sessions.relocate()
        await delay(retryPauseMs)
      }
    }
  }

  return {
    ready: () => repeat(() => Promise.resolve()),
    run: (work) => repeat((session) => work(session.statements)),
    health: async () => {
      if (sessions.isOpening())
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

/** The PostgreSQL server of a URL, whose query part may hold TLS options such as `sslmode` and `sslrootcert`. */
function makeServerSource(databaseUrl: string): ConnectionSource {
  const url = URL.parse(databaseUrl)
  const place =
    url === null ? 'PostgreSQL' : `PostgreSQL at ${url.host === '' ? 'its socket' : url.host}${url.pathname}`
  return {
    place,
    secret: url === null ? null : decodeURIComponent(url.password),
    locate: () => {
      if (url === null)
        return Promise.reject(
          problem(
            'store_unavailable',
            'DATABASE_URL is not a URL.',
            'Write it as postgres://user:password@host:5432/name.',
          ),
        )
      return Promise.resolve({
        connectionString: databaseUrl,
        application_name: 'floe',
        max: 10,
        // Also bounds the wait for a free connection of the pool.
        connectionTimeoutMillis: 4_000,
        idleTimeoutMillis: 30_000,
        query_timeout: 6_000,
        statement_timeout: 6_000,
        keepAlive: true,
        allowExitOnIdle: true,
      })
    },
    close: () => Promise.resolve(),
  }
}
