/** How long each part of the work with Snowflake may take, and how much of it may go on at once. */
export interface SnowflakeLimits {
  /** Signing in, retries of the driver included. */
  readonly signInMs: number
  /** A small request: renewing a token, cancelling, asking for a state. */
  readonly requestMs: number
  /** Handing a statement over: Snowflake answers with its id at once, whatever it then takes. */
  readonly submitMs: number
  /** While a statement works, Snowflake is asked about it this often; it is lost after two questions without an answer. */
  readonly lookEveryMs: number
  /** A piece of a result that stands still for so long is asked for again. */
  readonly chunkIdleMs: number
  /** How often a piece of a result is asked for before the result fails. */
  readonly chunkTries: number
  /** Statements of one credential at the same time, each on a session of its own. */
  readonly maxSessions: number
  /** Statements that may wait for a session. */
  readonly maxWaiting: number
  /** A session without a statement is closed after this long. */
  readonly idleSessionMs: number
}

export const defaultLimits: SnowflakeLimits = {
  signInMs: 15_000,
  requestMs: 5_000,
  submitMs: 12_000,
  lookEveryMs: 1_000,
  chunkIdleMs: 4_000,
  chunkTries: 3,
  maxSessions: 8,
  maxWaiting: 200,
  idleSessionMs: 5 * 60_000,
}
