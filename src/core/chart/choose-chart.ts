import { capitalised } from '../sentences.ts'
import type { Cell, ChartChoice, ChartKind, Column } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { tableOnly, type ChartFacts } from './chart-facts.ts'
import { chartRules } from './chart-rules.ts'
import { fulfil, readChartWish, refusedWish } from './chart-wish.ts'
import { readColumnRoles } from './column-roles.ts'
import { bucketOf, unfinishedPeriods, type Calendar } from './unfinished-periods.ts'

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
  const reasons = [
    truncated && choice.kind !== 'table' ? `${choice.reason}, of the rows shown` : choice.reason,
    ...(wish !== null && wished === null ? [refusedWish(wish, first, facts)] : []),
  ]
  const unfinished = unfinishedCells(asked, choice)
  return {
    ...choice,
    ...(unfinished.length === 0 ? {} : { unfinished }),
    reason: wished !== null && wished.kind !== 'table' ? `${reasons[0] ?? ''}, as asked` : reasons.join('; '),
    title: chartTitle({ columns, x: [choice.x, ...(choice.labels ?? []), choice.series], y: choice.y, question }),
  }
}

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
  /** What the measures are drawn by. */
  readonly x: readonly (number | null)[]
  readonly y: readonly number[]
  readonly question: string | null
}

/** "Total spent by name": the charted columns in words, or the question when their names are meaningless. */
function chartTitle({ columns, x, y, question }: TitleParts): string {
  const measures = y.map((position) => columnWords(columns[position]?.name ?? ''))
  if (y.length === 0 || measures.includes(null)) return fromQuestion(question)
  const names = x.flatMap((position) => columns[position ?? -1]?.name ?? [])
  const words = names.flatMap((name) => columnWords(name) ?? [])
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
