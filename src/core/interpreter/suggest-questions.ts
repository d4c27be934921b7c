import { capitalised } from '../sentences.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpret } from './interpretation.ts'
import { largestTables, makeStarters } from './make-starters.ts'
import { isAggregated } from './plan/query.ts'
import type { Query, Condition, Expression } from './plan/query.ts'
import type { NamedColumn, NamedTable } from '../catalog/named-catalog.ts'
import { sayRows, sayTable } from './plan/planning-context.ts'
import { functionWords } from './plan/outputs.ts'
import { isDated, isKeyLike, labelsOf } from './plan/table-roles.ts'

/** Suggested questions. The interpreter answers every one of them. */
export interface Suggestions {
  /** Up to four starters made from the catalog's tables. */
  readonly suggestQuestions: (catalog: Catalog) => readonly string[]
  /** Up to three full questions close to the one asked: another group, a trend, another ranking. `today` is `YYYY-MM-DD`. */
  readonly suggestFollowUps: (asked: {
    readonly question: string
    readonly catalog: Catalog
    readonly today: string
  }) => readonly string[]
}

const startersShown = 4
const followUpsShown = 3
/** Starters name their periods, so any day serves as today. */
const someDay = '2000-01-01'

/** Makes the suggestions. Sharing the writer's interpreter lets a catalog be indexed once. */
export function makeSuggestions(interpret: Interpret = makeInterpret()): Suggestions {
  const known = new WeakMap<Catalog, readonly string[]>()
  const startersOf = (catalog: Catalog): readonly string[] => {
    const found = known.get(catalog) ?? startersFor(catalog, interpret)
    known.set(catalog, found)
    return found
  }
  return {
    suggestQuestions: startersOf,
    suggestFollowUps: ({ question, catalog, today }) => {
      if (catalog.tables.length > mostTables) return []
      const reading = interpret({ question, catalog, tables: catalog.tables, today })
      if (reading.kind !== 'query') return startersOf(catalog).slice(0, followUpsShown)
      const tables = tablesOf(reading.query)
      const others = makeFollowUps(reading.query).filter((text) => text.toLowerCase() !== question.trim().toLowerCase())
      const taken = new Set([reading.sql])
      return answerable(
        [...others].slice(0, catalog.tables.length > fewTables ? fewTried : mostTried),
        { catalog, tables, today },
        interpret,
        followUpsShown,
        taken,
      )
    },
  }
}

const mostTried = 12
/** Trying a question takes longer the larger the catalog: above `fewTables` fewer are tried, above `mostTables` none. */
const fewTables = 60
const fewTried = 4
const mostTables = 500

const tablesOf = (query: Query): readonly CatalogTable[] =>
  [query.from, ...query.joins.map(tableAfter)].map((t) => t.table)

/** Up to four starters: one of each kind first, then more of the best kinds. */
function startersFor(catalog: Catalog, interpret: Interpret): readonly string[] {
  const scope = { catalog, tables: largestTables(catalog), today: someDay }
  const kinds = makeStarters(catalog)
  const known = new Set<string>()
  const first = kinds.flatMap((kind) => answerable(kind, scope, interpret, 1, known))
  if (first.length >= startersShown) return first.slice(0, startersShown)
  const more = kinds.flatMap((kind) => kind.slice(0, mostTried))
  return [...first, ...answerable(more, scope, interpret, startersShown - first.length, known)]
}

interface Scope {
  readonly catalog: Catalog
  readonly tables: readonly CatalogTable[]
  readonly today: string
}

/** The first questions that the interpreter answers with distinct queries. */
function answerable(
  questions: readonly string[],
  scope: Scope,
  interpret: Interpret,
  limit: number,
  known: Set<string>,
): readonly string[] {
  const found: string[] = []
  for (const question of questions.slice(0, mostTried)) {
    if (found.length >= limit) break
    const reading = interpret({ question, ...scope })
    if (reading.kind !== 'query' || known.has(reading.sql)) continue
    known.add(reading.sql)
    found.push(question)
  }
  return found
}

/** Follow-up questions, best first, not yet tried: the same measure over time, by another group, another ranking. */
function* makeFollowUps(query: Query): Generator<string> {
  const tables = [query.from, ...query.joins.map(tableAfter)]
  const measure = query.select.map((s) => s.expression).find(isAggregated) ?? null
  const words = measure === null ? null : sayMeasure(measure, query)
  const period = sayPeriod(query)
  if (words !== null) {
    if (!query.select.some((s) => s.expression.kind === 'bucket') && query.from.columns.some(isDated)) {
      yield `${words} per ${period === '' ? 'year' : 'month'}${period}`
    }
    for (const group of groupsNear(tables, query)) yield `${words} by ${group}${period}`
    if (query.groupBy.length > 0) yield `${words}${period}`
  }
  yield* listsNear(query.from)
  yield `How many ${sayRows(query.from)} are there?`
}

function sayMeasure(expression: Expression, query: Query): string | null {
  if (expression.kind !== 'aggregate') return null
  if (expression.of === null) return `Number of ${sayRows(query.from)}`
  if (expression.of.kind === 'formula')
    return expression.of.formula.factors.length > 1 || expression.of.formula.discount !== null
      ? 'Total revenue'
      : sayColumnMeasure(expression.fn, expression.of.formula.factors[0])
  return expression.of.kind === 'column' && !expression.distinct
    ? sayColumnMeasure(expression.fn, expression.of.column)
    : null
}

function sayColumnMeasure(fn: keyof typeof functionWords, column: NamedColumn | undefined): string | null {
  if (column === undefined) return null
  const words = (column.ways[0] ?? []).join(' ')
  return `${capitalised(fn === 'sum' && words.startsWith('total') ? 'sum of' : functionWords[fn])} ${words} of ${sayRows(column.table)}`
}

/** Category columns of the query's tables that it does not show yet. */
function* groupsNear(tables: readonly NamedTable[], query: Query): Generator<string> {
  const taken = new Set(query.select.flatMap((s) => (s.expression.kind === 'column' ? [s.expression.column] : [])))
  for (const table of tables) {
    for (const column of table.columns) {
      const { samples, samplesComplete } = column.column
      const isCategory = column.kind === 'text' && samplesComplete && samples.length > 1 && samples.length <= 12
      if (isCategory && !taken.has(column) && !isKeyLike(column)) {
        const words = (column.ways[0] ?? []).join(' ')
        yield labelsOf(table).includes(column)
          ? sayTable(table)
          : table === query.from
            ? words
            : `${sayTable(table)} ${words}`
      }
    }
  }
}

/** The period a query is limited to, as a suffix of a question. */
function sayPeriod(query: Query): string {
  const found = query.where.find((c): c is Extract<Condition, { kind: 'period' }> => c.kind === 'period')
  return found === undefined || found.negated ? '' : ` ${found.period.words}`
}

function* listsNear(table: NamedTable): Generator<string> {
  const amount = table.columns.find(
    (c) => c.kind === 'number' && !isKeyLike(c) && !/number|line|year/.test((c.ways[0] ?? []).join(' ')),
  )
  if (amount !== undefined) yield `Top 10 ${sayRows(table)} by ${(amount.ways[0] ?? []).join(' ')}`
}
