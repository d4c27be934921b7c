import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiPrefix } from '../contract/api.ts'
import type { SecurityEvent } from '../contract/audit.ts'
import { problemCodes, type ProblemCode } from '../contract/problem.ts'
import type { Audit } from '../core/people/audit.ts'
import type { Meter } from '../core/ports/meter.ts'
import type { StreamLimit } from './limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the contract's route that a request was for, with the names of its parameters; null for a route of the server itself. */
    contractPath: string | null
    /** The problem that a request was answered with; null for none. */
    problemCode: ProblemCode | null
    /** The event that a refusal of the request is just now; `token.refused` where it came with a token that is not valid. */
    checkedFor: 'origin.refused' | 'rate.refused' | 'token.refused' | null
  }
}

/** Bounds in seconds for answers that a page waits for. */
const answerBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** How a problem was told: in an answer, on a socket, or in a stream that had begun. */
const transports = ['answer', 'socket', 'stream'] as const
type Transport = (typeof transports)[number]
const unmatched = 'unmatched'

/** Hears of each problem that is told to a client, and of the request that it is told in. */
export type CountProblem = (transport: Transport, code: ProblemCode, request: FastifyRequest) => void

export interface MeasuredBy {
  readonly meter: Meter
  /** Where refusals are written down; null for nowhere. */
  readonly audit: Pick<Audit, 'note'> | null
}

/**
 * Counts what is answered: requests by the template of their route, how long answers took, and the problems in them. Answers that last as long as
 * their reader wants (event streams, sockets, downloads) are counted and not timed.
 */
export function measureRequests(app: FastifyInstance, { meter, audit }: MeasuredBy): CountProblem {
  const { requests, duration, problems } = defineMeasures(meter)
  const noteRefusal = (request: FastifyRequest, status: number): void => {
    const event = eventOf(request)
    if (event === null || audit === null) return
    const { caller, problemCode, log } = request
    const by = caller === null ? 'address' : 'person'
    const facts = { route: routeOf(request, status), code: problemCode, ...(event === 'rate.refused' ? { by } : {}) }
    audit.note(caller, event, facts).catch((error: unknown) => log.error({ err: error }, 'a refusal was not audited'))
  }
  app.decorateRequest('contractPath', null)
  app.decorateRequest('problemCode', null)
  app.decorateRequest('checkedFor', null)
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply.raw
    const which = { method: request.method, route: routeOf(request, status) }
    requests({ ...which, status: String(status) })
    if (!lasts(request, reply.raw.getHeader('content-type'), reply.raw.getHeader('content-disposition')))
      duration(which, reply.elapsedTime / 1_000)
    if (request.problemCode !== null) problems({ transport: 'answer', code: request.problemCode })
    noteRefusal(request, status)
    done()
  })
  return (transport, code, request) => {
    problems({ transport, code })
    request.problemCode = code
    noteRefusal(request, request.raw.statusCode ?? 200)
    request.problemCode = null
  }
}

const refusalOf: Readonly<Partial<Record<ProblemCode, SecurityEvent>>> = {
  forbidden: 'access.refused',
  token_needed: 'token.refused',
  sign_in_failed: 'sign_in.failed',
}

/** What the refusal of a request is called in the audit; null for none. */
function eventOf(request: FastifyRequest): SecurityEvent | null {
  const { problemCode: code, checkedFor, contractPath, routeOptions } = request
  if (checkedFor === 'token.refused') return checkedFor
  if (code === null) return null
  if (checkedFor === 'origin.refused' && code === 'forbidden') return checkedFor
  if (code === 'too_busy') return checkedFor === 'rate.refused' ? checkedFor : null
  const namesOne = request.ws || /[{:]/.test(contractPath ?? routeOptions.url ?? '')
  if ((code === 'not_found' || code === 'connection_unknown') && namesOne) return 'id.refused'
  return refusalOf[code] ?? null
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
export function routeOf({ contractPath, routeOptions: { url } }: FastifyRequest, status: number): string {
  if (contractPath !== null) return apiPrefix + contractPath
  if (url === undefined || (url.endsWith('*') && status === 404)) return unmatched
  return url.replaceAll(/:(\w+)/g, '{$1}')
}

const lasts = ({ ws }: FastifyRequest, type: unknown, disposition: unknown): boolean =>
  ws || disposition !== undefined || String(type).startsWith('text/event-stream')
