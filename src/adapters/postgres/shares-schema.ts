import type { SharedTurnEnd } from '../../core/ports/share-store.ts'
import { pgCore } from './drizzle.ts'
import { groups } from './groups-schema.ts'
import { moment } from './people-schema.ts'
import { conversations, turns } from './schema.ts'

const { boolean, foreignKey, index, json, pgTable, text, uuid } = pgCore

/** Conversations, or one turn of one, that their owner lets others read. A share ends with what it shares and with its group. */
export const shares = pgTable(
  'shares',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    /** The one turn that is shared; null for the conversation. */
    turnId: uuid('turn_id'),
    /** Null for everybody who may sign in. */
    groupId: uuid('group_id').references(() => groups.id, { onDelete: 'cascade' }),
    withRows: boolean('with_rows').notNull().default(false),
    /** The first question that is shared, or what stands for it. */
    title: text('title').notNull(),
    /** The turns at the time of sharing, oldest first: what came later is not shared. */
    turns: json('turns').$type<readonly SharedTurnEnd[]>().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    // Owner and parent together: a share cannot hang on what belongs to someone else.
    foreignKey({
      name: 'shares_conversation',
      columns: [table.conversationId, table.ownerId],
      foreignColumns: [conversations.id, conversations.ownerId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'shares_turn',
      columns: [table.turnId, table.ownerId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
    index('shares_by_owner').on(table.ownerId, table.createdAt),
    index('shares_by_conversation').on(table.conversationId),
    index('shares_by_turn').on(table.turnId),
    index('shares_by_group').on(table.groupId),
  ],
)
