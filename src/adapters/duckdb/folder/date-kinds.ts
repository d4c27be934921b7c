import { read, some, stayText } from './value-kinds.ts'
import type { Convention, Reading, ValueKind, Verdict } from './value-kinds.ts'

const clock = '(?:,? \\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?: ?[AaPp][Mm])?)?'
const clockFormats = ['', ' %H:%M:%S', ' %H:%M', ' %H:%M:%S.%f', ' %I:%M:%S %p', ' %I:%M %p', ' %I:%M:%S%p', ' %I:%M%p']

/** SQL for the moment that a value names in one of some date formats, with or without a time of day; NULL for none. */
const parsed = (dates: readonly string[]) => (v: string) => {
  const formats = dates.flatMap((date) => clockFormats.map((time) => `'${date}${time}'`))
  return `try_strptime(regexp_replace(${v}, ',? (\\d{1,2}:)', ' \\1'), [${formats.join(', ')}])`
}
const missing = (dates: readonly string[]) => some((v) => `${v} IS NOT NULL AND ${parsed(dates)(v)} IS NULL`)
const hasClock = some((v) => `contains(${v}, ':')`)

const readingOf = (dates: readonly string[], timed: unknown, takenFor: string, proves?: Convention): Reading => ({
  type: timed === 1 ? 'TIMESTAMP' : 'DATE',
  convert: parsed(dates),
  takenFor,
  ...(proves === undefined ? {} : { proves }),
})

interface Order {
  readonly separator: string
  readonly year: '%Y' | '%y'
}

/** Day and month in either order: some value must tell them apart, unless full stops do, which no one writes month first. */
function ordered({ separator, year }: Order): ValueKind {
  const dayFirst = [`%d${separator}%m${separator}${year}`]
  const monthFirst = [`%m${separator}%d${separator}${year}`]
  const mark = separator === '.' ? '\\.' : separator
  return {
    label: 'dates',
    // Without zeros in front, 1.2.24 is as likely the number of a version.
    pattern:
      year === '%Y' ? `\\d{1,2}${mark}\\d{1,2}${mark}\\d{4}${clock}` : `\\d{2}${mark}\\d{2}${mark}\\d{2}${clock}`,
    check: null,
    measures: [missing(dayFirst), missing(monthFirst), hasClock],
    decide: (notDayFirst, notMonthFirst, timed): Verdict => {
      const day = readingOf(dayFirst, timed, 'a day: the day first, then the month', 'day-first')
      const month = readingOf(monthFirst, timed, 'a day: the month first, then the day', 'month-first')
      if (notDayFirst === 1 && notMonthFirst === 1) return stayText('dates, of which some are no days of the calendar')
      if (notMonthFirst === 1 || (separator === '.' && notDayFirst !== 1)) return read(day)
      if (notDayFirst === 1) return read(month)
      return {
        kind: 'unclear',
        readings: { 'day-first': day, 'month-first': month },
        otherwise: () => null,
        looksLike: 'dates of which no value tells whether the day or the month comes first',
      }
    },
  }
}

/** Dates that can be read in one way only. */
const certain = (pattern: string, dates: readonly string[]): ValueKind => ({
  label: 'dates',
  pattern: `${pattern}${clock}`,
  check: null,
  measures: [missing(dates), hasClock],
  decide: (notOne, timed) => (notOne === 1 ? stayText() : read(readingOf(dates, timed, 'a day'))),
})

/** Dates as people write them. */
export const dateKinds: readonly ValueKind[] = [
  ordered({ separator: '/', year: '%Y' }),
  ordered({ separator: '.', year: '%Y' }),
  ordered({ separator: '-', year: '%Y' }),
  ordered({ separator: '/', year: '%y' }),
  ordered({ separator: '.', year: '%y' }),
  certain('\\d{4}/\\d{1,2}/\\d{1,2}', ['%Y/%m/%d']),
  certain('\\d{4}\\.\\d{1,2}\\.\\d{1,2}', ['%Y.%m.%d']),
  certain('\\d{1,2} [A-Za-z]{3,9} \\d{4}', ['%d %b %Y', '%d %B %Y']),
  certain('\\d{1,2}-[A-Za-z]{3}-\\d{4}', ['%d-%b-%Y']),
  certain('\\d{1,2}-[A-Za-z]{3}-\\d{2}', ['%d-%b-%y']),
  certain('[A-Za-z]{3,9} \\d{1,2}, \\d{4}', ['%b %d, %Y', '%B %d, %Y']),
  certain('[A-Za-z]{3,9} \\d{1,2} \\d{4}', ['%b %d %Y', '%B %d %Y']),
]
