import type { FavoriteParameter, KeptResult, ParameterValues } from '../../contract/favorites.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { MovedUp } from '../../core/ports/favorite-store.ts'
import { pgCore, sql } from './drizzle.ts'
import { groups } from './groups-schema.ts'
import { moment, users } from './people-schema.ts'
import { connections, turns } from './schema.ts'

const { bigint, boolean, doublePrecision, foreignKey, index, integer, json, pgTable, primaryKey, text, unique, uuid } =
  pgCore

/** Folders of favorites. The parent is no foreign key: what is in a folder moves up when it is removed, and a removal can be undone. */
export const favoriteFolders = pgTable(
  'favorite_folders',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    parentId: uuid('parent_id'),
    name: text('name').notNull(),
    position: doublePrecision('position').notNull(),
    revision: integer('revision').notNull().default(1),
    /** What moved up when it was removed. */
    moved: json('moved').$type<MovedUp>(),
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [index('favorite_folders_by_owner').on(table.ownerId)],
)

/** Queries that people keep, with copies of all that they need: conversations and connections may go. */
export const favorites = pgTable(
  'favorites',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    folderId: uuid('folder_id'),
    position: doublePrecision('position').notNull(),
    title: text('title').notNull(),
    question: text('question'),
    sql: text('sql').notNull(),
    connection: text('connection').notNull(),
    /** The saved connection behind it; null for the sample, for folders, and for one that is gone. */
    connectionId: uuid('connection_id').references(() => connections.id, { onDelete: 'set null' }),
    writer: text('writer').notNull(),
    note: text('note').notNull().default(''),
    tags: json('tags').$type<readonly string[]>().notNull(),
    tables: json('tables').$type<readonly TableName[]>().notNull(),
    parameters: json('parameters').$type<readonly FavoriteParameter[]>().notNull(),
    /** The turn that it was made of, which may be gone. */
    turnId: uuid('turn_id'),
    result: json('result').$type<KeptResult>(),
    /** Of its events. */
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    /** The question that somebody vouches for, as it is compared; null for none. */
    verifiedKey: text('verified_key'),
    verifiedQuestion: text('verified_question'),
    verifiedSql: text('verified_sql'),
    verifiedAt: moment('verified_at'),
    revision: integer('revision').notNull().default(1),
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    unique('favorites_id_owner').on(table.id, table.ownerId),
    index('favorites_by_owner').on(table.ownerId, table.position),
    index('favorites_by_turn').on(table.turnId),
    index('favorites_verified')
      .on(table.verifiedKey)
      .where(sql`${table.verifiedKey} is not null`),
  ],
)

/** What a favorite keeps of a result. */
export const favoriteEvents = pgTable(
  'favorite_events',
  {
    favoriteId: uuid('favorite_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    seq: integer('seq').notNull(),
    /** JSON text of a TurnEvent, short enough for one statement. */
    event: text('event').notNull(),
  },
  (table) => [
    primaryKey({ name: 'favorite_events_key', columns: [table.favoriteId, table.seq] }),
    // Owner and parent together: a row cannot hang on someone else's.
    foreignKey({
      name: 'favorite_events_favorite',
      columns: [table.favoriteId, table.ownerId],
      foreignColumns: [favorites.id, favorites.ownerId],
    }).onDelete('cascade'),
  ],
)

/** Groups that may read a favorite. */
export const favoriteShares = pgTable(
  'favorite_shares',
  {
    favoriteId: uuid('favorite_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    groupId: uuid('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    withRows: boolean('with_rows').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'favorite_shares_key', columns: [table.favoriteId, table.groupId] }),
    foreignKey({
      name: 'favorite_shares_favorite',
      columns: [table.favoriteId, table.ownerId],
      foreignColumns: [favorites.id, favorites.ownerId],
    }).onDelete('cascade'),
    index('favorite_shares_by_group').on(table.groupId),
  ],
)

/** Turns that ran a favorite, each of the person who ran it. */
export const favoriteRuns = pgTable(
  'favorite_runs',
  {
    turnId: uuid('turn_id').primaryKey(),
    userId: uuid('user_id').notNull(),
    favoriteId: uuid('favorite_id')
      .notNull()
      .references(() => favorites.id, { onDelete: 'cascade' }),
    values: json('values').$type<ParameterValues>().notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'favorite_runs_turn',
      columns: [table.turnId, table.userId],
      foreignColumns: [turns.id, turns.ownerId],
    }).onDelete('cascade'),
    index('favorite_runs_by_favorite').on(table.favoriteId, table.userId),
  ],
)
