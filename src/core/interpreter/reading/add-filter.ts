import type { Filter, Noun } from './draft.ts'
import { dropOr, takeNegation, takeOr } from './reader.ts'
import type { Reader } from './reader.ts'

export function takeQualifier(reader: Reader): Noun | null {
  const { qualifier } = reader
  reader.qualifier = null
  return qualifier
}

/** The owner of a condition's noun: its qualifier or, outside the list of what to show, the noun mentioned last. */
export function takeOwner(reader: Reader): Noun['anchor'] {
  return takeQualifier(reader) ?? (reader.asking ? null : reader.focus)
}

export function pushFilter(
  reader: Reader,
  { subject, operator, operand, negated }: Pick<Filter, 'subject' | 'operator' | 'operand' | 'negated'>,
): void {
  const never = reader.negated?.toLowerCase() === 'never'
  const denied = takeNegation(reader)
  if (reader.lastIsRelation) dropOr(reader)
  const or = takeOr(reader)
  reader.lastIsRelation = false
  const about = reader.focus
  reader.draft.filters.push({
    subject,
    operator,
    operand,
    negated: denied !== negated,
    or,
    about,
    within: reader.within,
    ...(never && { never }),
  })
  reader.relating = false
  if (reader.functions.length === 0 && reader.draft.asks.length > 0) {
    reader.asking = false
    reader.attaching = false
  }
}
