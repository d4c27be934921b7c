import type { CompareOperator, Quality } from '../language/phrases.ts'
import type { Demand, Noun, NounRole, Operand } from './draft.ts'
import type { ItemOf } from './item.ts'
import {
  areLinked,
  isThing,
  itemAt,
  makeNoun,
  nounAt,
  numberAt,
  phraseAt,
  saysAt,
  takeNegation,
  takeOr,
  isAmount,
} from './reader.ts'
import type { Reader, Rule } from './reader.ts'
import { mayHold, readValues } from './read-values.ts'

/** A comparison read from an item on: sign, operand, and how many items they took. */
interface Comparison {
  readonly operator: CompareOperator
  readonly operand: Operand
  readonly quality: Quality | null
  readonly length: number
  readonly negated: boolean
}

/** Noun, then what must hold of it: "age over 20", "grade 10", "language is not English", "price between 5 and 10". */
export const readSubjectDemand: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null || reader.functions.length > 0) return 0
  const negated = saysAt(reader, at + 1, 'not') ? 1 : 0
  const either =
    saysAt(reader, at + 1 + negated, 'or', 'both', 'pronoun') && reader.items[at + 1 + negated]?.type === 'phrase'
      ? 1
      : 0
  const start = at + 1 + negated + (either === 1 && reader.items[at + 2 + negated]?.type !== 'noun' ? 1 : 0)
  const comparison = readComparison(reader, start) ?? readOperand(reader, item, at, start)
  if (comparison === null) return 0
  const isCount = comparison.operand.kind === 'number' || comparison.operand.kind === 'range'
  if (isCount && isThing(item.mention) && nounAt(reader, start + comparison.length) !== null) return 0
  const role: NounRole =
    comparison.operand.kind === 'values' || comparison.operand.kind === 'match'
      ? 'textual'
      : comparison.operand.kind === 'missing'
        ? 'ask'
        : 'numeric'
  const subject = makeNoun(reader, item.mention, role, takeAnchor(reader))
  pushDemand(reader, { subject, ...comparison, negated: comparison.negated !== (negated === 1) })
  return start + comparison.length - at
}

function takeAnchor(reader: Reader): Noun | null {
  const anchor = reader.qualifier
  reader.qualifier = null
  return anchor
}

function pushDemand(
  reader: Reader,
  { subject, operator, operand, negated }: Pick<Demand, 'subject' | 'operator' | 'operand' | 'negated'>,
): void {
  const denied = takeNegation(reader)
  const or = takeOr(reader)
  reader.draft.demands.push({
    subject,
    operator,
    operand,
    negated: denied !== negated,
    or,
    about: reader.focus,
    within: reader.within,
  })
  reader.relating = false
  if (reader.functions.length === 0 && reader.draft.asks.length > 0) {
    reader.asking = false
    reader.attaching = false
  }
}

/** Number, value or period directly behind its noun. */
function readOperand(reader: Reader, item: ItemOf<'noun'>, at: number, start: number): Comparison | null {
  const next = itemAt(reader, start)
  if (next === undefined || !areLinked(reader, start - 1, start)) return null
  if (next.type === 'value') return valueOperand(reader, item, at, start)
  if (next.type === 'period') {
    if (isDateLike(item)) return { operator: '=', operand: periodOperand(next), quality: null, length: 1, negated: false }
    const asNumbers = isThing(item.mention) ? null : periodNumbers(next)
    if (asNumbers !== null || isThing(item.mention)) return asNumbers
    return null
  }
  const number = numberAt(reader, start)
  if (number === null || itemAt(reader, start + 1)?.type === 'noun') return null
  return numberOperand(reader, start, number)
}

function valueOperand(reader: Reader, item: ItemOf<'noun'>, at: number, start: number): Comparison | null {
  const read = readValues(reader, start)
  const first = read?.values[0]
  if (read === null || first === undefined || !mayHold(item.mention, first.mention)) return null
  if (reader.asking && reader.draft.asks.length === 0 && at === 0 && first.mention === null) return null
  const operand: Operand = { kind: 'values', values: read.values, all: reader.both && read.joint === 'and' }
  return { operator: '=', operand, quality: null, length: read.length, negated: false }
}

/** Whether a noun may be a date or a year, so that a period is said of it. */
const isDateLike = (item: ItemOf<'noun'>): boolean =>
  item.unit !== null ||
  item.mention.candidates.some(
    (c) =>
      c.kind === 'column' &&
      c.score >= (item.mention.candidates[0]?.score ?? 0) - 0.2 &&
      (c.column.kind === 'date' || c.column.kind === 'timestamp' || c.column.ways.flat().some((w) => w === 'year' || w === 'date')),
  )

/** "between 1500 and 2000", "after 1500" said of a plain number. */
function periodNumbers({ numbers }: ItemOf<'period'>): Comparison | null {
  if (numbers === null) return null
  const made = (operator: CompareOperator, operand: Operand): Comparison => ({ operator, operand, quality: null, length: 1, negated: false })
  if (numbers.operator === 'between') return made('=', { kind: 'range', from: numbers.from, to: numbers.to })
  return made(numbers.operator, { kind: 'number', value: numbers.value })
}

function periodOperand(item: ItemOf<'period'>): Operand {
  return { kind: 'period', period: item.period }
}

/** "grade 9 or 10", "grade 9". */
function numberOperand(reader: Reader, start: number, first: number): Comparison {
  const values = [first]
  let end = start + 1
  for (;;) {
    let next = end
    while (saysAt(reader, next, 'comma', 'or', 'and')) next += 1
    const value = next > end ? numberAt(reader, next) : null
    if (value === null || itemAt(reader, next + 1)?.type === 'noun') break
    values.push(value)
    end = next + 1
  }
  const more = phraseAt(reader, end)
  if (more?.is === 'or-more')
    return {
      operator: more.operator,
      operand: { kind: 'number', value: first },
      quality: null,
      length: end + 1 - start,
      negated: false,
    }
  const operand: Operand = values.length === 1 ? { kind: 'number', value: first } : { kind: 'numbers', values }
  return { operator: '=', operand, quality: null, length: end - start, negated: false }
}

/** "over 20", "between 5 and 10", "5 or more", "above the average", "contains 'w'", "is missing". */
export function readComparison(reader: Reader, at: number): Comparison | null {
  const phrase = phraseAt(reader, at)
  if (phrase === null) return readBareRange(reader, at)
  const made = (
    operator: CompareOperator,
    operand: Operand,
    length: number,
    quality: Quality | null = null,
  ): Comparison => ({ operator, operand, quality, length, negated: false })
  switch (phrase.is) {
    case 'compare':
      return readCompared(reader, at, phrase.operator, phrase.quality)
    case 'compare-open':
      return saysAt(reader, at + 1, 'than') ? readCompared(reader, at + 1, phrase.operator, phrase.quality) : null
    case 'between': {
      const [from, to] = [numberAt(reader, at + 1), numberAt(reader, at + 3)]
      if (from === null || to === null || !saysAt(reader, at + 2, 'and', 'preposition')) return null
      return made('=', { kind: 'range', from, to }, 4)
    }
    case 'match': {
      const item = itemAt(reader, at + 1)
      if (item?.type !== 'value' && item?.type !== 'unknown') return null
      return made('=', { kind: 'match', how: phrase.how, text: item.type === 'value' ? item.text : item.word }, 2)
    }
    case 'missing':
      return made('=', { kind: 'missing' }, 1)
    case 'present':
      return { ...made('=', { kind: 'missing' }, 1), negated: true }
    default:
      return null
  }
}

function readBareRange(reader: Reader, at: number): Comparison | null {
  const from = numberAt(reader, at)
  if (from === null) {
    const item = itemAt(reader, at)
    if (item?.type !== 'period' || item.numbers?.operator !== 'between') return null
    return null
  }
  const to = numberAt(reader, at + 2)
  const joins = phraseAt(reader, at + 1)
  const isRange = to !== null && joins?.is === 'preposition' && joins.role === 'target'
  return isRange
    ? { operator: '=', operand: { kind: 'range', from, to }, quality: null, length: 3, negated: false }
    : null
}

function readCompared(
  reader: Reader,
  at: number,
  operator: CompareOperator,
  quality: Quality | null,
): Comparison | null {
  const value = numberAt(reader, at + 1)
  if (value !== null) return { operator, operand: { kind: 'number', value }, quality, length: 2, negated: false }
  const item = itemAt(reader, at + 1)
  if (
    item?.type === 'phrase' &&
    (item.phrase.is === 'average-value' || (item.phrase.is === 'aggregate' && item.phrase.fn === 'avg'))
  ) {
    const repeats = nounAt(reader, at + 2) !== null ? 1 : 0
    return { operator, operand: { kind: 'average' }, quality, length: 2 + repeats, negated: false }
  }
  if (item?.type === 'value' && operator === '<>') {
    return {
      operator: '=',
      operand: {
        kind: 'values',
        values: [{ text: item.text, mention: item.mention, quoted: item.quoted }],
        all: false,
      },
      quality,
      length: 2,
      negated: true,
    }
  }
  return null
}

/** "that contain the letter w in their description": the column stands behind. */
export const readMatchBefore: Rule = (reader, at) => {
  const comparison = saysAt(reader, at, 'match') ? readComparison(reader, at) : null
  if (comparison === null) return 0
  let next = at + comparison.length
  while (saysAt(reader, next, 'preposition', 'pronoun', 'of')) next += 1
  const item = nounAt(reader, next)
  if (item === null || next === at + comparison.length) return 0
  const subject = makeNoun(reader, item.mention, 'textual', takeAnchor(reader))
  pushDemand(reader, { subject, ...comparison })
  return next + 1 - at
}

/** A comparison without its noun before it: "older than 20", "below age 30", "more than 4 cylinders", "between 5 and 10 dollars". */
export const readLooseDemand: Rule = (reader, at) => {
  const inverted = readInverted(reader, at)
  if (inverted > 0) return inverted
  const comparison = readComparison(reader, at)
  if (comparison === null) return 0
  const noun = nounAt(reader, at + comparison.length)
  if (comparison.quality !== null) {
    pushDemand(reader, { subject: { quality: comparison.quality }, ...comparison })
    return comparison.length
  }
  if (noun !== null) return readCounted(reader, at, comparison)
  const last = reader.draft.demands.at(-1)?.subject
  if (last === undefined || last === null) return 0
  pushDemand(reader, { subject: last, ...comparison })
  return comparison.length
}

/** "below age 30", "above the age of 30", "a greater weight than 10". */
function readInverted(reader: Reader, at: number): number {
  const phrase = phraseAt(reader, at)
  const item = nounAt(reader, at + 1)
  if (phrase === null || item === null || (phrase.is !== 'compare' && phrase.is !== 'compare-open')) return 0
  let next = at + 2
  while (saysAt(reader, next, 'than', 'of')) next += 1
  const value = numberAt(reader, next)
  const average = saysAt(reader, next, 'average-value') || phraseAt(reader, next)?.is === 'aggregate'
  if (value === null && !average) return 0
  const operand: Operand = value === null ? { kind: 'average' } : { kind: 'number', value }
  const subject = makeNoun(reader, item.mention, 'numeric', takeAnchor(reader))
  pushDemand(reader, { subject, operator: phrase.operator, operand, negated: false })
  return next + 1 - at
}

/** "more than 4 cylinders", "at least two votes": a column of numbers, or so many related rows. Settled with the catalog. */
function readCounted(reader: Reader, at: number, comparison: Comparison): number {
  const item = nounAt(reader, at + comparison.length)
  if (item === null) return 0
  if (!isThing(item.mention) && isAmount(item.mention)) {
    const subject = makeNoun(reader, item.mention, 'numeric', takeAnchor(reader))
    pushDemand(reader, { subject, operator: comparison.operator, operand: comparison.operand, negated: false })
    return comparison.length + 1
  }
  const noun = makeNoun(reader, item.mention, 'counted', takeAnchor(reader))
  const negated = takeNegation(reader)
  const count = { operator: negated ? opposite[comparison.operator] : comparison.operator, operand: comparison.operand }
  reader.draft.relations.push({ noun, negated: false, count, about: reader.focus, loose: false, with: false })
  reader.relating = false
  reader.asking = false
  return comparison.length + 1
}

const opposite: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '<>',
  '<>': '=',
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
}

/** A number before a noun: "with 8 cylinders", "3 or more friends", "two pets". */
export const readNumberedNoun: Rule = (reader, at) => {
  const value = numberAt(reader, at)
  if (value === null) return 0
  const more = phraseAt(reader, at + 1)
  if (more?.is === 'or-more') {
    return readCounted(reader, at, {
      operator: more.operator,
      operand: { kind: 'number', value },
      quality: null,
      length: 2,
      negated: false,
    })
  }
  if (nounAt(reader, at + 1) === null || (reader.asking && !isCompound(reader, at))) return 0
  return readCounted(reader, at, {
    operator: '=',
    operand: { kind: 'number', value },
    quality: null,
    length: 1,
    negated: false,
  })
}

/** "4 cylinder cars". */
const isCompound = (reader: Reader, at: number): boolean =>
  nounAt(reader, at + 2) !== null &&
  areLinked(reader, at + 1, at + 2) &&
  !isThing(nounAt(reader, at + 1)?.mention ?? { from: 0, to: 0, text: '', candidates: [] })

/** Values that stand alone or before their noun: "in Germany", "dog pets", "United Airlines flights". */
export const readValueDemand: Rule = (reader, at) => {
  const read = readValues(reader, at)
  const first = read?.values[0]
  if (read === null || first === undefined) return 0
  const operand: Operand = { kind: 'values', values: read.values, all: reader.both && read.joint === 'and' }
  const behind = nounAt(reader, at + read.length)
  const holder =
    behind !== null &&
    areLinked(reader, at + read.length - 1, at + read.length) &&
    !reader.attaching &&
    isHolder(behind, first)
      ? behind
      : null
  const asking = reader.asking
  const subject = holder === null ? null : makeNoun(reader, holder.mention, 'textual', takeAnchor(reader))
  pushDemand(reader, { subject, operator: '=', operand, negated: false })
  if (holder === null && behind !== null) reader.asking = asking
  return read.length + (holder === null ? 0 : 1)
}

/** Whether a value names the column behind it ("English language") rather than a thing with that value ("dog pets"). */
const isHolder = (noun: ItemOf<'noun'>, value: { readonly mention: ItemOf<'value'>['mention'] }): boolean =>
  !isThing(noun.mention) && mayHold(noun.mention, value.mention)

/** A stretch of time. */
export const readPeriodDemand: Rule = (reader, at) => {
  const item = itemAt(reader, at)
  if (item?.type !== 'period') return 0
  pushDemand(reader, { subject: null, operator: '=', operand: periodOperand(item), negated: false })
  return 1 + readFurtherPeriods(reader, at + 1, item)
}

/** "in 1995 and 1996": either, and with "and" told apart. */
function readFurtherPeriods(reader: Reader, at: number, first: ItemOf<'period'>): number {
  const next = itemAt(reader, at + 1)
  if (!saysAt(reader, at, 'and', 'or') || next?.type !== 'period' || next.numbers === null || first.numbers === null) return 0
  reader.or = true
  pushDemand(reader, { subject: null, operator: '=', operand: periodOperand(next), negated: false })
  if (saysAt(reader, at, 'and') && !reader.draft.groups.some((g) => g.kind === 'time')) {
    reader.draft.groups.push({ kind: 'time', unit: 'year', noun: null, each: false })
  }
  return 2
}
