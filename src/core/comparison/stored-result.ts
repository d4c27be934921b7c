import { maxComparedRows } from '../../contract/comparison.ts'
import type { Cell, Column, Sentence } from '../../contract/result.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import type { ComparedResult } from './pair-columns.ts'

type ReadEvents = Pick<TurnStore, 'readEvents'>

/** Events read at once, so that a long result is not held in memory whole. */
const eventsAtOnce = 20

/** The stored events of a turn, or of what a favorite keeps, in order. */
export async function* eachEvent(store: ReadEvents, ownerId: string, id: string): AsyncGenerator<TurnEvent, void> {
  for (let after = 0; ;) {
    const events = await store.readEvents(ownerId, id, after, eventsAtOnce)
    // Our own encoding of our own type.
    for (const { json } of events) yield JSON.parse(json) as TurnEvent
    if (events.length < eventsAtOnce) return
    after = events.at(-1)?.seq ?? after
  }
}

/** A stored result with what stands around it. */
export interface StoredResult extends Omit<ComparedResult, 'outline'> {
  /** When its query was done. */
  readonly at: string
  /** The query that brought it. */
  readonly sql: string
  /** The sentence over it; empty for none. */
  readonly answer: Sentence
  /** Whether rows were removed from it to make room. */
  readonly isTrimmed: boolean
  /** Whether its rows went into a file. */
  readonly isFile: boolean
}

/** What has been read of it so far. */
interface Seen {
  sql: string
  answer: Sentence
  isTrimmed: boolean
  unfinished: StoredResult['unfinished']
  columns: readonly Column[] | null
  rows: (readonly Cell[])[]
  done: Extract<TurnEvent, { readonly kind: 'result.done' }> | null
}

/** The first rows of a stored result; null where there is none. */
export async function readStoredResult(store: ReadEvents, ownerId: string, id: string): Promise<StoredResult | null> {
  const seen: Seen = { sql: '', answer: [], isTrimmed: false, unfinished: null, columns: null, rows: [], done: null }
  for await (const event of eachEvent(store, ownerId, id)) see(seen, event)
  const { columns, done, rows, ...rest } = seen
  if (done === null || (columns === null && done.file === undefined)) return null
  return {
    ...rest,
    columns: columns ?? [],
    rows,
    rowCount: done.rowCount,
    truncated: done.truncated,
    isFile: done.file !== undefined,
    isShortened: done.note !== undefined,
    at: done.at,
    today: done.at.slice(0, 10),
  }
}

function see(seen: Seen, event: TurnEvent): void {
  if (event.kind === 'query.proposed') seen.sql = event.sql
  else if (event.kind === 'result.columns') {
    seen.columns = event.columns
    seen.rows = []
  } else if (event.kind === 'result.rows') {
    seen.isTrimmed ||= event.removed === true
    seen.rows.push(...event.rows.slice(0, maxComparedRows - seen.rows.length))
  } else if (event.kind === 'result.done') seen.done = event
  else if (event.kind === 'answer.delta') seen.answer = [...seen.answer, ...(event.parts ?? [{ text: event.text }])]
  else if (event.kind === 'chart') {
    const { x, unfinished = [] } = event.chart
    seen.unfinished = x === null ? null : { position: x, cells: unfinished }
  }
}
