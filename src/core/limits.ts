/** Limits of the installation that no operator sets, each in one place. Those that an operator sets are defaults of `src/config.ts`. */
export const limits = {
  /** Saved connections without a use for this long are closed. */
  connectionIdleMs: 30 * 60_000,
} as const
