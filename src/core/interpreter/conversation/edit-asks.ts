import { isNoun } from '../reading/draft.ts'
import type { Ask, Draft, Group, Measure, Noun, Relation } from '../reading/draft.ts'
import type { Cues } from './cues.ts'
import { isMeasure, isEntity, nounNamed, sharesTable, listed } from './followed.ts'
import type { Followed, EditedDraft } from './followed.ts'

/** What the follow-up asks to show, without nouns that only name the rows again; null for an aggregate of nothing. */
export function newAsks(before: Followed, cues: Cues, said: Draft): readonly Ask[] | null {
  const named = nounNamed(cues, said)
  const hasOthers = said.filters.length + said.relations.length + said.groups.length > 0 || said.ranking !== null
  const asks: Ask[] = []
  for (const ask of said.asks) {
    if (ask.kind === 'measure' && ask.measure.noun === null) {
      const measured = measuredAgain(before, ask.measure)
      if (measured === null) return null
      asks.push(measured)
    } else if (ask.kind !== 'noun') asks.push(cues.refers ? ownNumber(before, ask) : ask)
    else if (isEntity(before, ask.noun)) {
      const isTable = ask.noun.mention.candidates[0]?.kind === 'table'
      const isAgain = isTable || (hasOthers && said.asks.length === 1) || (ask.noun === named && said.asks.length > 1)
      if (!isAgain) asks.push(ask)
    } else asks.push(ask)
  }
  return asks
}

/** "and the maximum?": another function of what the question before measured. */
function measuredAgain({ draft, entityNoun }: Followed, { fn }: Measure): Ask | null {
  const measured = draft.asks.find(isMeasure)?.measure
  const noun = fn === 'count' ? entityNoun : measured?.fn === 'count' ? null : (measured?.noun ?? null)
  return noun === null ? null : { kind: 'measure', measure: { fn, noun, distinct: false } }
}

/** "how many cylinders does that car have?" of one row: a number that is stored in it, not a count. */
function ownNumber({ entity, draft }: Followed, ask: Ask): Ask {
  if (ask.kind !== 'measure' || ask.measure.fn !== 'count' || ask.measure.noun === null) return ask
  const isOne = draft.ranking !== null && (draft.limit?.count ?? 1) === 1
  const [best] = ask.measure.noun.mention.candidates
  const isStored = best?.kind === 'column' && best.column.table === entity && best.column.kind === 'number'
  return isOne && isStored ? { kind: 'noun', noun: { ...ask.measure.noun, role: 'ask' }, distinct: false } : ask
}

export function withAsks(before: Followed, draft: Draft, cues: Cues, said: Draft): EditedDraft {
  const { asks } = said
  if (cues.each) return forEachRow(before, draft, asks)
  const shown = cues.refers && said.which ? listed(before, draft) : draft
  if (asks.length === 0) return { ...shown, distinct: draft.distinct || said.distinct }
  const owned = asks.map((ask) => ownAsk(before, ask))
  if (addsAsks(before, cues, said, owned)) {
    const kept = cues.refers ? listed(before, draft) : draft
    return { ...kept, asks: [...kept.asks, ...owned], distinct: draft.distinct || said.distinct }
  }
  const swapped = cues.swaps ? swappedNoun(draft, owned) : null
  if (swapped !== null) return { ...draft, asks: [swapped] }
  const isPlain = !asks.some(isMeasure)
  if (isPlain && draft.groups.length > 0 && !cues.swaps && !cues.corrects) return null
  const replaced: Draft = { ...draft, asks: owned, distinct: said.distinct, which: false }
  if (!cues.refers || isPlain) return replaced
  return { ...replaced, groups: [], sort: null, relations: draft.relations.filter((r) => !isImplied(r, asks)) }
}

/** One value for each of the rows before. */
function forEachRow(before: Followed, draft: Draft, asks: readonly Ask[]): EditedDraft {
  const groups = asks.some(isMeasure) ? groupsOfRows(before) : null
  return groups === null ? null : { ...draft, asks: [...asks], groups: [...groups], sort: null }
}

/** "what about suppliers?" after a number of customers: the same measure of something else. */
function swappedNoun({ asks: [measured, ...more] }: Draft, [named, ...others]: readonly Ask[]): Ask | null {
  if (measured?.kind !== 'measure' || named?.kind !== 'noun' || more.length + others.length > 0) return null
  return { kind: 'measure', measure: { ...measured.measure, noun: named.noun } }
}

/** Whether what is asked for is shown beside what the question before showed, instead of in its place. */
function addsAsks(before: Followed, cues: Cues, said: Draft, asks: readonly Ask[]): boolean {
  if (cues.adds || (cues.joins && cues.refers)) return true
  if (!cues.refers || asks.some(isMeasure)) return false
  const named = nounNamed(cues, said)
  const isOfColumn = named?.mention.candidates[0]?.kind === 'column' && isEntity(before, named)
  return isOfColumn || asks.some((ask) => ask.kind === 'noun' && !isOf(before, ask.noun))
}

/** Whether a noun may belong to the rows before rather than to another table. */
function isOf(before: Followed, noun: Noun): boolean {
  if (isNoun(noun.anchor) && noun.anchor !== before.entityNoun) return isEntity(before, noun.anchor)
  const best = noun.mention.candidates[0]?.score ?? 0
  return (
    noun.mention.candidates.some(
      (c) => c.score >= best - 0.2 && c.kind === 'column' && c.column.table === before.entity,
    ) || isEntity(before, noun)
  )
}

/** A noun of the follow-up without an owner belongs to the rows before. */
function ownAsk({ entityNoun }: Followed, ask: Ask): Ask {
  if (ask.kind === 'noun' && ask.noun.anchor === null && ask.noun !== entityNoun) ask.noun.anchor = entityNoun
  if (ask.kind === 'when' || ask.kind === 'where' || ask.kind === 'how')
    return ask.of === null ? { ...ask, of: entityNoun } : ask
  if (ask.kind === 'measure' && ask.measure.noun !== null && ask.measure.noun !== entityNoun)
    ask.measure.noun.anchor ??= entityNoun
  return ask
}

/** Whether counting the related rows themselves already restricts to rows that have them. */
const isImplied = ({ noun, negated, count }: Relation, asks: readonly Ask[]): boolean =>
  !negated &&
  count === null &&
  asks.some((ask) => ask.kind === 'measure' && ask.measure.noun !== null && sharesTable(ask.measure.noun, noun))

function groupsOfRows({ draft, entityNoun }: Followed): readonly Group[] | null {
  const nouns = draft.asks.flatMap((ask) => (ask.kind === 'noun' ? [ask.noun] : []))
  const chosen = nouns.length > 0 ? nouns : entityNoun === null ? [] : [entityNoun]
  return chosen.length === 0 ? null : chosen.map((noun) => ({ kind: 'noun', noun, each: false }))
}
