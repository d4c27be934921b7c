import { setTimeout as delay } from 'node:timers/promises'
import { problem } from '../../core/problem.ts'
import type { ConnectionSource, Database } from './database.ts'
import { makeDatabaseHealth } from './database-health.ts'
import { makeEmbeddedSource } from './embedded/embedded-source.ts'
import { type Session, Sessions } from './sessions.ts'
import { judgeFailure, type JudgedFailure, type Remedy } from './store-problem.ts'

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
  const health = makeDatabaseHealth({ source, sessions, judge })
  let closed = false

  const repeat = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    let giveUpAt = Number.POSITIVE_INFINITY
    const tried = new Set<Remedy>(['none'])
    for (;;) {
      if (closed) throw problem('store_unavailable', 'The database was closed.', 'Start Floe again.')
      try {
        return await work(await sessions.open())
      } catch (error) {
        const judged = judge(error)
        health.note(judged)
        giveUpAt = Math.min(giveUpAt, performance.now() + retryForMs)
        // New connections or a migration help the first time or not at all.
        const isHopeless = judged.remedy === 'retry' ? performance.now() > giveUpAt : tried.has(judged.remedy)
        if (isHopeless) throw judged.error
        tried.add(judged.remedy)
        sessions.reopen(judged.remedy)
        await delay(retryPauseMs)
      }
    }
  }

  return {
    ready: () => repeat(() => Promise.resolve()),
    run: (work) => repeat((session) => work(session.statements)),
    health: health.ask,
    close: async () => {
      closed = true
      await sessions.close()
      await source.close()
    },
  }
}

/** The PostgreSQL server of a URL, whose query part may hold TLS options such as `sslmode` and `sslrootcert`. */
function makeServerSource(databaseUrl: string): ConnectionSource {
  const url = readDatabaseUrl(databaseUrl)
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
        connectionString: url.href,
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
    readFreeBytes: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  }
}

/** Null when it is no URL. A `%` that begins no escape is taken literally: passwords are often written into the URL as they are. */
function readDatabaseUrl(text: string): URL | null {
  const url = URL.parse(text)
  if (url === null) return null
  const escape = (part: string): string => {
    try {
      return encodeURIComponent(decodeURIComponent(part))
    } catch {
      return encodeURIComponent(part)
    }
  }
  if (url.username !== '') url.username = escape(url.username)
  if (url.password !== '') url.password = escape(url.password)
  return url
}
