/** Time limits of the work with Snowflake, and how much of it may go on at once. */
export interface SnowflakeLimits {
  /** Signing in, retries of the driver included. */
  readonly signInMs: number
  /** A small request: renewing a token, cancelling, asking for a state. */
  readonly requestMs: number
  /** One try to submit a statement: Snowflake answers with its id at once, however long it then runs. */
  readonly submitMs: number
  /** How long a statement that Snowflake does not take is submitted again. */
  readonly retryForMs: number
  /** How long Snowflake is asked to confirm a cancel. */
  readonly cancelMs: number
  /** The pause before a cancel that was not confirmed is repeated in the background. */
  readonly cancelAgainMs: number
  /** While a statement works, its state is read this often. */
  readonly lookEveryMs: number
  /** A chunk of a result that stands still for so long is fetched again. */
  readonly chunkIdleMs: number
  /** How often, and for how long, a chunk is fetched before the result fails. */
  readonly chunkTries: number
  readonly chunkWithinMs: number
  /** Sessions of one credential; each runs one statement at a time. */
  readonly maxSessions: number
  /** Statements that may wait for a session. */
  readonly maxWaiting: number
  /** An unused session is closed after this long. */
  readonly idleSessionMs: number
}

export const defaultLimits: SnowflakeLimits = {
  signInMs: 15_000,
  requestMs: 5_000,
  submitMs: 12_000,
  retryForMs: 30_000,
  cancelMs: 6_000,
  cancelAgainMs: 5_000,
  lookEveryMs: 1_000,
  chunkIdleMs: 4_000,
  chunkTries: 10,
  chunkWithinMs: 45_000,
  maxSessions: 8,
  maxWaiting: 200,
  idleSessionMs: 5 * 60_000,
}
