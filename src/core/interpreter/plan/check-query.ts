import type { JoinEdge } from '../../catalog/infer-keys.ts'
import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { unitFit } from '../../language/units.ts'
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

/**
 * Declines when a noun names a table by a key and the query reaches the table by another one: the customer's nation where the
 * supplier's was asked for, or the doctors of a department where its head was.
 */
export function checkRoles({ draft, resolution }: PlanningContext, query: Query): void {
  const read = readBy(query)
  for (const noun of draft.nouns) {
    const via = resolution.targetOf(noun)?.via
    if (via === undefined || read.edges.has(via) || read.keys.has(keyOf(via))) continue
    const isTable = noun.mention.candidates.some((c) => c.kind === 'table' && c.table === via.to)
    const isOther = [...read.edges].some((edge) => edge.to === via.to)
    if (isOther || (!isTable && read.tables.has(via.from) && read.tables.has(via.to)))
      throw new CannotRead(`I could not tell how "${noun.mention.text}" is joined: by ${via.columns.join(', ')}?`)
  }
}

interface Read {
  readonly tables: Set<NamedTable>
  readonly edges: Set<JoinEdge>
  /** Keys that a sub-query or a column of the answer reads. */
  readonly keys: Set<string>
}

const keyOf = ({ from, columns }: JoinEdge): string => `${from.table.schema}.${from.table.name}.${columns.join()}`

function readBy(query: Query): Read {
  const read: Read = { tables: new Set([query.from]), edges: new Set(), keys: new Set() }
  for (const step of query.joins) {
    read.tables.add(tableAfter(step))
    read.edges.add(step.edge)
  }
  const addKey = (table: NamedTable, name: string): void =>
    void read.keys.add(`${table.table.schema}.${table.table.name}.${name}`)
  for (const { expression } of query.select)
    if (expression.kind === 'column') addKey(expression.column.table, expression.column.column.name)
  for (const condition of query.where.flatMap(conditionsOf)) {
    if (condition.kind !== 'in-query') continue
    addKey(condition.left.table, condition.left.column.name)
    const inner = readBy(condition.query)
    for (const table of inner.tables) read.tables.add(table)
    for (const edge of inner.edges) read.edges.add(edge)
    for (const key of inner.keys) read.keys.add(key)
  }
  return read
}
