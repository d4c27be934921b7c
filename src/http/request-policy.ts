import type { FastifyHelmetOptions } from '@fastify/helmet'
import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { problem } from '../core/problem.ts'

/** Where this server may be addressed: loopback names with its own port, and the public address if it has one. */
export interface OwnAddress {
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

/**
 * Refuses requests that a foreign page made: a Host that is not ours (DNS rebinding), and on everything that changes state or
 * opens a socket an Origin or Sec-Fetch-Site that is not ours. Throws `forbidden`.
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
  if (!opensSocket && safeMethods.has(request.method)) return
  if (origin === undefined ? isFromBrowser(request, opensSocket) : !isOwnOrigin(origin, host, own)) {
    throw problem(
      'forbidden',
      'The request comes from another site.',
      'Open Floe under its own address; if it has a public address, set PUBLIC_URL to it.',
    )
  }
}

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
