import { LoaderCircle } from 'lucide-react'
import { lazy, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import { problemOf } from '../../transport/channel.ts'
import type { Proposal, TurnView } from '../../turns/turn-view.ts'
import { LazyPart } from '../../ui/lazy-part.tsx'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { DecisionBar, type Landing } from './decision-bar.tsx'
import { RefusedEdit } from './problem-card.tsx'
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

const loadEditor = () => import('./sql-editor.tsx').then((module) => ({ default: module.SqlEditor }))
const SqlEditor = lazy(loadEditor)

/** Fetches the editor's code before it is wanted. A failure shows where the editor itself is shown. */
function preloadEditor(): void {
  loadEditor().catch(() => undefined)
}

interface ProposalDecisionProps {
  readonly view: TurnView
  readonly proposal: Proposal
  readonly commands: TurnCommands
  readonly current: boolean
}

/** A proposed query and what can be done about it: run it, change it, drop it. */
function ProposalDecision({ view, proposal, commands, current }: ProposalDecisionProps) {
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
        <LazyPart fallback={<SqlCode sql={proposal.sql} />}>
          <SqlEditor sql={draft} onChange={decision.write} />
        </LazyPart>
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
        onEdit={decision.edit}
        onNearEdit={preloadEditor}
        onPropose={decision.propose}
        onLeaveEditor={decision.discard}
        onDrop={decision.drop}
      />
    </SqlFrame>
  )
}

/** The state of one decision: the text being edited, the command under way, and why the last one was refused. */
function useDecision(proposal: Proposal, commands: TurnCommands) {
  const [draft, setDraft] = useState<string | null>(null)
  // What the editor holds at this moment: keys may come before the page was drawn with the last letter typed.
  const written = useRef(proposal.sql)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [pending, setPending] = useState(false)
  const [landing, setLanding] = useState<Landing>(null)

  useEffect(() => {
    written.current = proposal.sql
  }, [proposal.sql])

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
  const write = (text: string): void => {
    written.current = text
    setDraft(text)
  }
  const leave = (landing: Landing): void => {
    setLanding(landing)
    setDraft(null)
    setProblem(null)
  }
  const propose = async (): Promise<void> => {
    if (written.current === proposal.sql) leave('edit')
    else if (await attempt(commands.edit(written.current))) leave('run')
  }
  return {
    draft,
    problem,
    pending,
    landing,
    write,
    run: () => void attempt(commands.approve(proposal.digest)),
    drop: () => void attempt(commands.cancel()),
    propose: () => void propose(),
    edit: () => setDraft(written.current),
    // Esc only closes the editor: what was written is there again when it opens.
    leaveEditor: () => leave('edit'),
    discard: () => {
      written.current = proposal.sql
      leave('edit')
    },
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

/** Whether the key was pressed in a field that holds text of its own: a question being written is not an approval. */
function holdsText({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLTextAreaElement && target.value.trim() !== ''
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
      // Behind a dialog nobody sees what they would decide about.
      if (!active || event.isComposing || document.querySelector('dialog[open]') !== null) return
      const decides = event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !holdsText(event)
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
