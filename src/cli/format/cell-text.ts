import type { Cell, Column } from '../../contract/result.ts'

/** A value as text with every digit, fixed-point numbers with all their decimals; null for NULL. */
export function cellText(cell: Cell, column: Column | undefined): string | null {
  if (cell === null) return null
  if (typeof cell === 'number' && column?.kind === 'number' && column.scale !== null && column.scale <= 100)
    return Math.abs(cell) < 1e21 ? cell.toFixed(column.scale) : String(cell)
  return String(cell)
}
