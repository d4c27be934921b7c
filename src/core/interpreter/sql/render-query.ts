import { quotedText, quoteName } from '../../catalog/sql-quoting.ts'
import { tableAfter, tableBefore } from '../../catalog/join-graph.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Period } from '../../language/periods.ts'
import type { TextMatch } from '../../language/phrase.ts'
import { conditionsOf, sameExpression } from '../plan/query.ts'
import type {
  Condition,
  Expression,
  Ordering,
  OtherColumn,
  Query,
  RankRange,
  RelatedNumber,
  Selected,
} from '../plan/query.ts'
import { qualifiedName, shortNames } from './table-names.ts'

/** Renders a column: bare in a query over one table, qualified by the table's alias otherwise. */
type ColumnWriter = (column: NamedColumn) => string

/** Renders a query as Snowflake SQL, using only constructs that other engines share. */
export function renderQuery(query: Query): string {
  if (query.beside.length > 0) return renderBeside([query, ...query.beside])
  const text = renderSelect(query).join('\n')
  if (query.over === null) return text
  const { fn, of, alias } = query.over
  return `SELECT ${fn.toUpperCase()}(${of ?? '*'}) AS ${alias}\nFROM (\n${indent(text)}\n) AS PER_GROUP`
}

/** One line of numbers, each from a sub-query of its own. */
const renderBeside = (queries: readonly Query[]): string =>
  `SELECT\n${queries
    .map((query) => {
      const alias = query.over?.alias ?? query.select[0]?.alias ?? null
      return `${indent(`(\n${indent(renderQuery({ ...query, beside: [] }))}\n)`)}${alias === null ? '' : ` AS ${quoteName(alias)}`}`
    })
    .join(',\n')}`

const indent = (text: string): string => text.replace(/^/gm, '  ')

function renderSelect(query: Query, around: Around = nothingAround): readonly string[] {
  const tables = [query.from, ...query.joins.map(tableAfter)]
  const short = shortNames(tables, around.taken)
  const single = query.joins.length === 0 && around.link === null && !readsRelated(query)
  const column: ColumnWriter = ({ table, column: { name } }) =>
    single ? quoteName(name) : `${short.get(table) ?? ''}.${quoteName(name)}`
  const lines = [
    `SELECT ${query.distinct ? 'DISTINCT ' : ''}${query.select.map((s) => renderSelected(s, column)).join(', ')}`,
  ]
  lines.push(`FROM ${single ? qualifiedName(query.from) : withShort(query.from, short)}`)
  for (const step of query.joins) lines.push(renderJoin(step, short, column))
  const link = around.link === null ? [] : [`${column(around.link.far)} = ${around.link.near}`]
  const [first, ...rest] = [
    ...link,
    ...query.where.map((c) => renderCondition(c, column, query.where.length + link.length > 1)),
  ]
  if (first !== undefined) lines.push(`WHERE ${first}`, ...rest.map((c) => `  AND ${c}`))
  if (query.groupBy.length > 0)
    lines.push(`GROUP BY ${query.groupBy.map((e) => renderExpression(e, column)).join(', ')}`)
  if (query.having.length > 0)
    lines.push(`HAVING ${query.having.map((c) => renderCondition(c, column, query.having.length > 1)).join(' AND ')}`)
  if (query.ranked !== null) lines.push(`QUALIFY ${renderRanked(query.ranked, column)}`)
  if (query.orderBy.length > 0)
    lines.push(`ORDER BY ${query.orderBy.map((o) => renderOrdering(o, query, column)).join(', ')}`)
  if (query.limit !== null) lines.push(`LIMIT ${query.limit}${query.skip > 0 ? ` OFFSET ${query.skip}` : ''}`)
  return lines
}

const withShort = (table: NamedTable, short: ReadonlyMap<NamedTable, string>): string =>
  `${qualifiedName(table)} AS ${short.get(table) ?? ''}`

function renderJoin(step: JoinStep, short: ReadonlyMap<NamedTable, string>, column: ColumnWriter): string {
  const { edge, up } = step
  const [near, far] = up ? [edge.columns, edge.targetColumns] : [edge.targetColumns, edge.columns]
  const pairs = near.map(
    (name, i) => `${named(tableBefore(step), name, column)} = ${named(tableAfter(step), far[i] ?? '', column)}`,
  )
  return `JOIN ${withShort(tableAfter(step), short)} ON ${pairs.join(' AND ')}`
}

function named(table: NamedTable, name: string, column: ColumnWriter): string {
  const found = table.columns.find((c) => c.column.name === name)
  return found === undefined ? quoteName(name) : column(found)
}

function renderSelected({ expression, alias }: Selected, column: ColumnWriter): string {
  const text = renderExpression(expression, column)
  return alias === null ? text : `${text} AS ${quoteName(alias)}`
}

/** What surrounds a correlated sub-query: the aliases in use, and the column of the row outside that its own column must equal. */
interface Around {
  readonly taken: ReadonlySet<string>
  readonly link: { readonly far: NamedColumn; readonly near: string } | null
}

const nothingAround: Around = { taken: new Set(), link: null }

/** Whether a query holds correlated sub-queries, so that its own columns must be told apart from theirs. */
const readsRelated = ({ select, where, orderBy }: Query): boolean =>
  [...select, ...orderBy].some(({ expression }) => expression.kind === 'related') ||
  where.flatMap(conditionsOf).some((one) => one.kind === 'compare' && one.left.kind === 'related')

/** A correlated sub-query on one line. A total over no rows is 0. */
function renderRelated({ near, far, query }: RelatedNumber, column: ColumnWriter): string {
  const outer = column(near)
  const taken = new Set([outer.slice(0, outer.indexOf('.'))])
  const text = `(${renderSelect(query, { taken, link: { far, near: outer } })
    .map((line) => line.trim())
    .join(' ')})`
  const [of] = query.select
  return of?.expression.kind === 'aggregate' && of.expression.fn === 'sum' ? `COALESCE(${text}, 0)` : text
}

/** Renders an expression. */
function renderExpression(expression: Expression, column: ColumnWriter): string {
  switch (expression.kind) {
    case 'column':
      return column(expression.column)
    case 'formula': {
      const factors = expression.formula.factors.map(column)
      const { discount, duration } = expression.formula
      if (duration !== undefined)
        return `DATEDIFF('${duration}', ${expression.formula.factors.map((date) => dateOf(date, column)).join(', ')})`
      return [...factors, ...(discount === null ? [] : [`(1 - ${column(discount)})`])].join(' * ')
    }
    case 'aggregate':
      return renderAggregate(expression, column)
    case 'bucket':
      return renderBucket(expression, column)
    case 'calendar-place':
      return `POSITION(UPPER(LEFT(${column(expression.column)}, 3)) IN '${shortNamesOf[expression.unit]}')`
    case 'share': {
      const of = renderExpression(expression.of, column)
      return `ROUND(100.0 * ${of} / SUM(${of}) OVER (), 2)`
    }
    case 'change': {
      const [from, to] = [renderExpression(expression.from, column), renderExpression(expression.to, column)]
      return expression.way === 'difference' ? `${to} - ${from}` : percentOf(from, to)
    }
    case 'series': {
      const [of, by] = [renderExpression(expression.of, column), renderExpression(expression.by, column)]
      return expression.way === 'running'
        ? `SUM(${of}) OVER (ORDER BY ${by})`
        : percentOf(`LAG(${of}) OVER (ORDER BY ${by})`, of)
    }
    case 'quotient':
      return `${renderExpression(expression.of, column)} / NULLIF(${renderExpression(expression.by, column)}, 0)`
    case 'related':
      return renderRelated(expression, column)
    case 'rate': {
      const when = renderCondition(expression.when, column, false)
      if (expression.of === null) return `ROUND(100.0 * COUNT(CASE WHEN ${when} THEN 1 END) / NULLIF(COUNT(*), 0), 2)`
      const of = renderExpression(expression.of, column)
      return `ROUND(100.0 * SUM(CASE WHEN ${when} THEN ${of} END) / NULLIF(SUM(${of}), 0), 2)`
    }
  }
}

/** The names of a calendar by their first three letters; a name's position among them grows with its place. */
const shortNamesOf = {
  weekday: 'MONTUEWEDTHUFRISATSUN',
  'month-of-year': 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC',
} as const

/** The growth between two amounts in percent; NULL where the first is 0. */
const percentOf = (from: string, to: string): string => `ROUND(100.0 * (${to} - ${from}) / NULLIF(${from}, 0), 2)`

function renderAggregate(
  { fn, of, distinct, when }: Extract<Expression, { kind: 'aggregate' }>,
  column: ColumnWriter,
): string {
  const value = of === null ? null : renderExpression(of, column)
  const counted =
    when === undefined ? (value ?? '*') : `CASE WHEN ${renderCondition(when, column, false)} THEN ${value ?? '1'} END`
  return `${fn.toUpperCase()}(${distinct ? 'DISTINCT ' : ''}${counted})`
}

function renderBucket(
  { unit, column: date, isNumber }: Extract<Expression, { kind: 'bucket' }>,
  column: ColumnWriter,
): string {
  const day = dateOf(date, column)
  switch (unit) {
    case 'year':
      return `YEAR(${day})`
    case 'weekday':
      return isNumber === true ? `DAYOFWEEKISO(${day})` : `DAYNAME(${day})`
    case 'month-of-year':
      return isNumber === true ? `MONTH(${day})` : `MONTHNAME(${day})`
    case 'day':
    case 'week':
    case 'month':
    case 'quarter':
      return `DATE_TRUNC('${unit}', ${day})`
  }
}

const dateOf = (date: NamedColumn, column: ColumnWriter): string =>
  date.kind === 'text' ? `CAST(${column(date)} AS DATE)` : column(date)

/** Equal values share a rank, so that ties are shown. "The second highest" counts values, not rows. */
function renderRanked({ partitionBy, orderBy, from, to }: RankRange, column: ColumnWriter): string {
  const partition =
    partitionBy.length === 0 ? '' : `PARTITION BY ${partitionBy.map((e) => renderExpression(e, column)).join(', ')} `
  const order = `${renderExpression(orderBy.expression, column)}${orderBy.descending ? ' DESC' : ''} NULLS LAST`
  const rank = `${from === 1 ? 'RANK' : 'DENSE_RANK'}() OVER (${partition}ORDER BY ${order})`
  if (from !== to && from > 1) return `${rank} BETWEEN ${from} AND ${to}`
  return `${rank} ${from === to ? '=' : '<='} ${to}`
}

/** Orders by a selected alias when there is one. NULLs come last in a descending order. */
function renderOrdering({ expression, descending }: Ordering, query: Query, column: ColumnWriter): string {
  const shown = query.select.find((s) => s.alias !== null && sameExpression(s.expression, expression))
  const alias = shown?.alias ?? null
  const text = alias === null ? renderExpression(expression, column) : quoteName(alias)
  const mayMiss =
    expression.kind === 'column'
      ? expression.column.column.nullable
      : expression.kind === 'formula' || (expression.kind === 'aggregate' && expression.fn !== 'count')
  return `${text}${descending ? ' DESC' : ''}${descending && mayMiss ? ' NULLS LAST' : ''}`
}

/** Renders a condition; `inside` other conditions it is bracketed where needed. */
function renderCondition(condition: Condition, column: ColumnWriter, inside: boolean): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => renderCondition(part, column, condition.parts.length > 1))
      const text = parts.join(condition.kind === 'and' ? ' AND ' : ' OR ')
      return inside && parts.length > 1 ? `(${text})` : text
    }
    case 'compare':
      return `${renderExpression(condition.left, column)} ${condition.operator} ${renderRight(condition.right, column)}`
    case 'in':
      return `${renderExpression(condition.left, column)} ${denied(condition.negated)}IN (${condition.values.map(renderOperand).join(', ')})`
    case 'same-text':
      return `UPPER(${renderExpression(condition.left, column)}) ${condition.negated ? '<>' : '='} ${quotedText(condition.text.toUpperCase())}`
    case 'range':
      return `${renderExpression(condition.left, column)} ${denied(condition.negated)}BETWEEN ${condition.from} AND ${condition.to}`
    case 'match':
      return `${renderExpression(condition.left, column)} ${denied(condition.negated)}ILIKE ${quotedText(patternOf(condition.how, condition.text))}`
    case 'missing':
      return `${renderExpression(condition.left, column)} IS ${denied(condition.negated)}NULL`
    case 'period':
      return renderPeriod(condition.left, condition.period, condition.negated, column, inside)
    case 'in-query':
      return `${column(condition.left)} ${denied(condition.negated)}IN (\n${renderQuery(condition.query).replace(/^/gm, '    ')}\n  )`
  }
}

const denied = (negated: boolean): string => (negated ? 'NOT ' : '')

type Right = Extract<Condition, { kind: 'compare' }>['right']

const renderRight = (right: Right, column: ColumnWriter): string =>
  typeof right !== 'object'
    ? renderOperand(right)
    : 'other' in right
      ? column(right.other)
      : 'near' in right
        ? renderRelated(right, column)
        : renderOperand(right)

function renderOperand(operand: Exclude<Right, OtherColumn | RelatedNumber>): string {
  if (typeof operand === 'number') return String(operand)
  if (typeof operand === 'boolean') return operand ? 'TRUE' : 'FALSE'
  if (typeof operand === 'string') return quotedText(operand)
  return 'digits' in operand ? operand.digits : `(${renderQuery(operand).replaceAll('\n', ' ')})`
}

function patternOf(how: TextMatch, text: string): string {
  const plain = text.replaceAll(/[%_]/g, (sign) => `\\${sign}`)
  return { contains: `%${plain}%`, starts: `${plain}%`, ends: `%${plain}` }[how]
}

function renderPeriod(
  date: NamedColumn,
  period: Period,
  negated: boolean,
  column: ColumnWriter,
  inside: boolean,
): string {
  const literal = (day: string): string => (date.kind === 'text' ? quotedText(day) : `DATE '${day}'`)
  const parts: string[] = []
  if (period.from !== null) parts.push(`${column(date)} ${negated ? '<' : '>='} ${literal(period.from)}`)
  if (period.until !== null) parts.push(`${column(date)} ${negated ? '>=' : '<'} ${literal(period.until)}`)
  if (!negated || parts.length === 1) return parts.join(' AND ')
  return inside ? `(${parts.join(' OR ')})` : parts.join(' OR ')
}
