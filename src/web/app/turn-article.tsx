import { useQuery } from '@tanstack/react-query'
import { Pencil, RefreshCw, Undo2 } from 'lucide-react'
import { memo, useEffect, useMemo, useRef } from 'react'
import { isFinalKind } from '../../contract/turn-event.ts'
import { AnswerCard } from '../features/answer/answer-card.tsx'
import { useKeptChart } from '../features/answer/use-chart-settings.ts'
import { ProblemCard } from '../features/turn/problem-card.tsx'
import { SqlCard } from '../features/turn/sql-card.tsx'
import type { Mention } from '../../contract/command.ts'
import type { TurnCommands } from '../features/turn/sql-frame.tsx'
import {
  AnswerText,
  plainSentence,
  PlainSentence,
  QuestionBubble,
  Reading,
  StepList,
} from '../features/turn/turn-text.tsx'
import { cancelledInWords, nextSteps } from '../turns/describe-turn.ts'
import { undeliveredInWords } from '../turns/line.ts'
import { isAwaited, isOver, visibleResult, type ResultView, type TurnView } from '../turns/turn-view.ts'
import { Button } from '../ui/button.tsx'
import { makeLazyPart } from '../ui/lazy-part.tsx'
import { QuestionLedger } from '../ui/question-ledger.tsx'
import { Chips } from '../ui/suggestions.tsx'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { threadWords } from '../words/thread.ts'
import { useApi, usePreference, useWorkspace, useWorkspaceState } from './page-context.ts'
import { ExportResult, Keep, ToData, useResultSteps } from './answer-buttons.tsx'
import { Share } from './share.tsx'

export interface TurnArticleProps {
  readonly view: TurnView
  /** The last of its conversation: only here are questions suggested and keys listened to. */
  readonly last: boolean
  readonly place: string
  /** With `edit` the question is put into the box; `follows` is then the turn that it will follow. */
  readonly onAsk: (question: string, edit: boolean, mentions?: readonly Mention[], follows?: string | null) => void
  /** Asks the same again. */
  readonly onAgain: (view: TurnView) => void
  /** Asks again without a part that was taken over. */
  readonly onWithout: (view: TurnView, id: string) => void
}

const AnswerActions = makeLazyPart(
  () => import('./later-pages.ts').then((module) => module.AnswerActions),
  <div className="h-8" />,
)

const TurnActions = makeLazyPart(
  () => import('../features/history/turn-actions.tsx').then((module) => module.TurnActions),
  <div className="h-15" />,
)

const noEntries: readonly never[] = []

/** One question with everything that came of it. */
export const TurnArticle = memo(function TurnArticle(props: TurnArticleProps) {
  const { view, last, place, onAsk, onAgain, onWithout } = props
  const without = (id: string): void => onWithout(view, id)
  const { proposal, problem, clarification } = view
  const result = visibleResult(view)
  const article = useFocusAfterDecision(view)
  return (
    <article
      ref={article}
      tabIndex={-1}
      aria-label={view.question ?? threadWords.ownSql}
      className="flex flex-col gap-4 outline-none"
    >
      <QuestionLedger question={view.question} sql={proposal?.sql ?? null} entries={proposal?.ledger ?? noEntries}>
        <QuestionBubble question={view.question} isHeld={view.status === 'waiting'} />
        {result === null && proposal !== null && <PlainSentence proposal={proposal} />}
        {isAwaited(view) ? <TurnSkeleton /> : <StepList view={view} />}
        {view.delivery !== 'accepted' && <Undelivered view={view} onAsk={onAsk} />}
        {result === null ? (
          <Unanswered view={view} place={place} onWithout={without} />
        ) : (
          <Answered view={view} result={result} onWithout={without} onAsk={onAsk} onAgain={onAgain} />
        )}
      </QuestionLedger>
      {clarification !== null && (
        <p lang="en" className="text-base">
          {clarification.question}
        </p>
      )}
      {view.status === 'cancelled' && <Cancelled view={view} onAgain={onAgain} onAsk={onAsk} />}
      {!view.saved && <NotSaved view={view} />}
      {problem !== null && (
        <ProblemCard
          problem={problem}
          live={last}
          actions={
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 empty:hidden">
              <Onwards view={view} onAgain={onAgain} onAsk={onAsk} />
              {problem.code === 'writer_declined' && <ToData view={view} />}
            </div>
          }
        />
      )}
      <FinishedTurn view={view} onAsk={onAsk} />
      {last && <Suggestions view={view} onAsk={onAsk} />}
    </article>
  )
})

interface PartProps {
  readonly view: TurnView
  readonly onWithout: (id: string) => void
}

/** The query before there is anything of its result: how the question was read, the SQL, and what can be decided. */
function Unanswered({ view, place, onWithout }: PartProps & Pick<TurnArticleProps, 'place'>) {
  const { proposal } = view
  const commands = useTurnCommands(view.turnId)
  const api = useApi()
  return (
    <>
      {proposal !== null && <Reading proposal={proposal} onWithout={onWithout} told={[plainSentence(proposal)]} />}
      <SqlCard view={view} commands={commands} place={place} api={api} />
      {view.answer.length > 0 && <AnswerText view={view} />}
    </>
  )
}

type AnsweredProps = PartProps & Pick<TurnArticleProps, 'onAsk' | 'onAgain'> & { readonly result: ResultView }

/** The answer: in words, drawn and listed, with what can be done with it. */
function Answered({ view, result, onWithout, onAsk, onAgain }: AnsweredProps) {
  const { proposal, conversationId, turnId } = view
  const api = useApi()
  const output = usePreference((set) => set.output)
  const keeping = useKeptChart(api, view)
  const steps = useResultSteps(view, onAgain)
  return (
    <>
      <AnswerText view={view} />
      <AnswerCard
        view={view}
        result={result}
        proposal={proposal}
        output={output}
        keeping={keeping}
        onAskAbout={(question) => onAsk(question, true, [], turnId)}
        steps={steps}
        {...(isOver(view) && view.saved ? { api } : {})}
        actions={
          <>
            <Keep turnId={turnId} />
            <Share conversationId={conversationId} turnId={turnId} />
          </>
        }
      />
      {proposal === null && <ToData view={view} />}
      {isOver(view) && (
        <AnswerActions {...{ api, view, result }} settings={keeping.settings} exports={<ExportResult view={view} />} />
      )}
      {proposal !== null && <Reading proposal={proposal} onWithout={onWithout} told={[proposal.explanation]} />}
    </>
  )
}

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

/** What is done with a turn that is over. */
function FinishedTurn({ view, onAsk }: Pick<TurnArticleProps, 'view' | 'onAsk'>) {
  const api = useApi()
  const { question, mentions, follows } = view
  if (!isOver(view) || !view.saved) return null
  return (
    <TurnActions
      api={api}
      view={view}
      onEdit={question === null ? null : () => onAsk(question, true, mentions, follows)}
    />
  )
}

type OnwardsProps = Pick<TurnArticleProps, 'view' | 'onAgain' | 'onAsk'>

/** The ways on from a turn that was cancelled, interrupted or refused. */
function Onwards({ view, onAgain, onAsk }: OnwardsProps) {
  const { again, edit } = nextSteps(view)
  const { question, mentions, follows } = view
  if (again === null && edit === null) return null
  return (
    <div className="flex flex-wrap gap-2">
      {again !== null && (
        <Button size="sm" onClick={() => onAgain(view)}>
          <RefreshCw size={15} aria-hidden />
          {again}
        </Button>
      )}
      {edit !== null && question !== null && (
        <Button size="sm" look="quiet" onClick={() => onAsk(question, true, mentions, follows)}>
          <Pencil size={15} aria-hidden />
          {edit}
        </Button>
      )}
    </div>
  )
}

const Cancelled = (props: OnwardsProps) => (
  <div className="flex flex-wrap items-center gap-3 text-sm text-fg-3">
    <p>{cancelledInWords(props.view)}</p>
    <Onwards {...props} />
  </div>
)

/** That a question has not reached the server, with the way to take it back where it surely has not. */
function Undelivered({ view, onAsk }: Pick<TurnArticleProps, 'view' | 'onAsk'>) {
  const workspace = useWorkspace()
  const isOpen = useWorkspaceState(({ link }) => link === 'open')
  const words = undeliveredInWords(view, isOpen)
  if (words === null) return null
  const takeBack = (): void => {
    workspace.takeBack(view.turnId)
    if (view.question !== null) onAsk(view.question, true)
  }
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-warn">
      <output className="min-w-0">{words}</output>
      {view.delivery === 'unsent' && (
        <Button size="sm" onClick={takeBack}>
          <Undo2 size={15} aria-hidden />
          {threadWords.takeBack}
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
  return <output className="block text-sm text-warn">{threadWords.notSaved}</output>
}

function Suggestions({ view, onAsk }: Pick<TurnArticleProps, 'view' | 'onAsk'>) {
  const { clarification, followUps } = view
  if (clarification !== null && clarification.options.length > 0)
    return <Chips heading={threadWords.chooseOne} texts={clarification.options} onPick={onAsk} />
  if (!isOver(view) || followUps.length === 0) return null
  const heading = view.status === 'done' ? threadWords.askNext : threadWords.canBeAnswered
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
