import { keyColumnOf } from '../../catalog/key-column.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import { isNoun } from '../reading/draft.ts'
import type { Filter, Relation } from '../reading/draft.ts'
import { note } from './choose-date.ts'
import { makeClauses } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { excludes, placeClauses, startJoins } from './joins.ts'
import type { Joined } from './joins.ts'
import { plainOutput } from './outputs.ts'
import type { Output } from './outputs.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { columnExpression, emptyQuery } from './query.ts'
import type { Condition } from './query.ts'
import { comparedNumbers } from './related-numbers.ts'
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
  const { here, elsewhere } = ofOtherRows(context, shape, joined, groupedHere ? [] : outside)
  const clauses = [...(groupedHere ? outside : here), ...read.clauses]
  const compared = comparedNumbers(context, joined)
  const where = [...placeClauses(context, joined, clauses), ...read.where, ...elsewhere, ...compared]
  return { where, having: read.having, extra: read.shown.map(plainOutput) }
}

/**
 * "Countries that have stores opened before 1990 and stores opened after 2000", "countries that never had a strike": what is asked for is
 * shared by many rows, and the conditions are met by different ones, or by none. They go to sub-queries over the values asked for.
 */
function ofOtherRows(
  context: PlanningContext,
  { asked, asks }: Shape,
  joined: Joined,
  clauses: readonly Clause[],
): { readonly here: readonly Clause[]; readonly elsewhere: readonly Condition[] } {
  const isShared = asked !== null && asked.table === joined.grain && !asked.unique && keyColumnOf(asked.table) !== asked
  if (!isShared) return { here: clauses, elsewhere: [] }
  const isOwn = (clause: Clause): boolean => clause.literals.every(({ table }) => table === joined.grain)
  // "The flags of the ships that never …" speaks of ships.
  const isOwned = asks.some((ask) => ask.kind === 'noun' && ask.noun.anchor !== null)
  const apart = clauses.filter(
    (clause, at) =>
      isOwn(clause) && ((clause.never && !isOwned) || clauses.slice(0, at).some((other) => excludes(other, clause))),
  )
  const shared = clauses.filter((clause) => !apart.includes(clause) && !apart.some((other) => excludes(other, clause)))
  const elsewhere = apart.map((clause): Condition => {
    const literals = clause.never
      ? clause.literals.map((l) => ({ ...l, condition: l.denied, denied: null }))
      : clause.literals
    const inner = startJoins(context, joined.grain)
    const where = placeClauses(context, inner, [{ ...clause, literals, never: false }, ...(clause.never ? [] : shared)])
    const left = columnExpression(asked)
    const known: readonly Condition[] = clause.never ? [{ kind: 'missing', left, negated: true }] : []
    const select = [{ expression: left, alias: null }]
    const query = { ...emptyQuery(joined.grain, inner.steps), select, where: [...where, ...known] }
    return { kind: 'in-query', left: asked, query, negated: clause.never }
  })
  if (apart.length > 0) {
    context.draft.distinct = true
    note(context, `The conditions are looked up among all ${displayRows(joined.grain)} of each ${asked.column.name}.`)
  }
  return { here: clauses.filter((clause) => !apart.includes(clause)), elsewhere }
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
  return [{ literals: [{ table: column.table, condition, denied: null }], apart: false, never: false, within: null }]
}
