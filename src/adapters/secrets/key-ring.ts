/** A key that seals secrets. */
export interface SecretKey {
  /** Stands before everything it sealed. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The keys there are, newest first. */
export interface KeyRing {
  /** Never empty. Throws problem `connection_broken`. */
  keys(): readonly SecretKey[]
  /** Looks again for a key that `keys` does not have: another process may have made it. Null when there is none. */
  find(id: string): SecretKey | null
  /** Puts a new key in front where the ring may; keys set from outside stay as they are. */
  renew(): void
  /** For people: where the keys come from. */
  readonly source: string
}

/** The ring of keys that were set from outside. */
export const makeGivenRing = (keys: readonly SecretKey[]): KeyRing => ({
  keys: () => keys,
  find: (id) => keys.find((key) => key.id === id) ?? null,
  renew: () => undefined,
  source: 'SECRET_KEYS',
})
