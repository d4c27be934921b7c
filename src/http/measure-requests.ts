import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiPrefix } from '../contract/api.ts'
import { problemCodes, type ProblemCode } from '../contract/problem.ts'
import type { Meter } from '../core/ports/meter.ts'
import type { StreamLimit } from './limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the contract's route that a request was for, with the names of its parameters; null for a route of the server itself. */
    contractPath: string | null
    /** The problem that a request was answered with; null for none. */
    problemCode: ProblemCode | null
  }
}

/** Bounds in seconds for answers that a page waits for. */
const answerBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** How a problem was told: in an answer, on a socket, or in a stream that had begun. */
const transports = ['answer', 'socket', 'stream'] as const
type Transport = (typeof transports)[number]
const unmatched = 'unmatched'

/** Hears of each problem that is told to a client. */
export type CountProblem = (transport: Transport, code: ProblemCode) => void

/**
 * Counts what is answered: requests by the template of their route, how long answers took, and the problems in them. Answers that last as long as
 * their reader wants (event streams, sockets, downloads) are counted and not timed.
 */
export function measureRequests(app: FastifyInstance, meter: Meter): CountProblem {
  const { requests, duration, problems } = defineMeasures(meter)
  app.decorateRequest('contractPath', null)
  app.decorateRequest('problemCode', null)
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply.raw
    const which = { method: request.method, route: routeOf(request, status) }
    requests({ ...which, status: String(status) })
    if (!lasts(request, reply.raw.getHeader('content-type'), reply.raw.getHeader('content-disposition')))
      duration(which, reply.elapsedTime / 1_000)
    if (request.problemCode !== null) problems({ transport: 'answer', code: request.problemCode })
    done()
  })
  return (transport, code) => problems({ transport, code })
}

function defineMeasures(meter: Meter) {
  const labels = { method: methods, route: { atMost: 300 } }
  return {
    requests: meter.counter({
      name: 'floe_http_requests_total',
      help: 'Requests that were answered, by the template of their route.',
      labels: { ...labels, status: { atMost: 60 } },
    }),
    duration: meter.histogram({
      name: 'floe_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer, without event streams, sockets and downloads.',
      labels,
      bounds: answerBounds,
    }),
    problems: meter.counter({
      name: 'floe_problems_total',
      help: 'Problems that were told to clients.',
      labels: { transport: transports, code: problemCodes },
    }),
  }
}

/** Counts streams and sockets that are open. */
export function measureStreams(meter: Meter, limits: Readonly<Record<'stream' | 'socket', StreamLimit>>): void {
  const kinds = ['stream', 'socket'] as const
  const labels = { kind: kinds }
  meter.gauge({ name: 'floe_streams_open', help: 'Event streams and sockets that are open.', labels }, () =>
    kinds.map((kind) => [{ kind }, limits[kind].open()] as const),
  )
  meter.gauge(
    { name: 'floe_streams_limit', help: 'The most event streams, and sockets, that this server opens.', labels },
    () => kinds.map((kind) => [{ kind }, limits[kind].max] as const),
  )
}

/** Addresses that lead nowhere are one route, so that a scan makes no series. */
function routeOf({ contractPath, routeOptions: { url } }: FastifyRequest, status: number): string {
  if (contractPath !== null) return apiPrefix + contractPath
  if (url === undefined || (url.endsWith('*') && status === 404)) return unmatched
  return url.replaceAll(/:(\w+)/g, '{$1}')
}

const lasts = ({ ws }: FastifyRequest, type: unknown, disposition: unknown): boolean =>
  ws || disposition !== undefined || String(type).startsWith('text/event-stream')
