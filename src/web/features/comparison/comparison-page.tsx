import { useQuery, type QueryFunction } from '@tanstack/react-query'
import { ArrowLeftRight, ListRestart, TriangleAlert } from 'lucide-react'
import { useState, type ComponentType, type ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { ComparableAnswer, ComparedAnswer, Comparison, ResultChanges } from '../../../contract/comparison.ts'
import { sqlTitle } from '../../../contract/words/sql-title.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { FaultBox } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel } from '../../ui/panel.tsx'
import { ResultChangesView, Said } from '../../ui/result-changes.tsx'
import { changesWords, comparisonWords as words } from '../../words/comparison.ts'
import { say, sayPieces } from '../../words/language.ts'
import { Queries } from './query-lines.tsx'

const comparisonKey = 'comparison'

export interface ComparisonPageProps {
  readonly api: ApiClient
  /** Draws the rows and the chart of an answer. */
  readonly Result: ComponentType<{ readonly turnId: string }>
}

/** Two answers side by side, which the address names; with one of them only, what it can be compared with. */
export function ComparisonPage({ api, Result }: ComparisonPageProps) {
  const [params] = useSearchParams()
  const [before, after] = [params.get('before'), params.get('after')]
  if (before === null || after === null) return <Choice api={api} turnId={after ?? before} />
  return <Compared key={`${before} ${after}`} api={api} Result={Result} before={before} after={after} />
}

/** The address of two answers side by side. */
const addressOf = (before: string, after: string): string =>
  `/compare?${new URLSearchParams({ before, after }).toString()}`

interface ComparedProps extends ComparisonPageProps {
  readonly before: string
  readonly after: string
}

function Compared({ api, Result, before, after }: ComparedProps) {
  const key = [comparisonKey, before, after]
  const answers = { turnId: after, with: before }
  const queryFn: QueryFunction<Comparison> = ({ signal }) => api.turns.compare(answers, { signal })
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn, retry: false })
  return (
    <>
      <Ways before={before} after={after} />
      {error !== null && <FaultBox problem={problemOf(error)} onAgain={() => void refetch()} />}
      {data === undefined && error === null && <ListSkeleton />}
      {data !== undefined && (
        <>
          <Sides {...data} />
          <Panel title={words.changed}>
            <ResultChangesView
              initial={data.changes}
              queryKey={key}
              fetch={async (order, options) => (await api.turns.compare({ ...answers, ...order }, options)).changes}
              fileName={changesWords.file}
            />
          </Panel>
          <BothResults Result={Result} before={before} after={after} />
          <Queries {...data} />
        </>
      )}
    </>
  )
}

function Sides({ before, after, changes }: Comparison) {
  return (
    <>
      <div className="grid gap-4 md:grid-cols-2">
        <AnswerSide title={words.before} answer={before} size={changes.before} />
        <AnswerSide title={words.after} answer={after} size={changes.after} />
      </div>
      <Warnings before={before} after={after} />
    </>
  )
}

/** The results as the answers show them, folded and fetched once they are wanted: they may be long. */
function BothResults({ Result, before, after }: Omit<ComparedProps, 'api'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details
      className="rounded-xl border border-line bg-surface p-4 sm:p-5"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer text-lg pointer-coarse:py-1 font-semibold">{words.results}</summary>
      {isOpen && (
        <div className="mt-3 grid gap-6 lg:grid-cols-2">
          {[before, after].map((turnId, at) => (
            <div key={turnId} className="flex min-w-0 flex-col gap-3">
              <h3 className="text-sm font-semibold text-fg-2">{at === 0 ? words.before : words.after}</h3>
              <Result turnId={turnId} />
            </div>
          ))}
        </div>
      )}
    </details>
  )
}

/** The ways to other pairs of answers. */
function Ways({ before, after }: Pick<ComparedProps, 'before' | 'after'>) {
  const look = 'inline-flex min-h-8 items-center gap-1.5 text-sm text-accent-text underline'
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
      <Link className={look} to={addressOf(after, before)}>
        <ArrowLeftRight size={15} aria-hidden />
        {words.swap}
      </Link>
      <Link className={look} to={`/compare?after=${after}`}>
        <ListRestart size={15} aria-hidden />
        {words.another}
      </Link>
    </div>
  )
}

interface AnswerSideProps {
  readonly title: string
  readonly answer: ComparedAnswer
  readonly size: ResultChanges['before']
}

/** One of the answers: what was asked, where and when, and what it said. */
function AnswerSide({ title, answer, size: { hasMore, rows, rowCount } }: AnswerSideProps) {
  const { exact } = useMoments()
  const { turnId, conversationId, question, connection, at, sql } = answer
  return (
    <section
      aria-label={title}
      className="flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-surface p-4 sm:p-5"
    >
      <h2 className="text-sm font-semibold text-fg-2">{title}</h2>
      <p dir="auto" className="line-clamp-4 font-medium break-words">
        {question ?? sqlTitle(sql)}
      </p>
      <Said sentence={answer.answer} />
      <p className="mt-auto text-sm text-fg-2">
        {say(words.asked, { connection, moment: exact(at) })} ·{' '}
        {hasMore ? say(words.moreRows, { count: rows }) : say(words.rows, { count: rowCount })}
      </p>
      <p>
        <Link className="text-sm text-accent-text underline" to={`/c/${conversationId}#${turnId}`}>
          {words.open}
        </Link>
      </p>
    </section>
  )
}

/** What makes the comparison another than it looks. */
function Warnings({ before, after }: Omit<Comparison, 'changes'>) {
  const told = [
    ...(before.connection.toLowerCase() === after.connection.toLowerCase() ? [] : [words.otherConnection]),
    ...(before.at > after.at ? [words.wrongOrder] : []),
  ]
  return told.map((text) => (
    <p key={text} role="note" className="flex items-center gap-2 rounded-lg bg-warn-bg px-3 py-2 text-sm text-warn">
      <TriangleAlert size={15} aria-hidden className="shrink-0" />
      {text}
    </p>
  ))
}

/** What an answer can be compared with. */
function Choice({ api, turnId }: Pick<ComparisonPageProps, 'api'> & { readonly turnId: string | null }) {
  const { data, error, refetch } = useQuery({
    queryKey: [comparisonKey, 'with', turnId],
    queryFn: ({ signal }) => api.turns.comparable({ turnId: turnId ?? '' }, { signal }),
    enabled: turnId !== null,
    retry: false,
  })
  if (turnId === null) return <Nothing>{words.nothingChosen}</Nothing>
  if (error !== null) return <FaultBox problem={problemOf(error)} onAgain={() => void refetch()} />
  if (data === undefined) return <ListSkeleton />
  const question = <b key="question">{data.answer.question ?? words.ownSql}</b>
  return (
    <>
      <p className="text-sm text-fg-2">{sayPieces(words.chosen, { question })}</p>
      {data.answers.length === 0 ? (
        <Nothing>{words.nothing}</Nothing>
      ) : (
        <Panel title={words.choose}>
          <ul className="flex flex-col gap-1">
            {data.answers.map((answer) => (
              <Candidate key={answer.turnId} answer={answer} turnId={turnId} isLater={answer.at > data.answer.at} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

interface CandidateProps {
  readonly answer: ComparableAnswer
  readonly turnId: string
  /** Whether it is the later of the two. */
  readonly isLater: boolean
}

function Candidate({ answer, turnId, isLater }: CandidateProps) {
  const { exact } = useMoments()
  const to = isLater ? addressOf(turnId, answer.turnId) : addressOf(answer.turnId, turnId)
  return (
    <li>
      <Link to={to} className="flex min-h-11 flex-col gap-1 rounded-lg px-3 py-2 hover:bg-hover">
        <span dir="auto" className="line-clamp-2 font-medium break-words">
          {answer.question ?? sqlTitle(answer.sql)}
        </span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-fg-2">
          <Badge tone={answer.because === 'same-conversation' ? 'plain' : 'accent'}>
            {words.because[answer.because]}
          </Badge>
          {exact(answer.at)}
          <span>{say(words.rows, { count: answer.rowCount })}</span>
          <bdi>{answer.connection}</bdi>
        </span>
      </Link>
    </li>
  )
}

const Nothing = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex flex-col items-start gap-3">
    <p className="text-base text-fg-2">{children}</p>
    <Link className="text-sm text-accent-text underline" to="/history">
      {words.toHistory}
    </Link>
  </div>
)
