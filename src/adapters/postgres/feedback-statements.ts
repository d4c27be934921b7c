import type { FeedbackEntry, FeedbackReason, NewFeedback, TurnFeedback } from '../../contract/feedback.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, isNull, sql } from './drizzle.ts'
import { users } from './people-schema.ts'
import { conversations, turnFeedback, turns } from './schema.ts'
import { isMissingParent } from './store-problem.ts'
import { storableText } from './storable-text.ts'

interface Row extends Omit<TurnFeedback, 'reasons' | 'updatedAt'> {
  readonly reasons: readonly FeedbackReason[]
  readonly updatedAt: Date
}

const present = ({ turnId, verdict, reasons, comment, updatedAt }: Row): TurnFeedback => ({
  turnId,
  verdict,
  reasons: [...reasons],
  comment,
  updatedAt: updatedAt.toISOString(),
})

/** The turn of a feedback and its conversation, as long as neither is to be removed. */
const select = (statements: Statements) =>
  statements
    .select({ feedback: turnFeedback, turn: turns, name: users.name, email: users.email })
    .from(turnFeedback)
    .innerJoin(turns, and(eq(turns.id, turnFeedback.turnId), eq(turns.ownerId, turnFeedback.ownerId)))
    .innerJoin(conversations, and(eq(conversations.id, turns.conversationId), isNull(conversations.deletedAt)))
    .innerJoin(users, eq(users.id, turnFeedback.ownerId))

export async function putFeedback(
  statements: Statements,
  ownerId: string,
  turnId: string,
  { verdict, reasons, comment }: NewFeedback,
  at: number,
): Promise<TurnFeedback | null> {
  const [own] = await statements
    .select({ id: turns.id })
    .from(turns)
    .innerJoin(conversations, and(eq(conversations.id, turns.conversationId), isNull(conversations.deletedAt)))
    .where(and(eq(turns.id, turnId), eq(turns.ownerId, ownerId)))
  if (own === undefined) return null
  const said = { verdict, reasons, comment: storableText(comment), updatedAt: new Date(at) }
  try {
    const [row] = await statements
      .insert(turnFeedback)
      .values({ turnId, ownerId, ...said })
      .onConflictDoUpdate({ target: turnFeedback.turnId, set: said, setWhere: eq(turnFeedback.ownerId, ownerId) })
      .returning()
    return row === undefined ? null : present(row)
  } catch (error) {
    // The turn was removed since it was read.
    if (isMissingParent(error)) return null
    throw error
  }
}

export async function deleteFeedback(statements: Statements, ownerId: string, turnId: string): Promise<boolean> {
  const rows = await statements
    .delete(turnFeedback)
    .where(and(eq(turnFeedback.turnId, turnId), eq(turnFeedback.ownerId, ownerId)))
    .returning({ id: turnFeedback.turnId })
  return rows.length > 0
}

export async function selectFeedbackOf(
  statements: Statements,
  ownerId: string,
  conversationId: string | null,
): Promise<readonly TurnFeedback[]> {
  const rows = await select(statements)
    .where(
      and(
        eq(turnFeedback.ownerId, ownerId),
        conversationId === null ? undefined : eq(turns.conversationId, conversationId),
      ),
    )
    .orderBy(turnFeedback.ordinal)
  return rows.map(({ feedback }) => present(feedback))
}

export async function selectFeedback(
  statements: Statements,
  before: string | null,
  limit: number,
): Promise<readonly FeedbackEntry[]> {
  const rows = await select(statements)
    .where(before === null ? undefined : sql`${turnFeedback.ordinal} < ${before}::bigint`)
    .orderBy(desc(turnFeedback.ordinal))
    .limit(limit)
  return rows.map(({ feedback, turn: { question, sql: query, connection, writer }, name, email }) => ({
    cursor: String(feedback.ordinal),
    ...present(feedback),
    person: { id: feedback.ownerId, name, email },
    question,
    sql: query,
    connection,
    writer,
  }))
}
