import { Big } from 'big.js'
import type { Cell, Column } from '../../contract/result.ts'
import { groupThousands, periodInWords } from '../../contract/words/cells.ts'
import { readColumnRoles, type ColumnRole } from '../chart/column-roles.ts'
import { columnWords } from '../chart/column-words.ts'

/** A result prepared for sentences: columns with roles, cells by position. */
export interface ResultView {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  /** True when `rows` are not all rows, so that an extreme is only that of the rows given. */
  readonly partial: boolean
}

/** Rows read at most, so that a large result does not block the event loop. */
const mostRead = 20_000

export function viewResult(result: Omit<ResultView, 'roles' | 'partial'>): ResultView {
  const { columns, rowCount, truncated } = result
  const rows = result.rows.slice(0, mostRead)
  return {
    columns,
    rows,
    rowCount,
    truncated,
    roles: readColumnRoles(columns, rows),
    partial: truncated || rows.length < rowCount,
  }
}

export const cellAt = (view: ResultView, row: number, column: number): Cell => view.rows[row]?.[column] ?? null

/** The cell as a sentence shows it. */
export function textAt(view: ResultView, row: number, position: number): string {
  const column = view.columns[position]
  return column === undefined ? 'NULL' : cellText(cellAt(view, row, position), column, view.roles[position] ?? 'other')
}

/** The column in words, or "value" when its name is meaningless. */
export const wordsAt = (view: ResultView, position: number): string =>
  columnWords(view.columns[position]?.name ?? '') ?? 'value'

/** Positions of the measures that hold at least one number. */
export const measuresOf = (view: ResultView): readonly number[] =>
  view.roles.flatMap((role, position) =>
    role === 'measure' && view.rows.some((row) => readDecimal(row[position] ?? null) !== null) ? [position] : [],
  )

/** The exact number of a row. */
export interface Point {
  readonly row: number
  readonly value: Big
}

/** The rows in which a measure holds a number, in row order. */
export const pointsOf = (view: ResultView, position: number): readonly Point[] =>
  view.rows.flatMap((row, at) => {
    const value = readDecimal(row[position] ?? null)
    return value === null ? [] : [{ row: at, value }]
  })

/** A greatest or least value: the first row with it, and the number of rows that share it. */
export interface Extreme {
  readonly point: Point
  readonly ties: number
}

/** Finds the greatest (`sign` 1) or least (-1) value. */
export function extreme(points: readonly Point[], sign: 1 | -1): Extreme | null {
  const [first, ...rest] = points
  if (first === undefined) return null
  let [point, ties] = [first, 1]
  for (const next of rest) {
    const order = next.value.cmp(point.value) * sign
    if (order > 0) [point, ties] = [next, 1]
    else if (order === 0) ties += 1
  }
  return { point, ties }
}

/** Beyond this exponent a number is not written out in full; the range of a double lies within. */
const widestExponent = 400
const decimalPattern = /^[+-]?(?=\.?\d)\d*\.?\d*(?:[eE]([+-]?\d{1,4}))?$/

/** Reads a cell as an exact number; null for NULL, NaN, infinities and any text that is not a number. */
export function readDecimal(cell: Cell): Big | null {
  if (typeof cell !== 'string' && typeof cell !== 'number') return null
  const text = String(cell)
  const parts = text.length > 500 ? null : decimalPattern.exec(text)
  if (parts === null || Math.abs(Number(parts[1] ?? 0)) > widestExponent) return null
  return new Big(text.replace(/^\+/, ''))
}

/**
 * Every digit of a number, thousands grouped by commas. `scale` is the column's: two decimals or fewer are padded to it (money reads
 * `1,200.50`); beyond two, trailing zeros are left out. Never rounds.
 */
export function decimalText(value: Big, scale: number | null): string {
  const [whole = '', digits = ''] = value.abs().toFixed().split('.')
  const fraction = digits.padEnd(scale === null ? 0 : Math.min(scale, 2), '0')
  return `${value.lt(0) ? '-' : ''}${groupThousands(whole)}${fraction === '' ? '' : `.${fraction}`}`
}

const longestText = 80

/** A cell in a sentence: every digit of a measure with thousands grouped, NULL by name, long text cut. */
function cellText(cell: Cell, column: Column, role: ColumnRole): string {
  if (cell === null) return 'NULL'
  if (typeof cell === 'boolean') return cell ? 'true' : 'false'
  if (column.kind === 'number') return numberText(cell, column, role)
  const text = String(cell)
  if (column.kind === 'timestamp' || column.kind === 'date')
    return periodInWords(text, column.name) ?? text.replace(/[T ]00:00:00(?:\.0+)?$/, '')
  return text === '' ? '""' : plainText(text)
}

function numberText(cell: string | number, column: Column, role: ColumnRole): string {
  const value = role === 'measure' ? readDecimal(cell) : null
  // Years and identifiers are names, so their digits are not grouped; NaN and the infinities have none.
  return value === null ? plainText(String(cell)) : decimalText(value, column.scale)
}

/** One line, without characters that would reorder or break the sentence around it. */
function plainText(text: string): string {
  const line = text
    .slice(0, longestText * 4)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
  if (line.length <= longestText) return line
  // Does not leave half of a surrogate pair.
  const cut = line.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')
  return `${cut}…`
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** A count as a word up to ten, then as digits: "five", "1,204". */
export const wordOf = (count: number): string => small[count] ?? count.toLocaleString('en-US')
