import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix, streamPaths, turnIdHeader } from '../contract/api.ts'
import { Ask } from '../contract/command.ts'
import type { Services } from '../core/services.ts'
import { problem } from '../core/problem.ts'
import { sendEventStream } from './event-stream.ts'
import { invalidInput, logFault, readFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import type { StreamLimit } from './stream-limit.ts'

export interface TurnStreamsNeeds {
  readonly services: Services
  readonly limit: StreamLimit
  readonly heartbeatMs: number
}

const openAfterMs = 250
const stallMs = 300_000
const Seq = z.coerce.number().int().nonnegative().max(2_147_483_647)
const TurnParams = z.object({ turnId: z.uuid() })
const AfterQuery = z.object({ afterSeq: Seq.default(0) })

/**
 * `POST /api/v1/turns` asks and streams the events; `GET /api/v1/turns/{turnId}/events` follows a turn that exists;
 * `GET /api/v1/turns/{turnId}` answers what is stored of it. Events pass through as the text they are.
 */
export function addTurnStreams(app: FastifyInstance, needs: TurnStreamsNeeds): void {
  const { services } = needs

  app.post(apiPrefix + streamPaths.ask, async (request, reply) => {
    const ask = parse(Ask, request.body)
    const resumed = readLastEventId(request)
    if (resumed !== null && ask.turnId === undefined)
      throw problem('bad_request', 'Last-Event-ID came without a turnId.', 'Send the turnId of the turn to resume.')
    return await stream(needs, request, reply, async () => {
      const { turnId } = await services.turns.ask(callerOf(request), ask)
      return { turnId, afterSeq: resumed ?? 0 }
    })
  })

  app.get(apiPrefix + streamPaths.follow.replace('{turnId}', ':turnId'), async (request, reply) => {
    const { turnId } = parse(TurnParams, request.params)
    const { afterSeq } = parse(AfterQuery, request.query)
    const place = { turnId, afterSeq: readLastEventId(request) ?? afterSeq }
    return await stream(needs, request, reply, () => Promise.resolve(place))
  })

  app.get(`${apiPrefix}/turns/:turnId`, async (request, reply) => {
    const { turnId } = parse(TurnParams, request.params)
    const { afterSeq } = parse(AfterQuery, request.query)
    const stored = await services.history.readTurn(callerOf(request), turnId, afterSeq)
    return reply.type('application/json; charset=utf-8').send(Readable.from(storedTurnText(stored)))
  })
}

type StoredTurn = Awaited<ReturnType<Services['history']['readTurn']>>

function* storedTurnText({ turn, events }: StoredTurn): Generator<string> {
  yield `{"turn":${JSON.stringify(turn)},"events":[`
  for (const [index, { json }] of events.entries()) yield index === 0 ? json : `,${json}`
  yield ']}'
}

async function stream(
  { services, limit, heartbeatMs }: TurnStreamsNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  start: () => Promise<{ readonly turnId: string; readonly afterSeq: number }>,
): Promise<FastifyReply> {
  const caller = callerOf(request)
  const leave = limit.enter()
  try {
    const { turnId, afterSeq } = await start()
    return await sendEventStream(reply, (signal) => services.turns.events(caller, turnId, afterSeq, signal), {
      headers: { [turnIdHeader]: turnId },
      heartbeatMs,
      openAfterMs,
      stallMs,
      describeFault(error) {
        logFault(request.log, error)
        return `event: problem\ndata: ${JSON.stringify(readFault(error).problem)}\n\n`
      },
    })
  } finally {
    leave()
  }
}

function readLastEventId({ headers }: FastifyRequest): number | null {
  const id = headers['last-event-id']
  if (id === undefined || id === '') return null
  const parsed = Seq.safeParse(id)
  if (parsed.success) return parsed.data
  throw problem(
    'bad_request',
    'Last-Event-ID is not the id of an event.',
    'Send back the id of the last event you saw.',
  )
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidInput(parsed.error.issues)
}
