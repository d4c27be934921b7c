/** How long a silent line is believed in. */
export interface Patience {
  /** Without a word from the server for this long, it is asked for one. */
  readonly idleMs: number
  /** The same after a command was sent, which is answered soon on a line that works. */
  readonly commandMs: number
  /** A line that stays silent for this long after that is dead; so is one that does not open in this time. */
  readonly replyMs: number
}

/** A line that swallows everything is noticed within 13 seconds, and within 8 where a command was sent. */
export const usualPatience: Patience = { idleMs: 8_000, commandMs: 3_000, replyMs: 5_000 }

interface LineWatchNeeds {
  readonly patience: Patience
  /** Has the server say something: whatever it says is told to `hear`. */
  readonly test: () => void
  readonly onDead: () => void
}

/**
 * Notices a line that swallows what is sent (sleep, a changed network, a NAT that forgot it). Such a line never closes by itself, so silence
 * is tested and counts as a loss when the test stays without an answer.
 */
export class LineWatch {
  readonly #needs: LineWatchNeeds
  #timer: ReturnType<typeof setTimeout> | undefined
  #isTesting = false

  constructor(needs: LineWatchNeeds) {
    this.#needs = needs
  }

  /** The server said something. */
  hear(): void {
    this.#isTesting = false
    this.#testAfter(this.#needs.patience.idleMs)
  }

  /** A command was sent, which is soon answered. */
  expectReply(): void {
    if (!this.#isTesting) this.#testAfter(this.#needs.patience.commandMs)
  }

  /** Tests the line at once. */
  testNow(): void {
    if (!this.#isTesting) this.#testAfter(0)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#isTesting = false
  }

  #testAfter(quietMs: number): void {
    const { patience, test, onDead } = this.#needs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#isTesting = true
      this.#timer = setTimeout(() => {
        this.#isTesting = false
        onDead()
      }, patience.replyMs)
      test()
    }, quietMs)
  }
}
