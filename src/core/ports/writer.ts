import type { Problem } from '../../contract/problem.ts'
import type { ChartKind } from '../../contract/result.ts'
import type { InheritedPart, TableName } from '../../contract/turn-event.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { PinnedName } from '../catalog/pinned-names.ts'

/** A query that failed its check, handed back with all its faults at once. */
export interface FailedAttempt {
  readonly sql: string
  readonly problems: readonly Problem[]
  /** Words of the question that no part of the query answers, as written; left out when each is answered. */
  readonly unanswered?: readonly string[]
}

/** What a writer read some words of the question as. Offsets are into the question, in UTF-16 code units, the end exclusive. */
export interface WordLink {
  readonly from: number
  readonly to: number
  /** Names of tables and columns as stored. */
  readonly names: readonly string[]
  /** Stored values. */
  readonly values: readonly string[]
}

/** A column under the names the warehouse stores. */
export interface ColumnName extends TableName {
  readonly column: string
}

/** A text of the question that may be a stored value, and the text columns that may hold it, the likeliest first. */
export interface ValueLookup {
  readonly text: string
  readonly columns: readonly ColumnName[]
}

/** A column that holds a value like the text looked up. */
export interface FoundValue {
  readonly column: ColumnName
  /**
   * The value as stored. Null where the connection only lets values be compared: `case` is then compared without regard to case, `contains`
   * with `CONTAINS`.
   */
  readonly spelling: string | null
  /** `case`: equal but for upper and lower case; `near`: a few letters differ; `contains`: the text is a part of the value. */
  readonly match: 'exact' | 'case' | 'near' | 'contains'
}

/** What the data say about a text that may be a stored value. */
export interface KnownValue {
  readonly text: string
  /**
   * `unknown`: nothing was found and not every column could be asked, for want of consent or time. The writer then asks the person which
   * column is meant, and never guesses one.
   */
  readonly state: 'known' | 'unknown'
  /** The best matches first, and among equals in the order of the columns that were looked up. */
  readonly found: readonly FoundValue[]
  /** The columns that were asked: one that is here and not in `found` holds nothing like the text. */
  readonly asked: readonly ColumnName[]
}

/** A question asked earlier in the conversation, and the SQL last proposed for it. */
export interface EarlierTurn {
  readonly question: string
  readonly sql: string | null
  /** Who wrote that SQL; a person when it was edited. Left out for the built-in interpreter. */
  readonly origin?: 'interpreter' | 'model' | 'person'
  /** The SQL in plain words; null or left out where no explanation was made. */
  readonly explanation?: string | null
  /** Inherited parts that the person took off in that question. */
  readonly leftOut?: readonly string[]
  /** What places of that question stand for; left out for none. */
  readonly pinned?: readonly PinnedName[]
}

export interface WriteRequest {
  readonly question: string
  /** What places of the question stand for: certain, and to be used by the query. Left out for none. */
  readonly pinned?: readonly PinnedName[]
  /** The questions that this one follows, oldest first. */
  readonly history: readonly EarlierTurn[]
  /** Inherited parts that the person took off, by their ids. */
  readonly leftOut?: readonly string[]
  readonly catalog: Catalog
  /** The tables found for the question, best first. */
  readonly tables: readonly CatalogTable[]
  /** Whether a model may see sampled column values; the connection's policy decides. */
  readonly showSamples: boolean
  /** The day questions mean by "today", `YYYY-MM-DD`. */
  readonly today: string
  readonly failures: readonly FailedAttempt[]
  /** What was found out for `needs-values`, one entry a lookup in the order asked; left out before the writer has asked. */
  readonly knownValues?: readonly KnownValue[]
}

export type WriterOutcome =
  | {
      readonly kind: 'query'
      /** In Snowflake's dialect, not yet judged. */
      readonly sql: string
      /** How the question was read, one sentence. */
      readonly interpretation: string
      readonly assumptions: readonly string[]
      /** What was taken over from the question it follows. */
      readonly inherited?: readonly InheritedPart[]
      readonly chart: ChartKind | null
      /** What words of the question were read as, so that the ledger need not find it again; left out where the writer does not tell. */
      readonly links?: readonly WordLink[]
      /** True when the question only changes the query before it: its words are not all found in the new one. */
      readonly isEdit?: boolean
    }
  | { readonly kind: 'clarification'; readonly question: string; readonly options: readonly string[] }
  | {
      readonly kind: 'declined'
      /** Why, one sentence. */
      readonly reason: string
      /** Questions it can answer instead, or what it can do. */
      readonly suggestions: readonly string[]
    }
  /** It depends on the data what a text of the question means: the writer is called again, with `knownValues`, a few times at most. */
  | { readonly kind: 'needs-values'; readonly lookups: readonly ValueLookup[] }

/** Tokens of one or several calls of a model, as its provider counts them. */
export interface TokenUse {
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface WriteOptions {
  readonly signal: AbortSignal
  /** Hears how many tokens each call of a model has taken and given; never called without a model. */
  readonly onTokens?: (tokens: TokenUse) => void
}

/** A piece of the SQL while it is being written. */
export interface WriterDelta {
  readonly sql: string
}

/**
 * Turns a question into SQL. Yields the SQL as it grows and returns the outcome.
 * Throws problems `model_unauthorized`, `model_unknown`, `model_unavailable`, `model_limited`, `model_failed`.
 */
export interface Writer {
  /** `offline` or `provider:model`. */
  readonly id: string
  readonly label: string
  /** True where the key of the person who asks pays for it. */
  readonly isOwnKey?: boolean
  write(request: WriteRequest, options: WriteOptions): AsyncGenerator<WriterDelta, WriterOutcome>
}
