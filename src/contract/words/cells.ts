import type { Cell, Column } from '../result.ts'
import { isNaming, periodUnitOf } from './columns.ts'
import type { Formats } from './formats.ts'

/** A value as text for other programs: every digit, fixed-point numbers with all their decimals; null for NULL. */
export function exactCell(cell: Cell, column: Column | undefined): string | null {
  if (cell === null) return null
  if (typeof cell === 'number' && column?.kind === 'number' && column.scale !== null && column.scale <= 100)
    return Math.abs(cell) < 1e21 ? cell.toFixed(column.scale) : String(cell)
  return String(cell)
}

/**
 * A value as a table or a chart shows it to a person: every digit, thousands grouped, NULL and empty text by name. Numbers and dates are
 * written by the same formats as in the sentence over the result, so that one value never reads in two ways on one screen.
 */
export function shownCell(cell: Cell, column: Column, formats: Formats, unit: string | null = null): string {
  if (cell === null) return 'NULL'
  if (cell === '') return '""'
  if (column.kind === 'number') return shownNumber(String(cell), column, formats, unit)
  if (column.kind !== 'date' && column.kind !== 'timestamp') return String(cell)
  return periodCell(String(cell), column, formats) ?? formats.moment(String(cell))
}

/** Works on the digits as text, because a double would change the last of them. */
function shownNumber(text: string, column: Column, formats: Formats, unit: string | null): string {
  const sent = /^-?\d+(?:\.(\d+))?$/.exec(text)
  if (sent === null) return text
  const digits = Math.max(sent[1]?.length ?? 0, column.scale ?? 0)
  return formats.number(text, { digits: [digits, digits], grouped: !isNaming(column), unit })
}

/**
 * The month, quarter or year that a moment stands for in a column named after one, where the moment is its first day; else null. A time of
 * midnight counts as no time.
 */
function periodCell(moment: string, column: Column, formats: Formats): string | null {
  const unit = periodUnitOf(column.name)
  return unit === null || unit === 'week' || unit === 'day' ? null : formats.period(moment, unit)
}

/** The exact sum of decimals; of numbers that are none, such as infinities, the sum as doubles. Only NULLs add up to NULL. */
export function sumOfCells(cells: readonly Cell[]): Cell {
  const texts = cells.filter((cell) => cell !== null).map(String)
  if (texts.length === 0) return null
  const parts = texts.map((text) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(text))
  if (parts.includes(null)) return texts.reduce((sum, text) => sum + Number(text), 0)
  const digits = parts.reduce((most, part) => Math.max(most, part?.[3]?.length ?? 0), 0)
  const sum = parts.reduce((total, part) => {
    const units = BigInt(`${part?.[2] ?? '0'}${(part?.[3] ?? '').padEnd(digits, '0')}`)
    return part?.[1] === '-' ? total - units : total + units
  }, 0n)
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${sum < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(text.length - digits)}`}`
}
