import type { NamedTable } from '../../catalog/named-catalog.ts'
import { capitalised } from '../../sentences.ts'
import { tableOf } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { Ask, Draft, Filter, Group, Measure, Noun } from '../reading/draft.ts'
import { makeClauses } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { note } from './choose-date.ts'
import { placeClauses, reachExpression, startJoins } from './joins.ts'
import { aliasOf, groupOutputs, measureOutput } from './outputs.ts'
import { displayRows, displayTable } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { emptyQuery } from './query.ts'
import type { Query, Selected } from './query.ts'
import { relatedNumber } from './related-numbers.ts'
import { addsUp } from './table-roles.ts'

interface Measured {
  readonly noun: Noun
  readonly measure: Measure
  readonly table: NamedTable
}

/**
 * "Orders and refunds per customer", "orders per customer including those without orders": one line for each row of a table, each number
 * by a sub-query of its own. A join would repeat the rows of one table for each of the other's, and leave out who has none. Null for any
 * other question.
 */
export function numbersOfEach(context: PlanningContext): Query | null {
  const { draft } = context
  const entity = entityOf(context)
  const measured = draft.asks.flatMap((ask) => measuredBy(context, ask) ?? [])
  if (entity === null || measured.length < draft.asks.length || !isPlain(draft)) return null
  const tables = measured.map(({ table }) => table)
  if (sortedBy(context, tables) === null) return null
  if (new Set(tables).size < tables.length || !tables.every((table) => isBelow(context, table, entity))) return null
  if (draft.included === null ? tables.length < 2 : !isIncluded(context, draft.included, entity, tables)) return null
  return linesOf(context, entity, measured)
}

/** The table of which each row is a group of its own. */
function entityOf({ draft, resolution }: PlanningContext): NamedTable | null {
  const [group, ...others]: readonly Group[] = draft.groups
  const target = group?.kind === 'noun' && others.length === 0 ? resolution.targetOf(group.noun) : null
  return target?.kind === 'table' ? target.table : null
}

function measuredBy({ resolution }: PlanningContext, ask: Ask): Measured | null {
  const noun = ask.kind === 'noun' ? ask.noun : ask.kind === 'measure' ? ask.measure.noun : null
  const target = noun === null || noun.mention.metric !== undefined ? null : resolution.targetOf(noun)
  if (noun === null || target === null) return null
  const isCounted = target.kind === 'table'
  const meant = ask.kind === 'measure' ? ask.measure.fn : isCounted ? 'count' : addsUp(target) ? 'sum' : null
  if (meant === null || (meant === 'count') !== isCounted || !(isCounted || meant === 'sum')) return null
  return { noun, measure: { fn: meant, noun, distinct: false }, table: tableOf(target) }
}

const isPlain = (draft: Draft): boolean =>
  draft.ranking === null &&
  draft.limit === null &&
  draft.over === null &&
  draft.change === null &&
  draft.earlier === null &&
  !draft.share &&
  draft.compared.length === 0 &&
  draft.relations.length === 0

/** Which of the numbers orders the lines: the first one where nothing else is said; null where another thing is. */
function sortedBy({ draft, resolution }: PlanningContext, tables: readonly NamedTable[]): number | null {
  const [by, ...others] = draft.sort?.by ?? []
  if (by === undefined) return 0
  const noun = isNoun(by) ? by : by.noun
  const table = noun === null ? null : resolution.tableOf(noun)
  const at = table === null ? -1 : tables.indexOf(table)
  return at < 0 || others.length > 0 ? null : at
}

const isBelow = (context: PlanningContext, table: NamedTable, entity: NamedTable): boolean =>
  table !== entity && pathBetween(context, table, entity, true) !== null

/** Whether those that are kept have none of what is counted. */
function isIncluded(
  context: PlanningContext,
  { noun, of }: NonNullable<Draft['included']>,
  entity: NamedTable,
  tables: readonly NamedTable[],
): boolean {
  const things = of === null ? entity : context.resolution.tableOf(of)
  const none = context.resolution.tableOf(noun)
  return things === entity && none !== null && tables.includes(none)
}

function linesOf(context: PlanningContext, entity: NamedTable, measured: readonly Measured[]): Query {
  const joined = startJoins(context, entity)
  const labels = groupOutputs(entity)
  const tables = measured.map(({ table }) => table)
  for (const { expression } of labels) reachExpression(joined, expression)
  const own = context.draft.filters.filter((filter) => isOfEntity(context, filter, entity))
  const inner = context.draft.filters.filter((filter) => !own.includes(filter))
  const numbers = measured.map((one): Selected => {
    const { expression, alias } = measureOutput(context, one.measure)
    if (expression.kind !== 'aggregate')
      throw new CannotRead(`I could not tell what to work out per "${one.noun.mention.text}".`)
    const clauses = clausesOf(context, inner, one, measured)
    const said = (alias ?? one.noun.mention.text).toLowerCase().replaceAll('_', ' ')
    const words = one.measure.fn === 'count' ? said : `${said} of ${displayRows(one.table)}`
    const measure = expression.of === null ? null : expression
    return { expression: relatedNumber(context, entity, { table: one.table, measure, words, clauses }), alias }
  })
  const select = numbers.map((one, at) => toldApart(one, numbers, measured[at]?.table ?? entity))
  const where = placeClauses(
    context,
    joined,
    makeClauses(context, own, () => [entity]),
  )
  note(context, `${capitalised(displayRows(entity))} without any are shown with 0.`)
  const first = select[sortedBy(context, tables) ?? 0]
  return {
    ...emptyQuery(entity, joined.steps),
    select: [...labels.map(({ expression, alias }) => ({ expression, alias })), ...select],
    where,
    orderBy:
      first === undefined ? [] : [{ expression: first.expression, descending: context.draft.sort?.descending ?? true }],
  }
}

/** Numbers of the same name get that of their table. */
const toldApart = (one: Selected, all: readonly Selected[], table: NamedTable): Selected =>
  all.filter(({ alias }) => alias === one.alias).length > 1 && one.alias !== null
    ? { ...one, alias: aliasOf([displayTable(table), one.alias]) }
    : one

/** Whether a condition is on the row itself or on what it refers to; a period is one of what is counted. */
function isOfEntity(context: PlanningContext, filter: Filter, entity: NamedTable): boolean {
  if (filter.or || (filter.operand.kind === 'period' && filter.subject === null)) return false
  return makeClauses(context, [filter], () => [entity])
    .flatMap(({ literals }) => literals)
    .every(({ table }) => pathBetween(context, entity, table, true) !== null)
}

/** The conditions on what one measure is worked out over: its own, and those on no other's noun. */
function clausesOf(
  context: PlanningContext,
  filters: readonly Filter[],
  { noun, table }: Measured,
  all: readonly Measured[],
): readonly Clause[] {
  const isOther = ({ about }: Filter): boolean => all.some((other) => other.noun !== noun && other.noun === about)
  const isShared = ({ operand, about }: Filter): boolean => operand.kind === 'period' && about !== noun
  const own = filters.filter((filter) => !isOther(filter) || isShared(filter))
  return makeClauses(
    context,
    own.map((filter) => (isShared(filter) ? { ...filter, about: noun } : filter)),
    () => [table],
  )
}
