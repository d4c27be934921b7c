import type { Period } from '../../language/periods.ts'
import type { Phrase, Quality } from '../../language/phrase.ts'
import { countsTimes, readComparison, readExtreme, readOperandOf, mayHold, readValues } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import { unitOf } from '../../language/units.ts'
import { endsOf } from './change-rules.ts'
import { countedAt, readCounted, readCountedAs } from './counted-rules.ts'
import { pushFilter, takeOwner, takeQualifier } from './add-filter.ts'
import { isNoun } from './draft.ts'
import type { Filter, Noun, NounRole, Operand, ItemOf } from './draft.ts'
import {
  areAdjacent,
  areLinked,
  isAmount,
  isThing,
  makeNoun,
  nounAt,
  numberAt,
  numberOperandAt,
  phraseAt,
  saysAt,
  takeBoth,
  wordsOf,
} from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** A noun followed by its condition: "price over 20", "line 10", "status is not open", "price between 5 and 10". */
export const readSubjectFilter: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null || reader.functions.length > 0) return 0
  const negated = saysAt(reader, at + 1, 'not') ? 1 : 0
  const start = at + 1 + negated + (isFillerAt(reader, at + 1 + negated) ? 1 : 0)
  const isAmountOfPeriod = item.mention.candidates[0]?.kind === 'formula' && reader.items[start]?.type === 'period'
  const comparison = isAmountOfPeriod ? null : (readComparison(reader, start) ?? readOperandOf(reader, item, at, start))
  if (comparison === null || countsTimes(reader, start + comparison.length)) return 0
  const { operand } = comparison
  if (comparison.quality !== null && saysAt(reader, at + 1 + negated, 'or')) return 0
  if (isThing(item.mention) && isOfOther(reader, comparison, start + comparison.length)) return 0
  const subject = makeNoun(reader, item.mention, roleFor(operand), takeOwner(reader))
  if (isThing(item.mention) && reader.attaching) ownAsks(reader, subject)
  pushFilter(reader, { subject, ...comparison, negated: comparison.negated !== (negated === 1) })
  const end = start + comparison.length
  return end + (isThing(item.mention) ? 0 : unitAfter(reader, end)) - at
}

/** "with a number of visits over 3": the noun of the count is what is compared, a column or related rows. */
export const readCountFilter: Rule = (reader, at) => {
  const item = saysAt(reader, at, 'count') && reader.functions.length === 0 ? nounAt(reader, at + 1) : null
  const isCondition = saysAt(reader, at - 1, 'with', 'has', 'whose', 'and', 'or', 'relative')
  if (item === null || !isCondition || reader.draft.asks.length === 0) return 0
  const comparison = readComparison(reader, at + 2)
  if (comparison === null || comparison.quality !== null) return 0
  const { operator, operand } = comparison
  if ((operand.kind !== 'number' && operand.kind !== 'range') || !(isThing(item.mention) || isAmount(item.mention)))
    return 0
  readCountedAs(reader, item, { operator, operand })
  return comparison.length + 2
}

/** "customers with more than 3 orders", "sailors older than 30", "a null email": the condition is on what follows or on a quality. */
const isOfOther = (reader: Reader, { operand, quality }: Comparison, end: number): boolean =>
  quality !== null || (['number', 'range', 'missing'].includes(operand.kind) && nounAt(reader, end) !== null)

/** "longer than 300 *feet*": the unit chooses the column and is no noun of its own. */
const unitAfter = (reader: Reader, at: number): number =>
  reader.items[at - 1]?.type === 'number' && unitOf(nounAt(reader, at)?.mention.text ?? '') !== null ? 1 : 0

/** "the salary of sailor 2": what was asked for belongs to the one that is told. */
function ownAsks({ draft, openAsks }: Reader, owner: Noun): void {
  for (const ask of draft.asks.slice(openAsks)) if (ask.kind === 'noun') ask.noun.anchor ??= owner
}

/** Skips "is either" or "are both" between a noun and its value. */
const isFillerAt = (reader: Reader, at: number): boolean =>
  (saysAt(reader, at, 'or', 'both', 'pronoun') && reader.items[at + 1]?.type !== 'noun') ||
  (saysAt(reader, at, 'of') && isOperandAt(reader, at + 1)) ||
  (saysAt(reader, at, 'preposition') && reader.items[at + 1]?.type === 'number' && isDone(reader, at - 1)) ||
  (saysAt(reader, at, 'filler') && unitOf(wordsOf(reader, at).replace(/^in /i, '')) !== null)

/** "majoring in 600": a verb that is a column's. */
const isDone = (reader: Reader, at: number): boolean => /(?:ed|ing)$/i.test(nounAt(reader, at)?.mention.text ?? '')

/** "a rating of at least 3.5", "the state of California". */
function isOperandAt(reader: Reader, at: number): boolean {
  const item = reader.items[at]
  // "Employees of the QA department": the value says which department, and not which employees.
  const behind = nounAt(reader, at + 1)
  const isOfNoun = behind !== null && isThing(behind.mention) && areAdjacent(item, behind)
  if (item?.type === 'value') return item.mention !== null && !isOfNoun
  return (
    saysAt(reader, at, 'compare', 'between') ||
    (numberAt(reader, at) !== null && reader.items[at + 1]?.type !== 'noun' && !saysAt(reader, at + 1, 'superlative'))
  )
}

function roleFor(operand: Operand): NounRole {
  if (operand.kind === 'values' || operand.kind === 'match') return 'textual'
  return operand.kind === 'missing' ? 'ask' : 'numeric'
}

/** A comparison without a noun before it: "older than 20", "below price 30", "more than 4 orders". */
export const readLooseFilter: Rule = (reader, at) => {
  const inverted = readInverted(reader, at)
  if (inverted > 0) return inverted
  const comparison = readComparison(reader, at)
  if (comparison === null || countsTimes(reader, at + comparison.length)) return 0
  if (comparison.quality !== null) {
    pushFilter(reader, { subject: comparedBy(reader, comparison) ?? { quality: comparison.quality }, ...comparison })
    return comparison.length + unitAfter(reader, at + comparison.length)
  }
  const counts = at + comparison.length + (saysAt(reader, at + comparison.length, 'distinct') ? 1 : 0)
  if (countedAt(reader, counts) !== null) return readCounted(reader, at, comparison)
  const named = amountNamed(reader, at + comparison.length)
  const subject = named ?? unsaidSubject(reader, at)
  if (subject === null) return 0
  pushFilter(reader, { subject, ...comparison })
  return comparison.length + (named === null ? 0 : 2)
}

/** "earn more than 3000 *in salary*": the amount that was compared. */
function amountNamed(reader: Reader, at: number): Noun | null {
  const item =
    saysAt(reader, at, 'preposition') && wordsOf(reader, at).toLowerCase() === 'in' ? nounAt(reader, at + 1) : null
  const isAmountOf = item !== null && item.unit === null && !isThing(item.mention) && isAmount(item.mention)
  return isAmountOf ? makeNoun(reader, item.mention, 'numeric', takeOwner(reader)) : null
}

/** "more expensive than the average price of all products" compares that price. */
function comparedBy(reader: Reader, { of = null }: Comparison): Noun | null {
  if (of === null || isThing(of.column.mention)) return null
  const owner = of.owner === null ? null : makeNoun(reader, of.owner.mention, 'loose')
  return makeNoun(reader, of.column.mention, 'numeric', owner)
}

/** The implied subject of a comparison: "cost more than 5", "no less than 3 and no more than 4", "orders over 500". */
function unsaidSubject(reader: Reader, at: number): Filter['subject'] {
  const before = reader.items[at - 1]
  const quality = before?.type === 'verb' ? verbQualities[before.word.replace(/(?:s|ed|ing)$/, '')] : undefined
  if (quality !== undefined) return { quality }
  const isMatch = saysAt(reader, at, 'match')
  const column = columnBefore(reader, at)
  if (column !== null && (isMatch || isAmount(column.mention)))
    return makeNoun(reader, column.mention, isMatch ? 'textual' : 'numeric', isNoun(reader.focus) ? reader.focus : null)
  const last = reader.draft.filters.at(-1)?.subject ?? null
  if (isMatch && isNoun(reader.focus) && isThing(reader.focus.mention))
    return makeNoun(reader, reader.focus.mention, 'textual')
  if (last !== null) return last
  return before?.type === 'noun' && isThing(before.mention) ? { quality: 'amount' } : null
}

/** "names that end with l", "prices which are over 500": the column that a clause describes, unless an aggregate of it is meant. */
function columnBefore(reader: Reader, at: number): ItemOf<'noun'> | null {
  let before = at - 1
  while (saysAt(reader, before, 'relative', 'whose', 'who', 'has')) before -= 1
  const noun = before < at - 1 || saysAt(reader, at, 'match') ? nounAt(reader, before) : null
  const isAggregated = reader.draft.nouns.some(({ mention, role }) => mention === noun?.mention && role === 'measure')
  return noun === null || isAggregated || isThing(noun.mention) ? null : noun
}

export const verbQualities: Readonly<Record<string, Quality>> = {
  cost: 'price',
  pric: 'price',
  weigh: 'weight',
  earn: 'pay',
  last: 'length',
  scor: 'rating',
}

/** "a negative balance", "a null email": a state of the column that follows. */
function readStated(reader: Reader, item: ItemOf<'noun'>, phrase: Phrase): number {
  if (phrase.is !== 'sign' && isThing(item.mention)) return 0
  const subject = makeNoun(reader, item.mention, phrase.is === 'sign' ? 'numeric' : 'ask', takeOwner(reader))
  const state =
    phrase.is === 'sign'
      ? { operator: phrase.operator, operand: { kind: 'number', value: 0 } as const, negated: false }
      : { operator: '=' as const, operand: { kind: 'missing' } as const, negated: phrase.is === 'present' }
  pushFilter(reader, { subject, ...state })
  return 2
}

/** The operator precedes its noun: "below price 30", "above the price of 30", "a greater weight than 10". */
function readInverted(reader: Reader, at: number): number {
  const phrase = phraseAt(reader, at)
  const item = nounAt(reader, at + 1)
  if (item !== null && (phrase?.is === 'sign' || phrase?.is === 'missing' || phrase?.is === 'present'))
    return readStated(reader, item, phrase)
  if (item === null || (phrase?.is !== 'compare' && phrase?.is !== 'compare-open')) return 0
  let next = at + 2
  while (saysAt(reader, next, 'than', 'of')) next += 1
  const value = numberAt(reader, next)
  const extreme = value === null ? readExtreme(reader, next) : null
  if (value === null && extreme === null) return 0
  const operand: Operand = extreme?.operand ?? numberOperandAt(reader, next, value ?? 0)
  const subject = makeNoun(reader, item.mention, 'numeric', takeOwner(reader))
  pushFilter(reader, { subject, operator: phrase.operator, operand, negated: false })
  return next + (extreme?.length ?? 1) - at
}

/** Values that stand alone or before their noun: "in Germany", "card payments", "Acme orders". */
export const readValueFilter: Rule = (reader, at) => {
  const read = readValues(reader, at)
  const first = read?.values[0]
  if (read === null || first === undefined) return 0
  const { values, joint } = read
  const operand: Operand = { kind: 'values', values, all: takeBoth(reader) && joint === 'and', joint }
  if (read.values.length > 1 && isComparing(reader))
    reader.draft.groups.push({ kind: 'values', noun: null, value: first, each: false })
  const behind = nounAt(reader, at + read.length)
  const isLinked = behind !== null && areLinked(reader, at + read.length - 1, at + read.length)
  const holder = isLinked && !reader.attaching && isHolder(behind, first) ? behind : null
  const { asking, relating } = reader
  const subject = holder === null ? null : makeNoun(reader, holder.mention, 'textual', takeQualifier(reader))
  pushFilter(reader, { subject, operator: '=', operand, negated: false })
  if (holder === null && behind !== null) reader.asking = asking
  if (holder === null && !asking && relating) reader.focus = first
  return read.length + (holder === null ? 0 : 1)
}

/** "compare France and Germany", "France versus Germany": the values are shown side by side. */
const isComparing = (reader: Reader): boolean =>
  reader.tokens.some(({ lower }) => ['compare', 'compared', 'versus', 'vs'].includes(lower))

/** Whether a value belongs to the column after it ("open status") rather than to an entity ("card payments"). */
const isHolder = (noun: ItemOf<'noun'>, value: { readonly mention: ItemOf<'value'>['mention'] }): boolean =>
  !isThing(noun.mention) && mayHold(noun.mention, value.mention)

/** A condition whose words were linked as a whole. */
export const readCondition: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item?.type !== 'condition') return 0
  for (const { mention, operator, operand } of item.parts)
    pushFilter(reader, {
      subject: makeNoun(reader, mention, 'numeric', reader.focus),
      operator,
      operand,
      negated: false,
    })
  return 1
}

/** A period as a filter. */
export const readPeriodFilter: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item?.type !== 'period') return 0
  const { change } = reader.draft
  const ends = change === null || change.periods.length > 0 ? null : endsOf(reader, item)
  if (change !== null && ends !== null) reader.draft.change = { ...change, periods: ends }
  const more = phraseAt(reader, at + 1)
  const period = more?.is === 'or-more' ? opened(item.period, more) : item.period
  pushFilter(reader, { subject: null, operator: '=', operand: { kind: 'period', period }, negated: false })
  return more?.is === 'or-more' ? 2 : 1 + readFurtherPeriods(reader, at + 1, item)
}

/** "2010 or later", "2010 or earlier". What is older is from an earlier time. */
function opened(period: Period, { operator, quality }: Extract<Phrase, { is: 'or-more' }>): Period {
  const words = period.words.replace(/^(?:in|on) /, '')
  return (operator === '>=') === (quality !== 'age')
    ? { from: period.from, until: null, words: `since ${words}` }
    : { from: null, until: period.until, words: `until the end of ${words}` }
}

/** "in 1995 and 1996" keeps both years and, with "and", groups by year. */
function readFurtherPeriods(reader: Reader, at: number, first: ItemOf<'period'>): number {
  const next = reader.items[at + 1]
  if (!saysAt(reader, at, 'and', 'or') || next?.type !== 'period') return 0
  if (next.numbers?.operator !== '=' || first.numbers?.operator !== '=') return 0
  if (takeBoth(reader)) {
    pushFilter(reader, {
      subject: null,
      operator: '=',
      operand: { kind: 'period', period: next.period },
      negated: false,
    })
    return 2
  }
  reader.or = 'or'
  pushFilter(reader, { subject: null, operator: '=', operand: { kind: 'period', period: next.period }, negated: false })
  if (saysAt(reader, at, 'and') && !reader.draft.groups.some((g) => g.kind === 'time')) {
    reader.draft.groups.push({ kind: 'time', unit: 'year', noun: null, each: false })
  }
  return 2
}
