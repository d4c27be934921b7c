import type { PersonModelUse } from '../../contract/budgets.ts'
import { noModelLimits, type ModelProvider, type ModelSettingsChange, type ModelUse } from '../../contract/models.ts'
import type { ModelKeyRow, StoredModelSettings } from '../../core/ports/model-key-store.ts'
import type { Statements } from './database.ts'
import { and, eq, isNull, lt, sql } from './drizzle.ts'
import { modelKeys, modelSettings } from './models-schema.ts'

export async function list(statements: Statements, ownerId: string): Promise<readonly ModelKeyRow[]> {
  const rows = await statements
    .select()
    .from(modelKeys)
    .where(and(eq(modelKeys.userId, ownerId), isNull(modelKeys.removedAt)))
    .orderBy(modelKeys.provider)
  return rows.map(({ userId, keyedAt, removedAt: _removedAt, ...row }) => ({
    ...row,
    ownerId: userId,
    keyedAt: keyedAt.getTime(),
  }))
}

export async function put(statements: Statements, { ownerId, keyedAt, ...row }: ModelKeyRow): Promise<boolean> {
  const { rows } = await statements.execute(sql`
    insert into model_keys (id, user_id, provider, sealed_key, last_four, base_url, model, keyed_at)
    select ${row.id}::uuid, users.id, ${row.provider}, ${row.sealedKey}, ${row.lastFour}::text, ${row.baseUrl}::text, ${row.model},
      ${new Date(keyedAt).toISOString()}::timestamptz
    from users where users.id = ${ownerId}::uuid and not users.is_disabled
    on conflict (user_id, provider) do update set id = excluded.id, sealed_key = excluded.sealed_key,
      last_four = excluded.last_four, base_url = excluded.base_url, model = excluded.model, keyed_at = excluded.keyed_at,
      removed_at = null
    returning id`)
  return rows.length > 0
}

export async function chooseModel(
  statements: Statements,
  ownerId: string,
  provider: ModelProvider,
  model: string,
): Promise<boolean> {
  const chosen = await statements
    .update(modelKeys)
    .set({ model })
    .where(and(eq(modelKeys.userId, ownerId), eq(modelKeys.provider, provider), isNull(modelKeys.removedAt)))
    .returning({ id: modelKeys.id })
  return chosen.length > 0
}

export async function remove(
  statements: Statements,
  ownerId: string,
  provider: ModelProvider,
  now: number,
): Promise<boolean> {
  const removed = await statements
    .update(modelKeys)
    .set({ removedAt: new Date(now) })
    // A try whose connection broke may have removed it already.
    .where(
      and(
        eq(modelKeys.userId, ownerId),
        eq(modelKeys.provider, provider),
        sql`coalesce(${modelKeys.removedAt}, ${new Date(now).toISOString()}::timestamptz) = ${new Date(now).toISOString()}::timestamptz`,
      ),
    )
    .returning({ id: modelKeys.id })
  return removed.length > 0
}

export async function restore(
  statements: Statements,
  ownerId: string,
  provider: ModelProvider,
  removedSince: number,
): Promise<boolean> {
  const restored = await statements
    .update(modelKeys)
    .set({ removedAt: null })
    .where(
      and(
        eq(modelKeys.userId, ownerId),
        eq(modelKeys.provider, provider),
        // A try whose connection broke may have brought it back already.
        sql`(${modelKeys.removedAt} is null or ${modelKeys.removedAt} >= ${new Date(removedSince).toISOString()}::timestamptz)`,
      ),
    )
    .returning({ id: modelKeys.id })
  return restored.length > 0
}

export async function removeAll(statements: Statements, ownerId: string): Promise<void> {
  await statements.delete(modelKeys).where(eq(modelKeys.userId, ownerId))
}

export async function purge(statements: Statements, removedBefore: number): Promise<void> {
  await statements.delete(modelKeys).where(lt(modelKeys.removedAt, new Date(removedBefore)))
}

export async function listSealed(
  statements: Statements,
): Promise<readonly Pick<ModelKeyRow, 'id' | 'ownerId' | 'sealedKey'>[]> {
  return await statements
    .select({ id: modelKeys.id, ownerId: modelKeys.userId, sealedKey: modelKeys.sealedKey })
    .from(modelKeys)
}

/** True also where the new text is there already, as after a try whose connection broke. */
export async function replaceSealed(
  statements: Statements,
  ownerId: string,
  id: string,
  before: string,
  after: string,
): Promise<boolean> {
  const replaced = await statements
    .update(modelKeys)
    .set({ sealedKey: after })
    .where(
      and(eq(modelKeys.userId, ownerId), eq(modelKeys.id, id), sql`${modelKeys.sealedKey} in (${before}, ${after})`),
    )
    .returning({ id: modelKeys.id })
  return replaced.length > 0
}

export async function settings(statements: Statements, ownerId: string): Promise<StoredModelSettings> {
  const [row] = await statements.select().from(modelSettings).where(eq(modelSettings.userId, ownerId))
  return row ?? { limits: noModelLimits, prices: [] }
}

export async function changeSettings(
  statements: Statements,
  ownerId: string,
  { limits, prices }: ModelSettingsChange,
): Promise<void> {
  const set = { ...(limits === undefined ? {} : { limits }), ...(prices === undefined ? {} : { prices }) }
  if (Object.keys(set).length === 0) return
  await statements
    .insert(modelSettings)
    .values({ userId: ownerId, limits: limits ?? noModelLimits, prices: prices ?? [] })
    .onConflictDoUpdate({ target: modelSettings.userId, set })
}

interface UseRow extends Record<string, unknown> {
  readonly model: string | null
  readonly isOwnKey: boolean
  readonly questions: string
  readonly tokens: string
  readonly inputTokens: string | null
}

/** What rows of `turn_usage` that belong together have used. */
const summed = sql`count(*) as questions, sum(tokens) as tokens,
  case when bool_and(input_tokens is not null) then sum(input_tokens) end as "inputTokens"`

const countsOf = ({ questions, tokens, inputTokens }: UseRow) => ({
  questions: Number(questions),
  inputTokens: inputTokens === null ? null : Number(inputTokens),
  outputTokens: inputTokens === null ? null : Number(tokens) - Number(inputTokens),
  tokens: Number(tokens),
})

export async function use(
  statements: Statements,
  ownerId: string,
  fromDay: string,
  toDay: string,
): Promise<readonly Omit<ModelUse, 'dollars'>[]> {
  const { rows } = await statements.execute<UseRow & { readonly day: string }>(sql`
    select day::text as day, model, is_own_key as "isOwnKey", ${summed}
    from turn_usage
    where user_id = ${ownerId}::uuid and day between ${fromDay}::date and ${toDay}::date and tokens > 0
    group by day, model, is_own_key
    order by day desc, model, is_own_key`)
  return rows.map((row) => ({ day: row.day, model: row.model, isOwnKey: row.isOwnKey, ...countsOf(row) }))
}

type PersonRow = UseRow & Pick<PersonModelUse, 'personId' | 'name' | 'email'>

export async function useByPeople(
  statements: Statements,
  month: string,
): Promise<readonly Omit<PersonModelUse, 'dollars'>[]> {
  const firstDay = `${month}-01`
  const { rows } = await statements.execute<PersonRow>(sql`
    select users.id as "personId", users.name, users.email, used.* from (
      select user_id, model, is_own_key as "isOwnKey", ${summed}
      from turn_usage
      where day >= ${firstDay}::date and day < ${firstDay}::date + interval '1 month' and tokens > 0
      group by user_id, model, is_own_key
    ) as used join users on users.id = used.user_id
    order by used.tokens desc, users.id, used.model, used."isOwnKey"`)
  return rows.map((row) => ({
    personId: row.personId,
    name: row.name,
    email: row.email,
    model: row.model,
    isOwnKey: row.isOwnKey,
    ...countsOf(row),
  }))
}
