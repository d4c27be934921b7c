import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'
import { problem } from '../core/problem.ts'
import { sendFault } from './problem-response.ts'
import { isLoopbackHost } from './request-policy.ts'

/** What monitoring reads. */
export interface ReadMetrics {
  read(): Promise<{ readonly type: string; readonly text: string }>
}

/** Where monitoring may read: at a port of its own, or, with a token, at the port that people use. */
export interface MetricsDoor {
  readonly metrics: ReadMetrics
  /** Null: at the server's own port. */
  readonly port: number | null
  readonly host: string
  /** Null: whoever reaches the port may read. */
  readonly token: string | null
}

const path = '/metrics'

/**
 * `GET /metrics` at the port that people use, for whoever has the token. It is registered before the policies for people, so that neither the store
 * nor a sign-in, nor the name that the scraper knows this machine by, has a part in it.
 */
export async function addMetricsRoute(app: FastifyInstance, { metrics, port, token }: MetricsDoor): Promise<void> {
  if (port !== null || token === null) return
  await app.register((scope, _options, done) => {
    scope.get(path, async (request, reply) => {
      demandToken(request, token)
      return await send(reply, metrics)
    })
    done()
  })
}

/** Serves `GET /metrics` alone at its own port; null where it has none. Throws `cannot_listen`. */
export async function openMetricsPort({
  metrics,
  port,
  host,
  token,
}: MetricsDoor): Promise<{ readonly address: string; readonly close: () => Promise<void> } | null> {
  if (port === null) return null
  const app = fastify({ logger: false, forceCloseConnections: true })
  app.setErrorHandler((error, request, reply) => sendFault(error, request, reply))
  app.addHook('onRequest', (request, _reply, done) => {
    // A page that has pointed a name of its own at this machine could read otherwise.
    if (token === null && isLoopbackHost(host) && !isLoopbackHost(request.hostname)) throw foreignHost()
    done()
  })
  app.get(path, async (request, reply) => {
    if (token !== null) demandToken(request, token)
    return await send(reply, metrics)
  })
  try {
    const address = await app.listen({ host, port })
    return { address, close: () => app.close() }
  } catch (error) {
    throw noListening(`${host}:${port}`, error)
  }
}

async function send(reply: FastifyReply, metrics: ReadMetrics): Promise<FastifyReply> {
  const { type, text } = await metrics.read()
  return await reply.header('cache-control', 'no-store').header('content-type', type).send(text)
}

function demandToken({ headers }: FastifyRequest, token: string): void {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (!timingSafeEqual(digest(given), digest(token)))
    throw problem('token_needed', 'Metrics need their token.', 'Send METRICS_TOKEN as a bearer token.')
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const noListening = (place: string, cause: unknown) =>
  problem(
    'cannot_listen',
    `Metrics cannot be served on ${place}: ${cause instanceof Error ? cause.message : 'unknown'}.`,
    'Set METRICS_PORT to a free port, and METRICS_HOST to an address of this machine.',
    { cause },
  )

const foreignHost = () =>
  problem(
    'forbidden',
    'The Host header does not name this machine.',
    'Read the metrics at 127.0.0.1, or set METRICS_HOST.',
  )
