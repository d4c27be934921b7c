import type {
  CatalogAge,
  CatalogChildren,
  CatalogNode,
  CatalogTableDetails,
  NamesOfSchema,
  TableJoin,
} from '../../contract/catalog.ts'
import { catalogId } from '../../contract/catalog.ts'
import type { CatalogTable, SemanticView } from '../catalog/catalog.ts'
import { quoteName } from '../catalog/sql-quoting.ts'
import type { KnownJoin, TableOutlook } from '../ports/interpreter.ts'
import {
  entryOfTable,
  findPlace,
  sortKeyOf,
  type CatalogListing,
  type ListedDatabase,
  type ListedEntry,
  type ListedPlace,
  type ListedSchema,
} from './catalog-listing.ts'

/** The nodes below one node. */
export interface NodesBelow {
  readonly nodes: readonly CatalogNode[]
  /** True where they are sorted by name; columns keep the order they have in their table. */
  readonly isByName: boolean
}

/** The nodes below a parent, databases for an empty one; null where there is no such parent. */
export function nodesBelow(listing: CatalogListing, parent: string): NodesBelow | null {
  if (parent === '') return { nodes: listing.databases.map(databaseNode), isByName: true }
  const place = findPlace(listing, parent)
  if (place === null) return null
  if (place.level === 'database') return { nodes: place.database.schemas.map(schemaNode), isByName: true }
  if (place.level === 'schema') return { nodes: place.schema.entries.map(entryNode), isByName: true }
  const { entry } = place
  if (entry.kind === 'family')
    return { nodes: entry.tables.map((table) => entryNode(entryOfTable(table))), isByName: true }
  return { nodes: columnNodes(entry), isByName: false }
}

const databaseNode = ({ id, database, schemas }: ListedDatabase): CatalogNode => ({
  id,
  kind: 'database',
  name: database,
  comment: null,
  count: schemas.length,
})

const schemaNode = ({ id, schema, entries }: ListedSchema): CatalogNode => ({
  id,
  kind: 'schema',
  name: schema,
  comment: null,
  count: entries.length,
})

function entryNode({ id, kind, name, comment, tables, semanticView }: ListedEntry): CatalogNode {
  if (semanticView !== null) return { id, kind, name, comment, count: semanticView.fields.length }
  const counts = tables.map(({ rowCount }) => rowCount)
  const rowCount = counts.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0)
  const count = kind === 'family' ? tables.length : (tables[0]?.columns.length ?? 0)
  return { id, kind, name, comment, count, rowCount }
}

function columnNodes({ id, tables, semanticView }: ListedEntry): readonly CatalogNode[] {
  const [table] = tables
  const nodeOf = (name: string, comment: string | null, type: string): CatalogNode => ({
    id: `${id}.${catalogId(name)}`,
    kind: 'column',
    name,
    comment,
    count: 0,
    type,
  })
  if (table === undefined)
    return (semanticView?.fields ?? []).map(({ name, comment, kind, type }) =>
      nodeOf(name, comment, `${kind}, ${type}`),
    )
  return table.columns.map(({ name, comment, type }) => {
    const key = keyOf(table, name)
    return { ...nodeOf(name, comment, type), ...(key === null ? {} : { key }) }
  })
}

/** Whether a column is its table's key or refers to another table. */
function keyOf(
  { primaryKey, foreignKeys }: Pick<ListedEntry['tables'][number], 'primaryKey' | 'foreignKeys'>,
  column: string,
): 'primary' | 'foreign' | null {
  if (primaryKey.includes(column)) return 'primary'
  return foreignKeys.some(({ columns }) => columns.includes(column)) ? 'foreign' : null
}

/** One page of nodes. By name a cursor is the last name, so that a list which changes meanwhile repeats and skips nothing else. */
export function pageOf(
  { nodes, isByName }: NodesBelow,
  cursor: string | null,
  limit: number,
): Omit<CatalogChildren, 'age'> {
  const begin =
    cursor === null ? 0 : isByName ? firstAfter(nodes, cursor) : Math.max(0, Number.parseInt(cursor, 10) || 0)
  const page = nodes.slice(begin, begin + limit)
  const end = begin + page.length
  const last = page.at(-1)
  const nextCursor = end >= nodes.length || last === undefined ? null : isByName ? last.name : String(end)
  return { nodes: page, total: nodes.length, nextCursor }
}

function firstAfter(nodes: readonly CatalogNode[], name: string): number {
  const key = sortKeyOf(name)
  let [low, high] = [0, nodes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sortKeyOf(nodes[middle]?.name ?? '') <= key) low = middle + 1
    else high = middle
  }
  return low
}

/** The longest comment in the list of names; details have the whole one. */
const longestComment = 160
const letterOf: Readonly<Record<ListedEntry['kind'], string>> = {
  table: 't',
  view: 'v',
  semantic_view: 's',
  family: 'f',
}

/** Every name of a listing, in the order of the tree. */
export const presentNames = ({ databases }: CatalogListing): NamesOfSchema[] =>
  databases.flatMap(({ schemas }) =>
    schemas.map(({ database, schema, entries }) => ({
      database,
      schema,
      names: entries.map(({ name }) => name),
      kinds: entries.map(({ kind }) => letterOf[kind]).join(''),
      comments: entries.map(({ comment }) => (comment ?? '').slice(0, longestComment)),
      members: entries.map(({ tables }) => Math.max(1, tables.length)),
    })),
  )

interface Circumstances {
  readonly age: CatalogAge
  /** Whether the caller may see sampled values. */
  readonly showSamples: boolean
  readonly listing: CatalogListing
  /** Null where it could not be found in time. */
  readonly outlook: TableOutlook | null
  /** The caller's favorites that read it. */
  readonly favorites: readonly CatalogTableDetails['favorites'][number][]
}

/** The details of a table, view or semantic view; of a family those of its newest member. */
export function presentTable(
  { entry, family }: Extract<ListedPlace, { level: 'entry' }>,
  { age, showSamples, listing, outlook, favorites }: Circumstances,
): CatalogTableDetails {
  if (entry.semanticView !== null) return { ...presentView(entry, entry.semanticView, age), favorites: [...favorites] }
  const table = entry.tables.at(-1)
  if (table === undefined) throw new Error(`the entry ${entry.id} holds no table`)
  const folded = entry.kind === 'family' ? entry : family
  const { kind, id } = entryOfTable(table)
  return {
    ...placed(table, age),
    id,
    kind: kind === 'view' ? 'view' : 'table',
    comment: table.comment,
    columns: table.columns.map(({ name, type, nullable, comment, samples, samplesComplete, reading }) => ({
      name,
      type,
      nullable,
      comment,
      key: keyOf(table, name),
      samples: showSamples ? [...samples] : null,
      samplesComplete: showSamples && samplesComplete,
      reading: reading ?? null,
    })),
    primaryKey: [...table.primaryKey],
    rowCount: table.rowCount,
    bytes: table.bytes ?? null,
    family: folded === null ? null : { id: folded.id, name: folded.name, members: folded.tables.length },
    joins: outlook === null ? null : foldJoins(outlook.joins, listing),
    notices: [...(table.notices ?? [])],
    questions: [...(outlook?.questions ?? [])],
    favorites: [...favorites],
  }
}

const mostJoins = 50

/** Joins as people read them: those to members of one family once. */
function foldJoins(joins: readonly KnownJoin[], { places }: CatalogListing): TableJoin[] {
  const folded = new Map<string, TableJoin>()
  for (const { table, columns, otherColumns, isToOne, isDeclared } of joins) {
    const { id, name } = entryOfTable(table)
    const place = places.get(id)
    const shown = place?.level === 'entry' && place.family !== null ? place.family : { id, name }
    const direction = isToOne ? 'to_one' : 'to_many'
    const key = JSON.stringify([shown.id, columns, otherColumns, direction])
    const join: TableJoin = {
      table: shown.id,
      name: shown.name,
      columns: [...columns],
      otherColumns: [...otherColumns],
      direction,
      declared: isDeclared,
    }
    if (!folded.has(key)) folded.set(key, join)
  }
  return [...folded.values()].slice(0, mostJoins)
}

const presentView = ({ id, comment }: ListedEntry, view: SemanticView, age: CatalogAge) => ({
  ...placed(view, age),
  id,
  kind: 'semantic_view' as const,
  comment,
  columns: view.fields.map(({ name, kind, type, comment: about }) => ({
    name,
    type: `${kind}, ${type}`,
    nullable: true,
    comment: about,
    key: null,
    samples: null,
    samplesComplete: false,
    reading: null,
  })),
  primaryKey: [],
  rowCount: null,
  bytes: null,
  family: null,
  joins: null,
  notices: [],
  questions: [],
})

const placed = ({ database, schema, name }: Pick<CatalogTable, 'database' | 'schema' | 'name'>, age: CatalogAge) => ({
  age,
  database,
  schema,
  name,
  fullName: [database, schema, name].map(quoteName).join('.'),
})
