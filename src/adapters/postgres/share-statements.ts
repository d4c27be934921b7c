import type { NewShare, ShareRow } from '../../core/ports/share-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, sql } from './drizzle.ts'
import { groups } from './groups-schema.ts'
import { users } from './people-schema.ts'
import { shares } from './shares-schema.ts'
import { storableText } from './storable-text.ts'

/** Whether what a row shares has not been removed: while it can be restored, the share is only out of sight. */
const isThere = sql`exists (
  select from conversations where id = ${shares.conversationId} and owner_id = ${shares.ownerId} and deleted_at is null)`

/** Whether a person is in the group of a row; true where the row is for everybody. */
const isFor = (personId: string) => sql`(${shares.groupId} is null or exists (
  select from group_members where group_id = ${shares.groupId} and user_id = ${personId}::uuid))`

const select = (statements: Statements) =>
  statements
    .select({ share: shares, ownerName: users.name, groupName: groups.name })
    .from(shares)
    .innerJoin(users, eq(users.id, shares.ownerId))
    .leftJoin(groups, eq(groups.id, shares.groupId))

const present = ({ share: { groupId, createdAt, ...row }, ownerName, groupName }: SelectedShare): ShareRow => ({
  ...row,
  createdAt: createdAt.toISOString(),
  ownerName,
  audience: groupId === null ? { kind: 'everyone' } : { kind: 'group', groupId, name: groupName ?? '' },
})
type SelectedShare = Awaited<ReturnType<typeof select>>[number]

/** Null where the owner has no such conversation or turn, or is not in the group. Safe to repeat. */
export async function insertShare(statements: Statements, share: NewShare): Promise<ShareRow | null> {
  await statements.execute(sql`
    insert into shares (id, owner_id, conversation_id, turn_id, group_id, with_rows, title, turns, created_at)
    select ${share.id}::uuid, owner_id, id, ${share.turnId}::uuid, ${share.groupId}::uuid, ${share.withRows}::boolean,
      ${storableText(share.title)}::text, ${JSON.stringify(share.turns)}::json, ${share.createdAt}::timestamptz
    from conversations
    where id = ${share.conversationId}::uuid and owner_id = ${share.ownerId}::uuid and deleted_at is null
      and (${share.turnId}::uuid is null or exists (
        select from turns where turns.id = ${share.turnId}::uuid and turns.conversation_id = conversations.id
          and turns.owner_id = conversations.owner_id))
      and (${share.groupId}::uuid is null or exists (
        select from group_members where group_id = ${share.groupId}::uuid and user_id = conversations.owner_id))
    on conflict (id) do nothing`)
  const [row] = await select(statements).where(and(eq(shares.id, share.id), eq(shares.ownerId, share.ownerId)))
  return row === undefined ? null : present(row)
}

export async function selectShares(statements: Statements, ownerId: string): Promise<readonly ShareRow[]> {
  const rows = await select(statements)
    .where(and(eq(shares.ownerId, ownerId), isThere))
    .orderBy(desc(shares.createdAt), shares.id)
  return rows.map(present)
}

export async function deleteShare(statements: Statements, ownerId: string, id: string): Promise<boolean> {
  const rows = await statements
    .delete(shares)
    .where(and(eq(shares.id, id), eq(shares.ownerId, ownerId)))
    .returning({ id: shares.id })
  return rows.length > 0
}

/** The share, where the person is its owner or it is for them: read together with the memberships, so that leaving a group counts at once. */
export async function selectShare(statements: Statements, readerId: string, id: string): Promise<ShareRow | null> {
  const [row] = await select(statements).where(
    and(
      eq(shares.id, id),
      isThere,
      sql`(${shares.ownerId} = ${readerId}::uuid or (not ${users.isDisabled} and ${isFor(readerId)}))`,
    ),
  )
  return row === undefined ? null : present(row)
}
