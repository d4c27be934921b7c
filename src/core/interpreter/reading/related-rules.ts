import type { AskedValue, Noun } from './draft.ts'
import { readCountedAs } from './counted-rules.ts'
import { isThing, makeNoun, nounAt, numberAt, numberOperandAt, phraseAt, saysAt, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

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
