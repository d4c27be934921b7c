import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useParams } from 'react-router'
import type { Problem } from '../../contract/problem.ts'
import type { SharedConversation } from '../../contract/shares.ts'
import { problemOf, RefusedCommand } from '../transport/channel.ts'
import { applyEvents } from '../turns/apply-event.ts'
import { startTurnView, type TurnView } from '../turns/turn-view.ts'
import { useMoments } from '../ui/moments.ts'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
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
    document.title = `${data?.share.title.slice(0, 80) ?? 'Shared'} · Floe`
  }, [data])
  return (
    <div className="flex h-dvh flex-col">
      <header className="shrink-0">
        <Bar>
          <p className="min-w-0 flex-1 truncate text-fg-2 max-sm:invisible">{data?.share.title}</p>
        </Bar>
      </header>
      <main className="scroll-gutter flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
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
  return { ...problem, code: 'not_found', message: 'This link leads nowhere.', action: 'It may have been cut short.' }
}

interface SharedThreadProps extends Pick<SharedTurnProps, 'Answer'> {
  readonly shared: SharedConversation
}

function SharedThread({ shared: { share, turns }, Answer }: SharedThreadProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { day, exact } = useMoments()
  const views = useMemo(() => turns.map(viewOf), [turns])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const owner = share.isMine ? 'you' : share.owner.name
  return (
    <>
      <div className="flex flex-col gap-2">
        <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight break-words outline-none">
          {share.title}
        </h1>
        <p className="text-sm text-fg-2" title={exact(share.createdAt)}>
          Shared by {owner} on {day(share.createdAt)}
          {share.isMine && '. This is what the people see whom you share it with.'}
        </p>
        <p className="text-sm text-fg-2">
          {share.withRows
            ? 'The rows are those of that time. Run a query yourself to see what it brings now, with your own rights.'
            : 'The rows are not shared. Run a query yourself to see what it brings, with your own rights.'}
        </p>
      </div>
      {views.length === 0 && <p className="text-base">Nothing is left of what was shared here.</p>}
      {views.map((view) => (
        <SharedTurn
          key={view.turnId}
          view={view}
          owner={share.isMine ? 'You' : share.owner.name}
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
