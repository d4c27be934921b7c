import type { TurnState } from '../../contract/api.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { EventWriter, type StoreEvents } from './event-writer.ts'
import { encodeEvent, isFinal, isOver, readStored, stateAfter, type FinalFact, type LiveFact } from './turn-facts.ts'
import type { EncodedEvent } from './turns.ts'

/** The events of one live turn: numbered, dated, kept for readers, and handed to the store in order as they happen. */
export interface TurnLog {
  append(fact: LiveFact): void
  /** Resolves once the store has caught up enough for more rows; at once while it fails, because then only memory has them. */
  room(): Promise<void>
  /**
   * Resolves once the store has everything so far, where it has not been heard of for a while; at once otherwise and while it fails. A process
   * that was frozen may have lost the turn to another one, which the store alone knows.
   */
  confirmed(): Promise<void>
  /**
   * Appends the last event. Readers get it once the whole turn is stored, or with `saved: false` when the store makes no progress or takes too
   * long; storing then goes on. Resolves when readers may have it.
   */
  end(fact: FinalFact): Promise<void>
  /** Has the last event wait no longer than a stop of the process may take. */
  hurry(): void
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

/** How long the last event waits for the store: for a write, for all of them, and for all while the process stops. */
const writeGraceMs = 5_000
const saveGraceMs = 60_000
const stopGraceMs = 5_000
/** A store that was last heard of longer ago may know that another process has ended the turn; others wait longer than this before they do. */
const unheardMs = 5_000
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
  const memory = new EventMemory(needs.readStored)
  let heardMs = needs.clock.monotonicMs()
  const onStored = (lastSeq: number): void => {
    heardMs = needs.clock.monotonicMs()
    memory.dropStored(lastSeq)
  }
  const writer = new EventWriter({ ...needs, onStored })
  let readers = 0
  let isHurried = false
  const envelope = () => ({
    turnId: needs.turnId,
    seq: memory.nextSeq(),
    at: new Date(needs.clock.now()).toISOString(),
  })
  return {
    append(fact) {
      const event = encodeEvent(envelope(), fact)
      memory.add(event, fact)
      writer.add(event, memory.state, memory.state !== 'running' || isNeededAfterCrash(fact))
    },
    room: () => writer.shorterThan(unstoredCharacters),
    confirmed: () => (needs.clock.monotonicMs() - heardMs > unheardMs ? writer.shorterThan(1) : Promise.resolve()),
    async end(fact) {
      const place = envelope()
      const event = encodeEvent(place, fact)
      writer.add(event, stateAfter(memory.state, fact), true)
      if (!isHurried) writer.limitWait(saveGraceMs)
      const isSaved = await writer.isStored(writeGraceMs)
      memory.add(isSaved ? event : encodeEvent(place, { ...fact, saved: false }), fact)
    },
    hurry() {
      isHurried = true
      writer.limitWait(stopGraceMs)
    },
    async *read(afterSeq, signal) {
      readers += 1
      needs.onReaders()
      try {
        yield* memory.eventsAfter(afterSeq, signal)
      } finally {
        readers -= 1
        needs.onReaders()
      }
    },
    state: () => memory.state,
    readers: () => readers,
    settled: () => writer.settled(),
    abandon: () => writer.abandon(),
  }
}

/** Whether it says what another process must know when this one dies: that a query may run, and by which id it can be cancelled. */
const isNeededAfterCrash = (fact: LiveFact): boolean =>
  fact.kind === 'query.approved' || (fact.kind === 'step' && fact.queryId !== undefined)

/** The events of one turn as its readers get them. Rows that are stored leave memory, the oldest first, once there are many. */
class EventMemory {
  readonly #events: KeptEvent[] = []
  readonly #waiting = new Set<() => void>()
  readonly #readStored: LogNeeds['readStored']
  #state: TurnState = 'running'
  /** Characters of stored rows in memory, how many events are stored, and before which place no rows are left. */
  #kept = 0
  #stored = 0
  #oldest = 0

  constructor(read: LogNeeds['readStored']) {
    this.#readStored = read
  }

  get state(): TurnState {
    return this.#state
  }

  nextSeq(): number {
    return this.#events.length + 1
  }

  add(event: EncodedEvent, fact: LiveFact): void {
    this.#events.push(event)
    this.#state = stateAfter(this.#state, fact)
    for (const wake of this.#waiting) wake()
  }

  async *eventsAfter(afterSeq: number, signal: AbortSignal): AsyncGenerator<EncodedEvent, void> {
    for (let next = afterSeq; !signal.aborted;) {
      const event = this.#events[next]
      if (event === undefined) {
        if (isOver(this.#state)) return
        await this.#change(signal)
      } else if (event.json === null) {
        for (const stored of await this.#readStored(next, readBackEvents)) {
          next = stored.seq
          yield readStored(stored)
          if (isFinal(this.#events[next - 1]?.kind ?? '')) return
        }
      } else {
        next += 1
        yield { ...event, json: event.json }
      }
    }
  }

  /** Told that all events up to this one are stored. */
  dropStored(lastSeq: number): void {
    for (; this.#stored < Math.min(lastSeq, this.#events.length); this.#stored += 1) {
      const event = this.#events[this.#stored]
      if (event?.kind === 'result.rows') this.#kept += event.json?.length ?? 0
    }
    for (; this.#kept > keptCharacters && this.#oldest < this.#stored; this.#oldest += 1) {
      const event = this.#events[this.#oldest]
      if (event === undefined || event.json === null || event.kind !== 'result.rows') continue
      this.#kept -= event.json.length
      this.#events[this.#oldest] = { ...event, json: null }
    }
  }

  /** Resolves with the next event, or the abort. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
