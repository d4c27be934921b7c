import { displayRows } from '../../catalog/display-words.ts'
import { tableAfter, tableBefore } from '../../catalog/join-graph.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { conditionsOf, isAggregated, sameExpression } from './query.ts'
import type { Condition, Expression, Ordering, Query, RankRange, Selected } from './query.ts'
import type { AggregateFunction } from '../../language/phrase.ts'
import { note } from './choose-date.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { aliasOf, functionWords } from './outputs.ts'

/** Drops joins that only read a key which the referring row already holds. */
export function dropNeedlessJoins(query: Query): Query {
  for (const step of query.joins.toReversed()) {
    if (!isNeedless(query, step)) continue
    const swap = (column: NamedColumn): NamedColumn =>
      column.table === tableAfter(step) ? keyHeld(step, column) : column
    return dropNeedlessJoins({ ...mapColumns(query, swap), joins: query.joins.filter((s) => s !== step) })
  }
  return query
}

/** Drops "has related rows" beside "has none": a verb may say the first of what its negation denies, as in "did not affect any regions". */
export function withoutContradiction(query: Query): Query {
  const denied = query.where.filter((one) => one.kind === 'in-query' && one.negated && isWhole(one.query))
  const isDenied = (one: Condition): boolean =>
    one.kind === 'in-query' &&
    !one.negated &&
    denied.some((no) => no.kind === 'in-query' && no.left === one.left && no.query.from === one.query.from)
  return { ...query, where: query.where.filter((one) => !isDenied(one)) }
}

/** Whether a sub-query reads all rows of one table: rows without the key itself are left out of every denied one. */
const isWhole = ({ joins, where, having }: Query): boolean =>
  joins.length === 0 && having.length === 0 && where.every(({ kind }) => kind === 'missing')

/** "the different cities in order of age": a value that several rows share is placed by its highest or lowest one. */
export function orderedOnce(context: PlanningContext, query: Query): Query {
  const isShown = (one: Expression): boolean => query.select.some(({ expression }) => sameExpression(expression, one))
  if (!query.distinct || query.orderBy.every(({ expression }) => isShown(expression))) return query
  const orderBy = query.orderBy.map(({ expression: of, descending }): Ordering => {
    if (isShown(of) || of.kind !== 'column') return { expression: of, descending }
    const { name } = of.column.column
    note(context, `What several rows share is placed by its ${descending ? 'highest' : 'lowest'} ${name}.`)
    return { expression: { kind: 'aggregate', fn: descending ? 'max' : 'min', of, distinct: false }, descending }
  })
  return { ...query, distinct: false, groupBy: query.select.map(({ expression }) => expression), orderBy }
}

/** Whether no other join depends on the joined table and only its key is read. */
function isNeedless(query: Query, step: JoinStep): boolean {
  const table = tableAfter(step)
  if (!step.up || step.edge.columns.length !== 1 || query.joins.some((s) => tableBefore(s) === table)) return false
  return columnsRead(query, table).every((c) => step.edge.targetColumns.includes(c.column.name))
}

function keyHeld(step: JoinStep, column: NamedColumn): NamedColumn {
  const name = step.edge.columns[step.edge.targetColumns.indexOf(column.column.name)]
  return tableBefore(step).columns.find((c) => c.column.name === name) ?? column
}

function columnsRead(query: Query, table: NamedTable): readonly NamedColumn[] {
  const found: NamedColumn[] = []
  mapColumns(query, (column) => {
    if (column.table === table) found.push(column)
    return column
  })
  return found
}

type Swap = (column: NamedColumn) => NamedColumn

function mapColumns(query: Query, swap: Swap): Query {
  return {
    ...query,
    select: query.select.map((s): Selected => ({
      expression: mapExpression(s.expression, swap),
      alias: s.alias ?? aliasFor(s.expression, swap),
    })),
    where: query.where.map((c) => mapCondition(c, swap)),
    groupBy: query.groupBy.map((e) => mapExpression(e, swap)),
    having: query.having.map((c) => mapCondition(c, swap)),
    orderBy: query.orderBy.map((o) => ({ ...o, expression: mapExpression(o.expression, swap) })),
    ranked: query.ranked === null ? null : mapRanked(query.ranked, swap),
  }
}

const mapRanked = (ranked: RankRange, swap: Swap): RankRange => ({
  ...ranked,
  partitionBy: ranked.partitionBy.map((e) => mapExpression(e, swap)),
  orderBy: { ...ranked.orderBy, expression: mapExpression(ranked.orderBy.expression, swap) },
})

/** An alias that keeps the original column name after a swap. */
function aliasFor(expression: Expression, swap: Swap): string | null {
  if (expression.kind !== 'column') return null
  const { name } = expression.column.column
  return swap(expression.column).column.name === name || !/^[A-Z_][A-Z0-9_]*$/.test(name) ? null : name
}

function mapExpression(expression: Expression, swap: Swap): Expression {
  switch (expression.kind) {
    case 'column':
    case 'bucket':
    case 'calendar-place':
      return { ...expression, column: swap(expression.column) }
    case 'formula': {
      const { formula } = expression
      const discount = formula.discount === null ? null : swap(formula.discount)
      return { kind: 'formula', formula: { ...formula, factors: formula.factors.map(swap), discount } }
    }
    case 'aggregate':
      return {
        ...expression,
        of: expression.of === null ? null : mapExpression(expression.of, swap),
        ...(expression.when === undefined ? {} : { when: mapCondition(expression.when, swap) }),
      }
    case 'share':
      return { kind: 'share', of: mapExpression(expression.of, swap) }
    case 'change':
      return { ...expression, from: mapExpression(expression.from, swap), to: mapExpression(expression.to, swap) }
    case 'series':
    case 'quotient':
      return { ...expression, of: mapExpression(expression.of, swap), by: mapExpression(expression.by, swap) }
    case 'rate':
      return {
        kind: 'rate',
        when: mapCondition(expression.when, swap),
        of: expression.of === null ? null : mapExpression(expression.of, swap),
      }
    case 'related':
      return { ...expression, near: swap(expression.near) }
  }
}

function mapCondition(condition: Condition, swap: Swap): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { ...condition, parts: condition.parts.map((part) => mapCondition(part, swap)) }
    case 'period':
    case 'in-query':
      return { ...condition, left: swap(condition.left) }
    case 'compare': {
      const { right } = condition
      return { ...condition, left: mapExpression(condition.left, swap), right: mapRight(right, swap) }
    }
    case 'in':
    case 'same-text':
    case 'range':
    case 'match':
    case 'missing':
      return { ...condition, left: mapExpression(condition.left, swap) }
  }
}

function mapRight(right: Compared['right'], swap: Swap): Compared['right'] {
  if (typeof right !== 'object') return right
  if ('other' in right) return { other: swap(right.other) }
  return 'near' in right ? { ...right, near: swap(right.near) } : right
}

type Compared = Extract<Condition, { kind: 'compare' }>

/** "the average number of orders per customer": an aggregate over the groups' values. */
export function overGroups(query: Query, fn: AggregateFunction): Query {
  const measure = query.select.find((s) => isAggregated(s.expression))
  if (measure === undefined || measure.alias === null || query.groupBy.length === 0)
    throw new CannotRead('I could not tell per what the average is meant.')
  const alias = aliasOf([functionWords[fn], measure.alias])
  return {
    ...query,
    select: query.select.filter((s) => s === measure),
    orderBy: [],
    limit: null,
    over: { fn, of: measure.alias, alias },
  }
}

/** Verbs by which rows are spread over groups: "what share of urgent orders comes from each region". */
const spreading = new Set(['come', 'comes', 'came', 'coming', 'go', 'goes', 'went'])

/**
 * Turns measures into percentages. Where a condition is left beside the period, the share is that of the rows which meet it, in each
 * group if there are groups; otherwise it is each group's share of all groups.
 */
export function withShares(query: Query, words: readonly string[]): Query {
  const isPeriod = (condition: Condition): boolean => condition.kind === 'period'
  const others = query.where.filter((c) => !isPeriod(c))
  const isSpread = query.groupBy.length > 0 && (others.length === 0 || words.some((word) => spreading.has(word)))
  if (isSpread) return mapMeasures(query, (of) => ({ kind: 'share', of }))
  const parts = others.length > 0 ? others : query.where
  if (parts.length === 0) return query
  if (parts.length > 1) throw new CannotRead('I could not tell which of the conditions the share is about.')
  const where = query.where.filter((c) => !parts.includes(c))
  const when: Condition = { kind: 'and', parts }
  if (query.groupBy.length === 0 && !query.select.some((s) => isAggregated(s.expression)))
    return {
      ...query,
      where,
      distinct: false,
      select: [
        { expression: { kind: 'rate', when, of: null }, alias: aliasOf(['percent', 'of', displayRows(query.from)]) },
      ],
    }
  return mapMeasures({ ...query, where }, (of) => rateOf(of, when))
}

function rateOf(measure: Expression, when: Condition): Expression {
  if (measure.kind !== 'aggregate' || measure.distinct || (measure.fn !== 'sum' && measure.fn !== 'count'))
    throw new CannotRead('I could not tell what the share is of.')
  const { of } = measure
  if (of !== null && conditionsOf(when).some((c) => c.kind === 'compare' && sameExpression(c.left, of)))
    throw new CannotRead('I could not tell what the share is of.')
  return { kind: 'rate', when, of: measure.of }
}

function mapMeasures(query: Query, change: (measure: Expression) => Expression): Query {
  const select = query.select.map((s): Selected =>
    isAggregated(s.expression) ? { expression: change(s.expression), alias: percentOf(s.alias) } : s,
  )
  const orderBy = query.orderBy.map((o) =>
    isAggregated(o.expression) ? { ...o, expression: change(o.expression) } : o,
  )
  return { ...query, select, orderBy, distinct: false }
}

/** "PERCENT_OF_ORDERS" for a share of NUMBER_OF_ORDERS. */
const percentOf = (alias: string | null): string =>
  alias === null ? 'PERCENT' : aliasOf(['percent', 'of', alias.replace(/^NUMBER_OF_/, '')])
