import { tableAfter } from '../../catalog/join-graph.ts'
import type { JoinGraph, JoinStep } from '../../catalog/join-graph.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import { rootOf } from '../../catalog/word-forms.ts'
import type { Draft } from '../reading/draft.ts'
import { note } from './choose-date.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, pathBetween } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { conditionsOf, tablesOf } from './query.ts'
import type { Query } from './query.ts'

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
      throw new CannotRead(`I found nothing that tells which ${displayRows(query.from)} were "${verb}".`)
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

/** Verbs that say how something came out or that it did not happen: no join of two tables says that. */
const outcomes = new Set(
  (
    'fail miss survive reject refuse lose avoid skip ignore exceed cancel return die complain decline deny lack forget abandon dislike hate ' +
    'change increase decrease rise fall drop delay expire fix resolve confirm verify approve complete finish start end stop pay'
  )
    .split(' ')
    .map(rootOf),
)

/**
 * Reads a verb between two nouns as the join of their tables, where one join leads from one to the other and the query takes it:
 * "albums released by the artist". Returns whether it does, and tells so.
 */
export function readsAsLink(context: PlanningContext, query: Query, verb: Draft['links'][number]): boolean {
  if (outcomes.has(rootOf(verb.word.toLowerCase()))) return false
  const [near, far] = tablesBeside(context, verb.at)
  if (near === undefined || far === undefined) return false
  const read = tablesRead(query)
  if (near === far) {
    if (!read.has(near)) return false
    note(context, `"${verb.word}" is read as being in ${near.table.name}.`)
    return true
  }
  const path = pathBetween(context, near, far, false)
  if (path === null || !path.steps.every(({ edge }) => read.has(edge.from))) return false
  if (countPaths(context.graph, near, far, path.steps.length) > 1) return false
  const keys = path.steps.map(({ edge }) => `${edge.from.table.name}.${edge.columns.join(', ')}`)
  note(
    context,
    `"${verb.word}" is read as what links ${displayRows(near)} with ${displayRows(far)}: ${keys.join(' and ')}.`,
  )
  return true
}

/** Declines when a word that is no known verb links nothing. */
export function checkLinks(context: PlanningContext, query: Query): void {
  for (const verb of context.draft.links)
    if (verb.unlisted && !readsAsLink(context, query, verb))
      throw new CannotRead(`I could not match "${verb.word}" with a table, a column or a value of this connection.`)
}

/** The tables of the nouns or values before and after a word; of the two before it, where none follows. */
function tablesBeside({ draft, resolution }: PlanningContext, at: number): readonly NamedTable[] {
  const values = draft.filters.flatMap(({ operand }) => (operand.kind === 'values' ? operand.values : []))
  const placed = [
    ...draft.nouns.map((noun) => ({ from: noun.mention.from, table: resolution.tableOf(noun) })),
    ...values.flatMap((value) =>
      value.mention === null ? [] : [{ from: value.mention.from, table: resolution.tableOf(value) }],
    ),
  ].toSorted((a, b) => a.from - b.from)
  const before = placed.filter(({ from }) => from < at)
  const after = placed.filter(({ from }) => from > at)
  const [first, second] = after.length > 0 ? [before.at(-1), after[0]] : [before.at(-1), before.at(-2)]
  return [first?.table ?? null, second?.table ?? null].flatMap((table) => table ?? [])
}

/** Whether a verb names a table near by that the query does not read: "attended" and ATTENDANCE. */
export function namesOther(context: PlanningContext, query: Query, at: number, word: string): boolean {
  const root = rootOf(word.toLowerCase())
  const read = tablesRead(query)
  const around = tablesBeside(context, at).flatMap((table) => context.graph.stepsFrom(table).map(tableAfter))
  const further = around.flatMap((table) => context.graph.stepsFrom(table).map(tableAfter))
  const said = new Set(context.hints.map(rootOf))
  const names = (own: string): boolean => rootOf(own) === root
  return [...around, ...further].some(
    (t) =>
      !read.has(t) && t.ways.some((way) => way.some(names) && way.every((own) => names(own) || said.has(rootOf(own)))),
  )
}

/** All tables that a query reads, sub-queries included. */
function tablesRead(query: Query): ReadonlySet<NamedTable> {
  const found = new Set([query.from, ...query.joins.map(tableAfter)])
  for (const condition of query.where.flatMap(conditionsOf))
    if (condition.kind === 'in-query') for (const table of tablesRead(condition.query)) found.add(table)
  return found
}

/** How many ways of at most some steps lead from one table to another. */
function countPaths(graph: JoinGraph, from: NamedTable, to: NamedTable, most: number): number {
  const walk = (table: NamedTable, seen: readonly NamedTable[], left: number): number => {
    if (table === to) return 1
    if (left === 0) return 0
    const onward = graph.stepsFrom(table).filter((step: JoinStep) => !seen.includes(tableAfter(step)))
    return onward.reduce((sum, step) => sum + walk(tableAfter(step), [...seen, tableAfter(step)], left - 1), 0)
  }
  return walk(from, [from], most)
}
