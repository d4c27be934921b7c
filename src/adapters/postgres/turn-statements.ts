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
  /** Whether the row that is there is the owner's; null when there is none. */
  readonly own: boolean | null
  /** Whether the row that is there came from this very call, on a connection that broke. */
  readonly claimed: boolean | null
}

/** Stores a turn, and its conversation when that is new. A conversation of someone else takes no turn. */
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
 * Appends consecutive events in one statement; those that are stored already are left as they are. False when nothing was new, or
 * when the turn is not there, lacks an event in between, or was ended by another instance.
 */
export async function appendEvents(
  statements: Statements,
  owner: { readonly ownerId: string; readonly turnId: string; readonly instanceId: string },
  events: readonly StoredEvent[],
  state: TurnState,
): Promise<boolean> {
  const first = events[0]?.seq ?? 0
  const last = events.at(-1)?.seq ?? 0
  // One by one: in an array every quote in them would be escaped first.
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
