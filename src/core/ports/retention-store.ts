import type { ConversationSummary } from '../../contract/api.ts'

/** A conversation, and what it takes. */
export interface StoredConversation extends ConversationSummary {
  readonly bytes: number
  readonly isKept: boolean
}

/** What is stored, and its removal by age and size. Conversations that their person has removed are not told of. Kept conversations and questions that are not over are never removed. Throws `store_unavailable`. */
export interface RetentionStore {
  /** What all turns and favorites of a person take, and of this what kept conversations and what favorites take, in bytes. */
  readUse(
    ownerId: string,
  ): Promise<{ readonly bytes: number; readonly keptBytes: number; readonly favoriteBytes: number }>
  /** Conversations that were last used before this moment and are not kept, the oldest first; and those that are kept. */
  listAging(ownerId: string, usedBefore: number, limit: number): Promise<readonly StoredConversation[]>
  listKept(ownerId: string, limit: number): Promise<readonly StoredConversation[]>
  /** Removes conversations that were last used before this moment; returns how many. */
  removeConversations(usedBefore: number): Promise<number>
  /** The people whose turns and favorites take more than so many bytes. */
  findOwnersAbove(bytes: number): Promise<readonly string[]>
  /** Removes the rows of the person's oldest results until all their turns and favorites take at most so many bytes, or none has any; returns of how many. */
  removeRows(ownerId: string, untilBytes: number): Promise<number>
  /** Removes audit entries older than this moment, as far as the database lets; returns how many. */
  removeAudit(before: number): Promise<number>
  /** Drops favorites and folders that their owners removed before this moment. */
  dropRemoved(before: number): Promise<void>
}
