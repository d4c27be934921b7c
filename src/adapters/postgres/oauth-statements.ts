import type { InferSelectModel } from 'drizzle-orm'
import type { Artifact, GrantedApp, GrantRow, OauthStore, SigningKeyRow } from '../../core/ports/oauth-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, gt, lt, sql } from './drizzle.ts'
import { oauthArtifacts, signingKeys } from './oauth-schema.ts'
import { users } from './people-schema.ts'
import { personColumns, presentPerson } from './people-statements.ts'

const named = (kind: string, id: string) => and(eq(oauthArtifacts.kind, kind), eq(oauthArtifacts.id, id))

export async function put(
  statements: Statements,
  kind: string,
  id: string,
  { expiresAt, ...rest }: Artifact,
): Promise<void> {
  const values = { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt) }
  await statements
    .insert(oauthArtifacts)
    .values({ kind, id, ...values })
    .onConflictDoUpdate({ target: [oauthArtifacts.kind, oauthArtifacts.id], set: values })
}

export const find = async (statements: Statements, kind: string, id: string): ReturnType<OauthStore['find']> => {
  const [row] = await statements
    .select({ payload: oauthArtifacts.payload, consumedBy: oauthArtifacts.consumedBy })
    .from(oauthArtifacts)
    .where(named(kind, id))
  return row === undefined ? null : { payload: row.payload, isConsumed: row.consumedBy !== null }
}

export async function consume(statements: Statements, kind: string, id: string, callId: string): Promise<boolean> {
  const consumed = await statements
    .update(oauthArtifacts)
    .set({ consumedBy: callId })
    .where(
      and(named(kind, id), sql`(${oauthArtifacts.consumedBy} is null or ${oauthArtifacts.consumedBy} = ${callId})`),
    )
    .returning({ id: oauthArtifacts.id })
  return consumed.length > 0
}

export async function remove(statements: Statements, kind: string, id: string): Promise<void> {
  await statements.delete(oauthArtifacts).where(named(kind, id))
}

export async function removeByGrant(statements: Statements, kind: string, grantId: string): Promise<void> {
  await statements.delete(oauthArtifacts).where(and(eq(oauthArtifacts.kind, kind), eq(oauthArtifacts.grantId, grantId)))
}

export async function countClients(statements: Statements): Promise<number> {
  const [row] = await statements
    .select({ count: sql<number>`count(*)::int` })
    .from(oauthArtifacts)
    .where(eq(oauthArtifacts.kind, 'Client'))
  return row?.count ?? 0
}

export async function describeGrant(
  statements: Statements,
  grantId: string,
  app: GrantedApp,
  now: number,
): Promise<void> {
  const [grant] = await statements
    .update(oauthArtifacts)
    .set({ app })
    .where(named('Grant', grantId))
    .returning({ clientId: oauthArtifacts.clientId })
  await statements
    .update(oauthArtifacts)
    .set({ lastUsedAt: new Date(now) })
    .where(named('Client', grant?.clientId ?? ''))
}

function presentGrant({ id, userId, app, createdAt, lastUsedAt }: InferSelectModel<typeof oauthArtifacts>): GrantRow {
  if (userId === null || app === null) throw new Error('A grant without a person or an app was read.')
  return { id, userId, app, createdAt: createdAt.getTime(), lastUsedAt: lastUsedAt?.getTime() ?? null }
}

const isGrant = and(eq(oauthArtifacts.kind, 'Grant'), sql`${oauthArtifacts.app} is not null`)

export const findGrant = async (
  statements: Statements,
  grantId: string,
  now: number,
): ReturnType<OauthStore['findGrant']> => {
  const [row] = await statements
    .select({ grant: oauthArtifacts, person: personColumns })
    .from(oauthArtifacts)
    .innerJoin(users, eq(users.id, oauthArtifacts.userId))
    .where(
      and(
        isGrant,
        eq(oauthArtifacts.id, grantId),
        gt(oauthArtifacts.expiresAt, new Date(now)),
        eq(users.isDisabled, false),
      ),
    )
  return row === undefined ? null : { grant: presentGrant(row.grant), person: presentPerson(row.person) }
}

export async function noteGrantUse(statements: Statements, grantId: string, now: number): Promise<void> {
  await statements
    .update(oauthArtifacts)
    .set({ lastUsedAt: new Date(now) })
    .where(named('Grant', grantId))
}

/** Whether something is left with which an app can use a grant: what was signed needs no row and lasts for minutes. */
const isUsable = (now: number) => sql`(
  ${oauthArtifacts.createdAt} > ${new Date(now - 3_600_000).toISOString()}::timestamptz
  or exists (
    select from oauth_artifacts as kept
    where kept.grant_id = ${oauthArtifacts.id} and kept.kind = 'RefreshToken' and kept.consumed_by is null
      and kept.expires_at > ${new Date(now).toISOString()}::timestamptz
  ))`

export async function listGrants(statements: Statements, userId: string, now: number): Promise<readonly GrantRow[]> {
  const rows = await statements
    .select()
    .from(oauthArtifacts)
    .where(and(isGrant, eq(oauthArtifacts.userId, userId), gt(oauthArtifacts.expiresAt, new Date(now)), isUsable(now)))
    .orderBy(desc(oauthArtifacts.createdAt))
  return rows.map(presentGrant)
}

export async function endGrant(statements: Statements, userId: string, grantId: string): Promise<boolean> {
  const gone = await statements
    .delete(oauthArtifacts)
    .where(and(named('Grant', grantId), eq(oauthArtifacts.userId, userId)))
    .returning({ id: oauthArtifacts.id })
  await statements
    .delete(oauthArtifacts)
    .where(and(eq(oauthArtifacts.grantId, grantId), eq(oauthArtifacts.userId, userId)))
  return gone.length > 0
}

export async function endGrantsOf(statements: Statements, userId: string): Promise<void> {
  await statements.delete(oauthArtifacts).where(eq(oauthArtifacts.userId, userId))
}

export async function listKeys(statements: Statements): Promise<readonly SigningKeyRow[]> {
  const rows = await statements.select().from(signingKeys).orderBy(desc(signingKeys.createdAt))
  return rows.map(({ createdAt, ...rest }) => ({ ...rest, createdAt: createdAt.getTime() }))
}

/** The key of the advisory lock under which keys are added: any fixed number, the same in every process. */
const keyLock = 7_031_402_213

export const addKey = (
  statements: Statements,
  { createdAt, ...rest }: SigningKeyRow,
  unlessSince: number,
): Promise<void> =>
  statements.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${keyLock}::bigint)`)
    const [newer] = await transaction
      .select({ id: signingKeys.id })
      .from(signingKeys)
      .where(gt(signingKeys.createdAt, new Date(unlessSince)))
      .limit(1)
    if (newer === undefined) await transaction.insert(signingKeys).values({ ...rest, createdAt: new Date(createdAt) })
  })

export const sweep = async (
  statements: Statements,
  now: number,
  { unusedClientMs, usedClientMs, keyMs }: Parameters<OauthStore['sweep']>[1],
): Promise<void> => {
  const before = (ms: number) => sql`${new Date(now - ms).toISOString()}::timestamptz`
  await statements.delete(oauthArtifacts).where(lt(oauthArtifacts.expiresAt, new Date(now)))
  await statements.delete(oauthArtifacts).where(and(eq(oauthArtifacts.kind, 'Grant'), sql`not ${isUsable(now)}`))
  await statements.delete(oauthArtifacts).where(
    and(
      eq(oauthArtifacts.kind, 'Client'),
      sql`case when ${oauthArtifacts.lastUsedAt} is null then ${oauthArtifacts.createdAt} < ${before(unusedClientMs)}
        else ${oauthArtifacts.lastUsedAt} < ${before(usedClientMs)} end`,
      sql`not exists (
        select from oauth_artifacts as held where held.client_id = ${oauthArtifacts.id} and held.kind = 'Grant'
      )`,
    ),
  )
  await statements.delete(signingKeys).where(lt(signingKeys.createdAt, new Date(now - keyMs)))
}

/** True also where the new text is there already, as after a try whose connection broke. */
export async function replaceKey(statements: Statements, id: string, before: string, after: string): Promise<boolean> {
  const replaced = await statements
    .update(signingKeys)
    .set({ sealed: after })
    .where(and(eq(signingKeys.id, id), sql`${signingKeys.sealed} in (${before}, ${after})`))
    .returning({ id: signingKeys.id })
  return replaced.length > 0
}
