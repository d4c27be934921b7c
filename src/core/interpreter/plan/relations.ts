import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Noun, Relation } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import { truthCondition } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { note } from './choose-date.ts'
import { requireTarget, tallyOf } from './outputs.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import { tableAfter } from '../../catalog/join-graph.ts'
import type { JoinStep } from '../../catalog/join-graph.ts'
import { reachExpression, startJoins, throughStep } from './joins.ts'
import type { Joined } from './joins.ts'
import type { Condition, Expression, Query } from './query.ts'
import { columnExpression, emptyQuery } from './query.ts'
import { dropNeedlessJoins } from './rewrite-query.ts'
import { isTruth } from './table-roles.ts'

/** Relations as clauses, WHERE conditions, HAVING conditions, and columns that "with …" asks to show. */
export interface ReadRelations {
  readonly clauses: readonly Clause[]
  readonly where: readonly Condition[]
  readonly having: readonly Condition[]
  readonly shown: readonly NamedColumn[]
}

/**
 * Turns relations into conditions. `within` returns the clauses inside "have no …"; `groupedHere` is true when the rows of the
 * grain itself are grouped, so that a number of rows becomes a HAVING condition.
 */
export function readRelations(
  context: PlanningContext,
  joined: Joined,
  relations: readonly Relation[],
  within: (relation: Relation) => readonly Clause[],
  groupedHere: boolean,
): ReadRelations {
  const [clauses, where, having, shown]: [Clause[], Condition[], Condition[], NamedColumn[]] = [[], [], [], []]
  for (const relation of relations) {
    const target = requireTarget(context, relation.noun)
    if (target.kind === 'formula')
      throw new CannotRead(`I could not tell what "${relation.noun.mention.text}" asks for.`)
    const parent = target.kind === 'column' && relation.count === null ? parentOf(context, target.column) : null
    if (parent !== null) {
      if (relation.negated) where.push(...tableRelation(context, joined, parent, null, relation, within(relation)))
      else clauses.push(clauseOf(target.kind === 'column' ? target.column.table : parent, null))
      continue
    }
    if (target.kind === 'column' && relation.count === null) {
      const placed = columnRelation(context, target.column, relation)
      if (placed === null) shown.push(target.column)
      else clauses.push(placed)
      continue
    }
    const table = target.kind === 'table' ? target.table : target.column.table
    const counted = target.kind === 'column' ? target.column : null
    if (groupedHere && table === joined.grain && relation.count !== null)
      having.push(comparison(countOf(table, counted), relation.count))
    else if (isNothing(context, joined, relation, table))
      throw new CannotRead(`I could not tell what "${relation.noun.mention.text}" asks of ${displayRows(table)}.`)
    else if (relation.count === null && !relation.negated) clauses.push(clauseOf(table, null))
    else where.push(...tableRelation(context, joined, table, counted, relation, within(relation)))
  }
  return { clauses, where, having, shown }
}

/** The table that a key names: "assigned to any project" where PROJECT refers to PROJECTS; null for any other column. */
function parentOf({ graph }: PlanningContext, { table, column }: NamedColumn): NamedTable | null {
  const step = graph.stepsFrom(table).find(({ up, edge }) => up && edge.columns.includes(column.name))
  return step?.edge.to ?? null
}

/** Whether a relation restricts nothing: the noun links to a column, but a key of the grain points to its table anyway. */
function isNothing(
  { graph }: PlanningContext,
  { grain }: Joined,
  { noun, loose, count }: Relation,
  table: NamedTable,
): boolean {
  const [best] = noun.mention.candidates
  if (loose || count !== null || best?.kind !== 'table' || best.table === table) return false
  return table === grain || graph.stepsFrom(grain).some((step) => step.up && step.edge.to === table)
}

const clauseOf = (table: NamedTable, condition: Condition | null, denied: Condition | null = null): Clause => ({
  literals: [{ table, condition, denied }],
  apart: false,
  never: false,
  within: null,
})

/** Null means that the column is only shown. */
function columnRelation(context: PlanningContext, column: NamedColumn, relation: Relation): Clause | null {
  if (isTruth(column)) return truthClause(context, column, relation.negated)
  if (relation.with && !relation.negated && !isSpokenOf(context, column, relation.noun))
    return withColumn(context, column)
  if (relation.loose && !isSpokenOf(context, column, relation.noun))
    throw new CannotRead(`I could not tell what "${relation.noun.mention.text}" is there for.`)
  return relation.loose ? clauseOf(column.table, null) : truthClause(context, column, relation.negated)
}

/** An order "that was not paid" has no payment that was. */
const truthClause = (context: PlanningContext, column: NamedColumn, negated: boolean): Clause =>
  clauseOf(
    column.table,
    truthCondition(context, column, negated),
    negated ? truthCondition(context, column, false) : null,
  )

/** "readings with a value": a list shows the column; a number is taken over the rows that have one. */
function withColumn(context: PlanningContext, column: NamedColumn): Clause | null {
  if (context.draft.groups.length > 0 || !context.draft.asks.every((ask) => ask.kind === 'measure')) return null
  note(context, `Only rows with a ${column.column.name} are counted in.`)
  return clauseOf(column.table, { kind: 'missing', left: columnExpression(column), negated: true })
}

/** Whether another part of the question uses the same column, so that naming it again adds nothing. */
const isSpokenOf = (context: PlanningContext, column: NamedColumn, noun: Noun): boolean =>
  context.draft.filters.some(
    (d) =>
      d.operand.kind === 'values' && d.operand.values.some((v) => context.resolution.valueOf(v)?.column === column),
  ) || context.draft.nouns.some((other) => other !== noun && columnOf(context, other) === column)

function columnOf(context: PlanningContext, noun: Noun): NamedColumn | null {
  const target = context.resolution.targetOf(noun)
  return target?.kind === 'column' ? target.column : null
}

function countOf(table: NamedTable, column: NamedColumn | null): Expression {
  const tally = column === null ? tallyOf(table) : null
  if (tally !== null) return { kind: 'aggregate', fn: 'sum', of: columnExpression(tally), distinct: false }
  const of = column === null ? null : columnExpression(column)
  return { kind: 'aggregate', fn: 'count', of, distinct: of !== null }
}

function comparison(left: Expression, { operator, operand }: NonNullable<Relation['count']>): Condition {
  if (operand.kind === 'number') return { kind: 'compare', left, operator, right: operand.value }
  if (operand.kind === 'range') return { kind: 'range', left, from: operand.from, to: operand.to, negated: false }
  throw new CannotRead('I could not tell how many are meant.')
}

function tableRelation(
  context: PlanningContext,
  joined: Joined,
  table: NamedTable,
  counted: NamedColumn | null,
  relation: Relation,
  inner: readonly Clause[],
): readonly Condition[] {
  if (table === joined.grain || (joined.tables.has(table) && !relation.negated && relation.count === null)) {
    if (relation.negated || relation.count !== null)
      throw new CannotRead(`I could not tell what having ${displayRows(table)} means here.`)
    return []
  }
  const start = aboutTable(context, joined, relation, table)
  const path = pathBetween(context, start, table, false)
  const down = path?.steps.find((step) => !step.up)
  if (path === null)
    throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(table)}.`)
  if (down === undefined) {
    if (relation.negated || relation.count !== null)
      throw new CannotRead(`Each of the ${displayRows(start)} has one ${displayRows(table)} at most.`)
    return []
  }
  if (relation.count !== null && counts(relation) === 'few')
    note(context, `Those without any ${displayRows(table)} are left out.`)
  const having = relation.count === null ? [] : [comparison(countOf(table, counted), relation.count)]
  const last = path.steps.findLast((step) => !step.up) ?? down
  if (relation.count !== null && (last !== down || (relation.distinct === true && tableAfter(down) !== table)))
    return [countFar(context, joined, { down, last, table, inner, counted, count: relation.count })]
  return [throughStep(context, down, inner, relation.negated, joined, having)]
}

/** Related rows beyond other related rows: "regions with more than 100 customers" counts customers, not nations. */
function countFar(
  context: PlanningContext,
  joined: Joined,
  { down, last, table, inner, counted, count }: Far,
): Condition {
  const grain = tableAfter(last)
  const key = grain === table ? counted : (counted ?? keyColumnOf(table))
  const near = throughStep(context, down, [], false, joined)
  const joins = startJoins(context, grain)
  const selected = near.kind === 'in-query' ? near.query.select[0]?.expression : undefined
  if (near.kind !== 'in-query' || selected === undefined || inner.length > 0 || (grain !== table && key === null))
    throw new CannotRead(`I cannot count ${displayRows(table)} through ${displayRows(tableAfter(down))}.`)
  reachExpression(joins, selected)
  if (key !== null) reachExpression(joins, columnExpression(key))
  const query: Query = {
    ...emptyQuery(grain, joins.steps),
    select: [{ expression: selected, alias: null }],
    groupBy: [selected],
    having: [comparison(countOf(grain, key), count)],
  }
  return { ...near, query: dropNeedlessJoins(query) }
}

interface Far {
  /** The first and the last step to many rows on the way to the table. */
  readonly down: JoinStep
  readonly last: JoinStep
  readonly table: NamedTable
  readonly inner: readonly Clause[]
  readonly counted: NamedColumn | null
  readonly count: NonNullable<Relation['count']>
}

/** "fewer than three" may include rows without any. */
function counts({ count }: Relation): 'few' | 'many' {
  if (count === null) return 'many'
  return count.operator === '<' || count.operator === '<=' ? 'few' : 'many'
}

/** The table that owns the relation: the one mentioned before, if the grain reaches it without multiplying rows. */
function aboutTable(context: PlanningContext, joined: Joined, relation: Relation, table: NamedTable): NamedTable {
  const about = relation.about === null ? null : context.resolution.tableOf(relation.about)
  if (about === null || about === table || about === joined.grain) return joined.grain
  return pathBetween(context, joined.grain, about, true) === null ? joined.grain : about
}
