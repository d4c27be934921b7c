import { signedOutCloseCode } from '../../contract/api.ts'
import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { SocketCommand } from '../../contract/socket.ts'
import {
  backoffMs,
  hasWorked,
  RefusedCommand,
  type ChannelOwner,
  type LinkState,
  type Position,
  type TurnChannel,
} from './channel.ts'
import { LineWatch, usualPatience, type Patience } from './line-watch.ts'
import { readFrame } from './read-frame.ts'

interface Pending {
  /** The frame as it goes over the wire, every time it does. */
  readonly text: string
  /** The turn being asked, which cannot be resumed before the server knows it; null for other commands. */
  readonly asks: string | null
  /** How often it was put on a wire. */
  sent: number
  readonly settle: (problem: Problem | null) => void
}

type OverTheWire = TurnCommand | Omit<Extract<SocketCommand, { readonly command: 'resume' }>, 'id'>

export interface SocketChannelNeeds {
  /** `ws://…/api/v1/socket`. */
  readonly url: string
  readonly owner: ChannelOwner
  /** Told after each failed attempt from the second on, as long as the socket never opened. */
  readonly onUnavailable: () => void
  readonly patience?: Patience | undefined
}

/** Talks to the server over one WebSocket and keeps it alive. */
export class SocketChannel implements TurnChannel {
  readonly #owner: ChannelOwner
  readonly #socket: KeptSocket
  readonly #pending = new Map<string, Pending>()
  #count = 0
  #isOpen = false

  constructor({ url, owner, onUnavailable, patience }: SocketChannelNeeds) {
    this.#owner = owner
    this.#socket = new KeptSocket({
      url,
      onUnavailable,
      onText: (text) => this.#hear(text),
      onLink: (state) => this.#follow(state),
      ...(patience === undefined ? {} : { patience }),
    })
  }

  send(command: TurnCommand): Promise<void> {
    return this.#say(command, command.command === 'ask' ? command.ask.turnId : null)
  }

  /** Says nothing while the line is down: every followed turn is resumed when it is back. */
  resume(position: Position): void {
    if (!this.#isOpen) return
    this.#say({ command: 'resume', resume: position }, null).catch((error: unknown) => {
      if (error instanceof RefusedCommand) this.#owner.onLost(position.turnId, error.problem)
    })
  }

  hurry(): void {
    this.#socket.hurry()
  }

  close(): void {
    this.#socket.close()
  }

  #say(command: OverTheWire, asks: string | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#count += 1
      const id = String(this.#count)
      const settle = (problem: Problem | null): void =>
        hasWorked(problem, entry.sent) ? resolve() : reject(new RefusedCommand(problem))
      const entry: Pending = { text: JSON.stringify({ ...command, id }), asks, sent: 0, settle }
      this.#pending.set(id, entry)
      this.#transmit(entry)
    })
  }

  #transmit(command: Pending): void {
    if (this.#socket.send(command.text)) command.sent += 1
  }

  #hear(text: string): void {
    const frame = readFrame(text)
    if (frame.type === 'event') this.#owner.onEvent(frame.event)
    if (frame.type === 'preferences') this.#owner.onPreferences(frame.state)
    if (frame.type === 'conversation') this.#owner.onConversation(frame.conversationId)
    if (frame.type !== 'reply') return
    const command = this.#pending.get(frame.reply)
    this.#pending.delete(frame.reply)
    command?.settle(frame.problem)
  }

  /** On a fresh line every command without a reply is sent again, and every turn that is not just being asked is resumed. */
  #follow(state: LinkState): void {
    this.#isOpen = state === 'open'
    this.#owner.onLink(state)
    if (!this.#isOpen) return
    const commands = [...this.#pending.values()]
    const asked = new Set(commands.map((command) => command.asks))
    for (const command of commands) this.#transmit(command)
    for (const position of this.#owner.positions()) if (!asked.has(position.turnId)) this.resume(position)
  }
}

interface KeptSocketNeeds {
  readonly url: string
  readonly onText: (text: string) => void
  /** After `open` the line is fresh: nothing sent before is known to have arrived. After `signed_out` only `hurry` connects again. */
  readonly onLink: (state: LinkState) => void
  /** Told after each failed attempt from the second on, as long as the socket never opened. */
  readonly onUnavailable: () => void
  /** Shorter in tests. */
  readonly patience?: Patience
}

const attemptsBeforeGivingUp = 2
const ping = JSON.stringify({ command: 'ping', id: 'ping' } satisfies SocketCommand)

/** A WebSocket that is opened again, with growing pauses, whenever it is lost or stays silent although it was asked for a word. */
class KeptSocket {
  readonly #needs: KeptSocketNeeds
  readonly #patience: Patience
  readonly #watch: LineWatch
  #socket: WebSocket | null = null
  #retry: ReturnType<typeof setTimeout> | undefined
  #opening: ReturnType<typeof setTimeout> | undefined
  #wasOpen = false
  #failures = 0
  #isClosed = false

  constructor(needs: KeptSocketNeeds) {
    this.#needs = needs
    this.#patience = needs.patience ?? usualPatience
    this.#watch = new LineWatch({
      patience: this.#patience,
      test: () => this.#socket?.send(ping),
      onDead: () => this.#giveUp(),
    })
    needs.onLink('connecting')
    this.#connect()
  }

  /** Sends if the line is open; says whether it was. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(text)
    this.#watch.expectReply()
    return true
  }

  /** Reconnects at once instead of waiting for the next attempt; tests a line that seems open. */
  hurry(): void {
    if (this.#socket === null) this.#connect()
    else if (this.#socket.readyState === WebSocket.OPEN) this.#watch.testNow()
  }

  close(): void {
    this.#isClosed = true
    this.#rest()
    this.#socket?.close()
  }

  #connect(): void {
    this.#rest()
    if (this.#isClosed) return
    const opening = new WebSocket(this.#needs.url)
    this.#socket = opening
    // An attempt that is swallowed would otherwise last as long as the browser's own time-out, which is minutes.
    this.#opening = setTimeout(() => this.#giveUp(), this.#patience.replyMs)
    opening.addEventListener('open', () => {
      if (this.#socket !== opening) return
      clearTimeout(this.#opening)
      this.#wasOpen = true
      this.#failures = 0
      this.#watch.hear()
      this.#needs.onLink('open')
    })
    opening.addEventListener('message', (message) => {
      if (this.#socket !== opening) return
      this.#watch.hear()
      this.#needs.onText(String(message.data))
    })
    opening.addEventListener('close', ({ code }) => this.#lose(opening, code))
  }

  /** Takes a silent socket for lost without waiting for its close, which would have to cross the same line. */
  #giveUp(): void {
    const dead = this.#socket
    if (dead === null) return
    this.#lose(dead)
    dead.close()
  }

  #rest(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#opening)
    this.#watch.stop()
  }

  #lose(lost: WebSocket, code: number | null = null): void {
    if (this.#isClosed || this.#socket !== lost) return
    this.#rest()
    this.#socket = null
    if (code === signedOutCloseCode) {
      this.#needs.onLink('signed_out')
      return
    }
    this.#needs.onLink('reconnecting')
    this.#retry = setTimeout(() => this.#connect(), backoffMs(this.#failures))
    this.#failures += 1
    if (!this.#wasOpen && this.#failures >= attemptsBeforeGivingUp) this.#needs.onUnavailable()
  }
}
