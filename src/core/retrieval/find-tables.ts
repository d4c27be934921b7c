import type { Catalog, CatalogTable, SemanticField } from '../catalog/catalog.ts'
import { makeCatalogReader } from '../catalog/catalog-reader.ts'
import type { CatalogReader, ReadCatalog } from '../catalog/catalog-reader.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import type { NamedTable } from '../catalog/named-catalog.ts'
import { semanticMeasures } from '../catalog/semantic-measures.ts'
import { separate, waysToSay } from '../catalog/split-name.ts'
import { makeSynonyms } from '../catalog/synonyms.ts'
import type { Synonyms } from '../catalog/synonyms.ts'

/**
 * Finds the tables a question is about, best first, at most `limit`. Only tables that match a word of the question and neighbours by key
 * of the best matches are returned. The first call for a catalog builds its index.
 */
export type TableFinder = (
  question: string,
  catalog: Catalog,
  options: { readonly limit: number },
) => readonly CatalogTable[]

/** Makes a finder that keeps one index per catalog object. The interpreter may share `readCatalog`. */
export function makeTableFinder(readCatalog: CatalogReader = makeCatalogReader()): TableFinder {
  const indexes = new WeakMap<Catalog, TableIndex>()
  const synonyms = makeSynonyms()
  return (question, catalog, { limit }) => {
    const index = indexes.get(catalog) ?? buildIndex(readCatalog(catalog))
    indexes.set(catalog, index)
    return rank(index, makeTextWords()(question), synonyms)
      .slice(0, limit)
      .map((named) => named.table)
  }
}

interface Posting {
  readonly table: number
  readonly weight: number
}

interface TableIndex {
  readonly tables: readonly NamedTable[]
  readonly postings: ReadonlyMap<string, readonly Posting[]>
  readonly neighbours: readonly (readonly number[])[]
}

/** Field weights of BM25F, measured on published schemas, and the cap on a word's weight in one table. */
const weights = { table: 4, schema: 1.5, tableComment: 1.5, column: 1, columnComment: 0.4, sample: 0.3 } as const
const cap = 6
const mostSamples = 50
const saturation = 1.2
/** The share of its score that a found table passes on to its neighbours by key. */
const joinShare = 0.1

function buildIndex({ named, graph }: ReadCatalog): TableIndex {
  const positions = new Map(named.tables.map((table, i) => [table, i]))
  const postings = new Map<string, Posting[]>()
  const wordsOf = makeTextWords()
  const measuresOf = measuresByTable(named.catalog)
  for (const [index, table] of named.tables.entries()) {
    for (const [word, weight] of wordWeights(table, measuresOf.get(tableKey(table.table)) ?? [], wordsOf)) {
      const list = postings.get(word)
      if (list === undefined) postings.set(word, [{ table: index, weight }])
      else list.push({ table: index, weight })
    }
  }
  const neighbours = named.tables.map((table) =>
    graph.stepsFrom(table).flatMap((step) => positions.get(tableAfter(step)) ?? []),
  )
  return { tables: named.tables, postings, neighbours }
}

/** Metrics and facts of semantic views by the stored tables they are computed from. */
function measuresByTable(catalog: Catalog): ReadonlyMap<string, readonly SemanticField[]> {
  const found = new Map<string, SemanticField[]>()
  for (const { field, tables } of semanticMeasures(catalog)) {
    for (const key of new Set(tables.map(({ base }) => tableKey(base))))
      found.set(key, [...(found.get(key) ?? []), field])
  }
  return found
}

const tableKey = ({ database, schema, name }: Pick<CatalogTable, 'database' | 'schema' | 'name'>): string =>
  JSON.stringify([database, schema, name])

function wordWeights(
  named: NamedTable,
  measures: readonly SemanticField[],
  wordsOf: (text: string) => readonly string[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const add = (words: Iterable<string>, weight: number): void => {
    for (const word of new Set(words)) found.set(word, Math.min(cap, (found.get(word) ?? 0) + weight))
  }
  add(named.ways.flat(), weights.table)
  add(wordsOf(named.table.schema), weights.schema)
  add(wordsOf(named.table.comment ?? ''), weights.tableComment)
  for (const { ways, column } of named.columns) {
    add(ways.flat(), weights.column)
    add(wordsOf(column.comment ?? ''), weights.columnComment)
    add(column.samples.slice(0, mostSamples).flatMap(wordsOf), weights.sample)
  }
  for (const { name, synonyms, comment } of measures) {
    add(
      separate(name)
        .concat(synonyms)
        .flatMap((text) => wordsOf(text)),
      weights.column,
    )
    add(wordsOf(comment ?? ''), weights.columnComment)
  }
  return found
}

/** Makes a memoised splitter of prose into singular words, with abbreviations expanded as well. */
function makeTextWords(): (text: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (text) => {
    const words: string[] = []
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
      const found = known.get(word) ?? waysToSay([word]).flat()
      known.set(word, found)
      words.push(...found)
    }
    return words
  }
}

function rank(index: TableIndex, words: readonly string[], synonyms: Synonyms): readonly NamedTable[] {
  const scores = new Float64Array(index.tables.length)
  for (const word of new Set(words)) {
    addScores(scores, index, word, 1)
    for (const other of synonyms.of(word)) addScores(scores, index, other, 0.4)
  }
  const order = sortByScore(scores)
  for (const found of order.slice(0, 5)) {
    const share = (scores[found] ?? 0) * joinShare
    for (const near of new Set(index.neighbours[found])) scores[near] = (scores[near] ?? 0) + share
  }
  return sortByScore(scores).flatMap((i) => index.tables[i] ?? [])
}

function addScores(scores: Float64Array, index: TableIndex, word: string, share: number): void {
  const postings = index.postings.get(word) ?? []
  const rarity = Math.log(1 + (index.tables.length - postings.length + 0.5) / (postings.length + 0.5))
  for (const { table, weight } of postings) {
    scores[table] = (scores[table] ?? 0) + (share * rarity * weight * (saturation + 1)) / (weight + saturation)
  }
}

const sortByScore = (scores: Float64Array): readonly number[] =>
  [...scores.keys()].filter((i) => (scores[i] ?? 0) > 0).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
