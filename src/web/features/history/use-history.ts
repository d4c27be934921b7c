import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import type { ConversationsPage, HistoryEntry, HistoryPage, ListedConversation } from '../../../contract/history.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { useConversationChanges } from '../../turns/conversation-changes.ts'
import { useToast } from '../../ui/toasts.tsx'
import { historyPageWords, historyWords } from '../../words/history.ts'
import { say } from '../../words/language.ts'

/** Begins the keys of everything that is fetched of the history. */
export const historyKey = 'history'

/** Fetches lists of the history again after something in them has changed, here or elsewhere. */
export function useFreshHistory(): () => Promise<void> {
  const queries = useQueryClient()
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: [historyKey] })
  useConversationChanges(() => void refresh())
  return refresh
}

/** Conversations page after page, the ones used last first. */
export function useConversationList(api: ApiClient, archived: boolean, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: [historyKey, 'conversations', archived],
    queryFn: ({ pageParam, signal }): Promise<ConversationsPage> =>
      api.history.conversations(
        { archived: archived ? 'true' : 'false', ...(pageParam === null ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled,
  })
}

/** What is asked of the history beside the place in it. */
export type HistoryFilter = Omit<Parameters<ApiClient['history']['search']>[0], 'cursor' | 'limit'>

/** Turns page after page, the latest first. What was found before stays until the next is there. */
export function useHistorySearch(api: ApiClient, filter: HistoryFilter, enabled = true) {
  return useInfiniteQuery({
    queryKey: [historyKey, 'turns', filter],
    queryFn: ({ pageParam, signal }): Promise<HistoryPage> =>
      api.history.search({ ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
    enabled,
  })
}

/** A text that is searched for once nobody has typed for a moment. */
export function useSettledText(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trimStart()), 150)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** Turns under their conversations, in the order in which they were found. */
export function groupByConversation(entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] {
  return [...Map.groupBy(entries, ({ conversationId }) => conversationId).values()]
}

const refusals: ReadonlySet<string> = new Set(['sql_refused', 'budget_used', 'forbidden', 'query_too_large'])

/** How a turn ended, as a person says it, and in which tone it is shown. */
export function outcomeOf({ state, rowCount, problemCode }: Pick<HistoryEntry, 'state' | 'rowCount' | 'problemCode'>): {
  readonly text: string
  readonly tone: 'plain' | 'accent' | 'warn'
} {
  const { answered, askedBack, stopped, interrupted, refused, notAnswered } = historyPageWords.outcomes
  switch (state) {
    case 'running':
      return { text: historyWords.running, tone: 'accent' }
    case 'waiting':
      return { text: historyWords.waiting, tone: 'accent' }
    case 'done':
      return { text: rowCount === null ? askedBack : answered, tone: 'plain' }
    case 'cancelled':
      return { text: stopped, tone: 'plain' }
    case 'interrupted':
      return { text: interrupted, tone: 'warn' }
    case 'failed':
      return { text: refusals.has(problemCode ?? '') ? refused : notAnswered, tone: 'warn' }
  }
}

export interface ConversationActions {
  rename(conversation: Named, title: string): Promise<void>
  archive(conversation: Named, archived: boolean): Promise<void>
  keep(conversation: Named, isKept: boolean): Promise<void>
  remove(conversation: Named): Promise<void>
}

type Named = Pick<ListedConversation, 'id' | 'title'>

const short = (title: string): string => (title.length > 60 ? `${title.slice(0, 59)}…` : title)

/**
 * What is done with a conversation of a list. What fails is said in a message. A sidebar that lies over the page is closed where something can be
 * taken back, because nothing beside it can be pressed.
 */
export function useConversationActions(
  api: ApiClient,
  onScreen: string | null,
  onClose: () => void,
): ConversationActions {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const act = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      const { message, action } = problemOf(error)
      toast({ text: `${message} ${action}` })
      return false
    } finally {
      await queries.invalidateQueries({ queryKey: [historyKey] })
    }
  }
  const setArchived = (conversationId: string, archived: boolean) =>
    act(() => api.conversations.change({ conversationId, archived }))
  return {
    rename: async ({ id, title: before }, title) => {
      if (title.trim() === '' || title.trim() === before) return
      if (await act(() => api.conversations.change({ conversationId: id, title })))
        await queries.invalidateQueries({ queryKey: ['conversation', id] })
    },
    archive: async ({ id, title }, archived) => {
      if (!(await setArchived(id, archived))) return
      onClose()
      const text = archived ? historyWords.archived : historyWords.unarchived
      toast({ text: say(text, { title: short(title) }), undo: () => setArchived(id, !archived) })
    },
    keep: async ({ id }, isKept) => {
      await act(() => api.conversations.change({ conversationId: id, isKept }))
    },
    remove: async ({ id, title }) => {
      if (!(await act(() => api.conversations.remove({ conversationId: id })))) return
      onClose()
      if (onScreen === id) void navigate('/')
      toast({
        text: say(historyWords.removed, { title: short(title) }),
        undo: () => act(() => api.conversations.restore({ conversationId: id })),
      })
    },
  }
}
