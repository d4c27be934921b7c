import type { Cell, Column } from '../../contract/result.ts'
import { namesYears, periodUnitOf, type PeriodUnit } from '../../contract/words/columns.ts'
import type { QueryOutline } from '../explain/query-outline.ts'

/** The first and the last day of the data behind a column of periods, `YYYY-MM-DD`. */
export interface DataSpan {
  readonly first: string
  readonly last: string
}

/** What is known of the calendar beside a result. */
export interface Calendar {
  /** The day on which the question was asked, `YYYY-MM-DD`; null when it does not matter. */
  readonly today: string | null
  /** Null where nobody asked the data. */
  readonly span: DataSpan | null
}

/** A period that holds less than its part of the calendar. */
export interface UnfinishedPeriod {
  /** The cell that names it. */
  readonly cell: Cell
  readonly unit: PeriodUnit
  /** `begins`: the data begins within it; `ends`: the data ends within it; `runs`: the day of asking lies within it. */
  readonly why: 'begins' | 'ends' | 'runs'
  /** The day on which the data begins or ends; null for a period that still runs. */
  readonly day: string | null
}

/** The part of the calendar that the values of a column stand for, or null. */
export function bucketOf(column: Column, position: number, outline: QueryOutline | null): PeriodUnit | null {
  const output = outline?.outputs?.[position]
  if (output?.bucket !== undefined && output.bucket !== null) return output.bucket
  if (column.kind === 'number') return namesYears(column.name) ? 'year' : null
  if (column.kind !== 'date' && column.kind !== 'timestamp') return null
  return periodUnitOf(column.name)
}

const dayMs = 86_400_000
/** A share of a period that may lack data without being worth a word: a year whose last day is a holiday is whole. */
const allowedGap = 0.03

/** The first and the last period of a column, where they are not whole in the data. */
export function unfinishedPeriods(
  cells: readonly Cell[],
  unit: PeriodUnit | null,
  calendar: Calendar,
): readonly UnfinishedPeriod[] {
  if (unit === null) return []
  const known = cells.filter((cell) => cell !== null)
  const periods = known.flatMap((cell) => {
    const startMs = startOf(cell, unit)
    return startMs === null ? [] : [{ cell, unit, startMs, endMs: endOf(startMs, unit) }]
  })
  const inTime = periods.toSorted((a, b) => a.startMs - b.startMs)
  const [first, last] = [inTime[0], inTime.at(-1)]
  if (first === undefined || last === undefined || periods.length < known.length) return []
  const begins = whyBegins(first, calendar)
  const ends = first === last && begins !== null ? null : whyEnds(last, calendar)
  return [
    ...(begins === null ? [] : [{ cell: first.cell, unit, ...begins }]),
    ...(ends === null ? [] : [{ cell: last.cell, unit, ...ends }]),
  ]
}

interface Period {
  readonly startMs: number
  readonly endMs: number
}

type Reason = Pick<UnfinishedPeriod, 'why' | 'day'>

const allowedMs = ({ startMs, endMs }: Period): number => (endMs - startMs) * allowedGap

/** The data begins well within the first period. */
function whyBegins(period: Period, { span }: Calendar): Reason | null {
  const dayMsOf = dayOf(span?.first ?? null)
  if (span === null || dayMsOf === null || dayMsOf >= period.endMs) return null
  return dayMsOf - period.startMs > allowedMs(period) ? { why: 'begins', day: span.first } : null
}

/** The data ends well within the last period, or the period still runs. */
function whyEnds(period: Period, { span, today }: Calendar): Reason | null {
  const lastMs = dayOf(span?.last ?? null)
  if (span !== null && lastMs !== null && lastMs >= period.startMs && period.endMs - lastMs - dayMs > allowedMs(period))
    return { why: 'ends', day: span.last }
  const todayMs = dayOf(today)
  const isRunning = todayMs !== null && todayMs >= period.startMs && todayMs < period.endMs
  return isRunning ? { why: 'runs', day: null } : null
}

function dayOf(day: string | null): number | null {
  const ms = day === null ? Number.NaN : Date.parse(day.slice(0, 10))
  return Number.isNaN(ms) ? null : ms
}

/** The moment a period begins; null for a cell that is not the first day of one. */
function startOf(cell: Cell, unit: PeriodUnit): number | null {
  const text = String(cell)
  const ms = Date.parse(/^\d{4}$/.test(text) ? `${text}-01-01` : text.slice(0, 10))
  if (cell === null || Number.isNaN(ms)) return null
  const date = new Date(ms)
  const isFirst =
    unit === 'day' ||
    unit === 'week' ||
    (date.getUTCDate() === 1 &&
      (unit !== 'year' || date.getUTCMonth() === 0) &&
      (unit !== 'quarter' || date.getUTCMonth() % 3 === 0))
  return isFirst ? ms : null
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const

/** The moment after a period. */
function endOf(startMs: number, unit: PeriodUnit): number {
  if (unit === 'day' || unit === 'week') return startMs + dayMs * (unit === 'week' ? 7 : 1)
  const start = new Date(startMs)
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + monthsOf[unit], 1)
}
