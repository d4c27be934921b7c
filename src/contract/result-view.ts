import * as z from 'zod/mini'
import { Cell, Column } from './result.ts'

const position = z.int().check(z.nonnegative())
const count = z.int().check(z.nonnegative())
const exact = z.string().check(z.maxLength(10_000))

/** One column that the rows of a result are ordered by. Equal rows keep the order of the result; NULLs come last. */
export const SortKey = z.object({ column: position, direction: z.enum(['ascending', 'descending']) })
export type SortKey = z.infer<typeof SortKey>

/**
 * Which rows of a result are looked at; every filter must hold. Columns are named by position. Values are written as `exactCell` writes
 * them; null stands for NULL. Bounds of a range are inclusive and ordered as the column sorts; null is no bound, and NULL is in no range.
 */
export const ResultFilter = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('values'),
    column: position,
    values: z.array(z.nullable(exact)).check(z.maxLength(1_000)),
    /** True to leave these values out instead of keeping them alone. */
    isExcluded: z.boolean(),
  }),
  z.object({ kind: z.literal('range'), column: position, from: z.nullable(exact), to: z.nullable(exact) }),
  /** Text that a cell of the column holds, without regard to case. */
  z.object({ kind: z.literal('contains'), column: position, text: exact }),
])
export type ResultFilter = z.infer<typeof ResultFilter>

/** The order and the choice of rows that a person looks at. */
export const RowsView = z.object({
  sort: z.array(SortKey).check(z.maxLength(8)),
  filters: z.array(ResultFilter).check(z.maxLength(50)),
  /** Text that any cell of a row holds, without regard to case; empty for no search. */
  search: z.string().check(z.maxLength(500)),
})
export type RowsView = z.infer<typeof RowsView>

/** The rows of a finished result from one position of a view on. */
export const RowsWindow = z.object({
  /** Those of the rows, in the order of their cells. */
  columns: z.array(Column),
  rows: z.array(z.array(Cell)),
  /** Position in the view of the first row given. */
  from: count,
  /** Rows in the view. */
  viewRows: count,
  /** Rows of the result, as far as they can be read. */
  allRows: count,
  /** False where the query has more rows: its row limit, or what may be read of the connection, ends them before. */
  isWhole: z.boolean(),
  /** When the rows were read from the warehouse. */
  readAt: z.iso.datetime(),
})
export type RowsWindow = z.infer<typeof RowsWindow>

/** What one column holds in the rows of a view. */
export const ColumnSummary = z.object({
  rows: count,
  nulls: count,
  distinct: count,
  /** The smallest and the largest value as the column sorts; null where every value is NULL. */
  min: Cell,
  max: Cell,
  /** Of numbers, exact where the column is fixed-point; null for any other column and where there is none. */
  sum: z.nullable(z.string()),
  mean: z.nullable(z.string()),
  /** Numbers and moments by equal parts of their range, text and flags by value; empty where there is nothing to count. */
  histogram: z.array(z.object({ from: Cell, to: Cell, count })),
  /** The most frequent values with how often they occur, most frequent first. NULL is none of them, nor of the distinct ones. */
  values: z.array(z.object({ value: Cell, count })),
})
export type ColumnSummary = z.infer<typeof ColumnSummary>
