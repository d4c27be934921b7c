import type { UseQueryResult } from '@tanstack/react-query'
import type { AppInfo } from '../../contract/api.ts'
import { Welcome } from '../features/welcome/welcome.tsx'
import { problemOf } from '../lib/turn-channel.ts'
import type { TurnView } from '../lib/turn-view.ts'
import { PageProblem } from './page-problem.tsx'
import { Thread } from './thread.tsx'
import type { ConversationState } from './use-conversation.ts'

export interface ConversationMainProps {
  readonly conversationId: string | null
  readonly conversation: ConversationState
  readonly info: UseQueryResult<AppInfo>
  /** Questions to start with. */
  readonly starters: readonly string[]
  readonly onPick: (question: string, edit: boolean) => void
  readonly onAgain: (view: TurnView) => void
}

/** What stands above the question box: a welcome, a conversation, or why neither can be shown. */
export function ConversationMain({
  conversationId,
  conversation,
  info,
  starters,
  onPick,
  onAgain,
}: ConversationMainProps) {
  const problem = conversation.problem ?? (info.error === null ? null : problemOf(info.error))
  const { turns } = conversation
  if (problem !== null && turns.length === 0) {
    const again = (): void => {
      void info.refetch()
      conversation.retry()
    }
    return (
      <main className="flex min-h-0 flex-1 overflow-y-auto">
        <PageProblem problem={problem} onAgain={problem.code === 'not_found' ? undefined : again} />
      </main>
    )
  }
  if (conversationId === null)
    return (
      <main className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
        <Welcome starters={starters} onPick={onPick} />
      </main>
    )
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{conversation.title ?? 'Conversation'}</h1>
      <Thread
        key={conversationId}
        loading={conversation.loading}
        turns={turns}
        info={info.data}
        onAsk={onPick}
        onAgain={onAgain}
      />
    </main>
  )
}
