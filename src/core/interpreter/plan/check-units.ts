import { unitFit } from '../../language/units.ts'
import type { NamedColumn } from '../../catalog/named-catalog.ts'
import { CannotRead } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { conditionsOf } from './query.ts'
import type { Expression, Query } from './query.ts'

/** Declines when the question gives amounts in one unit ("longer than 90 metres") and the query reads them in another one. */
export function checkUnits({ draft }: PlanningContext, query: Query): void {
  if (draft.units.length === 0) return
  const columns = columnsIn(query)
  const fitOf = ({ ways }: NamedColumn): number => unitFit(ways.flat(), draft.units)
  const other = columns.find((column) => fitOf(column) < 0)
  if (other === undefined || columns.some((column) => fitOf(column) > 0)) return
  throw new CannotRead(`${other.column.name} is not in ${draft.units.map(({ name }) => `"${name}"`).join(' or ')}.`)
}

function columnsIn(query: Query): readonly NamedColumn[] {
  const conditions = [...query.where, ...query.having].flatMap(conditionsOf)
  const expressions = [
    ...query.select.map(({ expression }) => expression),
    ...query.orderBy.map(({ expression }) => expression),
    ...conditions.flatMap((one) =>
      'left' in one && 'kind' in one.left && one.left.kind !== 'text' ? [one.left as Expression] : [],
    ),
  ]
  const inner = conditions.flatMap((one) => (one.kind === 'in-query' ? columnsIn(one.query) : []))
  return [...expressions.flatMap(columnOf), ...inner]
}

function columnOf(expression: Expression): readonly NamedColumn[] {
  if (expression.kind === 'column') return [expression.column]
  return expression.kind === 'aggregate' && expression.of !== null ? columnOf(expression.of) : []
}
