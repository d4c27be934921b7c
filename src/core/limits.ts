/**
 * Limits of the installation that no operator sets. Limits of a connection are in its policy; those of HTTP, of child processes and of
 * Snowflake's sessions lie with what they limit.
 */
export const limits = {
  /** How long parsing, judging or translating one statement may take. */
  parserMs: 500,
  /** How long the built-in interpreter may work on one question. */
  interpreterMs: 30_000,
  /** Saved connections without a use for this long are closed. */
  connectionIdleMs: 30 * 60_000,
  turns: {
    /** Questions of one person that may run at once. */
    maxLiveTurns: 8,
    /** A running turn that nobody follows ends after this long. */
    abandonedAfterMs: 30_000,
    /** A proposal that nobody decides ends after this long. */
    undecidedAfterMs: 3_600_000,
  },
} as const
