import type { ComparableAnswer } from '../../contract/comparison.ts'
import type { ListedConversation } from '../../contract/history.ts'
import type { HistorySearch, ListedTurn, ListPlace } from '../../core/ports/history-store.ts'
import type { Statements } from './database.ts'
import { sql } from './drizzle.ts'
import { searchFor } from './listed-turns.ts'

/** Characters of a query that a list reads to show where words were found. */
const readSql = 20_000

/** Rows as the driver reads them: large integers as text. */
type Raw<Row> = { [Key in keyof Row]: Key extends 'rowCount' | 'bytes' ? string | null : Row[Key] }

/** The turns of a person that match, the latest first. */
export async function selectHistory(
  statements: Statements,
  ownerId: string,
  search: HistorySearch,
): Promise<readonly ListedTurn[]> {
  const { words, isLastBegun, connection, state, fromMs, toMs, favorite, archived, after, limit } = search
  const { all, any } = searchFor(ownerId, words, isLastBegun)
  const named = words.length === 0 ? [] : await selectNamed(statements, ownerId, any)
  const query = sql`${all}::tsquery`
  const isFound = sql`turns.words @@ ${query}`
  const inNamed = sql`turns.conversation_id in (${sql.join(
    named.map((id) => sql`${id}::uuid`),
    sql`, `,
  )}) and (turns.words || conversations.words) @@ ${query}`
  const conditions = [
    sql`turns.owner_id = ${ownerId}::uuid and conversations.deleted_at is null`,
    ...(words.length === 0 ? [isNoCopy] : [named.length === 0 ? isFound : sql`(${isFound} or (${inNamed}))`]),
    ...(connection === null ? [] : [sql`lower(turns.connection) = lower(${connection})`]),
    ...(state === null ? [] : [sql`turns.state = ${state}`]),
    ...(fromMs === null ? [] : [sql`turns.created_at >= ${new Date(fromMs).toISOString()}::timestamptz`]),
    ...(toMs === null ? [] : [sql`turns.created_at < ${new Date(toMs).toISOString()}::timestamptz`]),
    ...(favorite === 'any' ? [] : [sql`${isFavorite} = ${favorite === 'true'}`]),
    ...(archived === 'any' ? [] : [sql`(conversations.archived_at is not null) = ${archived === 'true'}`]),
    ...(after === null
      ? []
      : [
          sql`(turns.created_at, turns.ordinal) < (${new Date(after.atMs).toISOString()}::timestamptz, ${after.key}::bigint)`,
        ]),
  ]
  const { rows } = await statements.execute<Raw<ListedTurn>>(sql`
    select turns.id, turns.conversation_id as "conversationId", turns.ordinal::text as ordinal, conversations.title,
      conversations.is_named as "isNamed", turns.question, left(turns.sql, ${readSql}) as sql, turns.connection, turns.writer,
      turns.state, turns.problem_code as "problemCode", turns.row_count as "rowCount", turns.result_bytes as bytes,
      turns.elapsed_ms as "elapsedMs", turns.created_at as "createdAt", turns.note, ${isFavorite} as "isFavorite",
      conversations.archived_at is not null as "isArchived"
    from turns join conversations on conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
    where ${sql.join(conditions, sql` and `)}
    order by turns.created_at desc, turns.ordinal desc
    limit ${limit}`)
  return rows.map((row) => ({
    ...row,
    rowCount: row.rowCount === null ? null : Number(row.rowCount),
    bytes: row.bytes === null ? null : Number(row.bytes),
    createdAt: new Date(row.createdAt).toISOString(),
  }))
}

/** Whether a favorite was made of a turn; one that was removed does not count. */
const isFavorite = sql`exists (
  select from favorites
  where favorites.turn_id = turns.id and favorites.owner_id = turns.owner_id and favorites.deleted_at is null)`

/** A copy stands for a turn only where that one is not listed itself. */
const isNoCopy = sql`(turns.copied_from is null or not exists (
  select from turns as original
    join conversations as before on before.id = original.conversation_id and before.owner_id = original.owner_id
  where original.id = turns.copied_from and original.owner_id = turns.owner_id and before.deleted_at is null
    and (before.archived_at is null) = (conversations.archived_at is null)))`

/** Conversations whose given title has any of the words. */
async function selectNamed(statements: Statements, ownerId: string, anyWord: string): Promise<readonly string[]> {
  const { rows } = await statements.execute<{ id: string }>(sql`
    select id from conversations
    where owner_id = ${ownerId}::uuid and is_named and deleted_at is null and words @@ ${anyWord}::tsquery`)
  return rows.map(({ id }) => id)
}

/** The conversations of a person with what their list shows, the ones used last first. */
export async function selectListed(
  statements: Statements,
  ownerId: string,
  {
    isArchived,
    after,
    limit,
  }: { readonly isArchived: boolean; readonly after: ListPlace | null; readonly limit: number },
): Promise<readonly ListedConversation[]> {
  const isAfter =
    after === null
      ? sql`true`
      : sql`(updated_at, id) < (${new Date(after.atMs).toISOString()}::timestamptz, ${after.key}::uuid)`
  const { rows } = await statements.execute<Raw<ListedConversation>>(sql`
    with listed as (
      select id, title, created_at, updated_at, is_kept, archived_at from conversations
      where owner_id = ${ownerId}::uuid and deleted_at is null and (archived_at is not null) = ${isArchived} and ${isAfter}
      order by updated_at desc, id desc
      limit ${limit}
    )
    select listed.id, listed.title, listed.created_at as "createdAt", listed.updated_at as "updatedAt", listed.is_kept as "isKept",
      listed.archived_at is not null as "isArchived", counted."isFavorite", counted.turns as "turnCount", latest.state
    from listed
      cross join lateral (
        select count(*)::int as turns, coalesce(bool_or(${isFavorite}), false) as "isFavorite"
        from turns where conversation_id = listed.id) as counted
      cross join lateral (
        select state from turns where conversation_id = listed.id order by ordinal desc limit 1) as latest
    order by listed.updated_at desc, listed.id desc`)
  return rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  }))
}

/** The latest turns of a person that are looked through. */
const mostLooked = 5_000
/** Characters of a query that tell it from others in a list. */
const toldSql = 300

/** Answers with rows that a turn can be compared with, by what they have in common with it, the latest of each kind first. */
export async function selectComparable(
  statements: Statements,
  ownerId: string,
  turnId: string,
  limit: number,
): Promise<readonly ComparableAnswer[]> {
  const { rows } = await statements.execute<Omit<ComparableAnswer, 'rowCount'> & { rowCount: string }>(sql`
    with one as (
      select turns.id, turns.conversation_id, turns.question, turns.sql, turns.copied_from, favorite_runs.favorite_id
      from turns left join favorite_runs on favorite_runs.turn_id = turns.id and favorite_runs.user_id = turns.owner_id
      where turns.id = ${turnId}::uuid and turns.owner_id = ${ownerId}::uuid
    ), latest as (
      select turns.id, turns.conversation_id, turns.question, turns.sql, turns.connection, turns.row_count, turns.copied_from,
        turns.created_at, turns.ordinal
      from turns join conversations on conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
      where turns.owner_id = ${ownerId}::uuid and turns.state = 'done' and turns.row_count is not null and turns.sql is not null
        and not turns.is_trimmed and conversations.deleted_at is null
      order by turns.created_at desc limit ${mostLooked}
    ), related as (
      select latest.*, case
        when latest.sql = one.sql then 0
        when ran.favorite_id = one.favorite_id then 1
        when lower(latest.question) = lower(one.question) then 2
        when latest.conversation_id = one.conversation_id then 3
      end as relation
      from latest cross join one left join favorite_runs as ran on ran.turn_id = latest.id and ran.user_id = ${ownerId}::uuid
      where latest.id <> one.id and latest.copied_from is distinct from one.id and latest.id is distinct from one.copied_from
        and (latest.copied_from is null or latest.conversation_id = one.conversation_id)
    )
    select id as "turnId", conversation_id as "conversationId", question, left(sql, ${toldSql}) as sql, connection,
      created_at as at, row_count as "rowCount",
      (array['same-query', 'same-favorite', 'same-question', 'same-conversation'])[relation + 1] as because
    from related where relation is not null
    order by relation, created_at desc, ordinal desc
    limit ${limit}`)
  return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString(), rowCount: Number(row.rowCount) }))
}
