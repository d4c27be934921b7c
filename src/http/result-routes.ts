import { implement } from '@orpc/server'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { apiPrefix } from '../contract/api.ts'
import { resultsApi, RowsQuery } from '../contract/results-api.ts'
import type { Services } from '../core/services.ts'
import { problem } from '../core/problem.ts'
import { parseInput } from './problem-response.ts'
import { callerOf, noSignal, type RequestContext } from './request-context.ts'

const { rows: _rows, ...summaries } = resultsApi.turns

/** The handlers of what a result's columns hold; for its rows see `addResultReading`. */
export function makeResultRoutes({ results }: Pick<Services, 'results'>) {
  const routes = implement(summaries).$context<RequestContext>()
  return {
    summary: routes.summary.handler(
      ({ context, input: { turnId, column, values, containing, filter, search }, signal = noSignal }) => {
        const view = { sort: [], filters: filter, search }
        return results.summary(context.caller, turnId, { column, values, containing, view }, signal)
      },
    ),
  }
}

const TurnParams = z.object({ turnId: z.uuid() })

/** `GET /api/v1/turns/{turnId}/rows` answers rows as the text that the engine encoded. A client that leaves stops the work. */
export function addResultReading(app: FastifyInstance, { results }: Pick<Services, 'results'>): void {
  app.get(`${apiPrefix}/turns/:turnId/rows`, async (request, reply) => {
    const { turnId } = parseInput(TurnParams, request.params)
    const { columns = null, from, count, sort, filter: filters, search } = parseInput(RowsQuery, request.query)
    const leaving = new AbortController()
    reply.raw.once('close', () => leaving.abort(clientGone()))
    const order = { view: { sort, filters, search }, columns, from, count }
    const text = await results.window(callerOf(request), turnId, order, leaving.signal)
    return await reply.type('application/json; charset=utf-8').send(text)
  })
}

const clientGone = () => problem('interrupted', 'Nobody waits for the rows any more.', 'Ask for them again.')
