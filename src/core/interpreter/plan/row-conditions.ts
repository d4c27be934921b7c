import type { NamedTable } from '../../catalog/named-catalog.ts'
import { isNoun } from '../reading/draft.ts'
import type { Filter, Relation } from '../reading/draft.ts'
import { makeClauses } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { placeClauses } from './joins.ts'
import type { Joined } from './joins.ts'
import { plainOutput } from './outputs.ts'
import type { Output } from './outputs.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import type { Condition } from './query.ts'
import { readRelations } from './relations.ts'
import type { Shape } from './shape.ts'

/** WHERE and HAVING conditions, and extra columns to show. */
export interface RowConditions {
  readonly where: readonly Condition[]
  readonly having: readonly Condition[]
  readonly extra: readonly Output[]
}

export function conditionsFor(
  context: PlanningContext,
  shape: Shape,
  joined: Joined,
  groupedHere: boolean,
): RowConditions {
  const { filters, relations } = context.draft
  const related = new Set(relations.map((r) => r.noun))
  const tables = (filter: Filter): readonly NamedTable[] =>
    filter.about !== null && isNoun(filter.about) && related.has(filter.about)
      ? [shape.main, joined.grain]
      : [joined.grain, shape.main]
  const counted = countedRows(context, joined)
  const clausesWithin = (relation: Relation | null): readonly Clause[] => {
    const inside = filters.filter((filter) => (counted.get(filter) ?? filter.within) === relation)
    return makeClauses(context, inside, (filter) => countedTables(context, counted.get(filter)) ?? tables(filter))
  }
  const outside = [...clausesWithin(null), ...earlierClauses(context)]
  const read = readRelations(context, joined, relations, clausesWithin, groupedHere)
  const where = [...placeClauses(context, joined, [...outside, ...read.clauses]), ...read.where]
  return { where, having: read.having, extra: read.shown.map(plainOutput) }
}

/**
 * The conditions that say which rows a relation counts: of "customers who placed at least 3 orders in 1997" only the orders of that year.
 * A condition on what the rows of the grain have at most one of is met by all or none of their related rows, and stays outside.
 */
function countedRows(context: PlanningContext, { grain }: Joined): ReadonlyMap<Filter, Relation> {
  const { filters, relations } = context.draft
  const counts = relations.filter(({ count }) => count !== null)
  const found = new Map<Filter, Relation>()
  for (const [at, filter] of filters.entries()) {
    const leads = filter.about === null && filter.operand.kind === 'period' && filter.subject === null
    const relation =
      counts.find(({ noun }) => noun === filter.about) ?? (leads && relations.length === 1 ? counts[0] : undefined)
    if (relation === undefined || filter.within !== null) continue
    const tables = countedTables(context, relation) ?? [grain]
    const literals = makeClauses(context, [filter], () => tables).flatMap((clause) => clause.literals)
    if (literals.some(({ table }) => pathBetween(context, grain, table, true) !== null)) continue
    if (filter.or && found.get(filters[at - 1] ?? filter) !== relation)
      throw new CannotRead('I could not tell which conditions "or" joins.')
    found.set(filter, relation)
  }
  return found
}

function countedTables({ resolution }: PlanningContext, relation: Relation | undefined): readonly NamedTable[] | null {
  const table = relation === undefined ? null : resolution.tableOf(relation.noun)
  return table === null ? null : [table]
}

/** The rows of an earlier result that the question speaks of. */
function earlierClauses({ draft }: PlanningContext): readonly Clause[] {
  if (draft.earlier === null) return []
  const { column, query, negated } = draft.earlier
  const condition: Condition = { kind: 'in-query', left: column, query, negated }
  return [{ literals: [{ table: column.table, condition, denied: null }], apart: false, within: null }]
}
