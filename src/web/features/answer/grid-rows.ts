import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import type { Cell } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import { problemOf } from '../../transport/channel.ts'
import type { Row } from '../../turns/turn-view.ts'
import { mostWholeColumns, type RowSource } from '../../rows/row-source.ts'

/** The cell of a row of the view in the column of a position; undefined while it is not here. */
export type CellAt = (row: number, position: number) => Cell | undefined

/** The rows of one view that were fetched so far. */
interface RowPages {
  readonly view: RowsView
  /** Rows in the view; null until the source has told. */
  readonly count: number | null
  readonly problem: Problem | null
  readonly cellAt: CellAt
  /** Fetches what lacks of these rows in the columns of these positions, and nothing that was wanted before and no longer is. */
  want(from: number, end: number, positions: readonly number[]): void
  dispose(): void
}

const mostPages = 60
/** How many of a result's columns a page holds where there are too many to hold all. */
const columnsAPage = 100

/** How a result is cut into pages: how many rows and columns each has, and how many lie side by side. They are counted across, then down. */
function cutPages({ isRemote, columns: { length } }: RowSource) {
  if (length > mostWholeColumns) return { rows: 100, columns: columnsAPage, across: Math.ceil(length / columnsAPage) }
  return { rows: isRemote ? 500 : 200, columns: mostWholeColumns, across: 1 }
}

/** The numbers of the pages that hold rows from `first` to `last`, in the columns of these positions. */
function numbersOf(
  page: ReturnType<typeof cutPages>,
  [first, last]: readonly [number, number],
  positions: readonly number[],
): ReadonlySet<number> {
  const across = new Set(positions.map((position) => Math.floor(position / page.columns)))
  const [top, bottom] = [Math.floor(first / page.rows), Math.floor(last / page.rows)]
  const numbers = Array.from({ length: bottom - top + 1 }, (_, at) =>
    [...across].map((right) => (top + at) * page.across + right),
  )
  return new Set(numbers.flat())
}

/** Keeps pages of a source's rows, fetched as they come into sight. */
export function makeRowPages(source: RowSource, view: RowsView, onChange: () => void): RowPages {
  const page = cutPages(source)
  /** By their number; those that were wanted last come last. */
  const kept = new Map<number, readonly Row[]>()
  const underWay = new Map<number, AbortController>()
  const ended = new AbortController()
  let count: number | null = null
  let problem: Problem | null = null
  const settle = async (work: Promise<void>): Promise<void> => {
    try {
      await work
    } catch (error) {
      if (ended.signal.aborted || (error instanceof DOMException && error.name === 'AbortError')) return
      problem = problemOf(error)
    }
    if (!ended.signal.aborted) onChange()
  }
  const fetchPage = async (number: number, control: AbortController): Promise<void> => {
    try {
      const first = (number % page.across) * page.columns
      const columns = Array.from(
        { length: Math.min(page.columns, source.columns.length - first) },
        (_, at) => first + at,
      )
      const from = Math.floor(number / page.across) * page.rows
      const part = page.across === 1 ? {} : { columns }
      kept.set(number, await source.rows(view, { from, count: page.rows, ...part }, control.signal))
      for (const oldest of kept.keys()) {
        if (kept.size <= mostPages) break
        kept.delete(oldest)
      }
    } finally {
      // Not the one that was begun after this was given up.
      if (underWay.get(number) === control) underWay.delete(number)
    }
  }
  const countRows = async (): Promise<void> => {
    count = await source.count(view, ended.signal)
  }
  void settle(countRows())
  return {
    view,
    get count() {
      return count
    },
    get problem() {
      return problem
    },
    cellAt(row, position) {
      const number = Math.floor(row / page.rows) * page.across + Math.floor(position / page.columns)
      return kept.get(number)?.[row % page.rows]?.[position % page.columns]
    },
    want(from, end, positions) {
      const beside = source.isRemote ? page.rows : 0
      const last = Math.min(Math.max(from, end - 1) + beside, Math.max(0, (count ?? Number.POSITIVE_INFINITY) - 1))
      const wanted = numbersOf(page, [Math.max(0, from - beside), last], positions)
      for (const [number, control] of underWay) if (!wanted.has(number)) control.abort()
      for (const number of wanted) {
        const rows = kept.get(number)
        if (rows !== undefined) {
          kept.delete(number)
          kept.set(number, rows)
        } else if (underWay.get(number)?.signal.aborted !== false) {
          const control = new AbortController()
          underWay.set(number, control)
          void settle(fetchPage(number, control))
        }
      }
    },
    dispose() {
      ended.abort()
      for (const control of underWay.values()) control.abort()
    },
  }
}

export interface GridRows {
  /** Rows in the view that is drawn. */
  readonly count: number
  readonly cellAt: CellAt
  /** Another view is on its way; the rows are still those of the one before. */
  readonly isBusy: boolean
  /** Fetches what lacks of these rows, in the columns of these positions. */
  readonly want: (from: number, end: number, positions: readonly number[]) => void
  readonly problem: Problem | null
  readonly retry: () => void
}

/** The rows of a view. Those of the view before stay until the first of the new one are there, so that nothing flashes. */
export function useGridRows(source: RowSource | null, view: RowsView, revision: number): GridRows {
  const [drawn, setDrawn] = useState<RowPages | null>(null)
  const [version, setVersion] = useState(0)
  const [tries, setTries] = useState(0)
  /** The columns that were looked at last, which the next view begins with. */
  const looked = useRef<readonly number[]>([0])
  useEffect(() => {
    if (source === null) return undefined
    let isFirst = true
    const begun = looked.current
    const pages: RowPages = makeRowPages(source, view, () => {
      setVersion((before) => before + 1)
      const isReady =
        pages.problem !== null ||
        (pages.count !== null &&
          (pages.count === 0 || begun.every((position) => pages.cellAt(0, position) !== undefined)))
      if (!isFirst || !isReady) return
      isFirst = false
      setDrawn((before) => {
        before?.dispose()
        return pages
      })
    })
    pages.want(0, 1, begun)
    return () => {
      if (isFirst) pages.dispose()
    }
  }, [source, view, revision, tries])
  const want = useCallback(
    (from: number, end: number, positions: readonly number[]): void => {
      looked.current = positions
      drawn?.want(from, end, positions)
    },
    [drawn],
  )
  const problem = drawn?.problem ?? null
  const count = drawn?.count ?? 0
  return useMemo(
    () => ({
      count,
      cellAt: (row, position) => drawn?.cellAt(row, position),
      isBusy: drawn?.view !== view,
      want,
      problem,
      retry: () => setTries((before) => before + 1),
    }),
    // oxlint-disable-next-line react/exhaustive-deps -- the pages are filled in place, which the version tells
    [count, drawn, view, want, problem, version],
  )
}
