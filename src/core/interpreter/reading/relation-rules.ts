import type { ItemOf } from './item.ts'
import type { Relation } from './draft.ts'
import { isThing, makeNoun, nounAt, saysAt, takeNegation, isDoing, areLinked, itemAt } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** A noun in the part that says of which rows: something they have, have not, or have to do with. */
export const readRelation: Rule = (reader, at) => {
  const item = nounAt(reader, at)
  if (item === null) return 0
  if (isDoing(reader, at)) {
    reader.draft.verbs.push(item.mention.text.toLowerCase())
    return 1
  }
  if (reader.asking) return 0
  const before = itemAt(reader, at - 1)
  const asWhat =
    saysAt(reader, at - 1, 'preposition') &&
    itemAt(reader, at - 2)?.type === 'value' &&
    reader.tokens[before?.from ?? 0]?.lower === 'as'
  if (asWhat || (before?.type === 'value' && areLinked(reader, at - 1, at))) return readValued(reader, item)
  const negated = takeNegation(reader)
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  if (saysAt(reader, at - 1, 'of') && !negated && !reader.relating) {
    if (isThing(item.mention)) reader.focus = noun
    return 1
  }
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

/** "a cat as a pet", "dog pets": the value has said what is demanded, the noun only whose value it is. */
function readValued(reader: Reader, item: ItemOf<'noun'>): number {
  const noun = makeNoun(reader, item.mention, 'loose', reader.qualifier)
  reader.qualifier = null
  if (isThing(item.mention)) reader.focus = noun
  return 1
}
