import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import { cautionsOf } from '../../lib/describe-turn.ts'
import { problemOf } from '../../lib/turn-channel.ts'
import type { Proposal, TurnView } from '../../lib/turn-view.ts'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { DecisionBar, type Landing } from './decision-bar.tsx'
import { RefusedEdit } from './refused-edit.tsx'
import { SqlFrame, Unchecked } from './sql-frame.tsx'
import type { TurnCommands } from './turn-commands.ts'
import { useDecisionKeys } from './use-decision-keys.ts'

const loadEditor = () => import('./sql-editor.tsx').then((module) => ({ default: module.SqlEditor }))
const SqlEditor = lazy(loadEditor)

export interface ProposalDecisionProps {
  readonly view: TurnView
  readonly proposal: Proposal
  readonly commands: TurnCommands
  readonly current: boolean
}

/** A proposed query and what can be done about it: run it, change it, drop it. */
export function ProposalDecision({ view, proposal, commands, current }: ProposalDecisionProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [pending, setPending] = useState(false)
  const [landing, setLanding] = useState<Landing>(null)

  const attempt = (command: Promise<void>, then: () => void): void => {
    setPending(true)
    setProblem(null)
    command.then(
      () => {
        setPending(false)
        then()
      },
      (error: unknown) => {
        setPending(false)
        setProblem(problemOf(error))
      },
    )
  }
  const run = (): void => attempt(commands.approve(proposal.digest), () => {})
  const drop = (): void => attempt(commands.cancel(), () => {})
  const leaveEditor = (landing: Landing = 'edit'): void => {
    setLanding(landing)
    setDraft(null)
    setProblem(null)
  }
  const propose = (): void => {
    if (draft === null || draft === proposal.sql) return leaveEditor()
    attempt(commands.edit(draft), () => leaveEditor('run'))
  }
  const changed = draft !== null && draft !== proposal.sql
  const frame = useBroughtIntoView(draft !== null)
  useDecisionKeys({ active: current && !pending, editing: draft !== null, run, propose, leaveEditor })

  return (
    <SqlFrame
      ref={frame}
      sql={draft ?? proposal.sql}
      badge={changed ? <Unchecked /> : <QueryBadges view={view} />}
      wanted
    >
      {draft === null ? (
        <SqlCode sql={proposal.sql} />
      ) : (
        <Suspense fallback={<SqlCode sql={proposal.sql} />}>
          <SqlEditor sql={proposal.sql} onChange={setDraft} />
        </Suspense>
      )}
      {problem !== null && <RefusedEdit problem={problem} stands={draft !== null} />}
      <DecisionBar
        estimate={proposal.estimate}
        cautions={cautionsOf(proposal)}
        editing={draft !== null}
        pending={pending}
        landing={landing}
        onRun={run}
        onEdit={() => setDraft(proposal.sql)}
        onNearEdit={() => void loadEditor()}
        onPropose={propose}
        onLeaveEditor={leaveEditor}
        onDrop={drop}
      />
    </SqlFrame>
  )
}

/** The card grows when its editor opens; its buttons must not end up under the question box. */
function useBroughtIntoView(editing: boolean) {
  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (editing) frame.current?.scrollIntoView({ block: 'nearest' })
  }, [editing])
  return frame
}
