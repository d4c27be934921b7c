import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Relation } from '../reading/draft.ts'
import type { Building } from './building.ts'
import { CannotRead, pathBetween, sayRows } from './building.ts'
import { truthCondition } from './clauses.ts'
import type { Clause } from './clauses.ts'
import { note } from './choose-date.ts'
import { requireTarget } from './outputs.ts'
import { placeClauses, throughStep } from './place.ts'
import type { Joined } from './place.ts'
import type { Condition, Expression } from './query.ts'
import { columnExpression } from './query.ts'
import { isTruth } from './table-roles.ts'

/** What relations ask of the rows, and of the groups. */
export interface PlacedRelations {
  readonly where: readonly Condition[]
  readonly having: readonly Condition[]
  /** Columns that "with …" asked to see. */
  readonly shown: readonly NamedColumn[]
}

/**
 * Turns relations into conditions. `within` holds what was said inside "have no …"; `groupedHere` is true when the rows of the
 * grain itself are grouped, so that their number is asked of the groups.
 */
export function placeRelations(
  building: Building,
  joined: Joined,
  relations: readonly Relation[],
  within: (relation: Relation) => readonly Clause[],
  groupedHere: boolean,
): PlacedRelations {
  const where: Condition[] = []
  const having: Condition[] = []
  const shown: NamedColumn[] = []
  for (const relation of relations) {
    const target = requireTarget(building, relation.noun)
    if (target.kind === 'formula')
      throw new CannotRead(`I could not tell what "${relation.noun.mention.text}" asks for.`)
    if (target.kind === 'column' && target.column.kind === 'number' && relation.count !== null) {
      where.push(
        ...placeClauses(building, joined, [
          {
            literals: [
              { table: target.column.table, condition: comparison(columnExpression(target.column), relation.count) },
            ],
            apart: false,
            within: null,
          },
        ]),
      )
    } else if (target.kind === 'column' && relation.count === null) {
      const placed = columnRelation(building, target.column, relation)
      if (placed === null) shown.push(target.column)
      else if (placed !== 'nothing')
        where.push(
          ...placeClauses(building, joined, [
            { literals: [{ table: target.column.table, condition: placed }], apart: false, within: null },
          ]),
        )
    } else {
      const table = target.kind === 'table' ? target.table : target.column.table
      const counted = target.kind === 'column' ? target.column : null
      if (groupedHere && table === joined.grain && relation.count !== null)
        having.push(comparison(countOf(counted), relation.count))
      else where.push(...tableRelation(building, joined, table, counted, relation, within(relation)))
    }
  }
  return { where, having, shown }
}

/** Null: only to be shown. */
function columnRelation(building: Building, column: NamedColumn, relation: Relation): Condition | null | 'nothing' {
  if (isTruth(column)) return truthCondition(building, column, relation.negated)
  if (relation.with && !relation.negated) return null
  if (relation.loose) return 'nothing'
  return truthCondition(building, column, relation.negated)
}

const countOf = (column: NamedColumn | null): Expression => ({
  kind: 'aggregate',
  fn: 'count',
  of: column === null ? null : columnExpression(column),
  distinct: column !== null,
})

function comparison(left: Expression, { operator, operand }: NonNullable<Relation['count']>): Condition {
  if (operand.kind === 'number') return { kind: 'compare', left, operator, right: operand.value }
  if (operand.kind === 'range') return { kind: 'range', left, from: operand.from, to: operand.to, negated: false }
  throw new CannotRead('I could not tell how many are meant.')
}

function tableRelation(
  building: Building,
  joined: Joined,
  table: NamedTable,
  counted: NamedColumn | null,
  relation: Relation,
  inner: readonly Clause[],
): readonly Condition[] {
  if (table === joined.grain || (joined.has(table) && !relation.negated && relation.count === null)) {
    if (relation.negated || relation.count !== null)
      throw new CannotRead(`I could not tell what having ${sayRows(table)} means here.`)
    return []
  }
  const start = aboutTable(building, joined, relation, table)
  const path = pathBetween(building, start, table, false)
  const down = path?.steps.find((step) => !step.up)
  if (path === null) throw new CannotRead(`I know no key that joins ${sayRows(joined.grain)} with ${sayRows(table)}.`)
  if (down === undefined) {
    if (relation.negated || relation.count !== null)
      throw new CannotRead(`Each of the ${sayRows(start)} has one ${sayRows(table)} at most.`)
    return []
  }
  if (relation.count !== null && counts(relation) === 'few')
    note(building, `Those without any ${sayRows(table)} are left out.`)
  const having = relation.count === null ? [] : [comparison(countOf(counted), relation.count)]
  return [throughStep(building, down, inner, relation.negated, joined, having)]
}

/** "fewer than three" may mean none at all. */
function counts({ count }: Relation): 'few' | 'many' {
  if (count === null) return 'many'
  return count.operator === '<' || count.operator === '<=' ? 'few' : 'many'
}

/** The thing that has the relation: what was spoken of before, if the rows can be told by it. */
function aboutTable(building: Building, joined: Joined, relation: Relation, table: NamedTable): NamedTable {
  const target = relation.about === null ? null : building.settled.targetOf(relation.about)
  const about = target?.kind === 'table' ? target.table : null
  if (about === null || about === table || about === joined.grain) return joined.grain
  return pathBetween(building, joined.grain, about, true) === null ? joined.grain : about
}
