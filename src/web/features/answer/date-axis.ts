import type { Cell } from '../../../contract/result.ts'

const dayMs = 86_400_000

/** How fine the moments of an axis are, and so how their labels read. */
export interface DateAxis {
  /** The moments, as milliseconds in UTC. */
  readonly moments: readonly number[]
  /** Ticks closer than this would repeat a label. */
  readonly minIntervalMs: number
  readonly label: (ms: number) => string
}

/** The axis for dates or timestamps without a zone; null when any of them cannot be placed. */
export function dateAxis(cells: readonly Cell[], locale?: string): DateAxis | null {
  const moments = cells.map(momentOf)
  if (moments.length === 0 || moments.some((ms) => Number.isNaN(ms))) return null
  const { options, minIntervalMs } = grainOf(moments)
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  return { moments, minIntervalMs, label: (ms) => format.format(ms) }
}

const momentOf = (cell: Cell): number => {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?))?/.exec(String(cell))
  return match === null ? Number.NaN : Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}Z`)
}

function grainOf(moments: readonly number[]): { options: Intl.DateTimeFormatOptions; minIntervalMs: number } {
  const dates = moments.map((ms) => new Date(ms))
  const midnight = dates.every((date) => date.getTime() % dayMs === 0)
  const monthStart = midnight && dates.every((date) => date.getUTCDate() === 1)
  if (monthStart && dates.every((date) => date.getUTCMonth() === 0))
    return { options: { year: 'numeric' }, minIntervalMs: 365 * dayMs }
  if (monthStart) return { options: { year: 'numeric', month: 'short' }, minIntervalMs: 28 * dayMs }
  if (midnight) return { options: { year: 'numeric', month: 'short', day: '2-digit' }, minIntervalMs: dayMs }
  return {
    options: { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    minIntervalMs: 60_000,
  }
}
