import type { ConversationSummary } from '../../contract/api.ts'

/** A conversation, and what it takes. */
export interface StoredConversation extends ConversationSummary {
  readonly bytes: number
  readonly isKept: boolean
}

/** What is stored, and its removal. Kept conversations and questions that are not over are never removed. Throws `store_unavailable`. */
export interface RetentionStore {
  /** What all turns of a person take, and what those of their kept conversations take, in bytes. */
  readUse(ownerId: string): Promise<{ readonly bytes: number; readonly keptBytes: number }>
  /** Conversations that were last used before this moment and are not kept, the oldest first; and those that are kept. */
  listAging(ownerId: string, usedBefore: number, limit: number): Promise<readonly StoredConversation[]>
  listKept(ownerId: string, limit: number): Promise<readonly StoredConversation[]>
  /** False where the person has no such conversation. */
  keep(ownerId: string, conversationId: string, isKept: boolean): Promise<boolean>
  /** Removes conversations that were last used before this moment; returns how many. */
  removeConversations(usedBefore: number): Promise<number>
  /** The people whose turns take more than so many bytes. */
  findOwnersAbove(bytes: number): Promise<readonly string[]>
  /** Removes the rows of the person's oldest results until all their turns take at most so many bytes, or none has any; returns of how many. */
  removeRows(ownerId: string, untilBytes: number): Promise<number>
  /** Removes audit entries older than this moment, as far as the database lets; returns how many. */
  removeAudit(before: number): Promise<number>
}
