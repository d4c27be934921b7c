import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Ask, Draft, EarlierRows, Filter, Noun } from '../reading/draft.ts'
import type { Resolution } from '../plan/resolve-nouns.ts'
import type { Cues } from './cues.ts'

/** The question that is followed, with what its nouns were resolved to. */
export interface Followed {
  readonly draft: Draft
  readonly resolution: Resolution
  /** The table whose rows it lists, counts or groups by. */
  readonly entity: NamedTable
  /** The noun of that table; null when the question names none. */
  readonly entityNoun: Noun | null
  /** The rows of its result as a condition on that table's key; null where the table has no single key. */
  readonly rows: EarlierRows | null
}

/** An edited draft, or null when the words are no edit of the question before. */
export type EditedDraft = Draft | null

export const copyOf = (draft: Draft): Draft => ({
  ...draft,
  asks: [...draft.asks],
  filters: [...draft.filters],
  relations: [...draft.relations],
  compared: [...draft.compared],
  groups: [...draft.groups],
  notes: [...draft.notes],
  nouns: [...draft.nouns],
})

export const isPeriod = (filter: Filter): boolean => filter.operand.kind === 'period'

export const isMeasure = (ask: Ask): ask is Extract<Ask, { kind: 'measure' }> => ask.kind === 'measure'

/** Whether a noun may name the rows of the result before. */
export function isEntity({ entity, draft, resolution }: Followed, noun: Noun): boolean {
  const best = noun.mention.candidates[0]?.score ?? 0
  return noun.mention.candidates.some((c) => {
    if (c.score < best - 0.1) return false
    if (c.kind === 'table') return c.table === entity
    return (
      c.kind === 'column' &&
      draft.asks.some((ask) => ask.kind === 'noun' && columnOf(resolution, ask.noun) === c.column)
    )
  })
}

export function columnOf(resolution: Resolution, noun: Noun): NamedColumn | null {
  const target = resolution.targetOf(noun)
  return target?.kind === 'column' ? target.column : null
}

export function nounNamed({ namedAt }: Cues, { nouns }: Draft): Noun | null {
  return namedAt === null ? null : (nouns.find((noun) => noun.mention.from >= namedAt) ?? null)
}

export const sharesTable = (a: Noun, b: Noun): boolean =>
  a.mention.candidates.some(
    (c) =>
      c.kind === 'table' &&
      c.score >= 0.9 &&
      b.mention.candidates.some((d) => d.kind === 'table' && d.table === c.table && d.score >= 0.9),
  )

export function listed(before: Followed, draft: Draft): Draft {
  const { entityNoun } = before
  const asks: Ask[] = entityNoun === null ? draft.asks : [{ kind: 'noun', noun: entityNoun, distinct: false }]
  return draft.asks.some(isMeasure) && draft.groups.length === 0 ? { ...draft, asks } : draft
}
