import { LoaderCircle } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { sampleConnection } from '../../../contract/command.ts'
import type { Problem } from '../../../contract/problem.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { mayLeaveInWords, useLine } from '../../turns/line.ts'
import type { Proposal, TurnView } from '../../turns/turn-view.ts'
import { formatSql } from '../../ui/format-sql.ts'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { QueryBadges } from '../../ui/query-badges.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { DecisionBar, type Landing } from './decision-bar.tsx'
import { RefusedEdit } from './problem-card.tsx'
import { SqlFrame, type TurnCommands } from './sql-frame.tsx'
import { say } from '../../words/language.ts'
import { queryWords as words } from '../../words/turn.ts'

export interface SqlCardProps {
  readonly view: TurnView
  readonly commands: TurnCommands
  /** Where the query runs, in words. */
  readonly place: string
  /** Where the editor's names come from. */
  readonly api: ApiClient
}

/** The query: while it is written, while it waits for a decision, and while it runs. */
export function SqlCard({ view, commands, place, api }: SqlCardProps) {
  const { proposal, status } = view
  const sql = proposal?.sql ?? view.draft
  if (sql === '') return null
  if (proposal !== null && status === 'waiting')
    return <ProposalDecision view={view} proposal={proposal} commands={commands} api={api} />
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
  const { isAway, keepMs } = useLine()
  if (isAway)
    return (
      <p className="flex min-h-13 items-center border-t border-line px-4 text-sm text-fg-2">
        {say(words.wasRunning, { place })}
      </p>
    )
  return (
    <p className="flex min-h-13 flex-wrap items-center gap-x-2 border-t border-line px-4 py-2 text-sm text-fg-2">
      <LoaderCircle size={16} aria-hidden className="animate-spin text-accent-text" />
      {say(words.running, { place })}
      {seconds > 0 && <span className="tabular text-fg-3">· {seconds} s</span>}
      {seconds >= longSeconds && <span className="text-fg-3">{mayLeaveInWords(keepMs)}</span>}
    </p>
  )
}

/** Whoever waits this long may want to leave. */
const longSeconds = 10

function useSecondsSince(sinceMs: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return sinceMs === null ? 0 : Math.max(0, Math.floor((now - sinceMs) / 1_000))
}

const loadEditor = () => import('../../ui/sql-editor.tsx').then((module) => module.SqlEditor)
const SqlEditor = makeLazyPart(loadEditor, ({ sql }) => <SqlCode sql={sql} />)

/** Fetches the editor's code before it is wanted. A failure shows where the editor itself is shown. */
function preloadEditor(): void {
  loadEditor().catch(() => undefined)
}

interface ProposalDecisionProps {
  readonly view: TurnView
  readonly proposal: Proposal
  readonly commands: TurnCommands
  readonly api: ApiClient
}

/** A proposed query and what can be done about it: run it, change it, drop it. */
function ProposalDecision({ view, proposal, commands, api }: ProposalDecisionProps) {
  const decision = useDecision(view.turnId, proposal, commands)
  const { draft, problem, pending } = decision
  const editing = draft !== null
  const frame = useBroughtIntoView(editing)
  return (
    <SqlFrame
      ref={frame}
      onKeyDown={decisionKeys({ ...decision, editing })}
      sql={draft ?? proposal.sql}
      badge={
        editing && draft !== proposal.sql ? (
          <span className="text-xs text-warn">{words.changed}</span>
        ) : (
          <QueryBadges view={view} />
        )
      }
      wanted
    >
      {editing ? (
        <SqlEditor
          sql={draft}
          onChange={decision.write}
          onRun={decision.propose}
          onLeave={decision.leaveEditor}
          problem={problem}
          api={api}
          connection={view.connection ?? sampleConnection}
          replaced={decision.formatted}
        />
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
        onFormat={decision.format}
        onLeaveEditor={decision.discard}
        onDrop={decision.drop}
      />
    </SqlFrame>
  )
}

/** The state of one decision: the text being edited, the command under way, and why the last one was refused. */
function useDecision(turnId: string, proposal: Proposal, commands: TurnCommands) {
  const kept = useKeptEdit(turnId, proposal)
  const [draft, setDraft] = useState(kept.begin)
  // What the editor holds at this moment: keys may come before the page was drawn with the last letter typed.
  const written = useRef(draft ?? proposal.sql)
  const toast = useToast()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [pending, setPending] = useState(false)
  const [landing, setLanding] = useState<Landing>(null)
  const [formatted, setFormatted] = useState<{ readonly sql: string } | null>(null)

  useEffect(() => {
    written.current = kept.read() ?? proposal.sql
  }, [kept, proposal.sql])

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
    kept.write(text)
    setDraft(text)
  }
  const leave = (landing: Landing): void => {
    setLanding(landing)
    setDraft(null)
    setProblem(null)
    setFormatted(null)
  }
  const propose = async (): Promise<void> => {
    if (written.current === proposal.sql) leave('edit')
    else if (await attempt(commands.edit(written.current))) leave('run')
  }
  const format = async (): Promise<void> => {
    const { sql, fault } = await formatSql(written.current)
    if (sql === null) toast({ text: fault })
    else setFormatted({ sql })
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
    formatted,
    format: () => void format(),
    edit: () => setDraft(written.current),
    // Esc only closes the editor: what was written is there again when it opens.
    leaveEditor: () => leave('edit'),
    discard: () => {
      const text = written.current
      written.current = proposal.sql
      kept.write(null)
      leave('edit')
      if (text !== proposal.sql) toast({ text: words.putAway, undo: () => write(text) })
    },
  }
}

/** Keeps a changed query in this tab until it is proposed or put away: it outlives a reload, going elsewhere and signing in again. */
function useKeptEdit(turnId: string, { sql, digest }: Proposal) {
  return useMemo(() => {
    const key = `floe.edit.${turnId}.${digest}`
    const read = (): string | null => sessionStorage.getItem(key)
    return {
      read,
      begin: () => read(),
      write: (text: string | null): void => {
        if (text === null || text === sql) sessionStorage.removeItem(key)
        else sessionStorage.setItem(key, text)
      },
    }
  }, [turnId, sql, digest])
}

/** The card grows when its editor opens; its buttons must not end up under the question box. */
function useBroughtIntoView(editing: boolean) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (editing) frame.current?.scrollIntoView({ block: 'nearest' })
  }, [editing])
  return frame
}

interface DecisionKeys {
  readonly pending: boolean
  readonly editing: boolean
  readonly run: () => void
  readonly propose: () => void
  readonly leaveEditor: () => void
}

/**
 * What keys do while the focus is in the card: Ctrl or Cmd with Enter decides, Esc leaves the editor. Pressed anywhere else they decide
 * nothing: a question being written is not an approval.
 */
const decisionKeys =
  ({ pending, editing, run, propose, leaveEditor }: DecisionKeys) =>
  (event: KeyboardEvent): void => {
    if (pending || event.nativeEvent.isComposing) return
    const decides = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    const leaves = editing && event.key === 'Escape'
    if (!decides && !leaves) return
    event.preventDefault()
    event.stopPropagation()
    if (leaves) leaveEditor()
    else if (editing) propose()
    else run()
  }
