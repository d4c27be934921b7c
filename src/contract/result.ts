import * as z from 'zod/mini'

/**
 * One value of a result. Numbers that a double cannot hold exactly, NaN and the infinities travel as strings;
 * dates are `YYYY-MM-DD`, times and timestamps ISO-like text with up to nine fractional digits, binary is hex,
 * nested values are JSON text, NULL is null.
 */
export const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type Cell = z.infer<typeof Cell>

/** What a column holds, coarse enough to choose alignment, formats and charts by. */
export const ColumnKind = z.enum(['number', 'text', 'boolean', 'date', 'time', 'timestamp', 'binary', 'nested'])
export type ColumnKind = z.infer<typeof ColumnKind>

/** A column of a result. Names may repeat; position is identity. */
export const Column = z.object({
  name: z.string(),
  /** The type as Snowflake declares it, for example `NUMBER(12,2)`. */
  type: z.string(),
  kind: ColumnKind,
  /** Digits after the point for fixed-point numbers; null where that has no meaning. */
  scale: z.nullable(z.int().check(z.nonnegative())),
})
export type Column = z.infer<typeof Column>

export const ChartKind = z.enum([
  'kpi',
  'table',
  'line',
  'area',
  'bar',
  'horizontal-bar',
  'stacked-bar',
  'grouped-bar',
  'donut',
  'scatter',
])
export type ChartKind = z.infer<typeof ChartKind>

/** Which chart suits a result and why. Columns are named by position. Data only: nothing in it is ever evaluated. */
export const ChartChoice = z.object({
  kind: ChartKind,
  /** The other kinds that make sense for this result, the chosen one included. */
  allowed: z.array(ChartKind),
  /** Position of the column along the axis or of the label; null where there is none. */
  x: z.nullable(z.int().check(z.nonnegative())),
  /** Positions of the measures. */
  y: z.array(z.int().check(z.nonnegative())),
  /** Position of the column that splits the measure into series; null where there is none. */
  series: z.nullable(z.int().check(z.nonnegative())),
  /** Positions of further columns that each label names beside `x`. */
  labels: z.optional(z.array(z.int().check(z.nonnegative()))),
  /** True where the groups that do not fit may be added up to one named "other". */
  other: z.optional(z.boolean()),
  /** True where the query puts the lowest values of the first measure first: where not all fit, those are drawn. */
  lowest: z.optional(z.boolean()),
  /** Positions of the measures whose values may be added up, stacked and divided; left out for none, and by earlier versions. */
  adds: z.optional(z.array(z.int().check(z.nonnegative()))),
  /** True where each series has a small chart of its own, because so many in one cannot be told apart. */
  panels: z.optional(z.boolean()),
  /** Values of `x` whose part of the calendar is not whole in the data. */
  unfinished: z.optional(z.array(Cell)),
  title: z.string(),
  /** Why this kind, in a few plain words. */
  reason: z.string(),
})
export type ChartChoice = z.infer<typeof ChartChoice>

/** How a value in a sentence is written: a name stands as it is, a month `1997-07-01` reads "July 1997", a month name is a number from 1. */
export const ValueForm = z.enum(['name', 'number', 'moment', 'year', 'quarter', 'month', 'month-name'])
export type ValueForm = z.infer<typeof ValueForm>

/** A value in a sentence, exact; its reader writes it by their locale. */
export const SentenceValue = z.object({
  value: Cell,
  form: ValueForm,
  /** What the value is: that of a label, a moment or a measure, a measure's values added up, or a number of rows. */
  role: z.enum(['label', 'time', 'measure', 'total', 'count']),
  /** The column it stands in; null for a number of rows. */
  column: z.nullable(z.string()),
  /** The least and the most digits after the point; left out to keep all. */
  digits: z.optional(z.tuple([z.int().check(z.nonnegative()), z.int().check(z.nonnegative())])),
  /** `%`, the ISO code of a currency, or a unit as the column's name has it. */
  unit: z.optional(z.string()),
})
export type SentenceValue = z.infer<typeof SentenceValue>

/** Sentences about a result: words, and values between them. */
export const Sentence = z.array(z.union([z.object({ text: z.string() }), SentenceValue]))
export type Sentence = z.infer<typeof Sentence>

/** Parts of tables that are read whole or not at all. */
export const Partitions = z.object({ assigned: z.int().check(z.nonnegative()), total: z.int().check(z.nonnegative()) })
export type Partitions = z.infer<typeof Partitions>

/** What will be read of one table at most. */
export const TableEstimate = z.object({
  /** `DATABASE.SCHEMA.TABLE` as the warehouse names it. */
  table: z.string(),
  /** Bytes that will be read; null where the warehouse cannot tell. */
  bytes: z.nullable(z.number().check(z.nonnegative())),
  /** Bytes of the whole table; null where they are unknown. */
  tableBytes: z.nullable(z.number().check(z.nonnegative())),
  partitions: z.nullable(Partitions),
})
export type TableEstimate = z.infer<typeof TableEstimate>

/** What a query will read at most. Each figure is null, or left out, where the warehouse cannot tell. */
export const Estimate = z.object({
  rows: z.nullable(z.number().check(z.nonnegative())),
  bytes: z.nullable(z.number().check(z.nonnegative())),
  partitions: z.optional(z.nullable(Partitions)),
  /** Largest first. */
  tables: z.optional(z.array(TableEstimate)),
  /** What may make the query far larger than it looks, a sentence each. */
  warnings: z.optional(z.array(z.string())),
})
export type Estimate = z.infer<typeof Estimate>
