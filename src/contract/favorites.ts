import * as z from 'zod/mini'
import { maxComparedRows } from './comparison.ts'
import { line } from './text-fields.ts'
import { TableName, TurnEvent } from './turn-event.ts'

/** How deep folders may lie in one another. */
export const deepestFolder = 3
/** The most rows that a favorite keeps of its result, and that a run of it brings, so that both can be compared. */
export const maxKeptRows = maxComparedRows

/** A value for a parameter. Numbers that a double cannot hold are written as text. */
export const ParameterValue = z.union([z.string().check(z.maxLength(10_000)), z.number(), z.boolean()])
export type ParameterValue = z.infer<typeof ParameterValue>

/** Values by the name of the parameter. */
export const ParameterValues = z.record(z.string().check(z.maxLength(100)), ParameterValue)
export type ParameterValues = z.infer<typeof ParameterValues>

/** What stands for a value in the SQL of a favorite as `:name`, and how the page asks for it. */
export const FavoriteParameter = z.object({
  /** As in the SQL, without the colon; upper and lower case are the same name. */
  name: z
    .string()
    .check(z.regex(/^[A-Za-z_]\w{0,99}$/, 'must be a letter followed by letters, digits and underscores')),
  /** `date` is `YYYY-MM-DD`; `choice` is one of `options`. */
  kind: z.enum(['text', 'number', 'date', 'boolean', 'choice']),
  /** What the control is called; null for the name. */
  label: z.nullable(line(100)),
  /** What a run takes that names no value; null for none, which then has to be named. */
  default: z.nullable(ParameterValue),
  /** What may be chosen; empty for the other kinds. */
  options: z.array(line(200)).check(z.maxLength(100)),
})
export type FavoriteParameter = z.infer<typeof FavoriteParameter>

const Title = line(300)
const Note = z.string().check(z.maxLength(10_000))
const Tags = z.array(line(50)).check(z.maxLength(20))

/** A question with SQL that somebody vouches for. */
export const VerifiedQuery = z.object({
  /** The favorite that it was made of. */
  favoriteId: z.uuid(),
  question: z.string(),
  /** With the defaults of its parameters. */
  sql: z.string(),
  /** As the person who asks names it. */
  connection: z.string(),
  by: z.object({ name: z.string(), isMe: z.boolean() }),
  at: z.iso.datetime(),
})
export type VerifiedQuery = z.infer<typeof VerifiedQuery>

/** A favorite as lists show it. */
export const FavoriteSummary = z.object({
  id: z.uuid(),
  /** Null outside of all folders. */
  folderId: z.nullable(z.uuid()),
  /** Orders the favorites of a folder; those with the same position by id. */
  position: z.number(),
  title: z.string(),
  question: z.nullable(z.string()),
  connection: z.string(),
  tags: z.array(z.string()),
  /** The tables that its query reads. */
  tables: z.array(TableName),
  isVerified: z.boolean(),
  isShared: z.boolean(),
  /** The question it was made of, which may be gone by now; null for none. */
  turnId: z.nullable(z.uuid()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Counts the changes: of two answers the one with the greater revision is the later. */
  revision: z.int(),
})
export type FavoriteSummary = z.infer<typeof FavoriteSummary>

/** What a favorite keeps of a result. */
export const KeptResult = z.object({
  /** When the query ran. */
  at: z.iso.datetime(),
  /** Rows that are kept, and rows that the result had. */
  keptRows: z.int(),
  rowCount: z.int(),
  /** The SQL that brought it. */
  sql: z.string(),
})
export type KeptResult = z.infer<typeof KeptResult>

/** A run of a favorite by the person who asks. */
export const FavoriteRun = z.object({
  turnId: z.uuid(),
  conversationId: z.uuid(),
  at: z.iso.datetime(),
  values: ParameterValues,
  /** Rows of its result; null where there is none, or its rows were removed. */
  rowCount: z.nullable(z.int()),
})
export type FavoriteRun = z.infer<typeof FavoriteRun>

/** A group that may read a favorite. */
export const FavoriteShare = z.object({ groupId: z.uuid(), groupName: z.string(), withRows: z.boolean() })
export type FavoriteShare = z.infer<typeof FavoriteShare>

/** A favorite without the rows of its result. */
export const Favorite = z.extend(FavoriteSummary, {
  sql: z.string(),
  /** Who wrote the query: `offline`, `provider:model`, or `sql` for a person. */
  writer: z.string(),
  note: z.string(),
  parameters: z.array(FavoriteParameter),
  /** Null where nothing is kept, or nothing of it is shared with the person who asks. */
  result: z.nullable(KeptResult),
  verified: z.nullable(VerifiedQuery),
  /** Whose it is; null for the person who asks. */
  owner: z.nullable(z.string()),
  /** With whom it is shared; empty for anybody but the owner. */
  shares: z.array(FavoriteShare),
  /** The latest runs of the person who asks, newest first. */
  runs: z.array(FavoriteRun),
})
export type Favorite = z.infer<typeof Favorite>

/** A favorite with what it keeps of its result, as events of a turn: what was proposed, rows, the sentence and the chart. */
export const OpenedFavorite = z.object({ favorite: Favorite, events: z.array(TurnEvent) })
export type OpenedFavorite = z.infer<typeof OpenedFavorite>

/** Where something stands: in which folder (null for none), and in front of which neighbour (null for the end). */
const placeIn = { folderId: z.nullable(z.uuid()), before: z.nullable(z.uuid()) }

export const NewFavorite = z.object({
  /** One's own question that was answered. */
  turnId: z.uuid(),
  folderId: z.optional(z.nullable(z.uuid())),
  title: z.optional(Title),
  tags: z.optional(Tags),
})
export type NewFavorite = z.infer<typeof NewFavorite>

/** The fields to set; fields that are left out stay as they are. */
export const FavoriteChange = z.object({
  title: z.optional(Title),
  note: z.optional(Note),
  tags: z.optional(Tags),
  sql: z.optional(z.string().check(z.minLength(1), z.maxLength(250_000))),
  /** Those that the SQL names and this leaves out become texts without a default. */
  parameters: z.optional(z.array(FavoriteParameter).check(z.maxLength(50))),
  /** A neighbour that is in that folder no more counts as the end. */
  place: z.optional(z.object(placeIn)),
})
export type FavoriteChange = z.infer<typeof FavoriteChange>

export const FavoriteOrder = z.object({
  /** `none` for those outside of all folders; left out for all. */
  folder: z.optional(z.union([z.literal('none'), z.uuid()])),
  tag: z.optional(z.string().check(z.maxLength(50))),
  /** Words of title, question, SQL, note and tags. */
  q: z.optional(z.string().check(z.maxLength(200))),
  cursor: z.optional(z.string().check(z.maxLength(200))),
  limit: z._default(z.coerce.number().check(z.multipleOf(1), z.gte(1), z.lte(200)), 100),
})
export type FavoriteOrder = z.infer<typeof FavoriteOrder>

/** Favorites by position; `next` is null on the last page. */
export const FavoritePage = z.object({ favorites: z.array(FavoriteSummary), next: z.nullable(z.string()) })
export type FavoritePage = z.infer<typeof FavoritePage>

export const RunFavorite = z.object({
  values: z.optional(ParameterValues),
  /** Asks this connection instead of the favorite's. */
  connection: z.optional(z.string().check(z.maxLength(300))),
  /** An id that makes asking twice harmless. */
  turnId: z.optional(z.uuid()),
})
export type RunFavorite = z.infer<typeof RunFavorite>

/** A favorite of somebody else that the person may read through a group. */
export const SharedFavorite = z.object({
  id: z.uuid(),
  title: z.string(),
  question: z.nullable(z.string()),
  owner: z.string(),
  groups: z.array(z.string()),
  isVerified: z.boolean(),
  updatedAt: z.iso.datetime(),
})
export type SharedFavorite = z.infer<typeof SharedFavorite>

export const FavoriteFolder = z.object({
  id: z.uuid(),
  parentId: z.nullable(z.uuid()),
  name: z.string(),
  position: z.number(),
  revision: z.int(),
})
export type FavoriteFolder = z.infer<typeof FavoriteFolder>

export const NewFolder = z.object({ name: line(100), parentId: z.optional(z.nullable(z.uuid())) })
export type NewFolder = z.infer<typeof NewFolder>

export const FolderChange = z.object({
  name: z.optional(line(100)),
  place: z.optional(z.object({ parentId: z.nullable(z.uuid()), before: z.nullable(z.uuid()) })),
})
export type FolderChange = z.infer<typeof FolderChange>
