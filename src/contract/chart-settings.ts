import * as z from 'zod/mini'

const position = z.int().check(z.nonnegative(), z.lte(100_000))

/** The kinds of charts that a person may choose. */
export const DrawnKind = z.enum([
  'kpi',
  'line',
  'area',
  'bar',
  'horizontal-bar',
  'stacked-bar',
  'grouped-bar',
  'donut',
  'scatter',
])
export type DrawnKind = z.infer<typeof DrawnKind>

/** How many colours the palette of charts has. */
export const paletteSize = 8

/**
 * How a person wants an answer drawn, in place of the chart that was chosen by rule. Columns are named by position. Data only: nothing in it
 * is ever evaluated.
 */
export const ChartSettings = z.object({
  kind: DrawnKind,
  /** The column along the axis or of the label; null for none. */
  x: z.nullable(position),
  /** The measures. */
  y: z.array(position).check(
    z.minLength(1),
    z.maxLength(8),
    z.refine((positions) => new Set(positions).size === positions.length, 'must not name a column twice'),
  ),
  /** The column that splits the first measure; null for none. */
  series: z.nullable(position),
  /** Bars and areas beside each other, upon each other, or each as its share of all at its place. */
  stacking: z.enum(['none', 'stacked', 'share']),
  order: z.enum(['answer', 'value', 'label']),
  /** The most categories that are drawn; null for as many as the kind has room for. */
  most: z.nullable(z.int().check(z.gte(1), z.lte(200))),
  /** Whether the categories that are not drawn are added up as one, where their values add up. */
  joinsOthers: z.boolean(),
  /** A colour of the palette for each series; those without one take the next of it. */
  colours: z.array(z.int().check(z.nonnegative(), z.lt(paletteSize))).check(z.maxLength(24)),
  /** How numbers are written on axes and beside marks; `percent` takes them as fractions of one. */
  numbers: z.enum(['plain', 'compact', 'percent']),
  /** Digits after the point there; null for as many as tell values apart. */
  digits: z.nullable(z.int().check(z.nonnegative(), z.lte(10))),
  showsValues: z.boolean(),
  /** Whether periods that are not whole in the data look so. */
  marksUnfinished: z.boolean(),
  /** Whether each series has a small chart of its own. */
  panels: z.boolean(),
})
export type ChartSettings = z.infer<typeof ChartSettings>

/** Whether settings name only columns that a result has. */
export const fitsColumns = ({ x, y, series }: ChartSettings, columnCount: number): boolean =>
  [x, series, ...y].every((position) => position === null || position < columnCount)
