import type { Ask, Draft, Noun } from '../reading/draft.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { tableOf } from '../linking/mention.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { Query } from './query.ts'

interface Counted {
  readonly noun: Noun
  readonly table: NamedTable
}

/**
 * "How many orders and customers do we have?" and "total amount and total paid" measure two tables, each by its own rows: a join would
 * leave out or repeat some. Returns the questions to answer beside each other, or null for any other question.
 */
export function countsApart(context: PlanningContext): readonly PlanningContext[] | null {
  const { draft } = context
  const counted = draft.asks.flatMap((ask) => countedBy(context, ask) ?? [])
  const tables = new Set(counted.map(({ table }) => table))
  if (counted.length < 2 || counted.length < draft.asks.length || tables.size < counted.length) return null
  if (draft.ranking !== null || draft.over !== null || draft.share) return null
  const isCounting = draft.asks.every((ask) => ask.kind === 'measure' && ask.measure.fn === 'count')
  if (draft.groups.length > 0 && !isCounting) return null
  if (draft.groups.length > 0) {
    const [first, second] = counted.map(({ table }) => displayRows(table))
    throw new CannotRead(`I can count ${first ?? ''} and ${second ?? ''} per group only one at a time.`)
  }
  return counted.map(({ noun }, at) => ({ ...context, draft: ownDraft(draft, noun, at, counted) }))
}

function countedBy({ resolution }: PlanningContext, ask: Ask): Counted | null {
  if (ask.kind !== 'measure' || ask.measure.noun === null) return null
  const { fn, noun } = ask.measure
  const target = noun.mention.metric === undefined ? resolution.targetOf(noun) : null
  if (target?.kind === 'table') return fn === 'count' ? { noun, table: target.table } : null
  return target === null || fn === 'count' ? null : { noun, table: tableOf(target) }
}

/** The count of one noun with its own conditions. Those after the last noun are about all, when the nouns stand side by side. */
function ownDraft(draft: Draft, noun: Noun, at: number, counted: readonly Counted[]): Draft {
  const last = counted.at(-1)?.noun
  const isShared = (about: unknown): boolean => about === last && areSideBySide(counted)
  const isOwn = (about: unknown): boolean =>
    about === noun || isShared(about) || !counted.some((other) => other.noun === about)
  return {
    ...draft,
    asks: draft.asks.slice(at, at + 1),
    filters: draft.filters.filter((filter) => isOwn(filter.about)).map((filter) => ({ ...filter, about: noun })),
    relations: draft.relations
      .filter((relation) => isOwn(relation.about))
      .map((relation) => ({ ...relation, about: noun })),
    sort: null,
    limit: null,
  }
}

/** "customers and suppliers", as opposed to "how many customers are there and how many suppliers". */
const areSideBySide = (counted: readonly Counted[]): boolean =>
  counted.every(({ noun }, at) => {
    const next = counted[at + 1]?.noun.mention.from
    return next === undefined || next - noun.mention.to <= 2
  })

/** The queries as one line of numbers. */
export function besideEachOther([first, ...others]: readonly Query[]): Query {
  if (first === undefined) throw new CannotRead('I could not tell what to count.')
  return { ...first, beside: others }
}
