import type { Problem } from '../../contract/problem.ts'
import { keepSocket } from './kept-socket.ts'
import { readFrame } from './read-frame.ts'
import { RefusedCommand, type ChannelOwner, type Position, type TurnChannel } from './turn-channel.ts'

interface Pending {
  /** The frame as it goes over the wire, every time it does. */
  readonly text: string
  /** The turn being asked, which cannot be resumed before the server knows it; null for other commands. */
  readonly asks: string | null
  /** How often it was put on a wire. */
  sent: number
  readonly settle: (problem: Problem | null) => void
}

export interface SocketChannelNeeds {
  /** `ws://…/api/v1/socket`. */
  readonly url: string
  readonly owner: ChannelOwner
  /** Told after each failed attempt from the second on, as long as the socket never opened. */
  readonly onUnavailable: () => void
}

/** Talks to the server over one WebSocket and keeps it alive. */
export function makeSocketChannel({ url, owner, onUnavailable }: SocketChannelNeeds): TurnChannel {
  const pending = new Map<string, Pending>()
  let count = 0

  const transmit = (command: Pending): void => {
    if (socket.send(command.text)) command.sent += 1
  }
  const hear = (text: string): void => {
    const frame = readFrame(text)
    if (frame.type === 'event') owner.onEvent(frame.event)
    if (frame.type !== 'reply') return
    const command = pending.get(frame.reply)
    pending.delete(frame.reply)
    command?.settle(frame.problem)
  }
  const takeUp = (): void => {
    const commands = [...pending.values()]
    const asked = new Set(commands.map((command) => command.asks))
    for (const command of commands) transmit(command)
    for (const position of owner.positions()) if (!asked.has(position.turnId)) resume(position)
  }
  const say = (command: Record<string, unknown>, asks: string | null = null): Promise<void> =>
    new Promise((resolve, reject) => {
      count += 1
      const id = String(count)
      const settle = (problem: Problem | null): void =>
        hasWorked(problem, entry.sent) ? resolve() : reject(new RefusedCommand(problem))
      const entry: Pending = { text: JSON.stringify({ ...command, id }), asks, sent: 0, settle }
      pending.set(id, entry)
      transmit(entry)
    })
  /** Says nothing while the line is down: whatever is followed is taken up when it is back. */
  const resume = (position: Position): void => {
    if (!isOpen) return
    say({ command: 'resume', resume: position }).catch((error: unknown) => {
      if (error instanceof RefusedCommand) owner.onLost(position.turnId, error.problem)
    })
  }

  let isOpen = false
  const socket = keepSocket({
    url,
    onText: hear,
    onUnavailable,
    onLink: (state) => {
      isOpen = state === 'open'
      owner.onLink(state)
      if (isOpen) takeUp()
    },
  })
  return {
    ask: (ask) => say({ command: 'ask', ask }, ask.turnId),
    approve: (approve) => say({ command: 'approve', approve }),
    edit: (edit) => say({ command: 'edit', edit }),
    cancel: (cancel) => say({ command: 'cancel', cancel }),
    resume,
    hurry: socket.hurry,
    close: socket.close,
  }
}

/** A command that had to be sent twice may have been carried out the first time. */
const hasWorked = (problem: Problem | null, sent: number): problem is null =>
  problem === null || (sent > 1 && problem.code === 'turn_not_waiting')
