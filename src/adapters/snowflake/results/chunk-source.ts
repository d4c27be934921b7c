import { type HttpAnswer, type HttpClient, HttpFault } from '../../http-client/http-client.ts'
import { pause } from '../session/pause.ts'
import { SnowflakeFailure } from '../session/snowflake-failure.ts'
import type { SnowflakeLimits } from '../session/snowflake-limits.ts'
import { incomplete, type ResultHead } from './result-head.ts'

export interface ChunkSourceNeeds {
  readonly http: HttpClient
  readonly limits: SnowflakeLimits
  readonly accountUrl: string
  readonly allowedOrigins: readonly string[]
  /** The same result once more, with fresh addresses. */
  readonly reread: (signal: AbortSignal) => Promise<ResultHead>
}

/** Pieces of a result that are fetched before they are needed. */
const ahead = 4
const longestChunk = 512 * 1024 ** 2
const retryPauseMs = 200

/**
 * The pieces of a result from number `from` on, in order, each whole and still compressed, a few of them ahead of the reader.
 * Asks again for what is cut, slow or refused, and for fresh addresses once theirs have run out. Throws `SnowflakeFailure`.
 */
export async function* readChunks(
  needs: ChunkSourceNeeds,
  head: ResultHead,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<HttpAnswer> {
  const leave = new AbortController()
  const both = AbortSignal.any([signal, leave.signal])
  const fetch = makeFetch(needs, head, both)
  const coming: Promise<HttpAnswer>[] = []
  let next = from
  try {
    for (;;) {
      while (coming.length < ahead && next < head.chunks.length) {
        const fetching = fetch(next++)
        // It is awaited in its turn; until then its failure is nobody's.
        fetching.catch(() => undefined)
        coming.push(fetching)
      }
      const first = coming.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    leave.abort(new Error('The result is no longer read.'))
  }
}

function makeFetch(needs: ChunkSourceNeeds, first: ResultHead, signal: AbortSignal) {
  const { http, limits } = needs
  let head = Promise.resolve(first)
  let renewals = 0

  const ask = async (index: number, from: ResultHead): Promise<HttpAnswer> => {
    const url = URL.parse(from.chunks[index]?.url ?? '')
    if (url === null || !isResultUrl(url, needs.accountUrl, needs.allowedOrigins)) throw untrusted(from.queryId)
    return await http.request(url, {
      method: 'GET',
      headers: { 'accept-encoding': 'gzip', ...from.chunkHeaders },
      deadlineMs: longestFetchMs,
      firstByteMs: limits.chunkIdleMs,
      idleMs: limits.chunkIdleMs,
      maxBytes: longestChunk,
      signal,
    })
  }
  /** Addresses run out after some hours; whoever finds it out first asks for all. */
  const renew = async (used: ResultHead): Promise<void> => {
    if ((await head) !== used) return
    if (++renewals > mostRenewals) throw incomplete(used.queryId, 'its address is refused again and again')
    head = needs.reread(signal)
    if ((await head).chunks.length !== used.chunks.length) throw incomplete(used.queryId, 'it has changed since')
  }
  return async (index: number): Promise<HttpAnswer> => {
    for (let tries = 1; ; tries += 1) {
      const used = await head
      const isLast = tries === limits.chunkTries
      try {
        const answer = await ask(index, used)
        if (answer.status === 200) return answer
        const words = `part ${index + 1} of ${used.chunks.length} was answered with HTTP status ${answer.status}`
        if (isLast || answer.status === 404) throw incomplete(used.queryId, words)
        if (answer.status === 403 || answer.status === 400) await renew(used)
      } catch (error) {
        if (signal.aborted || !(error instanceof HttpFault)) throw error
        if (isLast) throw incomplete(used.queryId, `part ${index + 1} of ${used.chunks.length}: ${error.message}`)
      }
      await pause(retryPauseMs * tries, signal)
    }
  }
}

const longestFetchMs = 10 * 60_000
const mostRenewals = 5

const untrusted = (queryId: string): SnowflakeFailure =>
  new SnowflakeFailure({ during: 'result', code: 'untrusted', words: '', sqlState: null, queryId })

/** The storage services where Snowflake keeps results. */
const storage = [
  /^(?:[\w.-]+\.)?s3(?:[.-][a-z\d-]+)*\.amazonaws\.com(?:\.cn)?$/,
  /^[\w-]+\.blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/,
  /^storage\.googleapis\.com$/,
  /^[\w.-]+\.(?:snowflakecomputing\.(?:com|cn)|snowflake\.app)$/,
]

/**
 * Whether a piece of a result may be fetched from there: Snowflake's storage over TLS, or the account itself. Everything else in an answer is
 * a way to make this machine ask other machines.
 */
export function isResultUrl(url: URL, accountUrl: string, allowedOrigins: readonly string[]): boolean {
  if (url.origin === new URL(accountUrl).origin || allowedOrigins.includes(url.origin)) return true
  return url.protocol === 'https:' && url.port === '' && storage.some((host) => host.test(url.hostname))
}
