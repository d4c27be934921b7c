/** Randomness and digests, which the core may not take from a platform itself. */
export interface Identity {
  /** A new random UUID. */
  uuid(): string
  /** SHA-256 of a UTF-8 text, hex. */
  sha256(text: string): string
}
