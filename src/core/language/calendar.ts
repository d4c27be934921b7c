/** Calendar units of a period or a group. */
export type TimeUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A day of the Gregorian calendar. */
export interface Day {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

export const dayOf = (year: number, month = 1, day = 1): Day => ({ year, month, day })

/** Whether the calendar has the day: February 30 is none. */
export const exists = ({ year, month, day }: Day): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Parses `YYYY-MM-DD`; null for any other text, and for a day that the calendar has not. */
export function parseDay(text: string): Day | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? []
  const parsed = dayOf(Number(year), Number(month), Number(day))
  return year !== undefined && exists(parsed) ? parsed : null
}

export const isoOf = ({ year, month, day }: Day): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** The day `count` units later, clamped to the last day of the target month. */
export function addUnits(day: Day, unit: TimeUnit, count: number): Day {
  if (unit === 'day' || unit === 'week') {
    const date = new Date(Date.UTC(day.year, day.month - 1, day.day + count * (unit === 'week' ? 7 : 1)))
    return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
  }
  const months = count * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1)
  const index = day.year * 12 + day.month - 1 + months
  const year = Math.floor(index / 12)
  const month = (index % 12) + 1
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return dayOf(year, month, Math.min(day.day, lastDay))
}

/** The first day of the unit that contains a day; weeks begin on Monday. */
export function startOf(day: Day, unit: TimeUnit): Day {
  switch (unit) {
    case 'day':
      return day
    case 'week': {
      const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay()
      return addUnits(day, 'day', -((weekday + 6) % 7))
    }
    case 'month':
      return dayOf(day.year, day.month)
    case 'quarter':
      return dayOf(day.year, Math.floor((day.month - 1) / 3) * 3 + 1)
    case 'year':
      return dayOf(day.year)
  }
}
