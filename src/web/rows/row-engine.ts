import type { Column } from '../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../contract/result-view.ts'
import type { Row } from '../turns/turn-view.ts'
import { makeColumn, type StoredColumn } from './column-store.ts'
import { summarizeColumn, type WantedValues } from './column-summary.ts'
import { filterRows } from './row-filter.ts'
import type { Sliced } from './radix-sort.ts'
import { sortRows } from './row-sort.ts'
import type { RowsRange } from './row-source.ts'

/** Rows kept by column, with the views of them that were asked for last. It runs in a worker, or in the page for small results. */
export interface RowEngine {
  append(rows: readonly Row[]): void
  count(view: RowsView, signal?: AbortSignal): Promise<number>
  rows(view: RowsView, range: RowsRange, signal?: AbortSignal): Promise<Row[]>
  summary(view: RowsView, column: number, wanted: WantedValues, signal?: AbortSignal): Promise<ColumnSummary>
}

/** The rows of a view that is being worked out or was. */
interface KeptView {
  readonly view: RowsView
  readonly rows: Promise<Uint32Array>
  /** The rows once they are known. */
  ready: Uint32Array | null
  /** Given up once everybody who asked for it has. */
  readonly control: AbortController
  waiting: number
}

const mostKept = 8

/** Makes an engine without rows. Other work gets its turn after each `sliceMs` of work. */
export function makeRowEngine(columns: readonly Column[], sliceMs: number): RowEngine {
  const stored = columns.map(makeColumn)
  const run = makeTurns(sliceMs)
  let length = 0
  let kept: KeptView[] = []

  const start = (view: RowsView): KeptView => {
    const control = new AbortController()
    const ready = isSame(view, everyRow) ? positionsOf(length) : null
    const rows =
      ready === null ? run(viewRows({ view, stored, length, kept }), true, control.signal) : Promise.resolve(ready)
    const one: KeptView = { view, rows, ready, control, waiting: 0 }
    rows.then(
      (found) => (one.ready = found),
      () => (kept = kept.filter((other) => other !== one)),
    )
    return one
  }
  const find = async (view: RowsView, signal?: AbortSignal): Promise<Uint32Array> => {
    signal?.throwIfAborted()
    const one = kept.find((other) => isSame(other.view, view)) ?? start(view)
    kept = [one, ...kept.filter((other) => other !== one)].slice(0, mostKept)
    return one.ready ?? (await waitFor(one, signal))
  }
  return {
    append(rows) {
      for (const [at, column] of stored.entries()) for (const row of rows) column.append(row[at] ?? null)
      length += rows.length
      kept = []
    },
    count: async (view, signal) => (await find(view, signal)).length,
    async rows(view, { from, count, columns: chosen }, signal) {
      const positions = (await find(view, signal)).subarray(from, from + count)
      const read = chosen?.flatMap((at) => stored[at] ?? []) ?? stored
      return Array.from(positions, (row) => read.map((column) => column.cellAt(row)))
    },
    async summary(view, column, wanted, signal) {
      const rows = await find(view, signal)
      const summarized = stored[column]
      if (summarized === undefined) throw new RangeError(`There is no column ${column}.`)
      return await run(summarizeColumn(rows, summarized, wanted), false, signal)
    },
  }
}

const everyRow: RowsView = { sort: [], filters: [], search: '' }

function positionsOf(length: number): Uint32Array {
  const positions = new Uint32Array(length)
  for (let row = 0; row < length; row += 1) positions[row] = row
  return positions
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Waits for a view, and gives it up when nobody else waits for it. */
async function waitFor(one: KeptView, signal?: AbortSignal): Promise<Uint32Array> {
  one.waiting += 1
  if (signal === undefined) return await one.rows
  return await new Promise((resolve, reject) => {
    const giveUp = (): void => {
      one.waiting -= 1
      if (one.waiting === 0) one.control.abort(signal.reason)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', giveUp)
    one.rows.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

interface WantedView {
  readonly view: RowsView
  readonly stored: readonly StoredColumn[]
  /** Rows that there are. */
  readonly length: number
  readonly kept: readonly KeptView[]
}

/** The rows of a view, in order, made from the smallest known view that it narrows. */
function* viewRows({ view, stored, length, kept }: WantedView): Sliced<Uint32Array> {
  const [base] = kept
    .filter((one) => one.ready !== null && narrows(view, one.view))
    .toSorted((a, b) => (a.ready?.length ?? 0) - (b.ready?.length ?? 0) || b.view.sort.length - a.view.sort.length)
  const filters = view.filters.filter((filter) => base?.view.filters.some((known) => isSame(known, filter)) !== true)
  const search = base?.view.search === view.search ? '' : view.search
  const rows = base?.ready ?? positionsOf(length)
  const filtered = yield* filterRows(rows, stored, { filters, search })
  return base !== undefined && base.view.sort.length > 0 ? filtered : yield* sortRows(filtered, view.sort, stored)
}

/** Whether a view holds only rows of another one, which are in its order or in none. */
function narrows(view: RowsView, other: RowsView): boolean {
  return (
    (other.sort.length === 0 || isSame(other.sort, view.sort)) &&
    other.filters.every((filter) => view.filters.some((own) => isSame(own, filter))) &&
    view.search.toLowerCase().includes(other.search.toLowerCase())
  )
}

interface Job {
  readonly isUrgent: boolean
  /** Works for one slice, and tells whether the work has ended. */
  work(): boolean
}

/**
 * Makes what carries work out in slices, one at a time, so that no more than one slice passes before others have their turn. Urgent work goes
 * first, of that the newest: what was asked for last is what is looked at. It rejects with the signal's reason once that is aborted.
 */
function makeTurns(sliceMs: number) {
  const jobs: Job[] = []
  let isRunning = false
  const runAll = async (): Promise<void> => {
    if (isRunning) return
    isRunning = true
    for (let job = jobs[0]; job !== undefined; job = jobs.findLast(({ isUrgent }) => isUrgent) ?? jobs[0]) {
      if (job.work()) jobs.splice(jobs.indexOf(job), 1)
      else await letOthers()
    }
    isRunning = false
  }
  return <T>(sliced: Sliced<T>, isUrgent: boolean, signal?: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const work = (): boolean => {
        try {
          signal?.throwIfAborted()
          const end = performance.now() + sliceMs
          do {
            const step = sliced.next()
            if (step.done === true) {
              resolve(step.value)
              return true
            }
          } while (performance.now() < end)
          return false
        } catch (error) {
          reject(error)
          return true
        }
      }
      jobs.push({ isUrgent, work })
      void runAll()
    })
}

/** Resolves after the messages and the input that are waiting; a timer would add milliseconds. */
export function letOthers(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
}
