import { MessageScroller, useMessageScroller, useMessageScrollerScrollable } from '@shadcn/react/message-scroller'
import { ArrowDown } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { AppInfo } from '../../contract/api.ts'
import type { Problem } from '../../contract/problem.ts'
import type { TurnView } from '../turns/turn-view.ts'
import { Welcome } from '../ui/suggestions.tsx'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { placeOf } from './app-info.ts'
import { PageProblem } from './page-problem.tsx'
import { TurnArticle } from './turn-article.tsx'
import type { ConversationState } from './use-conversation.ts'

export interface ConversationMainProps {
  readonly conversationId: string | null
  readonly conversation: ConversationState
  /** Why the page cannot be shown; it matters only while there is nothing to show. */
  readonly problem: Problem | null
  readonly onRetry: () => void
  readonly info: AppInfo | undefined
  /** Questions to start with. */
  readonly starters: readonly string[]
  readonly onPick: (question: string, edit: boolean) => void
  readonly onAgain: (view: TurnView) => void
  readonly onWithout: (view: TurnView, id: string) => void
}

/** What stands above the question box: a welcome, a conversation, or why neither can be shown. */
export function ConversationMain(props: ConversationMainProps) {
  const { conversationId, conversation, problem, onRetry, starters, onPick } = props
  if (problem !== null && conversation.turns.length === 0)
    return (
      <main className="flex min-h-0 flex-1 overflow-y-auto">
        <PageProblem problem={problem} onAgain={problem.code === 'not_found' ? undefined : onRetry} />
      </main>
    )
  if (conversationId === null)
    return (
      <main className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
        <Welcome starters={starters} onPick={onPick} />
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{conversation.title ?? 'Conversation'}</h1>
      <Thread key={conversationId} {...props} />
    </main>
  )
}

/** The turns of a conversation. A new question comes to the top; what follows it stays in sight. */
function Thread({ conversation: { turns, loading }, info, onPick, onAgain, onWithout }: ConversationMainProps) {
  const last = turns.at(-1)
  return (
    <MessageScroller.Provider autoScroll defaultScrollPosition="last-anchor" scrollPreviousItemPeek={24}>
      {last !== undefined && <AnswerAnchor turnId={last.turnId} status={last.status} />}
      <MessageScroller.Root className="relative min-h-0 flex-1">
        <MessageScroller.Viewport
          aria-label="Conversation"
          className="scroll-gutter h-full overflow-y-auto -outline-offset-2"
        >
          {/* Changes are told by the one status line; a live log would read out every word as it streams. */}
          <MessageScroller.Content
            aria-live="off"
            className="mx-auto flex w-full max-w-192 flex-col gap-10 px-4 pt-6 pb-8"
          >
            {loading && <TurnSkeleton />}
            {turns.map((view) => (
              <MessageScroller.Item key={view.turnId} messageId={view.turnId} scrollAnchor>
                <TurnArticle
                  view={view}
                  last={view === last}
                  place={placeOf(info, view.connection)}
                  onAsk={onPick}
                  onAgain={onAgain}
                  onWithout={onWithout}
                />
              </MessageScroller.Item>
            ))}
          </MessageScroller.Content>
        </MessageScroller.Viewport>
        <MessageScroller.Button
          aria-label="Scroll to the end"
          className="absolute right-2 bottom-3 flex size-9 items-center justify-center rounded-full border border-line-strong bg-raised text-fg hover:bg-hover data-[active=false]:hidden"
        >
          <ArrowDown size={16} aria-hidden />
        </MessageScroller.Button>
      </MessageScroller.Root>
    </MessageScroller.Provider>
  )
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
