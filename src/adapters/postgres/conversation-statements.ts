import type { ChartSettings } from '../../contract/chart-settings.ts'
import type { HistoryStore, TurnCopy } from '../../core/ports/history-store.ts'
import type { Statements } from './database.ts'
import { sql } from './drizzle.ts'
import { vectorOf, weights } from './listed-turns.ts'
import { storableJson, storableText } from './storable-text.ts'

const own = (ownerId: string, conversationId: string) =>
  sql`id = ${conversationId}::uuid and owner_id = ${ownerId}::uuid`

export async function updateConversation(
  statements: Statements,
  ownerId: string,
  conversationId: string,
  { title, archivedAt, isKept }: Parameters<HistoryStore['change']>[2],
): Promise<boolean> {
  const changes = [
    ...(title === undefined
      ? []
      : [sql`title = ${storableText(title)}, is_named = true, words = ${vectorOf(title, '')}::tsvector`]),
    ...(archivedAt === undefined
      ? []
      : [sql`archived_at = ${archivedAt === null ? null : new Date(archivedAt).toISOString()}::timestamptz`]),
    ...(isKept === undefined ? [] : [sql`is_kept = ${isKept}`]),
  ]
  const { rows } = await statements.execute(sql`
    update conversations set ${sql.join(changes, sql`, `)}
    where ${own(ownerId, conversationId)} and deleted_at is null
    returning id`)
  return rows.length > 0
}

/** Safe to repeat: what is removed already stays removed since then. */
export async function markDeleted(
  statements: Statements,
  ownerId: string,
  conversationId: string,
  atMs: number,
): Promise<boolean> {
  const at = new Date(atMs).toISOString()
  const { rows } = await statements.execute(sql`
    update conversations set deleted_at = coalesce(deleted_at, ${at}::timestamptz)
    where ${own(ownerId, conversationId)} and (deleted_at is null or deleted_at = ${at}::timestamptz)
    returning id`)
  return rows.length > 0
}

export async function unmarkDeleted(statements: Statements, ownerId: string, conversationId: string): Promise<boolean> {
  const { rows } = await statements.execute<{ done: boolean }>(sql`
    with restored as (
      update conversations set deleted_at = null
      where ${own(ownerId, conversationId)} and deleted_at is not null
    )
    select true as done from conversations where ${own(ownerId, conversationId)}`)
  return rows.length > 0
}

/** Conversations are deleted one by one, because the events of one may take long; turns that still run are left to end first. */
export async function deleteMarked(statements: Statements, removedBeforeMs: number): Promise<number> {
  for (let deleted = 0; ; deleted += 1) {
    const { rows } = await statements.execute(sql`
      delete from conversations where id in (
        select id from conversations
        where deleted_at < ${new Date(removedBeforeMs).toISOString()}::timestamptz and not exists (
          select from turns where turns.conversation_id = conversations.id and turns.state in ('running', 'waiting'))
        limit 1)
      returning id`)
    if (rows.length === 0) return deleted
  }
}

export async function updateNote(
  statements: Statements,
  ownerId: string,
  turnId: string,
  note: string,
): Promise<boolean> {
  const { rows } = await statements.execute(sql`
    update turns set note = ${storableText(note)},
      words = ts_filter(turns.words, '{a,b,d}') || ${vectorOf(note, weights.note)}::tsvector
    from conversations
    where turns.id = ${turnId}::uuid and turns.owner_id = ${ownerId}::uuid
      and conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
      and conversations.deleted_at is null
    returning turns.id`)
  return rows.length > 0
}

export async function updateChart(
  statements: Statements,
  ownerId: string,
  turnId: string,
  settings: ChartSettings | null,
): Promise<boolean> {
  const { rows } = await statements.execute(sql`
    update turns set chart = ${settings === null ? null : JSON.stringify(settings)}::json
    from conversations
    where turns.id = ${turnId}::uuid and turns.owner_id = ${ownerId}::uuid
      and conversations.id = turns.conversation_id and conversations.owner_id = turns.owner_id
      and conversations.deleted_at is null
    returning turns.id`)
  return rows.length > 0
}

/** The conversation that copies go to, which counts as removed. Safe to repeat, as the following are. */
export async function insertCopy(
  statements: Statements,
  ownerId: string,
  { conversationId, title, atMs }: Pick<Parameters<HistoryStore['copy']>[1], 'conversationId' | 'title' | 'atMs'>,
): Promise<void> {
  const at = new Date(atMs).toISOString()
  await statements.execute(sql`
    insert into conversations (id, owner_id, title, created_at, updated_at, deleted_at)
    values (${conversationId}::uuid, ${ownerId}::uuid, ${storableText(title)}, ${at}::timestamptz, ${at}::timestamptz,
      ${at}::timestamptz)
    on conflict (id) do nothing`)
}

interface CopyPlace {
  readonly ownerId: string
  readonly conversationId: string
  readonly from: string
}

export async function copyTurn(statements: Statements, to: CopyPlace, { from, id, follows }: TurnCopy): Promise<void> {
  const { ownerId, conversationId } = to
  const { rows } = await statements.execute<{ ask: string }>(
    sql`select ask from turns where id = ${from}::uuid and owner_id = ${ownerId}::uuid`,
  )
  const ask = JSON.stringify({ ...(JSON.parse(rows[0]?.ask ?? '{}') as object), turnId: id, conversationId, follows })
  await statements.execute(sql`
    insert into turns (id, owner_id, conversation_id, question, connection, writer, ask, state, last_seq, bytes, is_trimmed,
      note, chart, sql, row_count, result_bytes, elapsed_ms, problem_code, copied_from, words, instance_id, claim, created_at, updated_at)
    select ${id}::uuid, owner_id, ${conversationId}::uuid, question, connection, writer, ${storableJson(ask)}, state, last_seq,
      bytes, is_trimmed, note, chart, sql, row_count, result_bytes, elapsed_ms, problem_code, id, words, instance_id, claim, created_at,
      updated_at
    from turns where id = ${from}::uuid and owner_id = ${ownerId}::uuid
    on conflict (id) do nothing`)
}

/** Rows that one statement copies: each may be long, and a long statement would keep all others of an embedded database waiting. */
const rowsAtOnce = 20
/** The ids of turn and conversation stand within this many characters of an event. */
const headLength = 300

/**
 * Copies the events of a turn under its new ids. Pieces go first: where rows are removed meanwhile to make room, the event that is copied
 * afterwards says so.
 */
export async function copyEvents(statements: Statements, to: CopyPlace, { from, id }: TurnCopy): Promise<void> {
  const source = sql`turn_id = ${from}::uuid and owner_id = ${to.ownerId}::uuid`
  const { rows: long } = await statements.execute<{ seq: number; pieces: number }>(
    sql`select seq, pieces from turn_events where ${source} and pieces > 0`,
  )
  for (const { seq, pieces } of long)
    for (let after = 0; after < pieces; after += rowsAtOnce)
      await statements.execute(sql`
        insert into turn_event_pieces (turn_id, owner_id, seq, piece, text)
        select ${id}::uuid, owner_id, seq, piece, text from turn_event_pieces
        where ${source} and seq = ${seq} and piece > ${after} and piece <= ${after + rowsAtOnce}
        on conflict (turn_id, seq, piece) do nothing`)
  const { rows } = await statements.execute<{ last: number }>(
    sql`select coalesce(max(seq), 0) as last from turn_events where ${source}`,
  )
  for (let after = 0; after < (rows[0]?.last ?? 0); after += rowsAtOnce)
    await statements.execute(sql`
      insert into turn_events (turn_id, owner_id, seq, event, pieces)
      select ${id}::uuid, owner_id, seq,
        replace(replace(left(event, ${headLength}), ${from}, ${id}), ${to.from}, ${to.conversationId})
          || substr(event, ${headLength + 1}),
        pieces
      from turn_events where ${source} and seq > ${after} and seq <= ${after + rowsAtOnce}
      on conflict (turn_id, seq) do nothing`)
}
