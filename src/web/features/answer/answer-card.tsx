import { Tabs } from '@base-ui/react/tabs'
import { clsx } from 'clsx'
import { ChartColumn, ChevronDown, Code, Table2 } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type CSSProperties, type ReactNode, type RefObject } from 'react'
import type { Preferences } from '../../../contract/preferences.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import type { ResultsClient } from '../../rows/server-rows.ts'
import type { Proposal, ResultView, TurnView } from '../../turns/turn-view.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { Modal } from '../../ui/modal.tsx'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { WhenSeen } from '../../ui/when-seen.tsx'
import { drawableKinds } from './chart-request.ts'
import { showsAllRows, withFilter } from './grid-view.ts'
import { ResultFooter } from './result-footer.tsx'
import type { ResultTableProps } from './use-table.ts'
import { noSteps, useAnswerRows, useKeptView, useViewRows, type ResultSteps } from './use-answer-rows.ts'
import { answerWords } from '../../words/answer.ts'
import { useOwnChart, type ChartKeeping } from './use-chart-settings.ts'

const ChartFrame = makeLazyPart(
  () => import('./chart-frame.tsx').then((module) => module.ChartFrame),
  <div className="h-88" />,
)
const ResultTable = makeLazyPart(
  () => import('./result-table.tsx').then((module) => module.ResultTable),
  <div className="h-80" />,
)

const FilterChips = makeLazyPart(
  () => import('./grid-toolbar.tsx').then((module) => module.FilterChips),
  <div className="h-10" />,
)

type TabName = 'chart' | 'table' | 'sql'

export interface AnswerCardProps {
  readonly view: TurnView
  readonly result: ResultView
  readonly proposal: Proposal | null
  /** What the person wants to see first; null leaves it to the answer. */
  readonly output: Preferences['output']
  /** What else can be done with the answer. */
  readonly actions?: ReactNode
  /** How the answer is drawn; left out where that is not kept. */
  readonly keeping?: ChartKeeping
  /** Given where questions can be asked: puts one into the box. */
  readonly onAskAbout?: (question: string) => void
  /** What can be done about rows that are not here. */
  readonly steps?: ResultSteps
  /** Where the whole result can be read; left out where it cannot. */
  readonly api?: ResultsClient
}

/** The rows behind an answer: folded for those who want the sentence alone. */
export function AnswerCard(props: AnswerCardProps) {
  const [isOpen, setOpen] = useState(false)
  if (props.output !== 'text') return <OpenCard {...props} />
  return (
    <div className="flex flex-col items-start gap-3">
      <Button size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ChevronDown size={15} aria-hidden className={clsx('transition-transform', !isOpen && '-rotate-90')} />
        {isOpen ? answerWords.hideRows : answerWords.showRows}
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
function OpenCard(props: AnswerCardProps) {
  const { view, result, proposal } = props
  const rows = useMemo(() => result.batches.flat(), [result.batches])
  const { tab, setTab, draws } = useTab(props, rows.length)
  const { tableTab, toTable } = useWayToTable(tab, setTab)
  const [gridView, changeView] = useKeptView(view.turnId)
  const [wantedPx, setWanted] = useState(0)
  // Kept here, so that it outlives a look at another view.
  const own = useOwnChart(null)
  const isWanted = tab === 'table' || !showsAllRows(gridView)
  const answerRows = useAnswerRows(result, { api: props.api ?? null, turnId: view.turnId, isWanted })
  const steps = props.steps ?? noSteps
  const shared = { rows, answerRows, view: gridView, onView: changeView }
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(value) => setTab(value as TabName)}
      className="break-out overflow-hidden rounded-xl border border-line bg-surface"
      style={{ '--wanted-width': `${tab === 'table' ? wantedPx : 0}px` } as CSSProperties}
    >
      <CardHead {...props} {...{ tab, draws, tableTab }} />
      {draws && (
        <Tabs.Panel value="chart" className="-outline-offset-2">
          <ChartPart card={props} keeping={props.keeping ?? own} {...shared} onTable={toTable} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="table" tabIndex={-1}>
        {result.isTrimmed ? (
          <p className="px-4 py-6 text-sm text-fg-2">{answerWords.rowsRemoved}</p>
        ) : (
          <WhenSeen className="h-80">
            <TablePart {...shared} {...{ result, steps }} sql={proposal?.sql ?? null} onWanted={setWanted} />
          </WhenSeen>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="sql" tabIndex={-1}>
        <SqlPart view={view} proposal={proposal} />
      </Tabs.Panel>
      {(tab !== 'table' || result.isTrimmed) && <ResultFooter {...{ result, answerRows, steps }} />}
    </Tabs.Root>
  )
}

/** Which view of the answer is shown: what the person chose, or what suits the answer and their settings. */
function useTab({ view: { chart }, output }: AnswerCardProps, rows: number) {
  const [chosen, setTab] = useState<TabName | null>(null)
  const draws = chart !== null && drawableKinds(chart).length > 0 && rows > 0
  const isChartFirst = draws && output !== 'table' && (output === 'chart' || chart.kind !== 'table')
  const tab: TabName = chosen ?? (isChartFirst ? 'chart' : 'table')
  return { tab, setTab, draws }
}

/** Leads from the chart to the table, the keyboard with it: what was pressed is gone with the chart. */
function useWayToTable(tab: TabName, setTab: (tab: TabName) => void) {
  const tableTab = useRef<HTMLButtonElement>(null)
  const isWanted = useRef(false)
  useEffect(() => {
    if (isWanted.current) tableTab.current?.focus({ preventScroll: true })
    isWanted.current = false
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- asked for anew when another view is shown
  }, [tab])
  const toTable = (): void => {
    isWanted.current = true
    setTab('table')
  }
  return { tableTab, toTable }
}

interface ChartPartProps extends Pick<ResultTableProps, 'rows' | 'answerRows' | 'view' | 'onView'> {
  readonly card: AnswerCardProps
  readonly keeping: ChartKeeping
  /** Shows the table. */
  readonly onTable: () => void
}

/** The rows that the table shows, drawn. A press on the drawing may leave fewer, which the table then shows. */
function ChartPart({ card, keeping, rows, answerRows, view, onView, onTable }: ChartPartProps) {
  const { chart } = card.view
  const drawn = useViewRows(answerRows, rows, view)
  if (chart === null) return null
  const filter = (filters: readonly ResultFilter[]): void => {
    onView((now) => filters.reduce(withFilter, now))
    onTable()
  }
  return (
    <>
      {!showsAllRows(view) && <FilterChips columns={card.result.columns} {...{ view, onView }} isSearchTold />}
      <WhenSeen className="h-88">
        <ChartFrame
          chart={chart}
          columns={card.result.columns}
          rows={drawn}
          onFilter={card.result.isTrimmed ? undefined : filter}
          onAskAbout={card.onAskAbout}
          {...keeping}
        />
      </WhenSeen>
    </>
  )
}

/** The query, with what it does in words. */
const SqlPart = ({ view, proposal }: Pick<AnswerCardProps, 'view' | 'proposal'>) => (
  <>
    <SqlCode sql={proposal?.sql ?? view.draft} />
    {proposal !== null && proposal.explanation !== null && (
      <p lang="en" className="border-t border-line px-4 py-3 text-sm whitespace-pre-line text-fg-2">
        {proposal.explanation}
      </p>
    )}
  </>
)

/** The table in its place, or over the whole screen. */
function TablePart(props: Omit<ResultTableProps, 'isFull' | 'onFull'>) {
  const [isFull, setFull] = useState(false)
  const table = <ResultTable {...props} isFull={isFull} onFull={setFull} />
  if (!isFull) return table
  return (
    <>
      <div className="h-80" />
      <Modal
        label={answerWords.result}
        onClose={() => setFull(false)}
        className="fixed inset-0 m-0 h-dvh max-h-none w-screen max-w-none bg-surface"
      >
        <div className="flex h-full flex-col">{table}</div>
      </Modal>
    </>
  )
}

interface CardHeadProps extends Pick<AnswerCardProps, 'view' | 'proposal' | 'actions'> {
  readonly tab: TabName
  readonly draws: boolean
  readonly tableTab: RefObject<HTMLButtonElement | null>
}

/** The views of the answer, what can be done with it, and how far its query can be trusted. */
function CardHead({ view, proposal, actions, tab, draws, tableTab }: CardHeadProps) {
  return (
    <div className="flex flex-wrap items-center border-b border-line pr-1.5 print:hidden">
      <Tabs.List className="flex" aria-label={answerWords.views}>
        {draws && <Tab value="chart" icon={<ChartColumn size={16} aria-hidden />} label={answerWords.chart} />}
        <Tab ref={tableTab} value="table" icon={<Table2 size={16} aria-hidden />} label={answerWords.table} />
        {proposal !== null && <Tab value="sql" icon={<Code size={16} aria-hidden />} label={answerWords.sql} />}
      </Tabs.List>
      <div className="ml-auto flex items-center sm:order-1">{actions}</div>
      {proposal !== null && (
        <div className="flex grow flex-wrap items-center gap-2 py-1.5 max-sm:-mr-1.5 max-sm:basis-full max-sm:border-t max-sm:border-line max-sm:px-3.5 sm:justify-end sm:pr-1.5">
          <QueryBadges view={view} />
          {tab === 'sql' && (
            <span className="-mr-2 max-sm:ml-auto">
              <CopyButton what={answerWords.sql} text={() => proposal.sql} />
            </span>
          )}
        </div>
      )}
    </div>
  )
}

interface TabProps {
  readonly value: TabName
  readonly icon: ReactNode
  readonly label: string
  readonly ref?: RefObject<HTMLButtonElement | null>
}

function Tab({ value, icon, label, ref }: TabProps) {
  return (
    <Tabs.Tab
      ref={ref}
      value={value}
      className="flex h-10 items-center gap-2 px-3.5 text-sm text-fg-2 -outline-offset-2 transition-colors hover:text-fg data-active:bg-active data-active:text-fg"
    >
      {icon}
      {label}
    </Tabs.Tab>
  )
}
