import type { ContractRouterClient } from '@orpc/contract'
import { maxColumnSpans, writeColumns, writeRowsView, type resultsApi } from '../../contract/results-api.ts'
import type { Column } from '../../contract/result.ts'
import type { RowsView } from '../../contract/result-view.ts'
import type { Row } from '../turns/turn-view.ts'
import { mostWholeColumns, type RowSource, type RowsRange } from './row-source.ts'

/** The routes of a whole result. */
export type ResultsClient = ContractRouterClient<typeof resultsApi>

/** The most that is asked for at once: to read and check more cells in one go would hold the page. */
const [mostRowsAtOnce, mostCellsAtOnce] = [5_000, 50_000]
/** Views whose number of rows is remembered. */
const mostCounts = 50

const optionsOf = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })

/** Asks how many rows there are. */
const noRows: RowsRange = { from: 0, count: 0, columns: [0] }
const everything: RowsView = { sort: [], filters: [], search: '' }

/** Cuts ascending positions into parts that one request can name each. */
function namedParts(ascending: readonly number[]): readonly (readonly number[])[] {
  const parts: number[][] = []
  let spans = maxColumnSpans
  for (const [at, position] of ascending.entries()) {
    if (position - 1 !== ascending[at - 1]) spans += 1
    if (spans > maxColumnSpans) {
      parts.push([])
      spans = 1
    }
    parts.at(-1)?.push(position)
  }
  return parts
}

/**
 * Opens the whole result of a turn on the server. Rejects with the server's problem where it cannot be read, such as `result_expired`.
 * Windows and summaries are asked for as they are needed.
 */
export async function openServerRows({
  api,
  turnId,
  columns,
}: {
  readonly api: ResultsClient
  readonly turnId: string
  readonly columns: readonly Column[]
}): Promise<RowSource> {
  /** Rows of each view by what chooses them: the order changes no number. */
  const counts = new Map<string, number>()
  const keyOf = ({ filters, search }: RowsView): string => JSON.stringify([filters, search])
  const fetchWindow = async (view: RowsView, { columns: chosen, ...range }: RowsRange, signal?: AbortSignal) => {
    const named = chosen === undefined ? {} : { columns: writeColumns(chosen) }
    const window = await api.turns.rows({ turnId, ...range, ...named, ...writeRowsView(view) }, optionsOf(signal))
    const [oldest] = counts.keys()
    if (counts.size >= mostCounts && oldest !== undefined) counts.delete(oldest)
    counts.set(keyOf(view), window.viewRows)
    return window
  }
  /** Rows with columns in ascending order, which one request can name. */
  const readRows = async (view: RowsView, range: RowsRange, signal?: AbortSignal): Promise<Row[]> => {
    const { from, count, columns: chosen } = range
    const step = Math.min(mostRowsAtOnce, Math.ceil(mostCellsAtOnce / (chosen ?? columns).length))
    const rows: Row[] = []
    // A window may hold fewer rows than were asked for, where they would be too many bytes.
    while (rows.length < count) {
      const part = { from: from + rows.length, count: Math.min(step, count - rows.length), columns: chosen }
      const window = await fetchWindow(view, part, signal)
      rows.push(...window.rows)
      if (window.rows.length === 0 || from + rows.length >= window.viewRows) break
    }
    return rows
  }
  // With a row where it is short, so that the server has the first rows at hand once they are asked for.
  const first = columns.length > mostWholeColumns ? noRows : { from: 0, count: 1 }
  const { allRows } = await fetchWindow(everything, first)
  return {
    columns,
    allRows,
    isRemote: true,
    count: async (view, signal) => counts.get(keyOf(view)) ?? (await fetchWindow(view, noRows, signal)).viewRows,
    async rows(view, { from, count, columns: chosen }, signal) {
      if (chosen === undefined) return await readRows(view, { from, count }, signal)
      const ascending = [...new Set(chosen)].toSorted((a, b) => a - b)
      const parts: (readonly Row[])[] = []
      for (const named of namedParts(ascending))
        parts.push(await readRows(view, { from, count, columns: named }, signal))
      const [rows = []] = parts
      const places = new Map(ascending.map((position, at) => [position, at]))
      return rows.map((_, row) => {
        const cells = parts.flatMap((part) => part[row] ?? [])
        return chosen.map((position) => cells[places.get(position) ?? -1] ?? null)
      })
    },
    summary: async (view, column, { search = '', valueCount = 20 } = {}, signal) => {
      const { filter, search: inRows } = writeRowsView(view)
      const wanted = { turnId, column, values: valueCount, containing: search, filter, search: inRows }
      return await api.turns.summary(wanted, optionsOf(signal))
    },
    dispose: () => counts.clear(),
  }
}
