import type { CompareOperator, Quality, TextMatch } from '../../language/phrase.ts'
import type { AskedValue, Operand, Item, ItemOf } from './draft.ts'
import {
  areLinked,
  digitsAt,
  isThing,
  nounAt,
  numberAt,
  numberOperandAt,
  phraseAt,
  saysAt,
  takeBoth,
} from './reader.ts'
import type { Reader } from './reader.ts'
import { tableOf } from '../linking/mention.ts'
import type { Mention } from '../linking/mention.ts'

/** A comparison with its operator, its operand and the number of items it consumed. */
export interface Comparison {
  readonly operator: CompareOperator
  readonly operand: Operand
  readonly quality: Quality | null
  readonly length: number
  readonly negated: boolean
  /** The column that an aggregate names ("the average *price* of all products") and its owner. */
  readonly of?: Extreme['of']
}

const made = (
  operator: CompareOperator,
  operand: Operand,
  length: number,
  quality: Quality | null = null,
): Comparison => ({
  operator,
  operand,
  quality,
  length,
  negated: false,
})

/** Parses "over 20", "between 5 and 10", "1 to 2", "above the average", "contains 'w'" or "is missing"; null when none of these begins here. */
export function readComparison(reader: Reader, at: number): Comparison | null {
  const phrase = phraseAt(reader, at)
  if (phrase === null) return readBareRange(reader, at) ?? readMeasured(reader, at)
  if (phrase.is === 'compare') return readCompared(reader, at, phrase.operator, phrase.quality)
  if (phrase.is === 'compare-open' && saysAt(reader, at + 1, 'than')) {
    return readCompared(reader, at + 1, phrase.operator, phrase.quality)
  }
  if (phrase.is === 'between') return readBetween(reader, at)
  if (phrase.is === 'match') return readMatched(reader, at, phrase.how)
  if (phrase.is === 'missing') return made('=', { kind: 'missing' }, 1)
  return phrase.is === 'present' ? { ...made('=', { kind: 'missing' }, 1), negated: true } : null
}

function readMatched(reader: Reader, at: number, how: TextMatch): Comparison | null {
  const item = reader.items[at + 1]
  if (item?.type !== 'value' && item?.type !== 'unknown') return null
  return made('=', { kind: 'match', how, text: item.type === 'value' ? item.text : item.word }, 2)
}

function readBetween(reader: Reader, at: number): Comparison | null {
  const [from, to] = [numberAt(reader, at + 1), numberAt(reader, at + 3)]
  if (from === null || to === null || !saysAt(reader, at + 2, 'and', 'preposition')) return null
  return made('=', { kind: 'range', from, to }, 4)
}

/** "23 years old", "23 or younger", "23 years old or younger": a number with the quality that it measures. */
function readMeasured(reader: Reader, at: number): Comparison | null {
  const value = numberAt(reader, at)
  if (value === null) return null
  const measured = phraseAt(reader, at + 1)
  const isMeasured = measured?.is === 'measured'
  const more = phraseAt(reader, at + (isMeasured ? 2 : 1))
  const isOpen = more?.is === 'or-more' && (isMeasured || more.quality !== null)
  const quality = isMeasured ? measured.quality : more?.is === 'or-more' ? more.quality : null
  if (quality === null) return null
  const operand = numberOperandAt(reader, at, value)
  return made(isOpen ? more.operator : '=', operand, 1 + Number(isMeasured) + Number(isOpen), quality)
}

function readBareRange(reader: Reader, at: number): Comparison | null {
  const [from, to] = [numberAt(reader, at), numberAt(reader, at + 2)]
  const joins = phraseAt(reader, at + 1)
  if (from === null || to === null || joins?.is !== 'preposition' || joins.role !== 'target') return null
  return made('=', { kind: 'range', from, to }, 3)
}

function readCompared(
  reader: Reader,
  at: number,
  operator: CompareOperator,
  quality: Quality | null,
): Comparison | null {
  const value = numberAt(reader, at + 1)
  const measured = value === null ? null : readMeasured(reader, at + 1)
  if (measured !== null && (operator === '=' || measured.operator === '='))
    return { ...measured, operator: operator === '=' ? measured.operator : operator, length: measured.length + 1 }
  const more = operator === '=' ? phraseAt(reader, at + 2) : null
  if (value !== null && more?.is === 'or-more')
    return made(more.operator, numberOperandAt(reader, at + 1, value), 3, quality)
  if (value !== null) return made(operator, numberOperandAt(reader, at + 1, value), 2, quality)
  const range = operator === '=' ? readComparison(reader, at + 1) : null
  if (range?.operand.kind === 'range') return { ...range, quality, length: range.length + 1 }
  const extreme = readExtreme(reader, at + 1)
  if (extreme !== null) return { ...made(operator, extreme.operand, extreme.length + 1, quality), of: extreme.of }
  const item = reader.items[at + 1]
  if (item?.type !== 'value' || operator !== '<>') return null
  return {
    ...made('=', { kind: 'values', values: [asAsked(item)], all: false, joint: 'or' }, 2, quality),
    negated: true,
  }
}

const asAsked = ({ text, mention, quoted }: ItemOf<'value'>): AskedValue => ({ text, mention, quoted })

interface Extreme {
  readonly operand: Operand
  readonly length: number
  readonly of: { readonly column: ItemOf<'noun'>; readonly owner: ItemOf<'noun'> | null } | null
}

/** "the average", "the minimum price of all orders": an aggregate of the filtered column over all rows, without a further restriction. */
export function readExtreme(reader: Reader, at: number): Extreme | null {
  const phrase = phraseAt(reader, at)
  const fn = phrase?.is === 'average-value' ? 'avg' : phrase?.is === 'aggregate' ? phrase.fn : null
  if (fn !== 'avg' && fn !== 'min' && fn !== 'max') return null
  let end = at + 1
  const column = nounAt(reader, end)
  if (column !== null) end += 1
  const owner = saysAt(reader, end, 'of') ? nounAt(reader, end + 1) : null
  if (owner !== null) end += 2
  const isWhole = reader.items[end] === undefined || saysAt(reader, end, 'stop', 'comma', 'and', 'order')
  const of = column === null ? null : { column, owner }
  return isWhole ? { operand: { kind: 'extreme', fn }, length: end - at, of } : null
}

/** A number, value or period directly after its noun: "line 10", "status is open", "fiscal year 2009". */
export function readOperandOf(reader: Reader, item: ItemOf<'noun'>, at: number, start: number): Comparison | null {
  const next = reader.items[start]
  if (next === undefined || !areLinked(reader, start - 1, start)) return null
  if (next.type === 'value') return valueOperand(reader, item, at, start)
  if (next.type === 'period') return periodOrNumbers(item, next)
  const number = numberAt(reader, start)
  if (number === null || reader.items[start + 1]?.type === 'noun') return null
  return numberOperand(reader, start, number)
}

function valueOperand(reader: Reader, item: ItemOf<'noun'>, at: number, start: number): Comparison | null {
  const read = readValues(reader, start)
  const first = read?.values[0]
  if (read === null || first === undefined || !mayHold(item.mention, first.mention)) return null
  if (reader.asking && reader.draft.asks.length === 0 && at === 0 && first.mention === null) return null
  const { values, joint } = read
  return made('=', { kind: 'values', values, all: takeBoth(reader) && joint === 'and', joint }, read.length)
}

function periodOrNumbers(item: ItemOf<'noun'>, next: ItemOf<'period'>): Comparison | null {
  if (isDateLike(item)) return made('=', { kind: 'period', period: next.period }, 1)
  const { numbers } = next
  if (numbers === null || isThing(item.mention) || (numbers.operator === '=' && next.to - next.from > 1)) return null
  if (numbers.operator === 'between') return made('=', { kind: 'range', from: numbers.from, to: numbers.to }, 1)
  return made(numbers.operator, { kind: 'number', value: numbers.value }, 1)
}

/** Whether a noun may be a date or year column, so that a period can filter it. */
const isDateLike = (item: ItemOf<'noun'>): boolean =>
  item.unit !== null ||
  item.mention.candidates.some((c) => {
    if (c.kind !== 'column' || c.score < (item.mention.candidates[0]?.score ?? 0) - 0.2) return false
    const { kind, ways } = c.column
    return kind === 'date' || kind === 'timestamp' || ways.flat().some((word) => word === 'year' || word === 'date')
  })

/** "size 9 or 10", "size 9", "9 or more". */
function numberOperand(reader: Reader, start: number, first: number): Comparison {
  const values = [first]
  const written = [digitsAt(reader, start) ?? String(first)]
  let end = start + 1
  for (;;) {
    let next = end
    while (saysAt(reader, next, 'comma', 'or', 'and')) next += 1
    const value = next > end ? numberAt(reader, next) : null
    if (value === null || reader.items[next + 1]?.type === 'noun') break
    values.push(value)
    written.push(digitsAt(reader, next) ?? String(value))
    end = next + 1
  }
  const more = phraseAt(reader, end)
  if (more?.is === 'or-more') return made(more.operator, numberOperandAt(reader, start, first), end + 1 - start)
  const operand: Operand =
    values.length === 1 ? numberOperandAt(reader, start, first) : { kind: 'numbers', values, written }
  return made('=', operand, end - start)
}

/** Whether a number that ends before an item counts how often something was done: "75 times", "twice". */
export const countsTimes = (reader: Reader, end: number): boolean => {
  const number = reader.items[end - 1]
  return saysAt(reader, end, 'times') || (number?.type === 'number' && /^(?:once|twice)$/i.test(number.text))
}

/** Whether a clause ends here: at the end of the question or sentence, at a comma, an "and" or an order. */
export const endsAt = (item: Item | undefined): boolean =>
  item === undefined ||
  (item.type === 'phrase' && ['stop', 'comma', 'and', 'order', 'direction'].includes(item.phrase.is))

interface ReadValues {
  readonly values: readonly AskedValue[]
  /** The number of items consumed. */
  readonly length: number
  readonly joint: 'and' | 'or'
}

/** Parses one value, or several joined by commas, "and" or "or"; null when there is none. */
export function readValues(reader: Reader, at: number): ReadValues | null {
  const first = valueAt(reader, at)
  if (first === null) return null
  const values = [asAsked(first)]
  let joint: 'and' | 'or' = 'or'
  let end = at + 1
  for (;;) {
    let next = end
    while (saysAt(reader, next, 'comma', 'and', 'or')) next += 1
    const value = next > end ? valueAt(reader, next) : null
    if (value === null || !areAlike(first, value)) break
    if (saysAt(reader, next - 1, 'and')) joint = 'and'
    values.push(asAsked(value))
    end = next + 1
  }
  return { values, length: end - at, joint }
}

function valueAt(reader: Reader, at: number): ItemOf<'value'> | null {
  const item = reader.items[at]
  return item?.type === 'value' ? item : null
}

/** Values of one list must share a column, as far as their columns are known. */
export function areAlike(a: AskedValue, b: AskedValue): boolean {
  if (a.mention === null || b.mention === null) return true
  const columns = columnsOf(a.mention)
  return [...columnsOf(b.mention)].some((column) => columns.has(column))
}

const columnsOf = (mention: Mention) =>
  new Set(mention.candidates.flatMap((c) => (c.kind === 'value' ? [c.column] : [])))

/** Whether a noun may be the column that holds a value, or the table that has this column. */
export function mayHold(noun: Mention, value: Mention | null): boolean {
  if (value === null) return true
  const columns = columnsOf(value)
  return noun.candidates.some((c) => {
    if (c.kind === 'column') return columns.has(c.column)
    return c.kind === 'table' && [...columns].some((column) => column.table === tableOf(c))
  })
}
