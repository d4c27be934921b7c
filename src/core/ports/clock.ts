/** Tells the time. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  now(): number
  /** Calls back once after `ms`; the returned function takes it back. */
  after(ms: number, callback: () => void): () => void
}
