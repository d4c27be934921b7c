/** Randomness and digests, which the core may not take from a platform itself. */
export interface Identity {
  /** A new random UUID. */
  uuid(): string
  /** 256 random bits as URL-safe text, for what nobody may guess. */
  secret(): string
  /** SHA-256 of a UTF-8 text, hex. */
  sha256(text: string): string
}
