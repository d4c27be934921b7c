import * as z from 'zod/mini'
import { Problem } from './problem.ts'
import { CsvSeparator, DecimalMark, ResultFormat } from './result-file.ts'
import { RowsView } from './result-view.ts'

/** Every row of the query, or what the table shows: its rows, order and columns. */
export const ExportView = z.enum(['all', 'shown'])
export type ExportView = z.infer<typeof ExportView>

/** The rows and columns of a result as a table shows them. */
export const ShownTable = z.extend(RowsView, {
  /** Positions of the columns in the order shown; left out for every column. */
  columns: z.optional(z.array(z.int().check(z.nonnegative())).check(z.minLength(1), z.maxLength(16_384))),
})
export type ShownTable = z.infer<typeof ShownTable>

/** What is wanted of a result as a file. The marks concern CSV alone; `shown` concerns the view of that name. */
export const ExportOrder = z.object({
  format: z._default(ResultFormat, 'csv'),
  view: z._default(ExportView, 'all'),
  separator: z.optional(CsvSeparator),
  decimalMark: z.optional(DecimalMark),
  byteOrderMark: z._default(z.boolean(), false),
  /**
   * Every row of a result that its warehouse keeps is read from there, as far as the row limit of its turn let the query go. True runs the query
   * again instead, without that limit. Without effect where no warehouse keeps results: every row is then always read by running the query.
   */
  again: z._default(z.boolean(), false),
  shown: z._default(ShownTable, { sort: [], filters: [], search: '' }),
})
export type ExportOrder = z.infer<typeof ExportOrder>

const count = z.int().check(z.nonnegative())

/** A file of a result that is being made, or waits to be fetched. It is removed an hour after it was made. */
export const ExportJob = z.object({
  id: z.uuid(),
  turnId: z.uuid(),
  format: ResultFormat,
  view: ExportView,
  state: z.enum(['running', 'done', 'failed']),
  /** Rows written so far; null where the engine does not tell before the end. */
  rows: z.nullable(count),
  /** Bytes written so far. */
  bytes: count,
  /** Whether a row limit left rows out. */
  isCut: z.boolean(),
  /** When the rows were read that the server had kept; null where the query ran for this file, and while it is being made. */
  keptAt: z.nullable(z.iso.datetime()),
  /** Whether they were left out by the turn's limit alone: an order with `again` runs the query without it. */
  mayRunAgain: z.boolean(),
  /** The name that the file is saved under. */
  fileName: z.string(),
  /** When the file is removed; null while it is being made. */
  expiresAt: z.nullable(z.iso.datetime()),
  /** Why it failed; null otherwise. */
  problem: z.nullable(Problem),
})
export type ExportJob = z.infer<typeof ExportJob>
