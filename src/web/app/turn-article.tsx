import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { memo, useEffect, useMemo, useRef } from 'react'
import { isFinalKind } from '../../contract/turn-event.ts'
import { AnswerCard } from '../features/answer/answer-card.tsx'
import { ProblemCard } from '../features/turn/problem-card.tsx'
import { SqlCard } from '../features/turn/sql-card.tsx'
import type { TurnCommands } from '../features/turn/sql-frame.tsx'
import { AnswerText, QuestionBubble, Reading, StepList } from '../features/turn/turn-text.tsx'
import { cancelledInWords } from '../turns/describe-turn.ts'
import { isAwaited, isOver, visibleResult, type TurnView } from '../turns/turn-view.ts'
import { Button } from '../ui/button.tsx'
import { QuestionLedger } from '../ui/question-ledger.tsx'
import { Chips } from '../ui/suggestions.tsx'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { useApi, usePreference, useWorkspace } from './page-context.ts'
import { Share } from './session-gate.tsx'

export interface TurnArticleProps {
  readonly view: TurnView
  /** The last of its conversation: only here are questions suggested and keys listened to. */
  readonly last: boolean
  readonly place: string
  readonly onAsk: (question: string, edit: boolean) => void
  /** Asks the same again. */
  readonly onAgain: (view: TurnView) => void
  /** Asks again without a part that was taken over. */
  readonly onWithout: (view: TurnView, id: string) => void
}

const noEntries: readonly never[] = []

/** One question with everything that came of it. */
export const TurnArticle = memo(function TurnArticle(props: TurnArticleProps) {
  const { view, last, place, onAsk, onAgain, onWithout } = props
  const without = (id: string): void => onWithout(view, id)
  const { proposal, problem, clarification } = view
  const result = visibleResult(view)
  const article = useFocusAfterDecision(view)
  const commands = useTurnCommands(view.turnId)
  const output = usePreference((set) => set.output)
  return (
    <article
      ref={article}
      tabIndex={-1}
      aria-label={view.question ?? 'Your own SQL'}
      className="flex flex-col gap-4 outline-none"
    >
      <QuestionLedger question={view.question} sql={proposal?.sql ?? null} entries={proposal?.ledger ?? noEntries}>
        <QuestionBubble question={view.question} />
        {isAwaited(view) ? <TurnSkeleton /> : <StepList view={view} />}
        {result === null && proposal !== null && (
          // While the query waits for a decision its steps are folded, and what they say with them.
          <Reading
            proposal={proposal}
            onWithout={without}
            told={view.status === 'waiting' ? [] : view.steps.map((step) => step.fact)}
          />
        )}
        {result === null && <SqlCard view={view} commands={commands} current={last} place={place} />}
        {(result !== null || view.answer.length > 0) && <AnswerText view={view} />}
        {result !== null && (
          <AnswerCard
            view={view}
            result={result}
            proposal={proposal}
            output={output}
            actions={<Share conversationId={view.conversationId} turnId={view.turnId} />}
          />
        )}
        {result !== null && proposal !== null && (
          <Reading proposal={proposal} onWithout={without} told={[proposal.explanation]} />
        )}
      </QuestionLedger>
      {clarification !== null && <p className="text-base">{clarification.question}</p>}
      {view.status === 'cancelled' && <Cancelled view={view} onAgain={onAgain} />}
      {!view.saved && <NotSaved view={view} />}
      {problem !== null && (
        <ProblemCard problem={problem} again={againWords(view)} onAgain={() => onAgain(view)} live={last} />
      )}
      {last && <Suggestions view={view} onAsk={onAsk} />}
    </article>
  )
})

function useTurnCommands(turnId: string): TurnCommands {
  const workspace = useWorkspace()
  return useMemo(
    () => ({
      approve(digest) {
        return workspace.send({ command: 'approve', approve: { turnId, digest } })
      },
      edit(sql) {
        return workspace.send({ command: 'edit', edit: { turnId, sql } })
      },
      cancel() {
        return workspace.send({ command: 'cancel', cancel: { turnId } })
      },
    }),
    [workspace, turnId],
  )
}

const againWords = ({ status, question, proposal, problem }: TurnView): string | null => {
  if (question === null && proposal === null) return null
  if (status === 'interrupted') return 'Run again'
  return problem?.code === 'writer_declined' || problem?.code === 'bad_question' ? null : 'Try again'
}

function Cancelled({ view, onAgain }: Pick<TurnArticleProps, 'view' | 'onAgain'>) {
  const canRun = view.proposal !== null || view.question !== null
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-fg-3">
      <p>{cancelledInWords(view)}</p>
      {canRun && (
        <Button size="sm" onClick={() => onAgain(view)}>
          <RefreshCw size={15} aria-hidden />
          Ask again
        </Button>
      )}
    </div>
  )
}

const lookAgainMs = 4_000

/** Said under an answer that the server could not store yet; goes away once it is stored. */
function NotSaved({ view: { turnId, lastSeq } }: Pick<TurnArticleProps, 'view'>) {
  const api = useApi()
  const workspace = useWorkspace()
  const { data } = useQuery({
    queryKey: ['saved', turnId],
    queryFn: ({ signal }) => api.turns.events({ turnId, afterSeq: lastSeq - 1 }, { signal }),
    refetchInterval: lookAgainMs,
    retry: false,
  })
  const isSaved = data?.events.some(({ seq, kind }) => seq >= lastSeq && isFinalKind(kind)) ?? false
  useEffect(() => {
    if (isSaved) workspace.markSaved(turnId)
  }, [workspace, turnId, isSaved])
  return (
    <output className="block text-sm text-warn">
      Not saved yet. Floe goes on trying to save this answer; until then it is only on this page.
    </output>
  )
}

function Suggestions({ view, onAsk }: Pick<TurnArticleProps, 'view' | 'onAsk'>) {
  const { clarification, followUps } = view
  if (clarification !== null && clarification.options.length > 0)
    return <Chips heading="Choose one, or say it in your own words" texts={clarification.options} onPick={onAsk} />
  if (!isOver(view) || followUps.length === 0) return null
  const heading = view.status === 'done' ? 'Ask next' : 'Questions that can be answered'
  return <Chips heading={heading} texts={followUps} onPick={onAsk} />
}

/** The buttons of a decision vanish once it is made; the focus then stays with the turn instead of being lost. */
function useFocusAfterDecision({ status }: TurnView) {
  const article = useRef<HTMLElement>(null)
  const before = useRef(status)
  useEffect(() => {
    if (before.current === 'waiting' && status !== 'waiting' && document.activeElement === document.body)
      article.current?.focus({ preventScroll: true })
    before.current = status
  }, [status])
  return article
}
