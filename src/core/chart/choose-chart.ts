import type { Cell, ChartChoice, ChartKind, Column } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { capitalised } from '../sentences.ts'
import { type Candidate, type ChartFacts, measuresOf, tableOnly, whyNoWhole } from './chart-facts.ts'
import { chartRules } from './chart-rules.ts'
import { readColumnRoles } from './column-roles.ts'
import { addsUp } from './measure-kind.ts'
import { bucketOf, type Calendar, unfinishedPeriods } from './unfinished-periods.ts'

export interface ChartQuestion {
  readonly columns: readonly Column[]
  /** All rows, or the first of `rowCount`. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly question: string | null
  /** A kind the writer or the person prefers; used only if it suits the result. Without one the words of the question are read. */
  readonly wish: ChartKind | null
  /** What the query's syntax tree says of its result; without it names and rows alone decide. */
  readonly outline?: QueryOutline | null
  /** The day of asking and the span of the data, by which unfinished periods are marked. */
  readonly calendar?: Calendar
}

/** Chooses a chart by fixed rules over columns and rows, the same for every writer. Does not draw. */
export function chooseChart(asked: ChartQuestion): ChartChoice {
  const { columns, rows, rowCount, truncated, question, outline = null } = asked
  const facts: ChartFacts = {
    columns,
    roles: readColumnRoles(columns, rows, outline),
    rows,
    rowCount,
    truncated,
    outline,
    asksForShare: question !== null && sharePattern.test(question),
  }
  const candidates = chartRules.flatMap((rule) => rule(facts) ?? [])
  const first = candidates[0] ?? tableOnly('no chart suits these columns')
  const wish = asked.wish ?? readChartWish(question)
  const wished = wish === null ? null : fulfil(wish, first.kind === 'table' ? [first] : candidates)
  const candidate = wished ?? first
  const choice = candidate.kind === 'table' ? { ...tableOnly(first.reason), allowed: candidate.allowed } : candidate
  const about = truncated && choice.kind !== 'table' ? `${choice.reason}, of the rows shown` : choice.reason
  const unmet = wish === null ? unknownWish(question) : wished === null ? [refusedWish(wish, first, facts)] : []
  const unfinished = unfinishedCells(asked, choice)
  const adds = measuresOf(facts).filter((position) => addsUp(columns[position], position, outline))
  return {
    ...choice,
    ...(choice.kind === 'table' || adds.length === 0 ? {} : { adds }),
    ...(unfinished.length === 0 ? {} : { unfinished }),
    reason: wished !== null && wished.kind !== 'table' ? `${about}, as asked` : [about, ...unmet].join('; '),
    title: chartTitle({ columns, outline, x: drawnBy(choice), y: choice.y, question }),
  }
}

const drawnBy = ({ x, labels = [], series }: Candidate): readonly (number | null)[] => [x, ...labels, series]

const sharePattern = /\b(?:shares?|percent(?:age)?s?|proportions?)\b|%/i

/** The periods along the axis, or of the series, that are not whole in the data. */
function unfinishedCells(
  { columns, rows, outline = null, calendar }: ChartQuestion,
  { x, kind }: Pick<ChartChoice, 'x' | 'kind'>,
): Cell[] {
  const column = columns[x ?? -1]
  if (x === null || column === undefined || calendar === undefined || kind === 'scatter') return []
  const cells = rows.map((row) => row[x] ?? null)
  return unfinishedPeriods(cells, bucketOf(column, x, outline), calendar).map(({ cell }) => cell)
}

interface TitleParts {
  readonly columns: readonly Column[]
  readonly outline: QueryOutline | null
  /** What the measures are drawn by. */
  readonly x: readonly (number | null)[]
  readonly y: readonly number[]
  readonly question: string | null
}

/** "Total spent by name": the charted columns in words, or the question when their names are meaningless. */
function chartTitle({ columns, outline, x, y, question }: TitleParts): string {
  const wordsAt = (position: number): string | null =>
    outline?.outputs?.[position]?.words ?? columnWords(columns[position]?.name ?? '')
  const measures = y.map(wordsAt)
  if (y.length === 0 || measures.includes(null)) return fromQuestion(question)
  const drawnBy = x.flatMap((position) => (position === null || columns[position] === undefined ? [] : [position]))
  const names = drawnBy.flatMap((position) => columns[position]?.name ?? [])
  const words = drawnBy.flatMap((position) => wordsAt(position) ?? [])
  // Two columns called alike in words, as N_NAME and R_NAME, are told apart by their own names.
  const by = new Set(words).size < words.length ? names : words
  const told = measures.join(', ')
  return capitalised(by.length === 0 ? told : `${told} by ${by.join(' and ')}`)
}

const fromQuestion = (question: string | null) => {
  const asked = (question ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[?.! ]+$/, '')
  return asked === '' ? 'Result' : capitalised(asked.length > 80 ? `${asked.slice(0, 79).trimEnd()}…` : asked)
}

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
const readChartWish = (question: string | null): ChartKind | null =>
  wishes.find(([words]) => words.test(question ?? ''))?.[1] ?? null

const unknownKinds = new RegExp(
  String.raw`\b(?:as an? (?<as>KINDS)\b|(?<named>KINDS)(?: chart| plot| graph| diagram)\b)`.replaceAll(
    'KINDS',
    String.raw`heat ?map|histogram|tree ?map|radar|box ?plot|funnel|gauge|bubble|waterfall|sankey|gantt|map|candlestick|word cloud`,
  ),
  'i',
)

/** What is said where a question asks for a kind of picture that is not drawn here; nothing where it asks for none. */
function unknownWish(question: string | null): readonly string[] {
  const { as, named } = unknownKinds.exec(question ?? '')?.groups ?? {}
  const kind = as ?? named
  return kind === undefined
    ? []
    : [`not a ${kind.toLowerCase()} as asked: charts here are lines, areas, bars, donuts and scatters`]
}

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
function refusedWish(wish: ChartKind, chosen: Candidate, facts: ChartFacts): string {
  const why =
    chosen.kind === 'table'
      ? null
      : wish === 'donut'
        ? (whyNoWhole(facts, chosen.y) ?? 'it shows one number for each of a few parts')
        : needs[wish]
  return `not ${kindWords[wish]} as asked${why === null || why === undefined ? '' : `: ${why}`}`
}
