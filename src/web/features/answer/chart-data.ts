import type { Cell, ChartKind } from '../../../contract/result.ts'
import { shownCell, sumOfCells } from '../../../contract/words/cells.ts'
import { holdsMoments } from '../../../contract/words/columns.ts'
import type { Row } from '../../turns/turn-view.ts'
import { chartWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'
import { calendarPlace, namedCell } from './chart-labels.ts'
import { addsUp, type ChartRequest } from './chart-request.ts'
import { mostOfLargest, seriesOf, totalBy, type ChartSeries } from './chart-series.ts'

export interface ChartCategory {
  readonly label: string
  /** The cell along the axis; null for the groups put together as "other". */
  readonly cell: Cell
  /** The cell and those that stand beside it in the label; empty for the groups put together. */
  readonly cells: readonly Cell[]
  /** A period that is not whole in the data. */
  readonly isUnfinished: boolean
}

/** A result as a chart needs it: where things stand, and what is said about them. */
export interface ChartData {
  readonly categories: readonly ChartCategory[]
  readonly series: readonly ChartSeries[]
  /** How many categories there are, those that did not fit included. */
  readonly of: number
  /** How many of them are drawn as one. */
  readonly inOther: number
  /** Whether those that are drawn are the lowest instead of the highest. */
  readonly isLowest: boolean
  /** What is said of those that are left out; null where nothing is. */
  readonly beside: string | null
  /** How many series there are, those that did not fit included. */
  readonly seriesOf: number
}

const maxCategories: Partial<Record<ChartKind, number>> = { 'horizontal-bar': 20, bar: 30, 'grouped-bar': 30, donut: 6 }
/** Puts rows into categories and series. Columns the choice names and the result lacks are skipped. */
export function chartData(request: ChartRequest): ChartData {
  const joined = placedData(request, request.choice.other === true)
  const [points = [], ...more] = joined.series.map((series) => series.points)
  const other = joined.inOther === 0 ? undefined : points.at(-1)
  if (other === undefined || more.length > 0 || request.kind === 'donut') return joined
  const longest = points.slice(0, -1).reduce((most, { value }) => Math.max(most, value ?? 0), 0)
  if ((other.value ?? 0) <= longest * mostOfLargest) return joined
  const apart = placedData(request, false)
  const left = apart.of - apart.categories.length
  return { ...apart, beside: say(words.beside, { left: String(left), sum: sumOfOthers(request, apart) }) }
}

/** What the categories that are not drawn come to, in words. */
function sumOfOthers(request: ChartRequest, { categories }: ChartData): string {
  const shown = new Set(categories.map(({ cells }) => JSON.stringify(cells)))
  const [y = -1] = request.choice.y
  const column = request.columns[y]
  const keyed = keyRows(request)
  const left = request.rows.filter((_row, at) => !shown.has(keyed[at] ?? ''))
  return column === undefined ? '' : shownCell(sumOfCells(left.map((row) => row[y] ?? null)), column, request.formats)
}

function placedData(request: ChartRequest, mayJoin: boolean): ChartData {
  const { kind, choice, look } = request
  const keyed = keyRows(request)
  const all = orderedCategories(request, keyed)
  const usual = isMoment(request) && kind !== 'donut' ? all.length : (maxCategories[kind] ?? all.length)
  const most = kind === 'scatter' ? all.length : (look?.most ?? usual)
  const fits = all.length <= most
  const isLowest = !fits && choice.lowest === true && look?.order !== 'value'
  const joins = !fits && mayJoin && !isLowest
  const kept = fits
    ? all
    : mostOf(all, { request, keyed, isLowest, most: joins && (look?.most ?? null) === null ? most - 1 : most })
  const place = new Map(kept.map(({ key }, index) => [key, index]))
  const inOther = joins ? all.length - kept.length : 0
  const own = kept.map(({ row }) => categoryOf(request, row))
  const other = { label: say(words.others, { count: String(inOther) }), cell: null, cells: [], isUnfinished: false }
  const { series, of } = seriesOf(request, { keyed, place, otherAt: joins ? kept.length : null })
  return {
    categories: joins ? [...own, other] : own,
    series,
    of: all.length,
    inOther,
    isLowest,
    beside: null,
    seriesOf: of,
  }
}

function categoryOf(request: ChartRequest, row: Row): ChartCategory {
  const { choice, columns } = request
  const cell = columns[choice.x ?? -1] === undefined ? null : (row[choice.x ?? 0] ?? null)
  return {
    label: labelOf(request, row),
    cell,
    cells: labelColumns(request).map((position) => row[position] ?? null),
    isUnfinished: choice.x !== null && (choice.unfinished ?? []).includes(cell),
  }
}

interface Category {
  readonly key: string
  /** The first row that stands for it. */
  readonly row: Row
}

/** Whether the axis is one of time. */
export const isMoment = ({ choice, columns, rows }: ChartRequest): boolean => {
  const column = columns[choice.x ?? -1]
  return (
    column !== undefined &&
    holdsMoments(
      column,
      rows.map((row) => row[choice.x ?? 0]),
    )
  )
}

export const labelColumns = ({ choice, columns }: ChartRequest): readonly number[] =>
  [...(choice.x === null ? [] : [choice.x]), ...(choice.labels ?? [])].filter((at) => columns[at] !== undefined)

/**
 * The key of each row's category. Rows of one place and series whose values cannot be added up are each a category of their own, so that none
 * is drawn over another.
 */
function keyRows(request: ChartRequest): readonly string[] {
  const { choice, rows, kind } = request
  const positions = labelColumns(request)
  const isApart = choice.x !== null && kind !== 'scatter' && !addsUp(choice, choice.y)
  const seen = new Map<string, number>()
  return rows.map((row) => {
    const key = JSON.stringify(positions.map((position) => row[position] ?? null))
    if (!isApart) return key
    const own = choice.series === null ? key : `${key} ${JSON.stringify(row[choice.series] ?? null)}`
    const before = seen.get(own) ?? 0
    seen.set(own, before + 1)
    return before === 0 ? key : `${key} ${before}`
  })
}

/** What stands at a category: the value of its column, and of a second one beside it. */
const labelOf = (request: ChartRequest, row: Row): string =>
  labelColumns(request)
    .map((position) => namedCell(row[position] ?? null, request.columns[position], request))
    .join(' · ')

/** The different values along the axis, in the order that is asked for; by themselves moments and periods come in theirs, all else as the rows came. */
function orderedCategories(request: ChartRequest, keyed: readonly string[]): readonly Category[] {
  const { choice, columns, rows, look } = request
  const found = new Map<string, Category>()
  for (const [at, row] of rows.entries()) {
    const key = keyed[at] ?? ''
    if (!found.has(key)) found.set(key, { key, row })
  }
  const all = [...found.values()]
  if (choice.x === null) return all.slice(0, 1)
  const cellOf = ({ row }: Category): Cell => row[choice.x ?? 0] ?? null
  if (look?.order === 'value') return mostOf(all, { request, keyed, isLowest: false, most: all.length })
  if (isMoment(request)) return all.toSorted((a, b) => (String(cellOf(a)) < String(cellOf(b)) ? -1 : 1))
  const order = new Map(all.map((one) => [one, calendarPlace(cellOf(one), columns[choice.x ?? 0])]))
  if (![...order.values()].includes(null)) return all.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
  if (look?.order !== 'label') return all
  const { compare } = new Intl.Collator(request.formats.locale, { numeric: true })
  return all.toSorted((a, b) => compare(labelOf(request, a.row), labelOf(request, b.row)))
}

interface Cut {
  readonly request: ChartRequest
  readonly keyed: readonly string[]
  readonly isLowest: boolean
  readonly most: number
}

/** The categories with the highest values, highest first; or the lowest. In another order where one is asked for. */
function mostOf(all: readonly Category[], { request, keyed, isLowest, most }: Cut): readonly Category[] {
  const { choice, rows, look } = request
  const totals = totalBy(request, (_row, at) => keyed[at] ?? '', rows)
  const total = ({ key }: Category): number => totals.get(key) ?? 0
  const kept = all.toSorted((a, b) => (isLowest ? total(a) - total(b) : total(b) - total(a))).slice(0, most)
  const isOrdered = look?.order === 'label' || (look?.order !== 'value' && choice.x !== null && isMoment(request))
  const isKept = new Set(kept)
  return isOrdered ? all.filter((one) => isKept.has(one)) : kept
}
