import { Play } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { ConnectionSummary } from '../../contract/api.ts'
import type { ChartSettings } from '../../contract/chart-settings.ts'
import { durationInWords } from '../../contract/words/amounts.ts'
import type { AnswerCard } from '../features/answer/answer-card.tsx'
import { useOwnChart } from '../features/answer/use-chart-settings.ts'
import { ProblemCard } from '../features/turn/problem-card.tsx'
import { SqlFrame } from '../features/turn/sql-frame.tsx'
import { AnswerText, QuestionBubble, Reading, StepList } from '../features/turn/turn-text.tsx'
import { cancelledInWords } from '../turns/describe-turn.ts'
import { isOver, visibleResult, type TurnView } from '../turns/turn-view.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/form.tsx'
import { useFormats } from '../ui/formats.ts'
import { QueryBadges } from '../ui/query-badges.tsx'
import { QuestionLedger } from '../ui/question-ledger.tsx'
import { SqlCode } from '../ui/sql-code.tsx'
import { say } from '../words/language.ts'
import { sharedWords } from '../words/sharing.ts'
import { placeOf, useAppInfo } from './app-info.ts'
import { usePreference, useWorkspace } from './page-context.ts'
import { useWriter } from './use-conversation.ts'
import { useMe } from './use-session.ts'

export interface SharedTurnProps {
  readonly view: TurnView
  /** Who asked. */
  readonly owner: string
  readonly withRows: boolean
  /** How they want the answer drawn; null for the chart that was chosen by rule. */
  readonly chart: ChartSettings | null
  /** Draws an answer. Handed over, because a second import of it would have the bundler cut the first load in two. */
  readonly Answer: typeof AnswerCard
}

/** One question that somebody shared, with what came of it, and the way to run it oneself. */
export function SharedTurn({ view: given, owner, withRows, chart, Answer }: SharedTurnProps) {
  const keeping = useOwnChart(chart)
  const output = usePreference((set) => set.output)
  const view = toBeRead(given, owner)
  const { proposal, problem, clarification } = view
  const result = withRows ? visibleResult(view) : null
  return (
    <article aria-label={view.question ?? sharedWords.sqlQuery} className="flex flex-col gap-4">
      <QuestionLedger question={view.question} sql={proposal?.sql ?? null} entries={proposal?.ledger ?? []}>
        <QuestionBubble question={view.question} asker={owner} />
        {isOver(view) && <StepList view={view} />}
        {result === null && proposal !== null && (
          <>
            <Reading proposal={proposal} told={[]} onWithout={() => undefined} />
            <SqlFrame sql={proposal.sql} badge={<QueryBadges view={view} />}>
              <SqlCode sql={proposal.sql} />
              <Outcome view={view} />
            </SqlFrame>
          </>
        )}
        {result !== null && (
          <>
            <AnswerText view={view} />
            <Answer view={view} result={result} proposal={proposal} output={output} keeping={keeping} />
            {proposal !== null && (
              <Reading proposal={proposal} told={[proposal.explanation]} onWithout={() => undefined} />
            )}
          </>
        )}
      </QuestionLedger>
      {clarification !== null && (
        <p lang="en" className="text-base">
          {clarification.question}
        </p>
      )}
      {view.status === 'cancelled' && <p className="text-sm text-fg-3">{cancelledInWords(view)}</p>}
      {!isOver(view) && <p className="text-sm text-fg-3">{sharedWords.notOver}</p>}
      {problem !== null && <ProblemCard problem={problem} actions={null} live={false} />}
      <RunYourself view={given} />
    </article>
  )
}

/** The view without what speaks to its owner, and without parts that only they could take off. */
const toBeRead = (view: TurnView, owner: string): TurnView => ({
  ...view,
  approvedBy: null,
  proposal: view.proposal && {
    ...view.proposal,
    edited: false,
    verified: view.proposal.verified && {
      ...view.proposal.verified,
      by: view.proposal.verified.by === 'you' ? owner : view.proposal.verified.by,
    },
    inherited: view.proposal.inherited.map(({ text }) => ({ id: null, text })),
  },
})

/** How a query ended whose rows are not shown. */
function Outcome({ view: { result } }: Pick<SharedTurnProps, 'view'>) {
  const { locale } = useFormats()
  const end = result?.end ?? null
  if (end === null) return null
  const { rowCount, truncated, elapsedMs } = end
  return (
    <p className="border-t border-line px-4 py-3 text-sm text-fg-2">
      {say(truncated ? sharedWords.broughtFirst : sharedWords.brought, {
        count: rowCount,
        rows: rowCount.toLocaleString(locale),
        time: durationInWords(elapsedMs, locale),
      })}
    </p>
  )
}

/** What to ask for the same: the question where it stands alone, else the query itself. Null where there is neither. */
function sameAs({
  question,
  proposal,
}: TurnView): { readonly question: string | null; readonly sql: string | null } | null {
  const standsAlone = proposal === null || (proposal.inherited.length === 0 && !proposal.edited)
  if (question !== null && standsAlone) return { question, sql: null }
  return proposal === null ? null : { question: null, sql: proposal.sql }
}

/** The reader's connection of the same name, one that is shared with them included. */
function sameConnection(
  connections: readonly ConnectionSummary[],
  asked: string | null,
): ConnectionSummary | undefined {
  const named = connections.filter(({ label }) => label === asked)
  return connections.find(({ ref }) => ref === asked) ?? (named.length === 1 ? named[0] : undefined)
}

/** A connection that others share with the owner has no name here. */
const lackInWords = (asked: string | null): string =>
  asked === null || asked.startsWith('shared:')
    ? sharedWords.noConnection
    : say(sharedWords.noSuchConnection, { name: asked })

/** Asks the same in a new conversation of the reader's own, on the connection that they call the same, or on one they choose. */
function RunYourself({ view }: Pick<SharedTurnProps, 'view'>) {
  const workspace = useWorkspace()
  const navigate = useNavigate()
  const { data: info } = useAppInfo()
  const writer = useWriter(info)
  const { data: me } = useMe()
  const [picked, setPicked] = useState<string | null>(null)
  const same = sameAs(view)
  if (same === null || info === undefined || me === undefined) return null
  if (me.role === 'viewer') return <p className="text-sm text-fg-3">{sharedWords.viewer}</p>
  const { connections } = info
  const own = sameConnection(connections, view.connection)
  const connection = (own ?? connections.find(({ ref }) => ref === picked) ?? connections[0])?.ref
  if (connection === undefined) return null
  const run = (): void => {
    const { conversationId } = workspace.ask({ ...same, conversationId: null, follows: null, connection, writer })
    void navigate(`/c/${conversationId}`)
  }
  return (
    <div className="flex flex-wrap items-end gap-3">
      {own === undefined && (
        <SelectField
          label={lackInWords(view.connection)}
          value={connection}
          options={connections.map(({ ref }) => [ref, placeOf(info, ref)] as const)}
          onChange={(event) => setPicked(event.target.value)}
          className="max-w-full"
        />
      )}
      <Button onClick={run}>
        <Play size={15} aria-hidden />
        {sharedWords.run}
      </Button>
      {own !== undefined && (
        <p className="self-center text-sm text-fg-3">{say(sharedWords.on, { place: placeOf(info, connection) })}</p>
      )}
    </div>
  )
}
