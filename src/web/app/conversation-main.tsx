import type { Problem } from '../../contract/problem.ts'
import { makeLazyPart } from '../ui/lazy-part.tsx'
import { Welcome } from '../ui/suggestions.tsx'
import { TurnSkeleton } from '../ui/turn-skeleton.tsx'
import { shellWords } from '../words/shell.ts'
import { PageProblem } from './page-problem.tsx'
import type { ThreadProps } from './thread.tsx'

const loadThread = () => import('./thread.tsx').then((module) => module.Thread)
const Thread = makeLazyPart(
  loadThread,
  <div className="mx-auto w-full max-w-192 px-4 pt-6">
    <TurnSkeleton />
  </div>,
)

/** Fetches what shows turns before there is one. A failure shows where the thread itself is shown. */
export function preloadThread(): void {
  loadThread().catch(() => undefined)
}

const WelcomePart = makeLazyPart(() => import('./welcome-part.tsx').then((module) => module.WelcomePart))

export interface ConversationMainProps extends ThreadProps {
  readonly conversationId: string | null
  /** Why the page cannot be shown; it matters only while there is nothing to show. */
  readonly problem: Problem | null
  readonly onRetry: () => void
  /** Questions to start with. */
  readonly starters: readonly string[]
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
        {/* The room is kept while the steps are on their way, so that nothing jumps. */}
        <div className="mx-auto min-h-49 w-full max-w-168 pb-4">
          <WelcomePart starter={starters[0] ?? null} onAsk={(question) => onPick(question, false)} />
        </div>
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{conversation.title ?? shellWords.conversation}</h1>
      <Thread key={conversationId} {...props} />
    </main>
  )
}
