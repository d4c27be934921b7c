import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { Services } from '../core/services.ts'
import { addDocsRoutes } from './docs-routes.ts'
import { addHealthRoutes } from './health-routes.ts'
import { sendFault } from './problem-response.ts'
import { doorOf, type Identify } from './request-context.ts'
import { checkRequestOrigin } from './request-origin.ts'
import { addRestRoutes } from './rest-routes.ts'
import { chooseSecurityHeaders } from './security-headers.ts'
import { addSignInCallback } from './sign-in-callback.ts'
import { addStaticSite } from './static-site.ts'
import { makeStreamLimit } from './stream-limit.ts'
import { addTurnSocket } from './turn-socket.ts'
import { addTurnStreams } from './turn-streams.ts'

export interface ServerOptions {
  readonly services: Services
  readonly identify: Identify
  readonly version: string
  /** The folder of the built page; null for the API alone. */
  readonly webRoot: string | null
  /** The address people use when it is not the one listened on, for example behind a proxy. */
  readonly publicUrl: string | null
  readonly logger: FastifyBaseLogger
  /** Streams and sockets served at once. */
  readonly maxStreams?: number
  /** How often a silent stream or socket shows a sign of life. */
  readonly heartbeatMs?: number
}

const bodyLimitBytes = 1_048_576

/** Door 1: the page, the REST API, the event streams and the socket, ready to listen. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { services, version, heartbeatMs = 15_000 } = options
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: 60_000,
    // Closing waits for turns to end, which stopServer bounds; Fastify's own bound would cut in before.
    pluginTimeout: 0,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => void sendFault(error, request, reply),
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, request, reply) => sendFault(error, request, reply))
  await addPolicies(app, options)
  const limit = makeStreamLimit(options.maxStreams ?? 500)
  addHealthRoutes(app, services)
  addDocsRoutes(app, version)
  addTurnStreams(app, { services, limit, heartbeatMs })
  addTurnSocket(app, { services, limit, heartbeatMs })
  addRestRoutes(app, { services, publicUrl: options.publicUrl })
  addSignInCallback(app, { services, publicUrl: options.publicUrl })
  await addStaticSite(app, options.webRoot)
  return app
}

/** What holds for every request, in this order: who may ask, what the browser is told, how answers travel. */
async function addPolicies(app: FastifyInstance, { publicUrl, logger, identify }: ServerOptions): Promise<void> {
  const ownUrl = publicUrl === null ? null : new URL(publicUrl)
  const port = (): number | null => {
    const address = app.server.address()
    return typeof address === 'object' && address !== null ? address.port : null
  }
  await app.register(helmet, chooseSecurityHeaders(ownUrl))
  await app.register(websocket, {
    options: { maxPayload: bodyLimitBytes },
    errorHandler: (error) => logger.debug({ err: error }, 'a socket broke'),
    // Sockets close after their turns have ended, not before: see stopServer.
    preClose: (done) => done(),
  })
  await app.register(compress, { encodings: ['br', 'gzip'] })
  app.decorateRequest('caller', null)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store')
    checkRequestOrigin(request, { publicUrl: ownUrl, port }, request.ws)
    request.caller = identify(doorOf(request))
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    logger.debug({ reqId: request.id, method, route: routeOptions.url, status: reply.statusCode }, 'answered')
    done()
  })
}
