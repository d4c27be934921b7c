import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Span, Tracer } from '../core/ports/tracer.ts'
import { routeOf } from './measure-requests.ts'

/**
 * Has each request be a span, in the trace that it says it belongs to. A socket lives as long as a page and asks many things: each turn that is
 * asked over it begins a trace of its own. To be called before whatever keeps the context of a request.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.ws) return done()
    const { traceparent } = request.headers
    const facts = { 'http.request.method': request.method, 'floe.request.id': request.id }
    const span = tracer.begin('request', facts, typeof traceparent === 'string' ? traceparent : undefined)
    spans.set(request, span)
    span.run(done)
  })
  app.addHook('onResponse', (request, { statusCode: status }, done) => {
    const span = spans.get(request)
    span?.note({ 'http.route': routeOf(request, status), 'http.response.status_code': status })
    span?.end(request.problemCode ?? undefined)
    done()
  })
}
