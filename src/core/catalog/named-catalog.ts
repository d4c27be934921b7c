import type { Catalog, CatalogColumn, CatalogTable, ColumnKindOfType } from './catalog.ts'
import { columnKindOf } from './catalog.ts'
import { makeNameSplitter, separate, waysToSay } from './split-name.ts'
import type { NameSplitter } from './split-name.ts'
import { singular } from './word-forms.ts'

/** A column with the words that people may use for it. */
export interface NamedColumn {
  readonly table: NamedTable
  readonly column: CatalogColumn
  readonly kind: ColumnKindOfType
  /** The name as lists of singular words, best first: without the prefix the table's columns share, abbreviations expanded, and as written. */
  readonly ways: readonly (readonly string[])[]
  /** True when the values are known to be distinct. */
  readonly unique: boolean
}

/** A table with the words that people may use for it. */
export interface NamedTable {
  readonly table: CatalogTable
  readonly ways: readonly (readonly string[])[]
  readonly columns: readonly NamedColumn[]
}

export interface NamedCatalog {
  readonly catalog: Catalog
  readonly tables: readonly NamedTable[]
}

/** Words of table names that describe the kind of table rather than its contents. */
const fillers = new Set(
  'tbl tab table dim fact fct stg staging ref vw view data list info master mst mstr raw record detail dtl header hdr lookup lkp base mart xref d f t'.split(
    ' ',
  ),
)

/** Splits every name of a catalog into words. Takes a few microseconds per column; cache the result. */
export function nameCatalog(catalog: Catalog): NamedCatalog {
  const letters = sharedLetters(catalog)
  const splitter = makeNameSplitter(wordsOfTables(catalog, letters), letters.all)
  const prefixes = tablePrefixes(catalog, splitter)
  const names = new Set(catalog.tables.map((table) => splitter.split(spelled(table)).map(singular).join(' ')))
  const columnWays = makeColumnWays()
  const tables = catalog.tables.map((table) =>
    nameTable(table, { splitter, columnWays, prefix: prefixes.get(schemaKey(table)) ?? 0, names }),
  )
  return { catalog, tables }
}

/** The spelling of a name that tells most about its words. */
const spelled = ({ spelling, name }: CatalogTable | CatalogColumn): string => spelling ?? name

const schemaKey = (table: CatalogTable): string => `${table.database}\u0000${table.schema}`

/** Common name prefixes without a separator (`sb` for tables, `tx` for columns such as `sbtx…`). */
interface SharedLetters {
  readonly ofTables: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

function sharedLetters(catalog: Catalog): SharedLetters {
  const bySchema = [...Map.groupBy(catalog.tables, schemaKey).values()]
  const ofTables = lettersOf(bySchema.map((tables) => tables.map(spelled)))
  const ofColumns = lettersOf(catalog.tables.map((table) => table.columns.map(spelled)))
  return { ofTables, all: new Set([...ofTables, ...[...ofColumns].map((letters) => withoutStart(letters, ofTables))]) }
}

function lettersOf(lists: readonly (readonly string[])[]): ReadonlySet<string> {
  const found = lists
    .filter((names) => names.length >= 3)
    .map((names) => commonLetters(names.map((n) => n.toLowerCase())))
  return new Set(found.filter((letters) => letters.length >= 2 && letters.length <= 6))
}

/** Removes a common prefix: `ticker` for `sbticker`. */
function withoutStart(word: string, starts: ReadonlySet<string>): string {
  const start = [...starts].find((letters) => word.startsWith(letters) && word.length >= letters.length + 2)
  return start === undefined ? word : word.slice(start.length)
}

function commonLetters([first = '', ...others]: readonly string[]): string {
  let length = first.length
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length -= 1
  return first.slice(0, length).replace(/[^a-z].*$/, '')
}

/** Words of table names that are not in the word list; they help to split column names. */
function wordsOfTables(catalog: Catalog, letters: SharedLetters): ReadonlySet<string> {
  const plain = makeNameSplitter([], letters.all)
  const words = new Set<string>()
  for (const table of catalog.tables) {
    for (const word of separate(spelled(table))) {
      if (word.length > 16 || plain.split(word).length > 1) continue
      const bare = withoutStart(word, letters.ofTables)
      words.add(bare).add(singular(bare))
    }
  }
  return words
}

/** The number of leading words that all tables of a schema share (`sbCustomer`, `sbTicker` → 1). */
function tablePrefixes(catalog: Catalog, splitter: NameSplitter): ReadonlyMap<string, number> {
  const bySchema = Map.groupBy(catalog.tables, schemaKey)
  return new Map(
    [...bySchema].map(([key, tables]) => [
      key,
      sharedPrefix(
        tables.map((t) => splitter.split(spelled(t))),
        3,
      ),
    ]),
  )
}

/** The number of leading words the names share, at most two, leaving each at least one word; 0 for fewer than `least` names. */
function sharedPrefix(names: readonly (readonly string[])[], least: number): number {
  if (names.length < least) return 0
  for (const length of [2, 1]) {
    const starts = Map.groupBy(
      names.filter((name) => name.length > length),
      (name) => name.slice(0, length).join(''),
    )
    const [start = '', shared = []] = [...starts].sort(([, a], [, b]) => b.length - a.length)[0] ?? []
    const whole = names.filter(([only, ...others]) => others.length === 0 && isLonger(only, start))
    const most = shared.length + (shared.length === 0 ? 0 : whole.length)
    if (most === names.length || (names.length >= 5 && most >= names.length * 0.8)) return length
  }
  return 0
}

/** Whether an unsplit name begins with the shared prefix. */
const isLonger = (name: string | undefined, start: string): boolean =>
  name !== undefined && name.length > start.length + 1 && name.startsWith(start)

interface Naming {
  readonly splitter: NameSplitter
  readonly columnWays: ColumnWays
  /** The number of leading words that the schema's tables share. */
  readonly prefix: number
  readonly names: ReadonlySet<string>
}

function nameTable(table: CatalogTable, { splitter, columnWays, prefix, names }: Naming): NamedTable {
  const words = splitter.split(spelled(table))
  const columns: NamedColumn[] = []
  const named: NamedTable = { table, ways: tableWays(words, prefix, names), columns }
  const split = table.columns.map((column) => splitter.split(spelled(column)))
  const columnPrefix = sharedPrefix(split, 2)
  const start = commonStart(split, columnPrefix)
  for (const [index, column] of table.columns.entries()) {
    const columnWords = split[index] ?? []
    const ways = columnWays(columnWords, start.length > 0 ? start : nameAtStart(columnWords, named.ways))
    columns.push(nameColumn(named, column, ways))
  }
  return named
}

/** The ways to say a table's name. Fillers are dropped unless another table has the resulting name. */
function tableWays(
  words: readonly string[],
  prefix: number,
  names: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const short = words.slice(prefix)
  const plain = short.filter((word) => !fillers.has(word) && !/^\d+$/.test(word))
  const isFree = plain.length > 0 && (plain.length === words.length || !names.has(plain.map(singular).join(' ')))
  return distinctWays([...(isFree ? waysToSay(plain) : []), ...waysToSay(short), ...waysToSay(words)])
}

/** The table's name at the start of its label: `PLNT_NM` in PLNT is just its name. Keys and other columns keep it. */
function nameAtStart(words: readonly string[], ways: NamedTable['ways']): readonly string[] {
  const last = words.at(-1) ?? ''
  if (!labelWords.has(last)) return []
  const singulars = words.map(singular)
  const own = ways.find((way) => way.length === words.length - 1 && way.every((word, i) => singulars[i] === word))
  return own === undefined ? [] : words.slice(0, -1)
}
const labelWords = new Set(['name', 'nm', 'nam', 'nme', 'title', 'description', 'desc', 'descr', 'dsc'])

/** The leading words that most columns share. */
function commonStart(names: readonly (readonly string[])[], length: number): readonly string[] {
  if (length === 0) return []
  const starts = Map.groupBy(
    names.filter((name) => name.length > length).map((name) => name.slice(0, length).join(' ')),
    (start) => start,
  )
  const [most] = [...starts.values()].sort((a, b) => b.length - a.length)
  return most?.[0]?.split(' ') ?? []
}

type ColumnWays = (words: readonly string[], start: readonly string[]) => readonly (readonly string[])[]

/** Memoised, because many tables share column names. */
function makeColumnWays(): ColumnWays {
  const known = new Map<string, readonly (readonly string[])[]>()
  return (words, start) => {
    const key = `${words.join(' ')}\u0000${start.join(' ')}`
    const found = known.get(key) ?? distinctWays([...waysToSay(withoutWords(words, start)), ...waysToSay(words)])
    known.set(key, found)
    return found
  }
}

function withoutWords(words: readonly string[], start: readonly string[]): readonly string[] {
  if (start.length === 0) return words
  if (words.length > start.length && start.every((word, i) => words[i] === word)) return words.slice(start.length)
  const [only = ''] = words
  return words.length === 1 && isLonger(only, start.join('')) ? [only.slice(start.join('').length)] : words
}

function distinctWays(ways: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(ways.map((way) => [way.join(' '), way])).values()]
}

function nameColumn(table: NamedTable, column: CatalogColumn, ways: readonly (readonly string[])[]): NamedColumn {
  const rows = table.table.rowCount
  const unique =
    (table.table.primaryKey.length === 1 && table.table.primaryKey[0] === column.name) ||
    (column.samplesComplete && rows !== null && rows > 1 && column.samples.length === rows)
  return { table, column, kind: columnKindOf(column.type), ways, unique }
}
