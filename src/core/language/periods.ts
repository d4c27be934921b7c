import { dayOf, isoOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import { readMonth, readSpan } from './spans.ts'
import type { Span } from './spans.ts'
import type { Token } from './tokenise.ts'

/** A range of days; an open end is null. */
export interface Period {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string | null
  /** The day after the last one. */
  readonly until: string | null
  /** The period in words, for example "in 1996". */
  readonly words: string
}

export interface ReadPeriod {
  readonly period: Period
  /** The number of tokens consumed. */
  readonly length: number
  /** The numbers that bare years may mean instead; null when the period has other words. */
  readonly numbers: BareNumbers | null
}

/** `from` and `to` are the numbers as written; the operator says whether they are included. */
export type BareNumbers =
  | { readonly operator: '=' | '>' | '>=' | '<' | '<='; readonly value: number }
  | { readonly operator: 'between'; readonly from: number; readonly to: number }

const after = new Set(['after', 'past', 'following'])
const since = new Set(['since', 'from', 'starting'])
const before = new Set(['before', 'until', 'till', 'through', 'by', 'prior', 'earlier'])
const including = new Set(['until', 'till', 'through', 'by'])
const within = new Set(['in', 'during', 'for', 'on', 'throughout'])

/** Reads a period such as "in March 1995", "between 1994 and 1996", "since 2020", "the last 12 months" at a token, or null. */
export function readPeriod(tokens: readonly Token[], at: number, today: Day): ReadPeriod | null {
  const range = readRange(tokens, at, today)
  if (range !== null) return range
  const open = readOpening(tokens, at)
  if (open !== null) return openSpan(tokens, at, open.length, today, open.opening)
  const start = within.has(tokens[at]?.lower ?? '') ? 1 : 0
  const span = readSpan(tokens, at + start, today)
  if (span === null) return null
  const words = `${/^\d{4}-\d\d-\d\d$/.test(span.words) ? 'on' : 'in'} ${span.words}`
  return closed(span.from, span.until, words, start + span.length, bareNumber('=', span))
}

function closed(
  from: Day | null,
  until: Day | null,
  words: string,
  length: number,
  numbers: BareNumbers | null = null,
): ReadPeriod {
  const period = { from: from === null ? null : isoOf(from), until: until === null ? null : isoOf(until), words }
  return { period, length, numbers }
}

const isBareYear = (span: Span): boolean => span.length === 1 && /^\d{4}$/.test(span.words)

const bareNumber = (operator: '=' | '>' | '>=' | '<' | '<=', span: Span): BareNumbers | null =>
  isBareYear(span) ? { operator, value: span.from.year } : null

type Opening = 'after' | 'since' | 'before' | 'until'

/** The words that open a period without an end or a start ("since", "on or before", "prior to"), with how many tokens they take. */
function readOpening(
  tokens: readonly Token[],
  at: number,
): { readonly opening: Opening; readonly length: number } | null {
  const [lead = '', next, third = ''] = [tokens[at]?.lower, tokens[at + 1]?.lower, tokens[at + 2]?.lower]
  if (lead === 'on' && next === 'or' && ['after', 'later', 'before'].includes(third))
    return { opening: third === 'before' ? 'until' : 'since', length: 3 }
  if (after.has(lead)) return { opening: 'after', length: 1 }
  if (lead === 'later' && next === 'than') return { opening: 'after', length: 2 }
  const takesNext = ['starting', 'prior', 'earlier'].includes(lead) && next !== undefined
  const length = takesNext ? 2 : 1
  if (since.has(lead)) return { opening: 'since', length }
  if (before.has(lead)) return { opening: including.has(lead) ? 'until' : 'before', length }
  return null
}

function openSpan(tokens: readonly Token[], at: number, skip: number, today: Day, opening: Opening): ReadPeriod | null {
  const article =
    ['the', 'year', 'to'].includes(tokens[at + skip]?.lower ?? '') && readSpan(tokens, at + skip, today) === null
      ? 1
      : 0
  const span = readSpan(tokens, at + skip + article, today)
  if (span === null) return null
  const length = skip + article + span.length
  switch (opening) {
    case 'after':
      return closed(span.until, null, `after ${span.words}`, length, bareNumber('>', span))
    case 'since':
      return closed(span.from, null, `since ${span.words}`, length, bareNumber('>=', span))
    case 'before':
      return closed(null, span.from, `before ${span.words}`, length, bareNumber('<', span))
    case 'until':
      return closed(null, span.until, `until the end of ${span.words}`, length, bareNumber('<=', span))
  }
}

/** "between 1994 and 1996", "from March to May 1995", "1994-1996": both ends included. */
function readRange(tokens: readonly Token[], at: number, today: Day): ReadPeriod | null {
  const lead = tokens[at]?.lower
  const start = lead === 'between' || lead === 'from' || lead === 'in' || lead === 'during' ? at + 1 : at
  const first = readSpan(tokens, start, today) ?? readMonth(tokens, start)
  if (first === null) return null
  const joint = tokens[start + first.length]?.lower
  const joins = lead === 'between' ? ['and'] : ['to', 'through', 'until', 'till', '-']
  if (joint === undefined || !joins.includes(joint)) return null
  const last = readSpan(tokens, start + first.length + 1, today)
  if (last === null) return null
  const from = first.yearless === true ? dayOf(last.from.year, first.from.month) : first.from
  const isBackward = isoOf(from) >= isoOf(last.until)
  const words = `from ${first.words} to ${last.words}`
  const numbers: BareNumbers | null =
    isBareYear(first) && isBareYear(last) ? { operator: 'between', from: first.from.year, to: last.from.year } : null
  return isBackward ? null : closed(from, last.until, words, start - at + first.length + 1 + last.length, numbers)
}
