import type { ConversationSummary, TurnState, TurnSummary } from '../../contract/api.ts'
import type { NewTurn, StoredEvent } from '../../core/ports/turn-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, gt, sql } from './drizzle.ts'
import { conversations, turnEvents, turns } from './schema.ts'
import { storableJson, storableText } from './storable-text.ts'

const openStates = sql.raw("('running', 'waiting')")
const isOver = (state: TurnState): boolean => state !== 'running' && state !== 'waiting'

interface Creation {
  readonly made: boolean
  /** Whether the existing row is the owner's; null when there is none. */
  readonly own: boolean | null
  /** Whether the existing row came from an earlier try of this call, whose connection broke. */
  readonly claimed: boolean | null
}

/** Stores a turn, and its conversation when that is new. Nothing is stored when the conversation has another owner. */
export async function insertTurn(
  statements: Statements,
  turn: NewTurn,
  instanceId: string,
  claim: string,
): Promise<Creation> {
  const question = turn.question === null ? null : storableText(turn.question)
  const { rows } = await statements.execute<{ [Key in keyof Creation]: Creation[Key] }>(sql`
    with present as (
      select owner_id = ${turn.ownerId}::uuid as own, claim = ${claim}::uuid as claimed
      from turns where id = ${turn.id}::uuid
    ), conversation as (
      insert into conversations (id, owner_id, title, created_at, updated_at)
      select ${turn.conversationId}::uuid, ${turn.ownerId}::uuid, ${question ?? 'Query in SQL'},
        ${turn.createdAt}::timestamptz, ${turn.createdAt}::timestamptz
      where not exists (select from present)
      on conflict (id) do update set updated_at = greatest(conversations.updated_at, excluded.updated_at)
        where conversations.owner_id = excluded.owner_id
      returning id, owner_id
    ), made as (
      insert into turns
        (id, owner_id, conversation_id, question, connection, writer, ask, state, instance_id, claim, created_at, updated_at)
      select ${turn.id}::uuid, owner_id, id, ${question}, ${storableText(turn.connection)}, ${storableText(turn.writer)},
        ${storableJson(turn.askJson)}, 'running', ${instanceId}::uuid, ${claim}::uuid,
        ${turn.createdAt}::timestamptz, ${turn.createdAt}::timestamptz
      from conversation
      on conflict (id) do nothing
      returning id
    )
    select exists (select from made) as made,
      (select own from present) as own, (select claimed from present) as claimed`)
  return rows[0] ?? { made: false, own: null, claimed: null }
}

/**
 * Appends consecutive events in one statement; events that are stored already stay as they are. Returns false when none was new, or
 * when the turn does not exist, lacks an event in between, or was ended by another instance.
 */
export async function appendEvents(
  statements: Statements,
  owner: { readonly ownerId: string; readonly turnId: string; readonly instanceId: string },
  events: readonly StoredEvent[],
  state: TurnState,
): Promise<boolean> {
  const first = events[0]?.seq ?? 0
  const last = events.at(-1)?.seq ?? 0
  // One parameter each: as an array, every quote in them would be escaped first.
  const given = sql.join(
    events.map(({ seq, json }) => sql`(${seq}::int, ${storableJson(json)}::text)`),
    sql`, `,
  )
  const { rows } = await statements.execute<{ done: boolean }>(sql`
    with turn as (
      update turns set state = ${state}, last_seq = ${last}, instance_id = ${owner.instanceId}::uuid, updated_at = now()
      where id = ${owner.turnId}::uuid and owner_id = ${owner.ownerId}::uuid
        and last_seq < ${last} and last_seq >= ${first - 1}
        and (state in ${openStates} or instance_id = ${owner.instanceId}::uuid)
      returning id, owner_id, conversation_id
    ), stored as (
      insert into turn_events (turn_id, owner_id, seq, event)
      select turn.id, turn.owner_id, given.seq, given.event
      from turn, (values ${given}) as given (seq, event)
      on conflict (turn_id, seq) do nothing
    ), conversation as (
      update conversations set updated_at = greatest(conversations.updated_at, now()) from turn
      where ${isOver(state)} and conversations.id = turn.conversation_id and conversations.owner_id = turn.owner_id
    )
    select exists (select from turn) as done`)
  return rows[0]?.done ?? false
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
const presentTurn = (row: Dated<TurnSummary>): TurnSummary => ({ ...row, createdAt: row.createdAt.toISOString() })
const presentConversation = (row: Dated<ConversationSummary>): ConversationSummary => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

export async function selectTurn(statements: Statements, ownerId: string, turnId: string): Promise<TurnSummary | null> {
  const rows = await statements
    .select(summary)
    .from(turns)
    .where(and(eq(turns.id, turnId), eq(turns.ownerId, ownerId)))
  return rows[0] === undefined ? null : presentTurn(rows[0])
}

export async function selectEvents(
  statements: Statements,
  ownerId: string,
  turnId: string,
  afterSeq: number,
  limit?: number,
): Promise<readonly StoredEvent[]> {
  const found = statements
    .select({ seq: turnEvents.seq, json: turnEvents.event })
    .from(turnEvents)
    .where(and(eq(turnEvents.turnId, turnId), eq(turnEvents.ownerId, ownerId), gt(turnEvents.seq, afterSeq)))
    .orderBy(turnEvents.seq)
  return await (limit === undefined ? found : found.limit(limit))
}

export async function selectConversations(
  statements: Statements,
  ownerId: string,
  limit: number,
): Promise<readonly ConversationSummary[]> {
  const rows = await statements
    .select(heading)
    .from(conversations)
    .where(eq(conversations.ownerId, ownerId))
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
    .where(and(eq(conversations.id, conversationId), eq(conversations.ownerId, ownerId)))
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
