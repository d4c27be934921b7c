import * as z from 'zod/mini'
import { TurnSummary, type ConversationSummary } from '../../contract/api.ts'
import { ChartSettings } from '../../contract/chart-settings.ts'
import { sqlTitle } from '../../contract/words/sql-title.ts'
import type { NewTurn } from '../../core/ports/turn-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, isNull, sql } from './drizzle.ts'
import { newVector } from './listed-turns.ts'
import { conversations, turns } from './schema.ts'
import { storableJson, storableText } from './storable-text.ts'

interface Creation {
  readonly made: boolean
  /** Whether the existing row is the owner's; null when there is none. */
  readonly own: boolean | null
  /** Whether the existing row came from an earlier try of this call, whose connection broke. */
  readonly claimed: boolean | null
  /** How many turns of the owner run in other processes; 0 where they are not counted. */
  readonly elsewhere: number
  /** Whether the owner has removed the conversation. */
  readonly removed: boolean
}

/**
 * Stores a turn, and its conversation when that is new; an archived one is taken back. Nothing is stored when the conversation has another
 * owner or is removed, or when more than
 * `maxElsewhere` turns of the owner run in other processes.
 */
export async function insertTurn(
  statements: Statements,
  turn: NewTurn,
  { instanceId, claim, maxElsewhere }: { instanceId: string; claim: string; maxElsewhere: number | null },
): Promise<Creation> {
  const question = turn.question === null ? null : storableText(turn.question)
  const { rows } = await statements.execute<{ [Key in keyof Creation]: Creation[Key] }>(sql`
    with present as (
      select owner_id = ${turn.ownerId}::uuid as own, claim = ${claim}::uuid as claimed
      from turns where id = ${turn.id}::uuid
    ), elsewhere as materialized (
      select case when ${maxElsewhere}::int is null or exists (select from present) then 0
        else running_elsewhere(${turn.ownerId}::uuid, ${instanceId}::uuid) end as running
    ), conversation as (
      insert into conversations (id, owner_id, title, created_at, updated_at)
      select ${turn.conversationId}::uuid, ${turn.ownerId}::uuid, ${storableText(titleOf(turn))},
        ${turn.createdAt}::timestamptz, ${turn.createdAt}::timestamptz
      from elsewhere where not exists (select from present) and running <= coalesce(${maxElsewhere}::int, 0)
      on conflict (id) do update
        set updated_at = greatest(conversations.updated_at, excluded.updated_at), archived_at = null
        where conversations.owner_id = excluded.owner_id and conversations.deleted_at is null
      returning id, owner_id
    ), made as (
      insert into turns
        (id, owner_id, conversation_id, question, connection, writer, ask, state, instance_id, claim, words, created_at, updated_at)
      select ${turn.id}::uuid, owner_id, id, ${question}, ${storableText(turn.connection)}, ${storableText(turn.writer)},
        ${storableJson(turn.askJson)}, 'running', ${instanceId}::uuid, ${claim}::uuid, ${newVector(turn.ownerId, question)}::tsvector,
        ${turn.createdAt}::timestamptz, ${turn.createdAt}::timestamptz
      from conversation
      on conflict (id) do nothing
      returning id
    )
    select exists (select from made) as made,
      (select own from present) as own, (select claimed from present) as claimed, running as elsewhere,
      exists (select from conversations where id = ${turn.conversationId}::uuid and owner_id = ${turn.ownerId}::uuid
        and deleted_at is not null) as removed
    from elsewhere`)
  return rows[0] ?? { made: false, own: null, claimed: null, elsewhere: 0, removed: false }
}

const AskedSql = z.object({ sql: z.optional(z.string()) })

/** The title of a conversation that begins with a turn. */
function titleOf({ question, askJson }: NewTurn): string {
  return question ?? sqlTitle(AskedSql.parse(JSON.parse(askJson)).sql ?? '')
}

export async function countRunningElsewhere(
  statements: Statements,
  ownerId: string,
  instanceId: string,
): Promise<number> {
  const { rows } = await statements.execute<{ running: number }>(
    sql`select running_elsewhere(${ownerId}::uuid, ${instanceId}::uuid) as running`,
  )
  return rows[0]?.running ?? 0
}

const summary = {
  id: turns.id,
  conversationId: turns.conversationId,
  question: turns.question,
  connection: turns.connection,
  writer: turns.writer,
  state: turns.state,
  lastSeq: turns.lastSeq,
  createdAt: turns.createdAt,
  ask: turns.ask,
  note: turns.note,
  chart: turns.chart,
}

const heading = {
  id: conversations.id,
  title: conversations.title,
  createdAt: conversations.createdAt,
  updatedAt: conversations.updatedAt,
}

type Dated<Row extends { readonly createdAt: string }> = {
  [Key in keyof Row]: Key extends 'createdAt' | 'updatedAt' ? Date : Row[Key]
}
type TurnRow = Dated<Omit<TurnSummary, keyof Thread | 'note' | 'chart'>> & {
  readonly ask: string
  readonly note: string
  /** As a version of this program stored it, which may be another one. */
  readonly chart: unknown
}
function presentTurn({ ask, note, chart, ...row }: TurnRow): TurnSummary {
  const drawn = ChartSettings.safeParse(chart)
  return {
    ...row,
    ...(note === '' ? {} : { note }),
    ...(drawn.success ? { chart: drawn.data } : {}),
    createdAt: row.createdAt.toISOString(),
    ...threadOf(ask),
  }
}

const Thread = z.pick(TurnSummary, { follows: true, leaveOut: true, mentions: true })
type Thread = z.infer<typeof Thread>

/** What a stored ask says of the turn it follows; turns of earlier versions say nothing. */
function threadOf(ask: string): Thread {
  const read = Thread.safeParse(JSON.parse(ask))
  return read.success ? read.data : {}
}
const presentConversation = (row: Dated<ConversationSummary>): ConversationSummary => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

export async function selectTurn(statements: Statements, ownerId: string, turnId: string): Promise<TurnSummary | null> {
  const rows = await statements
    .select(summary)
    .from(turns)
    .innerJoin(conversations, and(eq(conversations.id, turns.conversationId), eq(conversations.ownerId, turns.ownerId)))
    .where(and(eq(turns.id, turnId), eq(turns.ownerId, ownerId), isNull(conversations.deletedAt)))
  return rows[0] === undefined ? null : presentTurn(rows[0])
}

export async function selectConversations(
  statements: Statements,
  ownerId: string,
  limit: number,
): Promise<readonly ConversationSummary[]> {
  const rows = await statements
    .select(heading)
    .from(conversations)
    .where(and(eq(conversations.ownerId, ownerId), isNull(conversations.archivedAt), isNull(conversations.deletedAt)))
    .orderBy(desc(conversations.updatedAt), desc(conversations.id))
    .limit(limit)
  return rows.map(presentConversation)
}

export async function selectConversation(
  statements: Statements,
  ownerId: string,
  conversationId: string,
): Promise<{ readonly conversation: ConversationSummary; readonly turns: readonly TurnSummary[] } | null> {
  const [found] = await statements
    .select(heading)
    .from(conversations)
    .where(
      and(eq(conversations.id, conversationId), eq(conversations.ownerId, ownerId), isNull(conversations.deletedAt)),
    )
  if (found === undefined) return null
  const rows = await statements
    .select(summary)
    .from(turns)
    .where(and(eq(turns.conversationId, conversationId), eq(turns.ownerId, ownerId)))
    .orderBy(turns.ordinal)
  return { conversation: presentConversation(found), turns: rows.map(presentTurn) }
}

/** A process that uses the store. */
export interface Instance {
  readonly id: string
  /** Names machine and process-id namespace, within which `pid` is unique. */
  readonly host: string
  readonly pid: number
}

/** An unfinished turn, and what the store knows about the instance that runs it. */
export interface OpenTurn {
  readonly ownerId: string
  readonly turnId: string
  readonly lastSeq: number
  /** Whether it is the asking instance that runs it. */
  readonly isOwn: boolean
  /** Null when the instance is not registered. */
  readonly host: string | null
  readonly pid: number | null
  /** Whether the instance's last heartbeat is too old. */
  readonly silent: boolean
}

const silentAfter = sql.raw("interval '30 seconds'")

/** Registers the instance or renews its heartbeat, by the database's clock. */
export async function beat(statements: Statements, { id, host, pid }: Instance): Promise<void> {
  await statements.execute(sql`
    insert into instances (id, host, pid) values (${id}::uuid, ${host}, ${pid})
    on conflict (id) do update set heartbeat_at = now()`)
}

export async function forget(statements: Statements, id: string): Promise<void> {
  await statements.execute(sql`delete from instances where id = ${id}::uuid`)
}

/** Returns the unfinished turns of all instances and owners; deletes instances that are long gone. */
export async function selectOpenTurns(statements: Statements, ownId: string): Promise<readonly OpenTurn[]> {
  await statements.execute(sql`delete from instances where heartbeat_at < now() - interval '1 day'`)
  const { rows } = await statements.execute<{ [Key in keyof OpenTurn]: OpenTurn[Key] }>(sql`
    select turns.owner_id as "ownerId", turns.id as "turnId", turns.last_seq as "lastSeq",
      turns.instance_id = ${ownId}::uuid as "isOwn", instances.host, instances.pid,
      coalesce(instances.heartbeat_at < now() - ${silentAfter}, true) as silent
    from turns left join instances on instances.id = turns.instance_id
    where turns.state in ('running', 'waiting')
    order by turns.ordinal`)
  return rows
}
