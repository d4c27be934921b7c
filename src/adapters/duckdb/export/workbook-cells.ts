import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { infinityText } from '../engine/encode-row.ts'
import { quoteText } from '../engine/sql-quoting.ts'
import { integerTypes } from '../engine/snowflake-type.ts'
import type { ValidatedQuery } from '../engine/validated-queries.ts'
import { runsAsFormula, textCell } from './text-file.ts'

// The form of the cells: ECMA-376 part 1, SpreadsheetML. The limits: "Excel specifications and limits", support.microsoft.com.
export const maxTextLength = 32_767
/** The most digits that Excel keeps of a number. */
export const keptDigits = 15

/** Positions of the formats in the workbook's styles; those of decimals follow, one for each number of digits. */
export const styles = { plain: 0, head: 1, day: 2, moment: 3, exactMoment: 4, time: 5, text: 6, decimals: 7 } as const
export const mostDecimals = 30

/** The query inside one that writes each row as XML. Columns are named by position, for names may repeat or be anything. */
export function rowsQuery({ sql, columns }: ValidatedQuery, rowsInSheet: number): string {
  const names = columns.map((_, index) => `c${index}`)
  const cells = columns.map(({ type }, index) => cellXml(columnLetters(index), `c${index}`, type))
  // The first row of a sheet holds the names.
  const rows = `SELECT *, (row_number() OVER () - 1) % ${rowsInSheet} + 2 AS r FROM (\n${sql}\n) AS q(${names.join(', ')})`
  return `SELECT concat('<row r="', r, '">', ${cells.join(', ')}, '</row>') FROM (${rows})`
}

/** How spreadsheets name the column at a position: A to Z, then AA. */
export const columnLetters = (index: number): string =>
  (index < 26 ? '' : columnLetters(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26))

/** SQL for the cell of a value; nothing for NULL. */
function cellXml(letters: string, column: string, type: DuckDBType): string {
  const cell: CellXml = {
    number: (value, style) => `concat('<c r="${letters}', r, '" s="${style}"><v>', ${value}, '</v></c>')`,
    text: (value) => textXml(letters, value),
  }
  const text = cell.text(`${textCell(column, type)}::VARCHAR`)
  const orText = (fits: string, xml: string): string => `CASE WHEN ${fits} THEN ${xml} ELSE ${text} END`
  if (type.typeId === DuckDBTypeId.BOOLEAN)
    return ifGiven(column, `concat('<c r="${letters}', r, '" t="b"><v>', ${column}::INT, '</v></c>')`)
  if (type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT) {
    const number = cell.number(`${column}::VARCHAR`, styles.plain)
    return ifGiven(column, `CASE WHEN isfinite(${column}) THEN ${number} ELSE ${cell.text(infinityText(column))} END`)
  }
  const fits = exactNumber(column, type)
  const number = cell.number(column, styles.decimals + Math.min(mostDecimals, scaleOf(type)))
  if (fits !== null) return ifGiven(column, fits === '' ? number : orText(fits, number))
  const moment = momentOf(column, type, cell)
  return ifGiven(column, moment === null ? text : orText(moment.fits, moment.xml))
}

const ifGiven = (column: string, xml: string): string => `CASE WHEN ${column} IS NOT NULL THEN ${xml} END`

/** SQL for the two forms of one cell. */
interface CellXml {
  readonly number: (value: string, style: number) => string
  readonly text: (value: string) => string
}

const scaleOf = (type: DuckDBType): number => (type.typeId === DuckDBTypeId.DECIMAL ? type.scale : 0)

/** SQL telling whether a number has no more digits than are kept; empty where it never has, null where the type is no such number. */
function exactNumber(column: string, type: DuckDBType): string | null {
  const isDecimal = type.typeId === DuckDBTypeId.DECIMAL
  if (isDecimal && type.width <= keptDigits) return ''
  if (!isDecimal && !integerTypes.has(type.typeId)) return null
  // Zeros in front and behind are no digits that could be lost.
  return `length(trim(replace(ltrim(${column}::VARCHAR, '-'), '.', ''), '0')) <= ${keptDigits}`
}

interface MomentXml {
  /** SQL telling whether a spreadsheet can hold the value exactly. */
  readonly fits: string
  readonly xml: string
}

/** Spreadsheets count days from here; before March 1900 they count one that never was. */
const dayZero = "DATE '1899-12-30'"
const firstDay = '1900-03-01'
const lastDay = '9999-12-31'
const dayMicroseconds = 86_400_000_000

/** Types of moments without a zone. */
const moments: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
])

/** Days, times and moments without a zone are numbers to a spreadsheet, exact to the millisecond; null for any other type. */
function momentOf(column: string, { typeId }: DuckDBType, { number }: CellXml): MomentXml | null {
  const microseconds = `epoch_us(${column})`
  if (typeId === DuckDBTypeId.DATE)
    return {
      fits: `${column} BETWEEN DATE '${firstDay}' AND DATE '${lastDay}'`,
      xml: number(`date_diff('day', ${dayZero}, ${column})`, styles.day),
    }
  if (typeId === DuckDBTypeId.TIME)
    return {
      // The end of a day would be shown as its beginning.
      fits: `${microseconds} % 1000 = 0 AND ${microseconds} < ${dayMicroseconds}`,
      xml: number(`${microseconds} / ${dayMicroseconds}::DOUBLE`, styles.time),
    }
  if (!moments.has(typeId)) return null
  const serial = `(${microseconds} - epoch_us(${dayZero}::TIMESTAMP)) / ${dayMicroseconds}::DOUBLE`
  const rest = typeId === DuckDBTypeId.TIMESTAMP_NS ? `epoch_ns(${column}) % 1000000` : `${microseconds} % 1000`
  return {
    // Nanoseconds reach only to the year 2262, so that the last day is none of theirs.
    fits: `${column}::TIMESTAMP BETWEEN TIMESTAMP '${firstDay}' AND TIMESTAMP '${lastDay} 23:59:59.999' AND ${rest} = 0`,
    xml: `CASE WHEN ${microseconds} % 1000000 = 0 THEN ${number(serial, styles.moment)} ELSE ${number(serial, styles.exactMoment)} END`,
  }
}

/** Characters that XML cannot hold, and carriage returns, which it would change: written as `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
const unwritable = [
  ...Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9 && code !== 10),
  0xfffe,
  0xffff,
]
const needsEscapes = String.raw`[\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_`

/** SQL for a cell of text; what would run as a formula once somebody edits it is marked as text. */
function textXml(letters: string, given: string): string {
  const text = `(${given})`
  const cut = shortened(text)
  const inXml = `replace(replace(replace(${cut}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`
  const escaped = unwritable.reduce(
    (sql, code) => `replace(${sql}, chr(${code}), '_x${code.toString(16).toUpperCase().padStart(4, '0')}_')`,
    `regexp_replace(${inXml}, '_(x[0-9A-Fa-f]{4}_)', '_x005F_\\1', 'g')`,
  )
  const style = `CASE WHEN ${runsAsFormula(text)} THEN ' s="${styles.text}"' ELSE '' END`
  const body = `CASE WHEN regexp_matches(${text}, ${quoteText(needsEscapes)}) THEN ${escaped} ELSE ${inXml} END`
  return `concat('<c r="${letters}', r, '" t="inlineStr"', ${style}, '><is><t xml:space="preserve">', ${body}, '</t></is></c>')`
}

/** SQL for a text that fits a cell. Lengths count UTF-16 units, of which characters beyond U+FFFF take two. */
function shortened(text: string): string {
  const beyond = String.raw`[\x{10000}-\x{10FFFF}]`
  const units = `length(${text}) + length(regexp_replace(${text}, '[^\\x{10000}-\\x{10FFFF}]', '', 'g'))`
  const room = maxTextLength - 60
  const kept = `left(${text}, CASE WHEN regexp_matches(${text}, '${beyond}') THEN ${Math.floor(room / 2)} ELSE ${room} END)`
  const marked = `concat(${kept}, '… (cut: ', length(${text}), ' characters)')`
  return `CASE WHEN strlen(${text}) <= ${maxTextLength} THEN ${text} WHEN ${units} <= ${maxTextLength} THEN ${text} ELSE ${marked} END`
}
