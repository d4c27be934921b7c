/** How values are written for one person: digits, dates and months by the locale, every digit kept unless fewer are asked for. */
export interface Formats {
  readonly locale: string
  /** A decimal such as `-1234.50`; text that is none is given back as it is. */
  number(text: string, options?: NumberOptions): string
  /** A number on an axis, with at most so many digits after the point; a short one is counted in thousands, millions or billions. */
  tick(value: number, look: TickLook): string
  /** `1996-03-01` as a day of the calendar; a moment keeps its time, every digit of it. Other text is given back as it is. */
  moment(text: string, options?: { readonly dropMidnight: boolean }): string
  /** The part of the calendar that a moment begins: `July 1997`, `Q3 1997`, `1997`; null where it begins none. */
  period(text: string, unit: 'year' | 'quarter' | 'month'): string | null
  /** The name of a month from 1 to 12, else null. */
  monthName(month: number): string | null
}

export interface NumberOptions {
  /** The least and the most digits after the point; left out to keep those that the text has. */
  readonly digits?: readonly [least: number, most: number]
  /** False for numbers that name things. */
  readonly grouped?: boolean
  /** `%`, the ISO code of a currency, or any other unit, which is written behind. */
  readonly unit?: string | null
}

export interface TickLook {
  readonly mostDigits: number
  readonly isShort: boolean
  /** False for numbers that name things. */
  readonly grouped: boolean
  readonly unit: string | null
}

/** The locale of stored text and of programs. */
export const plainLocale = 'en-US'

const decimal = /^[+-]?\d+(?:\.(\d+))?$/
const momentPattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?$/
const mostDigits = 100

/** Makes the formats of a locale; one that is unknown is taken as `en-US`. */
export function makeFormats(wanted: string): Formats {
  const locale = known(wanted)
  const numbers = new Map<string, Intl.NumberFormat>()
  const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options)
    const format = numbers.get(key) ?? new Intl.NumberFormat(locale, options)
    numbers.set(key, format)
    return format
  }
  const inUtc = { timeZone: 'UTC', calendar: 'gregory' } as const
  const days = new Intl.DateTimeFormat(locale, { ...inUtc, dateStyle: 'medium' })
  const months = new Intl.DateTimeFormat(locale, { ...inUtc, year: 'numeric', month: 'long' })
  const monthNames = new Intl.DateTimeFormat(locale, { ...inUtc, month: 'long' })
  return {
    locale,
    number(text, { digits, grouped = true, unit = null } = {}) {
      const match = decimal.exec(text)
      const length = match?.[1]?.length ?? 0
      if (match === null || length > mostDigits) return text
      const [least, most] = digits ?? [length, length]
      const options = {
        minimumFractionDigits: Math.min(least, mostDigits),
        maximumFractionDigits: Math.min(Math.max(least, most), mostDigits),
        useGrouping: grouped,
        ...styleOf(unit),
      }
      const written = numberFormat(options).format(text as Intl.StringNumericLiteral)
      return unit === null || 'style' in options ? written : `${written} ${unit}`
    },
    tick: (value, { mostDigits: most, isShort, grouped, unit }) =>
      numberFormat({
        notation: isShort ? 'compact' : 'standard',
        useGrouping: grouped,
        maximumFractionDigits: most,
        ...(unit === '%' ? styleOf(unit) : {}),
      }).format(value),
    moment(text, { dropMidnight } = { dropMidnight: false }) {
      const [, year, month, day, time, fraction = '', zone] = momentPattern.exec(text) ?? []
      const date = dateOf(year, month, day)
      if (date === null) return text
      const isMidnight = time === undefined || (dropMidnight && /^00:00(:00)?$/.test(time) && !/[1-9]/.test(fraction))
      if (isMidnight && zone === undefined) return days.format(date)
      const rest = `${time ?? ''}${fraction.replace(/\.?0+$/, '')}${zone === undefined ? '' : ` ${zone}`}`
      return `${days.format(date)}, ${rest}`
    },
    period(text, unit) {
      const [, year = '', month = '', day = '', time = '00:00:00', fraction = ''] = momentPattern.exec(text) ?? []
      const date = dateOf(year, month, day)
      if (date === null || day !== '01' || !/^00:00(:00)?$/.test(time) || /[1-9]/.test(fraction)) return null
      if (unit === 'month') return months.format(date)
      if (unit === 'year') return month === '01' ? year : null
      return Number(month) % 3 === 1 ? `Q${(Number(month) + 2) / 3} ${year}` : null
    },
    monthName: (month) =>
      Number.isInteger(month) && month >= 1 && month <= 12
        ? monthNames.format(new Date(Date.UTC(2000, month - 1, 1)))
        : null,
  }
}

function known(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([locale])[0] ?? plainLocale
  } catch {
    // A tag that is no tag at all.
    return plainLocale
  }
}

function styleOf(unit: string | null): Intl.NumberFormatOptions {
  if (unit === '%') return { style: 'unit', unit: 'percent' }
  return unit !== null && /^[A-Z]{3}$/.test(unit) ? { style: 'currency', currency: unit } : {}
}

/** The day as a date in UTC; null for a day that the calendar does not have, and for years that would be written with an era. */
function dateOf(year = '', month = '', day = ''): Date | null {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const isDay = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
  return isDay && Number(year) > 0 ? date : null
}
