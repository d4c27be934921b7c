import * as z from 'zod/mini'
import { ModelUse, OwnKeyUse } from './models.ts'

/** Who a budget is for: each person by themselves, the members of a group together, or one person instead of what everybody has. */
export const BudgetSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('group'), groupId: z.uuid() }),
  z.object({ kind: z.literal('person'), personId: z.uuid() }),
])
export type BudgetSubject = z.infer<typeof BudgetSubject>

const amount = z.int().check(z.gte(0), z.lte(1e15))

const perDay = {
  /** Bytes that queries may read in a day, by their estimates; null for no limit. */
  bytesPerDay: z.nullable(amount),
  /** Tokens that models may take and give in a day; null for no limit. */
  tokensPerDay: z.nullable(amount),
}

export const NewBudget = z
  .object({ subject: BudgetSubject, ...perDay })
  .check(
    z.refine(
      ({ bytesPerDay, tokensPerDay }) => bytesPerDay !== null || tokensPerDay !== null,
      'must limit bytes or tokens',
    ),
  )
export type NewBudget = z.infer<typeof NewBudget>

/** A budget as admins see it. A day begins at 00:00 UTC. */
export const Budget = z.object({
  id: z.uuid(),
  subject: BudgetSubject,
  /** The name of the group or the person; null for everybody. */
  name: z.nullable(z.string()),
  ...perDay,
  /** What the group or the person has used today; 0 for everybody, whose use is counted person by person. */
  bytesToday: z.number().check(z.nonnegative()),
  tokensToday: z.number().check(z.nonnegative()),
})
export type Budget = z.infer<typeof Budget>

/** A budget that holds for a person, and what of it is used today. */
export const BudgetUse = z.object({
  kind: z.enum(['everyone', 'group', 'person']),
  /** The name of the group, whose members share it; null for a budget of the person alone. */
  group: z.nullable(z.string()),
  ...perDay,
  bytes: z.number().check(z.nonnegative()),
  tokens: z.number().check(z.nonnegative()),
})
export type BudgetUse = z.infer<typeof BudgetUse>

/** How many last days of models to tell about. */
export const UsageQuery = z.object({
  days: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(92)), 31),
})

/** The month in UTC to tell about, `YYYY-MM`; the present one unless it is given. */
export const ModelUsageQuery = z.object({
  month: z.optional(z.string().check(z.regex(/^(?!0000)\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11'))),
})

/** What a person has used of a model in a month under one kind of key. */
export const PersonModelUse = z.object({
  personId: z.uuid(),
  name: z.string(),
  email: z.nullable(z.string()),
  ...z.omit(ModelUse, { day: true }).shape,
})
export type PersonModelUse = z.infer<typeof PersonModelUse>

/** What people have used of models in a month, as admins see it: dollars are at the operator's prices. */
export const ModelUsage = z.object({
  /** The month in UTC, `YYYY-MM`. */
  month: z.string(),
  /** By person, model and kind of key, what used most tokens first. */
  uses: z.array(PersonModelUse),
})
export type ModelUsage = z.infer<typeof ModelUsage>

/** What a person has used today. */
export const Usage = z.object({
  /** The day in UTC. */
  day: z.iso.date(),
  /** When the next day begins. */
  resetsAt: z.iso.datetime(),
  queries: z.number().check(z.int(), z.nonnegative()),
  bytes: z.number().check(z.nonnegative()),
  /** Of models that the operator pays for. */
  tokens: z.number().check(z.nonnegative()),
  /** The budgets that hold for the person: all of them at once. */
  budgets: z.array(BudgetUse),
  /** What models have used in the last days, newest first. */
  models: z.array(ModelUse),
  /** What the person's own keys have used of the limits that the person set for them. */
  own: OwnKeyUse,
})
export type Usage = z.infer<typeof Usage>
