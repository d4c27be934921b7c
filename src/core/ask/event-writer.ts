import type { TurnState } from '../../contract/api.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { ProblemError } from '../problem.ts'

/** Stores events and the state that the turn is in with them. */
export type StoreEvents = (events: readonly StoredEvent[], state: TurnState) => Promise<void>

interface WriterNeeds {
  readonly turnId: string
  readonly clock: Clock
  readonly store: StoreEvents
  /** Told after each write of the last event that is now stored. */
  readonly onStored: (lastSeq: number) => void
  /** Told once when storing begins to fail, and once when it is given up. */
  readonly onStoreFailure: (message: string, error: unknown) => void
  /** Told when another process has ended the turn. */
  readonly onTakenOver: () => void
}

/** An event to be stored, and the state that the turn is in with it. */
interface Unstored {
  readonly event: StoredEvent
  readonly state: TurnState
}

/** What is written at once: enough for few writes, little enough that copying it blocks nothing else. */
const eventsAtOnce = 50
const charactersAtOnce = 100_000
/** How long an event may wait for those that follow, which are then written with it: steps come within milliseconds of each other. */
const gatherMs = 50
/** The pauses between attempts; the last one repeats. */
const pausesMs = [250, 1_000, 3_000, 10_000]
/** How long a store that is away is tried. */
const givenUpAfterMs = 30 * 60_000
/** An attempt whose failure took longer than any deadline of the store was frozen along with this process. Its failure says nothing of the store. */
const frozenMs = 15_000
/** Attempts at an error that is no problem of the store, but a defect. */
const defectAttempts = 4

/** Writes the events of one turn behind its readers: in order, several at a time, patiently while the store is away. */
export class EventWriter {
  readonly #needs: WriterNeeds
  readonly #watchers = new Set<() => void>()
  #queue: readonly Unstored[] = []
  #characters = 0
  #attempts = 0
  #failingSinceMs: number | null = null
  #isGivenUp = false
  #writing: Promise<void> | null = null
  #endPause: (() => void) | null = null
  #endLimit: (() => void) | null = null
  #isLate = false
  #isUrgent = false
  #endGathering: (() => void) | null = null
  readonly #beLate = (): void => {
    this.#isLate = true
    this.#changed()
  }

  constructor(needs: WriterNeeds) {
    this.#needs = needs
  }

  /** Takes an event. An urgent one is written at once, others soon. */
  add({ seq, json }: StoredEvent, state: TurnState, isUrgent: boolean): void {
    this.#queue = [...this.#queue, { event: { seq, json }, state }]
    this.#characters += json.length
    if (isUrgent) this.#hasten()
    // Facts that are yielded together are stored together: the write starts once the current run of code has ended.
    if (!this.#isGivenUp) this.#writing ??= Promise.resolve().then(() => this.#drain())
  }

  /** Resolves once less than so many characters wait; at once while the store fails. */
  shorterThan(limit: number): Promise<void> {
    return this.#until(() => this.#characters < limit || this.#failingSinceMs !== null || this.#isGivenUp)
  }

  /** Whether everything is stored. Waits while the store makes progress, `idleMs` for each write, and no longer than `limitWait` says. */
  async isStored(idleMs: number): Promise<boolean> {
    for (let left = -1; !this.#isLate && left !== this.#queue.length && !this.#isSettled();) {
      left = this.#queue.length
      const takeBack = this.#needs.clock.after(idleMs, this.#beLate)
      await this.#until(() => this.#isLate || this.#queue.length < left || this.#isSettled())
      takeBack()
    }
    this.#endLimit?.()
    return this.#queue.length === 0
  }

  /** Ends the waiting of `isStored` after so long; a later call replaces an earlier one. */
  limitWait(ms: number): void {
    this.#endLimit?.()
    this.#endLimit = this.#needs.clock.after(ms, this.#beLate)
  }

  /** Resolves once everything is stored, or was given up. */
  settled(): Promise<void> {
    return this.#until(() => this.#isSettled())
  }

  /** Gives up what is not stored yet. */
  abandon(): void {
    this.#isGivenUp = true
    this.#endPause?.()
    this.#endLimit?.()
    this.#hasten()
  }

  // A batch that could not be stored stays in front: what comes later is worth nothing without it.
  async #drain(): Promise<void> {
    let wasFrozen = false
    while (this.#queue.length > 0 && !this.#isGivenUp) {
      await this.#gather()
      if (this.#isGivenUp) break
      const batch = nextBatch(this.#queue)
      if (batch.length === this.#queue.length) this.#isUrgent = false
      const begunMs = this.#needs.clock.monotonicMs()
      try {
        await this.#needs.store(
          batch.map(({ event }) => event),
          batch.at(-1)?.state ?? 'running',
        )
      } catch (error) {
        wasFrozen = !wasFrozen && this.#needs.clock.monotonicMs() - begunMs > frozenMs
        if (!wasFrozen) await this.#waitOrGiveUp(error)
        continue
      }
      this.#queue = this.#queue.slice(batch.length)
      for (const { event } of batch) this.#characters -= event.json.length
      this.#attempts = 0
      this.#failingSinceMs = null
      this.#needs.onStored(batch.at(-1)?.event.seq ?? 0)
      this.#changed()
    }
    this.#writing = null
    this.#changed()
  }

  async #waitOrGiveUp(error: unknown): Promise<void> {
    const { turnId, clock, onStoreFailure, onTakenOver } = this.#needs
    const nowMs = clock.monotonicMs()
    if (this.#failingSinceMs === null) onStoreFailure(`events of turn ${turnId} cannot be stored at the moment`, error)
    this.#failingSinceMs ??= nowMs
    this.#attempts += 1
    this.#changed()
    const code = error instanceof ProblemError ? error.problem.code : null
    if (code === 'interrupted') onTakenOver()
    const isAway = code === 'store_unavailable'
    const isHopeless = isAway
      ? nowMs - this.#failingSinceMs >= givenUpAfterMs
      : code !== null || this.#attempts >= defectAttempts
    if (!isHopeless) return await this.#pause(pausesMs[Math.min(this.#attempts, pausesMs.length) - 1] ?? 0)
    this.#isGivenUp = true
    onStoreFailure(`${this.#queue.length} events of turn ${turnId} are lost`, error)
  }

  /** Waits for events that follow soon, unless there is one that cannot wait, or somebody waits for the store. */
  #gather(): Promise<void> {
    if (this.#isUrgent || this.#watchers.size > 0 || this.#characters > charactersAtOnce) return Promise.resolve()
    return new Promise((resolve) => {
      const takeBack = this.#needs.clock.after(gatherMs, () => this.#endGathering?.())
      this.#endGathering = () => {
        this.#endGathering = null
        takeBack()
        resolve()
      }
    })
  }

  #hasten(): void {
    this.#isUrgent = true
    this.#endGathering?.()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = this.#needs.clock.after(ms, resolve)
      this.#endPause = () => {
        takeBack()
        resolve()
      }
    })
  }

  #isSettled(): boolean {
    return this.#writing === null && (this.#queue.length === 0 || this.#isGivenUp)
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isReached()) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
      if (this.#watchers.has(look)) this.#endGathering?.()
    })
  }
}

function nextBatch(queue: readonly Unstored[]): readonly Unstored[] {
  let characters = 0
  const end = queue.findIndex(({ event }, place) => {
    characters += event.json.length
    return place === eventsAtOnce || (place > 0 && characters > charactersAtOnce)
  })
  return end < 0 ? queue : queue.slice(0, end)
}
