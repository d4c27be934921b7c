import { capitalised } from '../sentences.ts'
import type { Cell, ChartChoice, ChartKind, Column } from '../../contract/result.ts'
import { chartRules, tableOnly } from './chart-rules.ts'
import { readColumnRoles } from './column-roles.ts'
import { columnWords } from './column-words.ts'

export interface ChartQuestion {
  readonly columns: readonly Column[]
  /** All rows, or the first of `rowCount`. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly question: string | null
  /** A kind the writer or the person prefers; used only if it suits the result. */
  readonly wish: ChartKind | null
}

/** Chooses a chart by fixed rules over columns and rows, the same for every writer. Does not draw. */
export function chooseChart(asked: ChartQuestion): ChartChoice {
  const { columns, rows, rowCount, truncated, question, wish } = asked
  const facts = {
    columns,
    roles: readColumnRoles(columns, rows),
    rows,
    rowCount,
    truncated,
    asksForShare: question !== null && sharePattern.test(question),
  }
  const candidate = firstOf(chartRules, (rule) => rule(facts)) ?? tableOnly('no chart suits these columns')
  const kind = wish !== null && candidate.allowed.includes(wish) ? wish : candidate.kind
  const choice =
    kind === 'table' ? { ...tableOnly(candidate.reason), allowed: candidate.allowed } : { ...candidate, kind }
  const reason = truncated && kind !== 'table' ? `${choice.reason}, of the rows shown` : choice.reason
  return {
    ...choice,
    reason,
    title: chartTitle({ columns, x: choice.x, y: choice.y, series: choice.series, question }),
  }
}

const sharePattern = /\b(?:shares?|percent(?:age)?s?|proportions?)\b|%/i

function firstOf<T, R>(items: readonly T[], pick: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = pick(item)
    if (found !== null) return found
  }
  return null
}

interface TitleParts {
  readonly columns: readonly Column[]
  readonly x: number | null
  readonly y: readonly number[]
  readonly series: number | null
  readonly question: string | null
}

/** "Total spent by name": the charted columns in words, or the question when their names are meaningless. */
function chartTitle({ columns, x, y, series, question }: TitleParts): string {
  const measures = y.map((position) => columnWords(columns[position]?.name ?? ''))
  if (y.length === 0 || measures.includes(null)) return fromQuestion(question)
  const by = [x, series].flatMap((position) => columnWords(columns[position ?? -1]?.name ?? '') ?? [])
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
