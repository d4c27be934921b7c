import { tableAfter, tableBefore } from '../../catalog/join-graph.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { isAggregated } from './query.ts'
import type { Condition, Expression, Query, RankRange, Selected } from './query.ts'
import type { AggregateFunction } from '../../language/phrase.ts'
import { CannotRead } from './planning-context.ts'
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
      return { ...expression, column: swap(expression.column) }
    case 'formula': {
      const { formula } = expression
      const discount = formula.discount === null ? null : swap(formula.discount)
      return { kind: 'formula', formula: { ...formula, factors: formula.factors.map(swap), discount } }
    }
    case 'aggregate':
      return { ...expression, of: expression.of === null ? null : mapExpression(expression.of, swap) }
    case 'share':
      return { kind: 'share', of: mapExpression(expression.of, swap) }
    case 'rate':
      return {
        kind: 'rate',
        when: mapCondition(expression.when, swap),
        of: expression.of === null ? null : mapExpression(expression.of, swap),
      }
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
    case 'compare':
    case 'in':
    case 'same-text':
    case 'range':
    case 'match':
    case 'missing':
      return { ...condition, left: mapExpression(condition.left, swap) }
  }
}

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

/** Turns measures into percentages: each group's share of all groups, or the share of rows that meet the filters. */
export function withShares(query: Query): Query {
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
  const { expression } = only
  const amount = expression.kind === 'aggregate' && expression.fn === 'sum' ? expression.of : null
  return {
    ...query,
    where: [],
    select: [{ expression: { kind: 'rate', when: { kind: 'and', parts: query.where }, of: amount }, alias: 'PERCENT' }],
    distinct: false,
  }
}
