import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeCatalogReader, type CatalogReader } from '../catalog/catalog-reader.ts'
import { makeJoinGraph, tableAfter } from '../catalog/join-graph.ts'
import { makeInterpret } from './interpret.ts'
import type { EarlierQuestion, Interpret } from './interpretation.ts'
import { largestTables, makeStarters } from './make-starters.ts'
import { keepsFilters, makeFollowUps } from './make-follow-ups.ts'
import type { Query } from './plan/query.ts'
import { nameCatalog } from '../catalog/named-catalog.ts'
import { separate } from '../catalog/split-name.ts'
import { singular } from '../catalog/word-forms.ts'
import type { AnsweredQuestion } from '../ports/interpreter.ts'
import type { EarlierTurn } from '../ports/writer.ts'

/** Suggested questions. The interpreter answers every one of them. */
export interface Suggestions {
  /** Up to four starters made from the catalog's tables. */
  readonly suggestQuestions: (catalog: Catalog) => readonly string[]
  /** Up to four questions about one table of a catalog. */
  readonly suggestAbout: (catalog: Catalog, table: CatalogTable) => readonly string[]
  /** Up to four questions about the tables that a question names, then starters. */
  readonly suggestNear: (catalog: Catalog, question: string) => readonly string[]
  /**
   * Up to three full questions close to the one asked, about the rows it is about: another group, a trend, another ranking. Where nothing
   * was found they are about all rows.
   */
  readonly suggestFollowUps: (asked: AnsweredQuestion & { readonly catalog: Catalog }) => readonly string[]
}

const startersShown = 4
/** Tables joined to the one that is asked about, which its questions may name. */
const mostNear = 12
const followUpsShown = 3
/** Starters name their periods, so any day serves as today. */
const someDay = '2000-01-01'

/** Makes the suggestions. Sharing the writer's interpreter and its reader lets a catalog be indexed once. */
export function makeSuggestions(
  interpret: Interpret = makeInterpret(),
  readCatalog: CatalogReader = makeCatalogReader(),
): Suggestions {
  const known = new WeakMap<Catalog, readonly string[]>()
  const startersOf = (catalog: Catalog): readonly string[] => {
    const found = known.get(catalog) ?? startersFor(catalog, interpret)
    known.set(catalog, found)
    return found
  }
  const suggestAbout: Suggestions['suggestAbout'] = (catalog, table) => {
    const { named, graph } = readCatalog(catalog)
    const own = named.tables.find((one) => one.table === table)
    if (own === undefined) return []
    const near = graph
      .stepsFrom(own)
      .slice(0, mostNear)
      .map((step) => tableAfter(step).table)
    const scope = { catalog, tables: [table, ...near], today: someDay }
    return chosen(makeStarters([own], graph), scope, interpret)
  }
  return {
    suggestQuestions: startersOf,
    suggestAbout,
    suggestNear: (catalog, question) => {
      if (catalog.tables.length > fewTables) return startersOf(catalog)
      const words = new Set(separate(question).map(singular))
      const meant = readCatalog(catalog).named.tables.filter(({ ways }) =>
        ways.some((way) => way.every((word) => words.has(word))),
      )
      const near = meant.slice(0, 2).flatMap(({ table }) => suggestAbout(catalog, table).slice(0, startersShown - 1))
      return [...new Set([...near, ...startersOf(catalog)])].slice(0, startersShown)
    },
    suggestFollowUps: ({ question, catalog, today, earlier = [], isEmpty = false }) => {
      if (catalog.tables.length > mostTables) return []
      const asked = { question, catalog, tables: catalog.tables, today, earlier: earlier.map(askedBefore) }
      const found = interpret(asked)
      const reading = found.kind === 'query' && isEmpty ? { ...found, query: { ...found.query, where: [] } } : found
      if (reading.kind !== 'query') return startersOf(catalog).slice(0, followUpsShown)
      const tables = tablesOf(reading.query)
      const others = makeFollowUps(reading.query).filter((text) => text.toLowerCase() !== question.trim().toLowerCase())
      const tried = [...others].slice(0, catalog.tables.length > fewTables ? fewTried : mostTried)
      const scope = { catalog, tables, today, isFit: (query: Query) => keepsFilters(reading.query, query) }
      return answerable(tried, scope, interpret, followUpsShown, new Set([reading.sql]))
    },
  }
}

/** An earlier turn as the interpreter takes it. */
export const askedBefore = ({
  question,
  leftOut = [],
  origin = 'interpreter',
  pinned = [],
}: EarlierTurn): EarlierQuestion => ({ question, leftOut, origin, pinned })

const mostTried = 12
/** Trying a question takes longer the larger the catalog: above `fewTables` fewer are tried, above `mostTables` none. */
const fewTables = 60
const fewTried = 4
const mostTables = 500

const tablesOf = (query: Query): readonly CatalogTable[] =>
  [query.from, ...query.joins.map(tableAfter)].map((t) => t.table)

/** Starters for a whole catalog. */
function startersFor(catalog: Catalog, interpret: Interpret): readonly string[] {
  const tables = largestTables(catalog)
  const named = nameCatalog({ ...catalog, tables })
  return chosen(makeStarters(named.tables, makeJoinGraph(named)), { catalog, tables, today: someDay }, interpret)
}

/** Up to four questions that are answered: one of each kind first, then more of the best kinds. */
function chosen(kinds: readonly (readonly string[])[], scope: Scope, interpret: Interpret): readonly string[] {
  const known = new Set<string>()
  const first = kinds.flatMap((kind) => answerable(kind, scope, interpret, 1, known))
  if (first.length >= startersShown) return first.slice(0, startersShown)
  const more = kinds.flatMap((kind) => kind.slice(0, mostTried))
  return [...first, ...answerable(more, scope, interpret, startersShown - first.length, known)]
}

interface Scope {
  readonly catalog: Catalog
  readonly tables: readonly CatalogTable[]
  readonly today: string
  /** Whether a query is one of those looked for; left out for all. */
  readonly isFit?: (query: Query) => boolean
}

/** The first questions that the interpreter answers with distinct queries. */
function answerable(
  questions: readonly string[],
  { isFit = () => true, ...scope }: Scope,
  interpret: Interpret,
  limit: number,
  known: Set<string>,
): readonly string[] {
  const found: string[] = []
  for (const question of questions.slice(0, mostTried)) {
    if (found.length >= limit) break
    const reading = interpret({ question, ...scope })
    if (reading.kind !== 'query' || known.has(reading.sql) || !isFit(reading.query)) continue
    known.add(reading.sql)
    found.push(question)
  }
  return found
}
