import type { Budget, BudgetSubject, BudgetUse, NewBudget } from '../../contract/budgets.ts'
import type { BudgetStore, DayUse, TurnUse } from '../../core/ports/budget-store.ts'
import type { Statements } from './database.ts'
import { eq, sql } from './drizzle.ts'
import { budgets, turnUsage } from './groups-schema.ts'

type Transaction = Parameters<Parameters<Statements['transaction']>[0]>[0]

/** The key of the advisory lock under which budgets are spent: any fixed number, the same in every process. */
const budgetLock = 7_031_402_213

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly kind: BudgetSubject['kind']
  readonly groupId: string | null
  readonly userId: string | null
  readonly name: string | null
  readonly bytesPerDay: string | null
  readonly tokensPerDay: string | null
  readonly bytes: string
  readonly tokens: string
}

const amountOf = (text: string | null): number | null => (text === null ? null : Number(text))

const subjectOf = ({ groupId, userId: personId }: Pick<Row, 'groupId' | 'userId'>): BudgetSubject =>
  groupId !== null
    ? { kind: 'group', groupId }
    : personId !== null
      ? { kind: 'person', personId }
      : { kind: 'everyone' }

const perDay = ({ bytesPerDay, tokensPerDay }: Row) => ({
  bytesPerDay: amountOf(bytesPerDay),
  tokensPerDay: amountOf(tokensPerDay),
})

export async function selectBudgets(statements: Statements, day: string): Promise<readonly Budget[]> {
  const { rows } = await statements.execute<Row>(sql`
    select budgets.id, budgets.kind, budgets.group_id as "groupId", budgets.user_id as "userId",
      budgets.bytes_per_day as "bytesPerDay", budgets.tokens_per_day as "tokensPerDay", coalesce(groups.name, nullif(users.name, ''), users.email) as name,
      coalesce(sum(turn_usage.bytes), 0) as bytes, coalesce(sum(turn_usage.tokens) filter (where not turn_usage.is_own_key), 0) as tokens
    from budgets
    left join groups on groups.id = budgets.group_id
    left join users on users.id = budgets.user_id
    left join turn_usage on turn_usage.day = ${day}::date and (
      turn_usage.user_id = budgets.user_id
      or turn_usage.user_id in (select user_id from group_members where group_members.group_id = budgets.group_id)
    )
    group by budgets.id, groups.name, users.name, users.email
    order by array_position(array['everyone', 'group', 'person'], budgets.kind), lower(coalesce(groups.name, users.name))`)
  return rows.map((row) => ({
    id: row.id,
    subject: subjectOf(row),
    name: row.name,
    ...perDay(row),
    bytesToday: Number(row.bytes),
    tokensToday: Number(row.tokens),
  }))
}

export const putBudget = (statements: Statements, id: string, budget: NewBudget): Promise<string | null> =>
  statements.transaction(async (transaction) => {
    const { subject, bytesPerDay, tokensPerDay } = budget
    const groupId = subject.kind === 'group' ? subject.groupId : null
    const personId = subject.kind === 'person' ? subject.personId : null
    // Two who set the same budget at once take turns.
    await transaction.execute(sql`select pg_advisory_xact_lock(${budgetLock}::bigint)`)
    await transaction.execute(sql`
      delete from budgets where kind = ${subject.kind} and group_id is not distinct from ${groupId}::uuid
        and user_id is not distinct from ${personId}::uuid`)
    const { rows } = await transaction.execute(sql`
      insert into budgets (id, kind, group_id, user_id, bytes_per_day, tokens_per_day)
      select ${id}::uuid, ${subject.kind}, ${groupId}::uuid, ${personId}::uuid, ${bytesPerDay}::bigint, ${tokensPerDay}::bigint
      where (${groupId}::uuid is null or exists (select from groups where id = ${groupId}::uuid))
        and (${personId}::uuid is null or exists (select from users where id = ${personId}::uuid and email is not null))
      returning id`)
    return rows.length > 0 ? id : null
  })

export async function deleteBudget(statements: Statements, id: string): Promise<Pick<Budget, 'subject'> | null> {
  const [row] = await statements.delete(budgets).where(eq(budgets.id, id)).returning()
  return row === undefined ? null : { subject: subjectOf(row) }
}

/** The budgets that hold for a person, and what of each is used without this turn. */
async function selectApplying(
  statements: Statements | Transaction,
  userId: string,
  day: string,
  turnId: string | null,
): Promise<readonly BudgetUse[]> {
  const { rows } = await statements.execute<Row>(sql`
    select budgets.id, budgets.kind, budgets.group_id as "groupId", budgets.user_id as "userId",
      budgets.bytes_per_day as "bytesPerDay", budgets.tokens_per_day as "tokensPerDay",
      groups.name, used.bytes, used.tokens
    from budgets
    left join groups on groups.id = budgets.group_id
    cross join lateral (
      select coalesce(sum(turn_usage.bytes), 0) as bytes, coalesce(sum(turn_usage.tokens) filter (where not turn_usage.is_own_key), 0) as tokens
      from turn_usage
      where turn_usage.day = ${day}::date and turn_usage.turn_id is distinct from ${turnId}::uuid and case
        when budgets.kind = 'group'
          then turn_usage.user_id in (select user_id from group_members where group_members.group_id = budgets.group_id)
        else turn_usage.user_id = ${userId}::uuid
      end
    ) as used
    where budgets.user_id = ${userId}::uuid
      or (budgets.kind = 'everyone' and not exists (select from budgets as own where own.user_id = ${userId}::uuid))
      or budgets.group_id in (select group_id from group_members where user_id = ${userId}::uuid)
    order by budgets.kind, lower(groups.name)`)
  return rows.map((row) => ({
    kind: row.kind,
    group: row.name,
    ...perDay(row),
    bytes: Number(row.bytes),
    tokens: Number(row.tokens),
  }))
}

export async function selectDayUse(statements: Statements, userId: string, day: string): Promise<DayUse> {
  const { rows } = await statements.execute<{ queries: string; bytes: string; tokens: string }>(sql`
    select count(bytes) as queries, coalesce(sum(bytes), 0) as bytes, coalesce(sum(tokens) filter (where not is_own_key), 0) as tokens
    from turn_usage where user_id = ${userId}::uuid and day = ${day}::date`)
  const [{ queries, bytes, tokens } = { queries: '0', bytes: '0', tokens: '0' }] = rows
  const applying = await selectApplying(statements, userId, day, null)
  return { queries: Number(queries), bytes: Number(bytes), tokens: Number(tokens), budgets: applying }
}

export const spendBytes = (statements: Statements, use: TurnUse, bytes: number): Promise<BudgetUse | null> =>
  statements.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${budgetLock}::bigint)`)
    const applying = await selectApplying(transaction, use.userId, use.day, use.turnId)
    const exceeded = applying.find((budget) => budget.bytesPerDay !== null && budget.bytes + bytes > budget.bytesPerDay)
    if (exceeded === undefined) await noteUsed(transaction, use, { bytes })
    return exceeded ?? null
  })

export async function noteUsed(
  statements: Statements | Transaction,
  { turnId, userId, day }: TurnUse,
  { bytes, model }: Parameters<BudgetStore['note']>[1],
): Promise<void> {
  const known = {
    ...(bytes === undefined ? {} : { bytes: Math.round(bytes) }),
    ...(model === undefined
      ? {}
      : {
          tokens: model.inputTokens + model.outputTokens,
          inputTokens: model.inputTokens,
          model: model.id,
          isOwnKey: model.isOwnKey,
        }),
  }
  await statements
    .insert(turnUsage)
    .values({ turnId, userId, day, ...known })
    .onConflictDoUpdate({ target: turnUsage.turnId, set: known })
}
