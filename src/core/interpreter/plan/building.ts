import type { JoinEdge } from '../../catalog/infer-keys.ts'
import type { JoinGraph, JoinPath, PathOptions } from '../../catalog/join-graph.ts'
import type { NamedTable } from '../../catalog/named-catalog.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import type { Draft } from '../reading/draft.ts'
import type { Settled } from './settle.ts'

/** Everything the steps from slots to a query share. */
export interface Building {
  readonly draft: Draft
  readonly settled: Settled
  readonly graph: JoinGraph
  readonly synonyms: Synonyms
  /** Words of the question that say what happened, for choosing among dates and joins. */
  readonly hints: readonly string[]
  /** How strongly the question speaks of some words. */
  readonly discount: (words: readonly string[]) => number
  /** What was worked out for joins that were looked at already. */
  readonly discounts: Map<JoinEdge, number>
  /** True where the question is about money that customers pay. */
  readonly sales: boolean
  /** What was taken for granted, one sentence each. */
  readonly notes: string[]
}

/** Thrown where a question cannot be read with certainty; the message is one sentence for the person. */
export class CannotRead extends Error {}

/** Makes the options under which joins the question speaks of come first. */
export const pathOptions = (building: Building, onlyUp: boolean): PathOptions => ({
  onlyUp,
  discount: (edge: JoinEdge) => discountOf(building, edge),
})

export function pathBetween(building: Building, from: NamedTable, to: NamedTable, onlyUp: boolean): JoinPath | null {
  return building.graph.path(from, to, pathOptions(building, onlyUp))
}

/** How strongly the question speaks of a join. */
export function discountOf(building: Building, edge: JoinEdge): number {
  const { discount, discounts, sales } = building
  const found = discounts.get(edge) ?? discount(wordsOfEdge(edge)) + (sales && isOfSale(edge) ? saleDiscount : 0)
  discounts.set(edge, found)
  return found
}

/** Sales belong to those who buy rather than to those who supply. */
const isOfSale = (edge: JoinEdge): boolean =>
  [...edge.to.ways, ...wordsOfEdge(edge).map((w) => [w])].flat().some((word) => buyers.has(word))
const buyers = new Set(['customer', 'client', 'buyer', 'order'])
const saleDiscount = 0.6

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
