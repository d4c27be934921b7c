import { implement } from '@orpc/server'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix } from '../contract/api.ts'
import { sharesApi } from '../contract/shares-api.ts'
import type { OpenedShare } from '../core/people/shares.ts'
import type { Services } from '../core/services.ts'
import { parseInput } from './problem-response.ts'
import { callerOf, done, type RequestContext } from './request-context.ts'

const { read: _read, ...steering } = sharesApi.shares

/** The handlers of `/api/v1/shares`, without what a link leads to: see `addSharedReading`. */
export function makeShareRoutes({ people: { shares } }: Services) {
  const routes = implement(steering).$context<RequestContext>()
  return {
    shares: {
      list: routes.list.handler(async ({ context }) => [...(await shares.list(context.caller))]),
      make: routes.make.handler(({ context, input }) => shares.make(context.caller, input)),
      end: routes.end.handler(({ context, input }) => done(shares.end(context.caller, input.shareId))),
    },
  }
}

const ShareParams = z.object({ shareId: z.uuid() })

/** `GET /api/v1/shares/{shareId}` answers what is shared. Stored events pass through as the text they are, read as the reader takes them. */
export function addSharedReading(app: FastifyInstance, { people: { shares } }: Services): void {
  app.get(`${apiPrefix}/shares/:shareId`, async (request, reply) => {
    const { shareId } = parseInput(ShareParams, request.params)
    const opened = await shares.open(callerOf(request), shareId)
    return reply.type('application/json; charset=utf-8').send(Readable.from(sharedText(opened)))
  })
}

async function* sharedText({ share, turns }: OpenedShare): AsyncGenerator<string> {
  yield `{"share":${JSON.stringify(share)},"turns":[`
  for (const [index, { turn, events }] of turns.entries()) {
    yield `${index === 0 ? '' : ','}{"turn":${JSON.stringify(turn)},"events":[`
    let before = ''
    for await (const json of events) {
      yield before + json
      before = ','
    }
    yield ']}'
  }
  yield ']}'
}
