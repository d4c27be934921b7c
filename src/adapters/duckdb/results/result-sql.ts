import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import type { Column } from '../../../contract/result.ts'
import type { ResultFilter, RowsView } from '../../../contract/result-view.ts'
import { problem } from '../../../core/problem.ts'
import { decimalText, encodeRow, infinityText, instantText } from '../engine/encode-row.ts'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { integerTypes } from '../engine/snowflake-type.ts'
import { resultDatabase } from './result-database.ts'
/** The table that a result is kept in, in the order of the result; its columns are `c0`, `c1` and so on. */
export const resultTable = `${resultDatabase}.main.result`

/**
 * Columns that one statement computes with. The engine holds 2,048 values of every step of every expression, so that ten thousand columns in
 * one statement would take a gigabyte however few rows there are.
 */
export const columnsAtOnce = 256

/** A column of a kept result: as it was declared, and how DuckDB holds it. */
export interface KeptColumn {
  readonly declared: Column
  readonly type: DuckDBType
  /** SQL for its value. */
  readonly name: string
}

export const keptColumns = (columns: readonly Column[], types: readonly DuckDBType[]): readonly KeptColumn[] =>
  columns.map((declared, at) => ({ declared, type: types[at] ?? plainText, name: `c${at}` }))

/** Text that may hold anything, NUL characters included, which end a statement. */
export const literal = (text: string): string => text.split('\0').map(quoteText).join(' || chr(0) || ')

const plainText = { typeId: DuckDBTypeId.VARCHAR } as DuckDBType
/** A type whose values go into JSON as they are. */
const asItIs = { typeId: DuckDBTypeId.BOOLEAN } as DuckDBType

const isText = ({ type }: KeptColumn): boolean => type.typeId === DuckDBTypeId.VARCHAR
const isDouble = ({ typeId }: DuckDBType): boolean => typeId === DuckDBTypeId.DOUBLE || typeId === DuckDBTypeId.FLOAT
/** A number that no type of DuckDB holds exactly is kept as its text. */
const isLooseNumber = (column: KeptColumn): boolean => isText(column) && column.declared.kind === 'number'

/** The longest text of a number without a type that crossed the wire as a number: every double keeps so many digits. */
const bareLength = 15

/** SQL that encodes these columns of a row as the text of a JSON array of cells, as events hold them, followed by a comma. */
export function encodeKept(columns: readonly KeptColumn[]): string {
  const bare = (name: string): string =>
    `CASE WHEN strlen(${name}) <= ${bareLength} AND regexp_full_match(${name}, '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?') ` +
    `THEN ${name}::JSON ELSE to_json(${name}) END`
  return encodeRow(
    columns.map((column) => (isLooseNumber(column) ? bare(column.name) : column.name)),
    columns.map((column) => (isLooseNumber(column) ? asItIs : column.type)),
  )
}

/** SQL for the exact text of a value, as `exactCell` writes it: what filters and searches compare. */
export function exactText({ name, type, declared }: KeptColumn): string {
  if (isDouble(type))
    return `CASE WHEN isfinite(${name}) THEN regexp_replace(${name}::VARCHAR, '[.]0$', '') WHEN ${name} IS NOT NULL THEN ${infinityText(name)} END`
  if (type.typeId === DuckDBTypeId.BLOB) return `hex(${name})`
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return instantText(name)
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimalText(name, type)
  const isWhole = integerTypes.has(type.typeId) && (declared.scale ?? 0) > 0
  return isWhole ? `concat(${name}::VARCHAR, '.${'0'.repeat(declared.scale ?? 0)}')` : `${name}::VARCHAR`
}

/** ICU's order of text for people, numbers within it by their value: that of the page's `Intl.Collator`. */
const naturalKey = (text: string): string => `icu_sort_key(${text}, 'en@colNumeric=yes')`

const momentTypes = { date: 'DATE', time: 'TIME', timestamp: 'TIMESTAMPTZ' } as const

/** SQL for the moment that a text stands for; NULL where it is none. Snowflake may write a blank before an offset, where DuckDB takes none. */
const momentOf = (text: string, kind: keyof typeof momentTypes): string =>
  `TRY_CAST(${kind === 'timestamp' ? `replace(replace(replace(${text}, ' +', '+'), ' -', '-'), ' Z', 'Z')` : text} AS ${momentTypes[kind]})`

/** SQL for a number's or a moment's place on a line of doubles: moments are seconds. */
export function numberLine(column: KeptColumn): string {
  const { name, declared } = column
  const { kind } = declared
  if (kind !== 'date' && kind !== 'time' && kind !== 'timestamp') return `TRY_CAST(${name} AS DOUBLE)`
  return `epoch(${isText(column) ? momentOf(name, kind) : name})::DOUBLE`
}

/** SQL for what a column is ordered by, the most important first; all are NULL where the value is. */
function orderKeys(column: KeptColumn, value = column.name): readonly string[] {
  const { kind } = column.declared
  if (kind === 'text' && isText(column)) return [naturalKey(value)]
  if (!isText(column)) return [value]
  if (kind === 'number') return [`TRY_CAST(${value} AS DOUBLE)`, `TRY_CAST(${value} AS DECIMAL(38, 0))`]
  if (kind !== 'date' && kind !== 'time' && kind !== 'timestamp') return [value]
  const moment = momentOf(value, kind)
  // DuckDB's moments end at microseconds.
  const fraction = `rpad(regexp_extract(${value}, '[.]([0-9]+)', 1), 9, '0')`
  const unread = `CASE WHEN ${moment} IS NULL THEN ${value} END`
  return kind === 'date' ? [moment, unread] : [moment, fraction, unread]
}

/** SQL for one value that orders a column's values, NULL where the value is. */
export function orderKey(column: KeptColumn): string {
  const [first = column.name, ...rest] = orderKeys(column)
  return rest.length === 0 ? first : `CASE WHEN ${column.name} IS NOT NULL THEN row(${[first, ...rest].join(', ')}) END`
}

export const columnAt = (columns: readonly KeptColumn[], at: number): KeptColumn => {
  const found = columns[at]
  if (found !== undefined) return found
  throw problem('bad_request', `The result has no column at position ${at}.`, 'Read the columns of the result again.')
}

/** The condition that a row of the view fulfils; `true` for all rows. */
export function conditionOf(columns: readonly KeptColumn[], { filters, search }: RowsView): string {
  const parts = filters.map((filter) => `(${filterOf(columnAt(columns, filter.column), filter)})`)
  if (search !== '') parts.push(`(${columns.map((column) => contains(column, search)).join(' OR ')})`)
  return parts.length === 0 ? 'true' : parts.join(' AND ')
}

/** SQL telling whether the exact text of a value holds a text, without regard to case. */
export const contains = (column: KeptColumn, text: string): string =>
  `coalesce(contains(lower(${exactText(column)}), lower(${literal(text)})), false)`

function filterOf(column: KeptColumn, filter: ResultFilter): string {
  const { name } = column
  if (filter.kind === 'contains') return contains(column, filter.text)
  if (filter.kind === 'range') return rangeOf(column, filter)
  const given = filter.values.filter((value) => value !== null)
  const isNull = filter.values.includes(null) ? [`${name} IS NULL`] : []
  const isNumber = column.declared.kind === 'number' && !isText(column)
  const listed = isNumber
    ? `${name} IN (${given.map((value) => typedLiteral(column, value)).join(', ')})`
    : `${exactText(column)} IN (${given.map(literal).join(', ')})`
  const any = [...isNull, ...(given.length === 0 ? [] : [`coalesce(${listed}, false)`])].join(' OR ') || 'false'
  return filter.isExcluded ? `NOT (${any})` : any
}

function rangeOf(column: KeptColumn, { from, to }: Extract<ResultFilter, { readonly kind: 'range' }>): string {
  const [own = column.name, next] = orderKeys(column)
  const compare = (operator: '>' | '<', bound: string): string => {
    const [key = '', tie = ''] = orderKeys(column, isText(column) ? literal(bound) : typedLiteral(column, bound))
    if (next === undefined) return `${own} ${operator}= ${key}`
    // What is no moment or number follows all that are.
    return `CASE WHEN ${own} IS NULL THEN ${operator === '>'} WHEN ${own} = ${key} THEN coalesce(${next} ${operator}= ${tie}, true) ELSE ${own} ${operator} ${key} END`
  }
  const bounds = [from === null ? [] : [compare('>', from)], to === null ? [] : [compare('<', to)]].flat()
  return [`${column.name} IS NOT NULL`, ...bounds].join(' AND ')
}

/** A literal of the column's type; NULL where the text is none of its values. */
const typedLiteral = ({ type }: KeptColumn, text: string): string => `TRY_CAST(${literal(text)} AS ${type.toString()})`

/** The ORDER BY of a view: NULLs last whatever the direction, equal rows as the result has them. */
export function orderOf(columns: readonly KeptColumn[], { sort }: RowsView): string {
  const keys = sort.flatMap(({ column: at, direction }) => {
    const column = columnAt(columns, at)
    const how = direction === 'ascending' ? 'ASC NULLS LAST' : 'DESC NULLS FIRST'
    return [`${column.name} IS NULL`, ...orderKeys(column).map((key) => `${key} ${how}`)]
  })
  return [...keys, 'rowid'].join(', ')
}

/** Whether a view is the result as it is. */
export const isPlain = ({ sort, filters, search }: RowsView): boolean =>
  sort.length === 0 && filters.length === 0 && search === ''

/** The statement that reads these columns of a view in its order, under their names. */
export function selectView(
  columns: readonly KeptColumn[],
  { view, positions }: { readonly view: RowsView; readonly positions: readonly number[] | null },
): string {
  const chosen = (positions ?? columns.keys().toArray()).map((at) => columnAt(columns, at))
  const cells = chosen.map(({ name, declared }) => `${name} AS ${quoteName(declared.name.replaceAll('\0', '\uFFFD'))}`)
  const rows = `SELECT ${cells.join(', ')} FROM ${resultTable}`
  return isPlain(view) ? rows : `${rows} WHERE ${conditionOf(columns, view)} ORDER BY ${orderOf(columns, view)}`
}
