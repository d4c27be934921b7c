import type { Quality } from '../../language/phrase.ts'
import { keyColumnOf } from '../../catalog/key-column.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { isMoney, moneyColumnsOf } from '../linking/money.ts'
import { isNoun } from '../reading/draft.ts'
import type { Noun, Ranking } from '../reading/draft.ts'
import type { PlanningContext } from './planning-context.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, UnclearRank, pathBetween } from './planning-context.ts'
import { note, tablesAround } from './choose-date.ts'
import {
  amountOutput,
  countColumn,
  countOutput,
  measureOutput,
  plainOutput,
  requireTarget,
  sayColumn,
} from './outputs.ts'
import type { Output } from './outputs.ts'
import type { Target } from './target.ts'
import { addsUp, isAdditive, isRate, qualityColumnOf } from './table-roles.ts'

/** The ranking of rows or groups. */
export interface Ranked {
  readonly output: Output
  readonly descending: boolean
  /** True when the ranking value is an aggregate. */
  readonly aggregated: boolean
}

/** Resolves a ranking. `entity` is the ranked table, `tables` are searched for its qualities, `asked` is the only column asked for, if any. */
export function resolveRanking(
  context: PlanningContext,
  ranking: Ranking,
  entity: NamedTable,
  tables: readonly NamedTable[],
  asked: NamedColumn | null,
): Ranked {
  const { by, descending } = ranking
  if (by === null && asked !== null && isCategory(asked)) {
    note(context, `Ranked by the number of ${displayRows(asked.table)}.`)
    return byPopularity(context, descending, entity, asked)
  }
  if (by === null) throw new UnclearRank('I could not tell what to rank by.', measuresOf(context, entity))
  if (isNoun(by)) return byTarget(context, requireTarget(context, by), ranking, entity, asked)
  if ('fn' in by) return { output: measureOutput(context, by), descending, aggregated: true }
  const ranked = ranking.of === null ? null : context.resolution.tableOf(ranking.of)
  // "The name of the most popular form" is that of a form; no name is popular.
  if (by.quality === 'popularity')
    return byPopularity(
      context,
      descending,
      ranked ?? entity,
      ranked !== null && asked?.table === ranked ? null : (asked ?? firstOfPair(context, ranking, entity)),
    )
  for (const table of tablesRanked(context, by.quality, ranking.of, tables)) {
    const found = qualityColumnOf(table, by.quality, context.hints, context.synonyms)
    if (found === null) continue
    note(context, `Ranked by ${found.column.column.name}.`)
    return {
      output: plainOutput(found.column),
      descending: found.reversed ? !descending : descending,
      aggregated: false,
    }
  }
  const reason = `I found no column of ${displayRows(ranked ?? entity)} that says which ${descending ? 'comes first' : 'comes last'}.`
  throw new UnclearRank(reason, ['rating', 'size'].includes(by.quality) ? measuresOf(context, ranked ?? entity) : [])
}

/** The tables that may hold the quality by which rows are ranked. */
function tablesRanked(
  context: PlanningContext,
  quality: Quality,
  of: Noun | null,
  tables: readonly NamedTable[],
): readonly NamedTable[] {
  const ranked = of === null ? null : context.resolution.tableOf(of)
  // A date of what a row refers to may place the row in time; the age or price of another thing is not its own.
  if (ranked === null || quality === 'time') return tablesAround(context, tables).flat()
  return tablesAround(context, [ranked])
    .flat()
    .filter((table) => table === ranked || isPeople(table) || isMeant(of, table))
}

/** What rows may be ranked by when the question leaves it open ("top customers"): the numbers and amounts of the rows that refer to them. */
function measuresOf({ graph }: PlanningContext, entity: NamedTable): readonly string[] {
  const children = new Set(graph.stepsFrom(entity).flatMap(({ up, edge }) => (up ? [] : [edge.from])))
  return [...children].flatMap((child) => [
    ...moneyColumnsOf(child)
      .filter(isAdditive)
      .map((column) => `total ${sayColumn(column).join(' ')} of ${displayRows(child)}`.replace('total total', 'total')),
    `number of ${displayRows(child)}`,
  ])
}

function byTarget(
  context: PlanningContext,
  target: Target,
  { descending, ofAll }: Ranking,
  entity: NamedTable,
  asked: NamedColumn | null,
): Ranked {
  if (target.kind === 'table') return { output: countOutput(target.table), descending, aggregated: true }
  if (target.kind === 'column' && target.column.kind === 'text' && asked !== null && isCategory(asked)) {
    note(context, `${sayColumn(target.column).join(' ')} is counted.`)
    return { output: countColumn(target.column), descending, aggregated: true }
  }
  const table = target.kind === 'column' ? target.column.table : target.formula.table
  const isBelow = table !== entity && pathBetween(context, entity, table, true) === null
  const adds = addsForEach(target, ofAll === true)
  if (ofAll === true && isBelow && !adds)
    throw new CannotRead(
      `I could not tell how "${nameOf(target)}" of several ${displayRows(table)} ranks one of the ${displayRows(entity)}.`,
    )
  const isShared = table === entity && asked !== null && adds && isCategory(asked)
  if (!(isShared || (isBelow && adds)))
    return { output: amountOutput(context, target, null), descending, aggregated: false }
  if (target.kind === 'column') note(context, `${nameOf(target)} is added up.`)
  const fn = target.kind === 'formula' && target.formula.duration !== undefined ? 'avg' : 'sum'
  return { output: amountOutput(context, target, fn), descending, aggregated: true }
}

/** Whether the words may mean the table as well: PETS where HAS_PET was taken for "pet". */
const isMeant = (noun: Noun | null, table: NamedTable): boolean =>
  noun?.mention.candidates.some((c) => c.kind === 'table' && c.table === table) ?? false

/** What is known of a player as a person is the player's own. */
const isPeople = ({ ways }: NamedTable): boolean => ways.some((way) => way.length === 1 && way[0] === 'person')

/** Whether the values of many rows make one: amounts do, and money that a person names as the measure of all ("by freight charge"). */
function addsForEach(target: Exclude<Target, { kind: 'table' }>, ofAll: boolean): boolean {
  if (target.kind === 'formula' || addsUp(target)) return true
  return ofAll && isMoney(target.column) && !isPrice(target.column) && !isRate(target.column)
}

/** A price for one unit, which adds up to nothing. */
const isPrice = ({ ways }: NamedColumn): boolean => ways.some((way) => way.includes('price') && !way.includes('total'))
const nameOf = (target: Exclude<Target, { kind: 'table' }>): string =>
  target.kind === 'column' ? sayColumn(target.column).join(' ') : 'the amount'

/** Whether many rows share each value of a column. */
function isCategory(column: NamedColumn): boolean {
  if (column.unique || keyColumnOf(column.table) === column || column.kind !== 'text') return false
  const rows = column.table.table.rowCount
  return column.column.samplesComplete && rows !== null && column.column.samples.length * 1.5 < rows
}

/** "the most common first and last name": rows that share all the columns asked for are counted, not those that refer to them. */
function firstOfPair(
  { draft, resolution }: PlanningContext,
  { atHead, of }: Ranking,
  entity: NamedTable,
): NamedColumn | null {
  if (!atHead || of !== null) return null
  const targets = draft.asks.map((ask) => (ask.kind === 'noun' ? resolution.targetOf(ask.noun) : null))
  const columns = targets.flatMap((target) => (target?.kind === 'column' ? [target.column] : []))
  const areRepeated = columns.every((c) => c.table === entity && keyColumnOf(entity) !== c)
  return columns.length === targets.length && areRepeated ? (columns[0] ?? null) : null
}

/** "most common status": ranks the column's values by their number of rows. */
function byPopularity(
  context: PlanningContext,
  descending: boolean,
  entity: NamedTable,
  asked: NamedColumn | null,
): Ranked {
  const isAbove = asked !== null && asked.table !== entity && pathBetween(context, entity, asked.table, true) !== null
  if (isAbove) return { output: countOutput(entity), descending, aggregated: true }
  if (asked !== null && keyColumnOf(entity) !== asked && !asked.unique)
    return { output: countOutput(asked.table), descending, aggregated: true }
  const children = context.graph.stepsFrom(entity).filter((step) => !step.up)
  const [only] = children
  if (only === undefined || children.length > 1)
    throw new CannotRead(`I could not tell what makes ${displayRows(entity)} popular.`)
  note(context, `Popular is read as having the most ${displayRows(only.edge.from)}.`)
  return { output: countOutput(only.edge.from), descending, aggregated: true }
}
