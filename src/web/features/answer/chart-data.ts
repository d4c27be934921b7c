import type { Cell, ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import type { Row } from '../../turns/turn-view.ts'

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

/** A result as a chart needs it: where things stand, and what is said about them. */
export interface ChartData {
  readonly categories: readonly { readonly label: string; readonly cell: Cell }[]
  readonly series: readonly ChartSeries[]
  /** How many categories there are, those that did not fit included. */
  readonly of: number
}

const maxCategories: Partial<Record<ChartKind, number>> = { 'horizontal-bar': 20, donut: 12 }

/** The kinds a chart can be shown as, apart from the table, which has its own place. */
export const drawableKinds = (chart: ChartChoice): readonly ChartKind[] =>
  [...new Set([chart.kind, ...chart.allowed])].filter((kind) => kind !== 'table')

/** Puts rows into categories and series. Columns the choice names and the result lacks are skipped. */
export function chartData(
  choice: ChartChoice,
  kind: ChartKind,
  columns: readonly Column[],
  rows: readonly Row[],
): ChartData {
  const all = categoriesOf(choice, columns, rows)
  const kept = chosenCategories(all, maxCategories[kind] ?? all.length, choice, rows)
  const place = new Map(kept.map((cell, index) => [keyOf(cell), index]))
  const x = choice.x === null ? undefined : columns[choice.x]
  const label = (cell: Cell) => (x === undefined ? '' : shownCell(cell, x))
  return {
    categories: kept.map((cell) => ({ label: label(cell), cell })),
    series: seriesOf(choice, columns, rows, place),
    of: all.length,
  }
}

/** All categories in the order they came, or where there are too many those with the highest values, highest first. */
function chosenCategories(
  all: readonly Cell[],
  most: number,
  { x, y }: ChartChoice,
  rows: readonly Row[],
): readonly Cell[] {
  const [measure] = y
  if (all.length <= most || x === null || measure === undefined) return all.slice(0, most)
  const totals = new Map<string, number>()
  for (const row of rows) {
    const key = keyOf(row[x] ?? null)
    totals.set(key, (totals.get(key) ?? 0) + (drawn(row[measure] ?? null) ?? 0))
  }
  const total = (cell: Cell): number => totals.get(keyOf(cell)) ?? 0
  return all.toSorted((a, b) => total(b) - total(a)).slice(0, most)
}

const keyOf = (cell: Cell): string => `${typeof cell}:${String(cell)}`

/** The different values along the axis: moments in their order, everything else as the rows came. */
function categoriesOf({ x }: ChartChoice, columns: readonly Column[], rows: readonly Row[]): readonly Cell[] {
  if (x === null) return [null]
  const cells = [...new Map(rows.map((row) => [keyOf(row[x] ?? null), row[x] ?? null])).values()]
  const kind = columns[x]?.kind
  if (kind !== 'date' && kind !== 'timestamp') return cells
  return cells.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
}

function seriesOf(
  choice: ChartChoice,
  columns: readonly Column[],
  rows: readonly Row[],
  place: ReadonlyMap<string, number>,
): readonly ChartSeries[] {
  const groups = new Map<string, ChartPoint[]>()
  const split = choice.series === null ? undefined : columns[choice.series]
  for (const row of rows) {
    const at = choice.x === null ? 0 : place.get(keyOf(row[choice.x] ?? null))
    if (at === undefined) continue
    for (const y of choice.y) {
      const column = columns[y]
      if (column === undefined) continue
      const name = split === undefined ? column.name : shownCell(row[choice.series ?? 0] ?? null, split)
      const points = groups.get(name) ?? []
      points.push({ at, value: drawn(row[y] ?? null), text: shownCell(row[y] ?? null, column) })
      groups.set(name, points)
    }
  }
  return [...groups].map(([name, points]) => ({ name, points: points.toSorted((a, b) => a.at - b.at) }))
}

/** A cell as a position on the screen, where the last digits of a long number cannot be seen anyway. */
function drawn(cell: Cell): number | null {
  const value = cell === null || cell === '' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}
