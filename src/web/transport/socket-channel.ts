import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { SocketCommand } from '../../contract/socket.ts'
import { RefusedCommand, type ChannelOwner, type LinkState, type Position, type TurnChannel } from './channel.ts'
import { KeptSocket, type Patience } from './kept-socket.ts'
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

/** A command that had to be sent twice may have been carried out the first time. */
const hasWorked = (problem: Problem | null, sent: number): problem is null =>
  problem === null || (sent > 1 && problem.code === 'turn_not_waiting')
