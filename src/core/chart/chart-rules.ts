import { columnWords } from '../../contract/words/columns.ts'
import { listed } from '../sentences.ts'
import {
  areAll,
  categoriesOf,
  comparableMeasures,
  distinct,
  isUnique,
  measuresOf,
  mostSlices,
  noneNegative,
  numberAt,
  positionsOf,
  stacks,
  tableOnly,
  whyNoWhole,
  type Candidate,
  type ChartFacts,
} from './chart-facts.ts'

type Rule = (facts: ChartFacts) => Candidate | null

const mostColumns = 8
export const mostRows = 5_000
const mostSeries = 8
/** Small charts beside each other, one for each series. */
export const mostPanels = 16
/** Measures of unlike size, each in a small chart. */
const mostMeasures = 4
/** Moments of one line, which can be looked at part by part. */
const mostMoments = 20_000
const mostBars = 8
const mostPeriods = 31
const mostGroups = 30
/** More names than this are looked up in a table, not compared by length. */
const mostNames = 500
/** Bars that are drawn of many names; the page draws as many. */
const mostDrawn = 20

/** The rules in order. They follow Metabase and CompassQL. */
const chartRules: readonly Rule[] = [
  noRows,
  singleValue,
  nothingToDraw,
  tooLarge,
  overTime,
  overTimeByGroup,
  byTwoCategories,
  byCategory,
  twoMeasures,
  unnamedRows,
]

/** What the rules would draw, the first that applies decides; a table alone where the first that applies says so. */
export function candidatesOf(facts: ChartFacts): readonly Candidate[] {
  const found: Candidate[] = []
  for (const rule of chartRules) {
    const candidate = rule(facts)
    if (candidate !== null) found.push(candidate)
    // Large results end here, before any rule reads all of their rows.
    if (found[0]?.kind === 'table') break
  }
  return found
}

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

function tooLarge(facts: ChartFacts): Candidate | null {
  const { columns, rows, rowCount } = facts
  if (columns.length > mostColumns) return tableOnly('too many columns for a chart')
  if (rowCount <= mostRows) return null
  const isOneLine = positionsOf(facts, 'time').length === 1 && categoriesOf(facts).length === 0
  return isOneLine && rows.length === rowCount && rowCount <= mostMoments
    ? null
    : tableOnly('too many rows for a chart')
}

function overTime(facts: ChartFacts): Candidate | null {
  const x = positionsOf(facts, 'time').find((position) => isUnique(facts, [position]))
  if (x === undefined || categoriesOf(facts).length > 0 || areRankedRows(facts)) return null
  const { y, panels } = drawnMeasures(facts)
  const bars = y.length > 1 ? 'grouped-bar' : 'bar'
  const about = y.length > 1 ? 'measures over time' : 'a measure over time'
  const reason = told(facts, panels === undefined ? about : `${about}, ${eachItsOwn}`, [x, ...y])
  const shared = { x, y, series: null, ...(panels === undefined ? {} : { panels }), reason }
  if (facts.rows.length <= 2) return { ...shared, kind: bars, allowed: [bars, 'table'] }
  const areas = y.length === 1 && noneNegative(facts, y) ? (['area'] as const) : []
  return { ...shared, kind: 'line', allowed: ['line', ...areas, bars, 'table'] }
}

const eachItsOwn = 'each in a small chart because their sizes differ'

/** All measures: in one chart those of similar size; where others are left, each in a small chart with a scale of its own, if they are few. */
function drawnMeasures(facts: ChartFacts): { readonly y: number[]; readonly panels?: true } {
  const [alike, all] = [comparableMeasures(facts), measuresOf(facts)]
  return alike.length < all.length && all.length <= mostMeasures ? { y: [...all], panels: true } : { y: alike }
}

/** Stored rows with a key of their own in the order of a measure: their dates are no course of time. */
function areRankedRows(facts: ChartFacts): boolean {
  const { outline } = facts
  const [first] = outline?.order ?? []
  const isRanked =
    outline !== null && !outline.isGrouped && first !== undefined && measuresOf(facts).includes(first.position)
  return isRanked && positionsOf(facts, 'identifier').some((key) => isUnique(facts, [key]))
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
  const y = measuresOf(facts).slice(0, 1)
  const many = distinct(facts, series) > mostSeries ? tellApart(facts, series, byYear ? [] : y) : {}
  if (many === null) return tableOnly(`${distinct(facts, series)} lines are too many to tell apart`)
  const stacked = stacks(facts, y) ? (['stacked-bar'] as const) : []
  const about =
    many.panels === true ? 'a measure over time, a small chart for each group' : 'a measure over time by group'
  const shared = { x, y, series, ...many, reason: told(facts, about, [x, series, ...y]) }
  if (distinct(facts, x) <= 2) return { ...shared, kind: 'grouped-bar', allowed: ['grouped-bar', ...stacked, 'table'] }
  return { ...shared, kind: 'line', allowed: ['line', ...stacked, 'grouped-bar', 'table'] }
}

/** How more series than one chart can tell apart are drawn: the rest as one where they add up, else each by itself; null for not at all. */
function tellApart(
  facts: ChartFacts,
  series: number,
  y: readonly number[],
): Pick<Candidate, 'other' | 'panels'> | null {
  const count = distinct(facts, series)
  if (y.length > 0 && areAll(facts) && stacks(facts, y) && count <= mostNames) return { other: true }
  return count <= mostPanels ? { panels: true } : null
}

/** A measure for every pair of two categories, or nearly every one. */
function byTwoCategories(facts: ChartFacts): Candidate | null {
  const [first, second, third] = categoriesOf(facts)
  if (first === undefined || second === undefined || third !== undefined) return null
  if (positionsOf(facts, 'time').length > 0 || !isUnique(facts, [first, second])) return null
  // A label that names each row by itself is not split by what stands beside it.
  if (isUnique(facts, [first]) || isUnique(facts, [second])) return null
  const [x, series] = distinct(facts, second) <= mostSeries ? [first, second] : [second, first]
  const pairs = distinct(facts, x) * distinct(facts, series)
  if (distinct(facts, series) > mostSeries || distinct(facts, x) > mostGroups || facts.rows.length < pairs / 2)
    return null
  const y = measuresOf(facts).slice(0, 1)
  const stackable = stacks(facts, y)
  const stacked = stackable && (facts.asksForShare || distinct(facts, x) > mostBars)
  return {
    kind: stacked ? 'stacked-bar' : 'grouped-bar',
    allowed: ['grouped-bar', ...(stackable ? (['stacked-bar'] as const) : []), 'table'],
    x,
    y,
    series,
    reason: told(facts, 'a measure by two categories', [x, series, ...y]),
  }
}

/** A measure by the columns that name its rows: one along the axis, at most one more beside it. */
function byCategory(facts: ChartFacts): Candidate | null {
  const names = namingColumns(facts)
  if (names === null) return null
  const { x, labels } = names
  const count = facts.rows.length
  const { y, panels } = count <= mostBars ? drawnMeasures(facts) : { y: comparableMeasures(facts) }
  const tooMany = tooManyNames(facts)
  if (tooMany !== null) return tableOnly(tooMany)
  const upright = y.length > 1 ? 'grouped-bar' : 'bar'
  const few = count <= (facts.roles[x] === 'period' ? mostPeriods : mostBars)
  const other = areAll(facts) && stacks(facts, y)
  const slices = whyNoWhole(facts, y) === null && (count <= mostSlices || other) ? (['donut'] as const) : []
  const lines = facts.roles[x] === 'period' && count > 2 ? (['line'] as const) : []
  const shared = {
    allowed: [upright, 'horizontal-bar', ...lines, ...slices, 'table'] as const,
    x,
    y,
    series: null,
    ...(panels === undefined ? {} : { panels }),
    ...(labels.length === 0 ? {} : { labels: [...labels] }),
    ...(other ? { other } : {}),
    ...(isLowestFirst(facts, y) ? { lowest: true } : {}),
  }
  const used = [x, ...labels, ...y]
  if (slices.length > 0 && facts.asksForShare && count <= mostSlices)
    return { ...shared, allowed: [...shared.allowed], kind: 'donut', reason: told(facts, 'shares of a whole', used) }
  const one = few ? 'a measure by category' : 'a measure by many categories'
  const reason = told(facts, panels === undefined ? one : `measures by category, ${eachItsOwn}`, used)
  return { ...shared, allowed: [...shared.allowed], kind: few ? upright : 'horizontal-bar', reason }
}

/** Why so many names are not drawn; null where they are. */
function tooManyNames({ rows: { length: count }, rowCount, truncated }: ChartFacts): string | null {
  if (count > mostNames) return `${count.toLocaleString('en-US')} names are too many for a chart`
  const isPart = count > mostDrawn && (truncated || rowCount > count)
  return isPart ? 'the highest of the rows cannot be told, since not all are here' : null
}

/** Whether the query puts the lowest values of the measure first, which then are what it is about. */
function isLowestFirst({ outline }: ChartFacts, [measure]: readonly number[]): boolean {
  const [first] = outline?.order ?? []
  return first !== undefined && first.position === measure && !first.descending
}

interface NamingColumns {
  readonly x: number
  readonly labels: readonly number[]
}

/** The columns that together name each row; null where two do not suffice. */
function namingColumns(facts: ChartFacts): NamingColumns | null {
  const categories = categoriesOf(facts)
  const keys = positionsOf(facts, 'identifier')
  const isName = (position: number): boolean => /name|title/i.test(facts.columns[position]?.name ?? '')
  const counts = new Map(categories.map((position) => [position, distinct(facts, position)]))
  const ordered = categories.toSorted(
    (a, b) => Number(isName(b)) - Number(isName(a)) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0),
  )
  if (ordered.length === 0) return firstWhere(keys, (x) => (isUnique(facts, [x]) ? { x, labels: [] } : null))
  const alone = ordered.find((position) => isUnique(facts, [position]))
  if (alone !== undefined) {
    // Another column of categories may be what the rows are about; a key beside a name is not.
    const beside = ordered.filter((position) => position !== alone)
    return { x: alone, labels: beside.slice(0, 1) }
  }
  const [first = 0, second, third] = ordered
  const pair = second !== undefined && third === undefined && isUnique(facts, [first, second])
  if (pair) return { x: first, labels: [second] }
  return firstWhere(keys, (key) => (isUnique(facts, [key]) ? { x: key, labels: [first] } : null))
}

function firstWhere<T>(positions: readonly number[], pick: (position: number) => T | null): T | null {
  for (const position of positions) {
    const found = pick(position)
    if (found !== null) return found
  }
  return null
}

function twoMeasures(facts: ChartFacts): Candidate | null {
  const [x, y, third] = measuresOf(facts)
  const groups = categoriesOf(facts)
  if (x === undefined || y === undefined || third !== undefined || facts.rows.length < 3) return null
  const group = groups[0]
  const series = group !== undefined && distinct(facts, group) <= mostSeries ? group : null
  const reason = told(facts, 'two measures against each other', [x, y, ...(series === null ? [] : [series])])
  return { kind: 'scatter', allowed: ['scatter', 'table'], x, y: [y], series, reason }
}

/** Why none of the rules above draws the rows. */
function unnamedRows(facts: ChartFacts): Candidate {
  const names = positionsOf(facts, 'time', 'category', 'period')
  if (names.length === 0) return tableOnly('no column names the rows')
  if (isUnique(facts, names) && names.length > 2)
    return tableOnly(`it takes ${names.length} columns to name each row, and a chart shows two`)
  return isUnique(facts, names)
    ? tableOnly('no chart suits these columns')
    : tableOnly('several rows have the same name')
}

/** A reason, and which columns that name the rows or measure them are not drawn. */
export function told(facts: ChartFacts, reason: string, used: readonly number[]): string {
  const left = [...positionsOf(facts, 'category', 'period', 'time'), ...measuresOf(facts)]
    .filter((position) => !used.includes(position))
    .map((position) => {
      const name = facts.columns[position]?.name ?? ''
      return facts.outline?.outputs?.[position]?.words ?? columnWords(name) ?? 'a column without a plain name'
    })
  return left.length === 0 ? reason : `${reason}; not drawn: ${listed(left)}`
}
