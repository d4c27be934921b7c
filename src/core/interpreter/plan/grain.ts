import { rootOf } from '../../catalog/word-forms.ts'
import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import { note } from './choose-date.ts'
import type { Expression } from './query.ts'
import { tablesOf } from './query.ts'

/** Penalty for a grain table the question does not aggregate or name. */
const unaskedTableCost = 0.4

/**
 * Chooses the grain: the table from which every shown table is reached without multiplying rows.
 * `wished` are the aggregated tables, or the one the question is about; `barred` are those of which each row is a group of its own.
 */
export function chooseGrain(
  context: PlanningContext,
  wished: readonly NamedTable[],
  shown: readonly NamedTable[],
  barred: ReadonlySet<NamedTable> = new Set(),
): NamedTable {
  const tables = [...new Set([...wished, ...shown])]
  const candidates = new Set(tables)
  for (const table of tables)
    for (const step of context.graph.stepsFrom(table)) if (!step.up) candidates.add(tableAfter(step))
  let found: { readonly table: NamedTable; readonly cost: number } | null = null
  for (const candidate of candidates) {
    if (barred.has(candidate)) continue
    const cost = costFrom(context, candidate, { tables, wished, below: found?.cost ?? Number.POSITIVE_INFINITY })
    if (cost !== null) found = { table: candidate, cost }
  }
  if (found === null) throw new CannotRead(`I know no keys that join ${tables.map(displayRows).join(' with ')}.`)
  return found.table
}

interface Wanted {
  readonly tables: readonly NamedTable[]
  readonly wished: readonly NamedTable[]
  /** Stop once the cost reaches this bound. */
  readonly below: number
}

/** The join cost from a candidate to all tables; null when one is unreachable or the bound is reached. Costs are never negative. */
function costFrom(context: PlanningContext, candidate: NamedTable, { tables, wished, below }: Wanted): number | null {
  let cost = wished.includes(candidate) ? 0 : unaskedTableCost - linkTableBoost(candidate, tables)
  for (const table of tables) {
    if (cost >= below) return null
    const path = pathBetween(context, candidate, table, true)
    if (path === null) return null
    cost += path.cost
  }
  return cost < below ? cost : null
}

/** Prefers a link table named after the tables it links (`PARTSUPP`, `order_item`). */
function linkTableBoost(candidate: NamedTable, tables: readonly NamedTable[]): number {
  const words = candidate.ways.flat().map(rootOf)
  const named = tables.filter((table) =>
    table.ways.flat().some((word) => words.some((start) => start.length >= 3 && rootOf(word).startsWith(start))),
  )
  return named.length >= 2 ? 0.2 : 0
}

/** Declines sums over duplicated rows (fan-out) and notes averages over them. */
export function checkMeasures(context: PlanningContext, grain: NamedTable, measures: readonly Expression[]): void {
  for (const measure of measures) {
    if (measure.kind !== 'aggregate' || measure.fn === 'count' || measure.of === null) continue
    const [table] = tablesOf(measure)
    if (table === undefined || table === grain || measure.fn === 'min' || measure.fn === 'max') continue
    if (measure.fn === 'sum')
      throw new CannotRead(`Adding up over ${displayRows(grain)} would count ${displayRows(table)} more than once.`)
    note(context, `One of the ${displayRows(table)} counts once for each of its ${displayRows(grain)}.`)
  }
}
