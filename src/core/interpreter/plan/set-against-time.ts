import type { Period } from '../../language/periods.ts'
import type { Draft } from '../reading/draft.ts'
import { aliasOf } from './outputs.ts'
import { CannotRead } from './planning-context.ts'
import { isAggregated } from './query.ts'
import type { Condition, Expression, Query, Selected } from './query.ts'

type Measured = Selected & { readonly expression: Extract<Expression, { kind: 'aggregate' }> }

/** "growth of revenue from 1996 to 1997", "running total of orders per year". Declines what does not name its periods. */
export function setAgainstTime(query: Query, { way, periods, words }: NonNullable<Draft['change']>): Query {
  const measures = query.select.filter((s): s is Measured => s.expression.kind === 'aggregate')
  const [measure] = measures
  const unclear = new CannotRead(`I could not tell which periods "${words}" compares.`)
  if (measure === undefined || measures.length > 1 || query.limit !== null || query.ranked !== null) throw unclear
  const [first, last] = periods
  if (first !== undefined && last !== undefined && way !== 'running')
    return betweenPeriods(query, measure, [first, last], way, unclear)
  const time = query.select.find((s) => s.expression.kind === 'bucket')
  if (
    time === undefined ||
    query.select.length !== 2 ||
    way === 'difference' ||
    (way === 'growth' && periods.length > 0)
  )
    throw unclear
  const of: Expression = { kind: 'series', way, of: measure.expression, by: time.expression }
  const alias = way === 'growth' ? 'GROWTH_PERCENT' : aliasOf(['running', measure.alias ?? 'total'])
  const select = way === 'growth' ? [time, measure, { expression: of, alias }] : [time, { expression: of, alias }]
  return { ...query, select, orderBy: [{ expression: time.expression, descending: false }] }
}

/** The measure of each of two periods side by side, their difference, and the growth in percent if that was asked. */
function betweenPeriods(
  query: Query,
  measure: Measured,
  [first, last]: readonly [Period, Period],
  way: 'growth' | 'difference',
  unclear: CannotRead,
): Query {
  const spans = query.where.filter((c): c is Extract<Condition, { kind: 'period' }> => c.kind === 'period')
  const [span] = spans
  // A follow-up may have put another period in the place of the two.
  const isWhole = span?.period.from === first.from && span.period.until === last.until
  if (span === undefined || spans.length > 1 || span.negated || !isWhole) throw unclear
  const during = (period: Period): Condition => ({ ...span, period })
  const [from, to] = [first, last].map((period): Measured => ({
    expression: { ...measure.expression, when: during(period) },
    alias: aliasOf([measure.alias ?? 'total', period.words]),
  }))
  if (from === undefined || to === undefined) throw unclear
  const changed = (kind: 'growth' | 'difference'): Selected => ({
    expression: { kind: 'change', way: kind, from: from.expression, to: to.expression },
    alias: kind === 'growth' ? 'GROWTH_PERCENT' : 'DIFFERENCE',
  })
  const plain = query.select.filter((s) => !isAggregated(s.expression))
  const own = [from, to, changed('difference'), ...(way === 'growth' ? [changed('growth')] : [])]
  const ranked = own.at(-1)
  return {
    ...query,
    select: [...plain, ...own],
    where: query.where.map((c) => (c === span ? { kind: 'or', parts: [during(first), during(last)] } : c)),
    orderBy: plain.length === 0 || ranked === undefined ? [] : [{ expression: ranked.expression, descending: true }],
  }
}
