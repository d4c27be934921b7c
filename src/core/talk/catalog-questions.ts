import { columnKindOf, type Catalog, type CatalogColumn, type CatalogTable } from '../catalog/catalog.ts'
import { makeCatalogReader } from '../catalog/catalog-reader.ts'
import type { CatalogReader } from '../catalog/catalog-reader.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import type { NamedTable } from '../catalog/named-catalog.ts'
import { separate } from '../catalog/split-name.ts'
import { singular } from '../catalog/word-forms.ts'
import { listed } from '../sentences.ts'
import type { Cell, Column } from '../../contract/result.ts'

/** An answer that no query is needed for: a sentence, and a table where there is one. */
export interface CatalogAnswer {
  readonly text: string
  readonly table: { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] } | null
}

/** Answers questions about the tables themselves; null for any other question. `showSamples`: whether stored values may be shown. */
export type AnswerCatalogQuestion = (
  question: string,
  catalog: Catalog,
  options: { readonly showSamples: boolean },
) => CatalogAnswer | null

/** Larger catalogs are matched by exact names only, because splitting and joining all their names takes too long between two events. */
const readCatalogsUpTo = 300
const mostTablesShown = 500
const samplesShown = 3

/** Makes the answers from the catalog. It keeps what it has read of each catalog object. */
export function makeCatalogQuestions(readCatalog: CatalogReader = makeCatalogReader()): AnswerCatalogQuestion {
  return (asked, catalog, { showSamples }) => {
    const question = asked
      .trim()
      .replaceAll(/\s+/g, ' ')
      .replace(/[\s?.!]+$/, '')
      .replace(polite, '')
    if (tablesAsked.test(question)) return describeCatalog(catalog)
    if (freshnessAsked.test(question)) return describeFreshness(catalog)
    for (const pattern of aboutTable) {
      const about = pattern.exec(question)?.[1]
      const table = about === undefined ? null : findTable(about, catalog, readCatalog)
      if (table !== null) return describeTable(table, showSamples)
    }
    const [, first, second] = joinAsked.map((pattern) => pattern.exec(question)).find((found) => found !== null) ?? []
    if (first !== undefined && second !== undefined) return describeJoin(first, second, catalog, readCatalog)
    const place = keptAsked.exec(question)?.[1] ?? placeAsked.exec(question)?.[1] ?? holderAsked.exec(question)?.[1]
    return place === undefined ? null : describePlace(place, catalog, readCatalog)
  }
}

const polite = /^(?:(?:please|can you|could you|would you)\s+)+/i
const tablesAsked =
  /^(?:(?:what|which) (?:tables|data|datasets?|data ?sets) (?:are there|is there|do you have|do we have|are available|is available|can i (?:ask about|use|query|see)|exist|does (?:it|this connection) have)(?: (?:here|in (?:this|the) (?:database|connection|warehouse|data)))?|(?:show|list|give|tell)(?: me)?(?: all)?(?: of)?(?: the)? tables(?: (?:there are|in (?:this|the) (?:database|connection|warehouse)))?|what(?:'s| is) in (?:this|the) (?:database|connection|warehouse|data)|what can i ask(?: you| about| here)?|what (?:questions )?can (?:i|be) ask(?:ed)?(?: you| here)?|what do you know(?: about)?|describe (?:the|this) (?:database|data|connection|warehouse|schema)|how many tables are there)$/i
const freshnessAsked =
  /^(?:how (?:fresh|recent|old|current|up to date|up-to-date) (?:is|are) (?:the|this|these|your|our) (?:data|tables?|database|numbers)|when (?:was|were) (?:the|this|these) (?:data|tables?|database) (?:last )?(?:updated|refreshed|loaded|changed)|is (?:the|this) data (?:fresh|current|up to date|up-to-date))$/i
const aboutTable = [
  /^(?:describe|explain|tell me about|show me|what is|what's) (?:the )?(?:table )?(\S.*?) table$/i,
  /^(?:describe|explain|tell me about|what is) (?:the )?table (\S.*)$/i,
  /^describe (?:the )?(\S.*)$/i,
  /^(?:what|which)(?: are the)? (?:columns|fields|attributes) (?:does|do|are (?:there )?(?:in|of)|has|in|of) (?:the )?(?:table )?(\S.*?)(?: table)?(?: have| has| contain| hold)?$/i,
  /^(?:what are |show(?: me)? |list |give me )(?:all )?(?:the )?(?:columns|fields|attributes|structure|schema) (?:of|in|for) (?:the )?(?:table )?(\S.*?)(?: table)?$/i,
  /^(?:the )?(?:columns|fields|structure|schema) of (?:the )?(?:table )?(\S.*?)(?: table)?$/i,
  /^what does (?:the )?(?:table )?(\S.*?) table (?:hold|contain|have|look like|mean|store)$/i,
  /^what(?:'s| is) (?:in|inside) (?:the )?(?:table )?(\S.*?) table$/i,
]
const joinAsked = [
  /^how (?:are|is) (?:the )?(\S.*?) (?:and|with|to) (?:the )?(\S.*?) (?:joined|related|linked|connected)(?: together)?$/i,
  /^how (?:are|is) (?:the )?(\S.*?) (?:joined|related|linked|connected) (?:to|with) (?:the )?(\S.*)$/i,
  /^how (?:do|does|can|could|should) (?:i |we |you )?(?:join|relate|link|connect) (?:the )?(\S.*?) (?:and|with|to) (?:the )?(\S.*)$/i,
  /^how (?:do|does) (?:the )?(\S.*?) (?:join|relate|link|connect) (?:to|with) (?:the )?(\S.*)$/i,
  /^what (?:joins|links|connects|relates) (?:the )?(\S.*?) (?:and|with|to) (?:the )?(\S.*)$/i,
]
const keptAsked =
  /^where (?:is|are|do i find|can i find|do you keep|would i find) (?:the |a |an )?(\S.*?)(?: (?:kept|stored|saved|held|found|located in the (?:data|database|tables)))$/i
const placeAsked = /^where (?:is|are|do i find|can i find) (?:the |a |an )?(\S.*)$/i
const holderAsked = /^(?:which|what) (?:table|column) (?:has|holds|contains|stores) (?:the )?(\S.*)$/i

const textColumn = (name: string): Column => ({ name, type: 'VARCHAR', kind: 'text', scale: null })
const numberColumn = (name: string): Column => ({ name, type: 'NUMBER(38,0)', kind: 'number', scale: 0 })

const unreadOf = ({ unread }: Catalog): string => (unread === undefined ? '' : ` (${unread})`)

function describeCatalog(catalog: Catalog): CatalogAnswer {
  const { tables } = catalog
  const shown = tables.slice(0, mostTablesShown)
  const names = tables.length <= 12 ? `: ${listed(tables.map(({ name }) => name))}` : ''
  const cut = shown.length < tables.length ? ` The first ${shown.length} are listed.` : ''
  const text = `There ${tables.length === 1 ? 'is 1 table' : `are ${tables.length.toLocaleString('en-US')} tables`}${unreadOf(catalog)}${names}.${cut} Ask about what they hold, or "describe the ${(tables[0]?.name ?? 'first').toLowerCase()} table" for the columns of one.`
  const columns = ['TABLE', 'SCHEMA', 'KIND'].map(textColumn)
  return {
    text: [text, ...(catalog.notices ?? [])].join(' '),
    table: {
      columns: [...columns, numberColumn('ROWS'), numberColumn('COLUMNS'), textColumn('COMMENT')],
      rows: shown.map((t) => [t.name, `${t.database}.${t.schema}`, t.kind, t.rowCount, t.columns.length, t.comment]),
    },
  }
}

function describeTable(table: CatalogTable, showSamples: boolean): CatalogAnswer {
  const { name, rowCount, columns, primaryKey, foreignKeys, comment } = table
  const rows = rowCount === null ? '' : ` and ${rowCount.toLocaleString('en-US')} rows`
  const key = primaryKey.length === 0 ? '' : ` Its key is ${listed(primaryKey)}.`
  const refers = foreignKeys.map((k) => `${listed(k.columns)} refers to ${k.target.name}`)
  const said = comment === null || comment.trim() === '' ? '' : ` ${comment.trim().replace(/[.\s]*$/, '.')}`
  const text = `${name} is a ${table.kind} with ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}${rows}.${said}${key}${refers.length === 0 ? '' : ` ${listed(refers)}.`}`
  const keyOf = (column: CatalogColumn): string | null => {
    const target = foreignKeys.find((k) => k.columns.includes(column.name))?.target.name
    return primaryKey.includes(column.name) ? 'key' : target === undefined ? null : `refers to ${target}`
  }
  const examples = columns.some(({ samples }) => samples.length > 0) && showSamples
  return {
    text,
    table: {
      columns: ['COLUMN', 'TYPE', 'KEY', 'COMMENT', ...(examples ? ['EXAMPLES'] : [])].map(textColumn),
      rows: columns.map((c) => [
        c.name,
        c.type,
        keyOf(c),
        c.comment,
        ...(examples ? [c.samples.slice(0, samplesShown).join(', ')] : []),
      ]),
    },
  }
}

function describeFreshness(catalog: Catalog): CatalogAnswer {
  const dated = catalog.tables.flatMap((table) =>
    table.columns
      .filter(({ type }) => ['date', 'timestamp'].includes(columnKindOf(type)))
      .map((column): readonly Cell[] => [table.name, column.name, column.type]),
  )
  const none = 'No table has a column of dates, so the data do not tell how fresh they are.'
  if (dated.length === 0) return { text: none, table: null }
  const text = `The catalog does not say when rows were last loaded${unreadOf(catalog)}. The newest dates in these columns tell it: ask, for example, for the latest ${String(dated[0]?.[1] ?? '')}.`
  return {
    text,
    table: { columns: ['TABLE', 'COLUMN', 'TYPE'].map(textColumn), rows: dated.slice(0, mostTablesShown) },
  }
}

const wordsOf = (text: string): string =>
  (text.match(/[\p{L}\p{N}_$]+/gu) ?? [])
    .flatMap((part) => separate(part))
    .map((word) => singular(word.toLowerCase()))
    .join(' ')

function findTable(name: string, catalog: Catalog, readCatalog: CatalogReader): CatalogTable | null {
  const exact = catalog.tables.filter((table) => table.name.toLowerCase() === name.toLowerCase())
  if (exact.length === 1) return exact[0] ?? null
  const words = wordsOf(name)
  if (words === '') return null
  const ways = waysOfTables(catalog, readCatalog)
  const found = catalog.tables.filter((table) => ways(table).includes(words))
  return found.length === 1 ? (found[0] ?? null) : null
}

function waysOfTables(catalog: Catalog, readCatalog: CatalogReader): (table: CatalogTable) => readonly string[] {
  if (catalog.tables.length > readCatalogsUpTo) return (table) => [wordsOf(table.name)]
  const named = new Map(readCatalog(catalog).named.tables.map((t) => [t.table, t]))
  return (table) => [wordsOf(table.name), ...(named.get(table)?.ways ?? []).map((way) => way.map(singular).join(' '))]
}

function describeJoin(
  first: string,
  second: string,
  catalog: Catalog,
  readCatalog: CatalogReader,
): CatalogAnswer | null {
  const strip = (name: string): string => name.replace(/^table /i, '').replace(/ tables?$/i, '')
  const [a, b] = [findTable(strip(first), catalog, readCatalog), findTable(strip(second), catalog, readCatalog)]
  if (a === null || b === null) return null
  const none = `I know no key that joins ${a.name} with ${b.name}.`
  if (catalog.tables.length > readCatalogsUpTo) {
    const keys = [...directKeys(a, b), ...directKeys(b, a)]
    return { text: keys.length === 0 ? none : `${listed(keys)}.`, table: null }
  }
  const { named, graph } = readCatalog(catalog)
  const [from, to] = [a, b].map((table) => named.tables.find((t) => t.table === table))
  const path = from === undefined || to === undefined ? null : graph.path(from, to)
  if (path === null) return { text: none, table: null }
  const steps = path.steps.map(
    ({ edge }) => `${sayKey(edge.from, edge.columns)} = ${sayKey(edge.to, edge.targetColumns)}`,
  )
  const through = path.steps.slice(0, -1).map((step) => tableAfter(step).table.name)
  const by = through.length === 0 ? '' : ` through ${listed(through)}`
  return { text: `${a.name} and ${b.name} are joined${by} where ${listed(steps)}.`, table: null }
}

const sayKey = ({ table }: NamedTable, columns: readonly string[]): string =>
  columns.map((column) => `${table.name}.${column}`).join(', ')

const directKeys = (from: CatalogTable, to: CatalogTable): readonly string[] =>
  from.foreignKeys
    .filter(({ target }) => target.name === to.name && target.schema === to.schema && target.database === to.database)
    .map(
      ({ columns, targetColumns }) => `${from.name}.${listed(columns)} refers to ${to.name}.${listed(targetColumns)}`,
    )

function describePlace(name: string, catalog: Catalog, readCatalog: CatalogReader): CatalogAnswer | null {
  const words = wordsOf(name)
  const found = catalog.tables.flatMap((table) =>
    columnsCalled(table, words, catalog, readCatalog).map((column) => ({ table, column })),
  )
  if (words === '' || found.length === 0) return null
  const places = found.slice(0, 5).map(({ table, column }) => `column ${column.name} of ${table.name}`)
  const more = found.length > places.length ? ` and ${found.length - places.length} more` : ''
  return {
    text: `The ${name} is kept in ${listed(places, 'or')}${more}.`,
    table: {
      columns: ['TABLE', 'COLUMN', 'TYPE', 'COMMENT'].map(textColumn),
      rows: found
        .slice(0, mostTablesShown)
        .map(({ table, column }) => [table.name, column.name, column.type, column.comment]),
    },
  }
}

/** The columns whose name says the words; "shipping date" also finds SHIPDATE. */
function columnsCalled(
  table: CatalogTable,
  words: string,
  catalog: Catalog,
  readCatalog: CatalogReader,
): readonly CatalogColumn[] {
  const rooted = (text: string): string =>
    text
      .split(' ')
      .map((word) => word.replace(/(?:ping|ing|ed|er)$/, ''))
      .join(' ')
  const isSaid = (way: string): boolean => way === words || rooted(way) === rooted(words)
  if (catalog.tables.length > readCatalogsUpTo) return table.columns.filter(({ name }) => isSaid(wordsOf(name)))
  const named = readCatalog(catalog).named.tables.find((t) => t.table === table)
  return (named?.columns ?? [])
    .filter(
      ({ column, ways }) => isSaid(wordsOf(column.name)) || ways.some((way) => isSaid(way.map(singular).join(' '))),
    )
    .map(({ column }) => column)
}
