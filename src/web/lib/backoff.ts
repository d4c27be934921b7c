/** Milliseconds to wait before attempt `attempt` (from 0): doubling, at most 8 s, spread so that many pages do not knock at once. */
export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  Math.round(Math.min(8_000, 250 * 2 ** attempt) * (0.75 + random() / 2))
