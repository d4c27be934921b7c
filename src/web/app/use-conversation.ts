import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Problem } from '../../contract/problem.ts'
import { readConversation } from '../lib/read-api.ts'
import { problemOf, RefusedCommand } from '../lib/turn-channel.ts'
import type { TurnView } from '../lib/turn-view.ts'
import { useWorkspace, useWorkspaceState } from './workspace-context.ts'

export interface ConversationState {
  readonly turns: readonly TurnView[]
  /** The first question; null while there is none. */
  readonly title: string | null
  readonly loading: boolean
  /** Why the conversation cannot be shown. */
  readonly problem: Problem | null
  readonly retry: () => void
}

/** A conversation: the one held here, or else the one the server keeps, brought back event by event. */
export function useConversation(conversationId: string | null): ConversationState {
  const workspace = useWorkspace()
  const known = useWorkspaceState(({ conversations }) => conversations[conversationId ?? ''] !== undefined)
  const turns = useWorkspaceState(
    useShallow(({ conversations, turns }) =>
      (conversations[conversationId ?? ''] ?? []).flatMap((turnId) => turns[turnId] ?? []),
    ),
  )
  const stored = useQuery({
    queryKey: ['conversation', conversationId],
    queryFn: ({ signal }) => readConversation(conversationId ?? '', signal),
    enabled: conversationId !== null && !known,
    retry: (count, error) => count < 3 && !(error instanceof RefusedCommand),
  })
  useEffect(() => {
    if (conversationId !== null && !known && stored.data !== undefined)
      workspace.restore(conversationId, stored.data.turns)
  }, [workspace, conversationId, known, stored.data])
  return {
    turns,
    title: turns[0]?.question ?? null,
    loading: conversationId !== null && !known && stored.error === null,
    problem: known || stored.error === null ? null : conversationProblem(stored.error),
    retry: () => void stored.refetch(),
  }
}

const conversationProblem = (error: unknown): Problem => {
  const problem = problemOf(error)
  if (problem.code !== 'not_found' && problem.code !== 'bad_request') return problem
  return {
    ...problem,
    message: 'This conversation does not exist.',
    action: 'The link may be wrong, or it belongs to someone else.',
  }
}
