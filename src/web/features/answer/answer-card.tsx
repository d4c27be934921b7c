import { Tabs } from '@base-ui/react/tabs'
import { ChartColumn, Code, Table2 } from 'lucide-react'
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import { drawableKinds } from './chart-data.ts'
import type { Proposal, ResultView, TurnView } from '../../turns/turn-view.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { ChartFrame } from './chart-frame.tsx'
import { ResultFooter } from './result-footer.tsx'

const ResultTable = lazy(() => import('./result-table.tsx').then((module) => ({ default: module.ResultTable })))

type TabName = 'chart' | 'table' | 'sql'

export interface AnswerCardProps {
  readonly view: TurnView
  readonly result: ResultView
  readonly proposal: Proposal | null
}

/** The rows behind an answer: drawn, listed, and as the query that fetched them. */
export function AnswerCard({ view, result, proposal }: AnswerCardProps) {
  const [chosen, setChosen] = useState<TabName | null>(null)
  const rows = useMemo(() => result.batches.flat(), [result.batches])
  const { chart } = view
  const draws = chart !== null && drawableKinds(chart).length > 0 && rows.length > 0
  const tab = chosen ?? (draws && chart.kind !== 'table' ? 'chart' : 'table')
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
          <Tab value="sql" icon={<Code size={16} aria-hidden />} label="SQL" />
        </Tabs.List>
        <div className="ml-auto flex items-center gap-2 pr-1.5 max-sm:hidden">
          <QueryBadges view={view} />
        </div>
        {tab === 'sql' && proposal !== null && <CopyButton what="SQL" text={() => proposal.sql} />}
      </div>
      {draws && (
        <Tabs.Panel value="chart" className="-outline-offset-2">
          <ChartFrame chart={chart} columns={result.columns} rows={rows} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="table" tabIndex={-1}>
        <Suspense fallback={<div className="h-80" />}>
          <ResultTable columns={result.columns} rows={rows} result={result} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="sql" tabIndex={-1}>
        <SqlCode sql={proposal?.sql ?? view.draft} />
        {proposal !== null && proposal.explanation !== null && (
          <p className="border-t border-line px-4 py-3 text-sm text-fg-2">{proposal.explanation}</p>
        )}
      </Tabs.Panel>
      {tab !== 'table' && <ResultFooter result={result} />}
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
