import type { CompareOperator } from '../../language/phrase.ts'
import { pushFilter, takeQualifier } from './add-filter.ts'
import { readComparison } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import { readCountedAs } from './counted-rules.ts'
import type { AskedValue, Filter, Noun, Operand } from './draft.ts'
import { verbQualities } from './filter-rules.ts'
import { isAmount, isThing, makeNoun, nounAt, numberAt, numberOperandAt, phraseAt, saysAt, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** "that contain the letter w in their description", "with 'Rd' in their address": the column follows the condition. */
export const readMatchBefore: Rule = (reader, at) => {
  const comparison = saysAt(reader, at, 'match') ? readComparison(reader, at) : readHeldText(reader, at)
  if (comparison === null) return 0
  let next = at + comparison.length
  while (saysAt(reader, next, 'preposition', 'pronoun', 'of')) next += 1
  const item = nounAt(reader, next)
  if (item === null || next === at + comparison.length) return 0
  const subject = makeNoun(reader, item.mention, 'textual', takeQualifier(reader))
  pushFilter(reader, { subject, ...comparison })
  return next + 1 - at
}

/** "have an 'a' in their name": a quoted text in a column that follows, of the rows before. */
function readHeldText(reader: Reader, at: number): Comparison | null {
  const item = reader.items[at]
  const isHeld = saysAt(reader, at - 1, 'has', 'with', 'without', 'not')
  const isInside = saysAt(reader, at + 1, 'preposition') && saysAt(reader, at + 2, 'pronoun')
  if (item?.type !== 'value' || !item.quoted || !isHeld || !isInside) return null
  const operand: Operand = { kind: 'match', how: 'contains', text: item.text }
  return { operator: '=', operand, quality: null, length: 1, negated: false }
}

/** "more refunds than jobs", "as many refunds as jobs", "more jobs than 2": numbers of related rows compared with each other or with a number. */
export const readComparedNumbers: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase?.is !== 'compare-open' || phrase.quality !== null || reader.asking) return 0
  if (!/^(?:more|fewer|less|as many)$/i.test(wordsOf(reader, at))) return 0
  const [thing, number] = [nounAt(reader, at + 1), numberAt(reader, at + 3)]
  if (thing !== null && number !== null && isThing(thing.mention) && saysAt(reader, at + 2, 'than')) {
    readCountedAs(reader, thing, { operator: phrase.operator, operand: numberOperandAt(reader, at + 3, number) })
    return 4
  }
  const joins = phrase.operator === '=' ? /^as$/i : /^than$/i
  if (!joins.test(wordsOf(reader, at + 2)) || !(isCountable(reader, at + 1) && isCountable(reader, at + 3))) return 0
  const about = reader.focus
  const [left, right] = [sideAt(reader, at + 1), sideAt(reader, at + 3)]
  if (left === null || right === null) return 0
  reader.draft.compared.push({ left, operator: phrase.operator, right, about })
  reader.relating = false
  return 4
}

/** Whether the rows of a table, or those that have a value, stand here and no further noun that the word describes. */
function isCountable(reader: Reader, at: number): boolean {
  const item = reader.items[at]
  if (nounAt(reader, at + 1)?.from === item?.to) return false
  return item?.type === 'noun' ? isThing(item.mention) : item?.type === 'value' && item.mention !== null
}

function sideAt(reader: Reader, at: number): Noun | AskedValue | null {
  const item = reader.items[at]
  if (item?.type === 'noun') return makeNoun(reader, item.mention, 'counted')
  return item?.type === 'value' ? { text: item.text, mention: item.mention, quoted: item.quoted } : null
}

/** "including those without orders", "including clients who have no orders": the things that have none are kept. */
export const readIncluded: Rule = (reader, at) => {
  if (!/^(?:including|include)$/i.test(wordsOf(reader, at)) || reader.draft.included !== null) return 0
  let end = at + 1
  while (saysAt(reader, end, 'this', 'pronoun')) end += 1
  const things = nounAt(reader, end)
  const isNamed = things !== null && isThing(things.mention)
  if (isNamed) end += 1
  while (saysAt(reader, end, 'who', 'relative')) end += 1
  const none = nounAt(reader, end + 1)
  if (!saysAt(reader, end, 'without') || none === null || !isThing(none.mention)) return 0
  const of = isNamed ? makeNoun(reader, things.mention, 'loose') : null
  reader.draft.included = { noun: makeNoun(reader, none.mention, 'loose'), of }
  return end + 2 - at
}

/** "price above cost", "a higher salary than their manager", "earn more than their manager": two columns compared with each other. */
export const readColumnFilter: Rule = (reader, at) => {
  if (reader.functions.length > 0) return 0
  const item = nounAt(reader, at)
  if (item !== null && !isThing(item.mention)) {
    const taken = readOther(reader, at + 1, () => makeNoun(reader, item.mention, 'numeric', reader.focus))
    return taken === 0 ? 0 : taken + 1
  }
  const before = reader.items[at - 1]
  const quality = before?.type === 'verb' ? verbQualities[before.word.replace(/(?:s|ed|ing)$/, '')] : undefined
  if (quality !== undefined) return readOther(reader, at, () => ({ quality }))
  const phrase = phraseAt(reader, at)
  const compared = nounAt(reader, at + 1)
  if (phrase?.is !== 'compare-open' || compared === null || !saysAt(reader, at + 2, 'than')) return 0
  const taken = readOperand(reader, at + 3, phrase.operator, () =>
    makeNoun(reader, compared.mention, 'numeric', reader.focus),
  )
  return taken === 0 ? 0 : taken + 3
}

/** A comparison whose operand is a column or a row; 0 when none begins here. */
function readOther(reader: Reader, at: number, subjectOf: () => Filter['subject']): number {
  const phrase = phraseAt(reader, at)
  if ((phrase?.is !== 'compare' && phrase?.is !== 'compare-open') || phrase.quality !== null) return 0
  const than = phrase.is === 'compare-open' ? 1 : 0
  if (than === 1 && !saysAt(reader, at + 1, 'than')) return 0
  const taken = readOperand(reader, at + than + 1, phrase.operator, subjectOf)
  return taken === 0 ? 0 : taken + than + 1
}

function readOperand(
  reader: Reader,
  at: number,
  operator: CompareOperator,
  subjectOf: () => Filter['subject'],
): number {
  const owned = saysAt(reader, at, 'pronoun') ? 1 : 0
  const item = nounAt(reader, at + owned)
  const column = item?.mention.candidates.find((c) => c.kind === 'column')
  if (item === null || (owned === 0 && (isThing(item.mention) || column === undefined))) return 0
  const subject = subjectOf()
  const isColumn = !isThing(item.mention) && (isAmount(item.mention) || owned === 0)
  const near = subject !== null && 'mention' in subject ? subject : reader.focus
  const noun = makeNoun(reader, item.mention, isColumn ? 'numeric' : 'entity', near)
  pushFilter(reader, { subject, operator, operand: { kind: 'column', noun }, negated: false })
  return owned + 1
}
