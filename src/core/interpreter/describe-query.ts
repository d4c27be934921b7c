import { capitalised, listed } from '../sentences.ts'
import type { NamedColumn } from '../catalog/named-catalog.ts'
import type { Formula } from './linking/mention.ts'
import { displayColumn, displayRows, displayTable, plural } from '../catalog/display-words.ts'
import { functionWords } from './plan/outputs.ts'
import { isRate } from './plan/table-roles.ts'
import type {
  Condition,
  Expression,
  Ordering,
  OtherColumn,
  Query,
  RankRange,
  RelatedNumber,
  Selected,
} from './plan/query.ts'
import { isAggregated, sameExpression } from './plan/query.ts'

/** Describes an interpretation in one sentence: what is aggregated or listed, per group, for which rows, in which order. */
export function describeQuery(query: Query): string {
  const change = query.select.find((s) => s.expression.kind === 'change')?.expression
  if (change?.kind === 'change') return describeChange(change, query)
  const measures = query.select.filter((s) => isAggregated(s.expression)).map((s) => saySelected(s, query))
  const plain = query.select.filter((s) => !isAggregated(s.expression)).map((s) => sayExpression(s.expression, query))
  const ranked = rankedMeasure(query)
  const worked =
    ranked === null || query.select.some((s) => sameExpression(s.expression, ranked))
      ? measures
      : [...measures, sayExpression(ranked, query)]
  const head =
    worked.length > 0 ? listed(worked) : isWhole(query) ? displayRows(query.from) : `${listed(plain)}${listedOf(query)}`
  const per = worked.length > 0 && plain.length > 0 ? ` per ${listed(plain)}` : ''
  const of =
    worked.length > 0 && !head.includes(displayRows(query.from)) && query.groupBy.length === 0
      ? ` of ${displayRows(query.from)}`
      : ''
  const where = [...query.where, ...query.having].map((c) => sayCondition(c, query))
  const over = query.over === null ? '' : `${functionWords[query.over.fn]} of the `
  const each = query.over === null || per !== '' ? '' : eachOf(query)
  const text = `${over}${query.distinct ? 'Different ' : ''}${head}${of}${per}${each}${where.length > 0 ? `, where ${listed(where)}` : ''}${sayOrder(query)}`
  const sentence = `${capitalised(text)}.`
  return [sentence, ...query.beside.map(describeQuery)].join(' ')
}

/** " of each customer": what the groups of an average over groups are. */
function eachOf({ groupBy }: Query): string {
  const tables = groupBy.flatMap((one) =>
    one.kind === 'column' ? [displayColumn(one.column).replace(/ (?:key|id|name|number)$/, '')] : [],
  )
  const words = tables.find((one) => !/^(?:key|id|name|number)$/.test(one))
  return words === undefined ? '' : ` of each ${words}`
}

const rankedMeasure = (query: Query): Expression | null =>
  query.orderBy.map((o) => o.expression).find(isAggregated) ?? null

/** "Total revenue in 1996 and in 1997, the difference and the growth in percent per region." */
function describeChange({ from, to }: Extract<Expression, { kind: 'change' }>, query: Query): string {
  const whens = [from, to].flatMap((one) => (one.kind === 'aggregate' && one.when?.kind === 'period' ? [one.when] : []))
  const measure = from.kind === 'aggregate' ? sayAggregate(plainOf(from), query) : sayExpression(from, query)
  const changes = query.select.flatMap((s) =>
    s.expression.kind === 'change' ? [sayExpression(s.expression, query)] : [],
  )
  const plain = query.select.filter((s) => !isAggregated(s.expression)).map((s) => sayExpression(s.expression, query))
  const per = plain.length === 0 ? '' : ` per ${listed(plain)}`
  const others = query.where.filter((c) => c.kind !== 'or' || !c.parts.every((part) => part.kind === 'period'))
  const where = others.map((c) => sayCondition(c, query))
  const periods = listed(whens.map(({ period }) => period.words))
  return `${capitalised(measure)} ${periods}, with ${listed(changes)}${per}${where.length === 0 ? '' : `, where ${listed(where)}`}.`
}

const plainOf = ({ kind, fn, of, distinct }: Extract<Expression, { kind: 'aggregate' }>) => ({ kind, fn, of, distinct })

/** Whether a query shows all columns of its table, so that its rows themselves are asked for. */
const isWhole = ({ select, from }: Query): boolean =>
  from.columns.length > 2 &&
  select.length === from.columns.length &&
  select.every(({ expression }) => expression.kind === 'column' && expression.column.table === from)

/** Adds "of customers" unless the columns already name their tables. */
function listedOf(query: Query): string {
  const tables = new Set(
    query.select.flatMap((s) => (s.expression.kind === 'column' ? [s.expression.column.table] : [])),
  )
  return tables.size === 1 && tables.has(query.from) ? ` of ${displayRows(query.from)}` : ''
}

/** A column in words, with its table when it is not the main table's. */
function sayColumn(column: NamedColumn, query: Query): string {
  const words = displayColumn(column)
  const table = displayTable(column.table)
  return column.table === query.from || words.includes(table) ? words : `${table} ${words}`
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
      return expression.way === 'growth' ? 'the growth in percent' : 'the difference'
    case 'series':
      return expression.way === 'growth'
        ? `growth since the ${sayExpression(expression.by, query)} before in percent`
        : `running ${sayExpression(expression.of, query).replace(/^(?!total )/, 'total of the ')}`
    case 'rate':
      return `percentage of ${expression.of === null ? displayRows(query.from) : sayExpression(expression.of, query)} where ${sayCondition(expression.when, query)}`
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
  if (of === null) return `number of ${displayRows(query.from)}`
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
      return (
        sayPeriods(condition, query) ??
        listed(
          condition.parts.map((part) => sayCondition(part, query)),
          condition.kind,
        )
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

/** "order date is in 1995 or in 1996": alternatives that are periods of one column. */
function sayPeriods({ kind, parts }: Extract<Condition, { kind: 'and' | 'or' }>, query: Query): string | null {
  const periods = parts.flatMap((part) => (part.kind === 'period' && !part.negated ? [part] : []))
  const [first] = periods
  const isOne =
    kind === 'or' &&
    first !== undefined &&
    periods.length === parts.length &&
    periods.every(({ left }) => left === first.left)
  return isOne
    ? `${sayColumn(first.left, query)} is ${listed(
        periods.map(({ period }) => period.words),
        'or',
      )}`
    : null
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
    const rows = query.limit === 1 ? displayTable(key.table) : `${number}${displayRows(key.table)}`
    return `the ${displayTable(table)} is ${negated ? 'not ' : ''}of the ${rows} of the result before`
  }
  const rows = displayRows(query.from)
  const [count] = query.having
  const known = query.where.filter((c) => c.kind !== 'missing')
  const inner = known.length > 0 ? ` where ${listed(known.map((c) => sayCondition(c, query)))}` : ''
  if (count?.kind === 'compare' && !isOther(count.right))
    return `the number of ${rows} of the ${displayTable(table)} ${signs[count.operator]} ${sayOperand(count.right)}${inner}`
  return `the ${displayTable(table)} has ${negated ? 'no ' : ''}${rows}${inner}`
}

function sayOrder(query: Query): string {
  const { orderBy, limit, skip, groupBy, ranked } = query
  const [first] = orderBy
  if (ranked !== null) return sayRanks(ranked, query)
  if (limit !== null && first !== undefined) {
    if (skip > 0) return `, number ${skip + 1} from the ${first.descending ? 'top' : 'bottom'}`
    const ends = endOf(first)
    return limit === 1
      ? `, only the ${ends}${byWords(first.expression)}`
      : `, the ${limit} ${ends}${byWords(first.expression)}`
  }
  if (limit !== null) return `, the first ${limit}`
  return first === undefined || groupBy.length > 0
    ? ''
    : `, ordered${byWords(first.expression)}${first.descending ? ` from ${isMoment(first.expression) ? 'new to old' : 'high to low'}` : ''}`
}

const isMoment = (expression: Expression): boolean =>
  expression.kind === 'column' && (expression.column.kind === 'date' || expression.column.kind === 'timestamp')

function endOf({ expression, descending }: Ordering): string {
  if (isMoment(expression)) return descending ? 'latest' : 'earliest'
  return descending ? 'highest' : 'lowest'
}

/** "the 3 highest of each region name"; without a partition, all rows that share the first place. */
function sayRanks({ partitionBy, orderBy, from, to }: RankRange, query: Query): string {
  const ends = endOf(orderBy)
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
  expression.kind === 'column' ? ` by ${displayColumn(expression.column)}` : ''
