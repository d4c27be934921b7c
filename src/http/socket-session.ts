import type { FastifyBaseLogger } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import { SocketCommand, type SocketReply } from '../contract/command.ts'
import type { Caller } from '../core/caller.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { invalidInput, logFault, readFault } from './problem-response.ts'
import type { SocketWriter } from './socket-writer.ts'

export interface SocketSessionNeeds {
  readonly services: Services
  readonly caller: Caller
  readonly log: FastifyBaseLogger
  readonly writer: SocketWriter
}

export interface SocketSession {
  /** Closes the socket once every turn it reads has ended and its last event is on the way. */
  finish(): Promise<void>
}

/** Commands under way before the socket stops reading more. */
const maxPending = 32
/** Turns read at once on one socket. */
const maxReadings = 32
/** The largest number an event can have. */
const lastSeq = 2_147_483_647

/**
 * Serves one socket until it closes, which ends its readings but not its turns. Commands wait for the asks sent before them,
 * so that a client may ask and cancel at once; otherwise they run side by side, and a ping waits for nothing.
 */
export function serveSocket(socket: WebSocket, needs: SocketSessionNeeds): SocketSession {
  const readings = makeReadings(socket, needs)
  let asked: Promise<void> = Promise.resolve()
  let pending = 0

  socket.on('message', (data: RawData, isBinary: boolean) => {
    pending += 1
    if (pending >= maxPending) socket.pause()
    const frame = readFrame(data, isBinary)
    const isPing = frame.command?.command === 'ping'
    const done = (isPing ? Promise.resolve() : asked).then(() => answer(frame, needs, readings))
    if (frame.command?.command === 'ask' || frame.command?.command === 'resume') asked = done
    void done.finally(() => {
      pending -= 1
      if (socket.isPaused) socket.resume()
    })
  })
  socket.once('close', () => readings.close())
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return {
    async finish() {
      await Promise.race([asked.then(() => readings.ended()), closed])
      socket.close(1001, 'The server stops.')
    },
  }
}

/** A frame as read: the command, or why it is none, with its `id` where one could be read. */
type Frame =
  | { readonly id: string; readonly command: SocketCommand }
  | { readonly id: string | null; readonly command: null; readonly fault: Error }

function readFrame(data: RawData, isBinary: boolean): Frame {
  if (isBinary) return unreadable('The frame is binary.')
  let value: unknown
  try {
    value = JSON.parse(textOf(data))
  } catch {
    return unreadable('The frame is not JSON.')
  }
  const parsed = SocketCommand.safeParse(value)
  if (parsed.success) return { id: parsed.data.id, command: parsed.data }
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return { id: typeof id === 'string' ? id : null, command: null, fault: invalidInput(parsed.error.issues) }
}

const unreadable = (message: string): Frame => ({
  id: null,
  command: null,
  fault: problem('bad_request', message, 'Send a command as JSON text.'),
})

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data)
    ? data.toString()
    : Array.isArray(data)
      ? Buffer.concat(data).toString()
      : Buffer.from(data).toString()

/** Does what a frame says and replies; never rejects. */
async function answer(frame: Frame, needs: SocketSessionNeeds, readings: Readings): Promise<void> {
  const { writer, log } = needs
  const reply = async (reply: SocketReply): Promise<void> => {
    await writer.send(JSON.stringify(reply))
  }
  const fail = (error: unknown): Promise<void> => {
    logFault(log, error)
    return reply({ reply: frame.id, problem: readFault(error).problem })
  }
  if (frame.command === null) {
    await fail(frame.fault)
    return
  }
  try {
    const reading = await obey(frame.command, needs, readings)
    await reply({ reply: frame.id, ok: true, ...(reading === null ? {} : { turnId: reading.turnId }) })
    if (reading !== null) readings.start(reading.turnId, reading.afterSeq, fail)
  } catch (error) {
    await fail(error)
  }
}

/** Runs a command; what is to be read afterwards, or null. */
async function obey(
  command: SocketCommand,
  { services: { turns, history }, caller }: SocketSessionNeeds,
  readings: Readings,
): Promise<{ readonly turnId: string; readonly afterSeq: number } | null> {
  switch (command.command) {
    case 'ask':
      readings.expectRoom(command.ask.turnId ?? null)
      return { ...(await turns.ask(caller, command.ask)), afterSeq: 0 }
    case 'resume':
      readings.expectRoom(command.resume.turnId)
      // Only to hear now whether there is such a turn: no event is that late.
      await history.readTurn(caller, command.resume.turnId, lastSeq)
      return command.resume
    case 'approve':
      await turns.approve(caller, command.approve)
      break
    case 'edit':
      await turns.edit(caller, command.edit)
      break
    case 'cancel':
      await turns.cancel(caller, command.cancel)
      break
    case 'ping':
      break
  }
  return null
}

/** The turns one socket reads. */
interface Readings {
  /** Throws `too_busy` when one more would be too many. */
  expectRoom(turnId: string | null): void
  /** Reads a turn from `afterSeq` on, instead of an earlier reading of the same turn. */
  start(turnId: string, afterSeq: number, fail: (error: unknown) => Promise<void>): void
  ended(): Promise<void>
  close(): void
}

function makeReadings(socket: WebSocket, { services, caller, writer }: SocketSessionNeeds): Readings {
  const open = new Map<string, AbortController>()
  const running = new Set<Promise<void>>()
  let isClosed = false

  const read = async (turnId: string, afterSeq: number, { signal }: AbortController): Promise<void> => {
    for await (const { json } of services.turns.events(caller, turnId, afterSeq, signal))
      if (signal.aborted || !(await writer.send(json))) return
  }

  return {
    expectRoom(turnId) {
      if (open.size >= maxReadings && (turnId === null || !open.has(turnId)))
        throw problem('too_busy', `This socket already reads ${maxReadings} turns.`, 'Wait until one is done.')
    },
    start(turnId, afterSeq, fail) {
      if (isClosed) return
      open.get(turnId)?.abort()
      const reading = new AbortController()
      open.set(turnId, reading)
      const done = read(turnId, afterSeq, reading)
        .catch(async (error: unknown) => {
          if (reading.signal.aborted) return
          await fail(error)
          // Clients take up all their turns when they come back.
          socket.close(1011, 'A reading broke.')
        })
        .finally(() => {
          running.delete(done)
          reading.abort()
          if (open.get(turnId) === reading) open.delete(turnId)
        })
      running.add(done)
    },
    async ended() {
      await Promise.all(running)
    },
    close() {
      isClosed = true
      for (const reading of open.values()) reading.abort()
    },
  }
}
