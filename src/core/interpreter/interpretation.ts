import type { InheritedPart } from '../../contract/turn-event.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { PinnedName } from '../catalog/pinned-names.ts'
import type { Token } from '../language/tokenise.ts'
import type { KnownValue, ValueLookup, WordLink } from '../ports/writer.ts'
import type { Query } from './plan/query.ts'
import type { Resolution } from './plan/resolve-nouns.ts'
import type { Draft } from './reading/draft.ts'

/** A question asked earlier in the conversation. */
export interface EarlierQuestion {
  readonly question: string
  /** The inherited parts that the person took off. */
  readonly leftOut: readonly string[]
  /** Who wrote its last query; a person may have changed it. */
  readonly origin: 'interpreter' | 'model' | 'person'
  /** What places of it stand for; left out for none. */
  readonly pinned?: readonly PinnedName[]
}

/** An interpreted question, or the reason why it could not be interpreted. */
export type Interpretation =
  | {
      readonly kind: 'query'
      readonly sql: string
      readonly query: Query
      readonly resolution: Resolution
      readonly notes: readonly string[]
      /** What a follow-up took over from the question it follows; empty for any other question. */
      readonly inherited: readonly InheritedPart[]
      /** What the nouns and values of the question were resolved to; null for an edit of the query before. */
      readonly links: readonly WordLink[] | null
    }
  /** The words are ambiguous; `options` are unambiguous forms of the question. */
  | { readonly kind: 'ambiguous'; readonly words: string; readonly options: readonly string[] }
  | { readonly kind: 'declined'; readonly reason: string }
  /** The data must tell which column holds a text of the question. */
  | { readonly kind: 'needs-values'; readonly lookups: readonly ValueLookup[] }

export interface InterpretRequest {
  readonly question: string
  /** What places of the question stand for; left out for none. */
  readonly pinned?: readonly PinnedName[]
  /** The questions it may follow, oldest first. */
  readonly earlier?: readonly EarlierQuestion[]
  /** Inherited parts that the person took off, by their ids. */
  readonly leftOut?: readonly string[]
  readonly catalog: Catalog
  /** The tables found for the question. In a large catalog only they and their neighbours are considered. */
  readonly tables: readonly CatalogTable[]
  /** `YYYY-MM-DD`. */
  readonly today: string
  /** What was looked up in the data; left out for nothing. */
  readonly knownValues?: readonly KnownValue[]
}

export type Interpret = (request: InterpretRequest) => Interpretation

/** Some words parsed against a catalog, before nouns are resolved and a query is planned. */
export interface Reading {
  readonly question: string
  readonly tokens: readonly Token[]
  readonly draft: Draft
  /** The words in lower case, for choosing among dates and joins; other tokens are empty. */
  readonly words: readonly string[]
  /** Assumptions made so far, one sentence each. */
  readonly notes: readonly string[]
}

/** What words are read against. `names` are the pinned names by the words that stand in for them. */
export type Scope = Omit<InterpretRequest, 'question' | 'pinned' | 'earlier' | 'leftOut'> & {
  readonly names: ReadonlyMap<string, PinnedName>
}
export type ReadWords = (words: string, scope: Scope) => Reading
export type PlanReading = (reading: Reading, scope: Scope) => Interpretation
