import type { Cell, ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, columnWords, unitOf } from '../../../contract/words/columns.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import type { Row } from '../../turns/turn-view.ts'

/** What is to be drawn, and for whom. */
export interface ChartRequest {
  readonly choice: ChartChoice
  readonly kind: ChartKind
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly formats: Formats
}

export interface ChartPoint {
  /** Position on the axis of categories. */
  readonly at: number
  /** For drawing only; null where there is nothing to draw. */
  readonly value: number | null
  /** The exact value in words. */
  readonly text: string
}

export interface ChartSeries {
  readonly name: string
  readonly points: readonly ChartPoint[]
}

export interface ChartCategory {
  readonly label: string
  /** The cell along the axis; null for the groups put together as "other". */
  readonly cell: Cell
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
  /** What is said of those that are left out; null where nothing is. */
  readonly beside: string | null
}

const maxCategories: Partial<Record<ChartKind, number>> = { 'horizontal-bar': 20, bar: 30, 'grouped-bar': 30, donut: 6 }

/** The kinds a chart can be shown as, apart from the table, which has its own place. */
export const drawableKinds = (chart: ChartChoice): readonly ChartKind[] =>
  [...new Set([chart.kind, ...chart.allowed])].filter((kind) => kind !== 'table')

/** A bar of all others that is longer than this many times the longest would leave nothing of the rest to be seen. */
const mostOfLongest = 4

/** Puts rows into categories and series. Columns the choice names and the result lacks are skipped. */
export function chartData(request: ChartRequest): ChartData {
  const joined = placedData(request, request.choice.other === true)
  const [points = [], ...more] = joined.series.map((series) => series.points)
  const other = joined.inOther === 0 ? undefined : points.at(-1)
  if (other === undefined || more.length > 0 || request.kind === 'donut') return joined
  const longest = points.slice(0, -1).reduce((most, { value }) => Math.max(most, value ?? 0), 0)
  if ((other.value ?? 0) <= longest * mostOfLongest) return joined
  const apart = placedData(request, false)
  const left = apart.of - apart.categories.length
  return { ...apart, beside: `the other ${left} together ${sumOfOthers(request, apart)}` }
}

/** What the categories that are not drawn come to, in words. */
function sumOfOthers(request: ChartRequest, { categories }: ChartData): string {
  const drawnKeys = new Set(highest(categoriesOf(request), categories.length, request).map(({ key }) => key))
  const [y = -1] = request.choice.y
  const column = request.columns[y]
  const cells = request.rows.filter((row) => !drawnKeys.has(keyOf(request, row))).map((row) => row[y] ?? null)
  return column === undefined ? '' : shownCell(addedUp(cells), column, request.formats)
}

function placedData(request: ChartRequest, mayJoin: boolean): ChartData {
  const { kind } = request
  const all = categoriesOf(request)
  const most = isMoment(request) && kind !== 'donut' ? all.length : (maxCategories[kind] ?? all.length)
  const fits = all.length <= most
  const joins = !fits && mayJoin
  const kept = fits ? all : highest(all, joins ? most - 1 : most, request)
  const place = new Map(kept.map(({ key }, index) => [key, index]))
  const inOther = joins ? all.length - kept.length : 0
  const other = { label: `${inOther} others`, cell: null, isUnfinished: false }
  const own = kept.map(({ row }) => ({
    label: labelOf(request, row),
    cell: cellOf(request, row),
    isUnfinished: lacks(request, row),
  }))
  return {
    categories: joins ? [...own, other] : own,
    series: seriesOf(request, place, joins ? kept.length : null),
    of: all.length,
    inOther,
    beside: null,
  }
}

interface Category {
  readonly key: string
  /** The first row that stands for it. */
  readonly row: Row
}

const isMoment = ({ choice, columns }: ChartRequest): boolean =>
  ['date', 'timestamp'].includes(columns[choice.x ?? -1]?.kind ?? '')

const cellOf = ({ choice: { x } }: ChartRequest, row: Row): Cell => (x === null ? null : (row[x] ?? null))

const lacks = ({ choice }: ChartRequest, row: Row): boolean =>
  choice.x !== null && (choice.unfinished ?? []).includes(row[choice.x] ?? null)

const keyOf = ({ choice }: ChartRequest, row: Row): string =>
  JSON.stringify([choice.x ?? -1, ...(choice.labels ?? [])].map((position) => row[position] ?? null))

/** What stands at a category: the value of its column, and of a second one beside it. */
const labelOf = ({ choice, columns, formats }: ChartRequest, row: Row): string =>
  [choice.x, ...(choice.labels ?? [])]
    .flatMap((position) => {
      const column = columns[position ?? -1]
      return column === undefined ? [] : [namedCell(row[position ?? 0] ?? null, column, formats)]
    })
    .join(' · ')

/** A value that names something: a missing one by its column, a month by its name. */
function namedCell(cell: Cell, column: Column, formats: Formats): string {
  if (cell === null) return `no ${(columnWords(column.name) ?? 'value').replace(/(?<=\w) (?:id|key|no|name)$/, '')}`
  const month = /(?:^|_)month(?:_number)?$/i.test(column.name) ? formats.monthName(Number(cell)) : null
  return month ?? shownCell(cell, column, formats)
}

/** The different values along the axis: moments and periods in their order, everything else as the rows came. */
function categoriesOf(request: ChartRequest): readonly Category[] {
  const { choice, rows } = request
  const [first] = rows
  if (choice.x === null) return first === undefined ? [] : [{ key: keyOf(request, first), row: first }]
  const found = new Map<string, Category>()
  for (const row of rows) {
    const key = keyOf(request, row)
    if (!found.has(key)) found.set(key, { key, row })
  }
  const all = [...found.values()]
  if (isMoment(request))
    return all.toSorted((a, b) => (String(cellOf(request, a.row)) < String(cellOf(request, b.row)) ? -1 : 1))
  const order = all.map(({ row }) => placeInCalendar(cellOf(request, row), request))
  if (order.includes(null)) return all
  return all
    .map((one, at) => ({ one, at }))
    .toSorted((a, b) => (order[a.at] ?? 0) - (order[b.at] ?? 0))
    .map(({ one }) => one)
}

const calendars = [
  'jan feb mar apr may jun jul aug sep oct nov dec',
  'january february march april may june july august september october november december',
  'mon tue wed thu fri sat sun',
  'monday tuesday wednesday thursday friday saturday sunday',
].map((names) => names.split(' '))

/** The place of a month or a day of the week in its year or week, and of a year or a number of a period; null for anything else. */
function placeInCalendar(cell: Cell, { choice, columns }: ChartRequest): number | null {
  const column = columns[choice.x ?? -1]
  if (column?.kind === 'number')
    return cell !== null &&
      /(?:^|_)(?:month|quarter|qtr|week|weekday|dow|day|hour|year|yr)(?:_number)?$/i.test(column.name)
      ? Number(cell)
      : null
  const name = String(cell).trim().toLowerCase()
  return calendars.map((names) => names.indexOf(name)).find((place) => place >= 0) ?? null
}

/** The categories with the highest values, highest first. */
function highest(all: readonly Category[], most: number, request: ChartRequest): readonly Category[] {
  const [measure = -1] = request.choice.y
  const totals = new Map<string, number>()
  for (const row of request.rows) {
    const key = keyOf(request, row)
    totals.set(key, (totals.get(key) ?? 0) + (drawn(row[measure] ?? null) ?? 0))
  }
  const total = ({ key }: Category): number => totals.get(key) ?? 0
  return all.toSorted((a, b) => total(b) - total(a)).slice(0, most)
}

/** The points of each series; rows without a place of their own are added up at `otherAt`, where there is one. */
function seriesOf(
  request: ChartRequest,
  place: ReadonlyMap<string, number>,
  otherAt: number | null,
): readonly ChartSeries[] {
  const { choice, columns, rows, formats } = request
  const groups = new Map<string, ChartPoint[]>()
  const others = new Map<string, { readonly y: number; readonly cells: Cell[] }>()
  const split = choice.series === null ? undefined : columns[choice.series]
  const units = columns.map((column, at) =>
    unitOf(
      column,
      rows.map((row) => row[at]),
    ),
  )
  const pointOf = (at: number, cell: Cell, y: number): ChartPoint => {
    const column = columns[y]
    return {
      at,
      value: drawn(cell),
      text: column === undefined ? '' : shownCell(cell, column, formats, units[y] ?? null),
    }
  }
  for (const row of rows) {
    const at = choice.x === null ? 0 : place.get(keyOf(request, row))
    for (const y of choice.y) {
      const column = columns[y]
      if (column === undefined) continue
      const name =
        split === undefined ? columnTitle(column.name) : namedCell(row[choice.series ?? 0] ?? null, split, formats)
      const points = groups.get(name) ?? []
      groups.set(name, points)
      const cell = row[y] ?? null
      if (at !== undefined) points.push(pointOf(at, cell, y))
      else if (otherAt !== null) {
        const other = others.get(name) ?? { y, cells: [] }
        other.cells.push(cell)
        others.set(name, other)
      }
    }
  }
  for (const [name, { y, cells }] of others) groups.get(name)?.push(pointOf(otherAt ?? 0, addedUp(cells), y))
  return [...groups].map(([name, points]) => ({ name, points: points.toSorted((a, b) => a.at - b.at) }))
}

/** The exact sum of decimals; of numbers that are none the sum as doubles. */
function addedUp(cells: readonly Cell[]): Cell {
  const texts = cells.filter((cell) => cell !== null).map(String)
  const parts = texts.map((text) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(text))
  if (parts.includes(null)) return texts.reduce((sum, text) => sum + Number(text), 0)
  const digits = parts.reduce((most, part) => Math.max(most, part?.[3]?.length ?? 0), 0)
  const sum = parts.reduce((total, part) => {
    const units = BigInt(`${part?.[2] ?? '0'}${(part?.[3] ?? '').padEnd(digits, '0')}`)
    return part?.[1] === '-' ? total - units : total + units
  }, 0n)
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${sum < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(text.length - digits)}`}`
}

/** A cell as a position on the screen, where the last digits of a long number cannot be seen anyway. */
function drawn(cell: Cell): number | null {
  const value = cell === null || cell === '' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}
