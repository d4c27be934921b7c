import { MessageScroller, useMessageScroller, useMessageScrollerScrollable } from '@shadcn/react/message-scroller'
import { ArrowDown } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import type { AppInfo } from '../../contract/api.ts'
import type { Mention } from '../../contract/command.ts'
import { QuestionBubble } from '../features/turn/turn-text.tsx'
import { isAwaited, type TurnView } from '../turns/turn-view.ts'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { shellWords } from '../words/shell.ts'
import { threadWords } from '../words/thread.ts'
import { placeOf } from './app-info.ts'
import { useWorkspace } from './page-context.ts'
import { TurnArticle } from './turn-article.tsx'
import type { ConversationState } from './use-conversation.ts'

export interface ThreadProps {
  readonly conversation: ConversationState
  readonly info: AppInfo | undefined
  readonly onPick: (question: string, edit: boolean, mentions?: readonly Mention[], follows?: string | null) => void
  readonly onAgain: (view: TurnView) => void
  readonly onWithout: (view: TurnView, id: string) => void
}

// Other pages show answers with the same parts.
export { AnswerCard } from '../features/answer/answer-card.tsx'
export { AnswerText } from '../features/turn/turn-text.tsx'
export { TurnArticle } from './turn-article.tsx'

/** The turns of a conversation. A new question comes to the top; what follows it stays in sight. */
export function Thread({ conversation: { turns, loading }, info, onPick, onAgain, onWithout }: ThreadProps) {
  const last = turns.at(-1)
  return (
    <MessageScroller.Provider autoScroll defaultScrollPosition="last-anchor" scrollPreviousItemPeek={24}>
      {last !== undefined && <AnswerAnchor turnId={last.turnId} status={last.status} />}
      <LinkAnchor turns={turns} />
      <MessageScroller.Root className="relative min-h-0 flex-1">
        <MessageScroller.Viewport
          aria-label={shellWords.conversation}
          data-thread
          className="@container scroll-gutter h-full overflow-y-auto -outline-offset-2"
        >
          {/* Changes are told by the one status line; a live log would read out every word as it streams. */}
          <MessageScroller.Content
            aria-live="off"
            className="mx-auto flex w-full max-w-192 flex-col gap-10 px-4 pt-6 pb-8"
          >
            {loading && <TurnSkeleton />}
            {turns.map((view) => (
              <MessageScroller.Item key={view.turnId} messageId={view.turnId} scrollAnchor>
                {isAwaited(view) ? (
                  <AwaitedTurn turnId={view.turnId} question={view.question} />
                ) : (
                  <TurnArticle
                    view={view}
                    last={view === last}
                    place={placeOf(info, view.connection)}
                    onAsk={onPick}
                    onAgain={onAgain}
                    onWithout={onWithout}
                  />
                )}
              </MessageScroller.Item>
            ))}
          </MessageScroller.Content>
        </MessageScroller.Viewport>
        {/* A query that waits keeps its buttons in sight, which this one would lie on. */}
        <MessageScroller.Button
          hidden={last?.status === 'waiting'}
          aria-label={threadWords.toEnd}
          className="absolute right-2 bottom-3 flex size-9 items-center justify-center rounded-full border border-line-strong bg-raised text-fg hover:bg-hover data-[active=false]:hidden [&[hidden]]:hidden"
        >
          <ArrowDown size={16} aria-hidden />
        </MessageScroller.Button>
      </MessageScroller.Root>
    </MessageScroller.Provider>
  )
}

/** The question of a turn of an earlier visit with the room for its answer, which is fetched before it comes into sight. */
const AwaitedTurn = memo(function AwaitedTurn({ turnId, question }: Pick<TurnView, 'turnId' | 'question'>) {
  const place = useWanted(turnId)
  return (
    <article ref={place} aria-label={question ?? threadWords.ownSql} className="flex flex-col gap-4">
      <QuestionBubble question={question} isHeld={false} />
      {/* Not laid out while it is far away: a conversation may have hundreds of them. */}
      <div className="[contain-intrinsic-size:auto_430px] [content-visibility:auto]">
        <TurnSkeleton />
      </div>
      <p className="hidden text-sm print:block">{threadWords.notLoaded}</p>
    </article>
  )
})

/** Wants a turn once the place that is kept for it comes near the screen, or is printed. */
function useWanted(turnId: string) {
  const workspace = useWorkspace()
  const place = useRef<HTMLElement>(null)
  useEffect(() => {
    if (place.current === null) return undefined
    const want = (): void => workspace.want(turnId)
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) want()
      },
      { root: place.current.closest('[data-thread]'), rootMargin: '800px 0px' },
    )
    observer.observe(place.current)
    addEventListener('beforeprint', want)
    return () => {
      observer.disconnect()
      removeEventListener('beforeprint', want)
    }
  }, [workspace, turnId])
  return place
}

/** How long a turn that was brought into sight is kept there: on a slow machine the conversation goes to its own place a moment later. */
const keptMs = 500

/**
 * Brings the turn that the address names into sight: at once, and for a moment more when it and the turns just before it have come, unless the person
 * has gone elsewhere meanwhile.
 */
function LinkAnchor({ turns }: { readonly turns: readonly TurnView[] }) {
  const { scrollToMessage } = useMessageScroller()
  const { hash, key } = useLocation()
  const at = turns.findIndex(({ turnId }) => `#${turnId}` === hash)
  const named = turns[at]?.turnId ?? null
  // Others before it are fetched only when they come near the screen.
  const haveAllCome = turns.slice(Math.max(0, at - 2), at + 1).every((view) => !isAwaited(view))
  const settled = useRef<string | null>(null)
  useEffect(() => {
    if (named === null || settled.current === key) return undefined
    const untilMs = performance.now() + keptMs
    const keep = (): void => {
      if (settled.current === key) return
      scrollToMessage(named, { align: 'start', scrollMargin: 24, behavior: 'auto' })
      if (!haveAllCome) return
      if (performance.now() < untilMs) frame = requestAnimationFrame(keep)
      else settled.current = key
    }
    let frame = requestAnimationFrame(keep)
    const leave = (): void => {
      settled.current = key
    }
    addEventListener('wheel', leave, { passive: true })
    addEventListener('touchmove', leave, { passive: true })
    addEventListener('pointerdown', leave)
    addEventListener('keydown', leave)
    return () => {
      cancelAnimationFrame(frame)
      removeEventListener('pointerdown', leave)
      removeEventListener('wheel', leave)
      removeEventListener('touchmove', leave)
      removeEventListener('keydown', leave)
    }
  }, [named, key, haveAllCome, scrollToMessage])
  return null
}

/**
 * Brings the head of a turn into sight when its answer has come, because the first sentence is what was asked for. A person who
 * scrolled elsewhere meanwhile is left there.
 */
function AnswerAnchor({ turnId, status }: Pick<TurnView, 'turnId' | 'status'>) {
  const { scrollToMessage } = useMessageScroller()
  const { end } = useMessageScrollerScrollable()
  const follows = useRef(!end)
  const before = useRef({ turnId, status })
  useEffect(() => {
    const { turnId: earlier, status: was } = before.current
    before.current = { turnId, status }
    // A fast query is approved and answered between two drawings: its turn goes from running to done at once.
    const worked = was === 'executing' || was === 'running'
    if (earlier === turnId && worked && status === 'done' && follows.current)
      scrollToMessage(turnId, { align: 'start', scrollMargin: 24 })
  }, [turnId, status, scrollToMessage])
  useEffect(() => {
    follows.current = !end
  }, [end])
  return null
}
