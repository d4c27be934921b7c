import type { Column } from '../../contract/result.ts'
import { isNamedSum, unitOf } from '../../contract/words/columns.ts'
import type { QueryOutline } from '../explain/query-outline.ts'

/**
 * Whether the values of a measure may be added up. The syntax tree decides where it is known: a sum or a count of rows adds up, an average,
 * an extreme or a count of different values does not. Else, and for plain columns, the name has to say so.
 */
export function addsUp(column: Column | undefined, position: number, outline: QueryOutline | null): boolean {
  const isNamedSo = isNamedSum(column?.name ?? '')
  if (outline === null) return isNamedSo
  const gives = outline.outputs?.[position]?.gives ?? 'other'
  if (outline.hasTotals || gives === 'other' || gives === 'distinct') return false
  return gives !== 'plain' || isNamedSo
}

/** Whether percentages are the parts of one whole: none negative, about 100 together. */
export function arePartsOfWhole(column: Column | undefined, cells: readonly unknown[]): boolean {
  if (column === undefined || unitOf(column, cells) !== '%') return false
  const values = cells.map((cell) => Number(cell ?? 0))
  const sum = values.reduce((total, value) => total + value, 0)
  return values.every((value) => value >= 0) && Math.abs(sum - 100) < 0.5
}
