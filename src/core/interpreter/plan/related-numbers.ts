import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import { tableAfter } from '../../catalog/join-graph.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import { isNoun } from '../reading/draft.ts'
import type { AskedValue, ComparedNumbers, Noun } from '../reading/draft.ts'
import type { Clause } from './clauses.ts'
import { placeClauses, reachExpression, requireRole, startJoins } from './joins.ts'
import type { Joined } from './joins.ts'
import { requireTarget, tallyOf } from './outputs.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { columnExpression, emptyQuery } from './query.ts'
import type { Condition, Expression, RelatedNumber } from './query.ts'
import { labelsOf } from './table-roles.ts'

/** What is worked out over the rows of a table that refer to one of another. Null counts them. */
export interface RelatedMeasure {
  readonly table: NamedTable
  readonly measure: Expression | null
  readonly words: string
  /** Conditions on the rows that are counted or added up. */
  readonly clauses: readonly Clause[]
}

/** The number of a row of `entity`, by a sub-query of its own: other related rows neither repeat nor remove what it counts. */
export function relatedNumber(context: PlanningContext, entity: NamedTable, asked: RelatedMeasure): RelatedNumber {
  const { rows, last, counted } = wayTo(context, entity, asked.table)
  if (counted !== null && asked.measure !== null)
    throw new CannotRead(
      `I could not tell which ${displayRows(asked.table)} to add up for one of the ${displayRows(entity)}.`,
    )
  requireRole(context, last)
  const joined = startJoins(context, rows)
  const [far, near] = keysOf(last)
  reachExpression(joined, columnExpression(far))
  const measure = asked.measure ?? countOf(counted, asked.table)
  reachExpression(joined, measure)
  for (const { table } of asked.clauses.flatMap(({ literals }) => literals))
    if (pathBetween(context, rows, table, true) === null)
      throw new CannotRead(`I could not tell which ${displayRows(rows)} the conditions leave.`)
  const where = placeClauses(context, joined, asked.clauses)
  const query = { ...emptyQuery(rows, joined.steps), select: [{ expression: measure, alias: null }], where }
  return { kind: 'related', near, far, query, words: asked.words }
}

/** The rows to count, the step by which they refer to the entity, and the key to count where a link table stands between. */
interface Way {
  readonly rows: NamedTable
  readonly last: JoinStep
  readonly counted: NamedColumn | null
}

function wayTo(context: PlanningContext, entity: NamedTable, table: NamedTable): Way {
  const last = pathBetween(context, table, entity, true)?.steps.at(-1)
  if (last !== undefined) return { rows: table, last, counted: null }
  const [down, up, ...more] = pathBetween(context, entity, table, false)?.steps ?? []
  if (down === undefined || up === undefined || down.up || !up.up || more.length > 0)
    throw new CannotRead(`I could not tell which ${displayRows(table)} belong to one of the ${displayRows(entity)}.`)
  const [counted] = keysOf(up)
  return { rows: tableAfter(down), last: { edge: down.edge, up: true }, counted }
}

/** The referring column and the one referred to. */
function keysOf({ edge }: JoinStep): readonly [NamedColumn, NamedColumn] {
  const columnOf = (table: NamedTable, [name, ...others]: readonly string[]): NamedColumn => {
    const found = table.columns.find(({ column }) => column.name === name)
    if (found === undefined || others.length > 0)
      throw new CannotRead(`I cannot yet follow keys of several columns from ${displayRows(table)}.`)
    return found
  }
  return [columnOf(edge.from, edge.columns), columnOf(edge.to, edge.targetColumns)]
}

function countOf(counted: NamedColumn | null, table: NamedTable): Expression {
  const tally = counted === null ? tallyOf(table) : null
  if (tally !== null) return { kind: 'aggregate', fn: 'sum', of: columnExpression(tally), distinct: false }
  const of = counted === null ? null : columnExpression(counted)
  return { kind: 'aggregate', fn: 'count', of, distinct: of !== null }
}

/** "clients with more refunds than jobs", "teams with more managers than clerks". */
export function comparedNumbers(context: PlanningContext, joined: Joined): readonly Condition[] {
  return context.draft.compared.map(({ left, operator, right, about }: ComparedNumbers): Condition => {
    const entity = entityOf(context, about) ?? joined.grain
    if (!joined.reach(entity))
      throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(entity)}.`)
    const numberOf = (side: Noun | AskedValue): RelatedNumber => relatedNumber(context, entity, sideOf(context, side))
    return { kind: 'compare', left: numberOf(left), operator, right: numberOf(right) }
  })
}

/** The table whose rows are compared. Of a column that many rows share ("cities with more …") no row alone tells the numbers. */
function entityOf({ draft, resolution }: PlanningContext, about: ComparedNumbers['about']): NamedTable | null {
  if (about !== null) return resolution.tableOf(about)
  for (const ask of draft.asks) {
    const target = ask.kind === 'noun' && ask.noun.anchor === null ? resolution.targetOf(ask.noun) : null
    if (ask.kind !== 'noun' || target?.kind !== 'column') continue
    const { column } = target
    if (!column.unique && keyColumnOf(column.table) !== column && !labelsOf(column.table).includes(column))
      throw new CannotRead(`I cannot compare such numbers per "${ask.noun.mention.text}".`)
  }
  return null
}

function sideOf(context: PlanningContext, side: Noun | AskedValue): RelatedMeasure {
  if (isNoun(side)) {
    const target = requireTarget(context, side)
    if (target.kind !== 'table') throw new CannotRead(`I could not tell which rows "${side.mention.text}" counts.`)
    return { table: target.table, measure: null, words: `number of ${side.mention.text.toLowerCase()}`, clauses: [] }
  }
  const found = context.resolution.valueOf(side)
  if (found === null) throw new CannotRead(`I know no column that holds "${side.text}".`)
  const { column, value } = found
  const condition: Condition = { kind: 'compare', left: columnExpression(column), operator: '=', right: value }
  const clause = {
    literals: [{ table: column.table, condition, denied: null }],
    apart: false,
    never: false,
    within: null,
  }
  return { table: column.table, measure: null, words: `number of ${displayRows(column.table)}`, clauses: [clause] }
}
