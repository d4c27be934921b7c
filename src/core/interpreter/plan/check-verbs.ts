import { tableAfter } from '../../catalog/join-graph.ts'
import { rootOf } from '../../catalog/word-forms.ts'
import type { PlanningContext } from './planning-context.ts'
import { CannotRead, sayRows } from './planning-context.ts'
import { note } from './choose-date.ts'
import { checkLinks, namesOther, readsAsLink } from './link-verbs.ts'
import type { Query } from './query.ts'
import { conditionsOf, tablesOf } from './query.ts'

/** Verbs that describe a state some rows have and others lack. The query must contain a counterpart. */
const states = new Set(
  (
    'ship pay open close win lose cancel return deliver publish release launch start begin end finish die graduate approve admit pass ' +
    'retire hire sign register found establish complain treat diagnose'
  )
    .split(' ')
    .map(rootOf),
)

/** Declines when a state verb ("cancelled", "shipped") restricts the rows but no selected table or filter matches it. If an object follows the verb, only adds an assumption. */
export function checkVerbs(context: PlanningContext, query: Query): void {
  checkLinks(context, query)
  const told = rootsOf(query)
  for (const { word, at } of context.draft.links)
    if (!told.has(rootOf(word)) && namesOther(context, query, at, word))
      throw new CannotRead(`I could not tell how to answer "${word}" from the tables that the question names.`)
  const linked = new Set(
    context.draft.links.flatMap((verb) => {
      const isFinal = states.has(rootOf(verb.word)) && context.draft.finalVerbs.includes(verb.word)
      const isLink = !verb.unlisted && !isFinal && !told.has(rootOf(verb.word)) && readsAsLink(context, query, verb)
      return isLink ? [verb.word] : []
    }),
  )
  for (const verb of context.draft.verbs) {
    if (!states.has(rootOf(verb)) || told.has(rootOf(verb)) || linked.has(verb)) continue
    const synonyms = [...context.synonyms.of(verb), ...context.synonyms.of(rootOf(verb))].map(rootOf)
    if (synonyms.some((word) => told.has(word))) continue
    if (context.draft.finalVerbs.includes(verb))
      throw new CannotRead(`I found nothing that tells which ${sayRows(query.from)} were "${verb}".`)
    note(context, `"${verb}" does not narrow the rows.`)
  }
}

/** The word roots of every table and column that the query reads. */
function rootsOf(query: Query): ReadonlySet<string> {
  const tables = [query.from, ...query.joins.map(tableAfter)]
  const found = new Set(tables.flatMap((t) => t.ways.flat()).map(rootOf))
  const add = (words: readonly string[]): void => {
    for (const word of words) found.add(rootOf(word))
  }
  for (const { expression } of [...query.select, ...query.orderBy]) {
    if (expression.kind === 'column' || expression.kind === 'bucket') add(expression.column.ways.flat())
    for (const table of tablesOf(expression)) add(table.ways.flat())
  }
  for (const condition of query.where.flatMap(conditionsOf)) {
    if (condition.kind === 'period') add(condition.left.ways.flat())
    else if (condition.kind === 'in-query') for (const root of rootsOf(condition.query)) found.add(root)
    else if ('left' in condition && condition.left.kind === 'column') add(condition.left.column.ways.flat())
  }
  return found
}
