import type { Problem } from '../../contract/problem.ts'
import { backoffMs } from './backoff.ts'
import { readFrame } from './read-frame.ts'
import { RefusedCommand, type ChannelOwner, type Position, type TurnChannel } from './turn-channel.ts'

interface Pending {
  readonly command: Record<string, unknown>
  /** The turn being asked, which cannot be resumed before the server knows it. */
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

const attemptsBeforeGivingUp = 2

/** Talks to the server over one WebSocket and keeps it alive. */
export function makeSocketChannel({ url, owner, onUnavailable }: SocketChannelNeeds): TurnChannel {
  const pending = new Map<string, Pending>()
  let socket: WebSocket | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let everOpen = false
  let failures = 0
  let closed = false
  let count = 0

  const connect = (): void => {
    clearTimeout(retry)
    if (closed) return
    const opening = new WebSocket(url)
    socket = opening
    opening.addEventListener('open', () => {
      everOpen = true
      failures = 0
      owner.onLink('open')
      takeUp()
    })
    opening.addEventListener('message', (message) => hear(String(message.data)))
    opening.addEventListener('close', () => lose(opening))
  }

  const lose = (lost: WebSocket): void => {
    if (closed || socket !== lost) return
    socket = null
    owner.onLink('reconnecting')
    retry = setTimeout(connect, backoffMs(failures))
    failures += 1
    if (!everOpen && failures >= attemptsBeforeGivingUp) onUnavailable()
  }

  const takeUp = (): void => {
    const asked = new Set([...pending.values()].map((command) => command.asks))
    for (const [id, command] of pending) transmit(id, command)
    for (const position of owner.positions()) if (!asked.has(position.turnId)) resume(position)
  }

  const transmit = (id: string, command: Pending): void => {
    if (socket?.readyState !== WebSocket.OPEN) return
    command.sent += 1
    socket.send(JSON.stringify({ ...command.command, id }))
  }

  const hear = (text: string): void => {
    const frame = readFrame(text)
    if (frame.type === 'event') owner.onEvent(frame.event)
    if (frame.type !== 'reply') return
    const command = pending.get(frame.reply)
    pending.delete(frame.reply)
    command?.settle(frame.problem)
  }

  const say = (command: Record<string, unknown>, asks: string | null = null): Promise<void> =>
    new Promise((resolve, reject) => {
      count += 1
      const id = String(count)
      const entry: Pending = {
        command,
        asks,
        sent: 0,
        settle: (problem) => {
          // A command that had to be sent twice may have been carried out the first time.
          if (problem === null || (entry.sent > 1 && problem.code === 'turn_not_waiting')) resolve()
          else reject(new RefusedCommand(problem))
        },
      }
      pending.set(id, entry)
      transmit(id, entry)
    })

  const resume = (position: Position): void => {
    if (socket?.readyState !== WebSocket.OPEN) return
    say({ command: 'resume', resume: position }).catch((error: unknown) => {
      if (error instanceof RefusedCommand) owner.onLost(position.turnId, error.problem)
    })
  }

  owner.onLink('connecting')
  connect()
  return {
    ask: (ask) => say({ command: 'ask', ask }, ask.turnId),
    approve: (approve) => say({ command: 'approve', approve }),
    edit: (edit) => say({ command: 'edit', edit }),
    cancel: (cancel) => say({ command: 'cancel', cancel }),
    resume,
    hurry: () => {
      if (socket === null) connect()
    },
    close: () => {
      closed = true
      clearTimeout(retry)
      socket?.close()
    },
  }
}
