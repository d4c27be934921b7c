import type { Cell, Column } from '../../../contract/result.ts'
import type { ColumnSummary } from '../../../contract/result-view.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import { useFormats } from '../../ui/formats.ts'
import { columnWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import { PanelPart, useSummary, type ColumnPartProps } from './column-parts.tsx'
import { withFilter } from './grid-view.ts'

/** What the column holds in the rows that are looked at: its ends, its mean, how many values differ, and how they are spread. */
export function ColumnFigures(props: ColumnPartProps) {
  const { view, position, column } = props
  const formats = useFormats()
  const { summary, problem } = useSummary(props, { view, position, search: '', valueCount: 0 })
  return (
    <PanelPart title={words.summary}>
      {problem !== null && <p className="text-bad">{problem.message}</p>}
      {problem === null && summary === null && <p className="text-fg-3">{words.reading}</p>}
      {summary !== null && (
        <>
          <p className="text-fg-3">
            {say(words.counts, { count: summary.rows, amount: summary.rows.toLocaleString(formats.locale) })}
          </p>
          <Figures figures={figuresOf(summary, column, formats)} />
          {column.kind !== 'text' && column.kind !== 'boolean' && summary.histogram.length > 1 && (
            <Histogram {...props} summary={summary} />
          )}
        </>
      )}
    </PanelPart>
  )
}

/** Characters of a long text that a figure shows. */
const shownLetters = 120

/** What a summary tells of a column, as far as it has a value. */
function figuresOf({ min, max, mean, sum, distinct, nulls }: ColumnSummary, column: Column, formats: Formats) {
  const isMoment = column.kind === 'date' || column.kind === 'timestamp' || column.kind === 'time'
  const shown = (cell: Cell): string =>
    shownCell(typeof cell === 'string' ? cell.slice(0, shownLetters) : cell, column, formats)
  const figures: readonly (readonly [name: string, value: string | null])[] = [
    [isMoment ? words.first : words.min, min === null ? null : shown(min)],
    [isMoment ? words.last : words.max, max === null ? null : shown(max)],
    [words.mean, mean === null ? null : formats.number(mean)],
    [words.sum, sum === null ? null : shown(sum)],
    [words.distinct, distinct.toLocaleString(formats.locale)],
    [words.nulls, nulls.toLocaleString(formats.locale)],
  ]
  return figures.filter(([, value]) => value !== null)
}

const Figures = ({ figures }: { readonly figures: ReturnType<typeof figuresOf> }) => (
  <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
    {figures.flatMap(([name, value]) => [
      <dt key={name} className="text-fg-3">
        {name}
      </dt>,
      <dd key={`${name} value`} dir="auto" className="tabular min-w-0 text-right break-words">
        {value}
      </dd>,
    ])}
  </dl>
)

/** The spread of the values in bars; pressing one keeps its rows. */
function Histogram({
  summary: { histogram },
  column,
  position,
  onView,
}: ColumnPartProps & { readonly summary: ColumnSummary }) {
  const most = Math.max(1, ...histogram.map(({ count }) => count))
  const keep = (from: Cell, to: Cell): void => {
    const [first, last] = [from, to].map((bound) => (bound === null ? null : String(bound)))
    onView((now) => withFilter(now, { kind: 'range', column: position, from: first ?? null, to: last ?? null }))
  }
  return (
    <fieldset aria-label={words.histogram} className="flex gap-px border-b border-line-strong">
      {histogram.map(({ from, to, count }) => (
        <HistogramBar
          key={String(from)}
          {...{ from, to, count, column }}
          share={count / most}
          onPress={() => keep(from, to)}
        />
      ))}
    </fieldset>
  )
}

/** A bound that was calculated, without the digits that adding doubles leaves behind. */
const withoutNoise = (bound: Cell): Cell => (typeof bound === 'number' ? Number(bound.toPrecision(12)) : bound)

interface BarProps {
  readonly from: Cell
  readonly to: Cell
  readonly count: number
  readonly column: Column
  /** Its part of the highest one, from 0 to 1. */
  readonly share: number
  readonly onPress: () => void
}

function HistogramBar({ from, to, count, column, share, onPress }: BarProps) {
  const formats = useFormats()
  const shown = (bound: Cell): string => shownCell(withoutNoise(bound), column, formats)
  const [first, last] = [shown(from), shown(to)]
  const told = { count, amount: count.toLocaleString(formats.locale) }
  const label =
    first === last ? say(words.valueBar, { ...told, value: first }) : say(words.bar, { ...told, from: first, to: last })
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onPress}
      className="group/bar relative h-20 min-w-0 flex-1 rounded-t-sm -outline-offset-2 hover:bg-hover"
    >
      <span
        className="absolute inset-x-0 bottom-0 rounded-t-sm bg-accent group-hover/bar:bg-accent-hover"
        style={{ height: `${count === 0 ? 0 : Math.max(3, share * 100)}%` }}
      />
    </button>
  )
}
