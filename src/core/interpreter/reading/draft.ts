import type { NamedColumn } from '../../catalog/named-catalog.ts'
import type { Period, BareNumbers } from '../../language/periods.ts'
import type {
  AggregateFunction,
  ChangeWay,
  CompareOperator,
  PhraseUnit,
  Quality,
  TextMatch,
  Phrase,
} from '../../language/phrase.ts'
import type { Unit } from '../../language/units.ts'
import type { Mention } from '../linking/mention.ts'
import type { Query } from '../plan/query.ts'

/** The syntactic role of a noun, which decides what it may be linked to. */
export type NounRole = 'ask' | 'counted' | 'entity' | 'measure' | 'group' | 'numeric' | 'textual' | 'order' | 'loose'

/** A noun phrase of the question with its candidate links. */
export interface Noun {
  readonly mention: Mention
  role: NounRole
  /** The owner it belongs to ("names *of customers*"), or null. A value as owner means the rows that have this value. */
  anchor: Noun | AskedValue | null
}

/** One thing to show. A draft lists them in the order asked. */
export type Ask =
  | { readonly kind: 'noun'; readonly noun: Noun; readonly distinct: boolean }
  | { readonly kind: 'measure'; readonly measure: Measure }
  | { readonly kind: 'when'; of: Noun | null }
  | { readonly kind: 'where'; of: Noun | null }
  /** "how old": the column that holds the quality. */
  | { readonly kind: 'how'; readonly quality: Quality; of: Noun | null }

/** An aggregate over many rows. A count without a noun counts rows. */
export interface Measure {
  readonly fn: AggregateFunction
  readonly noun: Noun | null
  readonly distinct: boolean
}

export type Operand =
  /** `written` holds the digits where the value does not keep them: "0012", numbers beyond 2^53. */
  | { readonly kind: 'number'; readonly value: number; readonly written?: string }
  | { readonly kind: 'numbers'; readonly values: readonly number[]; readonly written?: readonly string[] }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** The average, minimum or maximum of the filtered column over all rows. */
  | { readonly kind: 'extreme'; readonly fn: 'avg' | 'min' | 'max' }
  /** `joint` is the word between several values: "France and Germany" are told apart in a list. */
  | {
      readonly kind: 'values'
      readonly values: readonly AskedValue[]
      readonly all: boolean
      readonly joint: 'and' | 'or'
    }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'match'; readonly how: TextMatch; readonly text: string }
  | { readonly kind: 'missing' }
  /** Another column of the row, or the row that the noun stands for: "above its cost", "more than their manager". */
  | { readonly kind: 'column'; readonly noun: Noun }
  /** The column must hold a value, with no value named: "with a discount", "without a ship date". */
  | { readonly kind: 'present' }

export interface AskedValue {
  readonly text: string
  readonly mention: Mention | null
  readonly quoted: boolean
}

/** A condition on rows. Without a subject, the linked values decide which column is meant. */
export interface Filter {
  readonly subject: Noun | { readonly quality: Quality } | null
  readonly operator: CompareOperator
  readonly operand: Operand
  readonly negated: boolean
  /** Joined to the previous filter by "or". */
  readonly or: boolean
  /** The noun or value mentioned last, whose rows the filter restricts. */
  readonly about: Noun | AskedValue | null
  /** "never": no row may meet the condition, as opposed to some row that does not. */
  readonly never?: boolean
  /** Set inside "who have no …": the negated relation whose rows this filter restricts. */
  readonly within: Relation | null
}

/** Requires rows to have, or not to have, related rows, optionally a given number of them. */
export interface Relation {
  readonly noun: Noun
  readonly negated: boolean
  /** Null means at least one. */
  readonly count: { readonly operator: CompareOperator; readonly operand: Operand } | null
  readonly about: Noun | AskedValue | null
  /** Mentioned without restricting rows: "prices that all *customers* pay". */
  readonly loose: boolean
  /** "at least two *different* customers": equal ones count once. */
  readonly distinct?: boolean
  /** Introduced by "with", so a column may be meant to be shown instead of filtered. */
  readonly with: boolean
}

/** "more refunds than jobs": the numbers of two kinds of related rows, compared with each other. */
export interface ComparedNumbers {
  readonly left: Noun | AskedValue
  readonly operator: CompareOperator
  readonly right: Noun | AskedValue
  readonly about: Noun | AskedValue | null
}

/** `each` marks "of each customer", which may simply mean all customers, as opposed to "by customer"; `across` marks "across customers", `per` "per litre". */
export type Group =
  | {
      readonly kind: 'noun'
      readonly noun: Noun
      readonly each: boolean
      readonly across?: boolean
      readonly per?: boolean
    }
  /** "France versus Germany": by the column that holds the values. */
  | { readonly kind: 'values'; readonly noun: null; readonly value: AskedValue; readonly each: false }
  | {
      readonly kind: 'time'
      readonly unit: PhraseUnit | null
      readonly noun: Noun | null
      readonly each: boolean
      /** True when the question asks for the unit itself: "which month". */
      readonly asked?: boolean
    }

/** The order in which rows or groups are ranked. */
export interface Ranking {
  readonly by: Noun | Measure | { readonly quality: Quality } | null
  /** The ranked entity when it follows the superlative: "the newest *order*". */
  readonly of: Noun | null
  readonly descending: boolean
  /** True when the question begins with it ("the highest price of …"), so it may ask for the value itself. */
  readonly atHead: boolean
  /** True for "clients by freight charge": the measure of all rows of each, as opposed to its highest one. */
  readonly ofAll?: true
}

/** The rows of an earlier result, by the key of their table: only they, or when negated all others, are meant. */
export interface EarlierRows {
  readonly column: NamedColumn
  /** Selects the keys. */
  readonly query: Query
  readonly negated: boolean
}

/** The question parsed into slots, with nouns not yet resolved to tables and columns. */
export interface Draft {
  asks: Ask[]
  filters: Filter[]
  relations: Relation[]
  compared: ComparedNumbers[]
  /** The related rows in "including those without orders": things that have none are kept. `of` names the things. */
  included: { readonly noun: Noun; readonly of: Noun | null } | null
  groups: Group[]
  ranking: Ranking | null
  sort: {
    readonly by: readonly (Noun | Measure)[]
    readonly descending: boolean
    /** "from old to young": a later birth is a lower age. */
    readonly byAge?: boolean
  } | null
  limit: { readonly count: number; readonly skip: number } | null
  /** True when all that share the first place of the ranking are meant: "the oldest engineers". */
  ties: boolean
  distinct: boolean
  share: boolean
  /** The measure of two periods set against each other, or of each period; null for a plain measure. */
  change: { readonly way: ChangeWay; readonly periods: readonly Period[]; readonly words: string } | null
  /** An outer aggregate over the groups' values: "the *average* number of orders per customer". */
  over: AggregateFunction | null
  /** True for a question with "which": duplicate values are then removed. */
  which: boolean
  /** Verbs of the question, as written in lower case. */
  verbs: string[]
  /** Verbs at the end of the question ("… were cancelled?"): they must act as a filter. */
  finalVerbs: string[]
  /** Verbs that may link two nouns; `at` is the token. One that is `unlisted` is no verb that is known, and must link them. */
  links: { readonly word: string; readonly at: number; readonly unlisted: boolean }[]
  /** Assumptions made while parsing, one sentence each. */
  notes: string[]
  /** Words that could not be linked; any of them makes the interpreter decline. */
  unknown: string[]
  nouns: Noun[]
  /** The units that amounts are given or wanted in: "in feet". */
  units: readonly Unit[]
  /** Places of words that mean the data as a whole: "in the company". */
  frames: { readonly from: number; readonly to: number }[]
  /** True when all columns of what is asked for are shown: "all the information about". */
  whole: boolean
  /** Set in a follow-up that speaks of rows chosen by rank, or of the rows that were left out. */
  earlier: EarlierRows | null
}

export const emptyDraft = (): Draft => ({
  asks: [],
  filters: [],
  relations: [],
  compared: [],
  included: null,
  groups: [],
  ranking: null,
  sort: null,
  limit: null,
  ties: false,
  distinct: false,
  share: false,
  change: null,
  over: null,
  which: false,
  verbs: [],
  finalVerbs: [],
  links: [],
  notes: [],
  unknown: [],
  nouns: [],
  units: [],
  frames: [],
  whole: false,
  earlier: null,
})

export const isNoun = (thing: unknown): thing is Noun =>
  typeof thing === 'object' && thing !== null && 'mention' in thing && 'role' in thing

/** One piece of the question with a meaning. `from` and `to` are token positions, the end exclusive. */
export type Item = { readonly from: number; readonly to: number } & (
  | { readonly type: 'phrase'; readonly phrase: Phrase }
  /** Names a table, a column or an amount. `unit` is set when the words also name a unit of time ("year"). */
  | { readonly type: 'noun'; readonly mention: Mention; readonly unit: PhraseUnit | null }
  /** A value. `mention` is null for a quoted text or proper name that no sampled column holds. */
  | { readonly type: 'value'; readonly text: string; readonly mention: Mention | null; readonly quoted: boolean }
  | { readonly type: 'number'; readonly value: number; readonly text: string }
  | { readonly type: 'period'; readonly period: Period; readonly numbers: BareNumbers | null }
  /** `mention` names the table whose rows are what the verb does. */
  | { readonly type: 'verb'; readonly word: string; readonly mention: Mention | null }
  /** A condition whose words were linked as a whole: "delivered late". All parts must hold. */
  | {
      readonly type: 'condition'
      readonly parts: readonly {
        readonly mention: Mention
        readonly operator: CompareOperator
        readonly operand: Operand
      }[]
    }
  | { readonly type: 'unknown'; readonly word: string }
)

export type ItemOf<Type extends Item['type']> = Extract<Item, { readonly type: Type }>
