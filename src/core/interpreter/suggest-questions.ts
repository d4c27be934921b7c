import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { tableAfter } from '../catalog/join-graph.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpret } from './interpret.ts'
import { makeFollowUps } from './make-follow-ups.ts'
import { largestTables, makeStarters } from './make-starters.ts'
import type { Query } from './plan/query.ts'

/** Questions worth asking of a catalog. Every one of them can be answered by the interpreter. */
export interface Suggestions {
  /** Up to four to begin with, made from the catalog's own tables. */
  readonly suggestQuestions: (catalog: Catalog) => readonly string[]
  /** Up to three full questions near the one asked: by another group, over time, of another rank. `today` is `YYYY-MM-DD`. */
  readonly suggestFollowUps: (asked: {
    readonly question: string
    readonly catalog: Catalog
    readonly today: string
  }) => readonly string[]
}

const startersShown = 4
const followUpsShown = 3
/** Any day does for questions that name their periods. */
const someDay = '2000-01-01'

/** Makes suggestions. Give it the interpreter that the writer uses, so that a catalog is read once. */
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
      const others = makeFollowUps(reading.query).filter((text) => !isSame(text, question))
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
/** Questions take longer to try out the more tables there are: beyond so many few are tried, and then none. */
const fewTables = 60
const fewTried = 4
const mostTables = 500

const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

const tablesOf = (query: Query): readonly CatalogTable[] =>
  [query.from, ...query.joins.map(tableAfter)].map((t) => t.table)

/** Up to four questions to begin with: one of each kind first, then more of the best. */
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

/** The first questions that the interpreter answers, each with a query of its own. */
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
