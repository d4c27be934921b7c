import type { Cell, Column } from '../../../contract/result.ts'
import type { Row } from '../../turns/turn-view.ts'

export interface SortOrder {
  readonly column: number
  readonly direction: 'ascending' | 'descending'
}

/** The next order after a click on a column's head: ascending, descending, as it came. */
export function nextOrder(order: SortOrder | null, column: number): SortOrder | null {
  if (order?.column !== column) return { column, direction: 'ascending' }
  return order.direction === 'ascending' ? { column, direction: 'descending' } : null
}

/** Positions of the rows in the wanted order. Equal rows keep the order they came in; NULLs are last. */
export function sortRows(rows: readonly Row[], columns: readonly Column[], order: SortOrder | null): Uint32Array {
  const positions = Uint32Array.from(rows, (_row, index) => index)
  const column = order === null ? undefined : columns[order.column]
  if (order === null || column === undefined) return positions
  const compare = compareCellsOf(column)
  const sign = order.direction === 'ascending' ? 1 : -1
  const cells = rows.map((row) => row[order.column] ?? null)
  return positions.sort((i, j) => {
    const [a, b] = [cells[i] ?? null, cells[j] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null) || i - j
    return sign * compare(a, b) || i - j
  })
}

/** Orders two cells of one column, smallest first. NULL comes last either way round, so it is not ordered here. */
type CompareCells = (a: Cell, b: Cell) => number

/** The order that suits a column: numbers by every digit, text as a person sorts it, the rest as it is written. */
function compareCellsOf(column: Column): CompareCells {
  if (column.kind === 'number') return compareNumbers
  if (column.kind === 'boolean') return (a, b) => Number(a) - Number(b)
  if (column.kind === 'text') {
    const { compare } = new Intl.Collator(undefined, { sensitivity: 'variant' })
    return (a, b) => compare(String(a), String(b))
  }
  return (a, b) => compareText(String(a), String(b))
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Doubles decide where they differ; where they do not, the digits themselves do. NaN is larger than everything, as in Snowflake. */
function compareNumbers(a: Cell, b: Cell): number {
  const [x, y] = [Number(a), Number(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
  if (x !== y) return x < y ? -1 : 1
  return typeof a === 'string' && typeof b === 'string' && a !== b ? compareDigits(a, b) : 0
}

const plain = /^(-?)(\d+)(?:\.(\d*))?$/

function compareDigits(a: string, b: string): number {
  const [left, right] = [plain.exec(a), plain.exec(b)]
  if (left === null || right === null) return 0
  const digits = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0)
  const scaled = (match: RegExpExecArray) =>
    BigInt(`${match[1] ?? ''}${match[2] ?? '0'}${(match[3] ?? '').padEnd(digits, '0')}`)
  const [x, y] = [scaled(left), scaled(right)]
  return x < y ? -1 : x > y ? 1 : 0
}
