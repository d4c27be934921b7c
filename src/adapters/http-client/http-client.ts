import type { LookupFunction } from 'node:net'
import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

/** How a request failed before it was answered whole. */
export type HttpFaultReason = 'unreachable' | 'cut' | 'silent' | 'too_large'

/** A request without a whole answer. */
export class HttpFault extends Error {
  readonly reason: HttpFaultReason
  /** Node's or OpenSSL's code of the cause, such as `ECONNREFUSED`; empty where there is none. */
  readonly code: string
  /** Whether the other side may have read the request: only then may it have acted on it. */
  readonly mayHaveArrived: boolean
  constructor(reason: HttpFaultReason, cause: unknown, mayHaveArrived: boolean) {
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
    super(code === '' ? (cause instanceof Error ? cause.message : String(cause)) : code, { cause })
    this.name = 'HttpFault'
    this.reason = reason
    this.code = code
    this.mayHaveArrived = mayHaveArrived
  }
}

export interface HttpRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The whole exchange must be over after this long; without it, only the signal ends it. */
  readonly deadlineMs?: number
  /** The answer must begin within this long. */
  readonly firstByteMs?: number
  /** An answer that brings fewer than 8 kB a second over this long counts as silent. */
  readonly idleMs?: number
  /** A longer answer is an `HttpFault`. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface HttpStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Errors with what `request` would have thrown; cancelling it closes the connection. */
  readonly body: ReadableStream<Uint8Array>
}

/**
 * Sends HTTP requests over kept connections, by the proxy that the environment names. Follows no redirect and unpacks nothing.
 * Both methods throw `HttpFault` and the signal's reason. Whatever the other side sends, nothing is thrown outside their promises.
 */
export interface HttpClient {
  /** Resolves with the whole answer. */
  request(url: URL, request: HttpRequest): Promise<HttpAnswer>
  /** Resolves with the head of the answer. */
  stream(url: URL, request: HttpRequest): Promise<HttpStream>
  close(): void
}

export interface HttpClientNeeds {
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` as environments have them; empty for none. */
  readonly proxy?: Readonly<Record<string, string>>
  /** Whether addresses of this machine are reached without the proxy. */
  readonly isLoopbackDirect?: boolean
  /** Resolves the names that are connected to; the system's own lookup by default. */
  readonly lookup?: LookupFunction
}

/** An unused connection is closed after this long: a longer kept one may be dead, and what is sent into it would be in doubt. */
const keptConnectionMs = 4_000

const slowestBytesPerSecond = 8_192

/**
 * Makes a client. It is built on Node's `http`, whose parser outlives every answer we know of; `fetch` of Node 24 ends the process when a peer
 * closes the connection of an answer that is read more slowly than it arrives.
 */
export function makeHttpClient(needs: HttpClientNeeds = {}): HttpClient {
  const { proxy = {}, isLoopbackDirect = false, lookup } = needs
  const kept = { keepAlive: true, timeout: keptConnectionMs, ...(lookup === undefined ? {} : { lookup }) }
  const agents = [true, false].map((isDirect) => {
    const options = isDirect ? kept : { ...kept, proxyEnv: { ...proxy } }
    return { isDirect, 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }
  })
  const agentOf = (url: URL): HttpAgent | undefined =>
    agents.find(({ isDirect }) => isDirect === (isLoopbackDirect && isLoopback(url.hostname)))?.[
      url.protocol === 'https:' ? 'https:' : 'http:'
    ]

  return {
    request: (url, options) =>
      new Promise((resolve, reject) => {
        const parts: Buffer[] = []
        let head: Head | null = null
        exchange(url, agentOf(url), options, {
          begin: (found) => (head = found),
          take: (part) => parts.push(part),
          end: () => head !== null && resolve({ ...head, body: joinParts(parts) }),
          fail: reject,
        })
      }),
    stream: (url, options) =>
      new Promise((resolve, reject) => {
        let stop = (): void => undefined
        let output: ReadableStreamDefaultController<Uint8Array> | null = null
        // Nothing pauses the connection: `maxBytes` bounds what waits for a slow reader.
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => (output = controller),
          cancel: () => stop(),
        })
        stop = exchange(url, agentOf(url), options, {
          begin: (head) => resolve({ ...head, body }),
          take: (part) => output?.enqueue(part),
          end: () => output?.close(),
          fail: (error) => {
            reject(error)
            output?.error(error)
          },
        })
      }),
    close() {
      for (const pair of agents) for (const agent of [pair['http:'], pair['https:']]) agent.destroy()
    },
  }
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)

const joinParts = (parts: readonly Buffer[]): Buffer =>
  parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)

type Head = Pick<HttpAnswer, 'status' | 'headers'>

/** Hears of one exchange: `begin`, `take` any number of times, then `end`; or `fail` at any point. Nothing after `end` or `fail`. */
interface Listener {
  begin(head: Head): void
  take(part: Buffer): void
  end(): void
  fail(error: unknown): void
}

/** Sends one request and tells the listener of its answer. The returned function drops the exchange silently. */
function exchange(url: URL, agent: HttpAgent | undefined, options: HttpRequest, listener: Listener): () => void {
  const { method, headers, body, deadlineMs, firstByteMs, signal } = options
  const over = new AbortController()
  let isConnected = false
  let hasBegun = false
  /** Ends the exchange once; what its socket still tells afterwards is ignored. */
  const finish = (tell: () => void): void => {
    if (over.signal.aborted) return
    over.abort()
    tell()
  }
  const isSecure = url.protocol === 'https:'
  const request = (isSecure ? requestHttps : requestHttp)(url, {
    method,
    agent,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
  })
  const giveUp = (error: unknown): void =>
    finish(() => {
      listener.fail(error)
      // By ourselves, because Node does not end the wait for a proxy's own answer.
      request.destroy()
    })
  const fail = (reason: HttpFaultReason, cause: unknown): void => giveUp(new HttpFault(reason, cause, isConnected))
  const lose = (cause: unknown): void => fail(isConnected ? 'cut' : 'unreachable', cause)
  const after = (ms: number | undefined, work: () => void): void => {
    if (ms === undefined) return
    const timer = setTimeout(work, ms)
    over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }
  after(deadlineMs, () => fail('silent', `no whole answer within ${deadlineMs} ms`))
  after(firstByteMs, () => {
    if (!hasBegun) fail('silent', `no answer within ${firstByteMs} ms`)
  })
  signal?.addEventListener('abort', () => giveUp(signal.reason), { once: true, signal: over.signal })

  request.on('socket', (socket) => {
    const isReady = !socket.connecting && Reflect.get(socket, 'secureConnecting') !== true
    if (isReady) isConnected = true
    else socket.once(isSecure ? 'secureConnect' : 'connect', () => (isConnected = true))
  })
  request.on('error', lose)
  request.on('close', () => {
    if (!hasBegun) lose('the connection was closed without an answer')
  })
  request.on('response', (response) => {
    hasBegun = true
    if (over.signal.aborted) return
    listener.begin({ status: response.statusCode ?? 0, headers: response.headers })
    readBody(response, options, over.signal, {
      take: (part) => listener.take(part),
      end: () => finish(() => listener.end()),
      fail,
    })
  })
  if (signal?.aborted === true) giveUp(signal.reason)
  else request.end(body)
  return () => finish(() => request.destroy())
}

interface BodyListener {
  readonly take: (part: Buffer) => void
  readonly end: () => void
  readonly fail: (reason: HttpFaultReason, cause: unknown) => void
}

/** Reads a body as fast as it comes; it fails when it ends early, stands still or grows too large. */
function readBody(
  response: IncomingMessage,
  { idleMs, maxBytes }: HttpRequest,
  over: AbortSignal,
  { take, end, fail }: BodyListener,
): void {
  let bytes = 0
  if (idleMs !== undefined) {
    let before = 0
    const watch = setInterval(() => {
      if (bytes - before < (slowestBytesPerSecond * idleMs) / 1_000) fail('silent', `too few bytes within ${idleMs} ms`)
      before = bytes
    }, idleMs)
    over.addEventListener('abort', () => clearInterval(watch), { once: true })
  }
  response.on('data', (part: Buffer) => {
    if (over.aborted) return
    bytes += part.length
    if (bytes > maxBytes) fail('too_large', `more than ${maxBytes} bytes`)
    else take(part)
  })
  response.on('error', (error) => fail('cut', error))
  response.on('close', () => (response.complete ? end() : fail('cut', 'the answer ended early')))
}
