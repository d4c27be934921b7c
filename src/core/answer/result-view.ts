import type { Cell, Column } from '../../contract/result.ts'
import { readColumnRoles, type ColumnRole } from '../chart/column-roles.ts'
import { cellText } from './cell-text.ts'
import { columnWords } from '../chart/column-words.ts'
import { compareDecimals, readDecimal, type ExactDecimal } from './exact-decimal.ts'

/** A result as sentences need it: cells read by position, columns by role and in words. */
export interface ResultView {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  /** True when the rows at hand are not all rows there are: a highest value is then only the highest of these. */
  readonly partial: boolean
}

/** Sentences are made from this many rows at most, so that a large result does not hold up everyone else. */
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

/** The cell as the sentence shows it. */
export function textAt(view: ResultView, row: number, position: number): string {
  const column = view.columns[position]
  return column === undefined ? 'NULL' : cellText(cellAt(view, row, position), column, view.roles[position] ?? 'other')
}

/** The column in words, or "value" where its name says nothing. */
export const wordsAt = (view: ResultView, position: number): string =>
  columnWords(view.columns[position]?.name ?? '') ?? 'value'

/** Positions of the measures that hold at least one number. */
export const measuresOf = (view: ResultView): readonly number[] =>
  view.roles.flatMap((role, position) =>
    role === 'measure' && view.rows.some((row) => readDecimal(row[position] ?? null) !== null) ? [position] : [],
  )

/** A row's number, exactly. */
export interface Point {
  readonly row: number
  readonly value: ExactDecimal
}

/** The rows where a measure holds a number, in the order of the rows. */
export const pointsOf = (view: ResultView, position: number): readonly Point[] =>
  view.rows.flatMap((row, at) => {
    const value = readDecimal(row[position] ?? null)
    return value === null ? [] : [{ row: at, value }]
  })

/** A greatest or least value: the first row that has it, and how many do. */
export interface Extreme {
  readonly point: Point
  readonly ties: number
}

/** The first of the greatest (`sign` 1) or least (-1) values, and how many share it. */
export function extreme(points: readonly Point[], sign: 1 | -1): Extreme | null {
  const [first, ...rest] = points
  if (first === undefined) return null
  let [point, ties] = [first, 1]
  for (const next of rest) {
    const order = compareDecimals(next.value, point.value) * sign
    if (order > 0) [point, ties] = [next, 1]
    else if (order === 0) ties += 1
  }
  return { point, ties }
}
