import type { Column } from '../result.ts'

const aggregateWords: Readonly<Record<string, string>> = {
  SUM: 'sum of',
  AVG: 'average',
  MEDIAN: 'median',
  MIN: 'lowest',
  MAX: 'highest',
  COUNT: 'count of',
}

/**
 * A column's name as words to read: `TOTAL_SPENT` → `total spent`, `SUM(O_TOTALPRICE)` → `sum of totalprice`.
 * Null when the name is meaningless to a reader: an expression, a generated name, no letters.
 */
export function columnWords(name: string): string | null {
  const { bare } = splitUnit(name)
  const aggregate = /^\s*(SUM|AVG|MEDIAN|MIN|MAX|COUNT)\s*\(\s*(DISTINCT\s+)?([\w$".]{1,120}|\*)\s*\)\s*$/i.exec(
    bare.slice(0, 200),
  )
  if (aggregate === null) return plainWords(bare)
  const [, fn = '', distinct, argument = ''] = aggregate
  if (argument === '*') return fn.toUpperCase() === 'COUNT' ? 'count' : null
  const words = plainWords(argument.split('.').at(-1) ?? argument)
  if (words === null) return null
  return `${aggregateWords[fn.toUpperCase()] ?? fn.toLowerCase()} ${distinct === undefined ? '' : 'distinct '}${words}`
}

/** A column's name for people where it has one, else as it is. */
export function columnTitle(name: string): string {
  const words = columnWords(name)
  return words === null ? name : words.slice(0, 1).toUpperCase() + words.slice(1)
}

const generatedName = /^(?:_?col(?:umn)?_?\d+|_?expr\$?_?\d*|_?f\d+_?|\$\d+)$/i

function plainWords(name: string): string | null {
  const bare = name.trim().replaceAll('"', '')
  if (bare.length > 60 || !/^[\p{L}_][\p{L}\p{N}_$ -]*$/u.test(bare) || generatedName.test(bare)) return null
  const words = separated(bare)
    .split('_')
    .filter((word) => word !== '')
  // A single leading letter is a table's prefix (C_NAME, O_TOTALPRICE), not a word.
  const told = words.length > 1 && /^\p{L}$/u.test(words[0] ?? '') ? words.slice(1) : words
  return told.some((word) => /\p{L}/u.test(word)) ? told.join(' ') : null
}

/** A name in lower case with its words separated by `_`, `camelCase` included. */
export const separated = (name: string): string =>
  name
    .slice(0, 200)
    .trim()
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replaceAll(/[\s$-]+/g, '_')
    .toLowerCase()

const bracketed = /^(.{1,100}?)\s*[([]\s*([\p{L}%€$£¥°/²³]{1,8})\s*[)\]]$/u
// Only currencies that are no words of their own: ALL, TOP and TRY are left out.
const currencies = 'aud|brl|cad|chf|cny|czk|dkk|eur|gbp|huf|inr|jpy|krw|mxn|nok|nzd|pln|sek|usd|zar'
const currencySuffix = new RegExp(`^(.{1,100}?)(?:_|\\s)(?:in_)?(${currencies})$`, 'i')
const mayEndInUnit = new RegExp(`(?:[)\\]]|${currencies})\\s*$`, 'i')
const signs: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' }

/** The unit that a column's name ends with, `Weight (kg)` or `TOTAL_EUR`, and the name without it. */
function splitUnit(name: string): { readonly bare: string; readonly unit: string | null } {
  // Names of thousands of columns are looked at together: nearly all end in neither.
  if (!mayEndInUnit.test(name)) return { bare: name, unit: null }
  const inBrackets = bracketed.exec(name.trim())
  const isCall = inBrackets !== null && /^\w+$/.test(inBrackets[1] ?? '') && /\w\(/.test(name)
  const [, bare = name, unit = null] = (isCall ? null : inBrackets) ?? currencySuffix.exec(name.trim()) ?? []
  if (unit === null) return { bare: name, unit: null }
  const known = signs[unit] ?? (new RegExp(`^(?:${currencies})$`, 'i').test(unit) ? unit.toUpperCase() : unit)
  return { bare, unit: known }
}

const percentWords = /(?:^|_)(?:percent|percents|percentage|percentages|pct|perc)(?:_|$)/

/**
 * The unit of a column's numbers: `%`, the ISO code of a currency, or as its name has it; null where its name has none. Numbers of a column
 * named a percentage that all lie between −1 and 1 may be fractions of one, so they get no sign.
 */
export function unitOf(column: Column, cells: Iterable<unknown>): string | null {
  if (column.kind !== 'number') return null
  const { bare, unit } = splitUnit(column.name)
  if (unit !== '%' && (unit !== null || !percentWords.test(separated(bare)))) return unit
  let isAny = false
  for (const cell of cells) {
    const value = Math.abs(Number(cell ?? 0))
    if (value > 1) return '%'
    isAny ||= value > 0
  }
  return isAny ? null : '%'
}

const endsIn = (words: string): RegExp => new RegExp(`(?:^|(?<!per)_)(?:${words})$`)
const identifierWords = endsIn('id|key|code|zip|zip_?code|postcode|postal_code|sku|isbn|ean|upc|iban|uuid|guid|phone')
/** `ORDER_NO` and `INVOICE_NUMBER` name a document; `ORDERS_NUM` and a bare `NUMBER` count. */
const numberedWords = /\p{L}(?<!s)_(?:no|nr|nbr|num|number)$|^(?:no|nr|nbr)$|\p{L}{3}number$/u
const joinedIdentifier =
  /^(?:\w_)?\p{L}+key$|(?:^|_)(?:account|customer|cust|employee|emp|invoice|item|order|part|product|store|supp|supplier|user)id$/u
/** A count, a mean or a sum is a measure whatever it was made of. */
const aggregated = /^(?:average|avg|mean|median|total|sum|number|num|count|distinct)_/
const yearWords = /(?:^|_)(?:year|yr)(?:_|$)/

/** Whether a name is that of numbers that name things: keys, codes, numbers of documents. */
export function namesThings(name: string): boolean {
  const words = separated(name)
  if (aggregated.test(words)) return false
  return (
    identifierWords.test(words) || numberedWords.test(words) || joinedIdentifier.test(words) || words.startsWith('zip')
  )
}

/** Whether a name is that of years; a rate such as `ORDERS_PER_YEAR` is not, nor a day of the year. */
export function namesYears(name: string): boolean {
  const words = separated(name)
  if (/^(?:year(?:\(|_of_)|(?:extract|date_part)\('?year\b)/.test(words)) return true
  return yearWords.test(words) && !/(?:^|_)per_|day_of_year$/.test(words) && !aggregated.test(words)
}

/** Whether a number column names things instead of measuring them: 1996 is a year, not 1,996. */
export const isNaming = (column: Column): boolean =>
  column.kind === 'number' && (column.scale ?? 0) === 0 && (namesThings(column.name) || namesYears(column.name))

const momentText = /^\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}\S*)?)?$/

/** Whether a column holds dates or timestamps: by its kind, or as text that begins with year and month, such as `1996-03` or `1996-03-01`. */
export function holdsMoments(column: Column, cells: Iterable<unknown>): boolean {
  if (column.kind !== 'text') return column.kind === 'date' || column.kind === 'timestamp'
  let isAny = false
  for (const cell of cells) {
    if (cell === null) continue
    if (typeof cell !== 'string' || !momentText.test(cell)) return false
    isAny = true
  }
  return isAny
}

const calendars = [
  'jan feb mar apr may jun jul aug sep oct nov dec',
  'january february march april may june july august september october november december',
  'mon tue wed thu fri sat sun',
  'monday tuesday wednesday thursday friday saturday sunday',
].map((names) => names.split(' '))
const quarterText = /^(?:(\d{4})[- ]?)?q([1-4])(?:[- ](\d{4}))?$/

/** The place in the calendar of a month, a day of the week or a quarter that is written out: `March`, `Mon`, `1996-Q2`; null for other text. */
export function placeInCalendar(text: string): number | null {
  const name = text.trim().toLowerCase()
  const place = calendars.map((names) => names.indexOf(name)).find((at) => at >= 0)
  if (place !== undefined) return place
  const [, before, quarter, behind] = quarterText.exec(name) ?? []
  return quarter === undefined ? null : Number(before ?? behind ?? 0) * 4 + Number(quarter)
}

const additiveWords =
  /\b(?:sum|total|count|number of|num|revenue|sales|spent|spend|amount|quantity|qty|volume|orders|units)\b/
/** What each of these words begins with in any spelling of a name. */
const mayNameSum = /sum|total|count|num|revenue|sales|spen[dt]|amount|quantity|qty|volume|orders|units/i
const notAdditiveWords =
  /\b(?:avg|average|mean|median|min|max|lowest|highest|smallest|largest|distinct|different|unique|rate|ratio|percent|percentage|pct|share|per|rank|running|cumulative|price|balance|bal)\b/

/** Whether a name is that of numbers that may be added up over rows: sums, counts and amounts, but no averages, extremes or shares. */
export function isNamedSum(name: string): boolean {
  if (!mayNameSum.test(name)) return false
  const words = columnWords(name) ?? ''
  return additiveWords.test(words) && !notAdditiveWords.test(words)
}

export type PeriodUnit = 'year' | 'quarter' | 'month' | 'week' | 'day'

const periodWords = /(?:^|_|\()(year|quarter|month|week|day)(?:_(?:start|begin|of_\w+))?(?:$|[,'()])/

/** The part of the calendar that a column of moments is named after: `ORDER_MONTH`, `DATE_TRUNC('MONTH', D)`; else null. */
export function periodUnitOf(name: string): PeriodUnit | null {
  const words = separated(name)
  const truncated = /^date_trunc\('?(year|quarter|month|week|day)\b/.exec(words)
  return ((truncated ?? periodWords.exec(words))?.[1] as PeriodUnit | undefined) ?? null
}
