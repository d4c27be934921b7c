import { Tabs } from '@base-ui/react/tabs'
import { clsx } from 'clsx'
import {
  ChartArea,
  ChartBar,
  ChartColumn,
  ChartColumnBig,
  ChartColumnStacked,
  ChartLine,
  ChartPie,
  ChartScatter,
  ChevronDown,
  Code,
  Hash,
  Table2,
} from 'lucide-react'
import { lazy, useMemo, useState, type ReactNode } from 'react'
import type { Preferences } from '../../../contract/preferences.ts'
import type { ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, unitOf } from '../../../contract/words/columns.ts'
import type { Proposal, ResultView, Row, TurnView } from '../../turns/turn-view.ts'
import { useFormats } from '../../ui/formats.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { LazyPart } from '../../ui/lazy-part.tsx'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { chartData, drawableKinds, type ChartData, type ChartRequest } from './chart-data.ts'
import { ResultFooter } from './result-footer.tsx'

const ResultTable = lazy(() => import('./result-table.tsx').then((module) => ({ default: module.ResultTable })))

type TabName = 'chart' | 'table' | 'sql'

export interface AnswerCardProps {
  readonly view: TurnView
  readonly result: ResultView
  readonly proposal: Proposal | null
  /** What the person wants to see first; null leaves it to the answer. */
  readonly output: Preferences['output']
  /** What else can be done with the answer. */
  readonly actions?: ReactNode
}

/** The rows behind an answer: folded for those who want the sentence alone. */
export function AnswerCard(props: AnswerCardProps) {
  const [isOpen, setOpen] = useState(false)
  if (props.output !== 'text') return <OpenCard {...props} />
  return (
    <div className="flex flex-col items-start gap-3">
      <Button size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronDown size={15} aria-hidden className={clsx('transition-transform', !isOpen && '-rotate-90')} />
        {isOpen ? 'Hide the rows' : 'Show the rows'}
      </Button>
      {isOpen && (
        <div className="w-full">
          <OpenCard {...props} />
        </div>
      )}
    </div>
  )
}

/** The rows drawn, listed, and as the query that fetched them. */
function OpenCard({ view, result, proposal, output, actions }: AnswerCardProps) {
  const [chosen, setChosen] = useState<TabName | null>(null)
  const [kind, setKind] = useState<ChartKind | null>(null)
  const rows = useMemo(() => result.batches.flat(), [result.batches])
  const { chart } = view
  const draws = chart !== null && drawableKinds(chart).length > 0 && rows.length > 0
  const isChartFirst = draws && output !== 'table' && (output === 'chart' || chart.kind !== 'table')
  const tab = chosen ?? (isChartFirst ? 'chart' : 'table')
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(value) => setChosen(value as TabName)}
      className="overflow-hidden rounded-xl border border-line bg-surface"
    >
      <div className="flex items-center border-b border-line pr-1.5">
        <Tabs.List className="flex" aria-label="Views of the answer">
          {draws && <Tab value="chart" icon={<ChartColumn size={16} aria-hidden />} label="Chart" />}
          <Tab value="table" icon={<Table2 size={16} aria-hidden />} label="Table" />
          {proposal !== null && <Tab value="sql" icon={<Code size={16} aria-hidden />} label="SQL" />}
        </Tabs.List>
        <div className="ml-auto flex items-center gap-2 pr-1.5 max-sm:hidden">
          <QueryBadges view={view} />
        </div>
        {tab === 'sql' && proposal !== null && <CopyButton what="SQL" text={() => proposal.sql} />}
        {actions}
      </div>
      {draws && (
        <Tabs.Panel value="chart" className="-outline-offset-2">
          <ChartFrame chart={chart} columns={result.columns} rows={rows} chosen={kind} onChoose={setKind} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="table" tabIndex={-1}>
        {result.isTrimmed ? (
          <p className="px-4 py-6 text-sm text-fg-2">
            The rows of this answer were removed to make room for newer ones. The query is still here: ask again to
            fetch them anew.
          </p>
        ) : (
          <LazyPart fallback={<div className="h-80" />}>
            <ResultTable columns={result.columns} rows={rows} result={result} />
          </LazyPart>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="sql" tabIndex={-1}>
        <SqlCode sql={proposal?.sql ?? view.draft} />
        {proposal !== null && proposal.explanation !== null && (
          <p className="border-t border-line px-4 py-3 text-sm whitespace-pre-line text-fg-2">{proposal.explanation}</p>
        )}
      </Tabs.Panel>
      {(tab !== 'table' || result.isTrimmed) && <ResultFooter result={result} />}
    </Tabs.Root>
  )
}

function Tab({ value, icon, label }: { readonly value: TabName; readonly icon: ReactNode; readonly label: string }) {
  return (
    <Tabs.Tab
      value={value}
      className="flex h-10 items-center gap-2 px-3.5 text-sm text-fg-2 -outline-offset-2 transition-colors hover:text-fg data-active:bg-active data-active:text-fg"
    >
      {icon}
      {label}
    </Tabs.Tab>
  )
}

const ResultChart = lazy(() => import('./result-chart.tsx').then((module) => ({ default: module.ResultChart })))

const looks: Readonly<Record<ChartKind, { readonly words: string; readonly Icon: typeof Hash }>> = {
  kpi: { words: 'Number', Icon: Hash },
  table: { words: 'Table', Icon: Table2 },
  line: { words: 'Line', Icon: ChartLine },
  area: { words: 'Area', Icon: ChartArea },
  bar: { words: 'Bars', Icon: ChartColumn },
  'horizontal-bar': { words: 'Horizontal bars', Icon: ChartBar },
  'stacked-bar': { words: 'Stacked bars', Icon: ChartColumnStacked },
  'grouped-bar': { words: 'Grouped bars', Icon: ChartColumnBig },
  donut: { words: 'Donut', Icon: ChartPie },
  scatter: { words: 'Scatter', Icon: ChartScatter },
}

interface ChartFrameProps {
  readonly chart: ChartChoice
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** The kind a person chose; null for the one that was chosen for them. */
  readonly chosen: ChartKind | null
  readonly onChoose: (kind: ChartKind) => void
}

/** A chart with its title, the reason for its kind, and the other kinds one press away. */
function ChartFrame({ chart, columns, rows, chosen, onChoose }: ChartFrameProps) {
  const kinds = drawableKinds(chart)
  const kind = chosen ?? (kinds.includes(chart.kind) ? chart.kind : kinds[0]) ?? 'bar'
  const formats = useFormats()
  const request = { choice: chart, kind, columns, rows, formats }
  const data = chartData(request)
  return (
    <figure className="flex flex-col gap-3 px-4 pt-3 pb-4">
      <figcaption className="flex flex-wrap items-start gap-x-3 gap-y-2 text-sm">
        <p className="min-w-0 flex-1 basis-60 py-1 break-words text-fg-3">
          <span className="text-fg-2">{chart.title}</span>
          {chosen === null && ` · chosen because: ${chart.reason}`}
          <ChartLimits data={data} />
        </p>
        {kinds.length > 1 && (
          <fieldset className="flex rounded-lg border border-line p-0.5">
            <legend className="sr-only">Kind of chart</legend>
            {kinds.map((each) => (
              <KindButton key={each} kind={each} pressed={each === kind} onPress={() => onChoose(each)} />
            ))}
          </fieldset>
        )}
      </figcaption>
      {kind === 'kpi' ? (
        <KeyFigure {...request} />
      ) : (
        <LazyPart fallback={<div className="h-72" />}>
          <ResultChart {...request} />
        </LazyPart>
      )}
    </figure>
  )
}

/** What of the result the chart does not show, or not as it will be. */
function ChartLimits({ data: { categories, of, inOther, beside } }: { readonly data: ChartData }) {
  const unfinished = categories.filter(({ isUnfinished }) => isUnfinished).map(({ label }) => label)
  const own = categories.length - (inOther > 0 ? 1 : 0)
  return (
    <span className="text-warn">
      {own < of &&
        ` · the ${own} highest of ${of}${inOther > 0 ? ', the others together' : beside === null ? '' : `, ${beside}`}`}
      {unfinished.length > 0 && ` · ${unfinished.join(' and ')}: not whole, drawn paler`}
    </span>
  )
}

function KindButton({
  kind,
  pressed,
  onPress,
}: {
  readonly kind: ChartKind
  readonly pressed: boolean
  readonly onPress: () => void
}) {
  const { words, Icon } = looks[kind]
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={words}
      title={words}
      onClick={onPress}
      className={clsx(
        'flex size-7 items-center justify-center rounded-md pointer-coarse:size-9',
        pressed ? 'bg-active text-fg' : 'text-fg-3 hover:bg-hover hover:text-fg',
      )}
    >
      <Icon size={15} aria-hidden />
    </button>
  )
}

/** One number, large, with what it is. */
function KeyFigure({ choice, columns, rows, formats }: ChartRequest) {
  const position = choice.y[0] ?? columns.findIndex((column) => column.kind === 'number')
  const column = columns[position]
  const row = rows[0]
  if (column === undefined || row === undefined) return null
  const labelColumn = choice.x === null ? undefined : columns[choice.x]
  const named = labelColumn === undefined ? '' : ` · ${shownCell(row[choice.x ?? 0] ?? null, labelColumn, formats)}`
  const cell = row[position] ?? null
  const exact = shownCell(cell, column, formats, unitOf(column, [cell]))
  return (
    <p className="flex flex-col gap-1 py-3">
      <span className="tabular text-2xl font-semibold break-all" title={exact}>
        {exact}
      </span>
      <span className="text-sm text-fg-3">
        {columnTitle(column.name)}
        {named}
      </span>
    </p>
  )
}
