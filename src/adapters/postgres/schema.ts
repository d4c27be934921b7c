import type { TurnState } from '../../contract/api.ts'
import type { AuditAction, AuditEntry } from '../../contract/audit.ts'
import type { Role, TokenScope } from '../../contract/people.ts'
import type { StoredSettings } from '../../core/ports/connection-store.ts'
import { pgCore, sql } from './drizzle.ts'

const {
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} = pgCore

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** In lower case; null for the one person of a server without sign-in. */
    email: text('email').unique('users_email'),
    name: text('name').notNull().default(''),
    role: text('role').$type<Role>().notNull().default('member'),
    isDisabled: boolean('is_disabled').notNull().default(false),
    lastSeenAt: moment('last_seen_at'),
  },
  (table) => [check('users_role', sql`${table.role} in ('viewer', 'member', 'admin')`)],
)

/** Who a person is at an issuer: the subject stays the same, an address may pass to somebody else. */
export const identities = pgTable(
  'identities',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'identities_key', columns: [table.issuer, table.subject] }),
    index('identities_by_user').on(table.userId),
  ],
)

/** Sign-ins under way. `digest` is the SHA-256 of what the browser keeps. */
export const pendingSignIns = pgTable(
  'pending_sign_ins',
  {
    digest: text('digest').primaryKey(),
    issuerId: text('issuer_id').notNull(),
    state: text('state').notNull(),
    nonce: text('nonce').notNull(),
    verifier: text('verifier').notNull(),
    returnTo: text('return_to').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('pending_sign_ins_by_end').on(table.expiresAt)],
)

/** Browsers in which people are signed in. `digest` is the SHA-256 of the cookie. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    digest: text('digest').notNull().unique('sessions_digest'),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    device: text('device').notNull(),
    createdAt: moment('created_at').notNull(),
    lastUsedAt: moment('last_used_at').notNull(),
    /** When it ends unless it is used. */
    expiresAt: moment('expires_at').notNull(),
    /** When it ends however much it is used. */
    endsAt: moment('ends_at').notNull(),
  },
  (table) => [index('sessions_by_user').on(table.userId), index('sessions_by_end').on(table.expiresAt)],
)

/** Tokens of people's programs. `digest` is the SHA-256 of the token. */
export const accessTokens = pgTable(
  'access_tokens',
  {
    id: uuid('id').primaryKey(),
    digest: text('digest').notNull().unique('access_tokens_digest'),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    scopes: json('scopes').$type<TokenScope[]>().notNull(),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [index('access_tokens_by_user').on(table.userId)],
)

/** What was done by whom. Without a reference to the person, because entries stay when a person goes. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: uuid('id').primaryKey(),
    /** Counts entries in the order they were stored. */
    ordinal: bigint('ordinal', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    at: moment('at').notNull(),
    userId: uuid('user_id'),
    door: text('door'),
    action: text('action').$type<AuditAction>().notNull(),
    facts: json('facts').$type<AuditEntry['facts']>().notNull(),
  },
  (table) => [index('audit_entries_by_ordinal').on(table.ordinal), index('audit_entries_by_user').on(table.userId)],
)

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
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    unique('conversations_id_owner').on(table.id, table.ownerId),
    index('conversations_by_owner').on(table.ownerId, table.updatedAt.desc().nullsFirst()),
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
    revision: integer('revision').notNull().default(1),
    /** Who may renew the secret now, and until when. */
    leaseHolder: uuid('lease_holder'),
    leaseUntil: moment('lease_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('connections_name').on(table.ownerId, sql`lower(${table.name})`)],
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
