import { pushFilter, takeQualifier } from './add-filter.ts'
import { readComparison } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import type { Operand } from './draft.ts'
import { makeNoun, nounAt, saysAt } from './reader.ts'
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
