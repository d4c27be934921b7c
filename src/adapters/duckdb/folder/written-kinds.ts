import {
  type Convention,
  exactType,
  fractionDigits,
  matches,
  read,
  type Reading,
  some,
  stayText,
  type ValueKind,
  type Verdict,
  whole,
  wholeDigits,
} from './value-kinds.ts'

/** A way to write numbers: what stands before the fraction, and between groups of three digits. */
interface Notation {
  readonly decimal: '.' | ','
  /** Letters that may stand between groups of three digits; empty where numbers are not grouped. */
  readonly group: string
}

const codes =
  'AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PLN|RON|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR'
const currency = `(?:(?:US|CA|AU|NZ|HK|A|C|R|S)?\\$|[€£¥₹₽₩₺₴₫₱฿₪₦]|${codes}|kr\\.?|zł|Kč|Ft|lei|Fr\\.|Rs\\.?)`
const blank = '[ \u00A0\u202F]'
const minus = '[-\u2212]'

const numberPattern = ({ decimal, group }: Notation): string => {
  const grouped = group === '' ? '' : `|[1-9]\\d{0,2}(?:[${group}]\\d{3})+`
  return `(?:${whole}${grouped})(?:[${decimal}]\\d+)?|[${decimal}]\\d+`
}
/**
 * A number as people write amounts: with a sign on either side or in parentheses, a currency, or a percent sign. A plus stands before
 * percentages only, for phone numbers begin with one.
 */
const dressedPattern = (notation: Notation): string => {
  const number = `(?:${numberPattern(notation)})`
  const before = `(?:${currency}${blank}?)?`
  const after = `(?:${blank}?(?:%|${currency}))?`
  const plus = `\\+${number}${blank}?%`
  return `${minus}?${blank}?${before}${minus}?${number}${after}-?|${plus}|\\(${before}${number}${after}\\)`
}

const isNegative = `^\\(|[-\u2212]`
/** SQL for the number as DuckDB writes it. */
const plainly =
  ({ decimal }: Notation) =>
  (v: string) =>
    `(CASE WHEN regexp_matches(${v}, '${isNegative}') THEN '-' ELSE '' END || replace(ltrim(regexp_replace(${digitsPart(v)}, '[^0-9${decimal}]', '', 'g'), ' '), '${decimal}', '.'))`
/** Without a closing full stop of `Fr.` or `kr.` before or after the number. */
const digitsPart = (v: string): string => `regexp_replace(${v}, '(?:Fr|kr|Rs)\\.', '', 'g')`

/** A number whose only mark stands before exactly three digits: a fraction to some, thousands to others. */
const ambiguous = (mark: string): string => `[^0-9]*[1-9]\\d{0,2}[${mark}]\\d{3}[^0-9]*`

function decideDressed(notation: Notation, measured: readonly unknown[]): Verdict {
  const [percent, bare, least, greatest, digits, scale, sure, marks, sameLength] = measured
  if (percent === 1 && bare === 1) return stayText('percentages beside plain numbers')
  if (least !== greatest)
    return stayText(`amounts of money in several currencies (${String(least)}, ${String(greatest)})`)
  const unit = percent === 1 ? { unit: '%' } : typeof least === 'string' ? { unit: least } : {}
  const decimals = readingOf(notation, Number(digits), Number(scale), unit)
  if (decimals === null) return stayText()
  const proves: Convention = notation.decimal === '.' ? 'point' : 'comma'
  // Groups of three digits in values of one length are as likely phone numbers.
  if (notation.group !== '' && marks === 0) return sameLength === true ? stayText() : read(decimals)
  if (marks === 0) return read(decimals)
  if (sure === 1) return read({ ...decimals, proves })
  if (notation.group !== '') return stayText('numbers with two different decimal marks')
  return unclear(notation, decimals, unit, Number(digits) + 3)
}

function unclear(notation: Notation, decimals: Reading, unit: { readonly unit?: string }, digits: number): Verdict {
  const isPoint = notation.decimal === '.'
  const other: Notation = { decimal: isPoint ? ',' : '.', group: notation.decimal }
  const thousands = readingOf(other, digits, 0, unit)
  if (thousands === null) return stayText()
  return {
    kind: 'unclear',
    readings: isPoint ? { point: decimals, comma: thousands } : { comma: decimals, point: thousands },
    otherwise: (delimiter) =>
      unit.unit !== undefined && /[$£]$/.test(unit.unit) ? 'point' : habit(isPoint, delimiter),
    looksLike: `numbers whose "${notation.decimal}" may stand for thousands or for a fraction`,
  }
}

/** Programs that write `;` between cells do so because the comma is their decimal mark; those that write `,` have the point. */
function habit(isPoint: boolean, delimiter: string | null): Convention | null {
  if (isPoint) return delimiter === ';' ? null : 'point'
  return delimiter === ',' ? 'point' : null
}

function readingOf(
  notation: Notation,
  digits: number,
  scale: number,
  unit: { readonly unit?: string },
): Reading | null {
  const type = exactType(digits, scale)
  if (type === null) return null
  const mark = notation.decimal === ',' ? 'a number with a decimal comma' : 'a number'
  const takenFor =
    unit.unit === undefined ? mark : unit.unit === '%' ? 'a number of percent' : `an amount of money in ${unit.unit}`
  return { type, convert: plainly(notation), takenFor, ...unit }
}

const currencyOf = (v: string): string => `nullif(regexp_extract(${v}, ${quoted(currency)}), '')`
const quoted = (pattern: string): string => `'${pattern.replaceAll("'", "''")}'`

/** The marks of a notation that tell its decimal mark. */
const marksOf = ({ decimal, group }: Notation): string => (/^[.,]$/.test(group) ? `.,` : decimal)

/** What a value may look like without telling a notation from its rival, in which point and comma change places. */
const rivalPattern = ({ decimal, group }: Notation): string =>
  /^[.,]$/.test(group)
    ? dressedPattern({ decimal: decimal === '.' ? ',' : '.', group: decimal })
    : `${ambiguous(decimal)}|[^${decimal}]*`

const dressed = (notation: Notation, check: ValueKind['check'] = null): ValueKind => ({
  label: 'numbers',
  pattern: dressedPattern(notation),
  check,
  measures: [
    some((v) => `contains(${v}, '%')`),
    some((v) => `NOT contains(${v}, '%')`),
    (v) => `min(${currencyOf(v)})`,
    (v) => `max(${currencyOf(v)})`,
    (v) => wholeDigits(plainly(notation)(v)),
    (v) => fractionDigits(plainly(notation)(v)),
    some((v) => `NOT ${matches(v, rivalPattern(notation))}`),
    some((v) => `regexp_matches(${digitsPart(v)}, '[${marksOf(notation)}][0-9]')`),
    (v) => `min(length(${v})) = max(length(${v}))`,
  ],
  decide: (...measured) => decideDressed(notation, measured),
})

/** Numbers with a point, as programs write them. Three digits after each point leave open whether it stands for thousands. */
export const decimal: ValueKind = {
  label: 'numbers',
  pattern: `-?(${whole}|${whole}?\\.\\d+)`,
  check: null,
  measures: [
    wholeDigits,
    fractionDigits,
    some((v) => `contains(${v}, '.') AND NOT ${matches(v, ambiguous('.'))}`),
    some((v) => matches(v, '-?[1-9]\\d{3,}')),
  ],
  decide: (digits, scale, sure, longWhole) => {
    const type = exactType(Number(digits), Number(scale))
    if (type === null) return stayText()
    if (sure === 1 || longWhole === 1) return read({ type, proves: 'point' })
    return unclear({ decimal: '.', group: '' }, { type }, {}, Number(digits) + 3)
  },
}

/** Numbers as people write them. Of a column that fits none, some cells may still fit each of several. */
export const dressedKinds: readonly ValueKind[] = [
  dressed({ decimal: '.', group: '' }),
  dressed({ decimal: ',', group: '' }),
  dressed({ decimal: '.', group: ',' }),
  dressed({ decimal: ',', group: '.' }),
  dressed({ decimal: ',', group: ' \u00A0\u202F' }),
  dressed({ decimal: '.', group: " \u00A0\u202F'\u2019" }),
  dressed({ decimal: ',', group: "'\u2019" }),
]

const clock = '(?:,? \\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?: ?[AaPp][Mm])?)?'
const clockFormats = ['', ' %H:%M:%S', ' %H:%M', ' %H:%M:%S.%f', ' %I:%M:%S %p', ' %I:%M %p', ' %I:%M:%S%p', ' %I:%M%p']

/** SQL for the moment that a value names in one of some date formats, with or without a time of day; NULL for none. */
const parsed = (dates: readonly string[]) => (v: string) => {
  const formats = dates.flatMap((date) => clockFormats.map((time) => `'${date}${time}'`))
  return `try_strptime(regexp_replace(${v}, ',? (\\d{1,2}:)', ' \\1'), [${formats.join(', ')}])`
}
const missing = (dates: readonly string[]) => some((v) => `${v} IS NOT NULL AND ${parsed(dates)(v)} IS NULL`)
const hasClock = some((v) => `contains(${v}, ':')`)

const dateReading = (dates: readonly string[], timed: unknown, takenFor: string, proves?: Convention): Reading => ({
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
      const day = dateReading(dayFirst, timed, 'a day: the day first, then the month', 'day-first')
      const month = dateReading(monthFirst, timed, 'a day: the month first, then the day', 'month-first')
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
  decide: (notOne, timed) => (notOne === 1 ? stayText() : read(dateReading(dates, timed, 'a day'))),
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
