import type { Relation } from './draft.ts'
import { isThing, makeNoun, nounAt, saysAt, takeNegation, isDoing } from './reader.ts'
import type { Rule } from './reader.ts'

/** A noun in the part that says of which rows: something they have, have not, or have to do with. */
export const readRelation: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null) return 0
  if (isDoing(item.mention)) {
    reader.draft.deeds.push(item.mention.text.toLowerCase())
    return 1
  }
  if (reader.asking) return 0
  const negated = takeNegation(reader)
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  const relation: Relation = {
    noun,
    negated,
    count: null,
    about: reader.focus,
    loose: !reader.relating && !negated,
    with: saysAt(reader, at - 1, 'with'),
  }
  reader.draft.relations.push(relation)
  reader.relating = saysAt(reader, at + 1, 'and', 'or', 'comma') && reader.relating
  if (negated) reader.within = relation
  if (isThing(item.mention)) reader.focus = noun
  return 1
}
