import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import { problemOf } from '../../transport/channel.ts'
import type { Proposal, TurnView } from '../../turns/turn-view.ts'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { DecisionBar, type Landing } from './decision-bar.tsx'
import { RefusedEdit } from './problem-card.tsx'
import { SqlFrame, type TurnCommands } from './sql-frame.tsx'

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
  const decision = useDecision(proposal, commands)
  const { draft, problem, pending } = decision
  const editing = draft !== null
  const frame = useBroughtIntoView(editing)
  useDecisionKeys({ ...decision, active: current && !pending, editing })
  return (
    <SqlFrame
      ref={frame}
      sql={draft ?? proposal.sql}
      badge={
        editing && draft !== proposal.sql ? (
          <span className="text-xs text-warn">Changed, not checked yet</span>
        ) : (
          <QueryBadges view={view} />
        )
      }
      wanted
    >
      {editing ? (
        <Suspense fallback={<SqlCode sql={proposal.sql} />}>
          <SqlEditor sql={proposal.sql} onChange={decision.setDraft} />
        </Suspense>
      ) : (
        <SqlCode sql={proposal.sql} />
      )}
      {problem !== null && <RefusedEdit problem={problem} stands={editing} />}
      <DecisionBar
        proposal={proposal}
        editing={editing}
        pending={pending}
        landing={decision.landing}
        onRun={decision.run}
        onEdit={() => decision.setDraft(proposal.sql)}
        onNearEdit={() => void loadEditor()}
        onPropose={decision.propose}
        onLeaveEditor={decision.leaveEditor}
        onDrop={decision.drop}
      />
    </SqlFrame>
  )
}

/** The state of one decision: the text being edited, the command under way, and why the last one was refused. */
function useDecision(proposal: Proposal, commands: TurnCommands) {
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [pending, setPending] = useState(false)
  const [landing, setLanding] = useState<Landing>(null)

  const attempt = async (command: Promise<void>): Promise<boolean> => {
    setPending(true)
    setProblem(null)
    try {
      await command
      return true
    } catch (error) {
      setProblem(problemOf(error))
      return false
    } finally {
      setPending(false)
    }
  }
  const leave = (landing: Landing): void => {
    setLanding(landing)
    setDraft(null)
    setProblem(null)
  }
  const propose = async (): Promise<void> => {
    if (draft === null || draft === proposal.sql) leave('edit')
    else if (await attempt(commands.edit(draft))) leave('run')
  }
  return {
    draft,
    problem,
    pending,
    landing,
    setDraft,
    run: () => void attempt(commands.approve(proposal.digest)),
    drop: () => void attempt(commands.cancel()),
    propose: () => void propose(),
    leaveEditor: () => leave('edit'),
  }
}

/** The card grows when its editor opens; its buttons must not end up under the question box. */
function useBroughtIntoView(editing: boolean) {
  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (editing) frame.current?.scrollIntoView({ block: 'nearest' })
  }, [editing])
  return frame
}

interface DecisionKeys {
  readonly active: boolean
  readonly editing: boolean
  readonly run: () => void
  readonly propose: () => void
  readonly leaveEditor: () => void
}

/** Ctrl or Cmd with Enter decides, wherever the focus is; Esc leaves the editor. */
function useDecisionKeys(keys: DecisionKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { active, editing, run, propose, leaveEditor } = latest.current
      if (!active || event.isComposing) return
      const decides = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
      const leaves = editing && event.key === 'Escape' && !event.defaultPrevented
      if (!decides && !leaves) return
      event.preventDefault()
      event.stopPropagation()
      if (leaves) leaveEditor()
      else if (editing) propose()
      else run()
    }
    // In the capture phase, so that neither the editor nor the question box takes the keys first.
    document.addEventListener('keydown', onKeyDown, { capture: true })
    return () => document.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [])
}
