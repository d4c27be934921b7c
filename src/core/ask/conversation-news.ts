import type { Notices } from '../ports/notices.ts'

/**
 * Tells a person's open pages that something in one of their conversations has changed: a turn was asked or has ended, or the conversation
 * was renamed, archived or removed. A page reads again what it shows of it.
 */
export interface ConversationNews {
  /** Never fails: a page that misses it looks again when the person comes back to it. */
  tell(ownerId: string, conversationId: string): void
  /** Calls for each of the person's conversations that changed, at any copy of the server. Returns the function that stops it. */
  watch(ownerId: string, onChange: (conversationId: string) => void): () => void
}

/** Makes the news of conversations over the notices between copies. */
export function makeConversationNews(notices: Pick<Notices, 'publish' | 'subscribe'>): ConversationNews {
  return {
    tell: (userId, conversationId) => void notices.publish({ kind: 'conversation', userId, conversationId }),
    watch: (ownerId, onChange) =>
      notices.subscribe((notice) => {
        if (notice.kind === 'conversation' && notice.userId === ownerId) onChange(notice.conversationId)
      }),
  }
}
