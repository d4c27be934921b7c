import type { AuditAction, AuditEntry } from '../../contract/audit.ts'
import type { Role, TokenScope } from '../../contract/people.ts'
import type { StoredPreferences } from '../../contract/preferences.ts'
import { pgCore, sql } from './drizzle.ts'

const { bigint, boolean, check, index, integer, json, jsonb, pgTable, primaryKey, text, timestamp, uuid } = pgCore

export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

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

/** What people have set: the values by field, each with the moment of its last change. */
export const preferences = pgTable('preferences', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** Of the form of `fields`. */
  version: integer('version').notNull(),
  fields: jsonb('fields').$type<StoredPreferences['fields']>().notNull(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})

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
  (table) => [
    index('audit_entries_by_ordinal').on(table.ordinal),
    index('audit_entries_by_user').on(table.userId),
    index('audit_entries_by_time').on(table.at),
  ],
)
