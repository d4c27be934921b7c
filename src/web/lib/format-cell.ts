import type { Cell, Column } from '../../contract/result.ts'

/** Turns cells into the words shown for them, in one person's language. */
export interface CellFormat {
  /** The text for a cell. Every digit the warehouse sent is there. */
  text(cell: Cell, column: Column): string
  /** The exact value as it came, for copying and tooltips. */
  exact(cell: Cell): string
}

const numberText = /^(-?)(\d+)(?:\.(\d+))?$/
const dateText = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](.+))?$/
/** Numbers that name something rather than count it are not grouped: 1996 is a year, not 1,996. */
const namingColumn = /(^|_)(id|key|code|zip|year|yr|nr|no|num)$|(key|year)$/i

export function makeCellFormat(locale?: string): CellFormat {
  const whole = new Intl.NumberFormat(locale)
  const point = whole.formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.'
  const day = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: '2-digit', timeZone: 'UTC' })

  /** Works on the digits as text, because a double would change the last of them. */
  const number = (text: string, column: Column): string => {
    const match = numberText.exec(text)
    if (match === null) return text
    const [, sign = '', integer = '', sent = ''] = match
    const fraction = sent.padEnd(column.scale ?? 0, '0')
    const grouped = isNaming(column) ? integer : whole.format(BigInt(integer))
    return `${sign === '-' ? '−' : ''}${grouped}${fraction === '' ? '' : point + fraction}`
  }

  const moment = (text: string): string => {
    const match = dateText.exec(text)
    if (match === null) return text
    const [, year, month, date, time] = match
    const shown = day.format(Date.UTC(Number(year), Number(month) - 1, Number(date)))
    return time === undefined ? shown : `${shown}, ${time}`
  }

  return {
    text: (cell, column) => {
      if (cell === null) return 'NULL'
      if (cell === '') return '""'
      if (column.kind === 'number') return number(String(cell), column)
      if (column.kind === 'date' || column.kind === 'timestamp') return moment(String(cell))
      return String(cell)
    },
    exact: (cell) => (cell === null ? 'NULL' : String(cell)),
  }
}

/** Whether a number column names things (a key, a year) instead of measuring them. */
export const isNaming = (column: Column): boolean =>
  column.kind === 'number' && (column.scale ?? 0) === 0 && namingColumn.test(column.name)
