import type { PeriodUnit } from '../../contract/words/columns.ts'

/** What a query's syntax tree says about its result: how each column came to be, how many rows it takes, in which order. */
export interface QueryOutline {
  /** One for each column of the result; null where the tree does not list them, as for `*` and UNION. */
  readonly outputs: readonly OutputOutline[] | null
  /** The most rows that the query takes by its own LIMIT; null where it sets none. */
  readonly limit: number | null
  /** Whether OFFSET leaves out the first rows. */
  readonly skips: boolean
  /** The sort keys that are columns of the result, up to the first that is not. */
  readonly order: readonly { readonly position: number; readonly descending: boolean }[]
  /** Whether total rows stand beside the groups, as with ROLLUP. */
  readonly hasTotals: boolean
}

export interface OutputOutline {
  /** `plain` is a column or an expression of one row; `other` is neither a count, a sum, nor plain. */
  readonly gives: 'count' | 'sum' | 'other' | 'plain'
  /** The part of the calendar that the values are truncated to; null for any other value. */
  readonly bucket: PeriodUnit | null
}
