import { maxKeptRows, type KeptResult } from '../../contract/favorites.ts'
import type { Cell } from '../../contract/result.ts'
import type { TableName, TurnEvent } from '../../contract/turn-event.ts'
import { eachEvent } from '../comparison/stored-result.ts'
import type { StoredEvent, TurnStore } from '../ports/turn-store.ts'

/** The most characters of rows that are kept. */
const maxKeptLength = 8_000_000
/** The characters of rows in one event, so that storing it keeps no other statement waiting; one row alone may be longer. */
const rowsEventLength = 150_000
const longestRow = 1_000_000

/** What a favorite keeps of a turn. */
export interface KeptTurn {
  /** The query that was proposed last. */
  readonly sql: string
  readonly tables: readonly TableName[]
  /** Null where there is no result, or its rows are not stored any more. */
  readonly result: KeptResult | null
  /** The events to keep, numbered anew; empty without a result. */
  readonly events: readonly StoredEvent[]
}

/** Reads what a favorite keeps of a turn of its owner; null where the turn proposed no query. */
export async function readKeptTurn(
  store: Pick<TurnStore, 'readEvents'>,
  ownerId: string,
  turnId: string,
): Promise<KeptTurn | null> {
  const seen: { proposal: Proposal | null; ended: ResultDone | null; isTrimmed: boolean } = {
    proposal: null,
    ended: null,
    isTrimmed: false,
  }
  const keeper = new Keeper()
  for await (const event of eachEvent(store, ownerId, turnId)) {
    if (event.kind === 'query.proposed') {
      seen.proposal = event
      keeper.begin(event)
    } else if (event.kind === 'result.rows') {
      seen.isTrimmed ||= event.removed === true
      keeper.addRows(event)
    } else if (event.kind === 'result.done') {
      seen.ended = event
      keeper.end(event)
    } else if (['result.columns', 'answer.delta', 'chart', 'turn.done'].includes(event.kind)) keeper.add(event)
  }
  const { proposal, ended, isTrimmed } = seen
  if (proposal === null) return null
  const { sql, tables } = proposal
  if (ended === null || ended.file !== undefined || isTrimmed) return { sql, tables, result: null, events: [] }
  const result = { at: ended.at, keptRows: keeper.rows, rowCount: ended.rowCount, sql }
  return { sql, tables, result, events: keeper.events }
}

type Proposal = Extract<TurnEvent, { readonly kind: 'query.proposed' }>
type ResultDone = Extract<TurnEvent, { readonly kind: 'result.done' }>
type ResultRows = Extract<TurnEvent, { readonly kind: 'result.rows' }>

/** Gathers events within the bounds of what is kept. */
class Keeper {
  readonly events: StoredEvent[] = []
  rows = 0
  #length = 0
  #isFull = false

  begin(event: Proposal): void {
    this.events.length = 0
    this.add(event)
  }

  add(event: TurnEvent): void {
    const seq = this.events.length + 1
    this.events.push({ seq, json: JSON.stringify({ ...event, seq }) })
  }

  addRows(event: ResultRows): void {
    let batch: Cell[][] = []
    let length = 0
    const flush = (): void => {
      if (batch.length > 0) this.add({ ...event, rows: batch })
      batch = []
      length = 0
    }
    for (const row of event.rows) {
      const added = JSON.stringify(row).length + 1
      this.#isFull ||= this.rows >= maxKeptRows || added > longestRow || this.#length + added > maxKeptLength
      if (this.#isFull) break
      if (length + added > rowsEventLength) flush()
      batch.push(row)
      length += added
      this.#length += added
      this.rows += 1
    }
    flush()
  }

  /** A result of which not all rows are kept reads as one that was cut. */
  end(event: ResultDone): void {
    const isCut = this.rows < event.rowCount
    this.add(isCut ? { ...event, rowCount: this.rows, truncated: true } : event)
  }
}
