import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

/** How a request failed before it was answered. */
export type NetworkReason = 'unreachable' | 'cut' | 'silent' | 'too_large'

/** A request without a whole answer. */
export class NetworkFault extends Error {
  readonly reason: NetworkReason
  /** Whether the other side may have read the request: only then may it have acted on it. */
  readonly mayHaveArrived: boolean
  constructor(reason: NetworkReason, message: string, mayHaveArrived: boolean) {
    super(message)
    this.name = 'NetworkFault'
    this.reason = reason
    this.mayHaveArrived = mayHaveArrived
  }
}

/** An answer as it came. */
export interface Exchanged {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** The whole exchange must be over after this long. */
  readonly deadlineMs: number
  /** The answer must begin within this long; the whole deadline where it is left out. */
  readonly firstByteMs?: number
  /** Once it has begun, bytes must arrive at least this often. */
  readonly idleMs: number
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** Sends requests over kept connections. Follows no redirect. Throws `NetworkFault` and the signal's reason. */
export interface Wire {
  exchange(url: URL, options: ExchangeOptions): Promise<Exchanged>
  close(): void
}

/** An unused connection is closed after this long: a longer kept one may be dead, and a statement sent into it would be in doubt. */
const keptConnectionMs = 4_000

/** Slower than this over `idleMs` counts as silence: it would take hours. */
const slowestBytesPerSecond = 8_192

/** `proxy` holds `HTTPS_PROXY` and its like, in the form that environments have; empty for none. */
export function makeWire(proxy: Readonly<Record<string, string>> = {}): Wire {
  const options = { keepAlive: true, timeout: keptConnectionMs, proxyEnv: { ...proxy } }
  const plain = new HttpAgent(options)
  const secure = new HttpsAgent(options)
  return {
    exchange: (url, options) =>
      new Promise((resolve, reject) => {
        if (options.signal.aborted) return reject(options.signal.reason as Error)
        const isSecure = url.protocol === 'https:'
        const send = isSecure ? requestHttps : requestHttp
        const request = send(url, {
          method: options.method,
          agent: isSecure ? secure : plain,
          headers: {
            ...options.headers,
            ...(options.body === undefined ? {} : { 'content-length': String(options.body.length) }),
          },
        })
        let connected = false
        const fail = (reason: NetworkReason, message: string): void =>
          finish(() => reject(new NetworkFault(reason, message, connected)))
        const finish = (end: () => void): void => {
          clearTimeout(deadline)
          clearTimeout(firstByte)
          stopWatching()
          options.signal.removeEventListener('abort', abort)
          end()
          request.destroy()
        }
        const abort = (): void => finish(() => reject(options.signal.reason as Error))
        const deadline = setTimeout(
          () => fail('silent', `no whole answer within ${options.deadlineMs} ms`),
          options.deadlineMs,
        )
        const firstByte = setTimeout(
          () => fail('silent', `no answer within ${options.firstByteMs} ms`),
          options.firstByteMs ?? options.deadlineMs,
        )
        let stopWatching = (): void => undefined
        options.signal.addEventListener('abort', abort, { once: true })
        request.on('socket', (socket) => {
          if (!socket.connecting) connected = true
          else socket.once(isSecure ? 'secureConnect' : 'connect', () => (connected = true))
        })
        request.on('error', (error: NodeJS.ErrnoException) =>
          fail(connected ? 'cut' : 'unreachable', error.code ?? error.message),
        )
        request.on('response', (response) => {
          clearTimeout(firstByte)
          stopWatching = readBody(response, options, fail, (body) => {
            const { statusCode: status = 0, headers } = response
            clearTimeout(deadline)
            options.signal.removeEventListener('abort', abort)
            resolve({ status, headers, body })
          })
        })
        request.end(options.body)
      }),
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

/** Collects a body; calls `fail` when it ends early, stands still or grows too large. Returns what ends the watching. */
function readBody(
  response: IncomingMessage,
  { idleMs, maxBytes }: ExchangeOptions,
  fail: (reason: NetworkReason, message: string) => void,
  done: (body: Buffer) => void,
): () => void {
  const parts: Buffer[] = []
  let bytes = 0
  let bytesBefore = 0
  const watch = setInterval(() => {
    if (bytes - bytesBefore < (slowestBytesPerSecond * idleMs) / 1_000)
      fail('silent', `too few bytes within ${idleMs} ms`)
    bytesBefore = bytes
  }, idleMs)
  const stop = (): void => clearInterval(watch)
  response.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > maxBytes) fail('too_large', `more than ${maxBytes} bytes`)
    else parts.push(part)
  })
  response.on('error', (error: NodeJS.ErrnoException) => fail('cut', error.code ?? error.message))
  response.on('close', () => {
    stop()
    if (!response.complete) return fail('cut', 'the answer ended early')
    done(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, bytes))
  })
  return stop
}
