import { z } from 'zod'

/** Who a budget is for: each person by themselves, the members of a group together, or one person instead of what everybody has. */
export const BudgetSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('group'), groupId: z.uuid() }),
  z.object({ kind: z.literal('person'), personId: z.uuid() }),
])
export type BudgetSubject = z.infer<typeof BudgetSubject>

const amount = z.int().min(0).max(1e15)

const perDay = {
  /** Bytes that queries may read in a day, by their estimates; null for no limit. */
  bytesPerDay: amount.nullable(),
  /** Tokens that models may take and give in a day; null for no limit. */
  tokensPerDay: amount.nullable(),
}

export const NewBudget = z
  .object({ subject: BudgetSubject, ...perDay })
  .refine(
    ({ bytesPerDay, tokensPerDay }) => bytesPerDay !== null || tokensPerDay !== null,
    'must limit bytes or tokens',
  )
export type NewBudget = z.infer<typeof NewBudget>

/** A budget as admins see it. A day begins at 00:00 UTC. */
export const Budget = z.object({
  id: z.uuid(),
  subject: BudgetSubject,
  /** The name of the group or the person; null for everybody. */
  name: z.string().nullable(),
  ...perDay,
  /** What the group or the person has used today; 0 for everybody, whose use is counted person by person. */
  bytesToday: z.number().nonnegative(),
  tokensToday: z.number().nonnegative(),
})
export type Budget = z.infer<typeof Budget>

/** A budget that holds for a person, and what of it is used today. */
export const BudgetUse = z.object({
  kind: z.enum(['everyone', 'group', 'person']),
  /** The name of the group, whose members share it; null for a budget of the person alone. */
  group: z.string().nullable(),
  ...perDay,
  bytes: z.number().nonnegative(),
  tokens: z.number().nonnegative(),
})
export type BudgetUse = z.infer<typeof BudgetUse>

/** What a person has used today. */
export const Usage = z.object({
  /** The day in UTC. */
  day: z.iso.date(),
  /** When the next day begins. */
  resetsAt: z.iso.datetime(),
  queries: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  tokens: z.number().nonnegative(),
  /** The budgets that hold for the person: all of them at once. */
  budgets: z.array(BudgetUse),
})
export type Usage = z.infer<typeof Usage>
