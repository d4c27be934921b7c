import type { FeedbackPage, NewFeedback, TurnFeedback } from '../../contract/feedback.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { FeedbackStore } from '../ports/feedback-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'

/** What people think of their answers. What was said and withdrawn is audited by its verdict, never by its words. */
export interface Feedback {
  /** Everything that the caller said, for the export of their data. */
  mine(caller: Caller): Promise<readonly TurnFeedback[]>
  /** What the caller said about answers of one conversation; nothing where that is not theirs. */
  ofConversation(caller: Caller, conversationId: string): Promise<readonly TurnFeedback[]>
  /** Sets what the caller thinks of one of their answers. Throws `not_found`. */
  give(caller: Caller, turnId: string, feedback: NewFeedback): Promise<TurnFeedback>
  /** Throws `not_found`. */
  withdraw(caller: Caller, turnId: string): Promise<void>
  /** Everybody's, newest first. Throws `forbidden` for anybody but admins. */
  list(caller: Caller, page: { readonly before: string | null; readonly limit: number }): Promise<FeedbackPage>
}

export function makeFeedback({
  store,
  audit,
  clock,
}: {
  readonly store: FeedbackStore
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Pick<Clock, 'now'>
}): Feedback {
  return {
    mine: ({ userId }) => store.listOf(userId, null),
    ofConversation: ({ userId }, conversationId) => store.listOf(userId, conversationId),
    give: async (caller, turnId, feedback) => {
      const given = await store.put(caller.userId, turnId, feedback, clock.now())
      if (given === null) throw problem('not_found', 'There is no such answer of yours.', 'Check the link.')
      const { verdict, reasons } = given
      await audit.note(caller, 'feedback.given', { turn: turnId, verdict, reasons: reasons.join(', ') })
      return given
    },
    withdraw: async (caller, turnId) => {
      if (!(await store.remove(caller.userId, turnId)))
        throw problem('not_found', 'There is no feedback of yours on this answer.', 'Load the page again.')
      await audit.note(caller, 'feedback.withdrawn', { turn: turnId })
    },
    list: async (caller, { before, limit }) => {
      demandRight(caller, 'manage_people')
      const rows = await store.list(before, limit + 1)
      const entries = rows.slice(0, limit)
      return { entries, next: rows.length > limit ? (entries.at(-1)?.cursor ?? null) : null }
    },
  }
}
