import type { ContractRouterClient } from '@orpc/contract'
import { writeRowsView, type resultsApi } from '../../contract/results-api.ts'
import type { RowsView } from '../../contract/result-view.ts'
import type { Row } from '../turns/turn-view.ts'
import type { RowSource } from './row-source.ts'

/** The routes of a whole result. */
export type ResultsClient = ContractRouterClient<typeof resultsApi>

/** The most rows that are asked for at once. */
const mostAtOnce = 5_000
/** Views whose number of rows is remembered. */
const mostCounts = 50

const optionsOf = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })

const everything: RowsView = { sort: [], filters: [], search: '' }

/**
 * Opens the whole result of a turn on the server. Rejects with the server's problem where it cannot be read, such as `result_expired`.
 * Windows and summaries are asked for as they are needed.
 */
export async function openServerRows({
  api,
  turnId,
}: {
  readonly api: ResultsClient
  readonly turnId: string
}): Promise<RowSource> {
  /** Rows of each view by what chooses them: the order changes no number. */
  const counts = new Map<string, number>()
  const keyOf = ({ filters, search }: RowsView): string => JSON.stringify([filters, search])
  const fetchWindow = async (view: RowsView, from: number, count: number, signal?: AbortSignal) => {
    const window = await api.turns.rows({ turnId, from, count, ...writeRowsView(view) }, optionsOf(signal))
    const [oldest] = counts.keys()
    if (counts.size >= mostCounts && oldest !== undefined) counts.delete(oldest)
    counts.set(keyOf(view), window.viewRows)
    return window
  }
  const { columns, allRows } = await fetchWindow(everything, 0, 1)
  return {
    columns,
    allRows,
    isRemote: true,
    count: async (view, signal) => counts.get(keyOf(view)) ?? (await fetchWindow(view, 0, 1, signal)).viewRows,
    async rows(view, { from, count }, signal) {
      const rows: Row[] = []
      // A window may hold fewer rows than were asked for, where they would be too many bytes.
      while (rows.length < count) {
        const window = await fetchWindow(view, from + rows.length, Math.min(mostAtOnce, count - rows.length), signal)
        rows.push(...window.rows)
        if (window.rows.length === 0 || from + rows.length >= window.viewRows) break
      }
      return rows
    },
    summary: async (view, column, { search = '', valueCount = 20 } = {}, signal) => {
      const { filter, search: inRows } = writeRowsView(view)
      const wanted = { turnId, column, values: valueCount, containing: search, filter, search: inRows }
      return await api.turns.summary(wanted, optionsOf(signal))
    },
    dispose: () => counts.clear(),
  }
}
