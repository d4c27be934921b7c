import type { Column } from '../../contract/result.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { RowBatch } from '../ports/warehouse.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'

/** What a turn stored of its result. */
export interface StoredResult {
  readonly columns: readonly Column[]
  readonly done: Extract<TurnEvent, { readonly kind: 'result.done' }>
  /** The query's id in the warehouse; null where that gives none. */
  readonly queryId: string | null
  /** The first event of rows; null where there is none. */
  readonly firstRowSeq: number | null
  /** Whether the stored rows are the whole result, every value as the warehouse has it. */
  readonly isWhole: boolean
}

/** Events read at once, so that a long result is not held in memory whole. */
const eventsAtOnce = 50

const isRows = (json: string): boolean => json.startsWith('{"kind":"result.rows"')

/** Whether the rows of an event were removed to make room. */
export const isRemoved = (json: string): boolean => isRows(json) && json.endsWith('"removed":true}')

/** Reads what a turn stored of its result. Throws `not_found` for a turn without one, also as long as it has none. */
export async function readStoredResult(store: TurnStore, ownerId: string, turnId: string): Promise<StoredResult> {
  let columns: readonly Column[] | null = null
  let [queryId, firstRowSeq]: [string | null, number | null] = [null, null]
  let hasRemoved = false
  for (let after = 0; ;) {
    const events = await store.readEvents(ownerId, turnId, after, eventsAtOnce)
    for (const { seq, json } of events) {
      if (isRows(json)) {
        firstRowSeq ??= seq
        hasRemoved ||= isRemoved(json)
        continue
      }
      const event = JSON.parse(json) as TurnEvent
      if (event.kind === 'result.columns') columns = event.columns
      if (event.kind === 'step') queryId = event.queryId ?? queryId
      if (event.kind !== 'result.done' || columns === null) continue
      const isStored = event.file === undefined && event.note === undefined && !hasRemoved
      return { columns, done: event, queryId, firstRowSeq, isWhole: isStored && !event.truncated }
    }
    after = events.at(-1)?.seq ?? 0
    if (events.length < eventsAtOnce) throw noResult()
  }
}

/** The stored rows of a turn. */
export async function* storedBatches(store: TurnStore, ownerId: string, turnId: string): AsyncGenerator<RowBatch> {
  for (let after = 0; ;) {
    const events = await store.readEvents(ownerId, turnId, after, eventsAtOnce)
    for (const { json } of events) {
      if (!isRows(json)) continue
      const rowsJson = json.slice(json.indexOf('"rows":') + '"rows":'.length, -1)
      yield { rowsJson, rowCount: 0, bytes: rowsJson.length }
    }
    after = events.at(-1)?.seq ?? 0
    if (events.length < eventsAtOnce) return
  }
}

const noResult = () =>
  problem('not_found', 'This question has no result of rows.', 'Wait until it is answered, or ask for rows of tables.')
