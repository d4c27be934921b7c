import type { Cell, ChartChoice, ChartKind, Column } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { capitalised } from '../sentences.ts'
import { readChartWish } from '../language/chart-words.ts'
import { type Candidate, type ChartFacts, measuresOf } from './chart-facts.ts'
import { candidatesOf } from './chart-rules.ts'
import { readColumnRoles } from './column-roles.ts'
import { addsUp } from './measure-kind.ts'
import { meetWish } from './meet-wish.ts'
import { bucketOf, type Calendar, unfinishedPeriods } from './unfinished-periods.ts'

export interface ChartQuestion {
  readonly columns: readonly Column[]
  /** All rows, or the first of `rowCount`. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly question: string | null
  /** A kind the writer prefers: used where it suits the result and the words of the question ask for none. */
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
  const spoken = question === null ? null : readChartWish(question)
  const { chosen: choice, isMet, unmet } = meetWish(facts, candidatesOf(facts), { spoken, suggested: asked.wish })
  const about = truncated && choice.kind !== 'table' ? `${choice.reason}, of the rows shown` : choice.reason
  const unfinished = unfinishedCells(asked, choice)
  const adds = measuresOf(facts).filter((position) => addsUp(columns[position], position, outline))
  return {
    ...choice,
    ...(choice.y.length === 0 || adds.length === 0 ? {} : { adds }),
    ...(unfinished.length === 0 ? {} : { unfinished }),
    reason: [isMet ? `${about}, as asked` : about, ...unmet].join('; '),
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
  const names = drawnBy.flatMap((position) => (wordsAt(position) === null ? [] : (columns[position]?.name ?? [])))
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
