/** Tells the time. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. Jumps when the machine's clock is set. */
  now(): number
  /** Milliseconds since some fixed moment of this process. Never goes back: durations are measured with it. */
  monotonicMs(): number
  /** Calls back once after `ms`; the returned function takes it back. */
  after(ms: number, callback: () => void): () => void
}
