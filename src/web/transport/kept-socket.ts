import { signedOutCloseCode } from '../../contract/api.ts'
import type { SocketCommand } from '../../contract/socket.ts'
import { backoffMs, type LinkState } from './channel.ts'

export interface KeptSocketNeeds {
  readonly url: string
  readonly onText: (text: string) => void
  /** After `open` the line is fresh: nothing sent before is known to have arrived. After `signed_out` only `hurry` connects again. */
  readonly onLink: (state: LinkState) => void
  /** Told after each failed attempt from the second on, as long as the socket never opened. */
  readonly onUnavailable: () => void
  /** Shorter in tests. */
  readonly patience?: Patience
}

/** How long a silent line is believed in. */
export interface Patience {
  /** Without a word from the server for this long, it is asked for one. */
  readonly idleMs: number
  /** The same after a command was sent, which is answered soon on a line that works. */
  readonly commandMs: number
  /** A line that stays silent for this long after that is dead. */
  readonly replyMs: number
}

const usualPatience: Patience = { idleMs: 20_000, commandMs: 3_000, replyMs: 7_000 }
const attemptsBeforeGivingUp = 2
const ping = JSON.stringify({ command: 'ping', id: 'ping' } satisfies SocketCommand)

/**
 * A WebSocket that is opened again, with growing pauses, whenever it is lost. A line that swallows what is sent (sleep, a changed
 * network, a NAT that forgot it) never closes by itself, so silence is tested with a ping and counts as a loss.
 */
export class KeptSocket {
  readonly #needs: KeptSocketNeeds
  readonly #patience: Patience
  #socket: WebSocket | null = null
  #retry: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #isTesting = false
  #wasOpen = false
  #failures = 0
  #isClosed = false

  constructor(needs: KeptSocketNeeds) {
    this.#needs = needs
    this.#patience = needs.patience ?? usualPatience
    needs.onLink('connecting')
    this.#connect()
  }

  /** Sends if the line is open; says whether it was. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(text)
    if (!this.#isTesting) this.#expectWord(this.#patience.commandMs)
    return true
  }

  /** Reconnects at once instead of waiting for the next attempt; tests a line that seems open. */
  hurry(): void {
    if (this.#socket === null) this.#connect()
    else if (this.#socket.readyState === WebSocket.OPEN && !this.#isTesting) this.#expectWord(0)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#silence)
    this.#socket?.close()
  }

  #connect(): void {
    clearTimeout(this.#retry)
    if (this.#isClosed) return
    const opening = new WebSocket(this.#needs.url)
    this.#socket = opening
    opening.addEventListener('open', () => {
      this.#wasOpen = true
      this.#failures = 0
      this.#hear()
      this.#needs.onLink('open')
    })
    opening.addEventListener('message', (message) => {
      if (this.#socket !== opening) return
      this.#hear()
      this.#needs.onText(String(message.data))
    })
    opening.addEventListener('close', ({ code }) => this.#lose(opening, code))
  }

  #hear(): void {
    this.#isTesting = false
    this.#expectWord(this.#patience.idleMs)
  }

  /** Pings once nothing was heard for `quietMs`, and gives the line up when that stays without an answer. */
  #expectWord(quietMs: number): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#isTesting = true
      this.#socket?.send(ping)
      this.#silence = setTimeout(() => {
        const dead = this.#socket
        if (dead === null) return
        this.#lose(dead)
        dead.close()
      }, this.#patience.replyMs)
    }, quietMs)
  }

  #lose(lost: WebSocket, code: number | null = null): void {
    if (this.#isClosed || this.#socket !== lost) return
    clearTimeout(this.#silence)
    this.#isTesting = false
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
