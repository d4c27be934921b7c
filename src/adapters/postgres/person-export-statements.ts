import type { AuditEntry } from '../../contract/audit.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type {
  ExportedConversation,
  ExportedKept,
  ExportedTurn,
  ExportedUse,
  PersonExportStore,
} from '../../core/ports/person-export-store.ts'
import type { Statements } from './database.ts'
import { and, eq, gt, isNull, sql } from './drizzle.ts'
import { selectEvents } from './event-statements.ts'
import { turnUsage } from './groups-schema.ts'
import { favoriteEvents, favoriteFolders, favorites } from './favorites-schema.ts'
import { auditEntries, identities, users } from './people-schema.ts'
import { conversations } from './schema.ts'

export async function selectIdentities(
  statements: Statements,
  ownerId: string,
): ReturnType<PersonExportStore['identities']> {
  const rows = await statements
    .select({ issuer: identities.issuer, subject: identities.subject, createdAt: identities.createdAt })
    .from(identities)
    .where(eq(identities.userId, ownerId))
    .orderBy(identities.issuer, identities.subject)
  return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }))
}

export async function selectConversationsOf(
  statements: Statements,
  ownerId: string,
  after: string | null,
  limit: number,
): Promise<readonly ExportedConversation[]> {
  const { id, title, isKept, archivedAt, createdAt, updatedAt } = conversations
  const rows = await statements
    .select({ id, title, isKept, archivedAt, createdAt, updatedAt })
    .from(conversations)
    .where(
      and(
        eq(conversations.ownerId, ownerId),
        isNull(conversations.deletedAt),
        after === null ? undefined : gt(id, after),
      ),
    )
    .orderBy(id)
    .limit(limit)
  return rows.map((row) => ({
    ...row,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }))
}

type TurnRow = Omit<ExportedTurn, 'sql' | 'problem' | 'createdAt'> & {
  readonly createdAt: Date
  /** The number of the event that proposed the last query. */
  readonly proposedSeq: number | null
  readonly endedSeq: number | null
}

/** The kind of an event stands within this many characters of its text, before anything that may be long. */
const headLength = 220

export async function selectTurnsOf(
  statements: Statements,
  ownerId: string,
  conversationId: string,
  after: string | null,
  limit: number,
): Promise<readonly ExportedTurn[]> {
  const seqOf = (kind: string) => sql`(
    select max(seq) from turn_events
    where turn_id = turns.id and owner_id = turns.owner_id
      and left(event, ${sql.raw(String(headLength))}) like ${`%"kind":"${kind}"%`}
  )`
  const { rows } = await statements.execute<{ [Key in keyof TurnRow]: TurnRow[Key] }>(sql`
    select ordinal::text as cursor, id, conversation_id as "conversationId", question, connection, writer, state, note, chart,
      created_at as "createdAt", ${seqOf('query.proposed')} as "proposedSeq", ${seqOf('turn.failed')} as "endedSeq"
    from turns
    where owner_id = ${ownerId}::uuid and conversation_id = ${conversationId}::uuid and ordinal > ${after ?? '0'}::bigint
    order by ordinal limit ${limit}`)
  const turns: ExportedTurn[] = []
  for (const { createdAt, proposedSeq, endedSeq, ...row } of rows) {
    const proposed = await readEvent(statements, ownerId, row.id, proposedSeq)
    const ended = await readEvent(statements, ownerId, row.id, endedSeq)
    turns.push({
      ...row,
      sql: proposed?.kind === 'query.proposed' ? proposed.sql : null,
      problem: ended?.kind === 'turn.failed' ? ended.problem.message : null,
      createdAt: new Date(createdAt).toISOString(),
    })
  }
  return turns
}

async function readEvent(
  statements: Statements,
  ownerId: string,
  turnId: string,
  seq: number | null,
): Promise<TurnEvent | null> {
  if (seq === null) return null
  const [event] = await selectEvents(statements, ownerId, turnId, seq - 1, 1)
  // Our own encoding of our own type.
  return event === undefined ? null : (JSON.parse(event.json) as TurnEvent)
}

export async function selectUsageOf(
  statements: Statements,
  ownerId: string,
  after: string | null,
  limit: number,
): Promise<readonly ExportedUse[]> {
  const { turnId, day, bytes, model, isOwnKey, tokens, inputTokens } = turnUsage
  return await statements
    .select({ turnId, day, bytes, model, isOwnKey, tokens, inputTokens })
    .from(turnUsage)
    .where(and(eq(turnUsage.userId, ownerId), after === null ? undefined : gt(turnId, after)))
    .orderBy(turnId)
    .limit(limit)
}

export async function selectFoldersOf(
  statements: Statements,
  ownerId: string,
): ReturnType<PersonExportStore['folders']> {
  const { id, parentId, name, createdAt } = favoriteFolders
  const rows = await statements
    .select({ id, parentId, name, createdAt })
    .from(favoriteFolders)
    .where(eq(favoriteFolders.ownerId, ownerId))
    .orderBy(id)
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }))
}

export async function selectFavoritesOf(
  statements: Statements,
  ownerId: string,
  after: string | null,
  limit: number,
): ReturnType<PersonExportStore['favorites']> {
  const rows = await statements
    .select()
    .from(favorites)
    .where(and(eq(favorites.ownerId, ownerId), after === null ? undefined : gt(favorites.id, after)))
    .orderBy(favorites.id)
    .limit(limit)
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }))
}

export async function selectFavoriteEventsOf(
  statements: Statements,
  ownerId: string,
  after: ExportedKept | null,
  limit: number,
): ReturnType<PersonExportStore['favoriteEvents']> {
  const { favoriteId, seq, event } = favoriteEvents
  return await statements
    .select({ favoriteId, seq, json: event })
    .from(favoriteEvents)
    .where(
      and(
        eq(favoriteEvents.ownerId, ownerId),
        after === null ? undefined : sql`(${favoriteId}, ${seq}) > (${after.favoriteId}::uuid, ${after.seq}::int)`,
      ),
    )
    .orderBy(favoriteId, seq)
    .limit(limit)
}

export async function selectAuditOf(
  statements: Statements,
  ownerId: string,
  after: string | null,
  limit: number,
): Promise<readonly AuditEntry[]> {
  const rows = await statements
    .select({ entry: auditEntries, name: users.name, email: users.email })
    .from(auditEntries)
    .innerJoin(users, eq(users.id, auditEntries.userId))
    .where(
      and(
        eq(auditEntries.userId, ownerId),
        after === null ? undefined : sql`${auditEntries.ordinal} > ${after}::bigint`,
      ),
    )
    .orderBy(auditEntries.ordinal)
    .limit(limit)
  return rows.map(({ entry: { ordinal, at, door, action, facts }, name, email }) => ({
    cursor: String(ordinal),
    at: at.toISOString(),
    person: { id: ownerId, name, email },
    door,
    action,
    facts,
  }))
}
