import type { CatalogTable } from '../../catalog/catalog.ts'
import type { ReadCatalog } from '../../catalog/catalog-reader.ts'
import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedCatalog, NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { separate } from '../../catalog/split-name.ts'
import { rootOf, singular } from '../../catalog/word-forms.ts'

export interface StoredValue {
  readonly column: NamedColumn
  readonly value: string
}

/** Tables and columns by the words of their names, indexed by word, root and first letters. */
export type Names = ReadonlyMap<string, ReadonlySet<NamedTable | NamedColumn>>

/** The sampled values of a table, indexed by their words. */
export interface Values {
  /** By all words of the value, joined with blanks. */
  readonly whole: ReadonlyMap<string, readonly StoredValue[]>
  /** By single words, for columns with few values only. */
  readonly parts: ReadonlyMap<string, readonly StoredValue[]>
}

/** The interpreter's index of one catalog. Names and values of a table are indexed on first use. */
export interface SchemaIndex {
  readonly named: NamedCatalog
  readonly graph: JoinGraph
  readonly tableOf: ReadonlyMap<CatalogTable, NamedTable>
  namesOf(table: NamedTable): Names
  valuesOf(table: NamedTable): Values
}

const fewValues = 60
const startLength = 4

/** Normalises a value or a span of the question, so that both can be compared. */
export const normalWords = (text: string): string => separateValue(text).join(' ')

const separateValue = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** The index keys of a word: itself, its root, its first letters, and its first letter for abbreviations. */
export const keysOf = (word: string): readonly string[] => [
  word,
  `~${rootOf(word)}`,
  ...(word.length >= startLength ? [`^${word.slice(0, startLength)}`] : []),
  ...(word.length === 3 || word.length >= 6 ? [`^${word.slice(0, 3)}`] : []),
  `&${word.slice(0, 1)}`,
]

/** Builds the index of a catalog. */
export function indexSchema({ named, graph }: ReadCatalog): SchemaIndex {
  const tableOf = new Map(named.tables.map((table) => [table.table, table]))
  return { named, graph, tableOf, namesOf: readOnce(readNames), valuesOf: readOnce(readValues) }
}

function readOnce<T>(read: (table: NamedTable) => T): (table: NamedTable) => T {
  const known = new Map<NamedTable, T>()
  return (table) => {
    const found = known.get(table) ?? read(table)
    known.set(table, found)
    return found
  }
}

function readNames(table: NamedTable): Names {
  const names = new Map<string, Set<NamedTable | NamedColumn>>()
  for (const item of [table, ...table.columns]) {
    const joined = item.ways.filter((way) => way.length > 1).map((way) => way.join(''))
    for (const key of new Set([...item.ways.flat(), ...joined].flatMap(keysOf))) {
      const known = names.get(key)
      if (known === undefined) names.set(key, new Set([item]))
      else known.add(item)
    }
  }
  return names
}

function readValues(table: NamedTable): Values {
  const whole = new Map<string, StoredValue[]>()
  const parts = new Map<string, StoredValue[]>()
  for (const column of table.columns) addValues(whole, parts, column)
  return { whole, parts }
}

function addValues(whole: Map<string, StoredValue[]>, parts: Map<string, StoredValue[]>, column: NamedColumn): void {
  if (column.kind !== 'text') return
  const isShort = column.column.samplesComplete && column.column.samples.length <= fewValues
  for (const value of column.column.samples) {
    const words = separateValue(value)
    if (words.length === 0 || words.length > 12) continue
    push(whole, words.join(' '), { column, value })
    if (!isShort || words.length === 1 || words.length > 5) continue
    for (const word of new Set(words)) if (word.length >= 3 && !/^\d/.test(word)) push(parts, word, { column, value })
  }
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [item])
  else known.push(item)
}

/** The singular words of a text, as names are indexed. */
export const askedWords = (text: string): readonly string[] => separate(text).map(singular)
