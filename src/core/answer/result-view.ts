import { Big } from 'big.js'
import type { Cell, Column } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import { isUnique } from '../chart/chart-facts.ts'
import { readColumnRoles, type ColumnRole } from '../chart/column-roles.ts'
import type { Calendar } from '../chart/unfinished-periods.ts'
import type { QueryOutline } from '../explain/query-outline.ts'

/** A result prepared for sentences: columns with roles, cells by position. */
export interface ResultView {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  /** True when `rows` are not all rows of the result, so that nothing may be said of all of them. */
  readonly partial: boolean
  /** True when the query's own LIMIT left rows out, or may have. */
  readonly chosen: boolean
  /** The measures that hold at least one number. */
  readonly measures: readonly number[]
  /** The columns that name the rows, the most telling first. */
  readonly labels: readonly number[]
  readonly outline: QueryOutline | null
  readonly calendar: Calendar
}

type Given = Pick<ResultView, 'columns' | 'rows' | 'rowCount' | 'truncated' | 'outline' | 'calendar'>

/** Rows read at most, so that a large result does not block the event loop. */
const mostRead = 20_000

export function viewResult({ columns, rows: given, rowCount, truncated, outline, calendar }: Given): ResultView {
  const rows = given.slice(0, mostRead)
  const roles = readColumnRoles(columns, rows, outline)
  const measures = positionsOf(roles, 'measure').filter((position) =>
    rows.some((row) => readDecimal(row[position] ?? null) !== null),
  )
  return {
    columns,
    rows,
    rowCount,
    truncated,
    roles,
    partial: truncated || rows.length < rowCount,
    chosen: outline !== null && ((outline.limit !== null && rowCount >= outline.limit) || outline.skips),
    measures,
    labels: labelsOf(columns, roles, { rows, outline }),
    outline,
    calendar,
  }
}

const positionsOf = (roles: readonly ColumnRole[], ...wanted: readonly ColumnRole[]): readonly number[] =>
  roles.flatMap((role, position) => (wanted.includes(role) ? [position] : []))

const extremeWords =
  /^(?:max|min|first|last|latest|earliest|newest|oldest|highest|lowest|most_recent)(?:[_( ]|(?=[A-Z]))/i

/** Names before moments; keys only where the rows could not be told apart without them. */
function labelsOf(
  columns: readonly Column[],
  roles: readonly ColumnRole[],
  { rows, outline }: Pick<ResultView, 'rows' | 'outline'>,
): readonly number[] {
  const isName = (position: number): boolean => /name|title/i.test(columns[position]?.name ?? '')
  const names = positionsOf(roles, 'category', 'period').toSorted((a, b) => Number(isName(b)) - Number(isName(a)))
  // The latest date of a group is a value of it and does not name it.
  const times = positionsOf(roles, 'time').filter((position) => {
    const gives = outline?.outputs?.[position]?.gives ?? null
    return gives === null ? !extremeWords.test(columns[position]?.name ?? '') : gives === 'plain'
  })
  const named = [...names, ...times]
  const keys = positionsOf(roles, 'identifier')
  // Of rows as they are stored a key says which they are, where no name does.
  const isStored = outline !== null && !outline.isGrouped && outline.outputs?.every(({ gives }) => gives === 'plain')
  const key = keys.find((position) => isUnique({ rows }, [position]))
  if (isStored === true && key !== undefined && !names.some((name) => isName(name) && isUnique({ rows }, [name])))
    return [key, ...named]
  const needsKey = named.length === 0 || (rows.length > 1 && !isUnique({ rows }, named))
  return needsKey ? [...named, ...keys] : named
}

export const cellAt = (view: ResultView, row: number, column: number): Cell => view.rows[row]?.[column] ?? null

/** The column in words, or "value" when its name is meaningless. */
export function wordsAt({ columns, outline }: ResultView, position: number): string {
  const words = outline?.outputs?.[position]?.words ?? columnWords(columns[position]?.name ?? '') ?? 'value'
  // A count that is called after what it counts.
  const gives = outline?.outputs?.[position]?.gives
  const isBareCount = (gives === 'count' || gives === 'distinct') && /^\w+s$/.test(words) && words !== 'rows'
  return isBareCount ? `number of ${words}` : words
}

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

/** The points with the greatest (`sign` 1) or least (-1) value, in row order; empty when there are none. */
export function extremes(points: readonly Point[], sign: 1 | -1): readonly Point[] {
  let found: Point[] = []
  for (const point of points) {
    const order = found[0] === undefined ? 1 : point.value.cmp(found[0].value) * sign
    if (order > 0) found = [point]
    else if (order === 0) found.push(point)
  }
  return found
}

/** Which way a measure is sorted from row to row: `falls` or `rises` at least once and never the other way; rows without a number are skipped. */
export function directionOf({ rows }: ResultView, position: number): 'falls' | 'rises' | null {
  let [found, before]: [-1 | 0 | 1, Big | null] = [0, null]
  for (const row of rows) {
    const value = readDecimal(row[position] ?? null)
    if (value === null) continue
    const step = before === null ? 0 : value.cmp(before)
    before = value
    if (step === 0) continue
    if (found === -step) return null
    found = step
  }
  return found === 0 ? null : found < 0 ? 'falls' : 'rises'
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
