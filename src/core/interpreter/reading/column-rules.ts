import { pushFilter } from './add-filter.ts'
import type { CompareOperator } from '../../language/phrase.ts'
import type { Filter } from './draft.ts'
import { verbQualities } from './filter-rules.ts'
import { isAmount, isThing, makeNoun, nounAt, phraseAt, saysAt } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

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
