import type { FavoriteRun, SharedFavorite } from '../../contract/favorites.ts'
import type { FavoriteRow, FavoritesReading, VerifiedRow } from '../../core/ports/favorite-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, sql } from './drizzle.ts'
import { favoriteRuns, favorites, favoriteShares } from './favorites-schema.ts'
import { turns } from './schema.ts'
import { storableJson, storableText } from './storable-text.ts'

/** False where the owner has no such favorite, or is not in the group. */
export async function putFavoriteShare(
  statements: Statements,
  ownerId: string,
  id: string,
  groupId: string,
  withRows: boolean,
): Promise<boolean> {
  const { rows } = await statements.execute(sql`
    with touched as (
      update favorites set revision = revision + 1, updated_at = now()
      where id = ${id}::uuid and owner_id = ${ownerId}::uuid and deleted_at is null
        and exists (select from group_members where group_id = ${groupId}::uuid and user_id = ${ownerId}::uuid)
      returning id, owner_id
    )
    insert into favorite_shares (favorite_id, owner_id, group_id, with_rows)
    select id, owner_id, ${groupId}::uuid, ${withRows}::boolean from touched
    on conflict (favorite_id, group_id) do update set with_rows = excluded.with_rows
    returning favorite_id`)
  return rows.length > 0
}

export async function deleteFavoriteShare(
  statements: Statements,
  ownerId: string,
  id: string,
  groupId: string,
): Promise<boolean> {
  const rows = await statements
    .delete(favoriteShares)
    .where(
      and(eq(favoriteShares.favoriteId, id), eq(favoriteShares.ownerId, ownerId), eq(favoriteShares.groupId, groupId)),
    )
    .returning({ id: favoriteShares.favoriteId })
  return rows.length > 0
}

/** A disabled owner's favorites are not shared any more. */
export async function selectSharedFavorites(
  statements: Statements,
  readerId: string,
): Promise<readonly SharedFavorite[]> {
  const { rows } = await statements.execute<{
    [Key in keyof SharedFavorite]: Key extends 'updatedAt' ? Date : SharedFavorite[Key]
  }>(sql`
    select favorites.id, favorites.title, favorites.question, users.name as owner, favorites.updated_at as "updatedAt",
      favorites.verified_key is not null as "isVerified", json_agg(groups.name order by lower(groups.name)) as groups
    from favorite_shares
      join group_members on group_members.group_id = favorite_shares.group_id and group_members.user_id = ${readerId}::uuid
      join groups on groups.id = favorite_shares.group_id
      join favorites on favorites.id = favorite_shares.favorite_id and favorites.owner_id = favorite_shares.owner_id
      join users on users.id = favorites.owner_id and not users.is_disabled
    where favorites.owner_id <> ${readerId}::uuid and favorites.deleted_at is null
    group by favorites.id, users.name
    order by favorites.updated_at desc, favorites.id
    limit 500`)
  return rows.map((row) => ({ ...row, updatedAt: new Date(row.updatedAt).toISOString() }))
}

/**
 * Verified queries that count for a reader: the reader's own, and those of the owner of a connection that is shared with the reader. The reader's
 * own come first, then the latest.
 */
export async function selectVerified(
  statements: Statements,
  readerId: string,
  key: string | null,
): Promise<readonly VerifiedRow[]> {
  const stored = key === null ? null : storableText(key)
  const { rows } = await statements.execute<
    { [Key in keyof VerifiedRow]: VerifiedRow[Key] } & { readonly atMs: string }
  >(sql`
    select favorites.id as "favoriteId", verified_question as question, verified_sql as sql, connection,
      connection_id as "connectionId", favorites.owner_id as "ownerId", users.name as "ownerName",
      extract(epoch from verified_at) * 1000 as "atMs"
    from favorites join users on users.id = favorites.owner_id and not users.is_disabled
    where verified_key is not null and deleted_at is null
      and (${stored}::text is null or verified_key = ${stored}::text)
      and (favorites.owner_id = ${readerId}::uuid or exists (
        select from connections
          join connection_shares on connection_shares.connection_id = connections.id
          join group_members on group_members.group_id = connection_shares.group_id and group_members.user_id = ${readerId}::uuid
        where connections.id = favorites.connection_id and connections.owner_id = favorites.owner_id))
    order by (favorites.owner_id = ${readerId}::uuid) desc, verified_at desc, favorites.id
    limit 5000`)
  return rows.map(({ atMs, ...row }) => ({ ...row, at: new Date(Math.round(Number(atMs))).toISOString() }))
}

/** Runs of one favorite stand together in history, under its title. */
export async function insertRun(
  statements: Statements,
  userId: string,
  favoriteId: string,
  { turnId, at, values }: Omit<FavoriteRun, 'conversationId'>,
  title: string,
): Promise<void> {
  await statements.execute(sql`
    with ran as (
      insert into favorite_runs (turn_id, user_id, favorite_id, "values", created_at)
      select id, owner_id, ${favoriteId}::uuid, ${storableJson(JSON.stringify(values))}::json, ${at}::timestamptz
      from turns where id = ${turnId}::uuid and owner_id = ${userId}::uuid
      on conflict (turn_id) do nothing
    )
    update conversations set title = ${storableText(title)}
    from turns where turns.id = ${turnId}::uuid and turns.owner_id = ${userId}::uuid
      and conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
      and turns.question is null and not conversations.is_named
      and not exists (
        select from turns as earlier
        where earlier.conversation_id = conversations.id and earlier.ordinal < turns.ordinal)`)
}

export async function selectRuns(
  statements: Statements,
  userId: string,
  favoriteId: string,
  limit: number,
): Promise<readonly FavoriteRun[]> {
  const rows = await statements
    .select({
      turnId: favoriteRuns.turnId,
      conversationId: turns.conversationId,
      at: favoriteRuns.createdAt,
      values: favoriteRuns.values,
      rowCount: sql<
        string | null
      >`case when ${turns.state} = 'done' and not ${turns.isTrimmed} then ${turns.rowCount} end`,
    })
    .from(favoriteRuns)
    .innerJoin(turns, and(eq(turns.id, favoriteRuns.turnId), eq(turns.ownerId, favoriteRuns.userId)))
    .where(and(eq(favoriteRuns.userId, userId), eq(favoriteRuns.favoriteId, favoriteId)))
    .orderBy(desc(favoriteRuns.createdAt), favoriteRuns.turnId)
    .limit(limit)
  return rows.map(({ at, rowCount, ...run }) => ({
    ...run,
    at: at.toISOString(),
    rowCount: rowCount === null ? null : Number(rowCount),
  }))
}

const mostReading = 50

export async function selectFavoritesReading(
  statements: Statements,
  ownerId: string,
  { connection, connectionId, table }: FavoritesReading,
): Promise<readonly Pick<FavoriteRow, 'id' | 'title'>[]> {
  const { id, title, position, tables } = favorites
  return await statements
    .select({ id, title })
    .from(favorites)
    .where(
      and(
        eq(favorites.ownerId, ownerId),
        sql`${favorites.deletedAt} is null`,
        sql`${favorites.connectionId} is not distinct from ${connectionId}::uuid`,
        connectionId === null ? eq(favorites.connection, storableText(connection)) : undefined,
        sql`exists (select from json_array_elements(${tables}) as used where used->>'database' = ${storableText(table.database)}
          and used->>'schema' = ${storableText(table.schema)} and used->>'name' = ${storableText(table.name)})`,
      ),
    )
    .orderBy(position, id)
    .limit(mostReading)
}
