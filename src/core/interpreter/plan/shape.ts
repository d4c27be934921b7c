import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { tableOf } from '../linking/mention.ts'
import { askedWords } from '../linking/schema-index.ts'
import type { Ask, Group, Measure, Noun, Ranking } from '../reading/draft.ts'
import { isNoun } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { CannotRead } from './planning-context.ts'
import { note } from './choose-date.ts'
import { requireTarget } from './outputs.ts'
import { mainNoun } from './resolve-nouns.ts'
import type { Target } from './target.ts'
import { addsUp, isKeyLike, isYear } from './table-roles.ts'

/** The shape of the answer: what is listed or aggregated, and the groups. */
export interface Shape {
  readonly asks: readonly Ask[]
  readonly groups: readonly Group[]
  /** The table the question is about. */
  readonly main: NamedTable
  /** The column asked for if it is the only noun, else null. */
  readonly asked: NamedColumn | null
}

/** Decides between a list and an aggregate when the words leave it open. */
export function shapeAnswer(context: PlanningContext): Shape {
  const { draft } = context
  const main = mainTable(context)
  const asks = askedFor(context)
  const groups = resolveHead(context, asks).filter((group) => !isAcrossRows(context, group, asks))
  const shaped =
    groups.length > 0 && !asks.some((ask) => ask.kind === 'measure')
      ? measureGroups(context, asks, groups)
      : { asks, groups }
  averageTotals(context, shaped)
  const single =
    shaped.asks.length === 1 && shaped.groups.length === 0 && draft.ranking === null
      ? loneAmount(context, shaped.asks)
      : shaped.asks
  const summed = draft.over === null ? single : single.map((ask) => totalOf(context, ask))
  return { asks: summed, groups: shaped.groups, main, asked: askedColumn(context, shaped.asks) }
}

/** "the average age across players" is one number: a player has one age. */
function isAcrossRows({ resolution }: PlanningContext, group: Group, asks: readonly Ask[]): boolean {
  if (group.kind !== 'noun' || group.across !== true) return false
  const target = resolution.targetOf(group.noun)
  const measures = asks.flatMap((ask) =>
    ask.kind === 'measure' && ask.measure.noun !== null ? [ask.measure.noun] : [],
  )
  return (
    target?.kind === 'table' &&
    measures.length > 0 &&
    measures.length === asks.length &&
    measures.every((noun) => resolution.targetOf(noun)?.kind !== 'table' && resolution.tableOf(noun) === target.table)
  )
}

/** "average revenue per order": the revenue of each order is added up before it is averaged. */
function averageTotals(context: PlanningContext, { asks, groups }: Pick<Shape, 'asks' | 'groups'>): void {
  const { draft } = context
  const [ask] = asks
  const [group] = groups
  if (asks.length !== 1 || groups.length !== 1 || draft.over !== null || group?.each !== true) return
  if (ask?.kind !== 'measure' || ask.measure.fn !== 'avg' || ask.measure.noun === null) return
  const measured = context.resolution.targetOf(ask.measure.noun)
  if (measured?.kind !== 'formula' || !isOfEach(context, group.noun, ask.measure.noun, measured.formula.table)) return
  note(context, `"${ask.measure.noun.mention.text}" is added up in each group, then averaged.`)
  draft.over = 'avg'
}

/** Whether an amount belongs to each thing as a whole. A category has no amount of its own, and "order value" is that of each order. */
function isOfEach(context: PlanningContext, each: Noun | null, amount: Noun, table: NamedTable): boolean {
  if (each === null || context.resolution.targetOf(each)?.kind !== 'table') return false
  const words = askedWords(amount.mention.text)
  return !table.ways.some((way) => way.every((word) => words.includes(word)))
}

function mainTable(context: PlanningContext): NamedTable {
  const noun = mainNoun(context.draft)
  if (noun !== null) return tableOf(requireTarget(context, noun))
  for (const filter of context.draft.filters) {
    for (const value of filter.operand.kind === 'values' ? filter.operand.values : []) {
      const resolution = context.resolution.valueOf(value)
      if (resolution !== null) return resolution.column.table
    }
  }
  throw new CannotRead('I could not tell which table this is about.')
}

/** What to show. A question that names only an entity or a group shows it. */
function askedFor(context: PlanningContext): Ask[] {
  const { draft } = context
  if (draft.asks.length > 0) return [...draft.asks]
  if (draft.ranking !== null && draft.groups.some((group) => group.kind === 'time')) return []
  const noun =
    draft.ranking?.of ?? draft.groups.flatMap((g) => (g.kind === 'noun' ? [g.noun] : []))[0] ?? mainNoun(draft)
  if (noun === null || noun === undefined) throw new CannotRead('I could not tell what to show.')
  return [{ kind: 'noun', noun, distinct: draft.distinct }]
}

/** "the highest price" alone asks for the price itself; beside other columns it selects a row. Edits `asks` and returns the groups. */
function resolveHead(context: PlanningContext, asks: Ask[]): readonly Group[] {
  const { draft } = context
  const { ranking } = draft
  const by = ranking?.by
  if (ranking?.atHead !== true || !isNoun(by) || draft.limit !== null) return draft.groups
  const target = requireTarget(context, by)
  const others = asks.filter((ask) => !(ask.kind === 'noun' && ask.noun === by))
  if (target.kind === 'table' || others.some((ask) => ask.kind !== 'measure')) return draft.groups
  if (others.length === 0 && rankTotals(context, ranking, target)) {
    asks.splice(0, asks.length)
    return draft.groups
  }
  const measure: Measure = { fn: ranking.descending ? 'max' : 'min', noun: by, distinct: false }
  asks.splice(
    0,
    asks.length,
    ...asks.map((ask): Ask => (ask.kind === 'noun' && ask.noun === by ? { kind: 'measure', measure } : ask)),
  )
  draft.ranking = null
  return draft.groups
}

/** "Which month had the highest revenue?" ranks the months by their totals; "the highest price per month" shows one of each. */
function rankTotals({ draft }: PlanningContext, ranking: Ranking, target: Target): boolean {
  const adds = addsUp(target)
  const isAsked = draft.groups.length > 0 && draft.groups.every((g) => g.kind === 'time' && g.asked)
  if (!adds || !isAsked || !isNoun(ranking.by)) return false
  draft.ranking = { ...ranking, by: { fn: 'sum', noun: ranking.by, distinct: false } }
  return true
}

/** Groups without an explicit aggregate: "orders per month", "revenue by nation", or just "the name of each customer". */
function measureGroups(
  context: PlanningContext,
  asks: readonly Ask[],
  groups: readonly Group[],
): { readonly asks: readonly Ask[]; readonly groups: readonly Group[] } {
  if (groups.every((group) => group.each && isOwner(context, group, asks))) return { asks, groups: [] }
  if (context.draft.ranking !== null) return { asks, groups }
  if (listsColumns(context, asks, groups)) {
    const named = groups.flatMap((group): readonly Ask[] =>
      group.kind === 'noun' && !asks.some((ask) => ask.kind === 'noun' && ask.noun === group.noun)
        ? [{ kind: 'noun', noun: group.noun, distinct: false }]
        : [],
    )
    return { asks: [...named, ...asks], groups: [] }
  }
  return { asks: asks.map((ask) => measured(context, ask, groups)), groups }
}

/** "For each team, what are the names and ages of its players?" lists the players: names are not added up, nor are the ages beside them. */
function listsColumns({ resolution }: PlanningContext, asks: readonly Ask[], groups: readonly Group[]): boolean {
  const columns = asks.flatMap((ask) => {
    const target = ask.kind === 'noun' ? resolution.targetOf(ask.noun) : null
    return target?.kind === 'column' ? [target.column] : []
  })
  const grouped = groups.flatMap(({ noun }) => (noun === null ? [] : [resolution.targetOf(noun)]))
  const isOfGroup = (column: NamedColumn): boolean =>
    grouped.some((t) => (t?.kind === 'table' ? t.table === column.table : t?.kind === 'column' && t.column === column))
  const own = columns.filter((column) => !isOfGroup(column))
  return (
    columns.length === asks.length &&
    groups.every((group) => group.kind === 'noun' && group.each) &&
    own.some((column) => column.kind === 'text') &&
    own.some((column) => column.kind !== 'text')
  )
}

/** Whether "each" only names the owner of the columns asked for. */
function isOwner(context: PlanningContext, group: Group, asks: readonly Ask[]): boolean {
  if (group.kind === 'time' || group.noun === null) return false
  const target = context.resolution.targetOf(group.noun)
  if (target === null) return false
  return asks.every((ask) => {
    if (ask.kind !== 'noun') return ask.kind !== 'measure'
    if (ask.noun === group.noun) return true
    const own = context.resolution.targetOf(ask.noun)
    return own !== null && target.kind === 'table' && tableOf(own) === target.table
  })
}

function measured(context: PlanningContext, ask: Ask, groups: readonly Group[]): Ask {
  if (ask.kind !== 'noun' || groups.some((g) => g.noun === ask.noun)) return ask
  const target = context.resolution.targetOf(ask.noun)
  if (target?.kind === 'table') return { kind: 'measure', measure: { fn: 'count', noun: ask.noun, distinct: false } }
  return target !== null && isAmountTarget(target) ? addedUp(context, ask.noun, target) : ask
}

export const isAmountTarget = (target: Target | null): boolean =>
  target?.kind === 'formula' ||
  (target?.kind === 'column' && target.column.kind === 'number' && !isKeyLike(target.column) && !isYear(target.column))

function addedUp(context: PlanningContext, noun: Noun, target: Target): Ask {
  const adds = addsUp(target)
  if (!adds) note(context, `"${noun.mention.text}" is averaged.`)
  return { kind: 'measure', measure: { fn: adds ? 'sum' : 'avg', noun, distinct: false } }
}

/** An outer average runs over totals. */
function totalOf(context: PlanningContext, ask: Ask): Ask {
  if (ask.kind !== 'measure' || ask.measure.fn !== context.draft.over || ask.measure.noun === null) return ask
  return { kind: 'measure', measure: { ...ask.measure, fn: 'sum' } }
}

/** "What was the revenue in 1996?" asks for the total. */
function loneAmount(context: PlanningContext, asks: readonly Ask[]): readonly Ask[] {
  const [ask] = asks
  const target = ask?.kind === 'noun' ? context.resolution.targetOf(ask.noun) : null
  if (ask?.kind !== 'noun' || target?.kind !== 'formula') return asks
  return [addedUp(context, ask.noun, target)]
}

function askedColumn(context: PlanningContext, asks: readonly Ask[]): NamedColumn | null {
  const nouns = asks.flatMap((ask) => (ask.kind === 'noun' ? [ask.noun] : []))
  const [only] = nouns
  const target = only === undefined || nouns.length > 1 ? null : context.resolution.targetOf(only)
  return target?.kind === 'column' ? target.column : null
}
