import type { ChartKind } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import type { ChartWish } from '../language/chart-words.ts'
import {
  areAll,
  distinct,
  isUnique,
  measuresOf,
  noneNegative,
  positionsOf,
  stacks,
  tableOnly,
  whyNoWhole,
  type Candidate,
  type ChartFacts,
} from './chart-facts.ts'
import { mostPanels, mostRows, told } from './chart-rules.ts'

interface Wishes {
  /** What the words of the question ask for. */
  readonly spoken: ChartWish | null
  /** What the writer holds for the best; only taken where the question does not say. */
  readonly suggested: ChartKind | null
}

interface MetWish {
  readonly chosen: Candidate
  /** Whether it is what the question asks for. */
  readonly isMet: boolean
  /** What of the wish is not met: what is drawn instead, and why. */
  readonly unmet: readonly string[]
}

/** Chooses among the candidates of the rules by what is wished, where that tells the truth about the result. */
export function meetWish(facts: ChartFacts, candidates: readonly Candidate[], { spoken, suggested }: Wishes): MetWish {
  const [first = tableOnly('no rule draws these columns')] = candidates
  if (spoken === null)
    return { chosen: (suggested === null ? null : fulfil(suggested, candidates)) ?? first, isMet: false, unmet: [] }
  const { kind, unknown, panels } = spoken
  if (kind === 'table') return asTable(first)
  const small = panels === null ? null : asPanels(facts, panels.by)
  const isSmall = small !== null && typeof small !== 'string'
  const wished = kind === null ? null : fulfil(kind, isSmall ? [small] : candidates)
  const chosen = wished ?? (isSmall ? small : first)
  return {
    chosen,
    isMet: wished !== null || isSmall,
    unmet: [
      ...(typeof small === 'string' ? [`no small charts as asked: ${small}`] : []),
      ...(kind !== null && wished === null ? [refused(kind, chosen, facts)] : []),
      ...(unknown === null ? [] : [`${kindWords[chosen.kind]}, not a ${unknown} as asked: ${drawnHere}`]),
    ],
  }
}

const drawnHere = 'charts here are lines, areas, bars, donuts and scatters'

/** A result that could be drawn, as the table that is asked for. */
const asTable = (first: Candidate): MetWish =>
  first.kind === 'table'
    ? { chosen: first, isMet: false, unmet: [] }
    : { chosen: { ...first, kind: 'table', reason: 'a table' }, isMet: true, unmet: [] }

const bars: readonly ChartKind[] = ['bar', 'horizontal-bar', 'grouped-bar', 'stacked-bar']

/** The kinds that fulfil a wish, the closest first: who asks for bars has no mind about their direction. */
const fulfilments: Partial<Record<ChartKind, readonly ChartKind[]>> = {
  bar: bars,
  'horizontal-bar': ['horizontal-bar', 'bar'],
  'grouped-bar': ['grouped-bar', 'bar'],
  line: ['line', 'area'],
  area: ['area'],
}

/** The candidate, among those that the rules allow, that fulfils a wish; null where none does. */
function fulfil(wish: ChartKind, candidates: readonly Candidate[]): Candidate | null {
  const [first] = candidates
  // Bars are bars: the rule has chosen how they stand.
  if (wish === 'bar' && first !== undefined && bars.includes(first.kind)) return first
  for (const kind of fulfilments[wish] ?? [wish]) {
    const found = candidates.find(({ allowed }) => allowed.includes(kind))
    if (found !== undefined) return { ...found, kind }
  }
  return null
}

/** More small charts than this are not what anybody looks through, even if only the highest are drawn. */
const mostAsked = 4 * mostPanels

/** A small chart for each value of a column, in place of series in one; or why there are none. */
function asPanels(facts: ChartFacts, by: readonly string[]): Candidate | string {
  const names = positionsOf(facts, 'time', 'category', 'period')
  const named = columnNamed(facts, names, by)
  const measures = measuresOf(facts)
  if (facts.rows.length > mostRows || measures.length === 0) return 'there is nothing that could be drawn'
  const [one, other, more] = names
  if (one !== undefined && other === undefined && measures.length > 1 && isUnique(facts, [one]))
    return ofMeasures(facts, one)
  if (one === undefined || other === undefined) return 'no second column splits the values'
  if (more !== undefined) return 'more than two columns name the values'
  const [x, series] = named === one ? [other, one] : named === other ? [one, other] : usualPair(facts, one, other)
  if (!isUnique(facts, [x, series])) return 'several rows stand at the same place'
  const count = distinct(facts, series)
  if (isUnique(facts, [series]) || count < 2) return 'each would hold a single value, or all of them'
  if (count > mostAsked) return `${count} of them are too many`
  const y = measures.slice(0, 1)
  const about = facts.roles[x] === 'time' ? 'a measure over time' : 'a measure by category'
  return {
    ...smallKinds(facts, x, y),
    x,
    y,
    series,
    panels: true,
    ...(count > mostPanels && areAll(facts) && stacks(facts, y) ? { other: true } : {}),
    reason: told(facts, `${about}, a small chart for each ${wordsAt(facts, series)}`, [x, series, ...y]),
  }
}

/** A small chart for each measure. */
function ofMeasures(facts: ChartFacts, x: number): Candidate {
  const y = measuresOf(facts).slice(0, 8)
  const reason = told(facts, 'measures beside each other, a small chart for each', [x, ...y])
  return { ...smallKinds(facts, x, y), x, y, series: null, panels: true, reason }
}

function smallKinds(facts: ChartFacts, x: number, y: readonly number[]): Pick<Candidate, 'kind' | 'allowed'> {
  const isOrdered = facts.roles[x] !== 'category' && distinct(facts, x) > 2
  const areas = isOrdered && noneNegative(facts, y) ? (['area'] as const) : []
  const allowed: readonly ChartKind[] = [...(isOrdered ? (['line', ...areas] as const) : []), 'grouped-bar', 'table']
  return { kind: allowed[0] ?? 'grouped-bar', allowed: [...allowed] }
}

const wordsAt = ({ columns, outline }: ChartFacts, position: number): string =>
  outline?.outputs?.[position]?.words ?? columnWords(columns[position]?.name ?? '') ?? 'group'

/** Time lies along the axis; of two columns of names the one with fewer has the small charts. */
function usualPair(facts: ChartFacts, one: number, other: number): readonly [x: number, series: number] {
  const isTime = (position: number): boolean => facts.roles[position] === 'time'
  if (isTime(one) !== isTime(other)) return isTime(one) ? [one, other] : [other, one]
  return distinct(facts, other) <= distinct(facts, one) ? [one, other] : [other, one]
}

/** The column that words of the question name; null where none or several are named equally well. */
function columnNamed(facts: ChartFacts, positions: readonly number[], by: readonly string[]): number | null {
  const wanted = new Set(by.map(singular))
  const scores = positions.map((position) => {
    const words = `${wordsAt(facts, position)} ${facts.columns[position]?.name ?? ''}`.toLowerCase().split(/[\s_."]+/)
    return { position, score: new Set(words.map(singular).filter((word) => wanted.has(word))).size }
  })
  const [best, second] = scores.toSorted((a, b) => b.score - a.score)
  return best === undefined || best.score === 0 || best.score === second?.score ? null : best.position
}

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/(?<=\w{2})s$/, '')

const kindWords: Readonly<Record<ChartKind, string>> = {
  kpi: 'one number',
  table: 'a table',
  line: 'a line',
  area: 'an area',
  bar: 'bars',
  'horizontal-bar': 'bars',
  'stacked-bar': 'stacked bars',
  'grouped-bar': 'grouped bars',
  donut: 'a donut',
  scatter: 'a scatter',
}

const needs: Partial<Record<ChartKind, string>> = {
  line: 'a line needs dates or periods in order',
  area: 'an area needs dates in order and no negative number',
  scatter: 'a scatter needs two numbers in each row',
  'stacked-bar': 'stacked bars need two groups and numbers that add up',
  'grouped-bar': 'grouped bars need two groups',
}

/** What is drawn in place of a wish, and why. */
function refused(wish: ChartKind, chosen: Candidate, facts: ChartFacts): string {
  const why =
    chosen.kind === 'table'
      ? null
      : chosen.panels === true
        ? 'small charts are lines, areas or bars'
        : wish === 'donut'
          ? (whyNoWhole(facts, chosen.y) ?? 'it shows one number for each of a few parts')
          : needs[wish]
  return `${kindWords[chosen.kind]}, not ${kindWords[wish]} as asked${why === null || why === undefined ? '' : `: ${why}`}`
}
