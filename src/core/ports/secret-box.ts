/** What a secret belongs to: a box sealed for one owner and row opens for no other. */
export interface SecretPlace {
  readonly ownerId: string
  readonly rowId: string
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
}
