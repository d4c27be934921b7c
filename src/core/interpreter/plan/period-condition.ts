import type { NamedColumn } from '../../catalog/named-catalog.ts'
import type { Period } from '../language/periods.ts'
import { CannotRead } from './planning-context.ts'
import type { Condition } from './query.ts'
import { columnExpression } from './query.ts'
import { isDated } from './table-roles.ts'

/** Rows whose date or year lies within a period. Any other number is compared with the years as they were written. */
export function periodCondition(column: NamedColumn, period: Period, negated: boolean): Condition {
  if (isDated(column)) return { kind: 'period', left: column, period, negated }
  if (column.kind !== 'number') throw new CannotRead(`${column.column.name} is no date that can be compared.`)
  const from = yearOf(period.from)
  const until = yearOf(period.until)
  const left = columnExpression(column)
  if (from !== null && until === from + 1) return { kind: 'compare', left, operator: negated ? '<>' : '=', right: from }
  const parts: Condition[] = []
  if (from !== null) parts.push({ kind: 'compare', left, operator: negated ? '<' : '>=', right: from })
  if (until !== null) parts.push({ kind: 'compare', left, operator: negated ? '>=' : '<', right: until })
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: negated ? 'or' : 'and', parts }
}

function yearOf(day: string | null): number | null {
  if (day === null) return null
  if (!day.endsWith('-01-01'))
    throw new CannotRead('Only whole years are stored, so I cannot tell months or days apart.')
  return Number(day.slice(0, 4))
}
