import type { Catalog } from '../catalog/catalog.ts'
import { makeJoinGraph } from '../catalog/join-graph.ts'
import type { JoinGraph } from '../catalog/join-graph.ts'
import { nameCatalog } from '../catalog/named-catalog.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { moneyOf } from './linking/money.ts'
import { sayRows, sayTable } from './plan/building.ts'
import { isDated, isForeign, isKeyLike, isYear, labelsOf } from './plan/table-roles.ts'

const mostTables = 30

/** Questions worth asking first of a catalog, best first, not yet tried. The largest tables come first: they hold what happened. */
export function* makeStarters(catalog: Catalog): Generator<string> {
  const named = nameCatalog({ ...catalog, tables: largest(catalog) })
  const graph = makeJoinGraph(named)
  const tables = named.tables
  for (const table of tables) yield* rankedBuyers(table, graph)
  for (const table of tables) yield* trends(table)
  for (const table of tables) yield* averages(table, graph)
  for (const table of tables) yield* perParent(table, graph)
  for (const table of tables) yield* tops(table, graph)
  for (const table of tables) yield `How many ${sayRows(table)} are there?`
}

const largest = (catalog: Catalog): Catalog['tables'] =>
  [...catalog.tables].sort((a, b) => (b.rowCount ?? 0) - (a.rowCount ?? 0)).slice(0, mostTables)

/** Who paid most, where a table holds amounts and refers to those who pay. */
function* rankedBuyers(table: NamedTable, graph: JoinGraph): Generator<string> {
  const date = table.columns.find(isDated)
  if (
    date === undefined ||
    moneyOf(table, 'spent').every(
      (c) => c.kind !== 'formula' || c.formula.table !== table || c.formula.factors.length > 1,
    )
  )
    return
  for (const step of graph.stepsFrom(table)) {
    if (!step.up || !/customer|client|user|buyer|member|account/.test(sayTable(step.edge.to))) continue
    const year = yearWithin(date)
    yield `Which five ${sayRows(step.edge.to)} spent the most${year === null ? '' : ` in ${year}`}?`
  }
}

/** A year that the sampled dates fall in; 1996 for orders of the TPC-H data, whose dates are never sampled. */
function yearWithin(date: NamedColumn): number | null {
  const years = date.column.samples.map((v) => Number(v.slice(0, 4))).filter((year) => year >= 1000)
  const middle = years.sort((a, b) => a - b)[Math.floor(years.length / 2)]
  if (middle !== undefined) return middle
  return /^TPCH_/i.test(date.table.table.schema) ? 1996 : null
}

function* trends(table: NamedTable): Generator<string> {
  if (table.columns.some(isDated)) yield `How many ${sayRows(table)} are there per year?`
}

function* averages(table: NamedTable, graph: JoinGraph): Generator<string> {
  const amount = table.columns.find((c) => isAmount(c, graph))
  const category = table.columns.find((c) => isCategory(c))
  if (amount === undefined) return
  const words = (amount.ways[0] ?? []).join(' ')
  if (category !== undefined)
    yield `What is the average ${words} of ${sayRows(table)} by ${(category.ways[0] ?? []).join(' ')}?`
  yield `What is the average ${words} of ${sayRows(table)}?`
}

function* perParent(table: NamedTable, graph: JoinGraph): Generator<string> {
  for (const step of graph.stepsFrom(table)) {
    const parent = step.edge.to
    if (step.up && labelsOf(parent).length > 0) yield `How many ${sayRows(table)} are there per ${sayTable(parent)}?`
  }
}

function* tops(table: NamedTable, graph: JoinGraph): Generator<string> {
  const amount = table.columns.find((c) => isAmount(c, graph))
  if (amount !== undefined && labelsOf(table).length > 0) {
    yield `What are the top 10 ${sayRows(table)} by ${(amount.ways[0] ?? []).join(' ')}?`
  }
  const category = table.columns.find(isCategory)
  if (category !== undefined)
    yield `How many ${sayRows(table)} are there for each ${(category.ways[0] ?? []).join(' ')}?`
}

const isAmount = (column: NamedColumn, graph: JoinGraph): boolean =>
  column.kind === 'number' &&
  !isKeyLike(column) &&
  !isForeign(column, graph) &&
  !isYear(column) &&
  !/number|line|code/.test((column.ways[0] ?? []).join(' '))

const isCategory = (column: NamedColumn): boolean =>
  column.kind === 'text' &&
  column.column.samplesComplete &&
  column.column.samples.length > 1 &&
  column.column.samples.length <= 12 &&
  !isKeyLike(column) &&
  !labelsOf(column.table).includes(column) &&
  column.column.samples.length * 2 <= (column.table.table.rowCount ?? 0)
