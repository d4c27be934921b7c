import type { FeedbackEntry, NewFeedback, TurnFeedback } from '../../contract/feedback.ts'

/** What people think of their answers, one entry a turn. Repeating a call changes nothing. Throws `store_unavailable`. */
export interface FeedbackStore {
  /** Sets what the owner of a turn thinks of it; null where they have no such turn. */
  put(ownerId: string, turnId: string, feedback: NewFeedback, at: number): Promise<TurnFeedback | null>
  /** Whether there was something to remove. */
  remove(ownerId: string, turnId: string): Promise<boolean>
  /** Of one conversation of the owner, or of all of them. */
  listOf(ownerId: string, conversationId: string | null): Promise<readonly TurnFeedback[]>
  /** Of everybody, newest first, after the entry that `before` names. */
  list(before: string | null, limit: number): Promise<readonly FeedbackEntry[]>
}
