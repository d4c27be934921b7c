import type { Cell, ChartChoice, Column } from '../../contract/result.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import type { ColumnRole } from './column-roles.ts'
import { addsUp, arePartsOfWhole } from './measure-kind.ts'

/** The input of the chart rules. Positions are those of `columns`. */
export interface ChartFacts {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly outline: QueryOutline | null
  /** Whether the question asks for shares of a whole. */
  readonly asksForShare: boolean
}

export type Candidate = Omit<ChartChoice, 'title' | 'unfinished' | 'adds'>

export const tableOnly = (reason: string): Candidate => ({
  kind: 'table',
  allowed: ['table'],
  x: null,
  y: [],
  series: null,
  reason,
})

/** The most slices of a donut, the one for all others included. */
export const mostSlices = 6

export const positionsOf = ({ roles }: ChartFacts, ...wanted: readonly ColumnRole[]): readonly number[] =>
  roles.flatMap((role, position) => (wanted.includes(role) ? [position] : []))

export const categoriesOf = (facts: ChartFacts): readonly number[] => positionsOf(facts, 'category', 'period')

/** Columns of the role `measure` that hold at least one number. */
export const measuresOf = (facts: ChartFacts): readonly number[] =>
  positionsOf(facts, 'measure').filter((position) => facts.rows.some((row) => numberAt(row, position) !== null))

/** A cell as a double, only for decisions about sizes and signs. */
export function numberAt(row: readonly Cell[] | undefined, position: number): number | null {
  const cell = row?.[position] ?? null
  const value = cell === null || cell === '' || typeof cell === 'boolean' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}

/** The first measure and those of similar size and kind, because on one axis a measure a hundred times smaller is a flat line. */
export function comparableMeasures(facts: ChartFacts): readonly number[] & number[] {
  const sizeOf = (position: number) =>
    facts.rows.reduce((most, row) => Math.max(most, Math.abs(numberAt(row, position) ?? 0)), 0)
  const measures = measuresOf(facts)
  const first = measures[0] === undefined ? 0 : sizeOf(measures[0])
  return measures.filter((position, at) => {
    const size = sizeOf(position)
    return at === 0 || (size <= first * 100 && first <= size * 100)
  })
}

export const noneNegative = (facts: ChartFacts, positions: readonly number[]): boolean =>
  facts.rows.every((row) => positions.every((position) => (numberAt(row, position) ?? 0) >= 0))

/** What tells rows apart by some columns, as a key of a set: the cell itself where it is one column. */
const keyOf = (row: readonly Cell[], positions: readonly number[]): Cell =>
  positions.length === 1
    ? (row[positions[0] ?? 0] ?? null)
    : JSON.stringify(positions.map((position) => row[position] ?? null))

export const distinct = ({ rows }: ChartFacts, ...positions: readonly number[]): number =>
  new Set(rows.map((row) => keyOf(row, positions))).size

/** Whether no two rows have the same values in some columns. */
export function isUnique({ rows }: Pick<ChartFacts, 'rows'>, positions: readonly number[]): boolean {
  const seen = new Set<Cell>()
  // Ends at the first pair: most columns of a large result repeat themselves soon.
  return positions.length > 0 && rows.every((row) => seen.size < seen.add(keyOf(row, positions)).size)
}

/** Whether the rows are all that the question is about: not cut, and not the first few by the query's own LIMIT. */
export function areAll({ rows, rowCount, truncated, outline }: ChartFacts): boolean {
  const isCut =
    outline !== null && (outline.skips || outline.keepsSome || (outline.limit !== null && rowCount >= outline.limit))
  return !truncated && rows.length === rowCount && !isCut
}

/** Whether values of a measure may be stacked or put together as "other". */
export const stacks = (facts: ChartFacts, y: readonly number[]): boolean =>
  noneNegative(facts, y) && y.every((position) => addsUp(facts.columns[position], position, facts.outline))

/** Why the rows are no parts of one whole; null where they are. */
export function whyNoWhole(facts: ChartFacts, y: readonly number[]): string | null {
  const [measure, ...more] = y
  if (measure === undefined || more.length > 0) return 'it shows one number for each part'
  if (!noneNegative(facts, y)) return 'a part of a whole is never negative'
  const cells = facts.rows.map((row) => row[measure])
  const isWhole = arePartsOfWhole(facts.columns[measure], cells)
  if (!isWhole && !addsUp(facts.columns[measure], measure, facts.outline)) return 'its values do not add up to a whole'
  if (!isWhole && !areAll(facts)) return 'these are not all parts of the whole'
  return facts.rows.some((row) => (numberAt(row, measure) ?? 0) > 0) ? null : 'there is nothing to divide'
}
