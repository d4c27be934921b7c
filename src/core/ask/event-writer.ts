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
/** The pauses between attempts; the last one repeats. */
const pausesMs = [250, 1_000, 3_000, 10_000]
/** How long a store that is away is tried. */
const givenUpAfterMs = 30 * 60_000
/** Attempts at an error that is no problem of the store, but a defect. */
const defectAttempts = 4

/** Writes the events of one turn behind its readers: in order, several at a time, patiently while the store is away. */
export function makeEventWriter(needs: WriterNeeds) {
  let queue: readonly Unstored[] = []
  let characters = 0
  let attempts = 0
  let failingSinceMs: number | null = null
  let isGivenUp = false
  let writing: Promise<void> | null = null
  let endPause = (): void => {}
  const watchers = new Set<() => void>()
  const changed = (): void => {
    for (const watcher of watchers) watcher()
  }
  const until = (isReached: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isReached()) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const takeBack = needs.clock.after(ms, resolve)
      endPause = () => {
        takeBack()
        resolve()
      }
    })

  const giveUp = (error: unknown): void => {
    isGivenUp = true
    needs.onStoreFailure(`${queue.length} events of turn ${needs.turnId} are lost`, error)
  }

  const fail = async (error: unknown): Promise<void> => {
    const nowMs = needs.clock.monotonicMs()
    if (failingSinceMs === null)
      needs.onStoreFailure(`events of turn ${needs.turnId} cannot be stored at the moment`, error)
    failingSinceMs ??= nowMs
    attempts += 1
    changed()
    const isProblem = error instanceof ProblemError
    if (isProblem && error.problem.code === 'interrupted') needs.onTakenOver()
    const isAway = isProblem && error.problem.code === 'store_unavailable'
    const isHopeless = isAway ? nowMs - failingSinceMs >= givenUpAfterMs : attempts >= defectAttempts
    if (isHopeless || (isProblem && !isAway)) giveUp(error)
    else await pause(pausesMs[Math.min(attempts, pausesMs.length) - 1] ?? 0)
  }

  // A batch that could not be stored stays in front: what comes later is worth nothing without it.
  const drain = async (): Promise<void> => {
    while (queue.length > 0 && !isGivenUp) {
      const batch = nextBatch(queue)
      try {
        await needs.store(
          batch.map(({ event }) => event),
          batch.at(-1)?.state ?? 'running',
        )
      } catch (error) {
        await fail(error)
        continue
      }
      queue = queue.slice(batch.length)
      for (const { event } of batch) characters -= event.json.length
      attempts = 0
      failingSinceMs = null
      needs.onStored(batch.at(-1)?.event.seq ?? 0)
      changed()
    }
    writing = null
    changed()
  }
  const isSettled = (): boolean => writing === null && (queue.length === 0 || isGivenUp)

  return {
    add({ seq, json }: StoredEvent, state: TurnState): void {
      queue = [...queue, { event: { seq, json }, state }]
      characters += json.length
      // Facts that are yielded together are stored together: the write starts once the current run of code has ended.
      if (!isGivenUp) writing ??= Promise.resolve().then(drain)
    },
    /** Resolves once less than so many characters wait; at once while the store fails. */
    shorterThan: (limit: number): Promise<void> =>
      until(() => characters < limit || failingSinceMs !== null || isGivenUp),
    /** Whether everything is stored, as soon as it is known and after `ms` at the latest. */
    async emptyWithin(ms: number): Promise<boolean> {
      let isLate = false
      const takeBack = needs.clock.after(ms, () => {
        isLate = true
        changed()
      })
      await until(() => isLate || isSettled())
      takeBack()
      return queue.length === 0
    },
    settled: (): Promise<void> => until(isSettled),
    abandon(): void {
      isGivenUp = true
      endPause()
    },
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
