import type { Column } from '../../contract/result.ts'
import { compareCellsOf } from './compare-cells.ts'
import type { Row } from './turn-view.ts'

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
