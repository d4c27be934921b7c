import type { Problem } from '../../contract/problem.ts'
import type { ChartKind } from '../../contract/result.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'

/** A query that failed its check, handed back with all its faults at once. */
export interface FailedAttempt {
  readonly sql: string
  readonly problems: readonly Problem[]
}

export interface WriteRequest {
  readonly question: string
  /** Earlier questions of the conversation and the SQL that answered them, oldest first. */
  readonly history: readonly { readonly question: string; readonly sql: string | null }[]
  readonly catalog: Catalog
  /** The tables found for the question, best first. */
  readonly tables: readonly CatalogTable[]
  /** Whether a model may see sampled column values; the connection's policy decides. */
  readonly showSamples: boolean
  /** The day questions mean by "today", `YYYY-MM-DD`. */
  readonly today: string
  readonly failures: readonly FailedAttempt[]
}

export type WriterOutcome =
  | {
      readonly kind: 'query'
      /** In Snowflake's dialect, not yet judged. */
      readonly sql: string
      /** How the question was read, one sentence. */
      readonly interpretation: string
      readonly assumptions: readonly string[]
      readonly chart: ChartKind | null
    }
  | { readonly kind: 'clarification'; readonly question: string; readonly options: readonly string[] }
  | {
      readonly kind: 'declined'
      /** Why, one sentence. */
      readonly reason: string
      /** Questions it can answer instead, or what it can do. */
      readonly suggestions: readonly string[]
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
  write(request: WriteRequest, options: { readonly signal: AbortSignal }): AsyncGenerator<WriterDelta, WriterOutcome>
}
