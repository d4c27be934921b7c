import type { TurnState } from '../../contract/api.ts'
import { finalKinds } from '../../contract/turn-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { encodeEvent, type LiveFact } from './live-event.ts'
import type { EncodedEvent } from './turns.ts'

const finals: readonly string[] = finalKinds

/** Whether an event is the last one of its turn. */
export const isFinal = (kind: string): boolean => finals.includes(kind)

/** The state a turn is in after a fact, given the state before it. */
export function stateAfter(before: TurnState, fact: LiveFact): TurnState {
  if (fact.kind === 'query.proposed') return 'waiting'
  if (fact.kind === 'query.approved') return 'running'
  if (fact.kind === 'turn.done') return 'done'
  if (fact.kind === 'turn.cancelled') return 'cancelled'
  if (fact.kind === 'turn.failed') return fact.problem.code === 'interrupted' ? 'interrupted' : 'failed'
  return before
}

/** The events of one live turn: numbered, dated, kept for readers, and handed to the store in order as they happen. */
export interface TurnLog {
  append(fact: LiveFact): void
  /** The events after `afterSeq`, then those to come, until the last one or an abort. */
  read(afterSeq: number, signal: AbortSignal): AsyncGenerator<EncodedEvent, void>
  state(): TurnState
  readers(): number
  /** Resolves once everything appended so far is stored, or was tried often enough and is left with an entry in the log. */
  flushed(): Promise<void>
}

interface LogNeeds {
  readonly turnId: string
  readonly clock: Clock
  readonly store: (events: readonly StoredEvent[], state: TurnState) => Promise<void>
  /** Told whenever the number of readers changes. */
  readonly onReaders: () => void
  readonly onStoreFailure: (error: unknown, lost: number) => void
}

const retryAfterMs = [250, 1_000, 3_000]

/** Makes the log of one turn. Storing never holds readers up; a failed write is retried a few times before it is given up. */
export function makeTurnLog(needs: LogNeeds): TurnLog {
  const events: EncodedEvent[] = []
  const waiting = new Set<() => void>()
  let state: TurnState = 'running'
  let readers = 0
  const writer = makeWriteBehind(needs)

  const append = (fact: LiveFact): void => {
    const envelope = { turnId: needs.turnId, seq: events.length + 1, at: new Date(needs.clock.now()).toISOString() }
    const event = encodeEvent(envelope, fact)
    events.push(event)
    state = stateAfter(state, fact)
    writer.add(event, state)
    for (const wake of waiting) wake()
  }

  const change = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })

  async function* read(afterSeq: number, signal: AbortSignal): AsyncGenerator<EncodedEvent, void> {
    readers += 1
    needs.onReaders()
    try {
      for (let next = afterSeq; !signal.aborted;) {
        const event = events[next]
        if (event === undefined) {
          if (isFinal(events.at(-1)?.kind ?? '')) return
          await change(signal)
          continue
        }
        next += 1
        yield event
      }
    } finally {
      readers -= 1
      needs.onReaders()
    }
  }

  return { append, read, state: () => state, readers: () => readers, flushed: writer.flushed }
}

/** An event to be stored, and the state that the turn is in with it. */
interface Unstored {
  readonly event: StoredEvent
  readonly state: TurnState
}

/** What is written at once: enough for few writes, little enough that copying it holds nobody up. */
const eventsAtOnce = 50
const charactersAtOnce = 100_000

function nextBatch(queue: readonly Unstored[]): readonly Unstored[] {
  let characters = 0
  const end = queue.findIndex(({ event }, place) => {
    characters += event.json.length
    return place === eventsAtOnce || (place > 0 && characters > charactersAtOnce)
  })
  return end < 0 ? queue : queue.slice(0, end)
}

/** Groups appended events into one write at a time, in order. */
function makeWriteBehind(needs: LogNeeds) {
  let queue: readonly Unstored[] = []
  let writing: Promise<void> | null = null

  const attempt = async (batch: readonly Unstored[], tries: number): Promise<boolean> => {
    try {
      await needs.store(
        batch.map(({ event }) => event),
        batch.at(-1)?.state ?? 'running',
      )
      return true
    } catch (error) {
      const delay = retryAfterMs[tries]
      if (delay === undefined) {
        needs.onStoreFailure(error, batch.length)
        return false
      }
      await new Promise<void>((resolve) => {
        needs.clock.after(delay, resolve)
      })
      return await attempt(batch, tries + 1)
    }
  }

  // A batch that could not be stored stays in front: what comes later is worth nothing without it.
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = nextBatch(queue)
      if (!(await attempt(batch, 0))) break
      queue = queue.slice(batch.length)
    }
    writing = null
  }

  return {
    add: ({ seq, json }: EncodedEvent, state: TurnState): void => {
      queue = [...queue, { event: { seq, json }, state }]
      // Facts that are yielded together are stored together: the write starts once the current run of code has ended.
      writing ??= Promise.resolve().then(drain)
    },
    flushed: async (): Promise<void> => {
      while (writing !== null) await writing
    },
  }
}
