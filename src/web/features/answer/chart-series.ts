import type { Cell } from '../../../contract/result.ts'
import { shownCell, sumOfCells } from '../../../contract/words/cells.ts'
import { unitOf } from '../../../contract/words/columns.ts'
import type { Row } from '../../turns/turn-view.ts'
import { chartWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'
import { drawnTitle, namedCell } from './chart-labels.ts'
import { addsUp, type ChartRequest } from './chart-request.ts'

export interface ChartPoint {
  /** Position on the axis of categories. */
  readonly at: number
  /** For drawing only; null where there is nothing to draw. */
  readonly value: number | null
  /** The exact value in words. */
  readonly text: string
  /** The exact value; of values that were added up their sum. */
  readonly cell: Cell
}

export interface ChartSeries {
  readonly name: string
  /** The measure. */
  readonly y: number
  /** The cell that the series stands for; undefined where it is a measure or all other groups. */
  readonly cell: Cell | undefined
  readonly points: readonly ChartPoint[]
}

/** More series in one chart, and more small charts, cannot be told apart. */
const mostSeries = { together: 8, panels: 16 } as const

interface Places {
  readonly keyed: readonly string[]
  readonly place: ReadonlyMap<string, number>
  /** Where rows without a place of their own are added up; null where they are left out. */
  readonly otherAt: number | null
}

interface Group {
  readonly cell: Cell | undefined
  readonly y: number
  /** The cells of each place. */
  readonly cells: Map<number, Cell[]>
}

/** A series of all others that is more than this many times the largest is not drawn beside it. */
export const mostOfLargest = 4

/** The points of each series, all others last; and how many series there are. */
export function seriesOf(request: ChartRequest, places: Places) {
  const { choice, columns, rows } = request
  const isSplit = choice.series !== null && columns[choice.series] !== undefined
  const keyOf = (row: Row): string => (isSplit ? JSON.stringify(row[choice.series ?? 0] ?? null) : '')
  const { shown, of, joins } = isSplit ? shownSeries(request, keyOf) : { shown: new Set(['']), of: 0, joins: false }
  const groups = new Map<string, Group>()
  for (const [index, row] of rows.entries()) {
    const at = choice.x === null ? 0 : (places.place.get(places.keyed[index] ?? '') ?? places.otherAt)
    const own = keyOf(row)
    const isShown = shown.has(own)
    if (at === null || (!isShown && !joins)) continue
    const cell = isSplit && isShown ? (row[choice.series ?? 0] ?? null) : undefined
    const name = isShown ? own : others
    for (const y of choice.y) if (columns[y] !== undefined) put(groups, `${name} ${y}`, { cell, y }, at, row[y] ?? null)
  }
  const left = [...groups].filter(([name]) => name.startsWith(others))
  const all = [...groups].filter(([name]) => !name.startsWith(others)).concat(left)
  const names = new Set<string>()
  const series = all.map(([, group]) =>
    pointsOf(request, group, uniqueName(nameOf(request, group, of - shown.size), names)),
  )
  return { series, of: isSplit ? of : series.length }
}

/** Names the group of all series that are not drawn by themselves; no JSON begins so. */
const others = 'others'

function put(
  groups: Map<string, Group>,
  name: string,
  { cell, y }: Pick<Group, 'cell' | 'y'>,
  at: number,
  value: Cell,
): void {
  const group = groups.get(name) ?? { cell, y, cells: new Map<number, Cell[]>() }
  groups.set(name, group)
  const cells = group.cells.get(at)
  if (cells === undefined) group.cells.set(at, [value])
  else cells.push(value)
}

/** The series that are drawn by themselves. */
function shownSeries(request: ChartRequest, keyOf: (row: Row) => string) {
  const totals = totalBy(request, keyOf, request.rows)
  const all = [...new Set(request.rows.map(keyOf))]
  const most = request.look?.panels === true ? mostSeries.panels : mostSeries.together
  const kept = all.toSorted((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0))
  const room = all.length > most && request.choice.other === true ? most - 1 : most
  const sum = kept.slice(room).reduce((total, key) => total + Math.max(0, totals.get(key) ?? 0), 0)
  // Upon each other all together are the whole; beside each other the others may leave nothing of the rest to be seen.
  const isStacked = request.kind === 'stacked-bar' || (request.look?.stacking ?? 'none') !== 'none'
  const joins = room < most && (isStacked || sum <= (totals.get(kept[0] ?? '') ?? 0) * mostOfLargest)
  return { shown: new Set(kept.slice(0, joins ? room : most)), of: all.length, joins }
}

function nameOf(request: ChartRequest, { cell, y }: Group, left: number): string {
  const split = request.choice.series === null ? undefined : request.columns[request.choice.series]
  if (split === undefined) return drawnTitle(request.columns[y])
  return cell === undefined ? say(words.others, { count: String(left) }) : namedCell(cell, split, request)
}

/** The legend takes equal names for one series. */
function uniqueName(name: string, taken: Set<string>): string {
  let own = name
  for (let copy = 2; taken.has(own); copy += 1) own = `${name} (${copy})`
  taken.add(own)
  return own
}

function pointsOf(request: ChartRequest, { cell: of, y, cells }: Group, name: string): ChartSeries {
  const column = request.columns[y]
  const unit =
    column === undefined
      ? null
      : unitOf(
          column,
          request.rows.map((row) => row[y]),
        )
  const isScatter = request.kind === 'scatter'
  const points = [...cells].flatMap(([at, all]) =>
    (isScatter || all.length === 1 ? all : [sumOfCells(all)]).map((cell) => ({
      at,
      value: drawn(cell),
      text: column === undefined ? '' : shownCell(cell, column, request.formats, unit),
      cell,
    })),
  )
  return { name, y, cell: of, points: points.toSorted((a, b) => a.at - b.at) }
}

/** The first measure by some key: its sum where values add up, else the largest. */
export function totalBy(request: ChartRequest, keyOf: (row: Row, at: number) => string, rows: readonly Row[]) {
  const measure = request.choice.y[0] ?? -1
  const adds = addsUp(request.choice, request.choice.y)
  const totals = new Map<string, number>()
  for (const [at, row] of rows.entries()) {
    const key = keyOf(row, at)
    const value = drawn(row[measure] ?? null)
    const before = totals.get(key)
    if (value !== null) totals.set(key, before === undefined ? value : adds ? before + value : Math.max(before, value))
  }
  return totals
}

/** A cell as a position on the screen, where the last digits of a long number cannot be seen anyway. */
export function drawn(cell: Cell): number | null {
  const value = cell === null || cell === '' || typeof cell === 'boolean' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}
