import type { InferSelectModel, SQL } from 'drizzle-orm'
import type {
  ArrangedFolder,
  Arrangement,
  FavoriteFields,
  FavoriteQuery,
  FavoriteRow,
  FavoriteStore,
  OpenedRow,
  Rearrangement,
} from '../../core/ports/favorite-store.ts'
import type { StoredEvent } from '../../core/ports/turn-store.ts'
import type { Statements } from './database.ts'
import { and, eq, gt, sql } from './drizzle.ts'
import { favoriteEvents, favoriteFolders, favorites, favoriteShares } from './favorites-schema.ts'
import { groups } from './groups-schema.ts'
import { users } from './people-schema.ts'
import { storableJson, storableText } from './storable-text.ts'

type Stored = InferSelectModel<typeof favorites> & { readonly isShared: boolean }

const isShared = sql<boolean>`exists (select from favorite_shares where favorite_id = ${favorites.id})`

function presentRow(row: Stored): FavoriteRow {
  const {
    verifiedKey: _key,
    verifiedQuestion,
    verifiedSql,
    verifiedAt,
    bytes: _bytes,
    deletedAt: _deleted,
    ...rest
  } = row
  const isVerified = verifiedQuestion !== null && verifiedSql !== null && verifiedAt !== null
  return {
    ...rest,
    verified: isVerified ? { question: verifiedQuestion, sql: verifiedSql, at: verifiedAt.toISOString() } : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

const select = (statements: Statements) =>
  statements
    .select({ favorite: favorites, isShared, ownerName: users.name })
    .from(favorites)
    .innerJoin(users, eq(users.id, favorites.ownerId))

const isOwn = (ownerId: string, id: string): SQL | undefined =>
  and(eq(favorites.id, id), eq(favorites.ownerId, ownerId), sql`${favorites.deletedAt} is null`)

const storable = (value: unknown): SQL => sql`${storableJson(JSON.stringify(value))}::json`

export async function selectFavorites(
  statements: Statements,
  ownerId: string,
  { folderId, tag, words, after, limit }: FavoriteQuery,
): Promise<readonly FavoriteRow[]> {
  const pattern = words === null ? '' : `%${storableText(words).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const { title, question, sql: text, note, tags, position, id } = favorites
  const rows = await select(statements)
    .where(
      and(
        eq(favorites.ownerId, ownerId),
        sql`${favorites.deletedAt} is null`,
        folderId === undefined ? undefined : sql`${favorites.folderId} is not distinct from ${folderId}::uuid`,
        tag === null
          ? undefined
          : sql`exists (select from json_array_elements_text(${tags}) as tag where lower(tag) = lower(${storableText(tag)}))`,
        words === null
          ? undefined
          : sql`concat_ws(' ', ${title}, ${question}, ${text}, ${note}, ${tags}::text) ilike ${pattern}`,
        after === null ? undefined : sql`(${position}, ${id}) > (${after.position}::float8, ${after.id}::uuid)`,
      ),
    )
    .orderBy(position, id)
    .limit(limit)
  return rows.map(({ favorite, isShared }) => presentRow({ ...favorite, isShared }))
}

/** Read together with the memberships, so that leaving a group counts at once. */
export async function selectFavorite(statements: Statements, readerId: string, id: string): Promise<OpenedRow | null> {
  const isReaders = sql`exists (select from group_members where group_id = favorite_shares.group_id and user_id = ${readerId}::uuid)`
  const [row] = await select(statements).where(
    and(
      eq(favorites.id, id),
      sql`${favorites.deletedAt} is null`,
      sql`(${favorites.ownerId} = ${readerId}::uuid or (not ${users.isDisabled} and exists (
        select from favorite_shares where favorite_id = ${favorites.id} and ${isReaders})))`,
    ),
  )
  if (row === undefined) return null
  const shares = await statements
    .select({ groupId: favoriteShares.groupId, groupName: groups.name, withRows: favoriteShares.withRows })
    .from(favoriteShares)
    .innerJoin(groups, eq(groups.id, favoriteShares.groupId))
    .where(
      and(
        eq(favoriteShares.favoriteId, id),
        eq(favoriteShares.ownerId, row.favorite.ownerId),
        row.favorite.ownerId === readerId ? undefined : isReaders,
      ),
    )
    .orderBy(sql`lower(${groups.name})`)
  return { ...presentRow({ ...row.favorite, isShared: row.isShared }), ownerName: row.ownerName, shares }
}

export const insertFavorite = (
  statements: Statements,
  row: Parameters<FavoriteStore['insert']>[0],
  maxFavorites: number,
): ReturnType<FavoriteStore['insert']> =>
  statements.transaction(async (transaction) => {
    await lockOwner(transaction, row.ownerId)
    const { rows } = await transaction.execute<{ stored: boolean }>(sql`
      with held as (
        select count(*) as number, count(*) filter (where id = ${row.id}::uuid) as same,
          min(position) filter (where folder_id is not distinct from ${row.folderId}::uuid) as first
        from favorites where owner_id = ${row.ownerId}::uuid and deleted_at is null
      ), made as (
        insert into favorites (id, owner_id, folder_id, position, title, question, sql, connection, connection_id, writer, note,
          tags, tables, parameters, turn_id, created_at, updated_at)
        select ${row.id}::uuid, ${row.ownerId}::uuid, ${row.folderId}::uuid, coalesce(first, 1) - 1,
          ${storableText(row.title)}, ${row.question === null ? null : storableText(row.question)}::text,
          ${storableText(row.sql)}, ${storableText(row.connection)},
          (select id from connections where id = ${row.connectionId}::uuid), ${storableText(row.writer)},
          ${storableText(row.note)}, ${storable(row.tags)}, ${storable(row.tables)}, ${storable(row.parameters)},
          ${row.turnId}::uuid, ${row.createdAt}::timestamptz, ${row.updatedAt}::timestamptz
        from held where number < ${maxFavorites} and same = 0
        returning id
      )
      select same > 0 or exists (select from made) as stored from held`)
    return rows[0]?.stored === true ? 'stored' : 'full'
  })

/** What was kept before is replaced; events come a statement each, so that statements of others come in between. */
export async function keepFavoriteResult(
  statements: Statements,
  ownerId: string,
  id: string,
  { result, events }: Parameters<FavoriteStore['keepResult']>[2],
): Promise<boolean> {
  const noted = (kept: unknown, bytes: number) =>
    statements
      .update(favorites)
      .set({
        result: kept === null ? null : sql`${storable(kept)}`,
        bytes,
        revision: sql`${favorites.revision} + 1`,
        updatedAt: sql`now()`,
      })
      .where(isOwn(ownerId, id))
      .returning({ id: favorites.id })
  // Until all of it is there, nothing is.
  if ((await noted(null, 0)).length === 0) return false
  await statements
    .delete(favoriteEvents)
    .where(and(eq(favoriteEvents.favoriteId, id), eq(favoriteEvents.ownerId, ownerId)))
  let bytes = 0
  for (const { seq, json } of events) {
    const event = storableJson(json)
    bytes += Buffer.byteLength(event)
    await statements.insert(favoriteEvents).values({ favoriteId: id, ownerId, seq, event }).onConflictDoNothing()
  }
  return (await noted(result, bytes)).length > 0
}

export async function selectFavoriteBytes(statements: Statements, ownerId: string): Promise<number> {
  const { rows } = await statements.execute<{ bytes: string }>(
    sql`select coalesce(sum(bytes), 0) as bytes from favorites where owner_id = ${ownerId}::uuid and deleted_at is null`,
  )
  return Number(rows[0]?.bytes ?? 0)
}

export async function selectFavoriteEvents(
  statements: Statements,
  ownerId: string,
  id: string,
  afterSeq: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  return await statements
    .select({ seq: favoriteEvents.seq, json: favoriteEvents.event })
    .from(favoriteEvents)
    .where(
      and(eq(favoriteEvents.favoriteId, id), eq(favoriteEvents.ownerId, ownerId), gt(favoriteEvents.seq, afterSeq)),
    )
    .orderBy(favoriteEvents.seq)
    .limit(limit)
}

export async function changeFavorite(
  statements: Statements,
  ownerId: string,
  id: string,
  { title, note, tags, tables, sql: text, parameters, verified }: FavoriteFields,
): Promise<boolean> {
  const rows = await statements
    .update(favorites)
    .set({
      ...(title === undefined ? {} : { title: storableText(title) }),
      ...(note === undefined ? {} : { note: storableText(note) }),
      ...(tags === undefined ? {} : { tags: sql`${storable(tags)}` }),
      ...(tables === undefined ? {} : { tables: sql`${storable(tables)}` }),
      ...(text === undefined ? {} : { sql: storableText(text) }),
      ...(parameters === undefined ? {} : { parameters: sql`${storable(parameters)}` }),
      ...(verified === undefined
        ? {}
        : {
            verifiedKey: verified === null ? null : storableText(verified.key),
            verifiedQuestion: verified === null ? null : storableText(verified.question),
            verifiedSql: verified === null ? null : storableText(verified.sql),
            verifiedAt: verified === null ? null : new Date(verified.at),
          }),
      revision: sql`${favorites.revision} + 1`,
      updatedAt: sql`now()`,
    })
    .where(isOwn(ownerId, id))
    .returning({ id: favorites.id })
  return rows.length > 0
}

/** The person's row is locked, so that two arrangements come one after the other. */
const lockOwner = async (statements: Pick<Statements, 'execute'>, ownerId: string): Promise<void> => {
  await statements.execute(sql`select id from users where id = ${ownerId}::uuid for no key update`)
}

export const arrangeFavorites = (
  statements: Statements,
  ownerId: string,
  plan: (now: Arrangement) => Rearrangement,
): Promise<void> =>
  statements.transaction(async (transaction) => {
    await lockOwner(transaction, ownerId)
    const folders = await transaction.select().from(favoriteFolders).where(eq(favoriteFolders.ownerId, ownerId))
    const arranged = await transaction
      .select({
        id: favorites.id,
        folderId: favorites.folderId,
        position: favorites.position,
        isDeleted: sql<boolean>`${favorites.deletedAt} is not null`,
      })
      .from(favorites)
      .where(eq(favorites.ownerId, ownerId))
    const planned = plan({ folders: folders.map(presentFolder), favorites: arranged })
    const { addFolder, folders: changedFolders = [], favorites: changedFavorites = [] } = planned
    if (addFolder !== undefined)
      await transaction
        .insert(favoriteFolders)
        .values({ ...addFolder, name: storableText(addFolder.name), ownerId, createdAt: sql`now()` })
        .onConflictDoNothing()
    for (const { id, isDeleted, moved, name, ...set } of changedFolders)
      await transaction
        .update(favoriteFolders)
        .set({
          ...set,
          ...(name === undefined ? {} : { name: storableText(name) }),
          ...(moved === undefined ? {} : { moved: moved === null ? null : sql`${storable(moved)}` }),
          ...deletion(isDeleted),
          revision: sql`${favoriteFolders.revision} + 1`,
        })
        .where(and(eq(favoriteFolders.id, id), eq(favoriteFolders.ownerId, ownerId)))
    for (const { id, isDeleted, ...set } of changedFavorites)
      await transaction
        .update(favorites)
        .set({ ...set, ...deletion(isDeleted), revision: sql`${favorites.revision} + 1`, updatedAt: sql`now()` })
        .where(and(eq(favorites.id, id), eq(favorites.ownerId, ownerId)))
  })

const deletion = (isDeleted: boolean | undefined) =>
  isDeleted === undefined ? {} : { deletedAt: isDeleted ? sql`now()` : null }

const presentFolder = (row: InferSelectModel<typeof favoriteFolders>): ArrangedFolder => ({
  id: row.id,
  parentId: row.parentId,
  name: row.name,
  position: row.position,
  revision: row.revision,
  moved: row.moved,
  isDeleted: row.deletedAt !== null,
})

export async function selectFolders(statements: Statements, ownerId: string): ReturnType<FavoriteStore['listFolders']> {
  const { id, parentId, name, position, revision } = favoriteFolders
  return await statements
    .select({ id, parentId, name, position, revision })
    .from(favoriteFolders)
    .where(and(eq(favoriteFolders.ownerId, ownerId), sql`${favoriteFolders.deletedAt} is null`))
    .orderBy(position, id)
}
