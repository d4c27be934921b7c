/** What was being done when it failed. */
type During = 'sign-in' | 'statement' | 'result'

/** What Snowflake or the way to it answered instead of a result. `code` is Snowflake's, the driver's, or one of our own words. */
export interface FailureFacts {
  readonly during: During
  readonly code: string
  /** Snowflake's own text; empty where Snowflake said nothing. */
  readonly words: string
  readonly sqlState: string | null
  readonly queryId: string | null
}

/** Carries the facts of a failure to the one place that makes a problem of it. */
export class SnowflakeFailure extends Error {
  readonly facts: FailureFacts
  constructor(facts: FailureFacts) {
    super(`Snowflake failed (${facts.code}) during ${facts.during}`)
    this.name = 'SnowflakeFailure'
    this.facts = facts
  }
}
