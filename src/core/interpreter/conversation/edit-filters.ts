import { addUnits, isoOf, parseDay } from '../../language/calendar.ts'
import type { NamedColumn } from '../../catalog/named-catalog.ts'
import { isNoun } from '../reading/draft.ts'
import type { AskedValue, Draft, Filter, Relation } from '../reading/draft.ts'
import type { Resolution } from '../plan/resolve-nouns.ts'
import type { Cues } from './cues.ts'
import { isPeriod, isEntity, columnOf, sharesTable } from './followed.ts'
import type { Followed, EditedDraft } from './followed.ts'

/** Replaces or adds conditions. A condition on what is filtered already takes its place, unless the rows before are narrowed. */
export function withFilters(before: Followed, draft: Draft, cues: Cues, said: Draft): EditedDraft {
  let { filters } = draft
  for (const given of said.filters) {
    const filter = onKnownColumn(before, given)
    const same = filters.filter((old) => draft.filters.includes(old) && isSameSlot(before, old, filter))
    if (cues.adds && same.length === 1 && same[0] !== undefined) {
      const joined = joinedValues(same[0], filter)
      if (joined === null) return null
      filters = filters.map((old) => (old === same[0] ? joined : old))
    } else {
      const kept = cues.refers ? filters : filters.filter((old) => !same.includes(old))
      filters = [...kept, { ...filter, or: filter.or && said.filters[0] !== given }]
    }
  }
  const relations = said.relations.filter((r) => !(r.loose && isEntity(before, r.noun)))
  const kept = draft.relations.filter((old) => cues.refers || !relations.some((r) => sharesTable(r.noun, old.noun)))
  return {
    ...draft,
    filters: filters.map((f) => ownFilter(before, f)),
    relations: [...kept, ...relations.map((r) => ownRelation(before, r, said))],
  }
}

/** "and Oslo?" after "customers in Bergen": a value that no sample holds is looked for in the column of the value before. */
function onKnownColumn({ draft, resolution }: Followed, filter: Filter): Filter {
  const isUnknown = filter.operand.kind === 'values' && filter.operand.values.every((value) => value.mention === null)
  const known = draft.filters.filter((old) => old.operand.kind === 'values' && !old.negated)
  const [column, ...others] = known.flatMap((old) => columnsOfFilter(resolution, old))
  if (!isUnknown || filter.subject !== null || column === undefined || others.length > 0) return filter
  const words = (column.ways[0] ?? [column.column.name]).join(' ')
  const mention = { from: 0, to: 0, text: words, candidates: [{ kind: 'column', column, score: 1 } as const] }
  return { ...filter, subject: { mention, role: 'textual', anchor: null } }
}

/** A condition of the follow-up on rows it does not name is a condition on the rows before. */
const ownFilter = (before: Followed, filter: Filter): Filter =>
  !before.draft.filters.includes(filter) && filter.about === null ? { ...filter, about: before.entityNoun } : filter

const ownRelation = (before: Followed, relation: Relation, said: Draft): Relation =>
  said.relations.includes(relation) && relation.about === null ? { ...relation, about: before.entityNoun } : relation

function joinedValues(old: Filter, filter: Filter): Filter | null {
  if (old.operand.kind !== 'values' || filter.operand.kind !== 'values' || old.negated !== filter.negated) return null
  return { ...old, operand: { ...old.operand, values: [...old.operand.values, ...filter.operand.values] } }
}

/** Whether two conditions restrict the same thing. */
function isSameSlot(before: Followed, old: Filter, filter: Filter): boolean {
  if (isPeriod(old) && isPeriod(filter))
    return old.subject === null || filter.subject === null || isSameSubject(old, filter)
  if (old.operand.kind === 'values' && filter.operand.kind === 'values') {
    const columns = columnsOfFilter(before.resolution, old)
    const possible = filter.operand.values.flatMap((v) => columnsOfValue(v))
    const own = isNoun(filter.subject)
      ? filter.subject.mention.candidates.flatMap((c) => (c.kind === 'column' ? [c.column] : []))
      : []
    const meant = possible.length > 0 ? possible : own
    if (columns.length > 0 && meant.length > 0) return columns.some((c) => meant.includes(c))
  }
  return (
    isSameSubject(old, filter) ||
    (old.subject === null &&
      filter.subject === null &&
      old.operand.kind === filter.operand.kind &&
      areUnknown(old, filter))
  )
}

const columnsOfValue = ({ mention }: AskedValue): readonly NamedColumn[] =>
  (mention?.candidates ?? []).flatMap((c) => (c.kind === 'value' ? [c.column] : []))

const areUnknown = (a: Filter, b: Filter): boolean =>
  [a, b].every(({ operand }) => operand.kind === 'values' && operand.values.every((v) => v.mention === null))

function isSameSubject(a: Filter, b: Filter): boolean {
  if (a.subject === null || b.subject === null) return false
  if (!isNoun(a.subject) || !isNoun(b.subject))
    return !isNoun(a.subject) && !isNoun(b.subject) && a.subject.quality === b.subject.quality
  return a.subject.mention.text.toLowerCase() === b.subject.mention.text.toLowerCase()
}

function columnsOfFilter(resolution: Resolution, { subject, operand }: Filter): readonly NamedColumn[] {
  const own = isNoun(subject) ? columnOf(resolution, subject) : null
  if (own !== null) return [own]
  if (operand.kind !== 'values') return []
  return operand.values.flatMap((value) => resolution.valueOf(value)?.column ?? [])
}

/** Takes away the conditions, groups or limit that the words name. */
export function dropped(before: Followed, draft: Draft, words: string, said: Draft): EditedDraft {
  if (words === '' || /^(?:filters?|restrictions?|conditions?)$/i.test(words)) return filterless(draft)
  if (/^(?:limit|top)$/i.test(words)) return draft.limit === null ? null : { ...draft, limit: null }
  if (/^(?:years?|months?|quarters?|periods?|dates?|times?|days?)$/i.test(words)) {
    const filters = draft.filters.filter((f) => !isPeriod(f))
    return filters.length === draft.filters.length ? null : { ...draft, filters }
  }
  if (said.filters.length > 0) {
    const isSaid = (old: Filter): boolean => said.filters.some((f) => isSameCondition(before, old, f))
    const kept = draft.filters.filter((old) => !isSaid(old))
    return kept.length === draft.filters.length ? null : { ...draft, filters: kept }
  }
  const columns = new Set(
    said.nouns.flatMap((noun) =>
      noun.mention.candidates.flatMap((c) =>
        c.kind === 'column' ? [c.column] : c.kind === 'table' ? c.table.columns : [],
      ),
    ),
  )
  const isMeant = (filter: Filter): boolean => columnsOfFilter(before.resolution, filter).some((c) => columns.has(c))
  const filters = draft.filters.filter((f) => !isMeant(f))
  return filters.length === draft.filters.length ? null : { ...draft, filters }
}

/** Whether two conditions ask for the same values of the same thing. */
function isSameCondition(before: Followed, old: Filter, filter: Filter): boolean {
  const valuesOf = ({ operand }: Filter): string =>
    operand.kind === 'values'
      ? operand.values.map((v) => v.text.toLowerCase()).join()
      : operand.kind === 'period'
        ? operand.period.words
        : JSON.stringify(operand)
  return isSameSlot(before, old, filter) && valuesOf(old) === valuesOf(filter)
}

const filterless = (draft: Draft): EditedDraft =>
  draft.filters.length + draft.relations.length === 0 ? null : { ...draft, filters: [], relations: [] }

/** The period of the question before, moved by one unit. Only a single closed period can be moved. */
export function shifted(draft: Draft, { unit, by }: NonNullable<Cues['shift']>): EditedDraft {
  const [filter, ...others] = draft.filters.filter(isPeriod)
  if (filter?.operand.kind !== 'period' || others.length > 0) return null
  const { from, until } = filter.operand.period
  const [first, end] = [parseDay(from ?? ''), parseDay(until ?? '')]
  if (first === null || end === null) return null
  const [newFirst, newEnd] = [addUnits(first, unit, by), addUnits(end, unit, by)]
  const isYear = isoOf(addUnits(newFirst, 'year', 1)) === isoOf(newEnd) && newFirst.month === 1 && newFirst.day === 1
  const words = isYear ? `in ${newFirst.year}` : `from ${isoOf(newFirst)} to ${isoOf(addUnits(newEnd, 'day', -1))}`
  const period = { from: isoOf(newFirst), until: isoOf(newEnd), words }
  const moved: Filter = { ...filter, operand: { kind: 'period', period } }
  return { ...draft, filters: draft.filters.map((old) => (old === filter ? moved : old)) }
}
