import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { tableOf } from '../linking/mention.ts'
import type { ValueCandidate } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { AskedValue, Draft, Noun } from '../reading/draft.ts'
import { unitFit } from '../../language/units.ts'
import { isQualifier, labelTargets, matchWeight, costOf, targetsOf, valuesHeld } from './target.ts'
import type { Target } from './target.ts'

/** The targets of all nouns and values of a question. */
export interface Resolution {
  targetOf(noun: Noun): Target | null
  /** The column and stored spelling of a value given without its column; null when no sampled column holds it. */
  valueOf(value: AskedValue): ValueCandidate | null
  /** The table of a noun, or the table whose rows have a value. */
  tableOf(thing: Noun | AskedValue): NamedTable | null
  readonly cost: number
  /** A second reading whose cost is nearly the same, or null. */
  readonly rival: { readonly noun: Noun; readonly target: Target; readonly chosen: Target } | null
  /** Nouns that several columns of one table match equally well. */
  readonly unclear: readonly { readonly noun: Noun; readonly columns: readonly NamedColumn[] }[]
}

/** How much cheaper a column becomes that is in a unit the question names. */
const unitWeight = 0.3
const unreachable = 6
const mostStartTables = 12
/** Readings whose costs differ by less are ambiguous. */
const rivalMargin = 0.05
/** Weight of a qualifier's cost: it only helps to choose. */
const qualifierShare = 0.3

/** How much more than a value a date follows the verb: "the year they joined". */
const doneWeight = 7
const isDateWord = ({ mention }: Noun): boolean => /^(?:years?|dates?)$/i.test(mention.text)

/** Resolves all nouns jointly, minimising match cost plus join distance. */
export function resolveNouns(
  draft: Draft,
  graph: JoinGraph,
  verbBoost: (words: readonly string[]) => number,
): Resolution | null {
  const main = mainNoun(draft)
  const distances = makeDistances(graph)
  const readings = startTablesOf(draft, main)
    .map((start) => readFrom(start, draft, main, graph, distances, verbBoost))
    .sort((a, b) => a.cost - b.cost)
  const [first, ...others] = readings
  if (first === undefined) return null
  return { ...first, rival: rivalOf(first, others, main), unclear: unclearOf(first, draft) }
}

type Reading = Omit<Resolution, 'rival' | 'unclear'> & { readonly ties: ReadonlyMap<Noun, readonly NamedColumn[]> }

/** The noun the question is about: the counted noun, the owner of what is shown, or what is shown. */
export function mainNoun(draft: Draft): Noun | null {
  if (countsValues(draft)) return null
  for (const ask of draft.asks) {
    const noun = ask.kind === 'noun' ? ask.noun : ask.kind === 'measure' ? ask.measure.noun : ask.of
    if (noun !== null) return isNoun(noun.anchor) ? noun.anchor : noun
  }
  return draft.ranking?.of ?? draft.nouns[0] ?? null
}

/** "How many refunds are there?" where "refund" is a stored value: the value tells what is counted. */
function countsValues({ asks, filters }: Draft): boolean {
  const [ask] = asks
  const [first] = filters
  return (
    ask?.kind === 'measure' && ask.measure.noun === null && first?.subject === null && first.operand.kind === 'values'
  )
}

function startTablesOf(draft: Draft, main: Noun | null): readonly NamedTable[] {
  const valuesOf = ({ operand }: Draft['filters'][number]) => (operand.kind === 'values' ? operand.values : [])
  const candidates =
    main === null
      ? draft.filters.flatMap(valuesOf).flatMap(({ mention }) => mention?.candidates ?? [])
      : main.mention.candidates
  return [...new Set<NamedTable>(candidates.map(tableOf))].slice(0, mostStartTables)
}

type Distances = (from: NamedTable, to: NamedTable) => number

function makeDistances(graph: JoinGraph): Distances {
  const known = new Map<NamedTable, ReadonlyMap<NamedTable, number>>()
  return (from, to) => {
    const costs = known.get(from) ?? graph.costsFrom(from)
    known.set(from, costs)
    return costs.get(to) ?? unreachable
  }
}

function readFrom(
  start: NamedTable,
  draft: Draft,
  main: Noun | null,
  graph: JoinGraph,
  distances: Distances,
  verbBoost: (words: readonly string[]) => number,
): Reading {
  const targets = new Map<Noun, Target | null>()
  const values = new Map<AskedValue, ValueCandidate | null>()
  const ties = new Map<Noun, readonly NamedColumn[]>()
  let cost = 0
  const resolveNoun = (noun: Noun): Target | null => {
    const known = targets.get(noun)
    if (known !== undefined) return known
    targets.set(noun, null)
    const near = (noun.anchor === null ? null : tableFor(noun.anchor)) ?? start
    const held = valuesHeld(noun, draft)
    const named = isNoun(noun.anchor) ? resolveNoun(noun.anchor) : null
    const options = [...targetsOf(noun, graph), ...labelTargets(noun, named, near, graph)]
      .map((target) => ({
        target,
        cost:
          costOf(noun, target, held) -
          unitWeight * unitFit(target.kind === 'column' ? target.column.ways.flat() : [], draft.units) -
          (target.kind === 'column' && isDateWord(noun) ? doneWeight * verbBoost(target.column.ways.flat()) : 0) +
          distances(noun === main ? start : near, tableOf(target)) * (noun === main ? 2 : 1),
      }))
      .sort((a, b) => a.cost - b.cost)
    const [best] = options
    ties.set(noun, tiedColumns(options))
    cost += (best?.cost ?? 0) * (isQualifier(noun, draft) ? qualifierShare : 1)
    targets.set(noun, best?.target ?? null)
    return best?.target ?? null
  }
  const tableFor = (thing: Noun | AskedValue): NamedTable | null => {
    const target = isNoun(thing) ? resolveNoun(thing) : chooseValue(thing, start, distances, verbBoost)?.candidate
    return target === null || target === undefined ? null : tableOf(target)
  }
  for (const noun of draft.nouns) resolveNoun(noun)
  for (const filter of draft.filters) {
    const about = (filter.about === null ? null : tableFor(filter.about)) ?? start
    for (const value of filter.operand.kind === 'values' ? filter.operand.values : []) {
      const chosen = chooseValue(value, about, distances, verbBoost)
      cost += filter.subject === null ? (chosen?.cost ?? 0) : 0
      values.set(value, chosen?.candidate ?? null)
    }
  }
  for (const { left, right } of draft.compared)
    for (const value of [left, right])
      if (!isNoun(value)) values.set(value, chooseValue(value, start, distances, verbBoost)?.candidate ?? null)
  return {
    cost,
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
  verbBoost: (words: readonly string[]) => number,
): { readonly candidate: ValueCandidate; readonly cost: number } | null {
  const [best] = (value.mention?.candidates ?? [])
    .filter((c): c is ValueCandidate => c.kind === 'value')
    .map((candidate) => ({
      candidate,
      cost:
        (matchWeight / 2) * (1 - candidate.score) +
        distances(about, candidate.column.table) -
        verbBoost(candidate.column.ways.flat()),
    }))
    .sort((a, b) => a.cost - b.cost)
  return best ?? null
}

function rivalOf(first: Reading, others: readonly Reading[], main: Noun | null): Resolution['rival'] {
  const chosen = main === null ? null : first.targetOf(main)
  const other = others.find((r) => r.cost - first.cost <= rivalMargin)
  const target = main === null ? null : (other?.targetOf(main) ?? null)
  if (main === null || chosen === null || target === null || tableOf(chosen) === tableOf(target)) return null
  return { noun: main, target, chosen }
}

interface CostedTarget {
  readonly target: Target
  readonly cost: number
}

/** The columns of one table that match some words equally well, if none matches perfectly. */
function tiedColumns([first, ...others]: readonly CostedTarget[]): readonly NamedColumn[] {
  if (first?.target.kind !== 'column' || first.target.score >= 0.9) return []
  const { table } = first.target.column
  const rest = others.flatMap(({ target, cost }) =>
    target.kind === 'column' && target.column.table === table && cost - first.cost < 0.02 ? [target.column] : [],
  )
  return rest.length === 0 ? [] : [first.target.column, ...rest]
}

/** Ties that no other noun of the question breaks by naming one of the columns. */
function unclearOf({ ties, targetOf }: Reading, draft: Draft): Resolution['unclear'] {
  return [...ties].flatMap(([noun, columns]) => {
    const isTold = draft.nouns.some((other) => {
      const target = other === noun ? null : targetOf(other)
      return target?.kind === 'column' && target.score >= 0.9 && columns.includes(target.column)
    })
    return columns.length > 1 && !isTold && !isQualifier(noun, draft) ? [{ noun, columns }] : []
  })
}
