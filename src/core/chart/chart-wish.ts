import type { ChartKind } from '../../contract/result.ts'
import { whyNoWhole, type Candidate, type ChartFacts } from './chart-facts.ts'

const wishes: readonly (readonly [RegExp, ChartKind])[] = [
  [/\b(?:donut|doughnut|pie)\b/i, 'donut'],
  [/\bstacked\b/i, 'stacked-bar'],
  [/\b(?:grouped|clustered|side[ -]by[ -]side) (?:bar|column)s?\b/i, 'grouped-bar'],
  [/\bhorizontal bars?\b/i, 'horizontal-bar'],
  [/\b(?:bar|column) (?:chart|graph|plot|diagram)\b|\bas (?:bars|columns|a bar)\b/i, 'bar'],
  [/\barea (?:chart|graph|plot)\b|\bas an area\b/i, 'area'],
  [/\bscatter(?:plot| ?chart| ?graph)?\b/i, 'scatter'],
  [/\bline (?:chart|graph|plot|diagram)\b|\bas (?:a line|lines)\b/i, 'line'],
  [/\bas a table\b|\bin a table\b/i, 'table'],
]

/** The kind of chart that a question asks for in words ("as a donut"), or null. */
export const readChartWish = (question: string | null): ChartKind | null =>
  wishes.find(([words]) => words.test(question ?? ''))?.[1] ?? null

/** The kinds that fulfil a wish, the closest first: who asks for bars has no mind about their direction. */
const fulfilments: Partial<Record<ChartKind, readonly ChartKind[]>> = {
  bar: ['bar', 'horizontal-bar', 'grouped-bar', 'stacked-bar'],
  'horizontal-bar': ['horizontal-bar', 'bar'],
  'grouped-bar': ['grouped-bar', 'bar'],
  line: ['line', 'area'],
  area: ['area'],
}

/** The candidate, among those that the rules allow, that fulfils a wish; null where none does. */
export function fulfil(wish: ChartKind, candidates: readonly Candidate[]): Candidate | null {
  for (const kind of fulfilments[wish] ?? [wish]) {
    const found = candidates.find(({ allowed }) => allowed.includes(kind))
    if (found !== undefined) return { ...found, kind }
  }
  return null
}

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

/** Why a wish is not fulfilled. */
export function refusedWish(wish: ChartKind, chosen: Candidate, facts: ChartFacts): string {
  const why =
    chosen.kind === 'table'
      ? null
      : wish === 'donut'
        ? (whyNoWhole(facts, chosen.y) ?? 'it shows one number for each of a few parts')
        : needs[wish]
  return `not ${kindWords[wish]} as asked${why === null || why === undefined ? '' : `: ${why}`}`
}
