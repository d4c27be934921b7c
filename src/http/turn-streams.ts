import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix, streamPaths, turnIdHeader } from '../contract/api.ts'
import { Ask } from '../contract/command.ts'
import type { EncodedEvent } from '../core/ask/turns.ts'
import type { Services } from '../core/services.ts'
import { problem } from '../core/problem.ts'
import { parseInput, readFault, reportFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import { makeRefusalPace, stallMs, type StreamLimit } from './limits.ts'
import type { CountProblem } from './measure-requests.ts'
import type { WatchSignIn } from './watch-sign-in.ts'

export interface TurnStreamsNeeds {
  readonly services: Services
  readonly limit: StreamLimit
  readonly heartbeatMs: number
  readonly watchSignIn: WatchSignIn
  readonly countProblem: CountProblem
}

const openAfterMs = 250
const Seq = z.coerce.number().int().nonnegative().max(2_147_483_647)
const TurnParams = z.object({ turnId: z.uuid() })
const AfterQuery = z.object({ afterSeq: Seq.default(0) })

/**
 * `POST /api/v1/turns` asks and streams the events; `GET /api/v1/turns/{turnId}/events` follows a turn that exists;
 * `GET /api/v1/turns/{turnId}` answers what is stored of it. Events pass through as the text they are.
 */
export function addTurnStreams(app: FastifyInstance, needs: TurnStreamsNeeds): void {
  const { services } = needs
  const paceRefusal = makeRefusalPace()

  app.post(apiPrefix + streamPaths.ask, async (request, reply) => {
    const ask = parseInput(Ask, request.body)
    const resumed = readLastEventId(request)
    if (resumed !== null && ask.turnId === undefined)
      throw problem('bad_request', 'Last-Event-ID came without a turnId.', 'Send the turnId of the turn to resume.')
    return await stream(needs, request, reply, async () => {
      const caller = callerOf(request)
      const { turnId } = await services.turns.ask(caller, ask).catch(async (error: unknown) => {
        if (readFault(error).problem.code === 'too_busy') await paceRefusal(caller)
        throw error
      })
      return { turnId, afterSeq: resumed ?? 0 }
    })
  })

  // A HEAD would wait for the end of the turn.
  const followed = apiPrefix + streamPaths.follow.replace('{turnId}', ':turnId')
  app.get(followed, { exposeHeadRoute: false }, async (request, reply) => {
    const { turnId } = parseInput(TurnParams, request.params)
    const { afterSeq } = parseInput(AfterQuery, request.query)
    const place = { turnId, afterSeq: readLastEventId(request) ?? afterSeq }
    return await stream(needs, request, reply, () => Promise.resolve(place))
  })

  app.get(`${apiPrefix}/turns/:turnId`, async (request, reply) => {
    const { turnId } = parseInput(TurnParams, request.params)
    const { afterSeq } = parseInput(AfterQuery, request.query)
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
  { services, limit, heartbeatMs, watchSignIn, countProblem }: TurnStreamsNeeds,
  request: FastifyRequest,
  reply: FastifyReply,
  start: () => Promise<{ readonly turnId: string; readonly afterSeq: number }>,
): Promise<FastifyReply> {
  const caller = callerOf(request)
  const leave = limit.enter(caller, request.ip)
  const unwatch = watchSignIn(request, (news) => {
    // A stream only reads what is the caller's own, for which no right is needed.
    if (news === 'ended') reply.raw.destroy()
  })
  try {
    const { turnId, afterSeq } = await start()
    request.server.logScope.add({ turnId })
    return await sendEventStream(reply, (signal) => services.turns.events(caller, turnId, afterSeq, signal), {
      headers: { [turnIdHeader]: turnId },
      heartbeatMs,
      openAfterMs,
      stallMs,
      describeFault(error) {
        const { problem } = reportFault(request, error)
        countProblem('stream', problem.code, request)
        return `event: problem\ndata: ${JSON.stringify(problem)}\n\n`
      },
    })
  } finally {
    unwatch()
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

interface EventStreamOptions {
  /** Sent with the first byte. */
  readonly headers: Readonly<Record<string, string>>
  /** The frame that tells of a fault after the stream has begun. */
  readonly describeFault: (error: unknown) => string
  readonly heartbeatMs: number
  /** The client hears that the stream is open after this long even if nothing has happened yet. */
  readonly openAfterMs: number
  /** A client that takes nothing for this long is gone. */
  readonly stallMs: number
}

/** How long a client waits before it reconnects. */
const retryMs = 1_000

/**
 * Sends events as server-sent events, each one's text untouched, asking for the next only once the client has taken the last.
 * Leaving ends the reading. A fault before the first byte is thrown; a stream without any event is answered 204, which tells
 * an EventSource not to come back.
 */
async function sendEventStream(
  reply: FastifyReply,
  read: (signal: AbortSignal) => AsyncIterable<EncodedEvent>,
  options: EventStreamOptions,
): Promise<FastifyReply> {
  const { raw } = reply
  const reading = new AbortController()
  raw.once('close', () => reading.abort())
  const events = read(reading.signal)[Symbol.asyncIterator]()
  const first = events.next()
  const early = await within(first, options.openAfterMs)
  if (early?.done === true && !reading.signal.aborted) return reply.code(204).headers(options.headers).send()
  open(reply, options)
  const heartbeat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(':\n\n')
  }, options.heartbeatMs)
  try {
    for (let next = await first; next.done !== true; next = await events.next())
      if (!(await write(raw, frameOf(next.value)))) break
  } catch (error) {
    if (!reading.signal.aborted) await write(raw, options.describeFault(error))
  } finally {
    clearInterval(heartbeat)
    reading.abort()
    await events.return?.()
    raw.end()
  }
  return reply
}

const frameOf = ({ seq, json }: EncodedEvent): string => `id: ${seq}\ndata: ${json}\n\n`

/** What `promise` resolves to if it does so in time, else null. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function open(reply: FastifyReply, { headers, stallMs }: EventStreamOptions): void {
  const { raw } = reply
  reply.hijack()
  raw.setTimeout(stallMs, () => raw.destroy())
  // The last one asks a proxy in front not to hold events back.
  reply.headers({
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200)
  raw.write(`retry: ${retryMs}\n\n`)
}

/** Writes and waits until there is room for more; false once the client has left. */
async function write(raw: ServerResponse, text: string): Promise<boolean> {
  if (!raw.destroyed && !raw.write(text))
    await new Promise<void>((resolve) => {
      const done = (): void => {
        raw.off('drain', done)
        raw.off('close', done)
        resolve()
      }
      raw.on('drain', done)
      raw.on('close', done)
    })
  return !raw.destroyed
}
