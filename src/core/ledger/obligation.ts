import type { PinnedName } from '../catalog/pinned-names.ts'
import type { LedgerRole } from '../../contract/ledger.ts'
import type { BareNumbers, Period } from '../language/periods.ts'
import type { TextSpan } from './query-parts.ts'

/** What a query must hold to answer some words of the question. */
export type Need =
  /** A table, column, value or function that the word names. */
  | { readonly kind: 'word' }
  /** A literal with this text. */
  | { readonly kind: 'value' }
  | { readonly kind: 'number'; readonly value: number; readonly isPercent: boolean }
  | { readonly kind: 'period'; readonly period: Period; readonly numbers: BareNumbers | null }
  /** A calendar month without its year. */
  | { readonly kind: 'month'; readonly month: number }
  | { readonly kind: 'negation' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'comparison'; readonly way: 'more' | 'less' | 'equal' | 'between' | 'any' }
  /** `needsCut`: the rows must be cut off or reduced to an extreme, not only sorted. */
  | { readonly kind: 'ranking'; readonly way: 'high' | 'low' | 'any'; readonly needsCut: boolean }
  /** A test on the letters of a text. */
  | { readonly kind: 'match' }
  | { readonly kind: 'group' }
  | { readonly kind: 'quantifier'; readonly which: 'all' | 'both' | 'either' | 'only' }
  | { readonly kind: 'share' }
  | { readonly kind: 'change'; readonly which: 'difference' | 'compare' | 'trend' | 'running' }
  | { readonly kind: 'aggregate'; readonly which: 'count' | 'sum' | 'average' | 'median' | 'spread' }
  | { readonly kind: 'distinct' }
  | { readonly kind: 'order'; readonly way: 'asc' | 'desc' | null }
  /** Asks for the answer itself: "show", "list". */
  | { readonly kind: 'request' }
  /** Relates two nouns: "with", "have", "by"; whatever answers the noun after it answers it. */
  | { readonly kind: 'relation' }
  /** A unit of measure after a number. */
  | { readonly kind: 'unit' }

/** Words of a question that a query must answer. */
export interface Obligation extends TextSpan {
  readonly text: string
  readonly role: LedgerRole
  readonly need: Need
  /** The table or column that a person tied the words to; left out for none. */
  readonly pinned?: PinnedName
}
