import type { Token } from '../../language/tokenise.ts'
import { readNumber } from '../../language/number-words.ts'
import type { CompareOperator } from '../../language/phrase.ts'
import type { PhraseBook } from '../../language/phrase-book.ts'
import { durationOf } from '../linking/link-dates.ts'
import type { DateLinker, DatePair } from '../linking/link-dates.ts'
import type { DurationUnit, Mention } from '../linking/mention.ts'
import type { Item } from './draft.ts'

/** What reading the time between dates needs. */
export interface DurationCutting {
  readonly phrases: PhraseBook
  readonly dates: DateLinker
  /** Whether a column holds the word, so that it is a value: the status "overdue". */
  readonly isValue: (words: string) => boolean
  /** `YYYY-MM-DD`. */
  readonly today: string
}

/** The items that begin at a token and speak of the time between two dates, the longest first. */
export function durationItems(tokens: readonly Token[], at: number, cutting: DurationCutting): readonly Item[] {
  const found = [
    readSpanOfTime(tokens, at, cutting),
    readDelay(tokens, at, cutting),
    readOrderOfDates(tokens, at, cutting),
    readLateness(tokens, at, cutting),
  ]
  return found.flatMap((item) => item ?? [])
}

const word = (tokens: readonly Token[], at: number): string => tokens[at]?.lower ?? ''

function mentionOf(
  tokens: readonly Token[],
  from: number,
  to: number,
  pairs: readonly DatePair[],
  unit: DurationUnit,
): Mention {
  const text = tokens
    .slice(from, to)
    .map((token) => token.text)
    .join(' ')
  return { from, to, text, candidates: pairs.map((pair) => durationOf(pair, unit)) }
}

const unitWords: Readonly<Record<string, DurationUnit>> = {
  day: 'day',
  days: 'day',
  hour: 'hour',
  hours: 'hour',
  minute: 'minute',
  minutes: 'minute',
}

/** Words before "between" or "from" that ask for the time between two dates. */
const lead =
  /^(?:(?:number of )?(days|hours|minutes)(?: (?:it takes|it took|elapsed|passed|taken))?|(?:waiting |lead |turnaround |processing |response )?(?:time|wait|delay|gap|lag|interval|duration|turnaround)(?: (?:in (days|hours|minutes)|taken|it takes|it took|elapsed))?|how (?:long|many (days|hours|minutes)) (?:does|do|did) (?:it|they) (?:usually |normally |typically )?take(?: on average)?(?: in (days|hours|minutes))?|how many (days|hours|minutes)(?: (?:are there|lie|pass|passed|elapse|elapsed))?(?: on average)?) (between|from) /

const longestLead = 12
const longestDate = 6
const ends = new Set(
  'per by for each every in of on over during with where whose that who which and or grouped across , . ? ! ; :'.split(
    ' ',
  ),
)

/** "days between order and ship date", "time from booking to the visit", "how long does it take from order to delivery". */
function readSpanOfTime(tokens: readonly Token[], at: number, { dates }: DurationCutting): Item | null {
  const text = `${tokens
    .slice(at, at + longestLead)
    .map((token) => token.lower)
    .join(' ')} `
  const match = lead.exec(text)
  if (match === null) return null
  const unit = unitWords[match.slice(1, -1).find((said) => said !== undefined) ?? 'day'] ?? 'day'
  const joints = match.at(-1) === 'between' ? ['and'] : ['to', 'until', 'till']
  const start = at + match[0].trim().split(' ').length
  for (let joint = start + 1; joint <= start + longestDate; joint += 1) {
    if (!joints.includes(word(tokens, joint))) continue
    const from = tokens.slice(start, joint).map((token) => token.lower)
    const last = dateAfter(tokens, joint + 1, (to) => dates.pairs(from, to))
    if (last === null) continue
    const behind = word(tokens, last.end) === 'in' ? unitWords[word(tokens, last.end + 1)] : undefined
    const to = last.end + (behind === undefined ? 0 : 2)
    return { type: 'noun', mention: mentionOf(tokens, at, to, last.pairs, behind ?? unit), unit: null, from: at, to }
  }
  return null
}

/** The longest words from a token on that name a date. */
function dateAfter(
  tokens: readonly Token[],
  at: number,
  pairsFor: (words: readonly string[]) => readonly DatePair[],
): { readonly end: number; readonly pairs: readonly DatePair[] } | null {
  let end = at
  while (end < at + longestDate && end < tokens.length && !ends.has(word(tokens, end))) end += 1
  for (; end > at; end -= 1) {
    const pairs = pairsFor(tokens.slice(at, end).map((token) => token.lower))
    if (pairs.length > 0) return { end, pairs }
  }
  return null
}

/** "delivered more than 30 days after they were placed", "shipped within 5 days of the order date". */
function readDelay(tokens: readonly Token[], at: number, { phrases, dates }: DurationCutting): Item | null {
  for (let start = at + 1; start <= at + 3; start += 1) {
    const compared = comparedAt(tokens, start, phrases)
    const number = compared === null ? null : readNumber(tokens, compared.end)
    if (compared === null || number === null) continue
    const unitAt = compared.end + number.length
    const said = word(tokens, unitAt)
    const [unit, times]: readonly [DurationUnit | undefined, number] = /^weeks?$/.test(said)
      ? ['day', 7]
      : [unitWords[said], 1]
    const way = word(tokens, unitAt + 1)
    if (unit === undefined || !['after', 'before', 'of', 'from'].includes(way)) continue
    const done = tokens.slice(at, start).map((token) => token.lower)
    if (!dates.namesDate(done)) continue
    const last = dateAfter(tokens, unitAt + 2, (other) =>
      way === 'before' ? dates.pairs(done, other) : dates.pairs(other, done),
    )
    if (last === null) continue
    return conditionItem(mentionOf(tokens, at, last.end, last.pairs, unit), compared.operator, number.value * times)
  }
  return null
}

function comparedAt(
  tokens: readonly Token[],
  at: number,
  phrases: PhraseBook,
): { readonly operator: CompareOperator; readonly end: number } | null {
  if (word(tokens, at) === 'within') return { operator: '<=', end: at + 1 }
  if (readNumber(tokens, at) !== null) return null
  const found = phrases(tokens, at).flatMap(({ phrase, length }) =>
    phrase.is === 'compare' && (phrase.quality === null || phrase.quality === 'length')
      ? [{ operator: phrase.operator, end: at + length }]
      : [],
  )
  return found.toSorted((a, b) => b.end - a.end)[0] ?? null
}

const conditionItem = (mention: Mention, operator: CompareOperator, value: number): Item => ({
  type: 'condition',
  parts: [{ mention, operator, operand: { kind: 'number', value } }],
  from: mention.from,
  to: mention.to,
})

const orderWords: readonly (readonly [words: string, operator: CompareOperator])[] = [
  ['after', '>'],
  ['later than', '>'],
  ['past', '>'],
  ['before', '<'],
  ['earlier than', '<'],
  ['prior to', '<'],
]

/** "received after the commit date", "whose ship date is before the order date". */
function readOrderOfDates(tokens: readonly Token[], at: number, { dates }: DurationCutting): Item | null {
  for (let start = at + 1; start <= at + 3; start += 1) {
    const order = orderWords.find(([words]) => words.split(' ').every((one, i) => word(tokens, start + i) === one))
    if (order === undefined) continue
    const done = tokens.slice(at, start).map((token) => token.lower)
    if (!dates.namesDate(done)) continue
    const last = dateAfter(tokens, start + order[0].split(' ').length, (due) => dates.pairs(due, done))
    return last === null ? null : conditionItem(mentionOf(tokens, at, last.end, last.pairs, 'day'), order[1], 0)
  }
  return null
}

/** "shipped late", "late jobs", "delivered on time", "overdue": where a table has a promised date and one when it was done. */
function readLateness(tokens: readonly Token[], at: number, { dates, today, isValue }: DurationCutting): Item | null {
  const verb = ['is', 'are', 'was', 'were', 'be', 'been'].includes(word(tokens, at)) ? 1 : 0
  const denied = word(tokens, at + verb) === 'not' ? verb + 1 : 0
  const read = latenessAt(tokens, at + denied) ?? latenessAt(tokens, at + denied + 1)
  if (
    read === null ||
    isValue(
      tokens
        .slice(read.from, read.to)
        .map(({ lower }) => lower)
        .join(' '),
    )
  )
    return null
  const done = tokens.slice(at + denied, read.from).map((token) => token.lower)
  const pairs = done.length > 0 && !dates.namesDate(done) ? [] : dates.promises(done)
  if (pairs.length === 0) return null
  const mention = mentionOf(tokens, at, read.to, pairs, 'day')
  if (read.way !== 'overdue') return conditionItem(mention, (read.way === 'late') === (denied === 0) ? '>' : '<=', 0)
  if (done.length > 0 || denied > 0) return null
  const columnOf = (column: (pair: DatePair) => DatePair['from']): Mention => ({
    ...mention,
    candidates: pairs.map((pair) => ({ kind: 'column', column: column(pair), score: 1 })),
  })
  const period = { from: null, until: today, words: `before ${today}` }
  return {
    type: 'condition',
    parts: [
      { mention: columnOf(({ to }) => to), operator: '=', operand: { kind: 'missing' } },
      { mention: columnOf(({ from }) => from), operator: '=', operand: { kind: 'period', period } },
    ],
    from: at,
    to: read.to,
  }
}

interface Lateness {
  readonly way: 'late' | 'on time' | 'overdue'
  readonly from: number
  readonly to: number
}

function latenessAt(tokens: readonly Token[], at: number): Lateness | null {
  const [first, next] = [word(tokens, at), word(tokens, at + 1)]
  if (first === 'late') return { way: 'late', from: at, to: at + 1 }
  if (first === 'overdue') return { way: 'overdue', from: at, to: at + 1 }
  if (first === 'too' && next === 'late') return { way: 'late', from: at, to: at + 2 }
  if (first === 'past' && next === 'due') return { way: 'overdue', from: at, to: at + 2 }
  return first === 'on' && next === 'time' ? { way: 'on time', from: at, to: at + 2 } : null
}
