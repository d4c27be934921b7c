import { backoffMs } from './backoff.ts'
import type { LinkState } from './turn-channel.ts'

export interface KeptSocketNeeds {
  readonly url: string
  readonly onText: (text: string) => void
  /** After `open` the line is fresh: nothing sent before is known to have arrived. */
  readonly onLink: (state: LinkState) => void
  /** Told after each failed attempt from the second on, as long as the socket never opened. */
  readonly onUnavailable: () => void
}

export interface KeptSocket {
  /** Sends if the line is open; says whether it was. */
  readonly send: (text: string) => boolean
  /** Tries at once instead of waiting for the next attempt. */
  readonly hurry: () => void
  readonly close: () => void
}

const attemptsBeforeGivingUp = 2

/** A WebSocket that is opened again, with growing pauses, whenever it is lost. */
export function keepSocket({ url, onText, onLink, onUnavailable }: KeptSocketNeeds): KeptSocket {
  let socket: WebSocket | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let everOpen = false
  let failures = 0
  let closed = false

  const connect = (): void => {
    clearTimeout(retry)
    if (closed) return
    const opening = new WebSocket(url)
    socket = opening
    opening.addEventListener('open', () => {
      everOpen = true
      failures = 0
      onLink('open')
    })
    opening.addEventListener('message', (message) => onText(String(message.data)))
    opening.addEventListener('close', () => lose(opening))
  }

  const lose = (lost: WebSocket): void => {
    if (closed || socket !== lost) return
    socket = null
    onLink('reconnecting')
    retry = setTimeout(connect, backoffMs(failures))
    failures += 1
    if (!everOpen && failures >= attemptsBeforeGivingUp) onUnavailable()
  }

  onLink('connecting')
  connect()
  return {
    send: (text) => {
      if (socket?.readyState !== WebSocket.OPEN) return false
      socket.send(text)
      return true
    },
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
