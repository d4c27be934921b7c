import * as z from 'zod/mini'
import { Problem } from './problem.ts'

/** What a node of the schema tree is. A family stands for tables of one schema whose names differ only by digits. */
export const catalogKinds = ['database', 'schema', 'table', 'view', 'semantic_view', 'family', 'column'] as const
export const CatalogKind = z.enum(catalogKinds)
export type CatalogKind = z.infer<typeof CatalogKind>

/** The most nodes or hits in one page. */
export const mostCatalogItems = 500
/** The longest text that is searched for. */
export const maxSearchLength = 200

/** How old and how complete the list is that an answer was made from. */
export const CatalogAge = z.object({
  /**
   * `partial`: some tables or columns were not read; `stale`: not compared with the source for a day; `failed`: the source could not be
   * read, and this is what was known before.
   */
  state: z.enum(['complete', 'partial', 'stale', 'failed']),
  /** When the list was last compared with the source; null where it always is as the source is, and before the first time. */
  readAt: z.nullable(z.iso.datetime()),
  /** What is missing or why, one sentence; null where there is nothing to say. */
  note: z.nullable(z.string()),
  /** Changes with the list. */
  version: z.string(),
})
export type CatalogAge = z.infer<typeof CatalogAge>

/** One node of the schema tree. */
export const CatalogNode = z.object({
  /** What `parent` takes, and for tables and views `name`: the full name, each part quoted where SQL needs it. */
  id: z.string(),
  kind: CatalogKind,
  name: z.string(),
  comment: z.nullable(z.string()),
  /** What lies one level below: schemas, tables, members of a family, columns. */
  count: z.int(),
  /** Rows of a table, of a family all its members' together; null where they are not known, left out where there are none. */
  rowCount: z.optional(z.nullable(z.number())),
  /** Of a column: its type as the warehouse declares it. Of a field of a semantic view: what it is and its type. */
  type: z.optional(z.string()),
  /** Of a column: whether it is the table's key or refers to another table. */
  key: z.optional(z.enum(['primary', 'foreign'])),
})
export type CatalogNode = z.infer<typeof CatalogNode>

/** One page of the nodes below a parent, by name, numbers in names by their value; columns in their own order. */
export const CatalogChildren = z.object({
  age: CatalogAge,
  nodes: z.array(CatalogNode),
  total: z.int(),
  /** Where the next page begins; null after the last one. */
  nextCursor: z.nullable(z.string()),
})
export type CatalogChildren = z.infer<typeof CatalogChildren>

/** Why something was found, best first. */
export const SearchRank = z.enum(['exact', 'prefix', 'word', 'subsequence'])
export type SearchRank = z.infer<typeof SearchRank>

/** Something that a search has found. */
export const CatalogHit = z.object({
  /** As `CatalogNode.id`; of a column the id of its table and its own name. */
  id: z.string(),
  kind: CatalogKind,
  name: z.string(),
  /** With everything it lies in, as a query would write it. */
  fullName: z.string(),
  /** The id of the table, view or family that a column belongs to; null for everything else. */
  table: z.nullable(z.string()),
  comment: z.nullable(z.string()),
  /** The type of a column; null for everything else. */
  type: z.nullable(z.string()),
  /** How many tables a family holds; 1 for everything else. */
  members: z.int(),
  matched: z.object({
    field: z.enum(['name', 'comment']),
    rank: SearchRank,
    /** The matching places in the name or comment: offsets in UTF-16 code units, end exclusive. */
    ranges: z.array(z.tuple([z.int(), z.int()])),
  }),
})
export type CatalogHit = z.infer<typeof CatalogHit>

/** One page of hits, best first. */
export const CatalogSearch = z.object({
  age: CatalogAge,
  hits: z.array(CatalogHit),
  /** How many there are altogether; counted up to 10,000. */
  total: z.int(),
  nextCursor: z.nullable(z.string()),
})
export type CatalogSearch = z.infer<typeof CatalogSearch>

/** A column in the details of its table. */
const TableColumn = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  comment: z.nullable(z.string()),
  key: z.nullable(z.enum(['primary', 'foreign'])),
  /** Some distinct values, or all of them; empty where none are known, null where the caller may not see them. */
  samples: z.nullable(z.array(z.string())),
  samplesComplete: z.boolean(),
  /** What was assumed when a file was read, one sentence; null where nothing was. */
  reading: z.nullable(z.string()),
})

/** One way that a table joins another. */
const TableJoin = z.object({
  /** The other table, by its id. */
  table: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  otherColumns: z.array(z.string()),
  /** `to_one`: each row has at most one row of the other table; `to_many`: it may have several. */
  direction: z.enum(['to_one', 'to_many']),
  /** False where it follows from names and values only, not from a declared key. */
  declared: z.boolean(),
})
export type TableJoin = z.infer<typeof TableJoin>

/** Everything that is known of a table, view or semantic view. */
export const CatalogTableDetails = z.object({
  age: CatalogAge,
  id: z.string(),
  kind: z.enum(['table', 'view', 'semantic_view']),
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  /** As a query would write it. */
  fullName: z.string(),
  comment: z.nullable(z.string()),
  columns: z.array(TableColumn),
  primaryKey: z.array(z.string()),
  /** Null where the warehouse does not report it. */
  rowCount: z.nullable(z.number()),
  bytes: z.nullable(z.number()),
  /** The family that it is a member of, with the number of its members; null for none. */
  family: z.nullable(z.object({ id: z.string(), name: z.string(), members: z.int() })),
  /** Nearest first; null while finding them takes too long. */
  joins: z.nullable(z.array(TableJoin)),
  /** What was assumed or left out when its file was read, sentences. */
  notices: z.array(z.string()),
  /** Questions about it that the built-in interpreter answers, as a person would ask them. */
  questions: z.array(z.string()),
  /** The caller's own favorites whose queries read it, as they are arranged; no more than 50. */
  favorites: z.array(z.object({ id: z.uuid(), title: z.string() })),
})
export type CatalogTableDetails = z.infer<typeof CatalogTableDetails>

/** The names of one schema, in the order of the tree: the lists run side by side. */
export const NamesOfSchema = z.object({
  database: z.string(),
  schema: z.string(),
  /** Tables, views, semantic views and families. */
  names: z.array(z.string()),
  /** A letter for each: `t` table, `v` view, `s` semantic view, `f` family. */
  kinds: z.string(),
  /** Cut after some words; empty for none. */
  comments: z.array(z.string()),
  /** Tables in each: 1 but for families. */
  members: z.array(z.int()),
})
export type NamesOfSchema = z.infer<typeof NamesOfSchema>

/** Every name in one answer, small enough to be searched in a browser. */
export const CatalogNames = z.object({
  age: CatalogAge,
  /** Null where the caller has this version already. */
  schemas: z.nullable(z.array(NamesOfSchema)),
  /** Tables altogether, members of families counted one by one. */
  tables: z.int(),
})
export type CatalogNames = z.infer<typeof CatalogNames>

/** What a refresh tells while it goes on; the last one is `done` or `failed`. */
export const CatalogRefreshEvent = z.union([
  z.object({ kind: z.literal('progress'), fact: z.string() }),
  z.object({ kind: z.literal('done'), age: CatalogAge, tables: z.int() }),
  z.object({ kind: z.literal('failed'), problem: Problem }),
])
export type CatalogRefreshEvent = z.infer<typeof CatalogRefreshEvent>

/** One part of a name as an id writes it: bare where it is upper case letters, digits and underscores, quoted otherwise. */
const partOf = (name: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** The id of a database, schema or table from the parts of its name. */
export const catalogId = (...parts: readonly string[]): string => parts.map(partOf).join('.')

/** The id of a family, whose name has `#` where its members' names have digits. */
export const familyId = (...parts: readonly string[]): string => `family:${catalogId(...parts)}`
