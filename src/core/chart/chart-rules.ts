import type { ChartChoice, Cell, Column } from '../../contract/result.ts'
import type { ColumnRole } from './column-roles.ts'

type Candidate = Omit<ChartChoice, 'title'>
type Rule = (facts: ChartFacts) => Candidate | null

const mostColumns = 8
const mostRows = 5_000
const mostSeries = 8
const mostBars = 8
const mostPeriods = 31
const mostSlices = 6
const mostGroups = 30

/** The chart rules in order; the first that applies decides. They follow Metabase and CompassQL. */
export const chartRules: readonly Rule[] = [
  noRows,
  singleValue,
  nothingToDraw,
  tooLarge,
  overTime,
  overTimeByGroup,
  byCategory,
  byTwoCategories,
  twoMeasures,
]

export const tableOnly = (reason: string): Candidate => ({
  kind: 'table',
  allowed: ['table'],
  x: null,
  y: [],
  series: null,
  reason,
})

function noRows({ rows, rowCount }: ChartFacts): Candidate | null {
  return rowCount === 0 || rows.length === 0 ? tableOnly('there are no rows to draw') : null
}

function singleValue(facts: ChartFacts): Candidate | null {
  const { columns, roles, rows, rowCount, truncated } = facts
  if (rowCount !== 1 || truncated || columns.length > 2) return null
  const measure = columns.length === 1 ? (columns[0]?.kind === 'number' ? 0 : -1) : roles.indexOf('measure')
  if (measure < 0 || numberAt(rows[0], measure) === null) return null
  if (columns.length === 1) return kpi(null, measure, 'one number')
  const label = 1 - measure
  const isLabel = roles[label] !== 'measure' && roles[label] !== 'other'
  return isLabel ? kpi(label, measure, 'one number with its label') : null
}

const kpi = (x: number | null, y: number, reason: string): Candidate => ({
  kind: 'kpi',
  allowed: ['kpi', 'table'],
  x,
  y: [y],
  series: null,
  reason,
})

function nothingToDraw(facts: ChartFacts): Candidate | null {
  if (facts.rowCount === 1 || facts.rows.length === 1) return tableOnly('a single row')
  return measuresOf(facts).length === 0 ? tableOnly('no column to measure') : null
}

function tooLarge({ columns, rowCount }: ChartFacts): Candidate | null {
  if (columns.length > mostColumns) return tableOnly('too many columns for a chart')
  return rowCount > mostRows ? tableOnly('too many rows for a chart') : null
}

function overTime(facts: ChartFacts): Candidate | null {
  const x = positionsOf(facts, 'time').find((position) => isUnique(facts, [position]))
  if (x === undefined || categoriesOf(facts).length > 0) return null
  const y = comparableMeasures(facts)
  const bars = y.length > 1 ? 'grouped-bar' : 'bar'
  const reason = y.length > 1 ? 'measures over time' : 'a measure over time'
  if (facts.rows.length <= 2) return { kind: bars, allowed: [bars, 'table'], x, y, series: null, reason }
  const areas = y.length === 1 && noneNegative(facts, y) ? (['area'] as const) : []
  return { kind: 'line', allowed: ['line', ...areas, bars, 'table'], x, y, series: null, reason }
}

function overTimeByGroup(facts: ChartFacts): Candidate | null {
  const times = positionsOf(facts, 'time')
  const groups = categoriesOf(facts)
  const [time, group] = [times[0], groups[0]]
  if (time === undefined || group === undefined || times.length > 1 || groups.length > 1) return null
  if (!isUnique(facts, [time, group]) || isUnique(facts, [group])) return null
  // Months of several years are drawn as one line per year.
  const byYear = facts.roles[group] === 'period' && distinct(facts, group) > mostSeries
  const [x, series] = byYear ? [group, time] : [time, group]
  if (distinct(facts, series) > mostSeries) return null
  const y = measuresOf(facts).slice(0, 1)
  const stacks = noneNegative(facts, y) ? (['stacked-bar'] as const) : []
  const reason = 'a measure over time by group'
  if (distinct(facts, x) <= 2)
    return { kind: 'grouped-bar', allowed: ['grouped-bar', ...stacks, 'table'], x, y, series, reason }
  return { kind: 'line', allowed: ['line', ...stacks, 'grouped-bar', 'table'], x, y, series, reason }
}

function byCategory(facts: ChartFacts): Candidate | null {
  const categories = categoriesOf(facts)
  const labels = categories.length > 0 ? categories : positionsOf(facts, 'identifier')
  const x = labels.find((position) => isUnique(facts, [position]))
  if (x === undefined) return null
  const y = comparableMeasures(facts)
  const upright = y.length > 1 ? 'grouped-bar' : 'bar'
  const few = facts.rows.length <= (facts.roles[x] === 'period' ? mostPeriods : mostBars)
  const slices = isWhole(facts, y) ? (['donut'] as const) : []
  const allowed = [upright, 'horizontal-bar', ...slices, 'table'] as const
  if (slices.length > 0 && facts.asksForShare)
    return { kind: 'donut', allowed: [...allowed], x, y, series: null, reason: 'shares of a whole' }
  const reason = few ? 'a measure by category' : 'a measure by many categories'
  return { kind: few ? upright : 'horizontal-bar', allowed: [...allowed], x, y, series: null, reason }
}

function byTwoCategories(facts: ChartFacts): Candidate | null {
  const [first, second, third] = categoriesOf(facts)
  if (first === undefined || second === undefined || third !== undefined) return null
  if (positionsOf(facts, 'time').length > 0 || !isUnique(facts, [first, second])) return null
  const [x, series] = distinct(facts, second) <= mostSeries ? [first, second] : [second, first]
  if (distinct(facts, series) > mostSeries || distinct(facts, x) > mostGroups) return null
  const y = measuresOf(facts).slice(0, 1)
  const stackable = noneNegative(facts, y)
  const stacked = stackable && (facts.asksForShare || distinct(facts, x) > mostBars)
  const stacks = stackable ? (['stacked-bar'] as const) : []
  const reason = 'a measure by two categories'
  return {
    kind: stacked ? 'stacked-bar' : 'grouped-bar',
    allowed: ['grouped-bar', ...stacks, 'table'],
    x,
    y,
    series,
    reason,
  }
}

function twoMeasures(facts: ChartFacts): Candidate | null {
  const [x, y, third] = measuresOf(facts)
  const groups = categoriesOf(facts)
  if (x === undefined || y === undefined || third !== undefined || groups.length > 1) return null
  if (positionsOf(facts, 'time').length > 0 || facts.rows.length < 3) return null
  const group = groups[0]
  const series = group !== undefined && distinct(facts, group) <= mostSeries ? group : null
  return {
    kind: 'scatter',
    allowed: ['scatter', 'table'],
    x,
    y: [y],
    series,
    reason: 'two measures against each other',
  }
}

/** Whether the rows are all parts of one whole, few enough for a donut. */
const isWhole = (facts: ChartFacts, y: readonly number[]) =>
  y.length === 1 &&
  !facts.truncated &&
  facts.rowCount === facts.rows.length &&
  facts.rowCount <= mostSlices &&
  facts.rows.every((row) => (numberAt(row, y[0] ?? 0) ?? -1) >= 0) &&
  facts.rows.some((row) => (numberAt(row, y[0] ?? 0) ?? 0) > 0)

/** The input of the chart rules. Positions are those of `columns`. */
interface ChartFacts {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  /** Whether the question asks for shares of a whole. */
  readonly asksForShare: boolean
}

const positionsOf = ({ roles }: ChartFacts, ...wanted: readonly ColumnRole[]): readonly number[] =>
  roles.flatMap((role, position) => (wanted.includes(role) ? [position] : []))

const categoriesOf = (facts: ChartFacts) => positionsOf(facts, 'category', 'period')

/** Columns of the role `measure` that hold at least one number. */
const measuresOf = (facts: ChartFacts): readonly number[] =>
  positionsOf(facts, 'measure').filter((position) => facts.rows.some((row) => numberAt(row, position) !== null))

/** A cell as a double, only for decisions about sizes and signs. */
function numberAt(row: readonly Cell[] | undefined, position: number): number | null {
  const cell = row?.[position] ?? null
  const value = cell === null || cell === '' || typeof cell === 'boolean' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}

/** The first measure and those of similar size, because on one axis a measure a hundred times smaller is a flat line. */
function comparableMeasures(facts: ChartFacts): readonly number[] & number[] {
  const sizeOf = (position: number) =>
    facts.rows.reduce((most, row) => Math.max(most, Math.abs(numberAt(row, position) ?? 0)), 0)
  const measures = measuresOf(facts)
  const first = measures[0] === undefined ? 0 : sizeOf(measures[0])
  return measures.filter((position, at) => {
    const size = sizeOf(position)
    return at === 0 || (size <= first * 100 && first <= size * 100)
  })
}

const noneNegative = (facts: ChartFacts, positions: readonly number[]) =>
  facts.rows.every((row) => positions.every((position) => (numberAt(row, position) ?? 0) >= 0))

const keyOf = (row: readonly Cell[], positions: readonly number[]) =>
  JSON.stringify(positions.map((position) => row[position] ?? null))

const distinct = ({ rows }: ChartFacts, position: number) => new Set(rows.map((row) => keyOf(row, [position]))).size

const isUnique = ({ rows }: ChartFacts, positions: readonly number[]) =>
  new Set(rows.map((row) => keyOf(row, positions))).size === rows.length
