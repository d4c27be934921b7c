import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import { problemOf } from '../../transport/channel.ts'
import type { Row } from '../../turns/turn-view.ts'
import type { RowSource } from '../../rows/row-source.ts'

/** The rows of one view that were fetched so far. */
interface RowPages {
  readonly view: RowsView
  /** Rows in the view; null until the source has told. */
  readonly count: number | null
  readonly problem: Problem | null
  rowAt(position: number): Row | undefined
  /** Fetches what lacks of these rows, and nothing that was wanted before and no longer is. */
  want(from: number, end: number): void
  dispose(): void
}

const mostPages = 60

/** Keeps pages of a source's rows, fetched as they come into sight. */
export function makeRowPages(source: RowSource, view: RowsView, onChange: () => void): RowPages {
  const pageRows = source.isRemote ? 500 : 200
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
  const fetchPage = async (page: number, { signal }: AbortController): Promise<void> => {
    try {
      const rows = await source.rows(view, { from: page * pageRows, count: pageRows }, signal)
      kept.set(page, rows)
      for (const far of [...kept.keys()].toSorted((a, b) => Math.abs(b - page) - Math.abs(a - page))) {
        if (kept.size <= mostPages) break
        kept.delete(far)
      }
    } finally {
      underWay.delete(page)
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
    rowAt: (position) => kept.get(Math.floor(position / pageRows))?.[position % pageRows],
    want(from, end) {
      const beside = source.isRemote ? 1 : 0
      const first = Math.max(0, Math.floor(from / pageRows) - beside)
      const last = Math.floor(Math.max(from, end - 1) / pageRows) + beside
      for (const [page, control] of underWay) if (page < first || page > last) control.abort()
      for (let page = first; page <= last; page += 1) {
        const isBeyond = count !== null && page * pageRows >= count
        if (kept.has(page) || underWay.get(page)?.signal.aborted === false || (isBeyond && page > 0)) continue
        const control = new AbortController()
        underWay.set(page, control)
        void settle(fetchPage(page, control))
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
  readonly rowAt: (position: number) => Row | undefined
  /** Another view is on its way; the rows are still those of the one before. */
  readonly isBusy: boolean
  readonly want: (from: number, end: number) => void
  readonly problem: Problem | null
  readonly retry: () => void
}

/** The rows of a view. Those of the view before stay until the first of the new one are there, so that nothing flashes. */
export function useGridRows(source: RowSource | null, view: RowsView, revision: number): GridRows {
  const [drawn, setDrawn] = useState<RowPages | null>(null)
  const [version, setVersion] = useState(0)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (source === null) return undefined
    let isFirst = true
    const pages: RowPages = makeRowPages(source, view, () => {
      setVersion((before) => before + 1)
      const isReady =
        pages.problem !== null || (pages.count !== null && (pages.count === 0 || pages.rowAt(0) !== undefined))
      if (!isFirst || !isReady) return
      isFirst = false
      setDrawn((before) => {
        before?.dispose()
        return pages
      })
    })
    pages.want(0, 1)
    return () => {
      if (isFirst) pages.dispose()
    }
  }, [source, view, revision, tries])
  const want = useCallback((from: number, end: number): void => drawn?.want(from, end), [drawn])
  const problem = drawn?.problem ?? null
  const count = drawn?.count ?? 0
  return useMemo(
    () => ({
      count,
      rowAt: (position) => drawn?.rowAt(position),
      isBusy: drawn?.view !== view,
      want,
      problem,
      retry: () => setTries((before) => before + 1),
    }),
    // oxlint-disable-next-line react/exhaustive-deps -- the pages are filled in place, which the version tells
    [count, drawn, view, want, problem, version],
  )
}
