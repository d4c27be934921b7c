import type { Period, BareNumbers } from '../language/periods.ts'
import type { AggregateFunction, CompareOperator, PhraseUnit, Quality, TextMatch, Phrase } from '../language/phrase.ts'
import type { Mention } from '../linking/mention.ts'

/** What a noun is there for; decides what it may stand for. */
export type NounRole = 'ask' | 'counted' | 'entity' | 'measure' | 'group' | 'numeric' | 'textual' | 'order' | 'loose'

/** Some words that name a thing, in their place in the question. */
export interface Noun {
  readonly mention: Mention
  role: NounRole
  /** The thing it belongs to ("names *of customers*"), where that was said; a value stands for the things that have it. */
  anchor: Noun | AskedValue | null
}

/** What is to be shown, in the order asked. */
export type Ask =
  | { readonly kind: 'noun'; readonly noun: Noun; readonly distinct: boolean }
  | { readonly kind: 'measure'; readonly measure: Measure }
  | { readonly kind: 'when'; readonly of: Noun | null }
  | { readonly kind: 'where'; readonly of: Noun | null }
  /** "how old": the column that tells it. */
  | { readonly kind: 'how'; readonly quality: Quality; readonly of: Noun | null }

/** A number worked out of many rows; a count without a noun counts rows. */
export interface Measure {
  readonly fn: AggregateFunction
  readonly noun: Noun | null
  readonly distinct: boolean
}

export type Operand =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'numbers'; readonly values: readonly number[] }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** The average, lowest or highest of the same column over all rows. */
  | { readonly kind: 'extreme'; readonly fn: 'avg' | 'min' | 'max' }
  | { readonly kind: 'values'; readonly values: readonly AskedValue[]; readonly all: boolean }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'match'; readonly how: TextMatch; readonly text: string }
  | { readonly kind: 'missing' }
  /** Nothing was said but that it be so: "with a final exam", "without orders". */
  | { readonly kind: 'present' }

export interface AskedValue {
  readonly text: string
  readonly mention: Mention | null
  readonly quoted: boolean
}

/** Something rows must fulfil. Without a subject the values themselves say which column is meant. */
export interface Filter {
  readonly subject: Noun | { readonly quality: Quality } | null
  readonly operator: CompareOperator
  readonly operand: Operand
  readonly negated: boolean
  /** Joined to the demand before it by "or". */
  readonly or: boolean
  /** The thing last spoken of, whose rows are meant. */
  readonly about: Noun | AskedValue | null
  /** Set inside "who have no …": the relation that everything here narrows. */
  readonly within: Relation | null
}

/** Rows that must (or must not) have related rows, perhaps so many of them. */
export interface Relation {
  readonly noun: Noun
  readonly negated: boolean
  /** Null: at least one. */
  readonly count: { readonly operator: CompareOperator; readonly operand: Operand } | null
  readonly about: Noun | AskedValue | null
  /** Only spoken of, not demanded: "templates all *documents* use". */
  readonly loose: boolean
  /** Said behind "with", so that a column may as well be shown. */
  readonly with: boolean
}

/** `each` tells "of each student", which may only mean all of them, from "by student". */
export type Group =
  | { readonly kind: 'noun'; readonly noun: Noun; readonly each: boolean }
  | { readonly kind: 'time'; readonly unit: PhraseUnit | null; readonly noun: Noun | null; readonly each: boolean }

/** Which rows come first. */
export interface Ranking {
  readonly by: Noun | Measure | { readonly quality: Quality } | null
  /** The thing ranked, where it stands behind: "the youngest *dog*". */
  readonly of: Noun | null
  readonly descending: boolean
  /** Said at the head ("the highest price of …"), where it may as well ask for the value itself. */
  readonly atHead: boolean
}

/** A question in slots, its words not yet settled. */
export interface Draft {
  asks: Ask[]
  filters: Filter[]
  relations: Relation[]
  groups: Group[]
  ranking: Ranking | null
  sort: { readonly by: readonly (Noun | Measure)[]; readonly descending: boolean } | null
  limit: { readonly count: number; readonly skip: number } | null
  distinct: boolean
  share: boolean
  /** "the average number of orders per customer": a function over the numbers of all groups. */
  over: AggregateFunction | null
  /** Asked with "which", so that the same answer twice is one too many. */
  which: boolean
  /** What happened, in the question's words. */
  verbs: string[]
  /** Those of them that nothing follows ("… were cancelled?"), so that they must tell the rows themselves. */
  finalVerbs: string[]
  /** What reading took for granted, one sentence each. */
  notes: string[]
  /** Words that answer to nothing. */
  unknown: string[]
  nouns: Noun[]
}

export const emptyDraft = (): Draft => ({
  asks: [],
  filters: [],
  relations: [],
  groups: [],
  ranking: null,
  sort: null,
  limit: null,
  distinct: false,
  share: false,
  over: null,
  which: false,
  verbs: [],
  finalVerbs: [],
  notes: [],
  unknown: [],
  nouns: [],
})

export const isNoun = (thing: unknown): thing is Noun =>
  typeof thing === 'object' && thing !== null && 'mention' in thing && 'role' in thing

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
