import { tableAfter, tableBefore } from '../../catalog/join-graph.ts'
import type { JoinPath, JoinStep } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Building } from './building.ts'
import { CannotRead, pathBetween, sayRows, sayTable } from './building.ts'
import { note } from './choose-date.ts'
import type { Clause, Literal } from './clauses.ts'
import type { Condition, Expression, Query } from './query.ts'
import { columnExpression, tablesOf } from './query.ts'

/** The tables a query joins, grown as conditions and columns ask for them. All joins keep the number of rows. */
export interface Joined {
  readonly grain: NamedTable
  readonly steps: JoinStep[]
  has(table: NamedTable): boolean
  /** Joins a table that the rows refer to; false when it cannot be reached without multiplying rows. */
  reach(table: NamedTable): boolean
}

export function startJoins(building: Building, grain: NamedTable): Joined {
  const steps: JoinStep[] = []
  const tables = new Set([grain])
  return {
    grain,
    steps,
    has: (table) => tables.has(table),
    reach: (table) => {
      if (tables.has(table)) return true
      const path = pathBetween(building, grain, table, true)
      tellWay(building, grain, path)
      for (const step of path?.steps ?? []) {
        if (tables.has(tableAfter(step))) continue
        steps.push(step)
        tables.add(tableAfter(step))
      }
      return path !== null
    },
  }
}

/** Where rows refer to a table in several ways (a customer's nation, a supplier's nation), says which one was taken. */
function tellWay(building: Building, grain: NamedTable, path: JoinPath | null): void {
  const last = path?.steps.at(-1)
  if (last === undefined || path === null || path.steps.length < 2) return
  const [through, table] = [last.edge.from, last.edge.to]
  const others = building.graph
    .stepsFrom(table)
    .filter((step) => !step.up && step.edge.from !== through && step.edge.from !== grain)
    .filter((step) => pathBetween(building, grain, step.edge.from, true) !== null)
  if (others.length > 0) note(building, `The ${sayTable(table)} is that of the ${sayTable(through)}.`)
}

/** Turns clauses into conditions on the joined rows: on a joined table directly, on the far side of a one-to-many key through a sub-query. */
export function placeClauses(building: Building, joined: Joined, clauses: readonly Clause[]): readonly Condition[] {
  const placed: Condition[] = []
  const below = new Map<string, { readonly step: JoinStep; readonly clauses: Clause[] }>()
  for (const clause of clauses) {
    const step = clause.apart ? null : sharedStepDown(building, joined, clause)
    if (step === null) placed.push(either(clause.literals.map((literal) => placeLiteral(building, joined, literal))))
    else {
      const key = keyOfStep(step)
      const entry = below.get(key) ?? { step, clauses: [] }
      entry.clauses.push(clause)
      below.set(key, entry)
    }
  }
  for (const { step, clauses: inner } of below.values()) placed.push(throughStep(building, step, inner, false, joined))
  return placed
}

const keyOfStep = (step: JoinStep): string =>
  `${step.edge.from.table.schema}.${step.edge.from.table.name}.${step.edge.columns.join()}>${step.edge.to.table.name}`

export function either(parts: readonly Condition[]): Condition {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts }
}

/** The one step down that all literals of a clause lie behind, or null. */
function sharedStepDown(building: Building, joined: Joined, clause: Clause): JoinStep | null {
  const steps = clause.literals.map(({ table }) => firstSubquery(building, joined, table))
  const [first] = steps
  if (first === undefined || first === null) return null
  return steps.every((step) => step !== null && keyOfStep(step) === keyOfStep(first)) ? first : null
}

/** The first step towards a table that needs a sub-query: one down, or one of two roles between the same tables. */
function firstSubquery(building: Building, joined: Joined, table: NamedTable): JoinStep | null {
  if (joined.has(table)) return null
  const path = pathBetween(building, joined.grain, table, false)
  const up = pathBetween(building, joined.grain, table, true)
  const steps = (up !== null && path !== null && up.price <= path.price + 1 ? up : path)?.steps
  if (steps === undefined)
    throw new CannotRead(`I know no key that joins ${sayRows(joined.grain)} with ${sayRows(table)}.`)
  return steps.find((step) => !step.up || hasTwin(building, step)) ?? null
}

/** Two keys between the same tables (source and destination) must not share one join. */
const hasTwin = (building: Building, step: JoinStep): boolean =>
  building.graph.stepsFrom(step.edge.from).filter((other) => other.up && other.edge.to === step.edge.to).length > 1

function placeLiteral(building: Building, joined: Joined, literal: Literal): Condition {
  const step = firstSubquery(building, joined, literal.table)
  if (step !== null)
    return throughStep(building, step, [{ literals: [literal], apart: false, within: null }], false, joined)
  if (!joined.reach(literal.table))
    throw new CannotRead(`I know no key that joins ${sayRows(joined.grain)} with ${sayRows(literal.table)}.`)
  return literal.condition
}

/** Rows that have (or have not) rows behind a step which fulfil the clauses, so many of them where `having` says so. */
export function throughStep(
  building: Building,
  step: JoinStep,
  clauses: readonly Clause[],
  negated: boolean,
  joined: Joined,
  having: readonly Condition[] = [],
): Condition {
  const before = tableBefore(step)
  if (!joined.reach(before))
    throw new CannotRead(`I know no key that joins ${sayRows(joined.grain)} with ${sayRows(before)}.`)
  const near = columnOf(before, step.up ? step.edge.columns : step.edge.targetColumns)
  const far = columnOf(tableAfter(step), step.up ? step.edge.targetColumns : step.edge.columns)
  const inner = startJoins(building, tableAfter(step))
  const where = [...placeClauses(building, inner, clauses)]
  if (negated) where.push({ kind: 'missing', left: columnExpression(far), negated: true })
  const selected = columnExpression(far)
  const query: Query = {
    from: tableAfter(step),
    joins: inner.steps,
    select: [{ expression: selected, alias: null }],
    distinct: false,
    where,
    groupBy: having.length > 0 ? [selected] : [],
    having,
    orderBy: [],
    limit: null,
    skip: 0,
    over: null,
  }
  return { kind: 'in-query', left: near, query, negated }
}

function columnOf(table: NamedTable, names: readonly string[]): NamedColumn {
  const [name] = names
  const column = table.columns.find((c) => c.column.name === name)
  if (column === undefined || names.length !== 1)
    throw new CannotRead(`I cannot yet follow keys of several columns from ${sayRows(table)}.`)
  return column
}

/** Joins everything an expression reads. */
export function reachExpression(joined: Joined, expression: Expression): void {
  for (const table of tablesOf(expression)) {
    if (!joined.reach(table))
      throw new CannotRead(`I know no key that joins ${sayRows(joined.grain)} with ${sayRows(table)}.`)
  }
}
