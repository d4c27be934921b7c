import type { FastifyHelmetOptions } from '@fastify/helmet'

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
