import { readFile } from 'node:fs/promises'
import { problem } from '../../core/problem.ts'
import type { Health } from '../../core/services.ts'

// Late, because loading the client costs more than the rest of a short command.
const createRedisClient = async (url: string, retryPauseMs: (retries: number) => number) =>
  (await import('redis')).createClient({
    url,
    name: 'floe',
    // Commands fail at once while there is no connection: there is always something else to ask.
    disableOfflineQueue: true,
    // A ping each second keeps a connection from being idle, so an idle one is frozen or cut.
    pingInterval: 1_000,
    socket: { connectTimeout: 2_000, socketTimeout: 4_000, reconnectStrategy: retryPauseMs, ...(await readTls(url)) },
  })

/** How the server of `rediss://` is checked, and what this client shows it: files that the URL names as `DATABASE_URL` does. */
async function readTls(url: string) {
  const { protocol, searchParams } = new URL(url)
  if (protocol !== 'rediss:') return {}
  const read = async (name: string) => {
    const path = searchParams.get(name)
    return path === null ? undefined : await readFile(path)
  }
  const [ca, cert, key] = await Promise.all([read('sslrootcert'), read('sslcert'), read('sslkey')])
  return { tls: true as const, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}
export type RedisClient = Awaited<ReturnType<typeof createRedisClient>>

/** One Redis server, which Floe can do without. */
export interface Redis {
  /** Runs commands. Rejects with `store_unavailable` at once while Redis is away, and after a short time when it does not answer. */
  run<T>(work: (client: RedisClient) => Promise<T>): Promise<T>
  /** A further connection, to subscribe on; it connects, and connects again, by itself. Rejects as `run` does. */
  duplicate(): Promise<RedisClient>
  /** Since when it has answered without a break, in milliseconds since 1970; null while it is away. */
  upSince(): number | null
  health(): Promise<Health>
  close(): Promise<void>
}

interface RedisNeeds {
  /** `redis://…`, or `rediss://…` with `sslrootcert`, `sslcert` and `sslkey` for other certificates than those of public authorities. */
  readonly url: string
  /** Told once when it is lost, and once when it is back. */
  readonly log: (level: 'warn' | 'info', message: string) => void
}

/** How long one piece of work may take; more than this and PostgreSQL is the faster one. */
const workMs = 500
/** How often a server that did not answer in time is tried again. */
const probeEveryMs = 500
/** How long the first use, and a health check, waits for the connection. */
const connectMs = 2_000

const pauseMs = (retries: number): number => Math.min(100 * 2 ** retries, 2_000)

/** Makes the client, which connects at its first use. */
export function makeRedis({ url, log }: RedisNeeds): Redis {
  const place = `Redis at ${URL.parse(url)?.host ?? 'REDIS_URL'}`
  let client: Promise<RedisClient> | null = null
  let upSince: number | null = null
  let lossTold = false
  let reason = 'It has not been reached yet.'
  let probe: NodeJS.Timeout | null = null
  let isClosed = false
  let readyAgain: Promise<void> | null = null

  const comeUp = (): void => {
    if (upSince !== null || isClosed) return
    upSince = Date.now()
    if (lossTold) log('info', `${place} answers again.`)
    lossTold = false
  }
  const goAway = (error: unknown): void => {
    upSince = null
    reason = reasonOf(error)
    if (lossTold || isClosed) return
    lossTold = true
    log('warn', `${place} does not answer (${reason}); Floe goes on without it.`)
  }
  const open = (): Promise<RedisClient> =>
    (client ??= connect().catch((error: unknown) => {
      client = null
      goAway(error)
      throw away(place)
    }))
  const connect = async (): Promise<RedisClient> => {
    const opened = await createRedisClient(url, pauseMs)
    opened.on('error', goAway)
    opened.on('ready', comeUp)
    const settled = new Promise<void>((resolve) => opened.once('ready', resolve).once('error', () => resolve()))
    // Connecting goes on in the background for as long as it takes.
    opened.connect().catch(goAway)
    // A command line that changes a person and ends has only this first use.
    await inTime(settled, connectMs, place).catch(goAway)
    return opened
  }
  // Checks come more often than a server comes back: all that wait share one listener.
  const untilReady = (opened: RedisClient): Promise<void> =>
    (readyAgain ??= new Promise<void>((resolve) => opened.once('ready', resolve)).then(() => {
      readyAgain = null
    }))
  /** A frozen server keeps its connection: it is asked until it answers again, or the connection is given up and made anew. */
  const probeLater = (opened: RedisClient): void => {
    if (probe !== null) return
    probe = setTimeout(() => {
      probe = null
      if (upSince !== null || isClosed || !opened.isReady) return
      inTime(opened.ping(), probeEveryMs, place).then(comeUp, () => probeLater(opened))
    }, probeEveryMs)
  }
  return {
    run: async (work) => {
      const opened = await open()
      if (upSince === null) throw away(place)
      try {
        return await inTime(work(opened), workMs, place)
      } catch (error) {
        // An error reply comes from a server that is there.
        if (isReply(error)) throw error
        goAway(error)
        probeLater(opened)
        throw away(place)
      }
    },
    duplicate: async () => (await open()).duplicate({ disableOfflineQueue: false }),
    upSince: () => upSince,
    health: async () => {
      const name = 'redis'
      const opened = await open().catch(() => null)
      if (opened?.isReady === false) await inTime(untilReady(opened), connectMs, place).catch(goAway)
      const detail = upSince === null ? `${place} does not answer: ${reason}` : `${place} answers.`
      if (upSince !== null) return { name, state: 'ok', detail, action: null }
      const action =
        'Check that it is running. Until then sessions are read from PostgreSQL, and each copy counts requests by itself.'
      return { name, state: 'degraded', detail, action }
    },
    close: async () => {
      isClosed = true
      if (probe !== null) clearTimeout(probe)
      ;(await client?.catch(() => null))?.destroy()
    },
  }
}

const away = (place: string) => problem('store_unavailable', `${place} does not answer.`, 'Try again in a moment.')

/** OpenSSL's errors say beside their text, which goes on over lines and files, what is wrong. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('reason' in error && typeof error.reason === 'string') return error.reason
  return error.message === '' ? String(error) : error.message
}

const isReply = (error: unknown): boolean =>
  error instanceof Error && /^(?:ErrorReply|SimpleError|BlobError)$/.test(error.constructor.name)

/** Once written, a command has no deadline in the client itself. */
async function inTime<T>(work: Promise<T>, ms: number, place: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${place} did not answer within ${ms} ms.`)), ms)
  })
  // What comes after the deadline is not waited for, nor is its failure.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
