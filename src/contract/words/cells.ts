import type { Cell, Column } from '../result.ts'

/** A value as text for other programs: every digit, fixed-point numbers with all their decimals; null for NULL. */
export function exactCell(cell: Cell, column: Column | undefined): string | null {
  if (cell === null) return null
  if (typeof cell === 'number' && column?.kind === 'number' && column.scale !== null && column.scale <= 100)
    return Math.abs(cell) < 1e21 ? cell.toFixed(column.scale) : String(cell)
  return String(cell)
}

/**
 * A value as a table or a chart shows it to a person: every digit, thousands grouped by commas, NULL and empty text by name. Numbers,
 * dates and signs are written as in the sentence over the result, so that one value never reads in two ways on one screen.
 */
export function shownCell(cell: Cell, column: Column): string {
  if (cell === null) return 'NULL'
  if (cell === '') return '""'
  if (column.kind === 'number') return shownNumber(String(cell), column)
  const isMoment = column.kind === 'date' || column.kind === 'timestamp'
  return (isMoment ? periodInWords(String(cell), column.name) : null) ?? String(cell)
}

/** Works on the digits as text, because a double would change the last of them. */
function shownNumber(text: string, column: Column): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', integer = '', sent = ''] = match
  const fraction = sent.padEnd(column.scale ?? 0, '0')
  return `${sign}${isNaming(column) ? integer : groupThousands(integer)}${fraction === '' ? '' : `.${fraction}`}`
}

/** Whole digits with a comma between thousands. */
export const groupThousands = (digits: string): string => digits.replaceAll(/\B(?=(\d{3})+$)/g, ',')

const namingColumn = /(^|_)(id|key|code|zip|year|yr|nr|no|num)$|(key|year)$/i

/** True for a number column that names things instead of measuring them: 1996 is a year, not 1,996. */
export const isNaming = (column: Column): boolean =>
  column.kind === 'number' && (column.scale ?? 0) === 0 && namingColumn.test(column.name)

const months = 'January February March April May June July August September October November December'.split(' ')

/**
 * The month, quarter or year that a moment stands for in a column named after one, where the moment is its first day; else null.
 * A time of midnight counts as no time.
 */
export function periodInWords(moment: string, columnName: string): string | null {
  const [, year = '', month = ''] = /^(\d{4})-(\d\d)-01(?:[T ]00:00:00(?:\.0+)?)?$/.exec(moment) ?? []
  const [, period = ''] = /(?:^|_)(month|quarter|year)$/i.exec(columnName) ?? []
  const number = Number(month)
  if (year === '' || period === '') return null
  if (period.toLowerCase() === 'month') return `${months[number - 1] ?? month} ${year}`
  if (period.toLowerCase() === 'quarter') return number % 3 === 1 ? `Q${(number + 2) / 3} ${year}` : null
  return number === 1 ? year : null
}
