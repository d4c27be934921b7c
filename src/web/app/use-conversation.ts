import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { useShallow } from 'zustand/react/shallow'
import type { AppInfo } from '../../contract/api.ts'
import { sampleConnection, type Mention } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import { ofThisPage, problemOf, RefusedCommand } from '../transport/channel.ts'
import { sqlToRunAgain } from '../turns/describe-turn.ts'
import { useConversationChanges } from '../turns/conversation-changes.ts'
import { isBusy, type TurnView } from '../turns/turn-view.ts'
import type { Question } from '../turns/turn-store.ts'
import { problemWords } from '../words/shell.ts'
import { useApi, usePreference, useWorkspace, useWorkspaceState } from './page-context.ts'

export interface ConversationState {
  readonly turns: readonly TurnView[]
  /** Its name, or the first question; null while there is neither. */
  readonly title: string | null
  readonly loading: boolean
  /** Whether its only question was taken back before the server heard of it. */
  readonly isTakenBack: boolean
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
    enabled: conversationId !== null && !known && !workspace.isOnlyHere(conversationId),
    retry: (count, error) => count < 3 && !(error instanceof RefusedCommand),
  })
  useEffect(() => {
    if (conversationId !== null && data !== undefined) workspace.restore(conversationId, data.turns)
  }, [workspace, conversationId, data])
  const isGone = error instanceof RefusedCommand && error.problem.code === 'not_found'
  useEffect(() => {
    if (conversationId !== null && isGone) workspace.drop(conversationId)
  }, [workspace, conversationId, isGone])
  const look = (): void => {
    if (conversationId !== null && !workspace.isOnlyHere(conversationId)) void refetch()
  }
  useConversationChanges(look, conversationId)
  return {
    turns,
    title: data?.conversation.title ?? turns[0]?.question ?? null,
    loading: conversationId !== null && !known && error === null,
    isTakenBack: known && turns.length === 0 && data === undefined,
    problem: known || error === null ? null : conversationProblem(error),
    retry: () => void refetch(),
  }
}

const conversationProblem = (error: unknown): Problem => {
  const problem = problemOf(error)
  if (problem.code !== 'not_found' && problem.code !== 'bad_request') return problem
  return ofThisPage({
    ...problem,
    message: problemWords.noConversation,
    action: problemWords.noConversationAction,
  })
}

export interface Asking {
  /** The connection that new questions go to. */
  readonly connection: string
  readonly setConnection: (ref: string) => void
  /** It follows the last turn unless another one, or none, is named. */
  readonly ask: (question: string, mentions?: readonly Mention[], follows?: string | null) => void
  /** Has SQL of the person's own checked and proposed. */
  readonly runSql: (sql: string) => void
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
    ({ question, connection: earlier, writer: by, follows, leaveOut, mentions }: TurnView, id: string) => {
      // It takes the place of the query that waits: a newer question ends that one.
      begin({
        question,
        sql: null,
        connection: earlier ?? connection,
        writer: by === 'sql' ? null : by,
        follows,
        leaveOut: [...leaveOut, id],
        mentions,
      })
    },
    [begin, connection],
  )
  const ask = useCallback(
    (question: string, mentions: readonly Mention[] = [], follows?: string | null) =>
      begin({ question, sql: null, connection, writer, mentions, ...(follows === undefined ? {} : { follows }) }),
    [begin, connection, writer],
  )
  const runSql = useCallback(
    (sql: string) => begin({ question: null, sql, connection, writer: null }),
    [begin, connection],
  )
  const again = useCallback(
    (view: TurnView) => {
      const { question, connection: earlier, writer: by, mentions } = view
      const sql = sqlToRunAgain(view)
      begin({
        question: sql === null ? question : null,
        sql,
        connection: earlier ?? connection,
        writer: by === 'sql' ? null : by,
        ...(sql === null ? { mentions } : {}),
      })
    },
    [begin, connection],
  )
  const busyTurn = last !== undefined && isBusy(last) ? last.turnId : null
  const stop = useMemo(() => {
    if (busyTurn === null) return null
    return (): void => {
      // A refusal means that the turn ended first, which its own events tell.
      workspace.send({ command: 'cancel', cancel: { turnId: busyTurn } }).catch(() => undefined)
    }
  }, [workspace, busyTurn])
  return { connection, setConnection, ask, runSql, again, without, stop }
}

/**
 * The connection that a first question goes to: the default one from the settings, else the one last chosen, else the first. One that is
 * gone is named all the same, so that a question never goes elsewhere without a word.
 */
export function useUsualConnection(info: AppInfo | undefined): string {
  const chosen = useWorkspaceState(({ choices }) => choices.connection)
  const preferred = usePreference((set) => set.connection)
  return preferred ?? chosen ?? info?.connections[0]?.ref ?? sampleConnection
}

/** The connection that questions of a conversation go to: the one picked here, else the one its last turn used, else the usual one. */
function useConnection(
  conversationId: string | null,
  last: TurnView | undefined,
  info: AppInfo | undefined,
): readonly [string, (ref: string) => void] {
  const workspace = useWorkspace()
  const usual = useUsualConnection(info)
  // Someone coming back from a sign-in page goes on with the connection they signed in to.
  const [picked, setPicked] = useState(() => ({
    conversationId,
    ref: new URLSearchParams(location.search).get('connection'),
  }))
  const here = picked.conversationId === conversationId ? picked.ref : null
  const connection = here ?? last?.connection ?? usual
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
