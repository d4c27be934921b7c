import type { FastifyReply } from 'fastify'
import type { ServerResponse } from 'node:http'
import type { EncodedEvent } from '../core/ask/turns.ts'

export interface EventStreamOptions {
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
export async function sendEventStream(
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
