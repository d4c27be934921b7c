import type { StoredConversation } from '../../core/ports/retention-store.ts'
import type { Statements } from './database.ts'
import { and, asc, desc, eq, isNull, lt, sql } from './drizzle.ts'
import { conversations, turns } from './schema.ts'

export async function selectUse(
  statements: Statements,
  ownerId: string,
): Promise<{ readonly bytes: number; readonly keptBytes: number; readonly favoriteBytes: number }> {
  const { rows } = await statements.execute<{ bytes: string; kept: string; favorites: string }>(sql`
    select coalesce(sum(turns.bytes), 0) as bytes,
      coalesce(sum(turns.bytes) filter (where conversations.is_kept), 0) as kept,
      (select coalesce(sum(bytes), 0) from favorites where owner_id = ${ownerId}::uuid and deleted_at is null) as favorites
    from turns join conversations on conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
    where turns.owner_id = ${ownerId}::uuid and conversations.deleted_at is null`)
  const favoriteBytes = Number(rows[0]?.favorites ?? 0)
  return { bytes: Number(rows[0]?.bytes ?? 0) + favoriteBytes, keptBytes: Number(rows[0]?.kept ?? 0), favoriteBytes }
}

/** `usedBefore` null for the kept ones, the latest first. */
export async function selectByUse(
  statements: Statements,
  ownerId: string,
  usedBefore: number | null,
  limit: number,
): Promise<readonly StoredConversation[]> {
  const rows = await statements
    .select({
      id: conversations.id,
      title: conversations.title,
      createdAt: conversations.createdAt,
      updatedAt: conversations.updatedAt,
      isKept: conversations.isKept,
      bytes: sql<string>`coalesce(sum(${turns.bytes}), 0)`,
    })
    .from(conversations)
    .leftJoin(turns, and(eq(turns.conversationId, conversations.id), eq(turns.ownerId, conversations.ownerId)))
    .where(
      and(
        eq(conversations.ownerId, ownerId),
        isNull(conversations.deletedAt),
        eq(conversations.isKept, usedBefore === null),
        usedBefore === null ? undefined : lt(conversations.updatedAt, new Date(usedBefore)),
      ),
    )
    .groupBy(conversations.id)
    .orderBy(usedBefore === null ? desc(conversations.updatedAt) : asc(conversations.updatedAt))
    .limit(limit)
  return rows.map((row) => ({
    ...row,
    bytes: Number(row.bytes),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }))
}

const openStates = sql.raw("('running', 'waiting')")
/** Removed by one statement, so that others come in between. */
const atOnce = 100

export async function deleteConversations(statements: Statements, usedBefore: number): Promise<number> {
  let removed = 0
  for (;;) {
    const { rows } = await statements.execute(sql`
      delete from conversations where id in (
        select id from conversations
        where updated_at < ${new Date(usedBefore).toISOString()}::timestamptz and not is_kept
          and not exists (
            select from turns where turns.conversation_id = conversations.id and turns.state in ${openStates})
        limit ${atOnce})
      returning id`)
    removed += rows.length
    if (rows.length < atOnce) return removed
  }
}

export async function selectOwnersAbove(statements: Statements, bytes: number): Promise<readonly string[]> {
  const { rows } = await statements.execute<{ id: string }>(sql`
    select owner_id as id from (
      select owner_id, bytes from turns union all select owner_id, bytes from favorites where deleted_at is null
    ) as held group by owner_id having sum(bytes) > ${bytes}`)
  return rows.map(({ id }) => id)
}

/** Events of rows keep their number and moment, and say that the rows are gone. */
export async function deleteOldestRows(statements: Statements, ownerId: string, untilBytes: number): Promise<number> {
  let removed = 0
  for (;;) {
    const { rows } = await statements.execute<{ done: boolean }>(sql`
      with used as (
        select sum(bytes) as bytes from (
          select bytes from turns where owner_id = ${ownerId}::uuid
          union all select bytes from favorites where owner_id = ${ownerId}::uuid and deleted_at is null
        ) as held
      ), oldest as (
        select turns.id from turns
          join conversations on conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
        where turns.owner_id = ${ownerId}::uuid and not turns.is_trimmed and turns.state not in ${openStates}
          and not conversations.is_kept and (select bytes from used) > ${untilBytes}
        order by turns.ordinal limit 1
      ), rows as (
        select turn_id, seq from turn_events
        where turn_id in (select id from oldest) and event like '{"kind":"result.rows"%'
      ), pieces as (
        delete from turn_event_pieces using rows
        where turn_event_pieces.turn_id = rows.turn_id and turn_event_pieces.seq = rows.seq
      ), emptied as (
        update turn_events set pieces = 0,
          event = left(event, position('"rows":' in event) + 6) || '[],"removed":true}'
        from rows where turn_events.turn_id = rows.turn_id and turn_events.seq = rows.seq
        returning octet_length(event)
      )
      update turns set is_trimmed = true,
        bytes = (select coalesce(sum(octet_length(event)), 0) from turn_events
            where turn_id = turns.id and not exists (select from rows where rows.seq = turn_events.seq))
          + (select coalesce(sum(octet_length), 0) from emptied)
          + (select coalesce(sum(octet_length(text)), 0) from turn_event_pieces
            where turn_id = turns.id and not exists (select from rows where rows.seq = turn_event_pieces.seq))
      where id in (select id from oldest)
      returning exists (select from rows) as done`)
    if (rows.length === 0) return removed
    if (rows[0]?.done === true) removed += 1
  }
}

/** Favorites and folders that were removed and that nobody brings back any more. */
export async function deleteRemoved(statements: Statements, before: number): Promise<void> {
  const at = sql`${new Date(before).toISOString()}::timestamptz`
  await statements.execute(sql`delete from favorites where deleted_at < ${at}`)
  await statements.execute(sql`delete from favorite_folders where deleted_at < ${at}`)
}

/** The trigger on the table lets only entries older than 30 days go, and only here. */
export const deleteAudit = (statements: Statements, before: number): Promise<number> =>
  statements.transaction(async (transaction) => {
    await transaction.execute(sql`select set_config('floe.retention', 'on', true)`)
    const { rowCount } = await transaction.execute(sql`
      delete from audit_entries where at < ${new Date(before).toISOString()}::timestamptz`)
    return rowCount ?? 0
  })
