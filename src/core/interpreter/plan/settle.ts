import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { tableOf } from '../linking/mention.ts'
import type { ValueCandidate } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { AskedValue, Draft, Noun } from '../reading/draft.ts'
import { isQualifier, labelTargets, matchWeight, priceOf, targetsOf, valuesHeld } from './target.ts'
import type { Target } from './target.ts'

/** What every noun and every value of a question stands for. */
export interface Settled {
  targetOf(noun: Noun): Target | null
  /** The column and spelling of a value said without its column; null where nothing is known to hold it. */
  valueOf(value: AskedValue): ValueCandidate | null
  /** The table of a thing, or of the things that have a value. */
  tableOf(thing: Noun | AskedValue): NamedTable | null
  readonly price: number
  /** Another way to read the question that is nearly as good, or null. */
  readonly rival: { readonly noun: Noun; readonly target: Target; readonly chosen: Target } | null
  /** Words that several columns of one table answer to equally well. */
  readonly unclear: readonly { readonly noun: Noun; readonly columns: readonly NamedColumn[] }[]
}

const unreachable = 6
const centres = 12
/** Readings closer together than this are both possible. */
const rivalMargin = 0.05
/** A noun standing before another one only helps to choose. */
const qualifierShare = 0.3

/** Settles all nouns together: each stands for what it matches well and what lies near the rest. */
export function settle(draft: Draft, graph: JoinGraph, discount: (words: readonly string[]) => number): Settled | null {
  const main = mainNoun(draft)
  const distances = makeDistances(graph)
  const readings = centresOf(draft, main)
    .map((centre) => readFrom(centre, draft, main, graph, distances, discount))
    .sort((a, b) => a.price - b.price)
  const [first, ...others] = readings
  if (first === undefined) return null
  return { ...first, rival: rivalOf(first, others, main), unclear: unclearOf(first, draft) }
}

type Reading = Omit<Settled, 'rival' | 'unclear'> & { readonly ties: ReadonlyMap<Noun, readonly NamedColumn[]> }

/** The noun the question is about: what is counted, whose the asks are, or what is asked for. */
export function mainNoun(draft: Draft): Noun | null {
  if (countsValues(draft)) return null
  for (const ask of draft.asks) {
    const noun = ask.kind === 'noun' ? ask.noun : ask.kind === 'measure' ? ask.measure.noun : ask.of
    if (noun !== null) return isNoun(noun.anchor) ? noun.anchor : noun
  }
  return draft.ranking?.of ?? draft.nouns[0] ?? null
}

/** "How many dogs are there?": what is counted is told by a value. */
function countsValues({ asks, demands }: Draft): boolean {
  const [ask] = asks
  const [first] = demands
  return (
    ask?.kind === 'measure' && ask.measure.noun === null && first?.subject === null && first.operand.kind === 'values'
  )
}

function centresOf(draft: Draft, main: Noun | null): readonly NamedTable[] {
  const candidates = main === null ? [] : main.mention.candidates
  const tables = new Set(candidates.map(tableOf))
  if (main === null) {
    for (const demand of draft.demands) {
      if (demand.operand.kind === 'values')
        for (const v of demand.operand.values) for (const c of v.mention?.candidates ?? []) tables.add(tableOf(c))
    }
  }
  return [...tables].slice(0, centres)
}

type Distances = (from: NamedTable, to: NamedTable) => number

function makeDistances(graph: JoinGraph): Distances {
  const known = new Map<NamedTable, ReadonlyMap<NamedTable, number>>()
  return (from, to) => {
    const prices = known.get(from) ?? graph.pricesFrom(from)
    known.set(from, prices)
    return prices.get(to) ?? unreachable
  }
}

function readFrom(
  centre: NamedTable,
  draft: Draft,
  main: Noun | null,
  graph: JoinGraph,
  distances: Distances,
  discount: (words: readonly string[]) => number,
): Reading {
  const targets = new Map<Noun, Target | null>()
  const values = new Map<AskedValue, ValueCandidate | null>()
  const ties = new Map<Noun, readonly NamedColumn[]>()
  let price = 0
  const settleNoun = (noun: Noun): Target | null => {
    const known = targets.get(noun)
    if (known !== undefined) return known
    targets.set(noun, null)
    const near = (noun.anchor === null ? null : tableFor(noun.anchor)) ?? centre
    const held = valuesHeld(noun, draft)
    const named = isNoun(noun.anchor) ? settleNoun(noun.anchor) : null
    const priced = [...targetsOf(noun, graph), ...labelTargets(noun, named, near)]
      .map((target) => ({
        target,
        price:
          priceOf(noun, target, held) +
          distances(noun === main ? centre : near, tableOf(target)) * (noun === main ? 2 : 1),
      }))
      .sort((a, b) => a.price - b.price)
    const [best] = priced
    ties.set(noun, tiedColumns(priced))
    price += (best?.price ?? 0) * (isQualifier(noun, draft) ? qualifierShare : 1)
    targets.set(noun, best?.target ?? null)
    return best?.target ?? null
  }
  const tableFor = (thing: Noun | AskedValue): NamedTable | null => {
    const target = isNoun(thing) ? settleNoun(thing) : chooseValue(thing, centre, distances, discount)?.candidate
    return target === null || target === undefined ? null : tableOf(target)
  }
  for (const noun of draft.nouns) settleNoun(noun)
  for (const demand of draft.demands) {
    const about = (demand.about === null ? null : tableFor(demand.about)) ?? centre
    for (const value of demand.operand.kind === 'values' ? demand.operand.values : []) {
      const chosen = chooseValue(value, about, distances, discount)
      price += demand.subject === null ? (chosen?.price ?? 0) : 0
      values.set(value, chosen?.candidate ?? null)
    }
  }
  return {
    price,
    targetOf: (noun) => targets.get(noun) ?? null,
    valueOf: (value) => values.get(value) ?? null,
    tableOf: tableFor,
    ties,
  }
}

function chooseValue(
  value: AskedValue,
  about: NamedTable,
  distances: Distances,
  discount: (words: readonly string[]) => number,
): { readonly candidate: ValueCandidate; readonly price: number } | null {
  const [best] = (value.mention?.candidates ?? [])
    .filter((c): c is ValueCandidate => c.kind === 'value')
    .map((candidate) => ({
      candidate,
      price:
        (matchWeight / 2) * (1 - candidate.score) +
        distances(about, candidate.column.table) -
        discount(candidate.column.ways.flat()),
    }))
    .sort((a, b) => a.price - b.price)
  return best ?? null
}

function rivalOf(first: Reading, others: readonly Reading[], main: Noun | null): Settled['rival'] {
  const chosen = main === null ? null : first.targetOf(main)
  const other = others.find((r) => r.price - first.price <= rivalMargin)
  const target = main === null ? null : (other?.targetOf(main) ?? null)
  if (main === null || chosen === null || target === null || tableOf(chosen) === tableOf(target)) return null
  return { noun: main, target, chosen }
}

interface Priced {
  readonly target: Target
  readonly price: number
}

/** The columns of one table that match some words no better than each other, and none perfectly. */
function tiedColumns([first, ...others]: readonly Priced[]): readonly NamedColumn[] {
  if (first?.target.kind !== 'column' || first.target.score >= 0.9) return []
  const { table } = first.target.column
  const rest = others.flatMap(({ target, price }) =>
    target.kind === 'column' && target.column.table === table && price - first.price < 0.02 ? [target.column] : [],
  )
  return rest.length === 0 ? [] : [first.target.column, ...rest]
}

/** Ties that the rest of the question does not break by naming one of the columns. */
function unclearOf({ ties, targetOf }: Reading, draft: Draft): Settled['unclear'] {
  return [...ties].flatMap(([noun, columns]) => {
    const isTold = draft.nouns.some((other) => {
      const target = other === noun ? null : targetOf(other)
      return target?.kind === 'column' && target.score >= 0.9 && columns.includes(target.column)
    })
    return columns.length > 1 && !isTold && !isQualifier(noun, draft) ? [{ noun, columns }] : []
  })
}
