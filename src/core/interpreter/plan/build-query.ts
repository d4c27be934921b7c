import { checkRoles, checkUnits } from './check-query.ts'
import { checkVerbs } from './check-verbs.ts'
import { capitalised } from '../../sentences.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'

import { besideEachOther, countsApart } from './beside.ts'
import { columnsOf } from './asked-columns.ts'
import type { Columns } from './asked-columns.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { dropNeedlessJoins, orderedOnce, overGroups, withoutContradiction, withShares } from './rewrite-query.ts'
import { note } from './choose-date.ts'
import { numbersOfEach } from './each-by-itself.ts'
import { checkMeasures, chooseGrain } from './grain.ts'
import { plainOutput } from './outputs.ts'
import type { Output } from './outputs.ts'
import { reachExpression, startJoins } from './joins.ts'
import type { Joined } from './joins.ts'
import { columnExpression, emptyQuery, isAggregated, sameExpression, tablesOf } from './query.ts'
import type { Condition, Query, Selected } from './query.ts'
import {
  brokenTies,
  calendarPlace,
  counted,
  cutOf,
  keyOf,
  orderings,
  uniqueExpressions,
  unclearRank,
} from './order-rows.ts'
import { dividedBy, quotientOf } from './quotient.ts'
import { conditionsFor } from './row-conditions.ts'
import { setAgainstTime } from './set-against-time.ts'
import { shapeAnswer } from './shape.ts'
import type { Shape } from './shape.ts'
import { isYear } from './table-roles.ts'

/** Turns a resolved draft into a query tree. Throws `CannotRead` rather than guess. */
export function buildQuery(context: PlanningContext): Query {
  const quotient = quotientOf(context)
  if (quotient !== null) return dividedBy(context, buildOne(quotient.divided), quotient.by)
  const each = numbersOfEach(context)
  if (each !== null) return each
  if (context.draft.included !== null)
    throw new CannotRead(
      `I could not tell for what those without "${context.draft.included.noun.mention.text}" are to be shown.`,
    )
  const apart = countsApart(context)
  return apart === null ? buildOne(context) : besideEachOther(apart.map(buildOne))
}

function buildOne(context: PlanningContext): Query {
  const shape = shapeAnswer(context)
  const columns = columnsOf(context, shape)
  const shown = [...columns.groups, ...columns.outputs].map((o) => o.expression)
  const all = [
    ...shown,
    ...(columns.ranked === null ? [] : [columns.ranked.output.expression]),
    ...columns.sorts.map((s) => s.output.expression),
  ]
  const measures = all.filter(isAggregated)
  const aggregated = measures.length > 0
  const wished = aggregated ? measures.flatMap(tablesOf) : [shape.main]
  const barred = new Set(aggregated ? groupsOf(columns, wished) : [])
  const grain = chooseGrain(context, wished.length > 0 ? wished : [shape.main], all.flatMap(tablesOf), barred)
  checkMeasures(context, grain, measures)
  const joined = startJoins(context, grain)
  const whole = aggregated
    ? grouped(context, shape, columns, joined)
    : orderedOnce(context, listed(context, shape, columns, joined))
  checkRoles(context, whole)
  checkUnits(context, whole)
  const query = withoutContradiction(dropNeedlessJoins(whole))
  if (aggregated && query.groupBy.length > 0) noteLostRows(context, query)
  checkVerbs(context, query)
  if (context.draft.change !== null) return setAgainstTime(query, context.draft.change)
  if (context.draft.over !== null) return overGroups(query, context.draft.over)
  return context.draft.share ? withShares(query, context.hints) : query
}

/** The things that are groups themselves: a department has one head, so it is not by its own row that its employees are counted. */
const groupsOf = ({ groups, outputs }: Columns, counted: readonly NamedTable[]): readonly NamedTable[] =>
  [...groups, ...outputs].flatMap(({ entity }) => (entity === null || counted.includes(entity) ? [] : [entity]))

/** Rows without a partner belong to no group. Only a declared key promises that there are none. */
function noteLostRows(context: PlanningContext, { from, joins }: Query): void {
  for (const { edge, up } of joins)
    if (up && edge.from === from && !edge.declared)
      note(
        context,
        `${capitalised(displayRows(from))} whose ${edge.columns.join(', ')} is not in ${edge.to.table.name} are left out.`,
      )
}

function listed(context: PlanningContext, shape: Shape, found: Columns, joined: Joined): Query {
  const columns = isEachRow(found.groups, joined) ? { ...found, groups: [] } : found
  const { ranked, sorts, outputs, groups } = columns
  const hasCounts = context.draft.relations.some((r) => r.count !== null)
  const { asked } = shape
  const isKey = asked !== null && (asked.unique || keyColumnOf(asked.table) === asked)
  const groupedHere = hasCounts && asked !== null && asked.table === joined.grain && !isKey
  const filters = conditionsFor(context, shape, joined, groupedHere)
  const isEntity = shape.asks.every(
    (ask) => ask.kind === 'noun' && context.resolution.targetOf(ask.noun)?.kind === 'table',
  )
  if (groups.length > 0 && ranked === null) throw new CannotRead('I could not tell what to work out per group.')
  if (groups.length > 0 && joined.grain !== shape.main) throw new CannotRead(unclearRank)
  const showRanked = ranked !== null && (isEntity || groups.length > 0)
  const told = isEntity ? severalValues(context, joined) : []
  const shown = distinctOutputs([
    ...groups,
    ...outputs,
    ...filters.extra,
    ...told,
    ...(showRanked ? [ranked.output] : []),
  ])
  for (const { expression } of [...shown, ...(ranked === null ? [] : [ranked.output]), ...sorts.map((s) => s.output)])
    reachExpression(joined, expression)
  const grouped = filters.having.length > 0
  if (isKnownAlready(shown, filters.where, joined.steps))
    throw new CannotRead('That would only repeat what the question says.')
  return brokenTies({
    ...emptyQuery(joined.grain, joined.steps),
    select: selectOutputs(shown),
    distinct: !grouped && ranked === null && isDistinct(context, shape, joined),
    where: filters.where,
    groupBy: grouped ? shown.map((o) => o.expression) : [],
    having: filters.having,
    orderBy: orderings(columns),
    ...cutOf(context, columns, joined),
  })
}

/** "orders in France and Germany": which of the values each row has. */
function severalValues({ draft, resolution }: PlanningContext, joined: Joined): readonly Output[] {
  return draft.filters.flatMap(({ operand, negated, subject }) => {
    const [value] = operand.kind === 'values' && operand.joint === 'and' && !operand.all ? operand.values : []
    const column = value === undefined || negated || subject !== null ? undefined : resolution.valueOf(value)?.column
    return column !== undefined && joined.tables.has(column.table) && column.table !== joined.grain
      ? [plainOutput(column)]
      : []
  })
}

/** "the birth date of each player": one row of the table that is listed anyway. */
const isEachRow = (groups: readonly Output[], { grain }: Joined): boolean => groups.every((g) => g.entity === grain)

/** Whether the only shown column is fixed by a filter, so that the answer would repeat the question. */
function isKnownAlready(shown: readonly Output[], where: readonly Condition[], joins: readonly JoinStep[]): boolean {
  const [only] = shown
  if (only === undefined || shown.length > 1) return false
  const isTold = (c: Condition): boolean =>
    c.kind === 'compare' && c.operator === '=' && sameExpression(c.left, only.expression)
  const isJoined = ({ table, column }: NamedColumn): boolean =>
    joins.some(({ edge }) => edge.from === table && edge.columns.includes(column.name))
  return where.some(
    (c) => isTold(c) || (c.kind === 'in-query' && !c.negated && isJoined(c.left) && c.query.where.some(isTold)),
  )
}

/** Whether duplicates are removed: the question asks for a column's values rather than for rows. */
function isDistinct(context: PlanningContext, shape: Shape, joined: Joined): boolean {
  if (context.draft.distinct || shape.asks.some((ask) => ask.kind === 'noun' && ask.distinct)) return true
  const nouns = shape.asks.flatMap((ask) => (ask.kind === 'noun' ? [ask.noun] : []))
  const columns = nouns.flatMap((noun) => {
    const target = context.resolution.targetOf(noun)
    return target?.kind === 'column' && noun.anchor === null ? [target.column] : []
  })
  const isGrain = columns.some((c) => c.table === joined.grain && (c.unique || keyColumnOf(c.table) === c))
  return (
    context.draft.which &&
    columns.length === nouns.length &&
    columns.length > 0 &&
    !isGrain &&
    columns.every((c) => c.kind === 'text' || isYear(c))
  )
}

function grouped(context: PlanningContext, shape: Shape, columns: Columns, joined: Joined): Query {
  const { groups, outputs, ranked, sorts } = columns
  const filters = conditionsFor(context, shape, joined, true)
  const isEntity = shape.asks.every(
    (ask) => ask.kind === 'noun' && context.resolution.targetOf(ask.noun)?.kind === 'table',
  )
  const showRanked = ranked !== null && (isEntity || (context.draft.limit?.count ?? 1) > 1 || groups.length > 0)
  const shown = distinctOutputs([...groups, ...outputs, ...(showRanked ? [ranked.output] : [])]).map((o) =>
    counted(o, joined),
  )
  const ordered = [...(ranked === null ? [] : [ranked.output]), ...sorts.map((s) => s.output)].map((o) =>
    counted(o, joined),
  )
  for (const { expression } of [...shown, ...ordered]) reachExpression(joined, expression)
  const plain = shown.filter((o) => !isAggregated(o.expression))
  checkGroups(joined, groups, shown)
  const keys = plain.flatMap((o) => keyOf(o, joined))
  const grouping = [
    ...keys,
    ...plain.flatMap(({ expression: e }) => (e.kind === 'bucket' ? [e, calendarPlace(e)] : [e])),
  ]
  if (ordered.some((o) => !isAggregated(o.expression) && !grouping.some((e) => sameExpression(e, o.expression)))) {
    throw new CannotRead('I could not tell how to order the groups.')
  }
  return brokenTies({
    ...emptyQuery(joined.grain, joined.steps),
    select: selectOutputs(shown),
    where: [...filters.where, ...knownOnly(context, columns, plain)],
    groupBy: uniqueExpressions(grouping),
    having: filters.having,
    orderBy: plain.length === 0 ? [] : orderings(columns, joined, shown),
    ...(plain.length === 0 ? {} : cutOf(context, columns, joined)),
  })
}

/** "The most common reason" is one that is known. */
function knownOnly(context: PlanningContext, { ranked }: Columns, plain: readonly Output[]): readonly Condition[] {
  const [only] = plain
  if (ranked?.aggregated !== true || only?.expression.kind !== 'column' || plain.length > 1) return []
  const { column } = only.expression
  if (only.entity !== null || !column.column.nullable || (context.draft.limit?.count ?? 1) > 1) return []
  note(context, `Rows without a ${column.column.name} are left out.`)
  return [{ kind: 'missing', left: only.expression, negated: true }]
}

/** Declines groups of one row each and counts of the grouping column itself. */
function checkGroups({ grain }: Joined, groups: readonly Output[], shown: readonly Output[]): void {
  const plain = shown.filter((o) => !isAggregated(o.expression))
  const key = keyColumnOf(grain)
  const isSingle = plain.some(
    ({ expression: e }) =>
      key !== null && sameExpression(e, columnExpression(key)) && !groups.some((g) => sameExpression(g.expression, e)),
  )
  const countsItself = shown.some(
    ({ expression: e }) =>
      e.kind === 'aggregate' && e.distinct && plain.some((o) => e.of !== null && sameExpression(o.expression, e.of)),
  )
  if ((groups.length > 0 && isSingle) || countsItself)
    throw new CannotRead(`I could not tell which ${displayRows(grain)} belong together.`)
}

function distinctOutputs(outputs: readonly Output[]): readonly Output[] {
  const found: Output[] = []
  for (const output of outputs)
    if (!found.some((o) => sameExpression(o.expression, output.expression))) found.push(output)
  return found
}

/** Selected columns; equal names get the table's name as a prefix. */
function selectOutputs(outputs: readonly Output[]): readonly Selected[] {
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
