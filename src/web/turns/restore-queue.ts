import { isOver, type TurnView } from './turn-view.ts'

/**
 * Collects what arrives and hands it on once per drawn frame, so that a fast stream costs one rendering a frame.
 * A page in the background draws no frames; there a timer takes their place.
 */
export function makeFrameBatcher<T>(flush: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const run = (): void => {
    clearTimeout(timer)
    if (items.length === 0) return
    const batch = items
    items = []
    flush(batch)
  }
  return (item) => {
    items.push(item)
    if (items.length > 1) return
    const isSeen = typeof document !== 'undefined' && document.visibilityState === 'visible'
    if (isSeen) requestAnimationFrame(run)
    // A page that goes to the background now does not get its frame before it is back.
    timer = setTimeout(run, isSeen ? 500 : 50)
  }
}

/** Turns of an earlier visit that are fetched at once; the server reads a limited number for one page. */
const fetchedAtOnce = 8

/** Fetches the turns of an earlier visit that are wanted, a few at a time, the ones wanted last first. */
export class RestoreQueue {
  readonly #turns: () => Readonly<Record<string, TurnView>>
  readonly #fetch: (turnId: string) => void
  readonly #underWay = new Set<string>()
  readonly #unwanted = new Set<string>()
  #queued: readonly string[] = []

  constructor(turns: () => Readonly<Record<string, TurnView>>, fetch: (turnId: string) => void) {
    this.#turns = turns
    this.#fetch = fetch
  }

  add(turnIds: readonly string[]): void {
    for (const turnId of turnIds) this.#unwanted.add(turnId)
  }

  /** Fetches these of the added turns before others that wait, in this order; those wanted before stay where they are. */
  want(turnIds: readonly string[]): void {
    this.#queued = [...turnIds.filter((turnId) => this.#unwanted.delete(turnId)), ...this.#queued]
    this.next()
  }

  /** Goes on when turns have arrived, that is when nothing more of them comes without somebody doing something. */
  next(): void {
    const turns = this.#turns()
    for (const turnId of this.#underWay) {
      const view = turns[turnId]
      if (view === undefined || isOver(view) || view.status === 'waiting') this.#underWay.delete(turnId)
    }
    const free = Math.max(0, fetchedAtOnce - this.#underWay.size)
    const wanted = this.#queued.slice(0, free)
    this.#queued = this.#queued.slice(free)
    for (const turnId of wanted) {
      this.#underWay.add(turnId)
      this.#fetch(turnId)
    }
  }

  /** Whether a turn was added and is not fetched yet. */
  isQueued(turnId: string): boolean {
    return this.#unwanted.has(turnId) || this.#queued.includes(turnId)
  }
}
