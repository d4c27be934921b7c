import * as z from 'zod/mini'
import { Cell, Column, Sentence } from './result.ts'

/** The most rows of each result that are compared. */
export const maxComparedRows = 10_000

/** A column that both results have, as the later one has it. */
export const ComparedColumn = z.extend(Column, {
  /** Its name in the earlier result, where that is another. */
  nameBefore: z.optional(z.string()),
  /** `key` tells rows apart, a `measure` has differences, a `label` is the same or another. */
  role: z.enum(['key', 'measure', 'label']),
  /** `%`, the ISO code of a currency, or a unit as the name has it; null for none. Differences of percentages are percentage points. */
  unit: z.nullable(z.string()),
})
export type ComparedColumn = z.infer<typeof ComparedColumn>

/** How a number differs. */
export const NumberChange = z.object({
  /** Later less earlier, exact, without needless zeros. */
  difference: z.string(),
  /** The difference in percent of the earlier number; null where that says nothing, as for percentages and after zero. */
  percent: z.nullable(z.number()),
})
export type NumberChange = z.infer<typeof NumberChange>

export const RowChangeKind = z.enum(['added', 'removed', 'changed'])
export type RowChangeKind = z.infer<typeof RowChangeKind>

/** A row that is not the same in both results. */
export const ChangedRow = z.object({
  kind: RowChangeKind,
  /** Cells in the order of the compared columns; null where the result does not have the row. */
  before: z.nullable(z.array(Cell)),
  after: z.nullable(z.array(Cell)),
  /** In the same order: how each number differs; null for what did not change, for labels, and for rows that only one result has. */
  changes: z.array(z.nullable(NumberChange)),
})
export type ChangedRow = z.infer<typeof ChangedRow>

const Side = z.enum(['before', 'after'])

/** What a reader has to know beside the figures. */
export const ComparisonNote = z.discriminatedUnion('kind', [
  /** The values of a column are in different units, so no difference is told. */
  z.object({
    kind: z.literal('other-unit'),
    column: z.string(),
    before: z.nullable(z.string()),
    after: z.nullable(z.string()),
  }),
  /** The values of a column are of different types, so they are compared as texts. */
  z.object({ kind: z.literal('other-type'), column: z.string(), before: z.string(), after: z.string() }),
  /** A period that was not over, or that the data does not fill. */
  z.object({ kind: z.literal('unfinished'), side: Side, column: Column, value: Cell }),
  /** The query keeps only some of its rows by itself, as the ten largest: rows that are gone may still exist, and totals are of the rows listed. */
  z.object({ kind: z.literal('limited'), side: Side }),
  /** Values too long to be delivered were cut. */
  z.object({ kind: z.literal('shortened'), side: Side }),
  /** Columns whose numbers add up have no totals, because not all rows were compared. */
  z.object({ kind: z.literal('no-totals') }),
])
export type ComparisonNote = z.infer<typeof ComparisonNote>

const Compared = z.object({
  /** Rows that were compared. */
  rows: z.int(),
  /** Rows that were delivered. */
  rowCount: z.int(),
  /** Whether there are more than were compared. */
  hasMore: z.boolean(),
})

/** What is different between two results. */
export const ResultChanges = z.object({
  /** One plain sentence. */
  summary: Sentence,
  /** The columns that both results have; cells are in this order. */
  columns: z.array(ComparedColumn),
  addedColumns: z.array(z.string()),
  removedColumns: z.array(z.string()),
  /**
   * `key`: rows are the same row where the columns of `key` are the same; `only-row`: both results are one row; `whole-rows`: nothing tells rows
   * apart, so they are the same only where all their values are, however often.
   */
  pairing: z.enum(['key', 'only-row', 'whole-rows']),
  /** Names of columns; empty for the other pairings. */
  key: z.array(z.string()),
  /**
   * Where the results are of two periods: the column of the key that was compared by its place in the period. `calendar`: January with January,
   * the 3rd with the 3rd; `order`: the first with the first, counted from the beginning of each result. Null otherwise.
   */
  period: z.nullable(
    z.object({
      column: z.string(),
      unit: z.enum(['year', 'quarter', 'month', 'week', 'day']),
      by: z.enum(['calendar', 'order']),
    }),
  ),
  added: z.int(),
  removed: z.int(),
  changed: z.int(),
  same: z.int(),
  /** The rows that differ, as they were asked for. */
  rows: z.array(ChangedRow),
  /** How many differ in the kind that was asked for; `rows` are those from `from` on. */
  found: z.int(),
  from: z.int(),
  /** Of measures that may be added up; exact. Null where a value is no number. */
  totals: z.array(
    z.object({
      column: z.string(),
      before: z.nullable(z.string()),
      after: z.nullable(z.string()),
      change: z.nullable(NumberChange),
    }),
  ),
  before: Compared,
  after: Compared,
  notes: z.array(ComparisonNote),
})
export type ResultChanges = z.infer<typeof ResultChanges>

/** Which of the rows that differ are asked for. */
export const ChangesOrder = z.object({
  from: z._default(z.coerce.number().check(z.int(), z.gte(0), z.lte(1_000_000)), 0),
  count: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(5_000)), 200),
  /** Left out for all kinds. */
  kind: z.optional(RowChangeKind),
  /** The place of a measure among the compared columns, by the size of whose difference rows are sorted, the largest first; left out for the order of the results. */
  by: z.optional(z.coerce.number().check(z.int(), z.gte(0), z.lte(10_000))),
})
export type ChangesOrder = z.infer<typeof ChangesOrder>

/** One of two answers that are compared. */
export const ComparedAnswer = z.object({
  turnId: z.uuid(),
  conversationId: z.uuid(),
  /** Null for SQL that a person wrote. */
  question: z.nullable(z.string()),
  connection: z.string(),
  /** When its query was done. */
  at: z.iso.datetime(),
  sql: z.string(),
  /** Its own sentence; empty for none. */
  answer: Sentence,
})
export type ComparedAnswer = z.infer<typeof ComparedAnswer>

export const Comparison = z.object({ before: ComparedAnswer, after: ComparedAnswer, changes: ResultChanges })
export type Comparison = z.infer<typeof Comparison>

/** An answer that another can be compared with. */
export const ComparableAnswer = z.object({
  turnId: z.uuid(),
  conversationId: z.uuid(),
  question: z.nullable(z.string()),
  /** The beginning of its query. */
  sql: z.string(),
  connection: z.string(),
  at: z.iso.datetime(),
  rowCount: z.int(),
  /** What it has in common with the other: the strongest of these. */
  because: z.enum(['same-query', 'same-favorite', 'same-question', 'same-conversation']),
})
export type ComparableAnswer = z.infer<typeof ComparableAnswer>

/** An answer, and those that it can be compared with. */
export const ComparableAnswers = z.object({
  answer: z.pick(ComparableAnswer, { turnId: true, conversationId: true, question: true, connection: true, at: true }),
  answers: z.array(ComparableAnswer),
})
export type ComparableAnswers = z.infer<typeof ComparableAnswers>
