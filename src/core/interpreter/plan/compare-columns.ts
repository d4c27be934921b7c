import type { JoinStep } from '../../catalog/join-graph.ts'
import type { JoinEdge } from '../../catalog/infer-keys.ts'
import { isKeyWord, keyColumnOf } from '../../catalog/key-column.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Formula } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { Filter, Noun, Operand } from '../reading/draft.ts'
import { note } from './choose-date.ts'
import { noteDuration, requireTarget } from './outputs.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { columnExpression, exactNumber } from './query.ts'
import type { Digits, Expression, Literal } from './query.ts'
import { isDated, isKeyLike } from './table-roles.ts'

export const numberOf = ({ value, written }: Extract<Operand, { kind: 'number' }>): number | Digits =>
  written === undefined ? value : exactNumber(written)

export const denied = { '=': '<>', '<>': '=', '>': '<=', '>=': '<', '<': '>=', '<=': '>' } as const

/** An amount computed per row as the subject of a comparison; null for a column, or a total that one column stores. */
export function subjectFormula({ resolution }: PlanningContext, { subject, operand }: Filter): Formula | null {
  const target = isNoun(subject) && operand.kind === 'number' ? resolution.targetOf(subject) : null
  if (target?.kind !== 'formula') return null
  return target.formula
}

/** "Shipped after the commit date" compares the two dates; "more than 30 days after" counts the days between them. */
export function formulaLiteral(
  context: PlanningContext,
  formula: Formula,
  { operator, operand, negated }: Filter,
): Literal {
  const { duration, factors, table } = formula
  const [from, to] = factors
  const sign = negated ? denied[operator] : operator
  if (operand.kind !== 'number') throw new CannotRead('I could not tell what an amount is compared with.')
  if (duration !== undefined && operand.value === 0 && from !== undefined && to !== undefined) {
    if (to.column.nullable) note(context, `Rows without a ${to.column.name} are left out.`)
    const right = { other: from }
    return { table, condition: { kind: 'compare', left: columnExpression(to), operator: sign, right }, denied: null }
  }
  if (duration !== undefined) noteDuration(context, formula)
  else note(context, `The amount is taken from ${factors.map(({ column }) => column.name).join(' × ')}.`)
  const left: Expression = { kind: 'formula', formula }
  return { table, condition: { kind: 'compare', left, operator: sign, right: numberOf(operand) }, denied: null }
}

/** "price above cost", "more than their manager": a column compared with another one of the row, or of the row it refers to. */
export function columnLiteral(context: PlanningContext, left: NamedColumn, filter: Filter, noun: Noun): Literal {
  const target = requireTarget(context, noun)
  const operator = filter.negated ? denied[filter.operator] : filter.operator
  const manager = selfJoin(context, left.table, noun)
  if (manager !== null) {
    const other = manager.edge.to.columns.find(({ column }) => column.name === left.column.name) ?? left
    const condition = { kind: 'compare', left: columnExpression(left), operator, right: { other } } as const
    return { table: left.table, condition, denied: null, join: manager }
  }
  const other = target.kind === 'column' ? target.column : null
  if (other === null || other === left || !areAlike(left, other))
    throw new CannotRead(`I could not tell what "${noun.mention.text}" is compared with.`)
  const table = pathBetween(context, left.table, other.table, true) === null ? other.table : left.table
  const condition = { kind: 'compare', left: columnExpression(left), operator, right: { other } } as const
  return { table, condition, denied: null }
}

const areAlike = (a: NamedColumn, b: NamedColumn): boolean =>
  (isDated(a) && isDated(b)) || (a.kind === 'number' && b.kind === 'number' && !isKeyLike(a) && !isKeyLike(b))

/** Rows of the same table that a row may refer to by a key, which need not be declared. */
const selfRoles = new Set('manager supervisor boss superior mentor parent predecessor leader'.split(' '))

/** The join of a table with itself along the key that a noun names ("their manager"), the row referred to in a table of its own; null for none. */
function selfJoin(context: PlanningContext, table: NamedTable, { mention }: Noun): JoinStep | null {
  const target = keyColumnOf(table)
  const named = mention.candidates.flatMap((c) => (c.kind === 'column' && c.column.table === table ? [c.column] : []))
  const isOf = (edge: JoinEdge, key: NamedColumn): boolean => edge.columns.includes(key.column.name)
  const ups = context.graph.stepsFrom(table).flatMap(({ up, edge }) => (up ? [edge] : []))
  const key = named.find((column) => {
    const edge = ups.find((one) => isOf(one, column))
    if (edge !== undefined) return edge.to === table
    return (
      column.kind === target?.kind &&
      isKeyWord(column.ways[0]?.at(-1)) &&
      column.ways.flat().some((word) => selfRoles.has(word))
    )
  })
  if (key === undefined || target === null || key === target) return null
  const columns: NamedColumn[] = []
  const words = (key.ways[0] ?? []).filter((word) => !isKeyWord(word))
  const role: NamedTable = { ...table, ways: [words], columns }
  columns.push(...table.columns.map((column) => ({ ...column, table: role })))
  const declared = ups.some((edge) => isOf(edge, key) && edge.declared)
  if (!declared) note(context, `${key.column.name} is taken to refer to ${target.column.name}.`)
  const names = { columns: [key.column.name], targetColumns: [target.column.name] }
  return { up: true, edge: { from: table, to: role, ...names, declared, cost: 1 } }
}
