import type { TurnState } from '../../contract/api.ts'
import type { StoredEvent } from '../../core/ports/turn-store.ts'
import type { Statements } from './database.ts'
import { and, eq, gt, sql } from './drizzle.ts'
import { assignListed } from './listed-turns.ts'
import { turnEvents } from './schema.ts'
import { storableJson } from './storable-text.ts'

const openStates = sql.raw("('running', 'waiting')")
const isOver = (state: TurnState): boolean => state !== 'running' && state !== 'waiting'

/** The characters of an event that one statement takes. A longer statement would keep all others of an embedded database waiting. */
const pieceLength = 200_000

/** An event as text that PostgreSQL can hold, in pieces. */
function splitEvent({ seq, json }: StoredEvent): { readonly seq: number; readonly pieces: readonly string[] } {
  const text = storableJson(json)
  const pieces: string[] = []
  for (let from = 0; from < text.length;) {
    // Both halves of a surrogate pair stay in one piece.
    const isSplitPair = /[\uD800-\uDBFF]/.test(text[from + pieceLength - 1] ?? '')
    const to = from + pieceLength + (isSplitPair ? 1 : 0)
    pieces.push(text.slice(from, to))
    from = to
  }
  return { seq, pieces }
}

/** Names the turn that events belong to, and the process that runs it. */
interface TurnOwner {
  readonly ownerId: string
  readonly turnId: string
  readonly instanceId: string
}

/** Whether the turn may take further events from the instance: it is not over, or the instance itself ended it. */
const takesEvents = ({
  ownerId,
  turnId,
  instanceId,
}: TurnOwner) => sql`id = ${turnId}::uuid and owner_id = ${ownerId}::uuid
  and (state in ${openStates} or instance_id = ${instanceId}::uuid)`

/**
 * Stores all but the first pieces of long events, a statement each, so that statements of others come in between. They count only once
 * `appendEvents` has stored the beginnings.
 */
export async function storePieces(
  statements: Statements,
  owner: TurnOwner,
  events: readonly StoredEvent[],
): Promise<void> {
  for (const { seq, pieces } of events.map(splitEvent))
    for (const [piece, text] of pieces.entries())
      if (piece > 0)
        await statements.execute(sql`
          insert into turn_event_pieces (turn_id, owner_id, seq, piece, text)
          select id, owner_id, ${seq}::int, ${piece}::int, ${text}::text from turns
          where ${takesEvents(owner)} and last_seq < ${seq}
          on conflict (turn_id, seq, piece) do update set text = excluded.text`)
}

/**
 * Appends consecutive events in one statement; events that are stored already stay as they are. Returns false when none was new, or
 * when the turn does not exist, lacks an event in between, or was ended by another instance.
 */
export async function appendEvents(
  statements: Statements,
  owner: TurnOwner,
  events: readonly StoredEvent[],
  state: TurnState,
): Promise<boolean> {
  const first = events[0]?.seq ?? 0
  const last = events.at(-1)?.seq ?? 0
  const bytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0)
  // One parameter each: as an array, every quote in them would be escaped first.
  const given = sql.join(
    events
      .map(splitEvent)
      .map(({ seq, pieces }) => sql`(${seq}::int, ${pieces[0] ?? ''}::text, ${pieces.length - 1}::int)`),
    sql`, `,
  )
  const { rows } = await statements.execute<{ done: boolean }>(sql`
    with turn as (
      update turns set state = ${state}, last_seq = ${last}, bytes = bytes + ${bytes}, instance_id = ${owner.instanceId}::uuid, updated_at = now()
        ${assignListed(events)}
      where ${takesEvents(owner)} and last_seq < ${last} and last_seq >= ${first - 1}
      returning id, owner_id, conversation_id
    ), stored as (
      insert into turn_events (turn_id, owner_id, seq, event, pieces)
      select turn.id, turn.owner_id, given.seq, given.event, given.pieces
      from turn, (values ${given}) as given (seq, event, pieces)
      on conflict (turn_id, seq) do nothing
    ), conversation as (
      update conversations set updated_at = greatest(conversations.updated_at, now()) from turn
      where ${isOver(state)} and conversations.id = turn.conversation_id and conversations.owner_id = turn.owner_id
    )
    select exists (select from turn) as done`)
  return rows[0]?.done ?? false
}

/** Whether the instance is the one that wrote to the turn last: only then may a refused event be one of its own that is stored already. */
export async function isWrittenBy(
  statements: Statements,
  { ownerId, turnId, instanceId }: TurnOwner,
): Promise<boolean> {
  const { rows } = await statements.execute<{ own: boolean }>(sql`
    select instance_id = ${instanceId}::uuid as own from turns
    where id = ${turnId}::uuid and owner_id = ${ownerId}::uuid`)
  return rows[0]?.own ?? false
}

export async function selectEvents(
  statements: Statements,
  ownerId: string,
  turnId: string,
  afterSeq: number,
  limit?: number,
): Promise<readonly StoredEvent[]> {
  const found = statements
    .select({ seq: turnEvents.seq, beginning: turnEvents.event, pieces: turnEvents.pieces })
    .from(turnEvents)
    .where(and(eq(turnEvents.turnId, turnId), eq(turnEvents.ownerId, ownerId), gt(turnEvents.seq, afterSeq)))
    .orderBy(turnEvents.seq)
  const events: StoredEvent[] = []
  for (const { seq, beginning, pieces } of await (limit === undefined ? found : found.limit(limit)))
    events.push({ seq, json: beginning + (await readPieces(statements, { ownerId, turnId, seq }, pieces)) })
  return events
}

/** Pieces that one statement reads, for the same reason as there are pieces. */
const piecesAtOnce = 5

async function readPieces(
  statements: Statements,
  { ownerId, turnId, seq }: { readonly ownerId: string; readonly turnId: string; readonly seq: number },
  pieces: number,
): Promise<string> {
  const texts: string[] = []
  for (let last = 0; last < pieces; last += piecesAtOnce) {
    const { rows } = await statements.execute<{ text: string }>(sql`
      select text from turn_event_pieces
      where turn_id = ${turnId}::uuid and owner_id = ${ownerId}::uuid and seq = ${seq}::int
        and piece > ${last} and piece <= ${Math.min(last + piecesAtOnce, pieces)}
      order by piece`)
    for (const { text } of rows) texts.push(text)
  }
  return texts.join('')
}
