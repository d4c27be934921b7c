import { isKeyWord } from '../../catalog/key-column.ts'
import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { singular } from '../../catalog/word-forms.ts'
import { tableOf } from '../linking/mention.ts'
import type { Candidate, ValueCandidate } from '../linking/mention.ts'
import { isNoun } from '../reading/draft.ts'
import type { AskedValue, Draft, Noun, NounRole } from '../reading/draft.ts'
import { isForeign, isKeyLike, isYear, labelsOf } from './table-roles.ts'

/** What a noun stands for, once settled. */
export type Target = Exclude<Candidate, ValueCandidate>

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
}

/** How much a perfect match is worth in joins. */
const matchWeight = 4
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
  return { ...first, rival: rivalOf(first, others, main) }
}

type Reading = Omit<Settled, 'rival'>

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
  return ask?.kind === 'measure' && ask.measure.noun === null && first?.subject === null && first.operand.kind === 'values'
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
  const known = new Map<NamedTable, Map<NamedTable, number>>()
  return (from, to) => {
    if (from === to) return 0
    const row = known.get(from) ?? new Map<NamedTable, number>()
    known.set(from, row)
    const price = row.get(to) ?? graph.path(from, to)?.price ?? unreachable
    row.set(to, price)
    return price
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
  let price = 0
  const settleNoun = (noun: Noun): Target | null => {
    const known = targets.get(noun)
    if (known !== undefined) return known
    targets.set(noun, null)
    const near = (noun.anchor === null ? null : tableFor(noun.anchor)) ?? centre
    const held = valuesHeld(noun, draft)
    const named = isNoun(noun.anchor) ? settleNoun(noun.anchor) : null
    const [best] = [...targetsOf(noun, graph), ...labelTargets(noun, named, near)]
      .map((target) => ({
        target,
        price:
          priceOf(noun, target, held) +
          distances(noun === main ? centre : near, tableOf(target)) * (noun === main ? 2 : 1),
      }))
      .sort((a, b) => a.price - b.price)
    price += (best?.price ?? 0) * (isQualifier(noun, draft) ? qualifierShare : 1)
    targets.set(noun, best?.target ?? null)
    return best?.target ?? null
  }
  const tableFor = (thing: Noun | AskedValue): NamedTable | null => {
    const target = isNoun(thing) ? settleNoun(thing) : chooseValue(thing, centre, distances, discount)?.candidate
    return target == null ? null : tableOf(target)
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

const isQualifier = (noun: Noun, draft: Draft): boolean =>
  noun.role === 'loose' && draft.nouns.some((n) => n.anchor === noun)

/** What a noun may stand for. A column that only points to another table stands for that table. */
function targetsOf(noun: Noun, graph: JoinGraph): readonly Target[] {
  return noun.mention.candidates.flatMap((candidate): readonly Target[] => {
    if (candidate.kind === 'value') return []
    if (candidate.kind !== 'column' || !pointsAway.has(noun.role) || !isForeign(candidate.column, graph)) return [candidate]
    const { column, score } = candidate
    if (!isOpaque(column, noun)) return keysPointedAt(column, graph, score) ?? [candidate]
    const parents = graph
      .stepsFrom(column.table)
      .filter((step) => step.up && step.edge.columns.includes(column.column.name))
    return parents.map((step) => ({ kind: 'table', table: step.edge.to, score: score * 0.98 }))
  })
}
/** "student ids" are those of students, whichever table refers to them; null where another name is used ("home team id"). */
function keysPointedAt(column: NamedColumn, graph: JoinGraph, score: number): readonly Target[] | null {
  if (column.kind !== 'number') return null
  const found = graph.stepsFrom(column.table).flatMap(({ up, edge }): readonly Target[] => {
    if (!up || !edge.columns.includes(column.column.name)) return []
    const key = edge.to.columns.find((c) => edge.targetColumns.includes(c.column.name))
    const isSame = key?.ways.some((way) => column.ways.some((w) => w.join(' ') === way.join(' ')))
    return key !== undefined && isSame === true ? [{ kind: 'column', column: key, score }] : []
  })
  return found.length === 0 ? null : found
}

const pointsAway = new Set<NounRole>(['ask', 'group', 'counted', 'entity', 'loose'])

/** "name" of something is what its rows are known by, whatever that column is called. */
function labelTargets(noun: Noun, named: Target | null, near: NamedTable): readonly Target[] {
  const isName = /^(?:names?|titles?)$/i.test(noun.mention.text)
  if (isName && named?.kind === 'column' && named.column.kind === 'text') return [{ ...named, score: 1.2 }]
  return isName ? labelsOf(near).map((column) => ({ kind: 'column', column, score: 0.95 })) : []
}

/** The columns known to hold the values that a noun is said to have. */
function valuesHeld(noun: Noun, draft: Draft): ReadonlySet<NamedColumn> {
  const columns = new Set<NamedColumn>()
  for (const { subject, operand } of draft.demands) {
    if (subject !== noun || operand.kind !== 'values') continue
    for (const value of operand.values)
      for (const c of value.mention?.candidates ?? []) if (c.kind === 'value') columns.add(c.column)
  }
  return columns
}

function priceOf(noun: Noun, target: Target, held: ReadonlySet<NamedColumn>): number {
  const best = noun.mention.candidates[0]?.score ?? 1
  const misfit = held.size > 0 && !holds(target, held) ? 2 : 0
  return matchWeight * (1 - target.score + (best - target.score)) + rolePrice(noun.role, target) + misfit
}

function holds(target: Target, held: ReadonlySet<NamedColumn>): boolean {
  if (target.kind === 'column') return held.has(target.column)
  return [...held].some((column) => column.table === tableOf(target))
}

/** What it costs to read a noun in some role as a table, a column or an amount. */
function rolePrice(role: NounRole, target: Target): number {
  if (target.kind === 'table')
    return {
      ask: 0.1,
      counted: 0,
      entity: 0,
      measure: 0.8,
      group: 0.05,
      numeric: 1.2,
      textual: 0.3,
      order: 0.5,
      loose: 0,
    }[role]
  if (target.kind === 'formula')
    return {
      ask: 0.1,
      counted: 1.5,
      entity: 2,
      measure: 0,
      group: 2.5,
      numeric: 0.2,
      textual: 2.5,
      order: 0,
      loose: 1,
    }[role]
  const { column } = target
  switch (role) {
    case 'ask':
      return 0
    case 'group':
      return column.kind === 'number' && isFloating(column) ? 0.4 : 0
    case 'counted':
      return 0.4
    case 'entity':
      return 0.3
    case 'loose':
      return 0.15
    case 'measure':
      return column.kind === 'number'
        ? keyPrice(column, 1.2)
        : column.kind === 'date' || column.kind === 'timestamp'
          ? 0.3
          : 1
    case 'order':
      return column.kind === 'number' || column.kind === 'date' || column.kind === 'timestamp'
        ? keyPrice(column, 0.4)
        : 0.2
    case 'numeric':
      return column.kind === 'number' ? keyPrice(column, 0.3) : column.kind === 'text' ? 0.9 : 0.1
    case 'textual':
      return column.kind === 'text' ? 0 : 0.6
  }
}

const keyPrice = (column: NamedColumn, price: number): number =>
  isKeyLike(column) ? price : isYear(column) ? price / 4 : 0

const isFloating = (column: NamedColumn): boolean => /float|double|real|,\s*[1-9]/i.test(column.column.type)

/** A column that only points to another table says nothing readable, unless its code was asked for. */
function isOpaque(column: NamedColumn, noun: Noun): boolean {
  const saysKey = noun.mention.text.split(' ').some((word) => isKeyWord(singular(word.toLowerCase())))
  return column.kind === 'number' && !saysKey
}

function rivalOf(first: Reading, others: readonly Reading[], main: Noun | null): Settled['rival'] {
  const chosen = main === null ? null : first.targetOf(main)
  const other = others.find((r) => r.price - first.price <= rivalMargin)
  const target = main === null ? null : (other?.targetOf(main) ?? null)
  if (main === null || chosen === null || target === null || tableOf(chosen) === tableOf(target)) return null
  return { noun: main, target, chosen }
}
