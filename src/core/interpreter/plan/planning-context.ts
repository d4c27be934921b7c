import type { JoinEdge } from '../../catalog/infer-keys.ts'
import type { JoinGraph, JoinPath, PathOptions } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import { isNoun } from '../reading/draft.ts'
import type { Mention } from '../linking/mention.ts'
import type { KnownValue } from '../../ports/writer.ts'
import type { Draft } from '../reading/draft.ts'
import type { Resolution } from './resolve-nouns.ts'

/** What all planning steps share. */
export interface PlanningContext {
  readonly draft: Draft
  readonly resolution: Resolution
  readonly graph: JoinGraph
  readonly synonyms: Synonyms
  /** Verbs and words of the question, for choosing among dates and joins. */
  readonly hints: readonly string[]
  /** How much cheaper a column or join becomes because the question's verbs mention its words. */
  readonly verbBoost: (words: readonly string[]) => number
  /** Cache of `boostOf` per edge. */
  readonly edgeBoosts: Map<JoinEdge, number>
  /** True for questions about sales revenue. */
  readonly sales: boolean
  /** What was looked up in the data. */
  readonly known: readonly KnownValue[]
  /** Assumptions for the person, one sentence each. */
  readonly notes: string[]
}

/** Thrown when a question cannot be interpreted with certainty. The message is one sentence for the person. */
export class CannotRead extends Error {}

/** Thrown when the data must tell which of several columns holds a text, or when they cannot tell and the person must. */
export class UnplacedValue extends Error {
  readonly text: string
  /** The columns that may hold it, the likeliest first. */
  readonly columns: readonly NamedColumn[]
  readonly isLookedUp: boolean

  constructor(text: string, columns: readonly NamedColumn[], isLookedUp: boolean) {
    super(`It is not known which column holds "${text}".`)
    this.text = text
    this.columns = columns
    this.isLookedUp = isLookedUp
  }
}

/** Thrown when a condition on a table's rows may be about several of its columns, and the person must say which. */
export class UnclearColumn extends Error {
  readonly mention: Mention
  readonly columns: readonly NamedColumn[]

  constructor(mention: Mention, columns: readonly NamedColumn[]) {
    super(`"${mention.text}" may be compared by several columns.`)
    this.mention = mention
    this.columns = columns
  }
}

/** Thrown when rows are ranked and nothing says by what; the person must choose one of the measures. */
export class UnclearRank extends Error {
  readonly measures: readonly string[]

  constructor(message: string, measures: readonly string[]) {
    super(message)
    this.measures = measures
  }
}

/** Path options that prefer joins whose columns the question mentions. */
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

/** By how much the question lowers the cost of a join. */
export function boostOf(context: PlanningContext, edge: JoinEdge): number {
  const { verbBoost, edgeBoosts, sales } = context
  const isSaid = isNamed(context, edge.from) || isNamed(context, edge.to) || isRole(context, edge)
  const sale = sales && isOfSale(edge) ? saleBoost : 0
  const found =
    edgeBoosts.get(edge) ?? Math.min(mostBoost, verbBoost(wordsOfEdge(edge)) + sale + (isSaid ? namedBoost : 0))
  edgeBoosts.set(edge, found)
  return found
}

/** Revenue is attributed to the buyer's side rather than to the supplier's. */
const isOfSale = (edge: JoinEdge): boolean =>
  [...edge.to.ways, ...wordsOfEdge(edge).map((w) => [w])].flat().some((word) => buyers.has(word))

/** "supplier nation": the table that owns a noun of the question leads to it. */
const isNamed = ({ draft, resolution }: PlanningContext, table: NamedTable): boolean =>
  draft.nouns.some((noun) => {
    const owner = isNoun(noun.anchor) ? resolution.targetOf(noun.anchor) : null
    return owner?.kind === 'table' && owner.table === table && resolution.tableOf(noun) !== table
  })

/** The key that a noun stands for ("supplier nation" is S_NATIONKEY), and the way to the table that holds it. */
const isRole = ({ draft, resolution }: PlanningContext, edge: JoinEdge): boolean =>
  draft.nouns.some((noun) => {
    const via = resolution.targetOf(noun)?.via
    return via !== undefined && (via === edge || via.from === edge.to)
  })
const namedBoost = 0.9
const mostBoost = 0.95
const buyers = new Set(['customer', 'client', 'buyer', 'order'])
const saleBoost = 0.6

function wordsOfEdge(edge: JoinEdge): readonly string[] {
  return edge.from.columns.filter((c) => edge.columns.includes(c.column.name)).flatMap((c) => c.ways.flat())
}
