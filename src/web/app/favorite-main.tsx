import { useEffect, useMemo, type ComponentType } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { OpenedFavorite } from '../../contract/favorites.ts'
import type { AnswerCard } from '../features/answer/answer-card.tsx'
import { FavoritePage, type FavoritePageProps } from '../features/favorites/favorite-page.tsx'
import type { AnswerText } from '../features/turn/turn-text.tsx'
import { applyEvents } from '../turns/apply-event.ts'
import { isOver, startTurnView, visibleResult, type TurnView } from '../turns/turn-view.ts'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { say } from '../words/language.ts'
import { pageWords } from '../words/pages.ts'
import { shellWords } from '../words/shell.ts'
import { useApi, usePreference, useWorkspace, useWorkspaceState } from './page-context.ts'
import { Bar } from './top-bar.tsx'
import { useMe } from './use-session.ts'

export interface FavoriteMainProps {
  /** What draws answers and turns. It is fetched with this page. */
  readonly parts: {
    readonly Answer: typeof AnswerCard
    readonly Text: typeof AnswerText
    readonly Turn: ComponentType<{
      readonly view: TurnView
      readonly last: boolean
      readonly place: string
      readonly onAsk: () => void
      readonly onAgain: () => void
      readonly onWithout: () => void
    }>
  }
}

/** The page of one favorite. */
export function FavoriteMain({ parts }: FavoriteMainProps) {
  const api = useApi()
  const { favoriteId } = useParams()
  const { data: me } = useMe()
  const { KeptAnswer, RunningTurn } = useMemo(() => makeParts(parts), [parts])
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0">
        <Bar title={pageWords.favorite} />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="@container scroll-gutter min-h-0 flex-1 overflow-y-auto px-4 outline-none"
      >
        <div className="mx-auto flex w-full max-w-192 flex-col gap-6 pt-6 pb-12 xl:has-data-compared:max-w-288">
          {favoriteId === undefined ? (
            <NoFavorite />
          ) : (
            <FavoritePage
              key={favoriteId}
              api={api}
              favoriteId={favoriteId}
              mayShare={me !== undefined && !me.isLocal && me.role !== 'viewer'}
              KeptAnswer={KeptAnswer}
              RunningTurn={RunningTurn}
            />
          )}
        </div>
      </main>
    </div>
  )
}

function NoFavorite() {
  useEffect(() => {
    document.title = say(shellWords.titleOf, { page: shellWords.pages.favorites })
  }, [])
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{shellWords.pages.favorites}</h1>
      <p className="text-base text-fg-2">{pageWords.noFavorite}</p>
    </>
  )
}

/** The parts of the page that draw answers, made of those that the conversation has. */
function makeParts({
  Answer,
  Text,
  Turn,
}: FavoriteMainProps['parts']): Pick<FavoritePageProps, 'KeptAnswer' | 'RunningTurn'> {
  return {
    KeptAnswer: function KeptAnswer({ opened: { favorite, events } }: { readonly opened: OpenedFavorite }) {
      const output = usePreference((set) => set.output)
      const { id, question, connection, writer } = favorite
      const view = useMemo(
        () =>
          applyEvents(
            startTurnView({ turnId: id, conversationId: null, question, connection, writer, stored: true }),
            // The page knows events by the turn that they are shown under.
            events.map((event) => ({ ...event, turnId: id })),
          ),
        [id, question, connection, writer, events],
      )
      const result = visibleResult(view)
      if (result === null) return null
      return (
        <>
          <Text view={view} />
          <Answer view={view} result={result} proposal={view.proposal} output={output} />
        </>
      )
    },
    RunningTurn: function RunningTurn({ turnId, conversationId, connection, onOver }) {
      const workspace = useWorkspace()
      const navigate = useNavigate()
      const view = useWorkspaceState(({ turns }) => turns[turnId])
      useEffect(() => {
        const createdAt = new Date().toISOString()
        const turn = { id: turnId, conversationId, question: null, connection, writer: 'sql', createdAt }
        workspace.restore(conversationId, [{ ...turn, state: 'running', lastSeq: 0 }])
      }, [workspace, turnId, conversationId, connection])
      const hasEnded = view !== undefined && isOver(view)
      useEffect(() => {
        if (hasEnded) onOver()
        // oxlint-disable-next-line react/exhaustive-deps -- told once, when it has ended
      }, [hasEnded])
      if (view === undefined) return <TurnSkeleton />
      const toConversation = (): void => void navigate(`/c/${conversationId}`)
      return (
        <Turn view={view} last place="" onAsk={toConversation} onAgain={toConversation} onWithout={toConversation} />
      )
    },
  }
}
