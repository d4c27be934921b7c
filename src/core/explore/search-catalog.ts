import { LRUCache } from 'lru-cache'
import type { CatalogHit, CatalogKind, SearchRank } from '../../contract/catalog.ts'
import { catalogId } from '../../contract/catalog.ts'
import type { CatalogColumn } from '../catalog/catalog.ts'
import { quoteName } from '../catalog/sql-quoting.ts'
import { entryOfTable } from './catalog-listing.ts'
import type { CatalogListing, ListedEntry, ListedSchema, Pause } from './catalog-listing.ts'
import { foldName, rankComment, rankName, readSearch, rangesOf, type Ranked, type SearchWords } from './rank-text.ts'

/** Finds names and comments in one catalog. */
export interface CatalogIndex {
  /** Hits from number `from` on, best first, and how many there are. */
  search(query: string, kinds: ReadonlySet<CatalogKind> | null, from: number, limit: number): FoundHits
}

export interface FoundHits {
  readonly hits: readonly CatalogHit[]
  readonly total: number
}

/** Something that can be found. A family is represented by its newest member's columns. */
type Item =
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'schema'; readonly schema: ListedSchema }
  | {
      readonly kind: ListedEntry['kind']
      readonly schema: ListedSchema
      readonly entry: ListedEntry
      /** Whether it lies in a family. */
      readonly isMember: boolean
    }
  | {
      readonly kind: 'column'
      readonly schema: ListedSchema
      readonly entry: ListedEntry
      readonly column: FoundColumn
    }

type FoundColumn = Pick<CatalogColumn, 'name' | 'type' | 'comment'>

/** One text, with everything that has it as name or comment. */
interface IndexedText {
  readonly text: string
  readonly folded: string
  readonly items: number[]
}

/** Items between two pauses of the building. */
const itemsAtOnce = 4_000
const rememberedSearches = 20

/** Texts by what has them: a hit that is a column ranks behind equal ones that are not. */
type TextLists = Readonly<Record<'names' | 'columnNames' | 'comments' | 'columnComments', Map<string, IndexedText>>>

/** Builds the index. Texts that many things share are compared once: tables of a warehouse share most of their column names. */
export async function indexCatalog(listing: CatalogListing, pause: Pause): Promise<CatalogIndex> {
  const items: Item[] = []
  const texts: TextLists = { names: new Map(), columnNames: new Map(), comments: new Map(), columnComments: new Map() }
  const note = (list: Map<string, IndexedText>, text: string): void => {
    const known = list.get(text)
    if (known === undefined) list.set(text, { text, folded: foldName(text), items: [items.length - 1] })
    else known.items.push(items.length - 1)
  }
  for (const item of itemsOf(listing)) {
    items.push(item)
    const isColumn = item.kind === 'column'
    note(isColumn ? texts.columnNames : texts.names, nameOf(item))
    const comment = commentOf(item)
    if (comment !== null && comment !== '') note(isColumn ? texts.columnComments : texts.comments, comment)
    if (items.length % itemsAtOnce === 0) await pause()
  }
  const cache = new LRUCache<string, readonly Match[]>({ max: rememberedSearches })
  return {
    search: (query, kinds, from, limit) => {
      const words = readSearch(query)
      if (words === null) return { hits: [], total: 0 }
      const key = JSON.stringify([query, kinds === null ? null : [...kinds].sort()])
      const matches = cache.get(key) ?? findMatches(items, texts, words, kinds)
      cache.set(key, matches)
      const hits = matches.slice(from, from + limit).flatMap((match) => {
        const item = items[match.item]
        return item === undefined ? [] : [presentHit(item, match, words)]
      })
      return { hits, total: matches.length }
    },
  }
}

function* itemsOf({ databases }: CatalogListing): Generator<Item> {
  for (const { database, schemas } of databases) {
    yield { kind: 'database', database }
    for (const schema of schemas) {
      yield { kind: 'schema', schema }
      for (const entry of schema.entries) {
        yield { kind: entry.kind, schema, entry, isMember: false }
        for (const table of entry.kind === 'family' ? entry.tables : [])
          yield { kind: table.kind, schema, entry: entryOfTable(table), isMember: true }
        for (const column of columnsOf(entry)) yield { kind: 'column', schema, entry, column }
      }
    }
  }
}

/** The columns of an entry: a family's newest member's, a semantic view's fields. */
const columnsOf = ({ tables, semanticView }: ListedEntry): readonly FoundColumn[] =>
  tables.at(-1)?.columns ??
  (semanticView?.fields ?? []).map(({ name, kind, type, comment }) => ({ name, type: `${kind}, ${type}`, comment }))

function nameOf(item: Item): string {
  if (item.kind === 'database') return item.database
  if (item.kind === 'schema') return item.schema.schema
  return item.kind === 'column' ? item.column.name : item.entry.name
}

function commentOf(item: Item): string | null {
  if (item.kind === 'database' || item.kind === 'schema') return null
  return item.kind === 'column' ? item.column.comment : item.entry.comment
}

interface Match {
  readonly item: number
  readonly field: 'name' | 'comment'
  readonly rank: SearchRank
}

/** More matches than these are neither counted nor shown: nobody pages through them. */
const mostMatches = 10_000
/** Shorter texts are looked for in names alone, because they stand in most comments. */
const shortestInComments = 3

/** The matches, best first: by rank, names before comments, tables before columns, short names before long ones. */
function findMatches(
  items: readonly Item[],
  texts: TextLists,
  words: SearchWords,
  kinds: ReadonlySet<CatalogKind> | null,
): readonly Match[] {
  const wanted = (column: boolean): boolean =>
    kinds === null || [...kinds].some((kind) => (kind === 'column') === column)
  const lists = [
    ...(wanted(false) ? [rankNames(texts.names, words), rankComments(texts.comments, words)] : []),
    ...(wanted(true) ? [rankNames(texts.columnNames, words), rankComments(texts.columnComments, words)] : []),
  ]
  const scores = [...new Set(lists.flatMap((list) => [...list.keys()]))].sort((a, b) => a - b)
  const hasDigits = /\d/.test(words.phrase)
  const isWithin = makeIsWithin(words)
  const seen = new Uint8Array(items.length)
  const matches: Match[] = []
  for (const { indexed, field, rank } of scores.flatMap((score) => lists.flatMap((list) => list.get(score) ?? []))) {
    for (const number of indexed.items) {
      const item = items[number]
      if (item === undefined || seen[number] === 1 || kinds?.has(item.kind) === false) continue
      // Without a digit in what is searched for, a family stands for its members.
      if (('isMember' in item && item.isMember && !hasDigits) || !isWithin(item)) continue
      seen[number] = 1
      matches.push({ item: number, field, rank })
    }
    if (matches.length >= mostMatches) break
  }
  return matches.slice(0, mostMatches)
}

interface RankedText extends Ranked {
  readonly indexed: IndexedText
  readonly field: 'name' | 'comment'
}

type ByScore = ReadonlyMap<number, readonly RankedText[]>

/** The names that match, by score, short ones first. */
function rankNames(names: ReadonlyMap<string, IndexedText>, words: SearchWords): ByScore {
  const found: RankedText[] = []
  for (const indexed of names.values()) {
    const ranked = rankName(indexed.folded, indexed.text, words)
    if (ranked !== null) found.push({ rank: ranked.rank, score: ranked.score, indexed, field: 'name' })
  }
  return Map.groupBy(
    found.sort((a, b) => a.indexed.text.length - b.indexed.text.length),
    ({ score }) => score,
  )
}

/** The comments that match, by score; no more than can be shown. */
function rankComments(comments: ReadonlyMap<string, IndexedText>, words: SearchWords): ByScore {
  const found: RankedText[] = []
  if (words.phrase.length < shortestInComments) return new Map()
  for (const indexed of comments.values()) {
    const ranked = rankComment(indexed.folded, indexed.text, words)
    if (ranked !== null) found.push({ rank: ranked.rank, score: ranked.score, indexed, field: 'comment' })
    if (found.length >= mostMatches) break
  }
  return Map.groupBy(found, ({ score }) => score)
}

/** Tells whether something lies in what the words before a dot name: `sales.orders` finds no table of another schema. */
function makeIsWithin({ within }: SearchWords): (item: Item) => boolean {
  const folds = new Map<string, string>()
  const fold = (name: string): string => {
    const known = folds.get(name) ?? foldName(name)
    folds.set(name, known)
    return known
  }
  return (item) => {
    if (within.length === 0) return true
    if (item.kind === 'database') return false
    const { database, schema } = item.schema
    const around = item.kind === 'schema' ? [database] : [database, schema]
    const path = item.kind === 'column' ? [...around, item.entry.name] : around
    return within.every((part) => path.some((name) => fold(name).includes(part)))
  }
}

function presentHit(item: Item, { field, rank }: Match, words: SearchWords): CatalogHit {
  const name = nameOf(item)
  const comment = commentOf(item)
  const ranges = rangesOf(field === 'name' ? name : (comment ?? ''), words).map(([start, end]): [number, number] => [
    start,
    end,
  ])
  const matched = { field, rank, ranges }
  const plain = { kind: item.kind, name, comment, table: null, type: null, members: 1, matched }
  if (item.kind === 'database') return { ...plain, id: catalogId(name), fullName: quoteName(name) }
  const { database, schema, id } = item.schema
  if (item.kind === 'schema') return { ...plain, id, fullName: [database, schema].map(quoteName).join('.') }
  const { entry } = item
  // A family's name is no table: the newest member stands for it where a query has to name one.
  const table = entry.tables.at(-1)?.name ?? entry.name
  const members = Math.max(1, entry.tables.length)
  if (item.kind !== 'column')
    return { ...plain, id: entry.id, fullName: [database, schema, table].map(quoteName).join('.'), members }
  const fullName = [database, schema, table, name].map(quoteName).join('.')
  return { ...plain, id: `${entry.id}.${catalogId(name)}`, fullName, table: entry.id, type: item.column.type, members }
}
