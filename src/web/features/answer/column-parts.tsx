import { useEffect, useState, type ReactNode } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import type { Column } from '../../../contract/result.ts'
import type { ColumnSummary, ResultFilter, RowsView } from '../../../contract/result-view.ts'
import type { RowSource } from '../../rows/row-source.ts'
import { problemOf } from '../../transport/channel.ts'
import type { ChangeView, GridView } from './grid-view.ts'

/** A column of a table, and how the table is looked at. */
export interface ColumnSource {
  readonly source: RowSource
  /** Changes when the source has more rows than before. */
  readonly revision: number
  readonly view: GridView
  readonly onView: ChangeView
  /** The column's position in the result. */
  readonly position: number
}

/** A part of the panel under a heading of its own. */
export const PanelPart = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section aria-label={title} className="flex flex-col gap-2">
    <h3 className="text-xs font-semibold text-fg-3">{title}</h3>
    {children}
  </section>
)

interface SummaryWanted {
  readonly view: RowsView
  readonly position: number
  readonly search: string
  readonly valueCount: number
}

/** What a column holds in a view; the summary before stays until the next is there. */
export function useSummary(
  { source, revision }: Pick<ColumnSource, 'source' | 'revision'>,
  { view, position, search, valueCount }: SummaryWanted,
): { readonly summary: ColumnSummary | null; readonly problem: Problem | null } {
  const [state, setState] = useState<ReturnType<typeof useSummary>>({ summary: null, problem: null })
  const key = JSON.stringify([view.filters, view.search])
  useEffect(() => {
    const control = new AbortController()
    source.summary(view, position, { search, valueCount }, control.signal).then(
      (summary) => !control.signal.aborted && setState({ summary, problem: null }),
      (error: unknown) => !control.signal.aborted && setState({ summary: null, problem: problemOf(error) }),
    )
    return () => control.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- the view by what it holds: its order changes no summary
  }, [source, revision, key, position, search, valueCount])
  return state
}

export interface ColumnPartProps extends ColumnSource {
  readonly column: Column
}

export type FilterOf<K extends ResultFilter['kind']> = Extract<ResultFilter, { readonly kind: K }>

/** The filter of a kind on the column, where there is one. */
export function filterOf<K extends ResultFilter['kind']>(
  { view, position }: ColumnPartProps,
  kind: K,
): FilterOf<K> | undefined {
  const isIt = (filter: ResultFilter): filter is FilterOf<K> => filter.kind === kind && filter.column === position
  return view.filters.find(isIt)
}
