/** What a secret belongs to: a box sealed for one owner and row opens for no other. */
export interface SecretPlace {
  readonly ownerId: string
  readonly rowId: string
}

/** The keys of a ring by id, newest first. */
export interface RingSummary {
  readonly ids: readonly string[]
  /** Where they come from, for messages. */
  readonly source: string
  /** Whether Floe keeps them in a file of its own, which it may change. */
  readonly isOwnFile: boolean
  /** Whether everything that other processes sealed under an older key is stored by now; false shortly after the file was changed. */
  readonly isSettled: boolean
}

/** Seals secrets for storage. Authenticated, bound to owner and row, under a ring of keys: the newest seals, every one opens. */
export interface SecretBox {
  /** Throws problem `connection_broken` where the keys cannot be read. */
  seal(secret: string, place: SecretPlace): Promise<string>
  /** Throws problem `connection_broken` where no key of the ring opens it or it was changed. */
  open(sealed: string, place: SecretPlace): Promise<string>
  /** Whether the newest key sealed it. */
  isCurrent(sealed: string): boolean
  /** Makes a new newest key where the keys are Floe's own file; keys set from outside stay as they are. */
  renew(): Promise<void>
  /** The key that sealed it, by the text alone; null for what no box has sealed. */
  keyOf(sealed: string): string | null
  /** The ring as it is now. Throws problem `connection_broken` where the keys cannot be read. */
  ring(): RingSummary
  /** Takes keys out of Floe's own file, never the newest; false, and no change, where the ring is not settled. */
  drop(ids: readonly string[]): Promise<boolean>
}
