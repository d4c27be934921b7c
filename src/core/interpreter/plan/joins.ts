import { dropNeedlessJoins } from './rewrite-query.ts'
import { tableAfter, tableBefore } from '../../catalog/join-graph.ts'
import type { JoinPath, JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows, displayTable } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween, boostOf } from './planning-context.ts'
import { note } from './choose-date.ts'
import type { Clause } from './clauses.ts'
import type { Period } from '../../language/periods.ts'
import type { Condition, Expression, Literal, Query } from './query.ts'
import { columnExpression, emptyQuery, sameExpression, tablesOf, tablesRead } from './query.ts'

/** The joins of a query, added as conditions and columns need them. No join multiplies rows. */
export interface Joined {
  readonly grain: NamedTable
  readonly steps: JoinStep[]
  /** All tables joined so far, the grain included. */
  readonly tables: ReadonlySet<NamedTable>
  /** Joins a table along many-to-one keys; false when it cannot be reached without multiplying rows. */
  reach(table: NamedTable): boolean
  /** Joins a row in a role of its own, which no path leads to. */
  join(step: JoinStep): void
}

export function startJoins(context: PlanningContext, grain: NamedTable): Joined {
  const steps: JoinStep[] = []
  const tables = new Set([grain])
  return {
    grain,
    steps,
    tables,
    join: (step) => {
      if (tables.has(tableAfter(step))) return
      steps.push(step)
      tables.add(tableAfter(step))
    },
    reach: (table) => {
      if (tables.has(table)) return true
      const path = pathBetween(context, grain, table, true)
      noteJoinPath(context, grain, path)
      for (const step of path?.steps ?? []) {
        if (tables.has(tableAfter(step))) continue
        requireRole(context, step)
        steps.push(step)
        tables.add(tableAfter(step))
      }
      return path !== null
    },
  }
}

/** Notes which path was taken when rows reach a table in several ways (the customer's nation, the supplier's nation). */
function noteJoinPath(context: PlanningContext, grain: NamedTable, path: JoinPath | null): void {
  const last = path?.steps.at(-1)
  if (last === undefined || path === null || path.steps.length < 2) return
  const [through, table] = [last.edge.from, last.edge.to]
  const others = context.graph
    .stepsFrom(table)
    .filter((step) => !step.up && step.edge.from !== through && step.edge.from !== grain)
    .filter((step) => pathBetween(context, grain, step.edge.from, true) !== null)
  if (others.length > 0) note(context, `The ${displayTable(table)} is that of the ${displayTable(through)}.`)
}

/** Turns clauses into conditions: directly on a joined table, through a sub-query across a one-to-many key. */
export function placeClauses(
  context: PlanningContext,
  joined: Joined,
  clauses: readonly Clause[],
): readonly Condition[] {
  if (clauses.some((clause) => isEntangled(clause, clauses)))
    throw new CannotRead('I could not tell which of the conditions belong together.')
  const placed: Condition[] = []
  const below: { readonly step: JoinStep; readonly clauses: Clause[] }[] = []
  for (const clause of clauses) {
    const step = sharedStepDown(context, joined, clause)
    const denied = deniedOf(clause)
    if (step === null) placed.push(...direct(context, joined, clause, clauses))
    else if (denied !== null && !step.up) placed.push(throughStep(context, step, [denied], true, joined))
    else {
      const entry = clause.apart
        ? undefined
        : below.find((b) => keyOfStep(b.step) === keyOfStep(step) && !b.clauses.some((c) => excludes(c, clause)))
      if (entry === undefined) below.push({ step, clauses: [clause] })
      else entry.clauses.push(clause)
    }
  }
  return [...placed, ...below.map(({ step, clauses: inner }) => throughStep(context, step, inner, false, joined))]
}

function direct(
  context: PlanningContext,
  joined: Joined,
  clause: Clause,
  all: readonly Clause[],
): readonly Condition[] {
  if (all.some((other) => excludes(other, clause))) throw new CannotRead('Two of the conditions exclude each other.')
  const parts = clause.literals.flatMap((literal) => placeLiteral(context, joined, literal) ?? [])
  return parts.length === 0 ? [] : [either(parts)]
}

/** A negated clause of one literal, without its negation. */
function deniedOf(clause: Clause): Clause | null {
  const [only] = clause.literals
  if (clause.literals.length !== 1 || only === undefined || only.denied === null) return null
  return { ...clause, literals: [{ table: only.table, condition: only.denied, denied: null }] }
}

/**
 * Whether "or" stands between conditions on different columns, one of which is asked for once more beside them, as in "in Oslo, Norway or in
 * Turin, Italy": joined one by one, such conditions would say something else.
 */
function isEntangled({ literals }: Clause, all: readonly Clause[]): boolean {
  const lefts = literals.map(leftOf).filter((left) => left !== null)
  const [first] = lefts
  if (first === undefined || lefts.every((left) => sameExpression(left, first))) return false
  return all
    .filter((other) => other.literals !== literals)
    .flatMap((other) => other.literals.map(leftOf))
    .some((left) => left !== null && lefts.some((one) => sameExpression(one, left)))
}

function leftOf({ condition }: Literal): Expression | null {
  if (condition === null || !('left' in condition)) return null
  if (condition.kind === 'period' || condition.kind === 'in-query') return columnExpression(condition.left)
  return condition.left
}

/** Whether no row can satisfy both clauses: two values of one column, or disjoint ranges. */
export function excludes(a: Clause, b: Clause): boolean {
  const [first, second] = [a.literals[0]?.condition ?? null, b.literals[0]?.condition ?? null]
  if (a === b || a.literals.length !== 1 || b.literals.length !== 1 || first === null || second === null) return false
  if (first.kind === 'period' && second.kind === 'period') {
    if (first.left !== second.left || first.negated || second.negated) return false
    return endsBefore(first.period, second.period) || endsBefore(second.period, first.period)
  }
  const [text, other] = [textOf(first), textOf(second)]
  if (text !== null && other !== null)
    return sameExpression(text.left, other.left) && text.value.toLowerCase() !== other.value.toLowerCase()
  return first.kind === 'compare' && second.kind === 'compare' && areApart(first, second)
}

function areApart(first: Compared, second: Compared): boolean {
  if (!sameExpression(first.left, second.left)) return false
  if (first.operator === '=' && second.operator === '=') return first.right !== second.right
  return isEmptyRange(first, second) || isEmptyRange(second, first)
}

/** The text that a condition asks a column to be. */
function textOf(condition: Condition): { readonly left: Expression; readonly value: string } | null {
  if (condition.kind === 'same-text' && !condition.negated) return { left: condition.left, value: condition.text }
  if (condition.kind !== 'compare' || condition.operator !== '=' || typeof condition.right !== 'string') return null
  return { left: condition.left, value: condition.right }
}

function endsBefore({ until }: Period, { from }: Period): boolean {
  return until !== null && from !== null && until <= from
}

type Compared = Extract<Condition, { kind: 'compare' }>

const isEmptyRange = (low: Compared, high: Compared): boolean =>
  low.operator.startsWith('<') &&
  low.operator !== '<>' &&
  high.operator.startsWith('>') &&
  typeof low.right === 'number' &&
  typeof high.right === 'number' &&
  low.right <= high.right

const keyOfStep = (step: JoinStep): string =>
  `${step.edge.from.table.schema}.${step.edge.from.table.name}.${step.edge.columns.join()}>${step.edge.to.table.name}`

export function either(parts: readonly Condition[]): Condition {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts }
}

/** The one-to-many step that all literals of a clause share, or null. */
function sharedStepDown(context: PlanningContext, joined: Joined, clause: Clause): JoinStep | null {
  const steps = clause.literals.map(({ table }) => firstSubquery(context, joined, table))
  const [first] = steps
  if (first === undefined || first === null) return null
  return steps.every((step) => step !== null && keyOfStep(step) === keyOfStep(first)) ? first : null
}

/** The first step towards a table that needs a sub-query: one-to-many, or one of several keys between the same tables. */
function firstSubquery(context: PlanningContext, joined: Joined, table: NamedTable): JoinStep | null {
  if (joined.tables.has(table)) return null
  const path = pathBetween(context, joined.grain, table, false)
  const up = pathBetween(context, joined.grain, table, true)
  const steps = (up !== null && path !== null && up.cost <= path.cost + 1 ? up : path)?.steps
  if (steps === undefined)
    throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(table)}.`)
  return steps.find((step) => !step.up || twinsOf(context, step).length > 0) ?? null
}

/** Other keys between the same two tables (bill-to and ship-to), which must not share one join. */
const twinsOf = (context: PlanningContext, step: JoinStep): readonly JoinStep[] =>
  context.graph
    .stepsFrom(step.edge.from)
    .filter((other) => other.up && other.edge.to === step.edge.to && other.edge.columns[0] !== step.edge.columns[0])

/** Declines when rows refer to a table by several keys and the question does not say which one. */
export function requireRole(context: PlanningContext, step: JoinStep): void {
  const cost = step.edge.cost - boostOf(context, step.edge)
  const rivals = twinsOf(context, step).filter(({ edge }) => Math.abs(edge.cost - boostOf(context, edge) - cost) < 0.01)
  const [rival] = rivals
  if (rival === undefined) return
  const names = [step, ...rivals].map((s) => s.edge.columns.join(', ')).join(' or ')
  throw new CannotRead(
    `${displayRows(step.edge.from)} refer to ${displayRows(step.edge.to)} in several ways; say whether ${names} is meant.`,
  )
}

/** Null means that the join itself is the condition. */
function placeLiteral(context: PlanningContext, joined: Joined, literal: Literal): Condition | null {
  const step = firstSubquery(context, joined, literal.table)
  if (step !== null)
    return throughStep(
      context,
      step,
      [{ literals: [literal], apart: false, never: false, within: null }],
      false,
      joined,
    )
  if (literal.condition === null) return null
  if (literal.join !== undefined && joined.reach(literal.table)) joined.join(literal.join)
  for (const table of [literal.table, ...tablesRead(literal.condition)])
    if (!joined.reach(table))
      throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(table)}.`)
  return literal.condition
}

/** An IN sub-query: rows that have (or lack) related rows which meet the clauses, as many as `having` requires. */
export function throughStep(
  context: PlanningContext,
  step: JoinStep,
  clauses: readonly Clause[],
  negated: boolean,
  joined: Joined,
  having: readonly Condition[] = [],
): Condition {
  const before = tableBefore(step)
  requireRole(context, step)
  if (!joined.reach(before))
    throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(before)}.`)
  const near = columnOf(before, step.up ? step.edge.columns : step.edge.targetColumns)
  const far = columnOf(tableAfter(step), step.up ? step.edge.targetColumns : step.edge.columns)
  const inner = startJoins(context, tableAfter(step))
  const where = [...placeClauses(context, inner, clauses)]
  if (negated) where.push({ kind: 'missing', left: columnExpression(far), negated: true })
  const selected = columnExpression(far)
  const query: Query = {
    ...emptyQuery(tableAfter(step), inner.steps),
    select: [{ expression: selected, alias: null }],
    where,
    groupBy: having.length > 0 ? [selected] : [],
    having,
  }
  return { kind: 'in-query', left: near, query: dropNeedlessJoins(query), negated }
}

function columnOf(table: NamedTable, names: readonly string[]): NamedColumn {
  const [name] = names
  const column = table.columns.find((c) => c.column.name === name)
  if (column === undefined || names.length !== 1)
    throw new CannotRead(`I cannot yet follow keys of several columns from ${displayRows(table)}.`)
  return column
}

/** Joins every table that an expression reads. */
export function reachExpression(joined: Joined, expression: Expression): void {
  for (const table of tablesOf(expression)) {
    if (!joined.reach(table))
      throw new CannotRead(`I know no key that joins ${displayRows(joined.grain)} with ${displayRows(table)}.`)
  }
}
