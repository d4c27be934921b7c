import type { BudgetSubject } from '../../contract/budgets.ts'
import type { MembershipSource } from '../../contract/groups.ts'
import { pgCore, sql } from './drizzle.ts'
import { moment, users } from './people-schema.ts'
import { connections } from './schema.ts'

const { bigint, boolean, check, date, index, integer, json, pgTable, primaryKey, text, uniqueIndex, uuid } = pgCore

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

/** Connections that groups may use, and what of them. */
export const connectionShares = pgTable(
  'connection_shares',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    groupId: uuid('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    role: text('role'),
    maxRows: integer('max_rows'),
    askAboveBytes: bigint('ask_above_bytes', { mode: 'number' }),
    refuseAboveBytes: bigint('refuse_above_bytes', { mode: 'number' }),
    mayExport: boolean('may_export').notNull(),
    mayAutoRun: boolean('may_auto_run').notNull(),
    writers: json('writers').$type<string[]>(),
    samplesToModel: boolean('samples_to_model').notNull(),
    /** What sign-ins under the share's own role have shown, as in `connections`. */
    warning: text('warning'),
    scopeSource: text('scope_source'),
    scopeView: text('scope_view'),
    checkedAt: moment('checked_at'),
  },
  (table) => [
    primaryKey({ name: 'connection_shares_key', columns: [table.connectionId, table.groupId] }),
    index('connection_shares_by_group').on(table.groupId),
  ],
)

/** How much may be used in a day: by each person, by the members of a group together, or by one person instead of what each has. */
export const budgets = pgTable(
  'budgets',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<BudgetSubject['kind']>().notNull(),
    groupId: uuid('group_id')
      .unique('budgets_group')
      .references(() => groups.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .unique('budgets_user')
      .references(() => users.id, { onDelete: 'cascade' }),
    bytesPerDay: bigint('bytes_per_day', { mode: 'number' }),
    tokensPerDay: bigint('tokens_per_day', { mode: 'number' }),
  },
  (table) => [
    check(
      'budgets_subject',
      sql`(${table.kind} = 'everyone' and ${table.groupId} is null and ${table.userId} is null) or (${table.kind} = 'group' and ${table.groupId} is not null and ${table.userId} is null) or (${table.kind} = 'person' and ${table.groupId} is null and ${table.userId} is not null)`,
    ),
    uniqueIndex('budgets_everyone')
      .on(table.kind)
      .where(sql`${table.kind} = 'everyone'`),
  ],
)

/** What each turn has used, on the UTC day that it was counted for. A row a turn, so that counting it twice changes nothing. */
export const turnUsage = pgTable(
  'turn_usage',
  {
    turnId: uuid('turn_id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    day: date('day', { mode: 'string' }).notNull(),
    /** Null before its query ran. */
    bytes: bigint('bytes', { mode: 'number' }),
    /** All tokens of models, and of them what was sent; null in rows of before the two were told apart. */
    tokens: bigint('tokens', { mode: 'number' }).notNull().default(0),
    inputTokens: bigint('input_tokens', { mode: 'number' }),
    /** The model by its writer's id; null for none. */
    model: text('model'),
    /** Whether the person's own key paid for it: such tokens count for no budget but their own. */
    isOwnKey: boolean('is_own_key').notNull().default(false),
  },
  (table) => [index('turn_usage_by_user').on(table.userId, table.day), index('turn_usage_by_day').on(table.day)],
)
