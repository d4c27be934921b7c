/**
 * The values that a label may have: a closed set, or names that the program itself gives, of which so many are kept apart. Any other value counts
 * as `other`, so that nothing from outside makes more series, and nothing that a person wrote becomes one.
 */
export type LabelValues = readonly string[] | { readonly atMost: number }

/** What is measured, under the name that monitoring knows it by: `floe_`, then the unit, then `_total` for what only grows. */
export interface Measured<Label extends string> {
  readonly name: string
  /** One sentence. */
  readonly help: string
  readonly labels: Readonly<Record<Label, LabelValues>>
}

export type Labels<Label extends string> = Readonly<Record<Label, string>>

/** Values of now, each with its labels. */
export type Readings<Label extends string> = Iterable<readonly [labels: Labels<Label>, value: number]>

/** Where the program counts what it does. Nothing here throws or waits; without monitoring nothing is kept. Each name is taken once. */
export interface Meter {
  /** Makes a count that only grows, by 1 where no amount is given. */
  counter<Label extends string>(measured: Measured<Label>): (labels: Labels<Label>, by?: number) => void
  /** Makes a distribution: how many values were at most each bound. */
  histogram<Label extends string>(
    measured: Measured<Label> & { readonly bounds: readonly number[] },
  ): (labels: Labels<Label>, value: number) => void
  /** Has `read` asked for the values whenever monitoring looks. What it throws is told to the log, and the values are left out. */
  gauge<Label extends string>(measured: Measured<Label>, read: () => Readings<Label> | Promise<Readings<Label>>): void
}

/** Bounds in seconds for what a person waits for. */
export const waitBounds: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Counts nothing. */
export const silentMeter: Meter = {
  counter: () => () => undefined,
  histogram: () => () => undefined,
  gauge: () => undefined,
}
