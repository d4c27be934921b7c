import * as z from 'zod/mini'

/** What was wrong with an answer, in the words that a person may choose from. */
export const FeedbackReason = z.enum([
  'wrong_numbers',
  'wrong_data',
  'misunderstood',
  'hard_to_read',
  'too_slow',
  'other',
])
export type FeedbackReason = z.infer<typeof FeedbackReason>

/** What a person thinks of an answer. */
export const NewFeedback = z.object({
  verdict: z.enum(['up', 'down']),
  reasons: z._default(
    z.array(FeedbackReason).check(
      z.maxLength(FeedbackReason.options.length),
      z.refine((reasons) => new Set(reasons).size === reasons.length, 'must not name a reason twice'),
    ),
    [],
  ),
  /** In the person's own words; empty for none. */
  comment: z._default(z.string().check(z.trim(), z.maxLength(1_000, 'must have at most 1000 characters')), ''),
})
export type NewFeedback = z.infer<typeof NewFeedback>

/** Feedback as the person who gave it sees it. */
export const TurnFeedback = z.object({
  turnId: z.uuid(),
  verdict: z.enum(['up', 'down']),
  reasons: z.array(FeedbackReason),
  comment: z.string(),
  updatedAt: z.iso.datetime(),
})
export type TurnFeedback = z.infer<typeof TurnFeedback>

/** Feedback as admins see it: with the question and the query that it is about, without any row of the answer. */
export const FeedbackEntry = z.extend(TurnFeedback, {
  /** Names the entry's place in the order. */
  cursor: z.string(),
  person: z.object({ id: z.uuid(), name: z.string(), email: z.nullable(z.string()) }),
  question: z.nullable(z.string()),
  /** The query that was proposed last; null where there was none. */
  sql: z.nullable(z.string()),
  connection: z.string(),
  writer: z.string(),
})
export type FeedbackEntry = z.infer<typeof FeedbackEntry>

/** Newest first; `next` is null on the last page. */
export const FeedbackPage = z.object({ entries: z.array(FeedbackEntry), next: z.nullable(z.string()) })
export type FeedbackPage = z.infer<typeof FeedbackPage>
