import type { InferSelectModel } from 'drizzle-orm'
import type { ShareTerms } from '../../contract/connection-shares.ts'
import type {
  SharedConnectionRow,
  ConnectionShareRow,
  ConnectionShareStore,
} from '../../core/ports/connection-share-store.ts'
import { forgetCatalogs, presentRow } from './connection-statements.ts'
import type { Statements } from './database.ts'
import { and, eq, isNull, sql } from './drizzle.ts'
import { connectionShares, groupMembers, groups } from './groups-schema.ts'
import { users } from './people-schema.ts'
import { connections } from './schema.ts'

type StoredShare = InferSelectModel<typeof connectionShares>

/** What a row of one of the selections below holds. */
interface Joined {
  readonly connection: InferSelectModel<typeof connections>
  readonly ownerName: string
  readonly ownerEmail: string | null
  readonly share: StoredShare | null
  readonly groupName: string | null
}

const joined = {
  connection: connections,
  ownerName: users.name,
  ownerEmail: users.email,
  share: connectionShares,
  groupName: groups.name,
}
const inOrder = [sql`lower(${connections.name})`, connections.id, sql`lower(${groups.name})`]

function presentShare(share: StoredShare, groupName: string): ConnectionShareRow {
  const { connectionId: _connection, scopeSource, scopeView, checkedAt, ...rest } = share
  return {
    ...rest,
    groupName,
    scope: scopeSource === null || scopeView === null ? null : { source: scopeSource, view: scopeView },
    checkedAt: checkedAt?.toISOString() ?? null,
  }
}

/** One entry a connection, from rows in the order of connections. */
function gather(rows: readonly Joined[]): readonly SharedConnectionRow[] {
  const found = new Map<string, SharedConnectionRow & { readonly shares: ConnectionShareRow[] }>()
  for (const { connection, ownerName, ownerEmail, share, groupName } of rows) {
    const known = found.get(connection.id) ?? {
      row: presentRow(connection),
      ownerName: ownerName === '' ? (ownerEmail ?? '') : ownerName,
      shares: [],
    }
    found.set(connection.id, known)
    if (share !== null && groupName !== null) known.shares.push(presentShare(share, groupName))
  }
  return [...found.values()]
}

const isConnection = (id: string | null) => (id === null ? undefined : eq(connections.id, id))

/** A disabled owner's connections are not shared any more. */
export async function selectSharedWith(
  statements: Statements,
  userId: string,
  connectionId: string | null,
): Promise<readonly SharedConnectionRow[]> {
  const rows = await statements
    .select(joined)
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .innerJoin(connectionShares, eq(connectionShares.groupId, groups.id))
    .innerJoin(connections, eq(connections.id, connectionShares.connectionId))
    .innerJoin(users, and(eq(users.id, connections.ownerId), eq(users.isDisabled, false)))
    .where(
      and(
        eq(groupMembers.userId, userId),
        sql`${connections.ownerId} <> ${userId}::uuid`,
        isNull(connections.removedAt),
        isConnection(connectionId),
      ),
    )
    .orderBy(...inOrder)
  return gather(rows)
}

export async function selectShareable(
  statements: Statements,
  userId: string,
  isAdmin: boolean,
  connectionId: string | null,
): Promise<readonly SharedConnectionRow[]> {
  const own = sql`${connections.ownerId} = ${userId}::uuid`
  const rows = await statements
    .select(joined)
    .from(connections)
    .innerJoin(users, eq(users.id, connections.ownerId))
    .leftJoin(connectionShares, eq(connectionShares.connectionId, connections.id))
    .leftJoin(groups, eq(groups.id, connectionShares.groupId))
    .where(
      and(
        isAdmin ? sql`(${own} or ${users.role} = 'admin')` : own,
        isNull(connections.removedAt),
        isConnection(connectionId),
      ),
    )
    .orderBy(...inOrder)
  return gather(rows)
}

/** What was found out under another role is forgotten. */
export async function putShare(
  statements: Statements,
  ownerId: string,
  connectionId: string,
  groupId: string,
  terms: ShareTerms,
): Promise<boolean> {
  const { role, maxRows, askAboveBytes, refuseAboveBytes, mayExport, mayAutoRun, writers, samplesToModel } = terms
  const { rows } = await statements.execute(sql`
    insert into ${connectionShares} as known (
      connection_id, group_id, role, max_rows, ask_above_bytes, refuse_above_bytes, may_export, may_auto_run, writers,
      samples_to_model
    )
    select connections.id, groups.id, ${role}::text, ${maxRows}::integer, ${askAboveBytes}::bigint,
      ${refuseAboveBytes}::bigint, ${mayExport}::boolean, ${mayAutoRun}::boolean,
      ${writers === null ? null : JSON.stringify(writers)}::json, ${samplesToModel}::boolean
    from ${connections} cross join ${groups}
    where connections.id = ${connectionId}::uuid and connections.owner_id = ${ownerId}::uuid
      and connections.removed_at is null and groups.id = ${groupId}::uuid
    on conflict (connection_id, group_id) do update set
      role = excluded.role, max_rows = excluded.max_rows, ask_above_bytes = excluded.ask_above_bytes,
      refuse_above_bytes = excluded.refuse_above_bytes, may_export = excluded.may_export,
      may_auto_run = excluded.may_auto_run, writers = excluded.writers, samples_to_model = excluded.samples_to_model,
      warning = case when known.role is not distinct from excluded.role then known.warning end,
      scope_source = case when known.role is not distinct from excluded.role then known.scope_source end,
      scope_view = case when known.role is not distinct from excluded.role then known.scope_view end,
      checked_at = case when known.role is not distinct from excluded.role then known.checked_at end
    returning group_id`)
  return rows.length > 0
}

/** Takes the catalog along once nobody's connection or share has shown it any more. */
export async function deleteShare(
  statements: Statements,
  ownerId: string,
  connectionId: string,
  groupId: string,
): Promise<boolean> {
  const { rows } = await statements.execute<{ gone: boolean }>(sql`
    with gone as (
      delete from ${connectionShares} using ${connections}
      where connections.id = ${connectionId}::uuid and connections.owner_id = ${ownerId}::uuid
        and connection_shares.connection_id = connections.id and connection_shares.group_id = ${groupId}::uuid
      returning connection_shares.scope_source, connection_shares.scope_view
    ), forgotten as (
      ${forgetCatalogs(sql`false`, sql`connection_shares.connection_id = ${connectionId}::uuid and connection_shares.group_id = ${groupId}::uuid`)}
    )
    select exists (select from gone) as gone`)
  return rows[0]?.gone ?? false
}

export async function noteShareFindings(
  statements: Statements,
  { connectionId, groupId, role, revision }: Parameters<ConnectionShareStore['note']>[0],
  { warning, scope, checkedAt }: Parameters<ConnectionShareStore['note']>[1],
): Promise<void> {
  await statements
    .update(connectionShares)
    .set({
      warning,
      scopeSource: scope?.source ?? null,
      scopeView: scope?.view ?? null,
      checkedAt: checkedAt === null ? null : new Date(checkedAt),
    })
    .where(
      and(
        eq(connectionShares.connectionId, connectionId),
        eq(connectionShares.groupId, groupId),
        eq(connectionShares.role, role),
        sql`exists (select from connections where id = ${connectionId}::uuid and revision = ${revision}::integer)`,
      ),
    )
}
