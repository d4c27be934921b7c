import type { Catalog, CatalogTable } from '../../catalog/catalog.ts'
import { makeJoinGraph } from '../../catalog/join-graph.ts'
import type { JoinGraph } from '../../catalog/join-graph.ts'
import { nameCatalog } from '../../catalog/named-catalog.ts'
import type { NamedCatalog, NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { separate } from '../../catalog/split-name.ts'
import { rootOf, singular } from '../../catalog/word-forms.ts'

export interface StoredValue {
  readonly column: NamedColumn
  readonly value: string
}

/** Everything the interpreter looks up about one catalog. */
export interface SchemaIndex {
  readonly named: NamedCatalog
  readonly graph: JoinGraph
  readonly tableOf: ReadonlyMap<CatalogTable, NamedTable>
  /** Tables and columns by the words of their names, each word also under its root and its first letters. */
  readonly names: ReadonlyMap<string, ReadonlySet<NamedTable | NamedColumn>>
  /** Sampled values by their words, joined with blanks. */
  readonly values: ReadonlyMap<string, readonly StoredValue[]>
  /** Values of columns with few of them, by each word in them. */
  readonly valueParts: ReadonlyMap<string, readonly StoredValue[]>
}

const fewValues = 60
const startLength = 4

/** The words of a value or of a piece of the question, for comparing the two. */
export const normalWords = (text: string): string => separateValue(text).join(' ')

const separateValue = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** The keys a word is found under: itself, its root, its first letters. */
export const keysOf = (word: string): readonly string[] => [
  word,
  `~${rootOf(word)}`,
  ...(word.length >= startLength ? [`^${word.slice(0, startLength)}`] : []),
  ...(word.length === 3 || word.length >= 6 ? [`^${word.slice(0, 3)}`] : []),
]

/** Reads a catalog once; costs milliseconds for a hundred tables. */
export function indexSchema(catalog: Catalog): SchemaIndex {
  const named = nameCatalog(catalog)
  const names = new Map<string, Set<NamedTable | NamedColumn>>()
  const values = new Map<string, StoredValue[]>()
  const valueParts = new Map<string, StoredValue[]>()
  for (const table of named.tables) {
    addName(names, table)
    for (const column of table.columns) {
      addName(names, column)
      addValues(values, valueParts, column)
    }
  }
  const tableOf = new Map(named.tables.map((table) => [table.table, table]))
  return { named, graph: makeJoinGraph(named), tableOf, names, values, valueParts }
}

function addName(names: Map<string, Set<NamedTable | NamedColumn>>, item: NamedTable | NamedColumn): void {
  const joined = item.ways.filter((way) => way.length > 1).map((way) => way.join(''))
  for (const key of new Set([...item.ways.flat(), ...joined].flatMap(keysOf))) {
    const known = names.get(key)
    if (known === undefined) names.set(key, new Set([item]))
    else known.add(item)
  }
}

function addValues(values: Map<string, StoredValue[]>, parts: Map<string, StoredValue[]>, column: NamedColumn): void {
  if (column.kind !== 'text') return
  const isShort = column.column.samplesComplete && column.column.samples.length <= fewValues
  for (const value of column.column.samples) {
    const words = separateValue(value)
    if (words.length === 0 || words.length > 12) continue
    push(values, words.join(' '), { column, value })
    if (!isShort || words.length === 1 || words.length > 5) continue
    for (const word of new Set(words)) if (word.length >= 3 && !/^\d/.test(word)) push(parts, word, { column, value })
  }
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [item])
  else known.push(item)
}

/** The words of some text in singular, as names are indexed. */
export const askedWords = (text: string): readonly string[] => separate(text).map(singular)
