import type { FastifyRequest } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import { CommandId, SocketCommand, type SocketReply } from '../contract/socket.ts'
import type { Caller } from '../core/caller.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import {
  maxPendingCommands,
  maxQueuedFrames,
  maxQuickCommands,
  maxReadingsPerSocket,
  type FramePace,
} from './limits.ts'
import type { CountProblem } from './measure-requests.ts'
import { invalidInput, reportFault } from './problem-response.ts'
import { makeSender, type Send } from './socket-sender.ts'

export interface SocketSessionNeeds {
  readonly services: Services
  readonly caller: Caller
  /** The request that opened the socket. */
  readonly request: FastifyRequest
  readonly pace: FramePace
  readonly countProblem: CountProblem
}

/** The largest number an event can have. */
const lastSeq = 2_147_483_647

interface UnreadFrame {
  readonly data: RawData
  readonly isBinary: boolean
}

/**
 * Serves one socket until it closes, which ends its readings but not its turns. Commands wait for the asks sent before them, so that a
 * client may ask and cancel at once; otherwise they run side by side. A client that sends faster than it may is read more slowly.
 */
export class SocketSession {
  readonly #socket: WebSocket
  readonly #needs: SocketSessionNeeds
  readonly #send: Send
  readonly #readings: Readings
  readonly #closed: Promise<void>
  readonly #queue: UnreadFrame[] = []
  readonly #pending = new Set<Promise<void>>()
  readonly #quick = new Set<Promise<void>>()
  #asked: Promise<void> = Promise.resolve()
  #isWorking = false

  constructor(socket: WebSocket, needs: SocketSessionNeeds) {
    this.#socket = socket
    this.#needs = needs
    this.#send = makeSender(socket, needs.request.raw.socket)
    this.#readings = new Readings(socket, needs, this.#send)
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('message', (data: RawData, isBinary: boolean) => this.#receive({ data, isBinary }))
    socket.once('close', () => {
      this.#queue.length = 0
      this.#readings.close()
    })
  }

  /** Closes the socket once every turn it reads has ended and its last event is on the way. */
  async finish(): Promise<void> {
    await Promise.race([this.#asked.then(() => this.#readings.ended()), this.#closed])
    this.#socket.close(1001, 'The server stops.')
  }

  /** Frames that are already in the process arrive even from a paused socket, so they need a bound of their own. */
  #receive(frame: UnreadFrame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#queue.push(frame)
    if (this.#queue.length > maxQueuedFrames) {
      this.#queue.length = 0
      this.#socket.close(1008, 'too many frames')
      // A paused socket would not hear the client's answer to the closing.
      this.#socket.resume()
    } else if (this.#queue.length >= maxPendingCommands) this.#socket.pause()
    if (!this.#isWorking) void this.#work()
  }

  /** Begins the queued commands one after another, within the socket's rate and with a bounded number under way. */
  async #work(): Promise<void> {
    this.#isWorking = true
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      await this.#needs.pace(sizeOf(frame.data))
      if (this.#pending.size >= maxPendingCommands) await Promise.race(this.#pending)
      if (this.#quick.size >= maxQuickCommands) await Promise.race(this.#quick)
      if (this.#socket.readyState === this.#socket.OPEN) this.#begin(readFrame(frame))
      if (this.#queue.length === 0 && this.#socket.isPaused) this.#socket.resume()
    }
    this.#isWorking = false
  }

  #begin(frame: Frame): void {
    const command = frame.command?.command
    // A ping tests the line, not the server, so it waits for nothing.
    const answer = (): Promise<void> => this.#inScope(frame, () => this.#answer(frame))
    const done = (command === 'ping' ? Promise.resolve() : this.#asked).then(answer)
    if (command === 'ask' || command === 'resume') this.#asked = done
    const sets = command === 'edit' ? [this.#pending] : [this.#pending, this.#quick]
    for (const set of sets) set.add(done)
    void done.finally(() => {
      for (const set of sets) set.delete(done)
    })
  }

  /** Commands of one socket come side by side, so each has a scope of its own. */
  #inScope<T>({ command }: Frame, work: () => T): T {
    const { request } = this.#needs
    const turnId = command === null ? null : turnOf(command)
    const ids = turnId === null ? {} : { turnId }
    return request.inScope(() => request.server.logScope.within(ids, work, this.#closed))
  }

  /** Does what a frame says and replies; never rejects. */
  async #answer(frame: Frame): Promise<void> {
    const reply = async (reply: SocketReply): Promise<void> => {
      await this.#send(JSON.stringify(reply))
    }
    const fail = (error: unknown): Promise<void> => {
      const { problem } = reportFault(this.#needs.request, error)
      this.#needs.countProblem('socket', problem.code, this.#needs.request)
      return reply({ reply: frame.id, problem })
    }
    if (frame.command === null) {
      await fail(frame.fault)
      return
    }
    try {
      const reading = await obey(frame.command, this.#needs, this.#readings)
      await reply({ reply: frame.id, ok: true, ...(reading === null ? {} : { turnId: reading.turnId }) })
      if (reading !== null) this.#readings.start(reading.turnId, reading.afterSeq, fail)
    } catch (error) {
      await fail(error)
    }
  }
}

/** A frame as read: the command, or why it is none, with its `id` where one could be read. */
type Frame =
  | { readonly id: string; readonly command: SocketCommand }
  | { readonly id: string | null; readonly command: null; readonly fault: Error }

function readFrame({ data, isBinary }: UnreadFrame): Frame {
  if (isBinary) return unreadable('The frame is binary.')
  let value: unknown
  try {
    value = JSON.parse(textOf(data))
  } catch {
    return unreadable('The frame is not JSON.')
  }
  const parsed = SocketCommand.safeParse(value)
  if (parsed.success) return { id: parsed.data.id, command: parsed.data }
  const id = CommandId.safeParse(typeof value === 'object' && value !== null && 'id' in value ? value.id : null)
  return { id: id.success ? id.data : null, command: null, fault: invalidInput(parsed.error.issues) }
}

const unreadable = (message: string): Frame => ({
  id: null,
  command: null,
  fault: problem('bad_request', message, 'Send a command as JSON text.'),
})

const sizeOf = (data: RawData): number =>
  Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data)
    ? data.toString()
    : Array.isArray(data)
      ? Buffer.concat(data).toString()
      : Buffer.from(data).toString()

/** The turn that a command is about; null where none is named. */
function turnOf(command: SocketCommand): string | null {
  switch (command.command) {
    case 'ask':
      return command.ask.turnId ?? null
    case 'ping':
      return null
    case 'resume':
      return command.resume.turnId
    case 'approve':
      return command.approve.turnId
    case 'edit':
      return command.edit.turnId
    case 'cancel':
      return command.cancel.turnId
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
class Readings {
  readonly #socket: WebSocket
  readonly #needs: SocketSessionNeeds
  readonly #send: Send
  readonly #open = new Map<string, AbortController>()
  readonly #running = new Set<Promise<void>>()
  #isClosed = false

  constructor(socket: WebSocket, needs: SocketSessionNeeds, send: Send) {
    this.#socket = socket
    this.#needs = needs
    this.#send = send
  }

  /** Throws `too_busy` when one more would be too many. */
  expectRoom(turnId: string | null): void {
    if (this.#open.size < maxReadingsPerSocket || (turnId !== null && this.#open.has(turnId))) return
    throw problem('too_busy', `This socket already reads ${maxReadingsPerSocket} turns.`, 'Wait until one is done.')
  }

  /** Reads a turn from `afterSeq` on, instead of an earlier reading of the same turn. */
  start(turnId: string, afterSeq: number, fail: (error: unknown) => Promise<void>): void {
    if (this.#isClosed) return
    this.#open.get(turnId)?.abort()
    const reading = new AbortController()
    this.#open.set(turnId, reading)
    const done = this.#read(turnId, afterSeq, reading.signal)
      .catch(async (error: unknown) => {
        if (reading.signal.aborted) return
        await fail(error)
        // Clients resume all their turns when they reconnect.
        this.#socket.close(1011, 'A reading broke.')
      })
      .finally(() => {
        this.#running.delete(done)
        reading.abort()
        if (this.#open.get(turnId) === reading) this.#open.delete(turnId)
      })
    this.#running.add(done)
  }

  async #read(turnId: string, afterSeq: number, signal: AbortSignal): Promise<void> {
    const { services, caller } = this.#needs
    for await (const { json } of services.turns.events(caller, turnId, afterSeq, signal))
      if (signal.aborted || !(await this.#send(json))) return
  }

  async ended(): Promise<void> {
    await Promise.all(this.#running)
  }

  close(): void {
    this.#isClosed = true
    for (const reading of this.#open.values()) reading.abort()
  }
}
