import type { Cell, Column } from '../../contract/result.ts'
import type { ColumnSummary, ResultFilter, RowsView } from '../../contract/result-view.ts'
import { exactCell } from '../../contract/words/cells.ts'
import type { Row } from '../turns/turn-view.ts'
import { compareCellsOf } from './cell-order.ts'

/** What the engine promises, said row by row. */
export interface NaiveRows {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

const holds = (cell: Cell, column: Column | undefined, text: string): boolean =>
  exactCell(cell, column)?.toLowerCase().includes(text.toLowerCase()) ?? false

function passes(row: Row, columns: readonly Column[], filter: ResultFilter): boolean {
  const cell = row[filter.column] ?? null
  const column = columns[filter.column]
  if (column === undefined) return true
  if (filter.kind === 'contains') return holds(cell, column, filter.text)
  if (filter.kind === 'values') return filter.values.includes(exactCell(cell, column)) !== filter.isExcluded
  if (cell === null) return false
  const compare = compareCellsOf(column)
  return (
    (filter.from === null || compare(cell, filter.from) >= 0) && (filter.to === null || compare(cell, filter.to) <= 0)
  )
}

export function viewNaively({ columns, rows }: NaiveRows, { sort, filters, search }: RowsView): readonly Row[] {
  return rows
    .filter((row) => filters.every((filter) => passes(row, columns, filter)))
    .filter((row) => search === '' || columns.some((column, at) => holds(row[at] ?? null, column, search)))
    .toSorted((a, b) => {
      for (const { column, direction } of sort) {
        const [x, y] = [a[column] ?? null, b[column] ?? null]
        const declared = columns[column]
        if (declared === undefined) continue
        if (x === null || y === null) {
          if (x !== y) return x === null ? 1 : -1
          continue
        }
        const order = compareCellsOf(declared)(x, y)
        if (order !== 0) return direction === 'ascending' ? order : -order
      }
      return 0
    })
}

/** The parts of a summary that do not depend on how values are put into bars. */
export function summarizeNaively(
  { columns }: NaiveRows,
  rows: readonly Row[],
  at: number,
): Pick<ColumnSummary, 'rows' | 'nulls' | 'distinct' | 'values'> {
  const column = columns[at]
  const cells = rows.map((row) => row[at] ?? null).filter((cell) => cell !== null)
  const counts = new Map<string | null, { readonly value: Cell; count: number }>()
  for (const value of column === undefined ? cells : cells.toSorted(compareCellsOf(column))) {
    const text = exactCell(value, column)
    const known = counts.get(text)
    if (known === undefined) counts.set(text, { value, count: 1 })
    else known.count += 1
  }
  return {
    rows: rows.length,
    nulls: rows.length - cells.length,
    distinct: counts.size,
    values: [...counts.values()].toSorted((a, b) => b.count - a.count),
  }
}
