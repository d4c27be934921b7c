import type { CompareOperator } from '../../language/phrase.ts'
import { pushFilter, takeOwner, takeQualifier } from './add-filter.ts'
import { readValues } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import type { ItemOf } from './draft.ts'
import {
  areAdjacent,
  dropOr,
  isAmount,
  isThing,
  makeNoun,
  nounAt,
  numberAt,
  numberOperandAt,
  phraseAt,
  saysAt,
  takeNegation,
} from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** What a number counts, with the values that stand before it: "completed visits". */
export function countedAt(
  reader: Reader,
  at: number,
): { readonly item: ItemOf<'noun'>; readonly values: number } | null {
  const plain = nounAt(reader, at)
  if (plain !== null) return { item: plain, values: 0 }
  const values = readValues(reader, at)?.length ?? 0
  const item = values === 0 ? null : nounAt(reader, at + values)
  const isLinkedThing = item !== null && isThing(item.mention) && areAdjacent(reader.items[at + values - 1], item)
  return isLinkedThing ? { item, values } : null
}

/** "more than 4 units", "at least two orders": a numeric column, or a number of related rows. */
export function readCounted(reader: Reader, at: number, comparison: Comparison): number {
  const distinct = saysAt(reader, at + comparison.length, 'distinct')
  const length = comparison.length + (distinct ? 1 : 0)
  const counted = countedAt(reader, at + length)
  if (counted === null) return 0
  const { item } = counted
  readCountedAs(reader, item, comparison, { mayBeColumn: counted.values === 0, distinct })
  readValuesOf(reader, at + length, counted.values)
  return length + counted.values + 1
}

/** Pushes the condition on what is counted: on a numeric column, else on the number of related rows. */
export function readCountedAs(
  reader: Reader,
  item: ItemOf<'noun'>,
  { operator, operand }: Pick<Comparison, 'operator' | 'operand'>,
  { mayBeColumn = true, distinct = false }: { readonly mayBeColumn?: boolean; readonly distinct?: boolean } = {},
): void {
  if (mayBeColumn && !isThing(item.mention) && isAmount(item.mention)) {
    const subject = makeNoun(reader, item.mention, 'numeric', takeOwner(reader))
    pushFilter(reader, { subject, operator, operand, negated: false })
    return
  }
  const noun = makeNoun(reader, item.mention, 'counted', takeQualifier(reader))
  const negated = takeNegation(reader)
  const isNone = negated && operator === '=' && operand.kind === 'number' && operand.value === 1
  const count = isNone ? null : { operator: negated ? opposite[operator] : operator, operand }
  // The query tree cannot express "or" between a number of related rows and another condition.
  dropOr(reader)
  const about = reader.focus
  reader.draft.relations.push({
    noun,
    negated: isNone,
    count,
    about,
    loose: false,
    with: false,
    ...(distinct && { distinct }),
  })
  reader.relating = false
  reader.asking = false
  reader.lastIsRelation = true
  reader.focus = isThing(item.mention) ? noun : reader.focus
}

/** The values before a counted noun: only the rows that have them are counted. */
export function readValuesOf(reader: Reader, at: number, length: number): void {
  const read = length === 0 ? null : readValues(reader, at)
  if (read === null) return
  const { values, joint } = read
  pushFilter(reader, {
    subject: null,
    operator: '=',
    operand: { kind: 'values', values, all: false, joint },
    negated: false,
  })
}

const opposite: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '<>',
  '<>': '=',
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
}

/** A number before a noun: "with 8 units", "3 or more orders", "two payments". */
export const readNumberedNoun: Rule = (reader, at) => {
  const value = numberAt(reader, at)
  if (value === null) return 0
  const more = phraseAt(reader, at + 1)
  const operand = numberOperandAt(reader, at, value)
  if (more?.is === 'or-more') {
    return readCounted(reader, at, { operator: more.operator, operand, quality: null, length: 2, negated: false })
  }
  const start = saysAt(reader, at + 1, 'distinct') ? at + 2 : at + 1
  if (countedAt(reader, start) === null || (reader.asking && !isCompound(reader, start))) return 0
  return readCounted(reader, at, { operator: '=', operand, quality: null, length: 1, negated: false })
}

/** Two adjacent nouns of which the first is a number column: "quantity lines". */
export function isCompound(reader: Reader, at: number): boolean {
  const [first, second] = [nounAt(reader, at), nounAt(reader, at + 1)]
  return (
    first !== null &&
    second !== null &&
    areAdjacent(first, second) &&
    !isThing(first.mention) &&
    isAmount(first.mention)
  )
}
