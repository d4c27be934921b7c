import type { JoinEdge } from '../../catalog/infer-keys.ts'
import type { JoinGraph, JoinPath, PathOptions } from '../../catalog/join-graph.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import type { Draft } from '../reading/draft.ts'
import type { Resolution } from './resolve-nouns.ts'

/** Everything the steps from slots to a query share. */
export interface PlanningContext {
  readonly draft: Draft
  readonly resolution: Resolution
  readonly graph: JoinGraph
  readonly synonyms: Synonyms
  /** Words of the question that say what happened, for choosing among dates and joins. */
  readonly hints: readonly string[]
  /** How strongly the question speaks of some words. */
  readonly verbBoost: (words: readonly string[]) => number
  /** What was worked out for joins that were looked at already. */
  readonly edgeBoosts: Map<JoinEdge, number>
  /** True where the question is about money that customers pay. */
  readonly sales: boolean
  /** What was taken for granted, one sentence each. */
  readonly notes: string[]
}

/** Thrown where a question cannot be read with certainty; the message is one sentence for the person. */
export class CannotRead extends Error {}

/** Makes the options under which joins the question speaks of come first. */
export const pathOptions = (context: PlanningContext, onlyUp: boolean): PathOptions => ({
  onlyUp,
  boost: (edge: JoinEdge) => boostOf(context, edge),
})

export function pathBetween(
  context: PlanningContext,
  from: NamedTable,
  to: NamedTable,
  onlyUp: boolean,
): JoinPath | null {
  return context.graph.path(from, to, pathOptions(context, onlyUp))
}

/** How strongly the question speaks of a join. */
export function boostOf(context: PlanningContext, edge: JoinEdge): number {
  const { verbBoost, edgeBoosts, sales } = context
  const found = edgeBoosts.get(edge) ?? verbBoost(wordsOfEdge(edge)) + (sales && isOfSale(edge) ? saleBoost : 0)
  edgeBoosts.set(edge, found)
  return found
}

/** Sales belong to those who buy rather than to those who supply. */
const isOfSale = (edge: JoinEdge): boolean =>
  [...edge.to.ways, ...wordsOfEdge(edge).map((w) => [w])].flat().some((word) => buyers.has(word))
const buyers = new Set(['customer', 'client', 'buyer', 'order'])
const saleBoost = 0.6

function wordsOfEdge(edge: JoinEdge): readonly string[] {
  return edge.from.columns.filter((c) => edge.columns.includes(c.column.name)).flatMap((c) => c.ways.flat())
}

/** How a table is called in a sentence. */
export const sayTable = (table: NamedTable): string => (table.ways[0] ?? [table.table.name.toLowerCase()]).join(' ')

/** The plural of what a table's rows are, for a sentence. */
export const sayRows = (table: NamedTable): string => plural(sayTable(table))

export function plural(words: string): string {
  if (/(?:s|x|ch|sh)$/.test(words))
    return /(?:news|series|species|address)$/.test(words) && !words.endsWith('address') ? words : `${words}es`
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`
  return words.endsWith('person') ? `${words.slice(0, -6)}people` : `${words}s`
}
