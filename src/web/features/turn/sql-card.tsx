import { LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { TurnView } from '../../turns/turn-view.ts'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { ProposalDecision } from './proposal-decision.tsx'
import { SqlFrame, type TurnCommands } from './sql-frame.tsx'

export interface SqlCardProps {
  readonly view: TurnView
  readonly commands: TurnCommands
  /** Whether keys pressed anywhere on the page are meant for this turn. */
  readonly current: boolean
  /** Where the query runs, in words. */
  readonly place: string
}

/** The query: while it is written, while it waits for a decision, and while it runs. */
export function SqlCard({ view, commands, current, place }: SqlCardProps) {
  const { proposal, status } = view
  const sql = proposal?.sql ?? view.draft
  if (sql === '') return null
  if (proposal !== null && status === 'waiting')
    return <ProposalDecision view={view} proposal={proposal} commands={commands} current={current} />
  return (
    <SqlFrame sql={sql} badge={proposal !== null && <QueryBadges view={view} />}>
      <SqlCode sql={sql} streaming={status === 'running' && proposal === null} />
      {status === 'executing' && <RunningNote sinceMs={view.executingSinceMs} place={place} />}
    </SqlFrame>
  )
}

export interface RunningNoteProps {
  readonly sinceMs: number | null
  readonly place: string
}

/** That the query runs, where, and for how long already. Not announced: a count of seconds says nothing to the ear. */
export function RunningNote({ sinceMs, place }: RunningNoteProps) {
  const seconds = useSecondsSince(sinceMs)
  return (
    <p className="flex min-h-13 items-center gap-2 border-t border-line px-4 text-sm text-fg-2">
      <LoaderCircle size={16} aria-hidden className="animate-spin text-accent-text" />
      Running on {place}
      {seconds > 0 && <span className="tabular text-fg-3">· {seconds} s</span>}
    </p>
  )
}

function useSecondsSince(sinceMs: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return sinceMs === null ? 0 : Math.max(0, Math.floor((now - sinceMs) / 1_000))
}
