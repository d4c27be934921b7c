import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { AggregateFunction } from '../../language/phrase.ts'

/** A unit in which the time between two dates is counted. */
export type DurationUnit = 'day' | 'hour' | 'minute'

/** An amount computed from columns of one row: a product, or the time from the first factor to the second. */
export interface Formula {
  readonly table: NamedTable
  /** The columns to multiply, of `table`; for a duration, two dates, one of which another table that `table` refers to may hold. */
  readonly factors: readonly NamedColumn[]
  /** Set for a duration. */
  readonly duration?: DurationUnit
  /** A column with a fraction to subtract, or null. */
  readonly discount: NamedColumn | null
}

/** A possible link of some words; `score` is 1 for a perfect match. */
export type Candidate =
  | { readonly kind: 'table'; readonly table: NamedTable; readonly score: number }
  | { readonly kind: 'column'; readonly column: NamedColumn; readonly score: number }
  | { readonly kind: 'formula'; readonly formula: Formula; readonly score: number }
  | ValueCandidate

/** What a person tied words to. */
export type PinnedCandidate = Exclude<Candidate, ValueCandidate | { readonly kind: 'formula' }>

export interface ValueCandidate {
  readonly kind: 'value'
  readonly column: NamedColumn
  /** The stored spelling. */
  readonly value: string
  /** `part` when the stored value only contains the words, `letter` when it is the first letter of a state ("F" for "failed"). */
  readonly match: 'whole' | 'part' | 'letter'
  readonly score: number
}

/** How a metric of a semantic view is computed. */
export interface MetricReading {
  readonly name: string
  readonly fn: AggregateFunction
  readonly distinct: boolean
  /** The metric's definition, one sentence for the person. */
  readonly note: string
}

/** A span of the question with its links. Positions are token positions, the end exclusive. */
export interface Mention {
  readonly from: number
  readonly to: number
  /** The words as written. */
  readonly text: string
  /** Best first, never empty. */
  readonly candidates: readonly Candidate[]
  /** True when a person tied the words to the only candidate, which then stands for nothing else. */
  readonly isPinned?: true
  /** Set when the words name a metric; the candidate is what the metric aggregates. */
  readonly metric?: MetricReading
}

export const tableOf = (candidate: Candidate): NamedTable => {
  if (candidate.kind === 'table') return candidate.table
  return candidate.kind === 'formula' ? candidate.formula.table : candidate.column.table
}
