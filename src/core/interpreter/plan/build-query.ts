import { dropNeedlessJoins } from './drop-joins.ts'
import type { AggregateFunction } from '../language/phrases.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { isNoun } from '../reading/draft.ts'
import type { Demand, Noun, Relation } from '../reading/draft.ts'
import { tableOf } from '../linking/mention.ts'
import { CannotRead, sayRows } from './building.ts'
import type { Building } from './building.ts'
import { makeClauses } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { chooseGrain, checkMeasures } from './grain.ts'
import { outputsOfGroup } from './group-outputs.ts'
import { measureOutput, outputsOf, plainOutput, requireTarget, amountOutput, countOutput, groupOutputs, aliasOf, functionWords } from './outputs.ts'
import type { Output } from './outputs.ts'
import { placeClauses, reachExpression, startJoins } from './place.ts'
import type { Joined } from './place.ts'
import type { Condition, Expression, Ordering, Query, Selected } from './query.ts'
import { columnExpression, isAggregated, sameExpression, tablesOf } from './query.ts'
import { settleRanking } from './rank.ts'
import type { Ranked } from './rank.ts'
import { readRelations } from './relations.ts'
import { isYear } from './table-roles.ts'
import { shapeAnswer } from './shape.ts'
import type { Shape } from './shape.ts'

/** What was asked for, as columns, before joins. */
interface Columns {
  readonly outputs: readonly Output[]
  readonly groups: readonly Output[]
  readonly ranked: Ranked | null
  readonly sorts: readonly { readonly output: Output; readonly descending: boolean }[]
}

/** Turns settled slots into a query. Throws `CannotRead` where that takes guessing. */
export function buildQuery(building: Building): Query {
  const shape = shapeAnswer(building)
  const columns = columnsOf(building, shape)
  const shown = [...columns.groups, ...columns.outputs].map((o) => o.expression)
  const all = [
    ...shown,
    ...(columns.ranked === null ? [] : [columns.ranked.output.expression]),
    ...columns.sorts.map((s) => s.output.expression),
  ]
  const measures = all.filter(isAggregated)
  const aggregated = measures.length > 0
  const wished = aggregated ? measures.flatMap(tablesOf) : [shape.main]
  const grain = chooseGrain(building, wished.length > 0 ? wished : [shape.main], all.flatMap(tablesOf))
  checkMeasures(building, grain, measures)
  const joined = startJoins(building, grain)
  const whole = aggregated ? grouped(building, shape, columns, joined) : listed(building, shape, columns, joined)
  const query = dropNeedlessJoins(whole)
  if (building.draft.over !== null) return overGroups(query, building.draft.over)
  return building.draft.share ? withShares(query) : query
}

/** "the average number of orders per customer": the groups' numbers, taken together. */
function overGroups(query: Query, fn: AggregateFunction): Query {
  const measure = query.select.find((s) => isAggregated(s.expression))
  if (measure?.alias == null || query.groupBy.length === 0) throw new CannotRead('I could not tell per what the average is meant.')
  const alias = aliasOf([functionWords[fn], measure.alias])
  return { ...query, select: query.select.filter((s) => s === measure), orderBy: [], limit: null, over: { fn, of: measure.alias, alias } }
}

function columnsOf(building: Building, shape: Shape): Columns {
  const { draft } = building
  const about = [...new Set([...measureTables(building, shape), shape.main])]
  const outputs = shape.asks.flatMap((ask) =>
    ask.kind === 'measure' && ask.measure.noun === null ? [countOutput(shape.main)] : outputsOf(building, ask, about),
  )
  const groups = shape.groups
    .flatMap((group) => outputsOfGroup(building, group, about))
    .filter((group) => !outputs.some((o) => sameExpression(o.expression, group.expression)))
  const ranked = draft.ranking === null ? null : settleRanking(building, draft.ranking, shape.main, about, shape.asked)
  const measured = outputs.filter((o) => isAggregated(o.expression))
  const first = (measured.length > 0 ? measured : outputs).slice(0, 1).map((output) => ({ output, descending: draft.sort?.descending ?? false }))
  const sorts = (draft.sort?.by ?? []).map((by) => ({
    output: sortOutput(building, by, outputs),
    descending: draft.sort?.descending ?? false,
  }))
  return { outputs, groups, ranked, sorts: draft.sort !== null && sorts.length === 0 ? first : sorts }
}

function measureTables(building: Building, shape: Shape): readonly NamedTable[] {
  const measures = shape.asks.flatMap((ask) =>
    ask.kind === 'measure' && ask.measure.noun !== null ? [ask.measure.noun] : [],
  )
  const by = building.draft.ranking?.by ?? null
  const ranking = isNoun(by) ? [by] : by !== null && 'fn' in by && by.noun !== null ? [by.noun] : []
  const of = building.draft.ranking?.of ?? null
  return [...(of === null ? [] : [of]), ...measures, ...ranking].map((noun) => tableOf(requireTarget(building, noun)))
}

function sortOutput(
  building: Building,
  by: NonNullable<typeof building.draft.sort>['by'][number],
  outputs: readonly Output[],
): Output {
  if (!isNoun(by)) {
    const counted = by.fn === 'count' && by.noun !== null ? requireTarget(building, by.noun) : null
    return counted?.kind === 'column' && counted.column.kind === 'number'
      ? plainOutput(counted.column)
      : measureOutput(building, by)
  }
  const shown = outputs.find((o) => o.expression.kind === 'column' && isMeant(by, o.expression.column))
  if (shown !== undefined) return shown
  const target = requireTarget(building, by)
  if (target.kind === 'table') {
    const counted = outputs.find((o) => isAggregated(o.expression))
    return counted ?? groupOutputs(target.table)[0] ?? countOutput(target.table)
  }
  const amount = amountOutput(building, target, null)
  const measured = outputs.find(
    (o) =>
      o.expression.kind === 'aggregate' &&
      o.expression.of !== null &&
      sameExpression(o.expression.of, amount.expression),
  )
  return measured ?? (target.kind === 'column' ? plainOutput(target.column) : amount)
}

/** Whether a noun may well stand for a column that is shown. */
const isMeant = (noun: Noun, column: NamedColumn): boolean =>
  noun.mention.candidates.some(
    (c) => c.kind === 'column' && c.column === column && c.score >= (noun.mention.candidates[0]?.score ?? 0) - 0.3,
  )

/** Conditions of the rows, and of the groups. */
interface Filters {
  readonly where: readonly Condition[]
  readonly having: readonly Condition[]
  readonly extra: readonly Output[]
}

function filtersOf(building: Building, shape: Shape, joined: Joined, groupedHere: boolean): Filters {
  const { demands, relations } = building.draft
  const related = new Set(relations.map((r) => r.noun))
  const tables = (demand: Demand): readonly NamedTable[] =>
    demand.about !== null && isNoun(demand.about) && related.has(demand.about) ? [shape.main, joined.grain] : [joined.grain, shape.main]
  const clausesOf = (list: readonly Demand[]): readonly Clause[] => makeClauses(building, list, tables)
  const outside = clausesOf(demands.filter((d) => d.within === null))
  const inside = (relation: Relation): readonly Clause[] => clausesOf(demands.filter((d) => d.within === relation))
  const read = readRelations(building, joined, relations, inside, groupedHere)
  const where = [...placeClauses(building, joined, [...outside, ...read.clauses]), ...read.where]
  return { where, having: read.having, extra: read.shown.map(plainOutput) }
}

function listed(building: Building, shape: Shape, columns: Columns, joined: Joined): Query {
  const { ranked, sorts, outputs } = columns
  const hasCounts = building.draft.relations.some((r) => r.count !== null)
  const { asked } = shape
  const isKey = asked !== null && (asked.unique || keyColumnOf(asked.table) === asked)
  const groupedHere = hasCounts && asked !== null && asked.table === joined.grain && !isKey
  const filters = filtersOf(building, shape, joined, groupedHere)
  const isEntity = shape.asks.every(
    (ask) => ask.kind === 'noun' && building.settled.targetOf(ask.noun)?.kind === 'table',
  )
  const shown = distinctOutputs([...outputs, ...filters.extra, ...(ranked !== null && isEntity ? [ranked.output] : [])])
  for (const { expression } of [...shown, ...(ranked === null ? [] : [ranked.output]), ...sorts.map((s) => s.output)])
    reachExpression(joined, expression)
  const grouped = filters.having.length > 0
  if (isKnownAlready(shown, filters.where)) throw new CannotRead('That would only repeat what the question says.')
  return {
    ...emptyQuery(joined),
    select: named(shown),
    distinct: !grouped && ranked === null && isDistinct(building, shape, joined),
    where: filters.where,
    groupBy: grouped ? shown.map((o) => o.expression) : [],
    having: filters.having,
    orderBy: orderings(columns),
    ...limits(building, ranked),
  }
}

/** "the name of Kyle's friend" read as the name of Kyle is no answer. */
function isKnownAlready(shown: readonly Output[], where: readonly Condition[]): boolean {
  const [only] = shown
  if (only === undefined || shown.length > 1) return false
  return where.some((c) => c.kind === 'compare' && c.operator === '=' && sameExpression(c.left, only.expression))
}

/** Rows that say the same are shown once where the question is about the values of a column rather than about rows. */
function isDistinct(building: Building, shape: Shape, joined: Joined): boolean {
  if (building.draft.distinct || shape.asks.some((ask) => ask.kind === 'noun' && ask.distinct)) return true
  const nouns = shape.asks.flatMap((ask) => (ask.kind === 'noun' ? [ask.noun] : []))
  const columns = nouns.flatMap((noun) => {
    const target = building.settled.targetOf(noun)
    return target?.kind === 'column' && noun.anchor === null ? [target.column] : []
  })
  const isGrain = columns.some((c) => c.table === joined.grain && (c.unique || keyColumnOf(c.table) === c))
  return (
    building.draft.which &&
    columns.length === nouns.length &&
    columns.length > 0 &&
    !isGrain &&
    columns.every((c) => c.kind === 'text' || isYear(c))
  )
}

function grouped(building: Building, shape: Shape, columns: Columns, joined: Joined): Query {
  const { groups, outputs, ranked, sorts } = columns
  const filters = filtersOf(building, shape, joined, true)
  const isEntity = shape.asks.every(
    (ask) => ask.kind === 'noun' && building.settled.targetOf(ask.noun)?.kind === 'table',
  )
  const showRanked = ranked !== null && (isEntity || (building.draft.limit?.count ?? 1) > 1 || groups.length > 0)
  const shown = distinctOutputs([...groups, ...outputs, ...(showRanked ? [ranked.output] : [])]).map((o) =>
    counted(o, joined),
  )
  const ordered = [...(ranked === null ? [] : [ranked.output]), ...sorts.map((s) => s.output)].map((o) => counted(o, joined))
  for (const { expression } of [...shown, ...ordered]) reachExpression(joined, expression)
  const plain = shown.filter((o) => !isAggregated(o.expression))
  const keys = plain.flatMap((o) => keyOf(o, joined))
  const grouping = [...keys, ...plain.map((o) => o.expression)]
  if (ordered.some((o) => !isAggregated(o.expression) && !grouping.some((e) => sameExpression(e, o.expression)))) {
    throw new CannotRead('I could not tell how to order the groups.')
  }
  return {
    ...emptyQuery(joined),
    select: named(shown),
    where: filters.where,
    groupBy: uniqueExpressions(grouping),
    having: filters.having,
    orderBy: plain.length === 0 ? [] : orderings(columns, joined, shown),
    ...(plain.length === 0 ? {} : limits(building, ranked)),
  }
}

/** Rows of an entity are told apart by its key, not only by its name. */
function keyOf(output: Output, joined: Joined): readonly Expression[] {
  const key = output.entity === null || output.entity === joined.grain ? null : keyColumnOf(output.entity)
  return key === null || !joined.has(key.table) ? [] : [columnExpression(key)]
}

/** Rows of the grain come once each; those of another table are counted by their key. */
function counted(output: Output, joined: Joined): Output {
  const { expression } = output
  if (expression.kind !== 'aggregate' || expression.table === undefined || expression.of !== null) return output
  const { table } = expression
  if (table === joined.grain)
    return { ...output, expression: { kind: 'aggregate', fn: 'count', of: null, distinct: false } }
  const key = keyColumnOf(table)
  if (key === null) throw new CannotRead(`I know no key to count ${sayRows(table)} by.`)
  return { ...output, expression: { kind: 'aggregate', fn: 'count', of: columnExpression(key), distinct: true } }
}

function orderings(columns: Columns, joined: Joined | null = null, shown: readonly Output[] = []): readonly Ordering[] {
  const settle = (output: Output): Expression => (joined === null ? output : counted(output, joined)).expression
  const sorts = columns.sorts.map(({ output, descending }) => ({ expression: settle(output), descending }))
  if (columns.ranked !== null)
    return [{ expression: settle(columns.ranked.output), descending: columns.ranked.descending }, ...sorts]
  if (sorts.length > 0 || joined === null) return sorts
  const time = shown.find((o) => o.expression.kind === 'bucket')
  if (time !== undefined) return [{ expression: time.expression, descending: false }]
  const measure = shown.find((o) => isAggregated(o.expression))
  return measure === undefined ? [] : [{ expression: measure.expression, descending: true }]
}

function limits(building: Building, ranked: Ranked | null): { readonly limit: number | null; readonly skip: number } {
  const { limit, sort } = building.draft
  if (limit !== null) return { limit: limit.count, skip: limit.skip }
  return { limit: ranked === null || sort !== null ? null : 1, skip: 0 }
}

function withShares(query: Query): Query {
  const [only] = query.select
  if (query.groupBy.length > 0) {
    const select = query.select.map((s): Selected =>
      isAggregated(s.expression) ? { expression: { kind: 'share', of: s.expression }, alias: 'PERCENT' } : s,
    )
    const orderBy = query.orderBy.map((o) =>
      isAggregated(o.expression) ? { ...o, expression: { kind: 'share' as const, of: o.expression } } : o,
    )
    return { ...query, select, orderBy }
  }
  if (only === undefined || query.where.length === 0) return query
  return {
    ...query,
    where: [],
    select: [{ expression: { kind: 'rate', when: { kind: 'and', parts: query.where } }, alias: 'PERCENT' }],
    distinct: false,
  }
}

const emptyQuery = (joined: Joined): Query => ({
  from: joined.grain,
  joins: joined.steps,
  select: [],
  distinct: false,
  where: [],
  groupBy: [],
  having: [],
  orderBy: [],
  limit: null,
  skip: 0,
  over: null,
})

function distinctOutputs(outputs: readonly Output[]): readonly Output[] {
  const found: Output[] = []
  for (const output of outputs)
    if (!found.some((o) => sameExpression(o.expression, output.expression))) found.push(output)
  return found
}

function uniqueExpressions(list: readonly Expression[]): readonly Expression[] {
  const found: Expression[] = []
  for (const expression of list) if (!found.some((e) => sameExpression(e, expression))) found.push(expression)
  return found
}

/** Columns of the same name are told apart by their table. */
function named(outputs: readonly Output[]): readonly Selected[] {
  const counts = Map.groupBy(
    outputs,
    (o) => o.alias ?? (o.expression.kind === 'column' ? o.expression.column.column.name : ''),
  )
  return outputs.map(({ expression, alias }) => {
    if (alias !== null || expression.kind !== 'column') return { expression, alias }
    const { column, table } = expression.column
    const isShared = (counts.get(column.name)?.length ?? 0) > 1
    return {
      expression,
      alias: isShared ? `${table.table.name}_${column.name}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_') : null,
    }
  })
}
