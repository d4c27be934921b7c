import type { DateFormat, NumberFormat } from '../preferences.ts'

/** How values are written for one person: digits, dates and months by the locale, every digit kept unless fewer are asked for. */
export interface Formats {
  readonly locale: string
  /** A decimal such as `-1234.50`; text that is none is given back as it is. */
  number(text: string, options?: NumberOptions): string
  /** A number on an axis, with at most so many digits after the point; a short one is counted in thousands, millions or billions. */
  tick(value: number, look: TickLook): string
  /**
   * `1996-03-01` as a day of the calendar; a moment keeps its time, every digit of it, and one with an offset is moved into the person's time
   * zone where they set one. Other text is given back as it is.
   */
  moment(text: string, options?: { readonly dropMidnight: boolean }): string
  /** The part of the calendar that a moment begins: `July 1997`, `Q3 1997`, `1997`; null where it begins none. */
  period(text: string, unit: 'year' | 'quarter' | 'month'): string | null
  /** The name of a month from 1 to 12, else null. */
  monthName(month: number): string | null
  /** A moment on an axis, in milliseconds of UTC, as fine as the axis needs. */
  axisMoment(ms: number, grain: AxisGrain): string
  /** A moment's text as it reads on the clocks of the person's time zone; unchanged where they set none or it has no offset. */
  onClock(text: string): string
  /** A moment of the person's work, such as a sign-in: its day, or its day and minute, in their time zone or else the browser's. */
  workMoment(at: string, grain: 'day' | 'minute'): string
}

export type AxisGrain = 'year' | 'month' | 'day' | 'minute'

/** What a person set about formats; null for the locale's own. */
export interface FormatSettings {
  readonly numberFormat: NumberFormat | null
  readonly dateFormat: DateFormat | null
  readonly timeZone: string | null
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
  /** 0 where it is left out. */
  readonly leastDigits?: number
  readonly isShort: boolean
  /** With an exponent, for numbers that would else have too many zeros to be read. */
  readonly isScientific?: boolean
  /** False for numbers that name things. */
  readonly grouped: boolean
  readonly unit: string | null
}

/** The locale of stored text and of programs. */
export const plainLocale = 'en-US'

const decimal = /^[+-]?\d+(?:\.(\d+))?$/
const momentPattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?$/
const mostDigits = 100

const localesOfNumbers: Readonly<Record<NumberFormat, string>> = {
  'comma-point': 'en-US',
  'point-comma': 'de-DE',
  'space-comma': 'fr-FR',
  'apostrophe-point': 'de-CH',
  indian: 'en-IN',
}
const daysInWords: Partial<Record<DateFormat, string>> = { 'day-month-year': 'en-GB', 'month-day-year': 'en-US' }
const daysInDigits: Partial<Record<DateFormat, string>> = {
  iso: '$1-$2-$3',
  dotted: '$3.$2.$1',
  'day-first-slashes': '$3/$2/$1',
  'month-first-slashes': '$2/$3/$1',
}
const nothingSet: FormatSettings = { numberFormat: null, dateFormat: null, timeZone: null }

/**
 * Makes the formats of a locale, as far as the person set nothing else; a locale that is unknown is taken as `en-US`. The first use of a
 * locale takes the browser tens of milliseconds on a phone: nothing of it is looked at before something is written.
 */
export function makeFormats(
  wanted: string,
  { numberFormat, dateFormat, timeZone }: FormatSettings = nothingSet,
): Formats {
  const locale = once(() => known(wanted))
  const numberLocale = once(() => (numberFormat === null ? locale() : localesOfNumbers[numberFormat]))
  const days = once(() => makeDayFormat(locale(), dateFormat))
  const dayFormat = (date: Date): string => days()(date)
  const axes: Partial<Record<AxisGrain, Intl.DateTimeFormat>> = {}
  const months = once(() => new Intl.DateTimeFormat(locale(), { ...inUtc, year: 'numeric', month: 'long' }))
  const monthNames = once(() => new Intl.DateTimeFormat(locale(), { ...inUtc, month: 'long' }))
  const clock = once(() => makeClock(timeZone ?? undefined))
  const workTimes = once(
    () => new Intl.DateTimeFormat(locale(), { timeZone: timeZone ?? undefined, timeStyle: 'short' }),
  )
  const onClock = (text: string): string => {
    const { day, time, fraction, zone } = readMoment(text)
    if (timeZone === null || time === undefined || zone === undefined) return text
    const at = Date.parse(`${day}T${time}${zone.replace(/([+-]\d\d):?(\d\d)/, '$1:$2')}`)
    if (Number.isNaN(at) || dateOf(day) === null) return text
    const local = clock()(at)
    return `${local.day} ${local.time}${fraction} ${local.offset}`
  }
  return {
    get locale() {
      return numberLocale()
    },
    ...makeNumberFormats(numberLocale),
    moment(text, { dropMidnight } = { dropMidnight: false }) {
      const { day, time, fraction, zone } = readMoment(onClock(text))
      const date = dateOf(day)
      if (date === null) return text
      const isMidnight = time === undefined || (dropMidnight && /^00:00(:00)?$/.test(time) && !/[1-9]/.test(fraction))
      if (isMidnight && zone === undefined) return dayFormat(date)
      const rest = `${time ?? ''}${fraction.replace(/\.?0+$/, '')}${zone === undefined ? '' : ` ${zone}`}`
      return `${dayFormat(date)}, ${rest}`
    },
    period(text, unit) {
      const { day, time = '00:00:00', fraction } = readMoment(text)
      const date = dateOf(day)
      const [year, month, ofMonth] = day.split('-')
      if (date === null || ofMonth !== '01' || !/^00:00(:00)?$/.test(time) || /[1-9]/.test(fraction)) return null
      if (unit === 'month') return months().format(date)
      if (unit === 'year') return month === '01' ? (year ?? null) : null
      return Number(month) % 3 === 1 ? `Q${(Number(month) + 2) / 3} ${year}` : null
    },
    monthName: (month) =>
      Number.isInteger(month) && month >= 1 && month <= 12
        ? monthNames().format(new Date(Date.UTC(2000, month - 1, 1)))
        : null,
    axisMoment(ms, grain) {
      if (grain === 'day') return dayFormat(new Date(ms))
      axes[grain] ??= new Intl.DateTimeFormat(locale(), { ...inUtc, ...axisOptions[grain] })
      return axes[grain].format(ms)
    },
    onClock,
    workMoment(at, grain) {
      const ms = Date.parse(at)
      const date = dateOf(clock()(ms).day)
      if (date === null) return at
      return grain === 'day' ? dayFormat(date) : `${dayFormat(date)}, ${workTimes().format(ms)}`
    },
  }
}

/** Makes something at its first use. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

function makeNumberFormats(locale: () => string): Pick<Formats, 'number' | 'tick'> {
  const numbers = new Map<string, Intl.NumberFormat>()
  const numberFormatOf = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options)
    const format = numbers.get(key) ?? new Intl.NumberFormat(locale(), options)
    numbers.set(key, format)
    return format
  }
  return {
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
      const written = numberFormatOf(options).format(text as Intl.StringNumericLiteral)
      return unit === null || 'style' in options ? written : `${written} ${unit}`
    },
    tick: (value, { mostDigits: most, leastDigits = 0, isShort, isScientific = false, grouped, unit }) =>
      numberFormatOf({
        notation: isScientific && value !== 0 ? 'scientific' : isShort ? 'compact' : 'standard',
        useGrouping: grouped,
        minimumFractionDigits: value === 0 ? 0 : leastDigits,
        maximumFractionDigits: most,
        ...styleOf(unit),
      }).format(value),
  }
}

const axisOptions: Readonly<Record<AxisGrain, Intl.DateTimeFormatOptions>> = {
  year: { year: 'numeric' },
  month: { year: 'numeric', month: 'short' },
  day: {},
  minute: { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
}
const inUtc = { timeZone: 'UTC', calendar: 'gregory' } as const

/** How a day is written. */
function makeDayFormat(locale: string, dateFormat: DateFormat | null): (date: Date) => string {
  const digits = dateFormat === null ? undefined : daysInDigits[dateFormat]
  if (digits !== undefined)
    return (date) =>
      date
        .toISOString()
        .slice(0, 10)
        .replace(/^(.+)-(.+)-(.+)$/, digits)
  const words = dateFormat === null ? locale : (daysInWords[dateFormat] ?? locale)
  const days = new Intl.DateTimeFormat(words, { ...inUtc, dateStyle: 'medium' })
  return (date) => days.format(date)
}

/** The parts of a moment's text; the day is empty for other text. */
function readMoment(text: string) {
  const [, day = '', time, fraction = '', zone] = momentPattern.exec(text) ?? []
  return { day, time, fraction, zone }
}

/** What the clocks and calendars of a time zone show at a moment; without one, those of this machine. */
function makeClock(timeZone: string | undefined) {
  const two = '2-digit'
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  })
  return (at: number) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const { year = '', month, day, hour, minute, second, timeZoneName = '' } = parts
    return {
      day: `${year.padStart(4, '0')}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      // "GMT" alone is no offset.
      offset: timeZoneName.slice(3) || '+00:00',
    }
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
function dateOf(day: string): Date | null {
  const date = new Date(`${day}T00:00:00Z`)
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
  return isDay && Number(day.slice(0, 4)) > 0 ? date : null
}
