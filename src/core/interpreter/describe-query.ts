import { capitalised, listed } from '../sentences.ts'
import type { NamedColumn } from '../catalog/named-catalog.ts'
import type { Formula } from './linking/mention.ts'
import { plural, sayRows, sayTable } from './plan/planning-context.ts'
import { functionWords } from './plan/outputs.ts'
import { isRate } from './plan/table-roles.ts'
import type { Condition, Expression, OtherColumn, Query, RankRange, RelatedNumber, Selected } from './plan/query.ts'
import { isAggregated, sameExpression } from './plan/query.ts'

/** Describes an interpretation in one sentence: what is aggregated or listed, per group, for which rows, in which order. */
export function describeQuery(query: Query): string {
  const measures = query.select.filter((s) => isAggregated(s.expression)).map((s) => saySelected(s, query))
  const plain = query.select.filter((s) => !isAggregated(s.expression)).map((s) => sayExpression(s.expression, query))
  const ranked = rankedMeasure(query)
  const worked =
    ranked === null || query.select.some((s) => sameExpression(s.expression, ranked))
      ? measures
      : [...measures, sayExpression(ranked, query)]
  const head = worked.length > 0 ? listed(worked) : `${listed(plain)}${listedOf(query)}`
  const per = worked.length > 0 && plain.length > 0 ? ` per ${listed(plain)}` : ''
  const of =
    worked.length > 0 && !head.includes(sayRows(query.from)) && query.groupBy.length === 0
      ? ` of ${sayRows(query.from)}`
      : ''
  const where = [...query.where, ...query.having].map((c) => sayCondition(c, query))
  const over = query.over === null ? '' : `${functionWords[query.over.fn]} of the `
  const text = `${over}${query.distinct ? 'Different ' : ''}${head}${of}${per}${where.length > 0 ? `, where ${listed(where)}` : ''}${sayOrder(query)}`
  const sentence = `${capitalised(text)}.`
  return [sentence, ...query.beside.map(describeQuery)].join(' ')
}

const rankedMeasure = (query: Query): Expression | null =>
  query.orderBy.map((o) => o.expression).find(isAggregated) ?? null

/** Adds "of customers" unless the columns already name their tables. */
function listedOf(query: Query): string {
  const tables = new Set(
    query.select.flatMap((s) => (s.expression.kind === 'column' ? [s.expression.column.table] : [])),
  )
  return tables.size === 1 && tables.has(query.from) ? ` of ${sayRows(query.from)}` : ''
}

/** A column in words, with its table when it is not the main table's. */
function sayColumn(column: NamedColumn, query: Query): string {
  const words = column.ways[0] ?? [column.column.name]
  const table = sayTable(column.table)
  const isOwn = column.table === query.from || words.join(' ').includes(table)
  return isOwn ? words.join(' ') : `${table} ${words.join(' ')}`
}

function sayExpression(expression: Expression, query: Query): string {
  switch (expression.kind) {
    case 'column':
      return sayColumn(expression.column, query)
    case 'formula':
      if (expression.formula.duration !== undefined) return sayDuration(expression.formula, query)
      return expression.formula.factors.length === 1 && expression.formula.discount === null
        ? expression.formula.factors.map((f) => sayColumn(f, query)).join('')
        : sayProduct(expression.formula.factors.at(-1), query)
    case 'calendar-place':
      return sayColumn(expression.column, query)
    case 'bucket':
      return expression.unit.replaceAll('-', ' ')
    case 'share':
      return `percentage of the ${sayExpression(expression.of, query)}`
    case 'change':
      return `${expression.way === 'growth' ? 'growth in percent' : 'difference'} from the first to the second`
    case 'series':
      return expression.way === 'growth'
        ? `growth since the ${sayExpression(expression.by, query)} before in percent`
        : `running total of the ${sayExpression(expression.of, query)}`
    case 'rate':
      return `percentage of ${expression.of === null ? sayRows(query.from) : sayExpression(expression.of, query)} where ${sayCondition(expression.when, query)}`
    case 'aggregate':
      return sayAggregate(expression, query)
    case 'related':
      return sayRelated(expression)
    case 'quotient':
      return `${sayExpression(expression.of, query)} divided by the ${sayExpression(expression.by, query)}`
  }
}

/** The number of each row, with the conditions on what it is worked out over. */
const sayRelated = ({ words, query }: RelatedNumber): string =>
  query.where.length === 0 ? words : `${words} where ${listed(query.where.map((one) => sayCondition(one, query)))}`

function sayDuration({ duration, factors }: Formula, query: Query): string {
  const [from, to] = factors.map((date) => sayColumn(date, query))
  return `${duration ?? 'day'}s from ${from ?? ''} to ${to ?? ''}`
}

/** A product of prices is revenue; one that ends with a rate is called by the rate. */
const sayProduct = (last: NamedColumn | undefined, query: Query): string =>
  last !== undefined && isRate(last) ? sayColumn(last, query) : 'revenue'

/** A count is described by its alias, which has the question's own words. */
function saySelected({ expression, alias }: Selected, query: Query): string {
  const isCount = expression.kind === 'aggregate' && expression.fn === 'count' && alias !== null
  return isCount && !expression.distinct && expression.when === undefined
    ? alias.toLowerCase().replaceAll('_', ' ')
    : sayExpression(expression, query)
}

function sayAggregate(measure: Extract<Expression, { kind: 'aggregate' }>, query: Query): string {
  const { fn, of, distinct, when } = measure
  if (when !== undefined)
    return `${sayAggregate({ kind: 'aggregate', fn, of, distinct }, query)} where ${sayCondition(when, query)}`
  if (of === null) return `number of ${sayRows(query.from)}`
  const words = sayExpression(of, query)
  if (fn === 'count') return `number of ${distinct ? 'different ' : ''}${plural(words)}`
  return fn === 'sum' && words.startsWith('total') ? `sum of ${words}` : `${functionWords[fn]} ${words}`
}

const signs = {
  '=': 'is',
  '<>': 'is not',
  '>': 'is over',
  '>=': 'is at least',
  '<': 'is under',
  '<=': 'is at most',
} as const

function sayCondition(condition: Condition, query: Query): string {
  const not = 'negated' in condition && condition.negated ? 'not ' : ''
  switch (condition.kind) {
    case 'and':
    case 'or':
      return listed(
        condition.parts.map((part) => sayCondition(part, query)),
        condition.kind,
      )
    case 'compare':
      return sayComparison(condition, query)
    case 'in':
      return `${sayExpression(condition.left, query)} is ${not}${listed(condition.values.map(sayOperand), 'or')}`
    case 'same-text':
      return `${sayExpression(condition.left, query)} is ${not}"${condition.text}"`
    case 'range':
      return `${sayExpression(condition.left, query)} is ${not}from ${condition.from} to ${condition.to}`
    case 'match':
      return `${sayExpression(condition.left, query)} ${not === '' ? '' : 'does not '}${{ contains: 'contains', starts: 'starts with', ends: 'ends with' }[condition.how]} "${condition.text}"`
    case 'missing':
      return `${sayExpression(condition.left, query)} is ${condition.negated ? 'known' : 'missing'}`
    case 'period':
      return `${sayColumn(condition.left, query)} is ${not}${condition.period.words}`
    case 'in-query':
      return sayExistence(condition.left, condition.query, condition.negated)
  }
}

type Right = Extract<Condition, { kind: 'compare' }>['right']

const isOther = (right: Right): right is OtherColumn => typeof right === 'object' && 'other' in right

const dateSigns = { ...signs, '>': 'is after', '<': 'is before', '>=': 'is not before', '<=': 'is not after' } as const

function sayComparison({ left, operator, right }: Extract<Condition, { kind: 'compare' }>, query: Query): string {
  if (!isOther(right)) return `${sayExpression(left, query)} ${signs[operator]} ${sayOperand(right)}`
  const isDate = left.kind === 'column' && left.column.kind !== 'number'
  return `${sayExpression(left, query)} ${(isDate ? dateSigns : signs)[operator]} ${sayColumn(right.other, query)}`
}

function sayOperand(operand: Exclude<Right, OtherColumn>): string {
  if (typeof operand === 'object' && 'near' in operand) return `the ${sayRelated(operand)}`
  return typeof operand === 'object'
    ? 'digits' in operand
      ? operand.digits
      : 'the average'
    : typeof operand === 'boolean'
      ? operand
        ? 'true'
        : 'false'
      : String(operand)
}

function sayExistence(left: NamedColumn, query: Query, negated: boolean): string {
  const { table } = left
  const [chosen] = query.select
  const key = chosen?.expression.kind === 'column' ? chosen.expression.column : left
  if (query.limit !== null || key === left) {
    const number = query.limit === null ? '' : `${query.limit} `
    const rows = query.limit === 1 ? sayTable(key.table) : `${number}${sayRows(key.table)}`
    return `the ${sayTable(table)} is ${negated ? 'not ' : ''}of the ${rows} of the result before`
  }
  const rows = sayRows(query.from)
  const [count] = query.having
  const known = query.where.filter((c) => c.kind !== 'missing')
  const inner = known.length > 0 ? ` where ${listed(known.map((c) => sayCondition(c, query)))}` : ''
  if (count?.kind === 'compare' && !isOther(count.right))
    return `the number of ${rows} of the ${sayTable(table)} ${signs[count.operator]} ${sayOperand(count.right)}${inner}`
  return `the ${sayTable(table)} has ${negated ? 'no ' : ''}${rows}${inner}`
}

function sayOrder(query: Query): string {
  const { orderBy, limit, skip, groupBy, ranked } = query
  const [first] = orderBy
  if (ranked !== null) return sayRanks(ranked, query)
  if (limit !== null && first !== undefined) {
    if (skip > 0) return `, number ${skip + 1} from the ${first.descending ? 'top' : 'bottom'}`
    const ends = first.descending ? 'highest' : 'lowest'
    return limit === 1
      ? `, only the ${ends}${byWords(first.expression)}`
      : `, the ${limit} ${ends}${byWords(first.expression)}`
  }
  if (limit !== null) return `, the first ${limit}`
  return first === undefined || groupBy.length > 0
    ? ''
    : `, ordered${byWords(first.expression)}${first.descending ? ' from high to low' : ''}`
}

/** "the 3 highest of each region name"; without a partition, all rows that share the first place. */
function sayRanks({ partitionBy, orderBy, from, to }: RankRange, query: Query): string {
  const ends = orderBy.descending ? 'highest' : 'lowest'
  const place =
    from > 1
      ? `number ${from} from the ${orderBy.descending ? 'top' : 'bottom'}`
      : to === 1
        ? `only the ${ends}`
        : `the ${to} ${ends}`
  const groups = query.select.slice(0, Math.max(1, partitionBy.length)).map((s) => sayExpression(s.expression, query))
  return `, ${place}${byWords(orderBy.expression)}${partitionBy.length === 0 ? '' : ` of each ${listed(groups)}`}, equal ones included`
}

const byWords = (expression: Expression): string =>
  expression.kind === 'column' ? ` by ${(expression.column.ways[0] ?? []).join(' ')}` : ''
