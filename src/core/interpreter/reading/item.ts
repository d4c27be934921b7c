import type { BareNumbers, Period } from '../language/periods.ts'
import type { Phrase, PhraseUnit } from '../language/phrase.ts'
import type { Mention } from '../linking/mention.ts'

/** The question cut into pieces that mean something. Positions are of tokens, the end exclusive. */
export type Item = { readonly from: number; readonly to: number } & (
  | { readonly type: 'phrase'; readonly phrase: Phrase }
  /** Names a table, a column or an amount; perhaps a unit of time as well. */
  | { readonly type: 'noun'; readonly mention: Mention; readonly unit: PhraseUnit | null }
  /** A value; `mention` is null where it was quoted or looks like a name and no column is known to hold it. */
  | { readonly type: 'value'; readonly text: string; readonly mention: Mention | null; readonly quoted: boolean }
  | { readonly type: 'number'; readonly value: number; readonly text: string }
  | { readonly type: 'period'; readonly period: Period; readonly numbers: BareNumbers | null }
  | { readonly type: 'verb'; readonly word: string }
  | { readonly type: 'unknown'; readonly word: string }
)

export type ItemOf<Type extends Item['type']> = Extract<Item, { readonly type: Type }>
