import type { ModelProvider, ModelLimits, ModelPrice } from '../../contract/models.ts'
import { pgCore, sql } from './drizzle.ts'
import { moment, users } from './people-schema.ts'

const { check, index, json, pgTable, text, unique, uuid } = pgCore

/** Keys of people's own for providers of models, one for each provider. */
export const modelKeys = pgTable(
  'model_keys',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text('provider').$type<ModelProvider>().notNull(),
    /** Sealed for the person and this row; the empty key of a server that takes none is sealed like any other. */
    sealedKey: text('sealed_key').notNull(),
    /** The end of the key, by which its person knows it; null for a key that is too short to show any of it. */
    lastFour: text('last_four'),
    /** Null for the provider's own address. */
    baseUrl: text('base_url'),
    model: text('model').notNull(),
    keyedAt: moment('keyed_at').notNull(),
    /** Set while a removed key may still be brought back; it is used for nothing meanwhile. */
    removedAt: moment('removed_at'),
  },
  (table) => [
    unique('model_keys_by_user').on(table.userId, table.provider),
    check('model_keys_provider', sql`${table.provider} in ('google', 'anthropic', 'openai-compatible')`),
    index('model_keys_removed').on(table.removedAt),
  ],
)

/** What people set about their own keys as a whole. */
export const modelSettings = pgTable('model_settings', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  limits: json('limits').$type<ModelLimits>().notNull(),
  prices: json('prices').$type<ModelPrice[]>().notNull(),
})
