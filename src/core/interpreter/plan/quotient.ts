import type { NamedColumn } from '../../catalog/named-catalog.ts'
import type { Draft, Noun } from '../reading/draft.ts'
import { isNoun } from '../reading/draft.ts'
import { isFraction } from './asked-columns.ts'
import { note } from './choose-date.ts'
import { aliasOf, sayColumn } from './outputs.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { columnExpression } from './query.ts'
import type { Expression, Query } from './query.ts'
import { isAmountTarget } from './shape.ts'
import { addsUp, isAdditive } from './table-roles.ts'

/** "Cost per litre": the question for the total that is divided, and the column by whose total. */
export interface Quotient {
  readonly divided: PlanningContext
  readonly by: NamedColumn
}

/** Whether an amount per another amount is asked for; "salary per age" and "orders per customer" are groups. Declines where the two do not add up. */
export function quotientOf(context: PlanningContext): Quotient | null {
  const { draft } = context
  const [group, ...others] = draft.groups
  const target = group?.kind === 'noun' && group.per === true ? context.resolution.targetOf(group.noun) : null
  const noun = amountOf(context)
  if (group?.kind !== 'noun' || target?.kind !== 'column' || !isDivisor(target.column) || noun === null) return null
  const amount = context.resolution.targetOf(noun)
  const isPlain = others.length === 0 && draft.asks.length === 1 && isUnordered(draft)
  if (!isPlain || amount === null || amount.kind === 'table' || !addsUp(amount))
    throw new CannotRead(`I cannot work out an amount per "${group.noun.mention.text}".`)
  const measure = { fn: 'sum', noun, distinct: false } as const
  return {
    divided: { ...context, draft: { ...draft, asks: [{ kind: 'measure', measure }], groups: [] } },
    by: target.column,
  }
}

/** The amount that is asked for or ranked by; null where something is counted or listed. */
function amountOf({ draft, resolution }: PlanningContext): Noun | null {
  const [ask] = draft.asks
  const asked =
    ask?.kind === 'noun' ? ask.noun : ask?.kind === 'measure' && ask.measure.fn !== 'count' ? ask.measure.noun : null
  const by = draft.ranking?.by ?? null
  return (
    [isNoun(by) ? by : null, asked].find((noun) => noun !== null && isAmountTarget(resolution.targetOf(noun))) ?? null
  )
}

/** An amount, which is no group: it adds up, or has decimals. */
const isDivisor = (column: NamedColumn): boolean => isAdditive(column) || isFraction(column)

const isUnordered = ({ ranking, sort, limit, over, change, share }: Draft): boolean =>
  ranking === null && sort === null && limit === null && over === null && change === null && !share

/** Divides the only total of a query. */
export function dividedBy(context: PlanningContext, query: Query, by: NamedColumn): Query {
  const [total] = query.select
  if (total?.expression.kind !== 'aggregate' || query.select.length > 1 || query.from !== by.table)
    throw new CannotRead(`I cannot work out an amount per "${sayColumn(by).join(' ')}".`)
  const divisor: Expression = { kind: 'aggregate', fn: 'sum', of: columnExpression(by), distinct: false }
  const words = (total.alias ?? 'AMOUNT').replace(/^TOTAL_/, '')
  note(context, `Both are added up: the total is divided by the total of ${by.column.name}.`)
  const alias = aliasOf([words, 'per', ...sayColumn(by)])
  return { ...query, select: [{ expression: { kind: 'quotient', of: total.expression, by: divisor }, alias }] }
}
