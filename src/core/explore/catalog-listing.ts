import { catalogId, familyId } from '../../contract/catalog.ts'
import type { Catalog, CatalogTable, SemanticView } from '../catalog/catalog.ts'

/** One line of a schema: a table, a view, a semantic view, or tables whose names differ only by digits. */
export interface ListedEntry {
  readonly kind: 'table' | 'view' | 'semantic_view' | 'family'
  readonly id: string
  readonly name: string
  readonly comment: string | null
  /** The table or view, or the members of a family in order; empty for a semantic view. */
  readonly tables: readonly CatalogTable[]
  readonly semanticView: SemanticView | null
}

export interface ListedSchema {
  readonly database: string
  readonly schema: string
  readonly id: string
  /** By name. */
  readonly entries: readonly ListedEntry[]
  /** Tables, views and semantic views, members of families counted one by one. */
  readonly count: number
}

export interface ListedDatabase {
  readonly database: string
  readonly id: string
  readonly schemas: readonly ListedSchema[]
}

/** Something of a listing that has an id. */
export type ListedPlace =
  | { readonly level: 'database'; readonly database: ListedDatabase }
  | { readonly level: 'schema'; readonly schema: ListedSchema }
  | { readonly level: 'entry'; readonly entry: ListedEntry; readonly family: ListedEntry | null }

/** A catalog in the order in which people look through it. */
export interface CatalogListing {
  readonly catalog: Catalog
  readonly databases: readonly ListedDatabase[]
  readonly places: ReadonlyMap<string, ListedPlace>
  /** By database and name. */
  readonly schemas: readonly ListedSchema[]
  /** Changes with every name, type and comment. */
  readonly version: string
  readonly count: number
}

/** Gives the event loop a turn, so that a large catalog does not hold it up. */
export type Pause = () => Promise<void>

/** Tables that are listed between two pauses. */
const tablesAtOnce = 300

/** Lists a catalog. */
export async function listCatalog(catalog: Catalog, pause: Pause): Promise<CatalogListing> {
  const sum = makeChecksum()
  const schemas: ListedSchema[] = []
  let summed = 0
  for (const { id, database, schema, tables, views } of contentsOf(catalog)) {
    const entries = sortByName([...foldFamilies(tables), ...views.map(entryOfView)], ({ name }) => name)
    schemas.push({ database, schema, id, entries, count: tables.length + views.length })
    sum.add(id)
    for (const table of tables) {
      sum.add(`${table.name}${table.kind}${table.comment ?? ''}`)
      for (const { name, type, comment } of table.columns) sum.add(`${name}${type}${comment ?? ''}`)
      summed += 1
      if (summed % tablesAtOnce === 0) await pause()
    }
    for (const { name, comment } of views) sum.add(`${name}${comment ?? ''}`)
  }
  const databases = [...Map.groupBy(schemas, ({ database }) => database)].map(([database, own]) => ({
    database,
    id: catalogId(database),
    schemas: own,
  }))
  const count = catalog.tables.length + (catalog.semanticViews?.length ?? 0)
  return { catalog, databases, places: placesOf(databases), schemas, version: sum.text(), count }
}

interface SchemaContents {
  readonly id: string
  readonly database: string
  readonly schema: string
  readonly tables: CatalogTable[]
  readonly views: SemanticView[]
}

/** What each schema holds, schemas by name. */
function contentsOf({ tables, semanticViews = [] }: Catalog): readonly SchemaContents[] {
  const contents = new Map<string, SchemaContents>()
  const placeOf = ({ database, schema }: Pick<CatalogTable, 'database' | 'schema'>): SchemaContents => {
    const id = catalogId(database, schema)
    const known = contents.get(id) ?? { id, database, schema, tables: [], views: [] }
    contents.set(id, known)
    return known
  }
  for (const table of tables) placeOf(table).tables.push(table)
  for (const view of semanticViews) placeOf(view).views.push(view)
  const bySchema = sortByName([...contents.values()], ({ schema }) => schema)
  return sortByName([...Map.groupBy(bySchema, ({ database }) => database)], ([database]) => database).flatMap(
    ([, schemasOfOne]) => schemasOfOne,
  )
}

function placesOf(databases: readonly ListedDatabase[]): ReadonlyMap<string, ListedPlace> {
  const places = new Map<string, ListedPlace>()
  for (const database of databases) {
    places.set(database.id, { level: 'database', database })
    for (const schema of database.schemas) {
      places.set(schema.id, { level: 'schema', schema })
      for (const entry of schema.entries) {
        places.set(entry.id, { level: 'entry', entry, family: null })
        if (entry.kind !== 'family') continue
        for (const table of entry.tables) {
          const member = entryOfTable(table)
          places.set(member.id, { level: 'entry', entry: member, family: entry })
        }
      }
    }
  }
  return places
}

/** One part of a name as somebody wrote it: a bare one may stand for its upper case, too. */
const writtenPart = /(?:"((?:[^"]|"")*)"|([^".]+))(\.|$)/gy

/** The place that a written name means: its id, or a name that leaves out what the connection has defaults for; null for none. */
export function findPlace({ places, catalog }: CatalogListing, written: string): ListedPlace | null {
  const [prefix, name] = written.startsWith('family:') ? ['family:', written.slice(7)] : ['', written]
  const parts = [...name.matchAll(writtenPart)]
  if (parts.reduce((sum, [whole]) => sum + whole.length, 0) !== name.length) return null
  const exact = parts.map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare)
  const folded = parts.map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare.toUpperCase())
  const { defaultDatabase, defaultSchema } = catalog
  const defaults = [defaultDatabase, defaultSchema].flatMap((one) => one ?? [])
  for (const spelled of [exact, folded]) {
    const missing = defaults.length === 2 ? defaults.slice(0, 3 - spelled.length) : []
    const found = places.get(prefix + catalogId(...spelled)) ?? places.get(prefix + catalogId(...missing, ...spelled))
    if (found !== undefined) return found
  }
  return null
}

const entryOfView = (view: SemanticView): ListedEntry => ({
  kind: 'semantic_view',
  id: catalogId(view.database, view.schema, view.name),
  name: view.name,
  comment: view.comment,
  tables: [],
  semanticView: view,
})

export const entryOfTable = (table: CatalogTable): ListedEntry => ({
  kind: table.kind,
  id: catalogId(table.database, table.schema, table.name),
  name: table.name,
  comment: table.comment,
  tables: [table],
  semanticView: null,
})

const digits = /\d+/g

/** The tables of one schema, those folded together that differ only by digits in the name and share most columns. */
function foldFamilies(tables: readonly CatalogTable[]): readonly ListedEntry[] {
  const patterns = Map.groupBy(tables, ({ kind, name }) => `${kind} ${name.replace(digits, '#')}`)
  return [...patterns.values()].flatMap((alike) => {
    const members = alike.length < 2 ? [] : membersOf(alike)
    const [first] = members
    if (first === undefined) return alike.map(entryOfTable)
    const rest = alike.filter((table) => !members.includes(table)).map(entryOfTable)
    const name = first.name.replace(digits, '#')
    const comment = members.at(-1)?.comment ?? null
    const id = familyId(first.database, first.schema, name)
    return [{ kind: 'family' as const, id, name, comment, tables: members, semanticView: null }, ...rest]
  })
}

/** Of tables that are named alike, those that share at least half of their columns with most of them; none for fewer than two. */
function membersOf(alike: readonly CatalogTable[]): readonly CatalogTable[] {
  const shapes = Map.groupBy(alike, ({ columns }) => columns.map(({ name }) => name).join('\n'))
  const [most] = [...shapes.values()].sort((a, b) => b.length - a.length)
  const common = new Set(most?.[0]?.columns.map(({ name }) => name))
  const members = [...shapes.values()].flatMap((same) => (isNear(same[0], common) ? same : []))
  return members.length < 2 ? [] : sortByName(members, ({ name }) => name)
}

function isNear(table: CatalogTable | undefined, common: ReadonlySet<string>): boolean {
  const columns = table?.columns ?? []
  const shared = columns.filter(({ name }) => common.has(name)).length
  return shared * 2 >= columns.length + common.size - shared
}

/** A text that sorts as the name should: whatever its case, numbers by their value. */
export const sortKeyOf = (name: string): string =>
  `${name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(20, '0'))}\u0000${name}`

/** Things by name, as people expect names to be ordered. */
export function sortByName<T>(things: readonly T[], nameOf: (thing: T) => string): readonly T[] {
  const keyed = things.map((thing) => ({ thing, key: sortKeyOf(nameOf(thing)) }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ thing }) => thing)
}

interface Checksum {
  add(text: string): void
  text(): string
}

/** FNV-1a twice with different beginnings: enough to notice that a list has changed. */
function makeChecksum(): Checksum {
  let [low, high] = [0x811c9dc5, 0x1b873593]
  return {
    add(text) {
      for (let at = 0; at < text.length; at += 1) {
        low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
        high = Math.imul(high ^ text.charCodeAt(at), 0x5bd1e995)
      }
      low = Math.imul(low ^ 10, 0x01000193)
    },
    text: () => (low >>> 0).toString(36) + (high >>> 0).toString(36),
  }
}
