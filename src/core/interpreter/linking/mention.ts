import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'

/** An amount that is worked out of columns of one table. */
export interface Formula {
  readonly table: NamedTable
  /** Multiplied with each other. */
  readonly factors: readonly NamedColumn[]
  /** A fraction taken off, or null. */
  readonly discount: NamedColumn | null
}

/** What some words of the question may stand for; `score` is 1 for a perfect match. */
export type Candidate =
  | { readonly kind: 'table'; readonly table: NamedTable; readonly score: number }
  | { readonly kind: 'column'; readonly column: NamedColumn; readonly score: number }
  | { readonly kind: 'formula'; readonly formula: Formula; readonly score: number }
  | ValueCandidate

export interface ValueCandidate {
  readonly kind: 'value'
  readonly column: NamedColumn
  /** As stored. */
  readonly value: string
  /** `part` when the stored value only contains the words. */
  readonly match: 'whole' | 'part'
  readonly score: number
}

/** Words of the question that name something in the catalog. Positions are of tokens, the end exclusive. */
export interface Mention {
  readonly from: number
  readonly to: number
  /** As written. */
  readonly text: string
  /** Best first, never empty. */
  readonly candidates: readonly Candidate[]
}

export const tableOf = (candidate: Candidate): NamedTable => {
  if (candidate.kind === 'table') return candidate.table
  return candidate.kind === 'formula' ? candidate.formula.table : candidate.column.table
}
