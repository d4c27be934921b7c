import type { Cell } from '../../../contract/result.ts'

const dayMs = 86_400_000

/** Moments along an axis, and how their labels read. */
export interface DateAxis {
  /** Milliseconds in UTC. */
  readonly moments: readonly number[]
  readonly label: (ms: number) => string
}

/** The axis for dates or timestamps without a zone; null when any of them cannot be placed. */
export function dateAxis(cells: readonly Cell[], locale?: string): DateAxis | null {
  const moments = cells.map(momentOf)
  if (moments.length === 0 || moments.some((ms) => Number.isNaN(ms))) return null
  const format = new Intl.DateTimeFormat(locale, { ...grainOf(moments), timeZone: 'UTC' })
  return { moments, label: (ms) => format.format(ms) }
}

const momentOf = (cell: Cell): number => {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?))?/.exec(String(cell))
  return match === null ? Number.NaN : Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}Z`)
}

/** Labels as fine as the moments need. */
function grainOf(moments: readonly number[]): Intl.DateTimeFormatOptions {
  const dates = moments.map((ms) => new Date(ms))
  const midnight = dates.every((date) => date.getTime() % dayMs === 0)
  const monthStart = midnight && dates.every((date) => date.getUTCDate() === 1)
  if (monthStart && dates.every((date) => date.getUTCMonth() === 0)) return { year: 'numeric' }
  if (monthStart) return { year: 'numeric', month: 'short' }
  if (midnight) return { year: 'numeric', month: 'short', day: '2-digit' }
  return { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
}
