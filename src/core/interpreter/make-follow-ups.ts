import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { sayRows, sayTable } from './plan/planning-context.ts'
import { functionWords } from './plan/outputs.ts'
import type { Condition, Expression, Query } from './plan/query.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import { isAggregated } from './plan/query.ts'
import { isDated, isKeyLike, labelsOf } from './plan/table-roles.ts'

/** Questions near a query, best first, not yet tried: the same number over time, by another group, of another rank. */
export function* makeFollowUps(query: Query): Generator<string> {
  const tables = [query.from, ...query.joins.map(tableAfter)]
  const measure = query.select.map((s) => s.expression).find(isAggregated) ?? null
  const words = measure === null ? null : sayMeasure(measure, query)
  const period = sayPeriod(query)
  if (words !== null) {
    if (!query.select.some((s) => s.expression.kind === 'bucket') && query.from.columns.some(isDated)) {
      yield `${words} per ${period === '' ? 'year' : 'month'}${period}`
    }
    for (const group of groupsNear(tables, query)) yield `${words} by ${group}${period}`
    if (query.groupBy.length > 0) yield `${words}${period}`
  }
  yield* listsNear(query.from)
  yield `How many ${sayRows(query.from)} are there?`
}

function sayMeasure(expression: Expression, query: Query): string | null {
  if (expression.kind !== 'aggregate') return null
  if (expression.of === null) return `Number of ${sayRows(query.from)}`
  if (expression.of.kind === 'formula')
    return expression.of.formula.factors.length > 1 || expression.of.formula.discount !== null
      ? 'Total revenue'
      : sayColumnMeasure(expression.fn, expression.of.formula.factors[0])
  return expression.of.kind === 'column' && !expression.distinct
    ? sayColumnMeasure(expression.fn, expression.of.column)
    : null
}

function sayColumnMeasure(fn: keyof typeof functionWords, column: NamedColumn | undefined): string | null {
  if (column === undefined) return null
  const words = (column.ways[0] ?? []).join(' ')
  return `${capital(fn === 'sum' && words.startsWith('total') ? 'sum of' : functionWords[fn])} ${words} of ${sayRows(column.table)}`
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** Categories of the tables at hand that the query does not group by yet. */
function* groupsNear(tables: readonly NamedTable[], query: Query): Generator<string> {
  const taken = new Set(query.select.flatMap((s) => (s.expression.kind === 'column' ? [s.expression.column] : [])))
  for (const table of tables) {
    for (const column of table.columns) {
      const { samples, samplesComplete } = column.column
      const isCategory = column.kind === 'text' && samplesComplete && samples.length > 1 && samples.length <= 12
      if (isCategory && !taken.has(column) && !isKeyLike(column)) {
        const words = (column.ways[0] ?? []).join(' ')
        yield labelsOf(table).includes(column)
          ? sayTable(table)
          : table === query.from
            ? words
            : `${sayTable(table)} ${words}`
      }
    }
  }
}

/** The period a query is limited to, as words behind a question. */
function sayPeriod(query: Query): string {
  const found = query.where.find((c): c is Extract<Condition, { kind: 'period' }> => c.kind === 'period')
  return found === undefined || found.negated ? '' : ` ${found.period.words}`
}

function* listsNear(table: NamedTable): Generator<string> {
  const amount = table.columns.find(
    (c) => c.kind === 'number' && !isKeyLike(c) && !/number|line|year/.test((c.ways[0] ?? []).join(' ')),
  )
  if (amount !== undefined) yield `Top 10 ${sayRows(table)} by ${(amount.ways[0] ?? []).join(' ')}`
}
