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
  /** Reads the head of the same result again, with fresh addresses. */
  readonly reread: (signal: AbortSignal) => Promise<ResultHead>
}

/** Chunks that are fetched ahead of the reader. */
const ahead = 4
const longestChunk = 512 * 1024 ** 2
const firstPauseMs = 200
const longestPauseMs = 5_000

/**
 * The chunks of a result from number `from` on, in order, each whole and still compressed, a few of them fetched ahead.
 * Fetches again what is cut, slow or refused, and renews addresses that have expired. Throws `SnowflakeFailure`.
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
        // It is awaited later; without this its failure would be an unhandled rejection.
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
    if (url === null || !isResultUrl(url, needs.accountUrl, needs.allowedOrigins))
      throw new SnowflakeFailure({
        during: 'result',
        code: 'untrusted',
        words: `part ${index + 1} of ${from.chunks.length} lies at ${url === null ? 'no address' : url.host}`,
        sqlState: null,
        queryId: from.queryId,
      })
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
  /** Addresses expire after some hours; the first chunk that is refused renews them for all. */
  const renew = async (used: ResultHead): Promise<void> => {
    const known = head
    // Another chunk may have renewed them during the wait.
    if ((await known) !== used || head !== known) return
    if (++renewals > mostRenewals) throw incomplete(used.queryId, 'its address is refused again and again')
    head = needs.reread(signal)
    if ((await head).chunks.length !== used.chunks.length) throw incomplete(used.queryId, 'it has changed since')
  }
  return async (index: number): Promise<HttpAnswer> => {
    const giveUpAt = Date.now() + limits.chunkWithinMs
    for (let tries = 1; ; tries += 1) {
      const used = await head
      const part = `part ${index + 1} of ${used.chunks.length}`
      const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs)
      const isLast = tries === limits.chunkTries || Date.now() + pauseMs >= giveUpAt
      try {
        const answer = await ask(index, used)
        if (answer.status === 200) return answer
        if (isLast || answer.status === 404)
          throw incomplete(used.queryId, `${part} was answered with HTTP status ${answer.status}`)
        if (answer.status === 403 || answer.status === 400) await renew(used)
      } catch (error) {
        if (signal.aborted || !(error instanceof HttpFault)) throw error
        if (isLast) throw incomplete(used.queryId, `${part}: ${error.message}`)
      }
      await pause(pauseMs, signal)
    }
  }
}

const longestFetchMs = 10 * 60_000
const mostRenewals = 5

/** The storage services of the three clouds where Snowflake keeps results, in the forms that Snowflake's drivers meet. */
const storageHosts = [
  // S3: by path or bucket, regional, dual-stack, FIPS, accelerated, VPC endpoints, express zones; the partitions of China and of Europe.
  /^(?:[\w.-]+\.)?s3(?:[.-][a-z\d-]+)*\.amazonaws\.(?:com|com\.cn|eu)$/,
  /^[\w.-]+\.s3express-[a-z\d-]+(?:\.[a-z\d-]+)*\.amazonaws\.(?:com|com\.cn|eu)$/,
  /^(?:[\w-]+\.)*vpce-[a-z\d-]+\.s3\.[a-z\d-]+\.vpce\.amazonaws\.(?:com|com\.cn|eu)$/,
  // Azure: public, government and China clouds, private links, DNS zones and the newer domain.
  /^[\w-]+\.(?:z\d+\.)?(?:privatelink\.)?blob\.(?:core\.windows\.net|core\.usgovcloudapi\.net|core\.chinacloudapi\.cn|storage\.azure\.net)$/,
  // Google: by path or bucket, regional endpoints, private service connect.
  /^(?:[\w.-]+\.)?storage(?:\.[a-z\d-]+\.rep)?\.googleapis\.com$/,
  /^(?:[\w-]+\.)?storage-[\w-]+\.p\.googleapis\.com$/,
  /^[\w.-]+\.(?:snowflakecomputing\.(?:com|cn)|snowflake\.app)$/,
]

/**
 * Whether a chunk of a result may be fetched from an address: Snowflake's storage over TLS, the account itself, or an origin that the operator
 * allows. Any other address would let an answer send this machine to other machines.
 */
export function isResultUrl(url: URL, accountUrl: string, allowedOrigins: readonly string[]): boolean {
  if (url.origin === new URL(accountUrl).origin || allowedOrigins.includes(url.origin)) return true
  return url.protocol === 'https:' && url.port === '' && storageHosts.some((host) => host.test(url.hostname))
}
