import type { FastifyHelmetOptions } from '@fastify/helmet'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { apiPrefix, streamPaths, turnIdHeader } from '../contract/api.ts'
import { problem } from '../core/problem.ts'

/** Where this server may be addressed: loopback names with its own port, and the public address if it has one. */
export interface OwnAddress {
  /** Origins of other sites whose pages may use the API. */
  readonly guests: ReadonlySet<string>
  readonly publicUrl: URL | null
  /** The port listened on; null while not listening, when no request comes from a network. */
  readonly port: () => number | null
}

/** Literal addresses cannot be rebound to another machine; of names only `localhost` is known to stay here. */
const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/
/** Whether a name or an address, without a port, is surely this machine’s. */
export const isLoopbackHost = (host: string): boolean => loopbackName.test(host)
/** Requests that change nothing. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

const socketUrl = apiPrefix + streamPaths.socket

/**
 * Refuses requests whose parts say different things, or that ask for what no route offers: proxies and this server could take them for different
 * requests. Throws `bad_request`; what concerns a compressed body is answered 415.
 */
export function checkForm({ raw, url, ws, headers, routeOptions }: FastifyRequest): void {
  const hosts = raw.headersDistinct.host ?? []
  // Requests made inside this process come without distinct headers.
  const isClear = hosts.length < 2 && headers.host !== undefined && (url.startsWith('/') || url === '*')
  const isSocket = routeOptions.url === socketUrl && headers['sec-websocket-version'] === '13'
  if (!isClear || (ws && !isSocket))
    throw problem(
      'bad_request',
      isClear ? 'No socket opens like this.' : 'The request does not say clearly what it asks.',
      `Send one Host header and a path that starts with a slash; sockets of version 13 open at ${socketUrl}.`,
    )
  const { 'content-encoding': encoding = 'identity' } = headers
  if (encoding !== 'identity') throw Object.assign(new Error('a compressed body'), { statusCode: 415 })
}

/** Where a GET may run a query once more, or is written down as an export. */
const workPath = /^\/api\/v1\/(?:[^?]*\/export|turns\/[^/?]+\/rows)(?:[/?]|$)/
const withoutEscapes = (url: string): string =>
  url.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/**
 * Refuses requests that a foreign page made: a Host that is not ours (DNS rebinding), and on everything that changes state, makes
 * the warehouse work or opens a socket an Origin or Sec-Fetch-Site that is not ours. Throws `forbidden`.
 */
export function checkRequestOrigin(request: FastifyRequest, own: OwnAddress, opensSocket: boolean): void {
  const { host, origin } = request.headers
  if (!isOwnHost(host, own) && !isProbe(request)) {
    throw problem(
      'forbidden',
      'The Host header does not name this server.',
      'Use the address the server printed at its start, or set PUBLIC_URL to the address people use.',
    )
  }
  const changesNothing = safeMethods.has(request.method) && !workPath.test(withoutEscapes(request.url))
  if (!opensSocket && (changesNothing || isGuest(request, own))) return
  if (origin === undefined ? isFromBrowser(request, opensSocket) : !isOwnOrigin(origin, host, own)) {
    throw problem(
      'forbidden',
      'The request comes from another site.',
      'Open Floe under its own address; if it has a public address, set PUBLIC_URL to it.',
    )
  }
}

const headersForGuests = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'authorization, content-type, last-event-id',
  // In seconds: browsers keep it for no longer than two hours.
  'access-control-max-age': '7200',
}
const headersGuestsRead = `x-request-id, ${turnIdHeader}, retry-after, www-authenticate, content-disposition, allow`

/**
 * Lets the page of a site that the operator has named read answers of the API (CORS). Such a page never acts with what the browser keeps for
 * this server: its cookies are taken off the request, so that it has to bring a token. Says whether the request comes from one.
 */
export function admitGuest(request: FastifyRequest, reply: FastifyReply, own: OwnAddress): boolean {
  if (own.guests.size === 0 || !request.url.startsWith('/api/')) return false
  // What a cache keeps for one origin is not for another.
  void reply.header('vary', 'Origin')
  if (!isGuest(request, own)) return false
  delete request.headers.cookie
  void reply.headers({
    'access-control-allow-origin': request.headers.origin,
    'access-control-expose-headers': headersGuestsRead,
    ...(request.headers['access-control-request-method'] === undefined ? {} : headersForGuests),
  })
  return true
}

/** Whether the page of another site asks the API that the operator has let in. */
const isGuest = ({ url, headers }: FastifyRequest, { guests }: OwnAddress): boolean =>
  headers.origin !== undefined && guests.has(headers.origin) && url.startsWith('/api/')

/** Health probes use a literal IP as Host; DNS rebinding needs a name, so IPs are safe here. */
function isProbe({ url, headers }: FastifyRequest): boolean {
  const host = readHost('http:', headers.host)
  return probes.has(url) && host !== null && isIP(host.hostname.replace(/^\[|\]$/g, '')) > 0
}

function isOwnHost(header: string | undefined, own: OwnAddress): boolean {
  const { publicUrl } = own
  if (publicUrl !== null && readHost(publicUrl.protocol, header)?.host === publicUrl.host) return true
  return isLoopback(header, own)
}

function isLoopback(header: string | undefined, own: OwnAddress): boolean {
  const host = readHost('http:', header)
  if (host === null || !isLoopbackHost(host.hostname)) return false
  const port = own.port()
  return port === null || Number(host.port || 80) === port
}

function isOwnOrigin(origin: string, hostHeader: string | undefined, own: OwnAddress): boolean {
  if (own.publicUrl !== null && origin === own.publicUrl.origin) return true
  return isLoopback(hostHeader, own) && origin === readHost('http:', hostHeader)?.origin
}

/** Without Origin a socket is for programs only; other requests may also be the browser's own (`same-origin`, `none`). */
function isFromBrowser({ headers }: FastifyRequest, opensSocket: boolean): boolean {
  if (opensSocket) return Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** A Host header as an address, or null when it holds anything but a name and a port. */
function readHost(protocol: string, header: string | undefined): URL | null {
  if (header === undefined || !/^[\w.\-:[\]]+$/.test(header)) return null
  return URL.parse(`${protocol}//${header}`)
}

/**
 * The headers that keep a page of ours from being turned against its reader: nothing loads but our own files, nothing frames
 * us, no string becomes script (Trusted Types). HSTS only where the public address is https.
 */
export function chooseSecurityHeaders(publicUrl: URL | null): FastifyHelmetOptions {
  const isHttps = publicUrl?.protocol === 'https:'
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        // Older Safari does not count the socket of the page's own host as 'self'.
        connectSrc: ["'self'", ...(isHttps ? [`wss://${publicUrl.host}`] : [])],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['default'],
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  }
}

/** The same in short, for answers that are no page and are given before any hook runs. */
export const headersWithoutHooks = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';require-trusted-types-for 'script';",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}
