import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { displayColumn, displayRows, displayTable } from '../catalog/display-words.ts'
import type { JoinGraph } from '../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { moneyOf } from './linking/money.ts'
import { isDated, isForeign, isKeyLike, isYear, labelsOf } from './plan/table-roles.ts'

const mostTables = 20

/** The tables with most rows, which usually hold the events. */
export const largestTables = (catalog: Catalog): readonly CatalogTable[] =>
  [...catalog.tables].sort((a, b) => (b.rowCount ?? 0) - (a.rowCount ?? 0)).slice(0, mostTables)

/** Starter questions about these tables by kind, best first, not yet tried. */
export function makeStarters(tables: readonly NamedTable[], graph: JoinGraph): readonly (readonly string[])[] {
  const of = (kind: (table: NamedTable, graph: JoinGraph) => readonly string[]): readonly string[] =>
    tables.flatMap((table) => kind(table, graph))
  return [
    of(rankedBuyers),
    of(trends),
    of(averages),
    of(perParent),
    of(tops),
    of(perCategory),
    tables.map((table) => `How many ${displayRows(table)} are there?`),
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
    .filter((step) => step.up && /customer|client|buyer|member/.test(displayTable(step.edge.to)))
    .map((step) => `Which five ${displayRows(step.edge.to)} spent the most${year === null ? '' : ` in ${year}`}?`)
}

/** The median year of the sampled dates. TPC-H dates are never sampled, so the middle of their specified range is used. */
function yearWithin(date: NamedColumn): number | null {
  const years = date.column.samples.map((v) => Number(v.slice(0, 4))).filter((year) => year >= 1000)
  const middle = years.sort((a, b) => a - b)[Math.floor(years.length / 2)]
  if (middle !== undefined) return middle
  return /^TPCH_/i.test(date.table.table.schema) ? 1996 : null
}

/** Whether a table holds the lines of another one, which is the better one to ask about. */
const isDetail = (table: NamedTable): boolean => /line|item|detail/.test(displayTable(table))

function trends(table: NamedTable): readonly string[] {
  const dates = table.columns.filter(isDated)
  if (dates.length === 0) return []
  return isDetail(table) && dates.length > 1 ? [] : [`How many ${displayRows(table)} are there per year?`]
}

function averages(table: NamedTable, graph: JoinGraph): readonly string[] {
  const amount = bestAmount(table, (column) => !isForeign(column, graph))
  const category = table.columns.find(isCategory)
  if (amount === null || isDetail(table)) return []
  const question = `What is the average ${displayColumn(amount)} of ${displayRows(table)}`
  return category === undefined ? [`${question}?`] : [`${question} by ${displayColumn(category)}?`, `${question}?`]
}

function perParent(table: NamedTable, graph: JoinGraph): readonly string[] {
  return graph
    .stepsFrom(table)
    .filter((step) => step.up && labelsOf(step.edge.to).length > 0)
    .map((step) => `How many ${displayRows(table)} are there per ${displayTable(step.edge.to)}?`)
}

function tops(table: NamedTable, graph: JoinGraph): readonly string[] {
  const amount = bestAmount(table, (column) => !isForeign(column, graph))
  return amount === null || labelsOf(table).length === 0
    ? []
    : [`What are the top 10 ${displayRows(table)} by ${displayColumn(amount)}?`]
}

function perCategory(table: NamedTable): readonly string[] {
  return table.columns
    .filter(isCategory)
    .map((c) => `How many ${displayRows(table)} are there for each ${displayColumn(c)}?`)
}

/** The numeric column most worth asking for: money first, then any column that is not a key, a year or a number of something. */
export function bestAmount(
  table: NamedTable,
  isFit: (column: NamedColumn) => boolean = () => true,
): NamedColumn | null {
  const amounts = table.columns.filter((c) => isAmount(c) && isFit(c))
  return (
    amounts.find((c) => /price|amount|balance|salary|total|cost|rating|score/.test(displayColumn(c))) ??
    amounts[0] ??
    null
  )
}

const isAmount = (column: NamedColumn): boolean =>
  column.kind === 'number' &&
  !isKeyLike(column) &&
  !isYear(column) &&
  /\p{L}{3}/u.test(displayColumn(column)) &&
  !/number|line|code|version|priority/.test(displayColumn(column))

const isCategory = (column: NamedColumn): boolean =>
  column.kind === 'text' &&
  column.column.samplesComplete &&
  column.column.samples.length > 1 &&
  column.column.samples.length <= 12 &&
  !isKeyLike(column) &&
  !labelsOf(column.table).includes(column) &&
  column.column.samples.length * 2 <= (column.table.table.rowCount ?? 0)
