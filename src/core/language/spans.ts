import { capitalised } from '../sentences.ts'
import { addUnits, dayOf, exists, isoOf, parseDay, startOf } from './calendar.ts'
import type { Day, TimeUnit } from './calendar.ts'
import { ordinalOf, readNumber } from './number-words.ts'
import type { Token } from './tokenise.ts'

/** A named range of days without "since" or "before": its first day and the day after its last. */
export interface Span {
  readonly from: Day
  readonly until: Day
  readonly words: string
  readonly length: number
}

const months = 'january february march april may june july august september october november december'.split(' ')
const monthOf = (word: string): number | null => {
  const found = months.findIndex(
    (m) => m === word || (word.length >= 3 && m.slice(0, 3) === word) || (word === 'sept' && m === 'september'),
  )
  return found < 0 ? null : found + 1
}
const unitOf: Readonly<Record<string, TimeUnit>> = {
  day: 'day',
  days: 'day',
  week: 'week',
  weeks: 'week',
  month: 'month',
  months: 'month',
  quarter: 'quarter',
  quarters: 'quarter',
  year: 'year',
  years: 'year',
}
/** Parses a month without a year, which is only valid as the start of a range whose end names the year. */
export function readMonth(tokens: readonly Token[], at: number): (Span & { readonly yearless?: true }) | null {
  const month = monthOf(tokens[at]?.lower ?? '')
  if (month === null) return null
  const from = dayOf(1, month)
  return {
    from,
    until: addUnits(from, 'month', 1),
    words: capitalised(months[month - 1] ?? ''),
    length: 1,
    yearless: true,
  }
}

type SpanReader = (tokens: readonly Token[], at: number, today: Day) => Span | null

/** Parses a named range such as "March 1995", "Q3 1997" or "the last 12 months", or returns null. */
export function readSpan(
  tokens: readonly Token[],
  at: number,
  today: Day,
): (Span & { readonly yearless?: true }) | null {
  if (tokens[at]?.lower === 'the') {
    const span = readSpan(tokens, at + 1, today)
    return span === null || span.length === 0 ? null : { ...span, length: span.length + 1 }
  }
  for (const read of readers) {
    const span = read(tokens, at, today)
    if (span !== null) return span
  }
  return null
}

const readers: readonly SpanReader[] = [
  readIsoDate,
  readMonthDay,
  readMonthYear,
  readPart,
  readDecade,
  readYear,
  readRelative,
  readNear,
]

function readIsoDate(tokens: readonly Token[], at: number): Span | null {
  const token = tokens[at]
  const day = token?.kind === 'date' ? parseDay(token.text) : null
  return day === null ? null : { from: day, until: addUnits(day, 'day', 1), words: isoOf(day), length: 1 }
}

/** "March 3, 1995", "3 March 1995", "3rd of March 1995". */
function readMonthDay(tokens: readonly Token[], at: number): Span | null {
  const dayNumber = (i: number): number => {
    const value =
      tokens[at + i]?.kind === 'number' ? (tokens[at + i]?.value ?? 0) : (ordinalOf(wordAt(tokens, at + i)) ?? 0)
    return Number.isInteger(value) && value >= 1 && value <= 31 ? value : 0
  }
  const monthFirst = monthOf(wordAt(tokens, at))
  if (monthFirst !== null && dayNumber(1) > 0) {
    const skip = wordAt(tokens, at + 2) === ',' ? 3 : 2
    return onDay(yearOf(tokens[at + skip]), monthFirst, dayNumber(1), skip + 1)
  }
  const of = wordAt(tokens, at + 1) === 'of' ? 1 : 0
  const monthLast = monthOf(wordAt(tokens, at + 1 + of))
  if (monthLast === null || dayNumber(0) === 0) return null
  const comma = wordAt(tokens, at + 2 + of) === ',' ? 1 : 0
  return onDay(yearOf(tokens[at + 2 + of + comma]), monthLast, dayNumber(0), 3 + of + comma)
}

function onDay(year: number | null, month: number, day: number, length: number): Span | null {
  if (year === null) return null
  const from = dayOf(year, month, day)
  if (!exists(from)) return null
  return { from, until: addUnits(from, 'day', 1), words: isoOf(from), length }
}

function readMonthYear(tokens: readonly Token[], at: number): Span | null {
  const month = monthOf(tokens[at]?.lower ?? '')
  if (month === null) return null
  const skip = ['of', ','].includes(tokens[at + 1]?.lower ?? '') ? 2 : 1
  const year = yearOf(tokens[at + skip])
  if (year === null) return null
  return unitSpan(dayOf(year, month), 'month', 1, `${capitalised(months[month - 1] ?? '')} ${year}`, skip + 1)
}

/** "Q3 1997", "third quarter of 1997", "first half of 1996". */
function readPart(tokens: readonly Token[], at: number): Span | null {
  const short = /^([qh])([1-4])$/.exec(wordAt(tokens, at))
  const place = short === null ? ordinalOf(wordAt(tokens, at)) : Number(short[2])
  const noun = short === null ? wordAt(tokens, at + 1) : short[1] === 'q' ? 'quarter' : 'half'
  const after = short === null ? 2 : 1
  const skip = ['of', 'in', ','].includes(wordAt(tokens, at + after)) ? 1 : 0
  const year = yearOf(tokens[at + after + skip])
  const size = noun === 'quarter' ? 3 : noun === 'half' ? 6 : 0
  if (place === null || year === null || size === 0 || place > 12 / size) return null
  const words = size === 3 ? `Q${place} ${year}` : `the ${place === 1 ? 'first' : 'second'} half of ${year}`
  return unitSpan(dayOf(year, (place - 1) * size + 1), 'month', size, words, after + skip + 1)
}

function readDecade(tokens: readonly Token[], at: number): Span | null {
  const decade = /^(\d{3}0)s$/.exec(tokens[at]?.lower ?? '')?.[1]
  return decade === undefined ? null : unitSpan(dayOf(Number(decade)), 'year', 10, `the ${decade}s`, 1)
}

function readYear(tokens: readonly Token[], at: number): Span | null {
  const skip = tokens[at]?.lower === 'year' ? (tokens[at + 1]?.lower === 'of' ? 2 : 1) : 0
  const year = yearOf(tokens[at + skip])
  return year === null ? null : unitSpan(dayOf(year), 'year', 1, String(year), skip + 1)
}

function yearOf(token: Token | undefined): number | null {
  const isYear = token?.kind === 'number' && /^[12]\d{3}$/.test(token.text)
  return isYear ? token.value : null
}

/** "last month", "this year", "past 12 months", "previous quarter", "year to date". */
function readRelative(tokens: readonly Token[], at: number, today: Day): Span | null {
  const lead = wordAt(tokens, at)
  if (!['last', 'past', 'previous', 'this', 'current', 'latest', 'recent'].includes(lead)) return null
  const number = readNumber(tokens, at + 1)
  const unit = unitOf[wordAt(tokens, at + 1 + (number?.length ?? 0))]
  if (unit === undefined) return null
  const length = 2 + (number?.length ?? 0)
  if (lead === 'this' || lead === 'current') return unitSpan(startOf(today, unit), unit, 1, `this ${unit}`, length)
  if (number === null) return unitSpan(addUnits(startOf(today, unit), unit, -1), unit, 1, `the last ${unit}`, length)
  const until = addUnits(today, 'day', 1)
  return { from: addUnits(until, unit, -number.value), until, words: `the last ${number.value} ${unit}s`, length }
}

function readNear(tokens: readonly Token[], at: number, today: Day): Span | null {
  const word = tokens[at]?.lower
  if (word === 'today') return unitSpan(today, 'day', 1, 'today', 1)
  if (word === 'yesterday') return unitSpan(addUnits(today, 'day', -1), 'day', 1, 'yesterday', 1)
  const toDate = word === 'year' && tokens[at + 1]?.lower === 'to' && tokens[at + 2]?.lower === 'date'
  if (word !== 'ytd' && !toDate) return null
  const until = addUnits(today, 'day', 1)
  return { from: startOf(today, 'year'), until, words: 'the year to date', length: toDate ? 3 : 1 }
}

function unitSpan(from: Day, unit: TimeUnit, count: number, words: string, length: number): Span {
  return { from, until: addUnits(from, unit, count), words, length }
}

const wordAt = (tokens: readonly Token[], at: number): string => tokens[at]?.lower ?? ''
