import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useParams } from 'react-router'
import type { Problem } from '../../contract/problem.ts'
import type { SharedConversation } from '../../contract/shares.ts'
import { ofThisPage, problemOf, RefusedCommand } from '../transport/channel.ts'
import { applyEvents } from '../turns/apply-event.ts'
import { startTurnView, type TurnView } from '../turns/turn-view.ts'
import { useMoments } from '../ui/moments.ts'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { say } from '../words/language.ts'
import { sharedWords } from '../words/sharing.ts'
import { shellWords } from '../words/shell.ts'
import { useApi } from './page-context.ts'
import { PageProblem } from './page-problem.tsx'
import { SharedTurn, type SharedTurnProps } from './shared-turn.tsx'
import { Bar } from './top-bar.tsx'

/** What somebody shared, to be read: a conversation or an answer, as it was then. */
export function SharedPage({ Answer }: Pick<SharedTurnProps, 'Answer'>) {
  const { shareId = '' } = useParams()
  const { data, error, refetch } = useShared(shareId)
  const problem = error === null ? null : sharedProblem(error)
  useEffect(() => {
    document.title = say(shellWords.titleOf, { page: data?.share.title.slice(0, 80) ?? sharedWords.title })
  }, [data])
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0">
        <Bar title={data?.share.title ?? sharedWords.title} />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="@container scroll-gutter flex min-h-0 flex-1 flex-col overflow-y-auto px-4"
      >
        {problem !== null && (
          <PageProblem problem={problem} onAgain={problem.code === 'not_found' ? undefined : () => void refetch()} />
        )}
        <div className="mx-auto flex w-full max-w-192 flex-col gap-10 pt-6 pb-12">
          {data !== undefined && <SharedThread key={shareId} shared={data} Answer={Answer} />}
          {data === undefined && problem === null && <TurnSkeleton />}
        </div>
      </main>
    </div>
  )
}

/** Read once for each visit: opening is audited, and what is shared does not change. */
function useShared(shareId: string) {
  const api = useApi()
  return useQuery({
    queryKey: ['shared', shareId],
    queryFn: ({ signal }) => api.shares.read({ shareId }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: (count, error) => count < 3 && !(error instanceof RefusedCommand),
  })
}

function sharedProblem(error: unknown): Problem {
  const problem = problemOf(error)
  // An address that is no id leads nowhere either.
  if (problem.code !== 'bad_request') return problem
  return ofThisPage({
    ...problem,
    code: 'not_found',
    message: sharedWords.lost,
    action: sharedWords.lostAction,
  })
}

interface SharedThreadProps extends Pick<SharedTurnProps, 'Answer'> {
  readonly shared: SharedConversation
}

function SharedThread({ shared: { share, turns }, Answer }: SharedThreadProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { day, exact } = useMoments()
  const views = useMemo(() => turns.map(viewOf), [turns])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const shown = day(share.createdAt)
  return (
    <>
      <div className="flex flex-col gap-2">
        <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight break-words outline-none">
          {share.title}
        </h1>
        <p className="text-sm text-fg-2" title={exact(share.createdAt)}>
          {share.isMine
            ? say(sharedWords.byYou, { day: shown })
            : say(sharedWords.by, { owner: share.owner.name, day: shown })}
        </p>
        <p className="text-sm text-fg-2">{share.withRows ? sharedWords.withRows : sharedWords.withoutRows}</p>
      </div>
      {views.length === 0 && <p className="text-base">{sharedWords.nothingLeft}</p>}
      {views.map((view, at) => (
        <SharedTurn
          key={view.turnId}
          view={view}
          chart={turns[at]?.turn.chart ?? null}
          owner={share.isMine ? sharedWords.you : share.owner.name}
          withRows={share.withRows}
          Answer={Answer}
        />
      ))}
    </>
  )
}

/** The same events give the same view as in the owner's conversation. */
const viewOf = ({
  turn: { id, question, connection, writer },
  events,
}: SharedConversation['turns'][number]): TurnView =>
  applyEvents(startTurnView({ turnId: id, conversationId: null, question, connection, writer, stored: true }), events)
