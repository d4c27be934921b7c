/** What was being done when it failed. */
type During = 'sign-in' | 'statement' | 'result'

/** A failed answer. `code` is Snowflake's, the driver's, or a word of ours such as `garbage`. */
export interface FailureFacts {
  readonly during: During
  readonly code: string
  /** Snowflake's own text; empty where Snowflake said nothing. */
  readonly words: string
  readonly sqlState: string | null
  readonly queryId: string | null
}

/** A failure of Snowflake; `snowflakeProblem` turns its facts into a problem. */
export class SnowflakeFailure extends Error {
  readonly facts: FailureFacts
  constructor(facts: FailureFacts) {
    super(`Snowflake failed (${facts.code}) during ${facts.during}`)
    this.name = 'SnowflakeFailure'
    this.facts = facts
  }
}
