import type { Catalog } from '../catalog/catalog.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpret } from './interpret.ts'
import { makeFollowUps } from './make-follow-ups.ts'
import { makeStarters } from './make-starters.ts'

const startersShown = 4
const followUpsShown = 3
/** Any day does for questions that name their periods. */
const someDay = '2000-01-01'

/** Up to four questions to begin with, made from the catalog's own tables; the interpreter can answer each. */
export function suggestQuestions(catalog: Catalog): readonly string[] {
  return startersFor(catalog, makeInterpret())
}

/** As `suggestQuestions`, with an interpreter that has read the catalog already. */
export function startersFor(catalog: Catalog, interpret: Interpret): readonly string[] {
  return answerable(makeStarters(catalog), catalog, someDay, interpret, startersShown)
}

/** Up to three full questions near the one asked: by another group, over time, another top; the interpreter can answer each. */
export function suggestFollowUps(asked: {
  readonly question: string
  readonly catalog: Catalog
  /** `YYYY-MM-DD`. */
  readonly today: string
}): readonly string[] {
  const { question, catalog, today } = asked
  const interpret = makeInterpret()
  const reading = interpret({ question, catalog, tables: catalog.tables, today })
  if (reading.kind !== 'query') return startersFor(catalog, interpret).slice(0, followUpsShown)
  const others = makeFollowUps(reading.query).filter((text) => text.toLowerCase() !== question.trim().toLowerCase())
  const known = new Set([reading.sql])
  return answerable(others, catalog, today, interpret, followUpsShown, known)
}

/** The first questions that the interpreter answers, each with a query of its own. */
function answerable(
  questions: Iterable<string>,
  catalog: Catalog,
  today: string,
  interpret: Interpret,
  limit: number,
  known = new Set<string>(),
): readonly string[] {
  const found: string[] = []
  for (const question of questions) {
    if (found.length >= limit) break
    const reading = interpret({ question, catalog, tables: catalog.tables, today })
    if (reading.kind !== 'query' || known.has(reading.sql)) continue
    known.add(reading.sql)
    found.push(question)
  }
  return found
}
