import { createContext, useContext, useEffect, useRef } from 'react'

/** Stands in news for the person's favorites and folders instead of a conversation. */
export const favoritesNews = 'favorites'

/** News that a conversation was changed: by a question in another tab, on another device, or by a new name. */
export interface ConversationChanges {
  /** `null` stands for any conversation: the line was away, or the person comes back to this page. */
  tell(conversationId: string | null): void
  subscribe(onChange: (conversationId: string | null) => void): () => void
}

export function makeConversationChanges(): ConversationChanges {
  const subscribers = new Set<(conversationId: string | null) => void>()
  return {
    tell: (conversationId) => subscribers.forEach((onChange) => onChange(conversationId)),
    subscribe: (onChange) => {
      subscribers.add(onChange)
      return () => subscribers.delete(onChange)
    },
  }
}

/** Given at the root. */
export const ConversationChangesContext = createContext<ConversationChanges | null>(null)

/** Changes that come together, as those of a turn that begins and waits, are told once. */
const togetherMs = 250

/**
 * Calls back after something in a conversation has changed, here or elsewhere, so that what is shown of it can be fetched again.
 * Without `conversationId` it is told of all of them.
 */
export function useConversationChanges(onChange: () => void, conversationId?: string | null): void {
  const changes = useContext(ConversationChangesContext)
  const latest = useRef(onChange)
  useEffect(() => {
    latest.current = onChange
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = changes?.subscribe((changed) => {
      if (conversationId !== undefined && changed !== null && changed !== conversationId) return
      clearTimeout(timer)
      timer = setTimeout(() => latest.current(), togetherMs)
    })
    return () => {
      clearTimeout(timer)
      stop?.()
    }
  }, [changes, conversationId])
}
