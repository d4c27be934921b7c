import type { GrantedApp } from '../../core/ports/oauth-store.ts'
import { pgCore } from './drizzle.ts'
import { moment, users } from './people-schema.ts'

const { index, json, pgTable, primaryKey, text, uuid } = pgCore

/**
 * What the authorization server keeps: clients, requests under way, codes, refresh tokens and grants, one row each. What a browser or an app
 * brings (`id` of codes, tokens and requests) is kept as its SHA-256 digest.
 */
export const oauthArtifacts = pgTable(
  'oauth_artifacts',
  {
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    payload: json('payload').$type<Readonly<Record<string, unknown>>>().notNull(),
    grantId: text('grant_id'),
    /** Null for what belongs to nobody yet: clients, and requests of people who have not signed in. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    clientId: text('client_id'),
    /** What the person agreed to; set on grants alone. */
    app: json('app').$type<GrantedApp>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at'),
    /** The call that used it up; null for what may still be used. */
    consumedBy: text('consumed_by'),
    lastUsedAt: moment('last_used_at'),
  },
  (table) => [
    primaryKey({ name: 'oauth_artifacts_key', columns: [table.kind, table.id] }),
    index('oauth_artifacts_by_grant').on(table.grantId),
    index('oauth_artifacts_by_user').on(table.userId),
    index('oauth_artifacts_by_client').on(table.clientId),
    index('oauth_artifacts_by_end').on(table.expiresAt),
  ],
)

/** Keys that access tokens are signed with. */
export const signingKeys = pgTable('signing_keys', {
  id: text('id').primaryKey(),
  /** The private key, sealed by the secret box. */
  sealed: text('sealed').notNull(),
  createdAt: moment('created_at').notNull(),
})
