import type { Column } from '../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../contract/result-view.ts'
import type { Row } from '../turns/turn-view.ts'

/** Up to so many columns rows are read whole; of more, the columns that are looked at. */
export const mostWholeColumns = 200

/** Which rows of a view are read. */
export interface RowsRange {
  readonly from: number
  readonly count: number
  /** Positions of the columns that the rows have, in the order of their cells; left out for all. */
  readonly columns?: readonly number[] | undefined
}

/**
 * The rows of one result, wherever they are kept: in a worker of the page, or on the server. Every method takes the view that it is asked
 * for, rejects with the signal's reason once that is aborted, and rejects with a `Problem` where the rows cannot be read.
 */
export interface RowSource {
  readonly columns: readonly Column[]
  /** Rows of the whole result. */
  readonly allRows: number
  /** True where asking takes a round trip to the server, so that rows are fetched by the page and ahead of the scrolling. */
  readonly isRemote: boolean
  /** How many rows are in the view. */
  count(view: RowsView, signal?: AbortSignal): Promise<number>
  /** Up to `count` rows of the view from position `from` on. */
  rows(view: RowsView, range: RowsRange, signal?: AbortSignal): Promise<readonly Row[]>
  /** What a column holds in the view; its values are those that contain `search`, at most `valueCount` of them. */
  summary(
    view: RowsView,
    column: number,
    wanted?: { readonly search?: string; readonly valueCount?: number },
    signal?: AbortSignal,
  ): Promise<ColumnSummary>
  dispose(): void
}
