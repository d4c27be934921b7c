import type { TurnState } from '../../contract/api.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { makeEventWriter, type StoreEvents } from './event-writer.ts'
import { encodeEvent, isFinal, isOver, readStored, stateAfter, type FinalFact, type LiveFact } from './turn-facts.ts'
import type { EncodedEvent } from './turns.ts'

/** The events of one live turn: numbered, dated, kept for readers, and handed to the store in order as they happen. */
export interface TurnLog {
  append(fact: LiveFact): void
  /** Resolves once the store has caught up enough for more rows; at once while it fails, because then only memory has them. */
  room(): Promise<void>
  /**
   * Appends the last event. Readers get it once the whole turn is stored, or after a grace time with `saved: false`; storing then goes on.
   * Resolves when readers may have it.
   */
  end(fact: FinalFact): Promise<void>
  /** The events after `afterSeq`, then those to come, until the last one or an abort. */
  read(afterSeq: number, signal: AbortSignal): AsyncGenerator<EncodedEvent, void>
  state(): TurnState
  readers(): number
  /** Resolves once everything is stored, or was given up. */
  settled(): Promise<void>
  /** Gives up what is not stored yet. */
  abandon(): void
}

interface LogNeeds {
  readonly turnId: string
  readonly clock: Clock
  readonly store: StoreEvents
  /** Stored events after `afterSeq`, at most `limit`: rows that memory no longer holds. */
  readonly readStored: (afterSeq: number, limit: number) => Promise<readonly StoredEvent[]>
  /** Told whenever the number of readers changes. */
  readonly onReaders: () => void
  readonly onStoreFailure: (message: string, error: unknown) => void
  /** Told when another process has ended the turn. */
  readonly onTakenOver: () => void
}

/** How long the last event waits for the store before readers are told that the turn is not saved. */
const saveGraceMs = 5_000
/** Rows of a turn, in characters, that stay in memory after they were stored. */
const keptCharacters = 4_000_000
/** Characters of a turn that may wait for the store before its journey pauses. */
const unstoredCharacters = 8_000_000
/** Events read back from the store at once. */
const readBackEvents = 50

/** An event in memory; rows that are stored and were dropped have no text. */
type KeptEvent = Omit<EncodedEvent, 'json'> & { readonly json: string | null }

/** Makes the log of one turn. Readers never wait for the store, except for the last event. */
export function makeTurnLog(needs: LogNeeds): TurnLog {
  const events: KeptEvent[] = []
  const waiting = new Set<() => void>()
  let state: TurnState = 'running'
  let readers = 0
  const storedRows = makeRowMemory(events)
  const writer = makeEventWriter({ ...needs, onStored: (lastSeq) => storedRows.drop(lastSeq) })

  const envelope = () => ({
    turnId: needs.turnId,
    seq: events.length + 1,
    at: new Date(needs.clock.now()).toISOString(),
  })
  const publish = (event: EncodedEvent, after: TurnState): void => {
    events.push(event)
    state = after
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

  async function* eventsAfter(afterSeq: number, signal: AbortSignal): AsyncGenerator<EncodedEvent, void> {
    for (let next = afterSeq; !signal.aborted;) {
      const event = events[next]
      if (event === undefined) {
        if (isOver(state)) return
        await change(signal)
      } else if (event.json === null) {
        for (const stored of await needs.readStored(next, readBackEvents)) {
          next = stored.seq
          yield readStored(stored)
          if (isFinal(events[next - 1]?.kind ?? '')) return
        }
      } else {
        next += 1
        yield { ...event, json: event.json }
      }
    }
  }

  return {
    append(fact) {
      const event = encodeEvent(envelope(), fact)
      publish(event, stateAfter(state, fact))
      writer.add(event, state)
    },
    room: () => writer.shorterThan(unstoredCharacters),
    async end(fact) {
      const place = envelope()
      const after = stateAfter(state, fact)
      const event = encodeEvent(place, fact)
      writer.add(event, after)
      const isSaved = await writer.emptyWithin(saveGraceMs)
      publish(isSaved ? event : encodeEvent(place, { ...fact, saved: false }), after)
    },
    async *read(afterSeq, signal) {
      readers += 1
      needs.onReaders()
      try {
        yield* eventsAfter(afterSeq, signal)
      } finally {
        readers -= 1
        needs.onReaders()
      }
    },
    state: () => state,
    readers: () => readers,
    settled: () => writer.settled(),
    abandon: () => writer.abandon(),
  }
}

/** Drops the text of the oldest stored rows once too much of it is kept. */
function makeRowMemory(events: KeptEvent[]) {
  let kept = 0
  let oldest = 0
  let stored = 0
  const isRows = (kind: TurnEvent['kind']): boolean => kind === 'result.rows'
  return {
    drop(lastSeq: number): void {
      for (; stored < Math.min(lastSeq, events.length); stored += 1) {
        const event = events[stored]
        if (event !== undefined && isRows(event.kind)) kept += event.json?.length ?? 0
      }
      for (; kept > keptCharacters && oldest < stored; oldest += 1) {
        const event = events[oldest]
        if (event?.json === undefined || event.json === null || !isRows(event.kind)) continue
        kept -= event.json.length
        events[oldest] = { ...event, json: null }
      }
    },
  }
}
