import { keyColumnOf } from '../../catalog/key-column.ts'
import { singular } from '../../catalog/word-forms.ts'
import type { NamedColumn } from '../../catalog/named-catalog.ts'
import type { Columns } from './asked-columns.ts'
import type { Joined } from './joins.ts'
import type { Output } from './outputs.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { columnExpression, isAggregated, sameExpression } from './query.ts'
import type { Expression, Ordering, Query } from './query.ts'
import { isKeyLike, isYear } from './table-roles.ts'

export const unclearRank = 'I could not tell by what to rank within each group.'

/** Adds a last sort key to a limited query, so that ties are cut the same way every time. */
export function brokenTies(query: Query): Query {
  const first = query.select.find(
    (s) => !isAggregated(s.expression) && !query.orderBy.some((o) => sameExpression(o.expression, s.expression)),
  )
  if ((query.limit ?? query.ranked) === null || query.orderBy.length === 0 || first === undefined) return query
  return { ...query, orderBy: [...query.orderBy, { expression: first.expression, descending: false }] }
}

/** Groups an entity by its key as well as by its label, which may repeat. */
export function keyOf(output: Output, joined: Joined): readonly Expression[] {
  const key = output.entity === null || output.entity === joined.grain ? null : keyColumnOf(output.entity)
  return key === null || !joined.tables.has(key.table) ? [] : [columnExpression(key)]
}

/** Counts rows of the grain directly and rows of another table by distinct key. */
export function counted(output: Output, joined: Joined): Output {
  const { expression } = output
  if (expression.kind !== 'aggregate' || expression.table === undefined || expression.of !== null) return output
  const { table, when } = expression
  if (table === joined.grain)
    return {
      ...output,
      expression: {
        kind: 'aggregate',
        fn: 'count',
        of: null,
        distinct: false,
        ...(when === undefined ? {} : { when }),
      },
    }
  if (when !== undefined) throw new CannotRead(`I could not tell which ${displayRows(table)} to count.`)
  const key = keyColumnOf(table)
  if (key === null) throw new CannotRead(`I know no key to count ${displayRows(table)} by.`)
  return { ...output, expression: { kind: 'aggregate', fn: 'count', of: columnExpression(key), distinct: true } }
}

export function orderings(
  columns: Columns,
  joined: Joined | null = null,
  shown: readonly Output[] = [],
): readonly Ordering[] {
  const isPerGroup = columns.ranked !== null && columns.outputs.some((o) => !isAggregated(o.expression))
  const first = isPerGroup ? columns.groups.map(({ expression }) => ({ expression, descending: false })) : []
  const exactExpression = (output: Output): Expression =>
    (joined === null ? output : counted(output, joined)).expression
  const sorts = columns.sorts.map(({ output, descending }) => ({ expression: exactExpression(output), descending }))
  if (columns.ranked !== null)
    return [
      ...first,
      { expression: exactExpression(columns.ranked.output), descending: columns.ranked.descending },
      ...sorts,
    ]
  if (sorts.length > 0 || joined === null) return sorts
  const time = shown.find((o) => o.expression.kind === 'bucket' || namedUnit(o.expression) !== null)
  if (time !== undefined) return [{ expression: calendarPlace(time.expression), descending: false }]
  const measure = shown.find((o) => isAggregated(o.expression))
  return measure === undefined ? [] : [{ expression: measure.expression, descending: true }]
}

/** How many rows or groups are kept: the first ones of each group asked for, all that share the first place, or a number of rows. */
export function cutOf(
  context: PlanningContext,
  columns: Columns,
  joined: Joined,
): Pick<Query, 'limit' | 'skip' | 'ranked'> {
  const { limit, sort } = context.draft
  const { ranked, groups } = columns
  const whole = { limit: null, skip: 0, ranked: null }
  if (ranked === null || (limit === null && sort !== null))
    return limit === null ? whole : { ...whole, limit: limit.count, skip: limit.skip }
  const orderBy = { expression: counted(ranked.output, joined).expression, descending: ranked.descending }
  const { count, skip } = limit ?? { count: 1, skip: 0 }
  const isPerGroup = groups.length > 0 && columns.outputs.some((o) => !isAggregated(o.expression))
  if (!isPerGroup && (limit !== null || !asksForMany(context))) return { ...whole, limit: count, skip }
  const partitionBy = isPerGroup
    ? uniqueExpressions(groups.flatMap((g) => (keyOf(g, joined).length > 0 ? keyOf(g, joined) : [g.expression])))
    : []
  if (partitionBy.some((e) => e.kind === 'column' && isMeasured(e.column))) throw new CannotRead(unclearRank)
  const rowKey = keyColumnOf(joined.grain)
  if (rowKey !== null && partitionBy.some((e) => sameExpression(e, columnExpression(rowKey))))
    throw new CannotRead(unclearRank)
  return { ...whole, ranked: { partitionBy, orderBy, from: skip + 1, to: skip + count } }
}

/** Amounts are no groups: "top 3 products by scrap quantity". */
const isMeasured = (column: NamedColumn): boolean => column.kind === 'number' && !isKeyLike(column) && !isYear(column)

/** "Which players have the highest score?" allows for several; "the youngest player" is one. */
function asksForMany({ draft }: PlanningContext): boolean {
  if (draft.ties) return true
  const [ask] = draft.asks
  const meant = draft.ranking?.of ?? (ask?.kind === 'noun' ? ask.noun : null)
  const words = meant?.mention.text.toLowerCase() ?? ''
  return draft.asks.length === 1 && singular(words) !== words
}

export function uniqueExpressions(list: readonly Expression[]): readonly Expression[] {
  const found: Expression[] = []
  for (const expression of list) if (!found.some((e) => sameExpression(e, expression))) found.push(expression)
  return found
}

/** Weekdays and months go by their place in the calendar, not by the alphabet. */
export function calendarPlace(expression: Expression): Expression {
  if (expression.kind === 'bucket' && (expression.unit === 'weekday' || expression.unit === 'month-of-year'))
    return { ...expression, isNumber: true }
  const unit = namedUnit(expression)
  return unit === null || unit === 'number' || expression.kind !== 'column'
    ? expression
    : { kind: 'calendar-place', unit, column: expression.column }
}

const unitNames = {
  weekday: /^(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?$|^thur$/i,
  'month-of-year':
    /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?$/i,
} as const
const numberedUnits = new Set(['month', 'quarter', 'week', 'weekday', 'hour'])

/** The unit of time whose names or numbers a column holds, or null. */
function namedUnit(expression: Expression): 'weekday' | 'month-of-year' | 'number' | null {
  if (expression.kind !== 'column') return null
  const { kind, column, ways } = expression.column
  if (kind === 'number') return ways.some((way) => numberedUnits.has(way.at(-1) ?? '')) ? 'number' : null
  const isAll = (names: RegExp): boolean =>
    column.samples.length > 1 && column.samples.every((v) => names.test(v.trim()))
  if (kind !== 'text') return null
  return isAll(unitNames.weekday) ? 'weekday' : isAll(unitNames['month-of-year']) ? 'month-of-year' : null
}
