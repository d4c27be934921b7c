import type { AggregateFunction } from '../language/phrase.ts'
import { CannotRead } from './planning-context.ts'
import { aliasOf, functionWords } from './outputs.ts'
import type { Query, Selected } from './query.ts'
import { isAggregated } from './query.ts'

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
