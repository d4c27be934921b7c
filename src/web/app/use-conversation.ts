import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useShallow } from 'zustand/react/shallow'
import type { AppInfo } from '../../contract/api.ts'
import { sampleConnection } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import { problemOf, RefusedCommand } from '../transport/channel.ts'
import { isBusy, type TurnView } from '../turns/turn-view.ts'
import type { Question } from '../turns/workspace.ts'
import { useApi, usePreference, useWorkspace, useWorkspaceState } from './page-context.ts'

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
  const api = useApi()
  const known = useWorkspaceState(({ conversations }) => conversations[conversationId ?? ''] !== undefined)
  const turns = useWorkspaceState(
    useShallow(({ conversations, turns }) =>
      (conversations[conversationId ?? ''] ?? []).flatMap((turnId) => turns[turnId] ?? []),
    ),
  )
  const { data, error, refetch } = useQuery({
    queryKey: ['conversation', conversationId],
    queryFn: ({ signal }) => api.conversations.read({ conversationId: conversationId ?? '' }, { signal }),
    enabled: conversationId !== null && !known,
    retry: (count, error) => count < 3 && !(error instanceof RefusedCommand),
  })
  useEffect(() => {
    if (conversationId !== null && data !== undefined) workspace.restore(conversationId, data.turns)
  }, [workspace, conversationId, data])
  useRefetchOnReturn(known, refetch)
  return {
    turns,
    title: turns[0]?.question ?? null,
    loading: conversationId !== null && !known && error === null,
    problem: known || error === null ? null : conversationProblem(error),
    retry: () => void refetch(),
  }
}

/** What was asked in another tab meanwhile is fetched when a person comes back to this one. */
function useRefetchOnReturn(known: boolean, refetch: () => unknown): void {
  useEffect(() => {
    if (!known) return undefined
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') refetch()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [known, refetch])
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

export interface Asking {
  /** The connection that new questions go to. */
  readonly connection: string
  readonly setConnection: (ref: string) => void
  readonly ask: (question: string) => void
  /** Asks what a turn asked, once more. */
  readonly again: (view: TurnView) => void
  /** Asks what a turn asked without one of the parts it took over. */
  readonly without: (view: TurnView, id: string) => void
  /** Given while the last turn is at work. */
  readonly stop: (() => void) | null
}

/** Asking in a conversation, or asking the first question of a new one. */
export function useAsking(
  conversationId: string | null,
  last: TurnView | undefined,
  info: AppInfo | undefined,
): Asking {
  const workspace = useWorkspace()
  const navigate = useNavigate()
  const writer = useWriter(info)
  const [connection, setConnection] = useConnection(conversationId, last, info)
  const lastShown = last?.turnId ?? null
  const begin = useCallback(
    (asked: Omit<Question, 'conversationId' | 'follows'> & { readonly follows?: string | null }): void => {
      const started = workspace.ask({ follows: lastShown, ...asked, conversationId })
      if (conversationId === null) void navigate(`/c/${started.conversationId}`)
    },
    [workspace, navigate, conversationId, lastShown],
  )
  const without = useCallback(
    ({ turnId, status, question, connection: earlier, writer: by, follows, leaveOut }: TurnView, id: string) => {
      begin({
        question,
        sql: null,
        connection: earlier ?? connection,
        writer: by === 'sql' ? null : by,
        follows,
        leaveOut: [...leaveOut, id],
      })
      // The query without the part takes the place of the one that waits. If that has ended meanwhile there is nothing to cancel.
      if (status === 'waiting') workspace.send({ command: 'cancel', cancel: { turnId } }).catch(() => undefined)
    },
    [begin, connection, workspace],
  )
  const ask = useCallback(
    (question: string) => begin({ question, sql: null, connection, writer }),
    [begin, connection, writer],
  )
  const again = useCallback(
    ({ question, proposal, connection: earlier, writer: by }: TurnView) => {
      // A text that a person changed is what they want to run, whatever the question was.
      const sql = question === null || proposal?.edited === true ? (proposal?.sql ?? '') : null
      begin({
        question: sql === null ? question : null,
        sql,
        connection: earlier ?? connection,
        writer: by === 'sql' ? null : by,
      })
    },
    [begin, connection],
  )
  const stop =
    last !== undefined && isBusy(last)
      ? () => {
          // A refusal means that the turn ended first, which its own events tell.
          workspace.send({ command: 'cancel', cancel: { turnId: last.turnId } }).catch(() => undefined)
        }
      : null
  return { connection, setConnection, ask, again, without, stop }
}

/**
 * The connection that questions of a conversation go to: the one picked here, else the one its last turn used, else the default
 * one from the settings, else the one last chosen, as long as they exist, else the first.
 */
function useConnection(
  conversationId: string | null,
  last: TurnView | undefined,
  info: AppInfo | undefined,
): readonly [string, (ref: string) => void] {
  const workspace = useWorkspace()
  const chosen = useWorkspaceState(({ choices }) => choices.connection)
  const preferred = usePreference((set) => set.connection)
  // Someone coming back from a sign-in page goes on with the connection they signed in to.
  const [picked, setPicked] = useState(() => ({
    conversationId,
    ref: new URLSearchParams(location.search).get('connection'),
  }))
  const here = picked.conversationId === conversationId ? picked.ref : null
  const usual = [preferred, chosen].find(
    (each) => each !== null && (info === undefined || info.connections.some(({ ref }) => ref === each)),
  )
  const connection = here ?? last?.connection ?? usual ?? info?.connections[0]?.ref ?? sampleConnection
  const pick = useCallback(
    (ref: string): void => {
      setPicked({ conversationId, ref })
      workspace.choose({ connection: ref })
    },
    [workspace, conversationId],
  )
  return [connection, pick]
}

/** The writer of questions: the default one from the settings, else the one last chosen, as long as they are offered; null leaves it to the server. */
export function useWriter(info: AppInfo | undefined): string | null {
  const chosen = useWorkspaceState(({ choices }) => choices.writer)
  const preferred = usePreference((set) => set.writer)
  return [preferred, chosen].find((id) => info?.writers.some((writer) => writer.id === id)) ?? null
}
