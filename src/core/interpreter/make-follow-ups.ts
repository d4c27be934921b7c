import { displayColumn, displayRows, displayTable } from '../catalog/display-words.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { capitalised, listed } from '../sentences.ts'
import { functionWords } from './plan/outputs.ts'
import type { Formula } from './linking/mention.ts'
import { bestAmount } from './make-starters.ts'
import { isAggregated, type Condition, type Expression, type Query, type Selected } from './plan/query.ts'
import { isDated, isKeyLike, isRate, labelsOf } from './plan/table-roles.ts'

/**
 * Follow-up questions, best first, not yet tried: the same measure over time, by another group, another ranking, of the same rows. None
 * where the rows are chosen in a way that these words cannot say.
 */
export function* makeFollowUps(query: Query): Generator<string> {
  const filters = sayFilters(query)
  if (filters === null) return
  const tables = [query.from, ...query.joins.map(tableAfter)]
  const measure = query.select.map((s) => s.expression).find(isAggregated) ?? null
  const words = measure === null ? null : sayMeasure(measure, query)
  const { with: chosen, period } = filters
  if (words !== null) {
    if (!query.select.some((s) => s.expression.kind === 'bucket') && query.from.columns.some(isDated)) {
      yield `${words}${chosen} per ${period === '' ? 'year' : 'month'}${period}`
    }
    for (const group of groupsNear(tables, query)) yield `${words}${chosen} by ${group}${period}`
    if (query.groupBy.length > 0) yield `${words}${chosen}${period}`
  }
  const compared = columnsCompared(query.where)
  // One row by its key is all there is to rank or to count.
  if ([...compared].some((column) => column.table === query.from && isKeyLike(column))) return
  const amount = bestAmount(query.from, (column) => !compared.has(column))
  if (amount !== null) yield `Top 10 ${displayRows(query.from)}${chosen}${period} by ${displayColumn(amount)}`
  yield chosen.startsWith(' in ')
    ? `How many ${displayRows(query.from)} are there${chosen}${period}?`
    : `How many ${displayRows(query.from)}${chosen} are there${period}?`
}

function sayMeasure(expression: Expression, query: Query): string | null {
  if (expression.kind === 'share' || expression.kind === 'series') return sayMeasure(expression.of, query)
  if (expression.kind === 'rate') return sayRate(expression, query)
  if (expression.kind !== 'aggregate') return null
  if (expression.of === null) return `Number of ${displayRows(query.from)}`
  if (expression.of.kind === 'formula') return sayFormula(expression.fn, expression.of.formula)
  return expression.of.kind === 'column' && !expression.distinct
    ? sayColumnMeasure(expression.fn, expression.of.column)
    : null
}

/** "Percentage of orders with order priority 1-URGENT"; null where the condition takes more words. */
function sayRate({ of, when }: Extract<Expression, { kind: 'rate' }>, query: Query): string | null {
  if (of !== null || query.where.some((condition) => condition.kind !== 'period')) return null
  const parts = when.kind === 'and' ? when.parts : [when]
  const said = parts.map((part) => sayFilter(part, query.from))
  return said.includes(null) ? null : `Percentage of ${displayRows(query.from)}${said.join('')}`
}

/** An amount that is worked out: revenue, or a rate of it as "tax"; null for a duration. */
function sayFormula(fn: keyof typeof functionWords, { factors, discount, duration }: Formula): string | null {
  if (duration !== undefined) return null
  if (factors.length === 1 && discount === null) return sayColumnMeasure(fn, factors[0])
  const last = factors.at(-1)
  return `${capitalised(functionWords[fn])} ${last !== undefined && isRate(last) ? displayColumn(last) : 'revenue'}`
}

function sayColumnMeasure(fn: keyof typeof functionWords, column: NamedColumn | undefined): string | null {
  if (column === undefined) return null
  const words = displayColumn(column)
  return `${capitalised(fn === 'sum' && words.startsWith('total') ? 'sum of' : functionWords[fn])} ${words} of ${displayRows(column.table)}`
}

/** Category columns of the query's tables that it neither shows nor compares yet. */
function* groupsNear(tables: readonly NamedTable[], query: Query): Generator<string> {
  const shown = query.select.flatMap((s) => (s.expression.kind === 'column' ? [s.expression.column] : []))
  const taken = new Set([...shown, ...columnsCompared([...query.where, ...query.select.flatMap(conditionsIn)])])
  for (const table of tables) {
    for (const column of table.columns) {
      const { samples, samplesComplete } = column.column
      const isCategory = column.kind === 'text' && samplesComplete && samples.length > 1 && samples.length <= 12
      if (remarks.test(displayColumn(column))) continue
      const isOwnLabel = table === query.from && labelsOf(table).includes(column)
      if (isCategory && !isOwnLabel && !taken.has(column) && !isKeyLike(column)) {
        const words = displayColumn(column)
        yield labelsOf(table).includes(column)
          ? displayTable(table)
          : table === query.from
            ? words
            : `${displayTable(table)} ${words}`
      }
    }
  }
}

/** The columns that conditions compare with something. */
const columnsCompared = (conditions: readonly Condition[]): Set<NamedColumn> =>
  new Set(
    conditions.flatMap((c) => ('left' in c && 'kind' in c.left && c.left.kind === 'column' ? [c.left.column] : [])),
  )

/** The conditions inside a share of rows. */
function conditionsIn({ expression }: Selected): readonly Condition[] {
  if (expression.kind !== 'rate') return []
  return expression.when.kind === 'and' ? expression.when.parts : [expression.when]
}

/** Columns of text that nobody groups by. */
const remarks = /\b(?:comment|remark|note|description|address|phone|mail|url)s?\b/

/** Which rows a query is about, as parts of a question: each empty for all rows. */
interface Filters {
  readonly with: string
  readonly period: string
}

function sayFilters({ where, from }: Query): Filters | null {
  const said = where.map((condition) => (isPeriod(condition) ? '' : sayFilter(condition, from)))
  const periods = where.filter(isPeriod)
  if (said.includes(null) || periods.length > 1 || periods.some(({ negated }) => negated)) return null
  return { with: said.join(''), period: periods.map(({ period }) => ` ${period.words}`).join('') }
}

const isPeriod = (condition: Condition): condition is Extract<Condition, { kind: 'period' }> =>
  condition.kind === 'period'

const places = /country|nation|region|state|city|continent|province|county|district|area|town/
const operatorWords: Readonly<Record<string, string>> = {
  '=': '',
  '>': 'over ',
  '>=': 'at least ',
  '<': 'under ',
  '<=': 'at most ',
}

/** A condition on one column, after the rows it is about: ` in France`, ` with account balance over 5000`; null where it takes more words. */
function sayFilter(condition: Condition, from: NamedTable): string | null {
  if (!('left' in condition) || !('kind' in condition.left) || condition.left.kind !== 'column') return null
  const { column } = condition.left
  const values = valuesOf(condition)
  if (values === null) return null
  const isLabel = labelsOf(column.table).includes(column) && column.table !== from
  const words = isLabel ? displayTable(column.table) : displayColumn(column)
  if (places.test(words) && column.kind === 'text') return ` in ${asName(values)}`
  return column.table === from ? ` with ${words} ${values}` : ` for ${words} ${values}`
}

function valuesOf(condition: Condition): string | null {
  if (condition.kind === 'same-text') return condition.negated ? null : condition.text
  if (condition.kind === 'in' && !condition.negated) {
    const values = condition.values.filter((value) => typeof value !== 'object')
    return values.length === condition.values.length ? listed(values.map(String), 'or') : null
  }
  if (condition.kind !== 'compare') return null
  const { operator, right } = condition
  const word = operatorWords[operator]
  return word === undefined || typeof right === 'boolean' || typeof right === 'object' ? null : `${word}${right}`
}

/** Names in capitals as people write them: `United States` for `UNITED STATES`. */
const asName = (values: string): string =>
  values.replace(/\p{Lu}{4,}(?: \p{Lu}{2,})*/gu, (name) =>
    name.toLowerCase().replace(/(?:^| )\p{Ll}/gu, (first) => first.toUpperCase()),
  )

/** Whether another query is about no other rows than the first one. */
export function keepsFilters(query: Query, other: Query): boolean {
  const kept = new Set(other.where.map(keyOf))
  return query.where.every((condition) => kept.has(keyOf(condition)))
}

/** A text that equal conditions share; tables and columns go by their names, because they refer to each other. */
const keyOf = (condition: Condition): string =>
  JSON.stringify(condition, (_name, value: unknown) => {
    if (!isNamed(value)) return value
    return 'column' in value ? [value.table.table.name, value.column.name] : [value.table.schema, value.table.name]
  })

const isNamed = (value: unknown): value is NamedColumn | NamedTable =>
  typeof value === 'object' && value !== null && 'ways' in value
