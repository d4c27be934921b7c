import type { MembershipSource } from '../../contract/groups.ts'
import { pgCore, sql } from './drizzle.ts'
import { moment, users } from './people-schema.ts'

const { check, index, pgTable, primaryKey, text, uniqueIndex, uuid } = pgCore

/** People who may use the same things. Upper and lower case are the same name. */
export const groups = pgTable(
  'groups',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('groups_name').on(sql`lower(${table.name})`)],
)

export const groupMembers = pgTable(
  'group_members',
  {
    groupId: uuid('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `claim` rows follow what the issuer says at every sign-in; `manual` rows stay. */
    source: text('source').$type<MembershipSource>().notNull(),
  },
  (table) => [
    primaryKey({ name: 'group_members_key', columns: [table.groupId, table.userId] }),
    check('group_members_source', sql`${table.source} in ('manual', 'claim')`),
    index('group_members_by_user').on(table.userId),
  ],
)
