import type { Ask, Draft, Measure, Noun, Ranking } from '../reading/draft.ts'
import type { Cues } from './cues.ts'
import { copyOf, isPeriod, isMeasure, isEntity, nounNamed, sharesTable, listed } from './followed.ts'
import type { Followed, EditedDraft } from './followed.ts'
import { withFilters, dropped, shifted } from './edit-filters.ts'
import { newAsks, withAsks } from './edit-asks.ts'

/** Applies the slots of a follow-up to the draft it follows. Every slot that the follow-up fills is used, or null is returned. */
export function editDraft(before: Followed, cues: Cues, said: Draft): EditedDraft {
  const draft = copyOf(before.draft)
  if (cues.drops !== null) return dropped(before, draft, cues.drops, said)
  if (cues.counts) return counted(before, draft)
  if (cues.lists) return { ...listed(before, draft), distinct: draft.distinct }
  if (cues.limit !== null) return { ...draft, limit: { count: cues.limit, skip: 0 } }
  if (cues.complement) return complement(before, draft, said)
  if (said.over !== null) return null
  const asks = newAsks(before, cues, said)
  if (asks === null) return null
  if (cues.shift !== null) return shifted(draft, cues.shift)
  if (cues.samePeriod) return { ...copyOf(said), filters: [...said.filters, ...draft.filters.filter(isPeriod)] }
  if (cues.refers && needsRows(before, asks)) return ofRows(before, said, asks)
  if (cues.refers && cues.namedAt !== null && !namesRows(before, cues, said)) return switched(before, said)
  draft.which ||= said.which && cues.refers
  const filtered = withFilters(before, draft, cues, said)
  const shown = filtered === null ? null : withAsks(before, filtered, cues, { ...said, asks: [...asks] })
  return shown === null ? null : withOrder(before, withGroups(shown, cues, said), said)
}

/** Whether the rows before were picked by rank, so that other measures or tables need them as a set. */
function needsRows(before: Followed, asks: readonly Ask[]): boolean {
  const { draft } = before
  return (draft.ranking !== null || draft.limit !== null) && asks.some(isMeasure)
}

function namesRows(before: Followed, cues: Cues, said: Draft): boolean {
  const named = nounNamed(cues, said)
  return named !== null && isEntity(before, named)
}

/** "their average order value" of the five customers before: those rows as a set. */
function ofRows(before: Followed, said: Draft, asks: readonly Ask[]): EditedDraft {
  if (before.rows === null || said.groups.length > 0) return null
  return {
    ...copyOf(said),
    asks: [...asks],
    filters: [...before.draft.filters.filter((f) => isPeriod(f)), ...said.filters],
    earlier: before.rows,
  }
}

/** "the titles of those cartoons", where cartoons only restricted the question before. */
function switched(before: Followed, said: Draft): EditedDraft {
  const { filters, relations, ranking, limit, groups } = before.draft
  if (ranking !== null || limit !== null || groups.length > 0 || relations.some((r) => r.negated || r.count !== null))
    return null
  const known = said.nouns.some((noun) => before.draft.nouns.some((other) => sharesTable(noun, other)))
  return known ? { ...copyOf(said), filters: [...filters, ...said.filters] } : null
}

function counted(before: Followed, draft: Draft): EditedDraft {
  const { entityNoun } = before
  if (draft.limit !== null || draft.ranking !== null || draft.groups.length > 0) return null
  const [ask] = draft.asks
  const isDistinct = draft.distinct || (ask?.kind === 'noun' && ask.distinct)
  const noun = isDistinct && ask?.kind === 'noun' ? ask.noun : entityNoun
  const measure: Measure = { fn: 'count', noun, distinct: isDistinct }
  return noun === null
    ? null
    : { ...draft, asks: [{ kind: 'measure', measure }], sort: null, which: false, distinct: false }
}

function complement(before: Followed, draft: Draft, said: Draft): EditedDraft {
  const { filters, relations } = draft
  const isWhole = filters.length + relations.length === 0 || draft.groups.length > 0 || draft.limit !== null
  if (before.rows === null || isWhole || said.filters.length + said.relations.length + said.groups.length > 0)
    return null
  const asks = said.asks.length > 0 && !said.asks.some(isMeasure) ? said.asks : draft.asks
  return { ...draft, asks, filters: [], relations: [], earlier: { ...before.rows, negated: true } }
}

function withGroups(draft: Draft, cues: Cues, said: Draft): Draft {
  if (said.groups.length === 0) return draft
  const [only] = said.groups
  const date = only?.kind === 'noun' && said.groups.length === 1 ? dateOf(only.noun) : null
  if (date !== null && cues.corrects) return withDate(draft, date)
  return { ...draft, groups: cues.adds ? [...draft.groups, ...said.groups] : [...said.groups] }
}

/** The noun if it names a date column. */
const dateOf = (noun: Noun): Noun | null => {
  const [best] = noun.mention.candidates
  return best?.kind === 'column' && (best.column.kind === 'date' || best.column.kind === 'timestamp') ? noun : null
}

/** Another date column for the periods and times that the question before spoke of. */
function withDate(draft: Draft, noun: Noun): Draft {
  const hasTime = draft.groups.some((group) => group.kind === 'time')
  const groups = draft.groups.map((group) => (group.kind === 'time' ? { ...group, noun } : group))
  const filters = draft.filters.map((filter) =>
    isPeriod(filter) && filter.subject === null ? { ...filter, subject: noun } : filter,
  )
  const isUsed = hasTime || filters.some((filter) => filter.subject === noun)
  return isUsed
    ? { ...draft, groups, filters }
    : { ...draft, groups: [{ kind: 'time', unit: null, noun, each: false }] }
}

/** Another order or number of rows. A superlative without its own measure keeps the one before. */
function withOrder(before: Followed, draft: Draft, said: Draft): Draft {
  const share = draft.share || said.share
  const limit = said.limit ?? draft.limit
  if (said.ranking !== null) {
    const ranking: Ranking = { ...said.ranking, by: rankedBy(said.ranking.by, before.draft), atHead: false }
    const sort = said.sort ?? null
    return { ...draft, share, ranking, sort, limit }
  }
  if (said.sort === null) return { ...draft, share, limit }
  const by = said.sort.by.length > 0 ? said.sort.by : (draft.sort?.by ?? [])
  const keeps = said.sort.by.length === 0 && draft.ranking !== null
  if (keeps && draft.ranking !== null)
    return { ...draft, share, limit, ranking: { ...draft.ranking, descending: said.sort.descending } }
  return {
    ...draft,
    share,
    limit,
    ranking: said.limit === null && draft.limit !== null ? draft.ranking : null,
    sort: { by, descending: said.sort.descending },
  }
}

/** "The 2 largest" of groups are those with the most of what was measured, not the largest of their rows. */
function rankedBy(by: Ranking['by'], before: Draft): Ranking['by'] {
  const isOfGroups =
    by !== null && 'quality' in by && ['size', 'height'].includes(by.quality) && before.groups.length > 0
  return by === null || isOfGroups ? measureOf(before) : by
}

/** What the question before ranked by or measured. */
function measureOf({ ranking, asks, sort }: Draft): Ranking['by'] {
  if (ranking !== null && ranking.by !== null) return ranking.by
  const [by] = sort?.by ?? []
  const measured = asks.find(isMeasure)
  const [first] = asks
  const sorted = sort !== null && first?.kind === 'noun' ? first.noun : null
  return by ?? measured?.measure ?? sorted
}
