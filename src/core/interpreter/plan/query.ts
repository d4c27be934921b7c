import type { JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Period } from '../../language/periods.ts'
import type { AggregateFunction, CompareOperator, PhraseUnit, TextMatch } from '../../language/phrase.ts'
import type { Formula } from '../linking/mention.ts'

/** A value computed per row or per group. */
export type Expression =
  | { readonly kind: 'column'; readonly column: NamedColumn }
  | { readonly kind: 'formula'; readonly formula: Formula }
  /** Without `of`, a count of rows, of `table` if given; with `when`, only over the rows that meet it. */
  | {
      readonly kind: 'aggregate'
      readonly fn: AggregateFunction
      readonly of: Expression | null
      readonly distinct: boolean
      readonly table?: NamedTable
      readonly when?: Condition
    }
  /** `isNumber` gives a weekday's or a month's place instead of its name, for the order of the calendar. */
  | { readonly kind: 'bucket'; readonly unit: PhraseUnit; readonly column: NamedColumn; readonly isNumber?: true }
  /** The place in the calendar of a month or a weekday that a text column names. */
  | { readonly kind: 'calendar-place'; readonly unit: 'weekday' | 'month-of-year'; readonly column: NamedColumn }
  /** A group's percentage of the total. */
  | { readonly kind: 'share'; readonly of: Expression }
  /** The measure of a later period less that of an earlier one, or its growth in percent. */
  | {
      readonly kind: 'change'
      readonly way: 'growth' | 'difference'
      readonly from: Expression
      readonly to: Expression
    }
  /** Over the periods in order: added up so far, or the growth since the period before in percent. */
  | { readonly kind: 'series'; readonly way: 'growth' | 'running'; readonly of: Expression; readonly by: Expression }
  /** The percentage of rows that meet a condition, or of the amount `of` if given. */
  | { readonly kind: 'rate'; readonly when: Condition; readonly of: Expression | null }
  /** One total divided by another; NULL where that is 0. */
  | { readonly kind: 'quotient'; readonly of: Expression; readonly by: Expression }
  | RelatedNumber

/** A number worked out over the rows that refer to a row: a correlated sub-query, in which `far` equals `near` of the row. */
export interface RelatedNumber {
  readonly kind: 'related'
  readonly near: NamedColumn
  readonly far: NamedColumn
  /** Selects one aggregate. */
  readonly query: Query
  /** What is worked out, in words: "number of orders". */
  readonly words: string
}

/** Another column of the row, as what a column is compared with. */
export interface OtherColumn {
  readonly other: NamedColumn
}

/** A number with more digits than a double keeps, as written. */
export interface Digits {
  readonly digits: string
}

/** The number that a text writes: a double where one keeps all digits. */
export function exactNumber(written: string): number | Digits {
  const digits = written.replace(/^0+(?=\d)/, '')
  return digits.replace(/\D/g, '').length > 15 && String(Number(digits)) !== digits ? { digits } : Number(digits)
}

/** A predicate on a row or a group. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | {
      readonly kind: 'compare'
      readonly left: Expression
      readonly operator: CompareOperator
      readonly right: number | string | boolean | Digits | Query | OtherColumn | RelatedNumber
    }
  | {
      readonly kind: 'in'
      readonly left: Expression
      readonly values: readonly (string | number | Digits)[]
      readonly negated: boolean
    }
  /** Compared case-insensitively, for values that were not sampled. */
  | { readonly kind: 'same-text'; readonly left: Expression; readonly text: string; readonly negated: boolean }
  | {
      readonly kind: 'range'
      readonly left: Expression
      readonly from: number
      readonly to: number
      readonly negated: boolean
    }
  | {
      readonly kind: 'match'
      readonly left: Expression
      readonly how: TextMatch
      readonly text: string
      readonly negated: boolean
    }
  | { readonly kind: 'missing'; readonly left: Expression; readonly negated: boolean }
  | { readonly kind: 'period'; readonly left: NamedColumn; readonly period: Period; readonly negated: boolean }
  | { readonly kind: 'in-query'; readonly left: NamedColumn; readonly query: Query; readonly negated: boolean }

/** A condition on the rows of one table. A null condition means that a row exists. */
export interface Literal {
  readonly table: NamedTable
  readonly condition: Condition | null
  /** The condition before negation, or null. Across a one-to-many key, no related row may satisfy it. */
  readonly denied: Condition | null
  /** A join that only the condition needs, to a row in another role: "their manager". */
  readonly join?: JoinStep
}

export interface Selected {
  readonly expression: Expression
  /** The result column's name; null keeps the column's own. */
  readonly alias: string | null
}

export interface Ordering {
  readonly expression: Expression
  readonly descending: boolean
}

/** A range of ranks, both ends included. An empty partition ranks all rows together. */
export interface RankRange {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: Ordering
  readonly from: number
  readonly to: number
}

/** A query over tables joined along keys, each table at most once. */
export interface Query {
  readonly from: NamedTable
  readonly joins: readonly JoinStep[]
  readonly select: readonly Selected[]
  readonly distinct: boolean
  readonly where: readonly Condition[]
  readonly groupBy: readonly Expression[]
  readonly having: readonly Condition[]
  readonly orderBy: readonly Ordering[]
  readonly limit: number | null
  readonly skip: number
  /** Keeps the rows or groups whose rank within their partition lies in a range; equal values share a rank. Null keeps all. */
  readonly ranked: RankRange | null
  /** An outer aggregate over the query's rows; without `of` it counts them. */
  readonly over: { readonly fn: AggregateFunction; readonly of: string | null; readonly alias: string } | null
  /** Numbers of other rows in the same line: each query, like this one, gives one row of one column. */
  readonly beside: readonly Query[]
}

/** A query without columns, conditions, groups or order. */
export const emptyQuery = (from: NamedTable, joins: readonly JoinStep[] = []): Query => ({
  from,
  joins,
  select: [],
  distinct: false,
  where: [],
  groupBy: [],
  having: [],
  orderBy: [],
  limit: null,
  skip: 0,
  ranked: null,
  over: null,
  beside: [],
})

export const columnExpression = (column: NamedColumn): Expression => ({ kind: 'column', column })

export const sameExpression = (a: Expression, b: Expression): boolean => keyOfExpression(a) === keyOfExpression(b)

/** A key that is equal for equal expressions only. */
export function keyOfExpression(expression: Expression): string {
  const columnKey = ({ table, column }: NamedColumn): string =>
    `${table.table.database}.${table.table.schema}.${table.table.name}.${column.name}`
  switch (expression.kind) {
    case 'column':
      return columnKey(expression.column)
    case 'formula':
      return `f:${expression.formula.duration ?? ''}:${[...expression.formula.factors, ...(expression.formula.discount === null ? [] : [expression.formula.discount])].map(columnKey).join('*')}`
    case 'aggregate':
      return `${expression.fn}:${String(expression.distinct)}:${expression.of === null ? (expression.table?.table.name ?? '*') : keyOfExpression(expression.of)}${expression.when === undefined ? '' : `:${JSON.stringify(expression.when, keyOnly)}`}`
    case 'bucket':
      return `${expression.unit}:${columnKey(expression.column)}${expression.isNumber === true ? ':number' : ''}`
    case 'calendar-place':
      return `place:${columnKey(expression.column)}`
    case 'share':
      return `share:${keyOfExpression(expression.of)}`
    case 'change':
      return `${expression.way}:${keyOfExpression(expression.from)}:${keyOfExpression(expression.to)}`
    case 'series':
      return `${expression.way}:${keyOfExpression(expression.of)}:${keyOfExpression(expression.by)}`
    case 'quotient':
      return `${keyOfExpression(expression.of)}/${keyOfExpression(expression.by)}`
    case 'rate':
      return 'rate'
    case 'related':
      return `related:${columnKey(expression.near)}:${columnKey(expression.far)}:${expression.query.from.table.name}:${expression.query.select.map((s) => keyOfExpression(s.expression)).join()}:${JSON.stringify(expression.query.where, keyOnly)}`
  }
}

/** Tables refer to their columns and back: a column stands for itself by its name. */
const keyOnly = (key: string, value: unknown): unknown => (key === 'table' ? undefined : value)

/** The tables an expression reads. */
export function tablesOf(expression: Expression): readonly NamedTable[] {
  switch (expression.kind) {
    case 'column':
    case 'bucket':
    case 'calendar-place':
      return [expression.column.table]
    case 'formula':
      return [...new Set([expression.formula.table, ...expression.formula.factors.map(({ table }) => table)])]
    case 'aggregate':
      if (expression.of !== null) return tablesOf(expression.of)
      return expression.table === undefined ? [] : [expression.table]
    case 'share':
    case 'series':
    case 'quotient':
      return tablesOf(expression.of)
    case 'change':
      return tablesOf(expression.to)
    case 'rate':
      return []
    case 'related':
      return [expression.near.table]
  }
}

/** The tables that a comparison reads, or that hold the only column of any other condition on rows. */
export function tablesRead(condition: Condition): readonly NamedTable[] {
  if (condition.kind !== 'compare') return []
  const { left, right } = condition
  return [...tablesOf(left), ...(typeof right === 'object' && 'other' in right ? [right.other.table] : [])]
}

/** A condition and all those inside it. */
export const conditionsOf = (condition: Condition): readonly Condition[] =>
  condition.kind === 'and' || condition.kind === 'or'
    ? [condition, ...condition.parts.flatMap(conditionsOf)]
    : [condition]

export const isAggregated = (expression: Expression): boolean =>
  ['aggregate', 'share', 'rate', 'change', 'series', 'quotient'].includes(expression.kind)
