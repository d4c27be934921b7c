// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import { useEffect, useState } from 'react'
import { languageLocale, say } from '../../words/language.ts'
import { gridWords } from '../../words/grid.ts'
import type { RowSource } from '../../rows/row-source.ts'
import { showsAllRows } from './grid-view.ts'
import { rowHeightPx, type GridLayout, type PlacedColumn } from './grid-layout.ts'
import { placeStyle } from './grid-parts.tsx'
import type { AnswerRows } from './use-answer-rows.ts'
import type { Table, TableNeeds } from './use-table.ts'

/** The sums of columns, and what they are the sums of. */
interface Sums {
  readonly source: RowSource | null
  readonly key: string
  readonly by: ReadonlyMap<number, string | null>
}

const nothing: Sums['by'] = new Map()

/** The sums of the columns in sight, read as they come into it; null for those that cannot be read. */
function useSums(
  { source, revision }: AnswerRows,
  { rowsView }: Table,
  wantedOf: (known: Sums['by']) => string,
): Sums['by'] {
  const key = JSON.stringify([revision, rowsView.filters, rowsView.search])
  const [kept, setSums] = useState<Sums>({ source: null, key: '', by: new Map() })
  const known = kept.source === source && kept.key === key ? kept.by : nothing
  const wanted = wantedOf(known)
  useEffect(() => {
    if (source === null || wanted === '') return undefined
    const control = new AbortController()
    const read = async (position: number): Promise<readonly [number, string | null]> => {
      try {
        return [position, (await source.summary(rowsView, position, { valueCount: 0 }, control.signal)).sum]
      } catch {
        // The rows themselves say what is wrong; a sum that cannot be read stays empty.
        return [position, null]
      }
    }
    void Promise.all(wanted.split(' ').map((position) => read(Number(position)))).then((sums) => {
      if (!control.signal.aborted) setSums({ source, key, by: new Map([...known, ...sums]) })
    })
    return () => control.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- the view by what it holds: its order changes no sum
  }, [source, wanted, key])
  return known
}

/** The sums below the table: of the columns whose name says that adding makes sense. Null where there is none. */
export function useTotals({ result, answerRows, view }: TableNeeds, table: Table) {
  const { layout, textOf, additive } = table
  const sums = useSums(answerRows, table, (known) => {
    const lacking = layout.columns.filter(({ position }) => additive.has(position) && !known.has(position))
    return lacking.map(({ position }) => position).join(' ')
  })
  if (additive.size === 0) return null
  const isFirst = result.end?.truncated === true && answerRows.whole !== 'whole'
  const first = say(gridWords.totals.first, { amount: result.loadedRows.toLocaleString(languageLocale) })
  return {
    label: !showsAllRows(view) ? gridWords.totals.shown : isFirst ? first : gridWords.totals.all,
    sumOf(position: number): string | null {
      const sum = sums.get(position) ?? null
      return sum === null ? null : textOf(sum, position)
    },
  }
}

interface TotalsRowProps {
  readonly layout: Pick<GridLayout, 'columns' | 'numbersPx' | 'widthPx'>
  /** What is added up. */
  readonly label: string
  /** The sum of a column as it is shown; null for columns that nobody adds up. */
  readonly sumOf: (position: number) => string | null
}

/** Sums below the columns that may be added up. */
export const TotalsRow = ({ layout: { columns, numbersPx, widthPx }, label, sumOf }: TotalsRowProps) => (
  <div role="rowgroup" className="sticky bottom-0 z-3 min-w-full" style={{ width: widthPx }}>
    <div
      role="row"
      className="tabular relative flex border-t border-line-strong bg-raised text-right leading-[34px] font-medium"
      style={{ height: rowHeightPx }}
    >
      <div
        role="gridcell"
        aria-colindex={1}
        aria-label={label}
        title={label}
        className="sticky left-0 z-2 h-full shrink-0 bg-raised pl-4 text-left text-fg-2"
        style={{ width: numbersPx }}
      >
        Σ
      </div>
      {columns.map((placed) => (
        <TotalCell key={placed.position} placed={placed} numbersPx={numbersPx} text={sumOf(placed.position)} />
      ))}
    </div>
  </div>
)

interface TotalCellProps {
  readonly placed: PlacedColumn
  readonly numbersPx: number
  readonly text: string | null
}

function TotalCell({ placed, numbersPx, text }: TotalCellProps) {
  const { className, style } = placeStyle(placed, numbersPx, true)
  return (
    <div
      role="gridcell"
      aria-colindex={placed.position + 2}
      className={clsx(className, 'h-full px-3 whitespace-nowrap')}
      style={style}
    >
      {text}
    </div>
  )
}
