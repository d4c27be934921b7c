import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { AuthorizationServer } from '../core/ports/authorization-server.ts'
import { noLogScope, type LogScope } from '../core/ports/log-scope.ts'
import { silentMeter, type Meter } from '../core/ports/meter.ts'
import { silentTracer, type Tracer } from '../core/ports/tracer.ts'
import { problem } from '../core/problem.ts'
import { demandMoreThanReading } from '../core/caller.ts'
import type { Audit } from '../core/people/audit.ts'
import type { Services } from '../core/services.ts'
import { addSignInCallback } from './connection-sign-in.ts'
import {
  bodyLimitBytes,
  heartbeatMs as usualHeartbeatMs,
  signInCheckMs,
  keepAliveTimeoutMs,
  makeBodyPace,
  makeRequestLimits,
  makeStreamLimit,
  maxConnections,
  maxHeaderBytes,
  type MakeRateLimiter,
  type Patience,
  patience as usualPatience,
} from './limits.ts'
import { admitLocally, isOwnProcess, type LocalAccess } from './local-access.ts'
import { addFavoriteReading } from './favorite-routes.ts'
import { answerOptions, knowMethods } from './known-methods.ts'
import { addOauthRoutes, type HttpExchange } from './oauth-routes.ts'
import { measureRequests, measureStreams } from './measure-requests.ts'
import { addMetricsRoute, type MetricsDoor } from './metrics-door.ts'
import { ownPath, withoutPath } from './own-address.ts'
import { addDocsRoutes, addStaticSite } from './pages.ts'
import { refuseBrokenRequest, sendFault } from './problem-response.ts'
import { callerOf, doorOf, scopeRequests, type Identify } from './request-context.ts'
import {
  admitGuest,
  checkForm,
  checkRequestOrigin,
  chooseSecurityHeaders,
  headersWithoutHooks,
  safeMethods,
  type OwnAddress,
} from './request-policy.ts'
import { addResultDownloads } from './result-downloads.ts'
import { addRestRoutes } from './rest-routes.ts'
import { addSignInRoutes, readCredential } from './sign-in-routes.ts'
import { addAuditDownload, addPersonExport } from './downloads.ts'
import { traceRequests } from './trace-requests.ts'
import { addTurnSocket } from './turn-socket.ts'
import { addResultReading } from './result-routes.ts'
import { addSharedReading } from './share-routes.ts'
import { addTurnStreams } from './turn-streams.ts'
import { makeSignInWatch } from './watch-sign-in.ts'

export interface ServerOptions {
  readonly services: Services
  readonly identify: Identify
  /** Lets apps act for people; null or left out where there is none. */
  readonly authorizationServer?: AuthorizationServer<HttpExchange> | null
  readonly version: string
  /** The folder of the built page; null for the API alone. */
  readonly webRoot: string | null
  /** The address people use when it is not the one listened on, for example behind a proxy. */
  readonly publicUrl: string | null
  readonly logger: FastifyBaseLogger
  /** Has lines of the log carry ids; without it they carry that of their request at most. */
  readonly logScope?: LogScope
  /** Where it is told what each request took; without it nobody is told. */
  readonly tracer?: Tracer
  /** Further routes, for example of another transport, under this server's policies. */
  readonly mounts?: readonly Mount[]
  /** Who on this machine may use the server; null where sign-in or the operator decides that. */
  readonly localAccess?: LocalAccess | null
  /** Counts requests together with other copies; without it this process counts by itself. */
  readonly makeRateLimiter?: MakeRateLimiter
  /** Proxies whose word on the client's address is taken: addresses and networks. */
  readonly trustedProxies?: readonly string[]
  /** Where requests are counted; without it they are not. */
  readonly meter?: Meter
  /** Where refusals are written down; without it they are not. */
  readonly audit?: Pick<Audit, 'note'>
  /** Where monitoring reads what is counted; null or left out for nowhere. */
  readonly metricsDoor?: MetricsDoor | null
  /** Origins of other sites whose pages may use the API with a token. */
  readonly guestOrigins?: readonly string[]
  /** Fewer in tests. */
  readonly maxStreams?: number
  /** Shorter in tests. */
  readonly heartbeatMs?: number
  /** Shorter in tests. */
  readonly patience?: Patience
}

/** Registers routes. Origin, host, caller, headers and limits hold for them as for the server's own. */
export type Mount = (app: FastifyInstance, server: { readonly callerOf: typeof callerOf }) => void | Promise<void>

/** Door 1: the page, the REST API, the event streams and the socket, ready to listen. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  // The contract is made of zod/mini, which brings no words of its own for what does not fit.
  z.config(z.locales.en())
  const { services, version, mounts = [], heartbeatMs = usualHeartbeatMs, trustedProxies = [] } = options
  const { headersMs, requestMs, checkMs } = options.patience ?? usualPatience
  const path = ownPath(options.publicUrl)
  const app = fastify({
    rewriteUrl: ({ url = '/' }) => withoutPath(url, path),
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: bodyLimitBytes,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      // A request without one gets the same answer as one with another's.
      requireHostHeader: false,
    },
    // Closing waits for turns to end, which stopServer bounds; Fastify's own bound would cut in before.
    pluginTimeout: 0,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ ...headersWithoutHooks, 'x-request-id': request.id })
      void sendFault(error, request, reply)
    },
    clientErrorHandler: refuseBrokenRequest,
  })
  app.server.maxConnections = maxConnections
  // Node would answer what it does not know to expect by itself, without our headers.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response))
  app.removeContentTypeParser('text/plain')
  knowMethods(app)
  app.setErrorHandler((error, request, reply) => sendFault(error, request, reply))
  const { meter = silentMeter, metricsDoor = null } = options
  if (metricsDoor !== null) await addMetricsRoute(app, metricsDoor)
  const countProblem = measureRequests(app, { meter, audit: options.audit ?? null })
  await addPolicies(app, options)
  addHealthRoutes(app, services)
  addDocsRoutes(app, { version, path })
  const { identify, publicUrl } = options
  const everyMs = options.heartbeatMs ?? signInCheckMs
  const watchSignIn = makeSignInWatch({ sessions: services.people.sessions, identify, publicUrl, everyMs })
  const streamLimits = { stream: makeStreamLimit(options.maxStreams), socket: makeStreamLimit(options.maxStreams) }
  measureStreams(meter, streamLimits)
  const streaming = { services, heartbeatMs, watchSignIn, countProblem }
  addTurnStreams(app, { ...streaming, limit: streamLimits.stream })
  addTurnSocket(app, { ...streaming, limit: streamLimits.socket })
  addAuditDownload(app, services)
  addPersonExport(app, { services, watchSignIn })
  addResultDownloads(app, { services, watchSignIn })
  addResultReading(app, services)
  addSharedReading(app, services)
  addFavoriteReading(app, services)
  addRestRoutes(app, { services, publicUrl })
  addSignInCallback(app, { services, publicUrl })
  addSignInRoutes(app, { services, publicUrl })
  const { authorizationServer: server = null } = options
  if (server !== null) addOauthRoutes(app, { services, server, publicUrl })
  for (const mount of mounts) await mount(app, { callerOf })
  await addStaticSite(app, { webRoot: options.webRoot, path })
  return app
}

/** What holds for every request, in this order: who may ask, what the browser is told, how answers travel. */
async function addPolicies(
  app: FastifyInstance,
  { publicUrl, logger, identify, localAccess = null, guestOrigins = [], ...more }: ServerOptions,
): Promise<void> {
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
  // After the socket's own hook, which tells a request for a socket from others.
  traceRequests(app, more.tracer ?? silentTracer)
  scopeRequests(app, more.logScope ?? noLogScope)
  await app.register(compress, { encodings: ['br', 'gzip'] })
  app.decorateRequest('caller', null)
  app.decorate('stage', 'open')
  const limitRequests = makeRequestLimits(more.makeRateLimiter)
  const own: OwnAddress = { publicUrl: ownUrl, port, guests: new Set(guestOrigins) }
  // The connection's owner is looked up while its first request is on the way.
  if (localAccess !== null) app.server.on('connection', (connection) => void isOwnProcess(connection))
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    const isApi = request.url.startsWith('/api/')
    if (isApi) void reply.header('cache-control', 'no-store')
    if (app.stage === 'closing' && isApi)
      throw problem('too_busy', 'This server is being stopped.', 'Try again in a moment.')
    const isGuest = admitGuest(request, reply, own)
    checkForm(request)
    request.checkedFor = 'origin.refused'
    checkRequestOrigin(request, own, request.ws)
    request.checkedFor = 'rate.refused'
    await limitRequests.byAddress(request.ip, request.url)
    request.checkedFor = null
    if (request.method === 'OPTIONS' && answerOptions(request, reply)) return reply
    // A page of another site runs in the same person's browser, which shows nothing of whose it is.
    const access = localAccess !== null && isGuest ? { ...localAccess, demand: 'always' as const } : localAccess
    if (access !== null && (await admitLocally(request, reply, access)) === 'redirected') return reply
    const credential = readCredential(request, publicUrl)
    request.caller = await identify(doorOf(request), credential)
    if (request.caller !== null) app.logScope.add({ personId: request.caller.userId })
    // A browser comes with the cookie of a session that has ended by itself; a program comes with what somebody gave it.
    else if (credential !== null && credential.kind !== 'session') request.checkedFor = 'token.refused'
    if (isApi && request.caller !== null) {
      request.checkedFor = 'rate.refused'
      await limitRequests.byPerson(request.caller)
      request.checkedFor = null
      if (!safeMethods.has(request.method)) demandMoreThanReading(request.caller)
    }
    return undefined
  })
  const paceBody = makeBodyPace()
  app.addHook('preParsing', async (request) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    const bytes = encoding === undefined ? Number(length ?? 0) : bodyLimitBytes
    if (request.caller !== null) await paceBody(request.caller, bytes)
  })
  const { stallMs } = more.patience ?? usualPatience
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A proxy would use the connection again for a request that would be refused.
    if (app.stage !== 'open') void reply.header('connection', 'close')
    // Whoever takes nothing of an answer for this long is gone.
    reply.raw.setTimeout(stallMs, () => reply.raw.destroy())
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    const answer = { requestId: request.id, method, route: routeOptions.url, status: reply.statusCode }
    request.inScope(() => logger.debug(answer, 'answered'))
    done()
  })
}

/**
 * `/healthz` says that the process answers, `/readyz` whether it can serve: 503 while a dependency is starting or has failed. What was seen
 * of each is for the person of the machine and for admins; to others it would tell of paths and hosts.
 */
function addHealthRoutes(app: FastifyInstance, services: Services): void {
  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', async ({ caller }, reply) => {
    const found = await services.health()
    const worst = (['failed', 'starting', 'degraded'] as const).find((state) =>
      found.some((check) => check.state === state),
    )
    const maySee = caller !== null && (caller.isLocal || caller.rights.includes('manage_people'))
    const checks = maySee ? found : found.map(({ name, state }) => ({ name, state }))
    const isReady = worst === undefined || worst === 'degraded'
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: worst ?? 'ok', checks })
  })
}
