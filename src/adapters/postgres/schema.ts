import type { TurnState } from '../../contract/api.ts'
import type { ChartSettings } from '../../contract/chart-settings.ts'
import type { FeedbackReason, TurnFeedback } from '../../contract/feedback.ts'
import type { Problem } from '../../contract/problem.ts'
import type { StoredSettings } from '../../core/ports/connection-store.ts'
import type { RelayedCommand } from '../../core/ports/turn-command-store.ts'
import { pgCore, sql } from './drizzle.ts'
import { moment, users } from './people-schema.ts'

const {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} = pgCore

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })
/** Words for the full-text search, as `search-vector.ts` makes them. */
const words = customType<{ data: string }>({ dataType: () => 'tsvector' })

/** A running copy of Floe: what tells a turn that still runs from one whose process is gone. */
export const instances = pgTable('instances', {
  id: uuid('id').primaryKey(),
  host: text('host').notNull(),
  pid: integer('pid').notNull(),
  startedAt: moment('started_at').notNull().defaultNow(),
  heartbeatAt: moment('heartbeat_at').notNull().defaultNow(),
})

export const conversations = pgTable(
  'conversations',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    /** Whether it stays however old it is. */
    isKept: boolean('is_kept').notNull().default(false),
    /** Whether a person gave it its title; else that is its first question. */
    isNamed: boolean('is_named').notNull().default(false),
    /** The words of a title that a person gave. */
    words: words('words'),
    archivedAt: moment('archived_at'),
    /** Since when it is to be removed: from then on only its restoring sees it. */
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    unique('conversations_id_owner').on(table.id, table.ownerId),
    index('conversations_by_owner').on(table.ownerId, table.updatedAt.desc().nullsFirst()),
    index('conversations_deleted')
      .on(table.deletedAt)
      .where(sql`${table.deletedAt} is not null`),
  ],
)

export const turns = pgTable(
  'turns',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    /** Counts turns in the order they were stored. */
    ordinal: bigint('ordinal', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    question: text('question'),
    connection: text('connection').notNull(),
    writer: text('writer').notNull(),
    /** JSON as text, because jsonb refuses the escaped NUL. */
    ask: text('ask').notNull(),
    state: text('state').$type<TurnState>().notNull(),
    lastSeq: integer('last_seq').notNull().default(0),
    /** Of its events. */
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    /** Whether rows of its result were removed to make room. */
    isTrimmed: boolean('is_trimmed').notNull().default(false),
    /** What the person noted about it. */
    note: text('note').notNull().default(''),
    /** How the person wants its answer drawn; null for the chart that was chosen by rule. */
    chart: json('chart').$type<ChartSettings>(),
    /** The SQL that was proposed last. This and the following are read from its events as they are stored, for lists of turns. */
    sql: text('sql'),
    rowCount: bigint('row_count', { mode: 'number' }),
    resultBytes: bigint('result_bytes', { mode: 'number' }),
    elapsedMs: doublePrecision('elapsed_ms'),
    /** Why it failed, as a problem's code. */
    problemCode: text('problem_code'),
    /** The turn that it is a copy of. */
    copiedFrom: uuid('copied_from'),
    /** The owner, and the words of question, SQL and note. */
    words: words('words')
      .notNull()
      .default(sql`''::tsvector`),
    instanceId: uuid('instance_id').notNull(),
    /** Names the call that made the row, so that a repeated call knows its own. */
    claim: uuid('claim').notNull(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    unique('turns_id_owner').on(table.id, table.ownerId),
    // Owner and parent together: a row cannot hang on someone else's.
    foreignKey({
      name: 'turns_conversation',
      columns: [table.conversationId, table.ownerId],
      foreignColumns: [conversations.id, conversations.ownerId],
    }).onDelete('cascade'),
    check('turns_state', sql`${table.state} in ('running', 'waiting', 'done', 'failed', 'cancelled', 'interrupted')`),
    index('turns_by_owner').on(table.ownerId, table.ordinal),
    index('turns_by_time').on(table.ownerId, table.createdAt, table.ordinal),
    // It also makes the planner count how many turns a connection has.
    index('turns_by_connection').on(table.ownerId, sql`lower(${table.connection})`, table.createdAt, table.ordinal),
    // The list of entries that are not in the index proper yet is read by every search, so it stays short.
    index('turns_by_words').using('gin', table.words).with({ gin_pending_list_limit: 256 }),
    index('turns_by_conversation').on(table.conversationId, table.ordinal),
    index('turns_open')
      .on(table.instanceId)
      .where(sql`${table.state} in ('running', 'waiting')`),
  ],
)

export const turnEvents = pgTable(
  'turn_events',
  {
    turnId: uuid('turn_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    seq: integer('seq').notNull(),
    /** JSON text of a TurnEvent, or its beginning; text, because jsonb refuses the escaped NUL and reorders keys. */
    event: text('event').notNull(),
    /** How many rows of `turn_event_pieces` continue it. */
    pieces: integer('pieces').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'turn_events_key', columns: [table.turnId, table.seq] }),
    foreignKey({
      name: 'turn_events_turn',
      columns: [table.turnId, table.ownerId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
  ],
)

/** The rest of events that are too long for one statement: a long one would keep all other statements of an embedded database waiting. */
export const turnEventPieces = pgTable(
  'turn_event_pieces',
  {
    turnId: uuid('turn_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    seq: integer('seq').notNull(),
    /** From 1; the beginning is in `turn_events`. */
    piece: integer('piece').notNull(),
    text: text('text').notNull(),
  },
  (table) => [
    primaryKey({ name: 'turn_event_pieces_key', columns: [table.turnId, table.seq, table.piece] }),
    foreignKey({
      name: 'turn_event_pieces_turn',
      columns: [table.turnId, table.ownerId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
  ],
)

/** Commands on turns that another process runs than the one a person's request came to. */
export const turnCommands = pgTable(
  'turn_commands',
  {
    id: uuid('id').primaryKey(),
    turnId: uuid('turn_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    command: json('command').$type<RelayedCommand>().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** When the process that runs the turn took it up, or the one that left it took it back. */
    takenAt: moment('taken_at'),
    outcome: json('outcome').$type<{ problem: Problem | null }>(),
  },
  (table) => [
    foreignKey({
      name: 'turn_commands_turn',
      columns: [table.turnId, table.ownerId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
    index('turn_commands_by_turn')
      .on(table.turnId)
      .where(sql`${table.takenAt} is null`),
  ],
)

/** What a person thinks of an answer of theirs. */
export const turnFeedback = pgTable(
  'turn_feedback',
  {
    turnId: uuid('turn_id').primaryKey(),
    ownerId: uuid('owner_id').notNull(),
    /** Counts entries in the order they were first given. */
    ordinal: bigint('ordinal', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    verdict: text('verdict').$type<TurnFeedback['verdict']>().notNull(),
    reasons: json('reasons').$type<readonly FeedbackReason[]>().notNull(),
    comment: text('comment').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'turn_feedback_turn',
      columns: [table.turnId, table.ownerId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
    check('turn_feedback_verdict', sql`${table.verdict} in ('up', 'down')`),
    index('turn_feedback_by_owner').on(table.ownerId),
    index('turn_feedback_by_order').on(table.ordinal),
  ],
)

export const connections = pgTable(
  'connections',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    /** In the form of the kind; nothing secret is among them. */
    settings: json('settings').$type<StoredSettings>().notNull(),
    sealedSecret: text('sealed_secret'),
    needsSignIn: boolean('needs_sign_in').notNull().default(false),
    warning: text('warning'),
    scopeSource: text('scope_source'),
    scopeView: text('scope_view'),
    checkedAt: moment('checked_at'),
    /** When the secret was given, by its owner or by a sign-in in their browser. */
    secretSavedAt: moment('secret_saved_at'),
    lastUsedAt: moment('last_used_at'),
    /** Set on a connection that its owner removed and may still bring back. */
    removedAt: moment('removed_at'),
    revision: integer('revision').notNull().default(1),
    /** Who may renew the secret now, and until when. */
    leaseHolder: uuid('lease_holder'),
    leaseUntil: moment('lease_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('connections_name')
      .on(table.ownerId, sql`lower(${table.name})`)
      .where(sql`${table.removedAt} is null`),
  ],
)

/** Catalogs belong to a view of a source, not to a person: signing in with that view is what gives access to one. */
export const catalogs = pgTable(
  'catalogs',
  {
    source: text('source').notNull(),
    view: text('view').notNull(),
    version: integer('version').notNull(),
    /** JSON, compressed with zstd. */
    body: bytes('body').notNull(),
    isComplete: boolean('is_complete').notNull(),
    readAt: moment('read_at').notNull(),
  },
  (table) => [primaryKey({ name: 'catalogs_key', columns: [table.source, table.view] })],
)
