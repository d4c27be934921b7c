import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeJoinGraph } from '../catalog/join-graph.ts'
import type { JoinGraph } from '../catalog/join-graph.ts'
import { nameCatalog } from '../catalog/named-catalog.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { moneyOf } from './linking/money.ts'
import { sayRows, sayTable } from './plan/planning-context.ts'
import { isDated, isForeign, isKeyLike, isYear, labelsOf } from './plan/table-roles.ts'

const mostTables = 20

/** The tables with most rows, which usually hold the events. */
export const largestTables = (catalog: Catalog): readonly CatalogTable[] =>
  [...catalog.tables].sort((a, b) => (b.rowCount ?? 0) - (a.rowCount ?? 0)).slice(0, mostTables)

/** Starter questions by kind, best first, not yet tried. */
export function makeStarters(catalog: Catalog): readonly (readonly string[])[] {
  const named = nameCatalog({ ...catalog, tables: largestTables(catalog) })
  const graph = makeJoinGraph(named)
  const of = (kind: (table: NamedTable, graph: JoinGraph) => readonly string[]): readonly string[] =>
    named.tables.flatMap((table) => kind(table, graph))
  return [
    of(rankedBuyers),
    of(trends),
    of(averages),
    of(perParent),
    of(tops),
    of(perCategory),
    named.tables.map((table) => `How many ${sayRows(table)} are there?`),
  ]
}

/** Top spenders, for a table with amounts that refers to customers. */
function rankedBuyers(table: NamedTable, graph: JoinGraph): readonly string[] {
  const date = table.columns.find(isDated)
  const pays = moneyOf(table, 'spent').some(
    (c) => c.kind === 'formula' && c.formula.factors.length === 1 && c.formula.discount === null,
  )
  if (date === undefined || !pays) return []
  const year = yearWithin(date)
  return graph
    .stepsFrom(table)
    .filter((step) => step.up && /customer|client|buyer|member/.test(sayTable(step.edge.to)))
    .map((step) => `Which five ${sayRows(step.edge.to)} spent the most${year === null ? '' : ` in ${year}`}?`)
}

/** The median year of the sampled dates. TPC-H dates are never sampled, so the middle of their specified range is used. */
function yearWithin(date: NamedColumn): number | null {
  const years = date.column.samples.map((v) => Number(v.slice(0, 4))).filter((year) => year >= 1000)
  const middle = years.sort((a, b) => a - b)[Math.floor(years.length / 2)]
  if (middle !== undefined) return middle
  return /^TPCH_/i.test(date.table.table.schema) ? 1996 : null
}

/** Whether a table holds the lines of another one, which is the better one to ask about. */
const isDetail = (table: NamedTable): boolean => /line|item|detail/.test(sayTable(table))

function trends(table: NamedTable): readonly string[] {
  const dates = table.columns.filter(isDated)
  if (dates.length === 0) return []
  return isDetail(table) && dates.length > 1 ? [] : [`How many ${sayRows(table)} are there per year?`]
}

function averages(table: NamedTable, graph: JoinGraph): readonly string[] {
  const amount = bestAmount(table, graph)
  const category = table.columns.find(isCategory)
  if (amount === null || isDetail(table)) return []
  const question = `What is the average ${sayColumn(amount)} of ${sayRows(table)}`
  return category === undefined ? [`${question}?`] : [`${question} by ${sayColumn(category)}?`, `${question}?`]
}

function perParent(table: NamedTable, graph: JoinGraph): readonly string[] {
  return graph
    .stepsFrom(table)
    .filter((step) => step.up && labelsOf(step.edge.to).length > 0)
    .map((step) => `How many ${sayRows(table)} are there per ${sayTable(step.edge.to)}?`)
}

function tops(table: NamedTable, graph: JoinGraph): readonly string[] {
  const amount = bestAmount(table, graph)
  return amount === null || labelsOf(table).length === 0
    ? []
    : [`What are the top 10 ${sayRows(table)} by ${sayColumn(amount)}?`]
}

function perCategory(table: NamedTable): readonly string[] {
  return table.columns.filter(isCategory).map((c) => `How many ${sayRows(table)} are there for each ${sayColumn(c)}?`)
}

const sayColumn = (column: NamedColumn): string => (column.ways[0] ?? []).join(' ')

/** The numeric column most worth asking for: money first, then any column that is not a key, a year or a number of something. */
function bestAmount(table: NamedTable, graph: JoinGraph): NamedColumn | null {
  const amounts = table.columns.filter((c) => isAmount(c, graph))
  return (
    amounts.find((c) => /price|amount|balance|salary|total|cost|rating|score/.test(sayColumn(c))) ?? amounts[0] ?? null
  )
}

const isAmount = (column: NamedColumn, graph: JoinGraph): boolean =>
  column.kind === 'number' &&
  !isKeyLike(column) &&
  !isForeign(column, graph) &&
  !isYear(column) &&
  !/number|line|code|version/.test(sayColumn(column))

const isCategory = (column: NamedColumn): boolean =>
  column.kind === 'text' &&
  column.column.samplesComplete &&
  column.column.samples.length > 1 &&
  column.column.samples.length <= 12 &&
  !isKeyLike(column) &&
  !labelsOf(column.table).includes(column) &&
  column.column.samples.length * 2 <= (column.table.table.rowCount ?? 0)
