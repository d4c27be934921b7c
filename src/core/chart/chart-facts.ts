import type { Cell, Column } from '../../contract/result.ts'
import type { ColumnRole } from './column-roles.ts'

/** A result as the rules see it. Positions are those of `columns`. */
export interface ChartFacts {
  readonly columns: readonly Column[]
  readonly roles: readonly ColumnRole[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  /** Whether the question asks for shares of a whole. */
  readonly asksForShare: boolean
}

export const positionsOf = ({ roles }: ChartFacts, ...wanted: readonly ColumnRole[]): readonly number[] =>
  roles.flatMap((role, position) => (wanted.includes(role) ? [position] : []))

export const categoriesOf = (facts: ChartFacts) => positionsOf(facts, 'category', 'period')

/** Columns of the role `measure` that hold at least one number. */
export const measuresOf = (facts: ChartFacts): readonly number[] =>
  positionsOf(facts, 'measure').filter((position) => facts.rows.some((row) => numberAt(row, position) !== null))

/** For drawing decisions only: sizes and signs, never a value that is shown. */
export function numberAt(row: readonly Cell[] | undefined, position: number): number | null {
  const cell = row?.[position] ?? null
  const value = cell === null || cell === '' || typeof cell === 'boolean' ? Number.NaN : Number(cell)
  return Number.isFinite(value) ? value : null
}

/** The first measure and those of like size: on one axis, a measure a hundred times smaller would be a flat line. */
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

export const noneNegative = (facts: ChartFacts, positions: readonly number[]) =>
  facts.rows.every((row) => positions.every((position) => (numberAt(row, position) ?? 0) >= 0))

const keyOf = (row: readonly Cell[], positions: readonly number[]) =>
  JSON.stringify(positions.map((position) => row[position] ?? null))

export const distinct = ({ rows }: ChartFacts, position: number) =>
  new Set(rows.map((row) => keyOf(row, [position]))).size

export const isUnique = ({ rows }: ChartFacts, positions: readonly number[]) =>
  new Set(rows.map((row) => keyOf(row, positions))).size === rows.length
