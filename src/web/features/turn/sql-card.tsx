import type { TurnView } from '../../lib/turn-view.ts'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { ProposalDecision } from './proposal-decision.tsx'
import { RunningNote } from './running-note.tsx'
import { SqlFrame } from './sql-frame.tsx'
import type { TurnCommands } from './turn-commands.ts'

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
