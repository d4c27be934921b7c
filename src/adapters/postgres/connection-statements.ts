import type { InferSelectModel, SQL } from 'drizzle-orm'
import type {
  ConnectionFindings,
  ConnectionRow,
  ConnectionSettings,
  ConnectionStore,
  SealedSecret,
} from '../../core/ports/connection-store.ts'
import type { Statements } from './database.ts'
import { and, eq, isNull, sql } from './drizzle.ts'
import { connectionShares } from './groups-schema.ts'
import { catalogs, connections } from './schema.ts'

type Row = InferSelectModel<typeof connections>
type NewRow = Parameters<ConnectionStore['insert']>[0]

const mine = (ownerId: string, id: string) => and(eq(connections.id, id), eq(connections.ownerId, ownerId))

const isThere = isNull(connections.removedAt)

const own = (ownerId: string, id: string) => and(mine(ownerId, id), isThere)

export function presentRow(row: Row): ConnectionRow {
  const {
    scopeSource,
    scopeView,
    checkedAt,
    createdAt,
    updatedAt,
    secretSavedAt,
    lastUsedAt,
    removedAt: _removed,
    leaseHolder: _holder,
    leaseUntil: _until,
    ...rest
  } = row
  return {
    ...rest,
    scope: scopeSource === null || scopeView === null ? null : { source: scopeSource, view: scopeView },
    checkedAt: checkedAt?.toISOString() ?? null,
    secretSavedAt: secretSavedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

export async function selectConnections(statements: Statements, ownerId: string): Promise<readonly ConnectionRow[]> {
  const rows = await statements
    .select()
    .from(connections)
    .where(and(eq(connections.ownerId, ownerId), isThere))
    .orderBy(sql`lower(${connections.name})`)
  return rows.map(presentRow)
}

export async function selectConnection(
  statements: Statements,
  ownerId: string,
  id: string,
): Promise<ConnectionRow | null> {
  const [row] = await statements.select().from(connections).where(own(ownerId, id))
  return row === undefined ? null : presentRow(row)
}

export async function selectByName(
  statements: Statements,
  ownerId: string,
  name: string,
): Promise<ConnectionRow | null> {
  // No stored name has it, and PostgreSQL refuses it even in a comparison.
  if (name.includes('\0')) return null
  const [row] = await statements
    .select()
    .from(connections)
    .where(and(eq(connections.ownerId, ownerId), isThere, sql`lower(${connections.name}) = lower(${name})`))
  return row === undefined ? null : presentRow(row)
}

/** Whether the row is there now; a row that an earlier, broken try of this call stored counts as made. */
export async function insertConnection(statements: Statements, row: NewRow): Promise<boolean> {
  const { id, ownerId, name, kind, settings, sealedSecret, needsSignIn } = row
  await statements
    .insert(connections)
    .values({
      id,
      ownerId,
      name,
      kind,
      settings,
      sealedSecret,
      needsSignIn,
      secretSavedAt: sealedSecret === null ? null : sql`now()`,
    })
    .onConflictDoNothing()
  return (await selectConnection(statements, ownerId, id)) !== null
}

const forgotten = { warning: null, scopeSource: null, scopeView: null, checkedAt: null }

/** Whether the row was there, as it was read. */
export async function updateConnection(
  statements: Statements,
  { ownerId, id, revision }: Parameters<ConnectionStore['update']>[0],
  { name, settings }: ConnectionSettings,
  secret: SealedSecret | null,
  stillHolds: boolean,
): Promise<boolean> {
  const rows = await statements
    .update(connections)
    .set({
      name,
      settings,
      ...(secret === null
        ? {}
        : {
            sealedSecret: secret.sealedSecret,
            needsSignIn: secret.needsSignIn,
            secretSavedAt: secret.sealedSecret === null ? null : sql`now()`,
          }),
      ...(stillHolds ? {} : forgotten),
      revision: sql`${connections.revision} + 1`,
      updatedAt: sql`now()`,
    })
    .where(and(own(ownerId, id), eq(connections.revision, revision)))
    .returning({ id: connections.id })
  return rows.length > 0
}

/**
 * The statement that deletes the catalogs named by `gone`, but for those that another connection or share has shown. The conditions say which
 * rows of `connections` and `connection_shares` are on their way out.
 */
export const forgetCatalogs = (goneConnections: SQL, goneShares: SQL): SQL => sql`
  delete from ${catalogs} using gone
  where catalogs.source = gone.scope_source and catalogs.view = gone.scope_view
    and not exists (
      select from ${connections} where not (${goneConnections})
        and connections.scope_source = gone.scope_source and connections.scope_view = gone.scope_view
    )
    and not exists (
      select from ${connectionShares} where not (${goneShares})
        and connection_shares.scope_source = gone.scope_source and connection_shares.scope_view = gone.scope_view
    )`

/** Takes the catalogs along that nobody's connection or share has shown any more. */
export async function deleteConnection(statements: Statements, ownerId: string, id: string): Promise<boolean> {
  const { rows } = await statements.execute<{ gone: boolean }>(sql`
    with removed as (
      delete from ${connections} where id = ${id}::uuid and owner_id = ${ownerId}::uuid
      returning id, scope_source, scope_view
    ), gone as (
      select scope_source, scope_view from removed
      union
      select connection_shares.scope_source, connection_shares.scope_view
      from ${connectionShares} inner join removed on connection_shares.connection_id = removed.id
    ), forgotten as (
      ${forgetCatalogs(sql`connections.id = ${id}::uuid`, sql`connection_shares.connection_id = ${id}::uuid`)}
    )
    select exists (select from removed) as gone`)
  return rows[0]?.gone ?? false
}

/** Ends a lease as well, because nobody renews the secret of a connection that is not there. */
export async function setAsideConnection(statements: Statements, ownerId: string, id: string): Promise<boolean> {
  const rows = await statements
    .update(connections)
    .set({ removedAt: sql`now()`, leaseHolder: null, leaseUntil: null, revision: sql`${connections.revision} + 1` })
    .where(own(ownerId, id))
    .returning({ id: connections.id })
  return rows.length > 0
}

/** True also where it is back already, as after a try whose connection broke. */
export async function restoreConnection(statements: Statements, ownerId: string, id: string): Promise<boolean> {
  const rows = await statements
    .update(connections)
    .set({ removedAt: null })
    .where(mine(ownerId, id))
    .returning({ id: connections.id })
  return rows.length > 0
}

export async function purgeConnections(statements: Statements, beforeMs: number): Promise<void> {
  const rows = await statements
    .select({ ownerId: connections.ownerId, id: connections.id })
    .from(connections)
    .where(sql`${connections.removedAt} < ${new Date(beforeMs).toISOString()}::timestamptz`)
  for (const { ownerId, id } of rows) await deleteConnection(statements, ownerId, id)
}

export async function touchConnection(statements: Statements, ownerId: string, id: string): Promise<void> {
  await statements
    .update(connections)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        own(ownerId, id),
        sql`(${connections.lastUsedAt} is null or ${connections.lastUsedAt} < now() - interval '1 minute')`,
      ),
    )
}

export async function noteFindings(
  statements: Statements,
  ownerId: string,
  id: string,
  revision: number,
  { warning, scope, checkedAt }: ConnectionFindings,
): Promise<boolean> {
  const rows = await statements
    .update(connections)
    .set({
      warning,
      scopeSource: scope?.source ?? null,
      scopeView: scope?.view ?? null,
      checkedAt: checkedAt === null ? null : new Date(checkedAt),
    })
    .where(and(own(ownerId, id), eq(connections.revision, revision)))
    .returning({ id: connections.id })
  return rows.length > 0
}

export async function takeLease(
  statements: Statements,
  ownerId: string,
  id: string,
  holder: string,
  leaseMs: number,
): Promise<ConnectionRow | null> {
  const [row] = await statements
    .update(connections)
    .set({ leaseHolder: holder, leaseUntil: sql`now() + ${leaseMs}::int * interval '1 millisecond'` })
    .where(
      and(
        own(ownerId, id),
        sql`(${connections.leaseUntil} is null or ${connections.leaseUntil} < now() or ${connections.leaseHolder} = ${holder}::uuid)`,
      ),
    )
    .returning()
  return row === undefined ? null : presentRow(row)
}

export async function endLease(statements: Statements, ownerId: string, id: string, holder: string): Promise<void> {
  await statements
    .update(connections)
    .set({ leaseHolder: null, leaseUntil: null })
    .where(and(own(ownerId, id), eq(connections.leaseHolder, holder)))
}

/** True also where the new secret is there already, as after a try whose connection broke. */
export async function swapSecret(
  statements: Statements,
  ownerId: string,
  id: string,
  before: string | null,
  { sealedSecret, needsSignIn }: SealedSecret,
): Promise<boolean> {
  const rows = await statements
    .update(connections)
    .set({ sealedSecret, needsSignIn })
    .where(
      and(
        mine(ownerId, id),
        sql`(${connections.sealedSecret} is not distinct from ${before}::text or ${connections.sealedSecret} is not distinct from ${sealedSecret}::text)`,
      ),
    )
    .returning({ id: connections.id })
  return rows.length > 0
}

export const selectSealed: (statements: Statements) => ReturnType<ConnectionStore['listSealed']> = async (
  statements,
) => {
  const rows = await statements
    .select({ ownerId: connections.ownerId, id: connections.id, sealedSecret: connections.sealedSecret })
    .from(connections)
    .orderBy(connections.id)
  return rows.flatMap(({ sealedSecret, ...row }) => (sealedSecret === null ? [] : [{ ...row, sealedSecret }]))
}
