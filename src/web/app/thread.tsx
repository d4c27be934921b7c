import { MessageScroller } from '@shadcn/react/message-scroller'
import { ArrowDown } from 'lucide-react'
import type { AppInfo } from '../../contract/api.ts'
import type { TurnView } from '../lib/turn-view.ts'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { AnswerAnchor } from './answer-anchor.tsx'
import { placeOf } from './app-info.ts'
import { TurnArticle } from './turn-article.tsx'

export interface ThreadProps {
  readonly turns: readonly TurnView[]
  readonly loading: boolean
  readonly info: AppInfo | undefined
  readonly onAsk: (question: string, edit: boolean) => void
  readonly onAgain: (view: TurnView) => void
}

/** The turns of a conversation. A new question comes to the top; what follows it stays in sight. */
export function Thread({ turns, loading, info, onAsk, onAgain }: ThreadProps) {
  const last = turns.at(-1)
  return (
    <MessageScroller.Provider autoScroll defaultScrollPosition="last-anchor" scrollPreviousItemPeek={24}>
      {last !== undefined && <AnswerAnchor turnId={last.turnId} status={last.status} />}
      <MessageScroller.Root className="relative min-h-0 flex-1">
        <MessageScroller.Viewport
          aria-label="Conversation"
          className="scroll-gutter h-full overflow-y-auto -outline-offset-2"
        >
          {/* What changes is told by the one status line; a live log would read out every word as it streams. */}
          <MessageScroller.Content
            aria-live="off"
            className="mx-auto flex w-full max-w-192 flex-col gap-10 px-4 pt-6 pb-8"
          >
            {loading && <TurnSkeleton />}
            {turns.map((view, index) => (
              <MessageScroller.Item key={view.turnId} messageId={view.turnId} scrollAnchor>
                <TurnArticle
                  view={view}
                  last={index === turns.length - 1}
                  place={placeOf(info, view.connection)}
                  onAsk={onAsk}
                  onAgain={onAgain}
                />
              </MessageScroller.Item>
            ))}
          </MessageScroller.Content>
        </MessageScroller.Viewport>
        <MessageScroller.Button
          aria-label="Scroll to the end"
          className="absolute bottom-3 left-1/2 flex size-9 -translate-x-1/2 items-center justify-center rounded-full border border-line-strong bg-raised text-fg hover:bg-hover data-[active=false]:hidden"
        >
          <ArrowDown size={16} aria-hidden />
        </MessageScroller.Button>
      </MessageScroller.Root>
    </MessageScroller.Provider>
  )
}
