import { setTimeout as delay } from 'node:timers/promises'
import type { Client, PoolConfig } from 'pg'
import { problem, ProblemError } from '../../core/problem.ts'
import type { ConnectionSource, Database, DatabaseHealth, TendedStore } from './database.ts'
import { makeEmbeddedSource } from './embedded/embedded-source.ts'
import { connectPatiently, type Session, Sessions } from './sessions.ts'
import { type JudgedFailure, judgeFailure, type Remedy } from './store-problem.ts'

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
    connect: async (applicationName, onLost) => {
      try {
        const client = await connectApart(await source.locate(), applicationName)
        client.on('error', (error) => onLost(judge(error).error))
        client.on('end', () => onLost(lostConnection(source.place)))
        return client
      } catch (error) {
        throw judge(error).error
      }
    },
    tend: (work, mode) => tend({ source, judge }, work, mode),
    health: health.ask,
    pool: () => sessions.pool(),
    close: async () => {
      closed = true
      await sessions.close()
      await source.close()
    },
  }
}

async function connectApart(config: PoolConfig, applicationName: string): Promise<Client> {
  const { makeClient } = await import('./drizzle.ts')
  const client = makeClient({ ...config, application_name: applicationName })
  // A failed sign-in rejects below; the error that follows it has no other listener yet.
  const ignore = (): void => undefined
  client.on('error', ignore)
  await client.connect()
  return client.off('error', ignore)
}

/** Runs work on a connection of its own; work that may be repeated is, for a while, where the connection breaks. */
async function tend<T>(
  { source, judge }: { readonly source: ConnectionSource; readonly judge: (error: unknown) => JudgedFailure },
  work: (store: TendedStore) => Promise<T>,
  mode: 'once' | 'repeatable',
): Promise<T> {
  let giveUpAt = mode === 'once' ? 0 : Number.POSITIVE_INFINITY
  for (;;)
    try {
      const client = await connectPatiently(await source.locate())
      try {
        return await work({ client, place: source.place, isShared: source.isServedElsewhere() })
      } finally {
        await client.end()
      }
    } catch (error) {
      const judged = judge(error)
      giveUpAt = Math.min(giveUpAt, performance.now() + retryForMs)
      if (judged.remedy !== 'retry' || performance.now() > giveUpAt) throw judged.error
      await delay(retryPauseMs)
    }
}

const lostConnection = (place: string) =>
  problem('store_unavailable', `${place} ended a connection.`, 'It is opened again.')

/**
 * The PostgreSQL server of a URL, whose query part says how TLS is used: `sslmode`, `sslrootcert`, and for a client's certificate `sslcert` and
 * `sslkey`. Where there is TLS, the server's certificate and name are checked, unless `sslmode=no-verify` asks for less.
 */
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
    isServedElsewhere: () => false,
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
  // The driver warns that these are to check less in a later version.
  if (looseModes.has(url.searchParams.get('sslmode') ?? '')) url.searchParams.set('sslmode', 'verify-full')
  url.searchParams.delete('uselibpqcompat')
  return url
}

const looseModes: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca'])

/** How long the database may take to answer a health check. */
const answerWithinMs = 3_000
/** How long a full disk is reported after a write met it: the small write of a health check may still succeed. */
const reportFullDiskForMs = 30_000
/** With less room than this on its disk an embedded database can no longer be relied on. */
const leastFreeBytes = 32 * 1_048_576

interface HealthNeeds {
  readonly source: ConnectionSource
  readonly sessions: Sessions
  readonly judge: (error: unknown) => JudgedFailure
}

/** Checks whether the database can be read and written. */
function makeDatabaseHealth({ source, sessions, judge }: HealthNeeds) {
  let fullDisk: { readonly error: Error; readonly seenAt: number } | null = null

  const check = async (): Promise<DatabaseHealth> => {
    const { pool } = await sessions.open()
    const { rows } = await pool.query<{ version: string }>(`
      with written as (update users set created_at = created_at where id = (select min(id::text)::uuid from users))
      select current_setting('server_version') as version`)
    const freeBytes = await source.readFreeBytes()
    if (freeBytes !== null && freeBytes < leastFreeBytes) throw almostFull(source.place, freeBytes)
    return { state: 'ok', detail: `${source.place} answers (version ${rows[0]?.version ?? 'unknown'}).`, action: null }
  }
  return {
    /** Takes note of a failure of other work. */
    note: ({ error, isDiskFull }: JudgedFailure): void => {
      if (isDiskFull) fullDisk = { error, seenAt: performance.now() }
    },
    ask: async (): Promise<DatabaseHealth> => {
      if (sessions.isOpening())
        return { state: 'starting', detail: `${source.place} is being opened.`, action: 'Wait a moment.' }
      if (fullDisk !== null && performance.now() - fullDisk.seenAt < reportFullDiskForMs) return failed(fullDisk.error)
      try {
        return await inTime(check(), source.place)
      } catch (error) {
        const judged = judge(error)
        // The next check, like other work, then begins on new connections or migrates.
        if (judged.remedy !== 'none') sessions.reopen(judged.remedy)
        return failed(judged.error)
      }
    },
  }
}

const failed = (error: Error): DatabaseHealth => ({
  state: 'failed',
  detail: error.message,
  action: error instanceof ProblemError ? error.problem.action : 'Look in the server log.',
})

async function inTime(checking: Promise<DatabaseHealth>, place: string): Promise<DatabaseHealth> {
  const late = Promise.withResolvers<DatabaseHealth>()
  const timer = setTimeout(() => late.reject(tooLate(place)), answerWithinMs)
  try {
    return await Promise.race([checking, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const tooLate = (place: string) =>
  problem(
    'store_unavailable',
    `${place} did not answer within ${answerWithinMs / 1_000} s.`,
    'Check that it is running, then try again.',
  )

const almostFull = (place: string, freeBytes: number) =>
  problem(
    'store_unavailable',
    `${place} has only ${Math.floor(freeBytes / 1_048_576)} MB left on its disk.`,
    'Free some space; what was stored is still there.',
  )
