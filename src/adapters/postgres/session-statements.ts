import type { InferSelectModel } from 'drizzle-orm'
import type { AccessTokenRow, PendingSignIn, SessionRow, SessionStore } from '../../core/ports/session-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, gt, lt } from './drizzle.ts'
import { personColumns, presentPerson } from './people-statements.ts'
import { turnUsage } from './groups-schema.ts'
import { accessTokens, pendingSignIns, sessions, users } from './people-schema.ts'

const presentSession = ({
  digest: _digest,
  createdAt,
  lastUsedAt,
  expiresAt,
  endsAt,
  ...rest
}: InferSelectModel<typeof sessions>): SessionRow => ({
  ...rest,
  createdAt: createdAt.getTime(),
  lastUsedAt: lastUsedAt.getTime(),
  expiresAt: expiresAt.getTime(),
  endsAt: endsAt.getTime(),
})

const presentToken = ({
  digest: _digest,
  createdAt,
  expiresAt,
  lastUsedAt,
  ...rest
}: InferSelectModel<typeof accessTokens>): AccessTokenRow => ({
  ...rest,
  createdAt: createdAt.getTime(),
  expiresAt: expiresAt.getTime(),
  lastUsedAt: lastUsedAt?.getTime() ?? null,
})

export async function insertPending(
  statements: Statements,
  digest: string,
  pending: PendingSignIn,
  expiresAt: number,
): Promise<void> {
  await statements
    .insert(pendingSignIns)
    .values({ digest, ...pending, expiresAt: new Date(expiresAt) })
    .onConflictDoNothing()
}

export async function takePending(statements: Statements, digest: string, now: number): Promise<PendingSignIn | null> {
  const [row] = await statements.delete(pendingSignIns).where(eq(pendingSignIns.digest, digest)).returning()
  if (row === undefined || row.expiresAt.getTime() <= now) return null
  const { digest: _digest, expiresAt: _end, ...pending } = row
  return pending
}

export async function insertSession(statements: Statements, digest: string, session: SessionRow): Promise<void> {
  const { createdAt, lastUsedAt, expiresAt, endsAt, ...rest } = session
  await statements
    .insert(sessions)
    .values({
      ...rest,
      digest,
      createdAt: new Date(createdAt),
      lastUsedAt: new Date(lastUsedAt),
      expiresAt: new Date(expiresAt),
      endsAt: new Date(endsAt),
    })
    .onConflictDoNothing()
}

export const selectSession = async (
  statements: Statements,
  digest: string,
  now: number,
): ReturnType<SessionStore['find']> => {
  const [row] = await statements
    .select({ session: sessions, person: personColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.digest, digest), gt(sessions.expiresAt, new Date(now)), eq(users.isDisabled, false)))
  return row === undefined ? null : { session: presentSession(row.session), person: presentPerson(row.person) }
}

export async function prolongSession(
  statements: Statements,
  userId: string,
  id: string,
  lastUsedAt: number,
  expiresAt: number,
): Promise<void> {
  await statements
    .update(sessions)
    .set({ lastUsedAt: new Date(lastUsedAt), expiresAt: new Date(expiresAt) })
    .where(and(eq(sessions.userId, userId), eq(sessions.id, id)))
}

export async function selectSessions(
  statements: Statements,
  userId: string,
  now: number,
): Promise<readonly SessionRow[]> {
  const rows = await statements
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, new Date(now))))
    .orderBy(desc(sessions.lastUsedAt))
  return rows.map(presentSession)
}

export async function deleteSession(statements: Statements, userId: string, id: string): Promise<boolean> {
  const gone = await statements
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, id)))
    .returning({ id: sessions.id })
  return gone.length > 0
}

export async function deleteSessions(statements: Statements, userId: string): Promise<void> {
  await statements.delete(sessions).where(eq(sessions.userId, userId))
}

export async function insertToken(statements: Statements, digest: string, token: AccessTokenRow): Promise<void> {
  const { createdAt, expiresAt, lastUsedAt: _never, scopes, ...rest } = token
  await statements
    .insert(accessTokens)
    .values({
      ...rest,
      digest,
      scopes: [...scopes],
      createdAt: new Date(createdAt),
      expiresAt: new Date(expiresAt),
    })
    .onConflictDoNothing()
}

export const selectToken = async (
  statements: Statements,
  digest: string,
  now: number,
): ReturnType<SessionStore['findToken']> => {
  const [row] = await statements
    .select({ token: accessTokens, person: personColumns })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, accessTokens.userId))
    .where(and(eq(accessTokens.digest, digest), gt(accessTokens.expiresAt, new Date(now)), eq(users.isDisabled, false)))
  return row === undefined ? null : { token: presentToken(row.token), person: presentPerson(row.person) }
}

export async function noteTokenUse(statements: Statements, userId: string, id: string, now: number): Promise<void> {
  await statements
    .update(accessTokens)
    .set({ lastUsedAt: new Date(now) })
    .where(and(eq(accessTokens.userId, userId), eq(accessTokens.id, id)))
}

export async function selectTokens(
  statements: Statements,
  userId: string,
  now: number,
): Promise<readonly AccessTokenRow[]> {
  const rows = await statements
    .select()
    .from(accessTokens)
    .where(and(eq(accessTokens.userId, userId), gt(accessTokens.expiresAt, new Date(now))))
    .orderBy(desc(accessTokens.createdAt))
  return rows.map(presentToken)
}

export async function deleteToken(statements: Statements, userId: string, id: string): Promise<boolean> {
  const gone = await statements
    .delete(accessTokens)
    .where(and(eq(accessTokens.userId, userId), eq(accessTokens.id, id)))
    .returning({ id: accessTokens.id })
  return gone.length > 0
}

/** What was used is of no use to anybody once its day is long over. */
const usageMs = 40 * 86_400_000

export async function deleteEnded(statements: Statements, now: number): Promise<void> {
  const moment = new Date(now)
  await statements.delete(pendingSignIns).where(lt(pendingSignIns.expiresAt, moment))
  await statements.delete(sessions).where(lt(sessions.expiresAt, moment))
  await statements.delete(accessTokens).where(lt(accessTokens.expiresAt, moment))
  await statements.delete(turnUsage).where(lt(turnUsage.day, new Date(now - usageMs).toISOString().slice(0, 10)))
}
