import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { BlockList, isIP } from 'node:net'

/** What openid-client hands to a fetch of one's own. */
export interface GuardedRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** More than any sign-in server has to say. */
const maxBodyBytes = 1_048_576
const proxyTimeoutMs = 30_000

const inside = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, prefix, 'ipv6')

/** An address that a person named and that a server must not be sent to. */
export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`)
    this.name = 'ForbiddenAddress'
  }
}

/** Whether a name that people entered may be asked at all; what it resolves to is judged when it is. */
export function isPublicAddress(url: URL, allowLoopback: boolean): boolean {
  if (allowLoopback && url.protocol === 'http:' && url.hostname === '127.0.0.1') return true
  const isNamed = url.hostname.includes('.') && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0
  return url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && isNamed
}

export interface GuardedFetchNeeds {
  /** For tests alone. */
  readonly allowLoopback: boolean
  /** `HTTPS_PROXY` and its like. Behind a proxy it is the proxy that resolves names and decides where they may lead. */
  readonly proxyEnv: Readonly<Record<string, string>>
}

/**
 * Makes a fetch for addresses that people entered: https on port 443 of names that lead to public addresses, judged on the very address
 * that is connected to; no redirects; bounded answers. Rejects with `ForbiddenAddress` or the connection's error.
 */
export function makeGuardedFetch({ allowLoopback, proxyEnv }: GuardedFetchNeeds) {
  const hasProxy = (proxyEnv['HTTPS_PROXY'] ?? proxyEnv['https_proxy'] ?? '') !== ''
  const route: RequestOptions = hasProxy
    ? { agent: new Agent({ proxyEnv, timeout: proxyTimeoutMs }) }
    : { agent: false, lookup: lookupPublic }
  return async (address: string, options: GuardedRequest): Promise<Response> => {
    const url = new URL(address)
    if (!isPublicAddress(url, allowLoopback)) throw new ForbiddenAddress(url.host)
    const body = options.body === undefined || options.body === null ? '' : bodyText(options.body)
    const answer = await send(url, options, body, url.protocol === 'https:' ? route : { agent: false })
    const bytes = await collect(answer)
    const headers = new Headers()
    const type = answer.headers['content-type']
    if (type !== undefined) headers.set('content-type', type)
    const challenge = answer.headers['www-authenticate']
    if (challenge !== undefined) headers.set('www-authenticate', challenge)
    return new Response(new Uint8Array(bytes), { status: answer.statusCode ?? 500, headers })
  }
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('A sign-in server is sent forms alone.')
}

function send(
  url: URL,
  { method, headers, signal }: GuardedRequest,
  body: string,
  route: RequestOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = request(
      url,
      { ...route, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      resolve,
    )
    sent.on('error', reject)
    // By ourselves, because Node does not end the wait for a proxy's own answer.
    const abort = (): void => {
      reject(signal?.reason as Error)
      sent.destroy(signal?.reason as Error)
    }
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    sent.end(body)
  })
}

/** Resolves a name as `dns.lookup` does; one address inside is enough to refuse it (`ForbiddenAddress`). */
export function lookupPublic(
  host: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '')
    const [first] = addresses
    const isInside = ({ address, family }: LookupAddress): boolean =>
      inside.check(address, family === 6 ? 'ipv6' : 'ipv4')
    if (first === undefined || addresses.some(isInside)) return done(new ForbiddenAddress(host), '')
    if (options.all === true) return done(null, addresses)
    return done(null, first.address, first.family)
  })
}

async function collect(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxBodyBytes) {
      answer.destroy()
      throw new Error('the answer is too long')
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
