import type { CatalogScope } from './catalog-store.ts'

/** Settings in the form of their kind, as JSON; only the kind reads them. Nothing secret is among them. */
export type StoredSettings = Readonly<Record<string, unknown>>

/** What a person sets of a connection. */
export interface ConnectionSettings {
  readonly name: string
  readonly settings: StoredSettings
}

/** The secret of a connection as stored. */
export interface SealedSecret {
  /** Null where the sign-in has none. */
  readonly sealedSecret: string | null
  /** A person has to sign in before it can be used. */
  readonly needsSignIn: boolean
}

/** What the last sign-in has shown. */
export interface ConnectionFindings {
  readonly warning: string | null
  /** Whose view the account gives: proved by a sign-in, so that its stored catalog may be shown. Null until then. */
  readonly scope: CatalogScope | null
  /** ISO 8601. */
  readonly checkedAt: string | null
}

/** A connection as stored: one owner's. */
export interface ConnectionRow extends ConnectionSettings, SealedSecret, ConnectionFindings {
  readonly id: string
  readonly ownerId: string
  /** Which kind reads the settings. */
  readonly kind: string
  /** Counts up when settings or sign-in change, not when a token is renewed. */
  readonly revision: number
  /** When the secret was given; null where there is none, or since before this was noted. */
  readonly secretSavedAt: string | null
  /** When somebody last asked through it; null when never. */
  readonly lastUsedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

/**
 * Saved connections. Every statement checks the owner; someone else's row is not there, and neither is one that was set aside.
 * Throws problem `store_unavailable`.
 */
export interface ConnectionStore {
  /** In the order of their names. */
  list(ownerId: string): Promise<readonly ConnectionRow[]>
  read(ownerId: string, id: string): Promise<ConnectionRow | null>
  /** Upper and lower case are the same name. */
  findByName(ownerId: string, name: string): Promise<ConnectionRow | null>
  insert(
    row: ConnectionSettings & SealedSecret & Pick<ConnectionRow, 'id' | 'ownerId' | 'kind'>,
  ): Promise<'created' | 'name_taken'>
  /**
   * Replaces the settings of the row as it was read, and the secret where one is given. What was found out about the old ones is forgotten
   * unless it `stillHolds`. Changes nothing and resolves to `changed` where the row has another revision by now or is gone.
   */
  update(
    before: Pick<ConnectionRow, 'id' | 'ownerId' | 'revision'>,
    settings: ConnectionSettings,
    secret: SealedSecret | null,
    stillHolds: boolean,
  ): Promise<'updated' | 'name_taken' | 'changed'>
  /** Removes a connection for good, one that was set aside included. Whether there was one. */
  remove(ownerId: string, id: string): Promise<boolean>
  /** Takes a connection away so that `restore` can bring it back with its secret and its shares. Whether there was one. */
  setAside(ownerId: string, id: string): Promise<boolean>
  /** Brings back what was set aside; `gone` where nothing was. */
  restore(ownerId: string, id: string): Promise<'restored' | 'name_taken' | 'gone'>
  /** Removes for good what any owner set aside before this moment, in milliseconds since 1970. */
  purge(beforeMs: number): Promise<void>
  /** Notes that a connection is used, at most once a minute. */
  touch(ownerId: string, id: string): Promise<void>
  /** Notes what a sign-in under `revision` has shown; false when the settings have changed since. */
  note(ownerId: string, id: string, revision: number, findings: ConnectionFindings): Promise<boolean>
  /**
   * Lets one holder at a time renew the secret, whatever process it is in; ends by itself after `leaseMs`. The row as it is now, or null when
   * someone else holds the lease or the row is not there.
   */
  lease(ownerId: string, id: string, holder: string, leaseMs: number): Promise<ConnectionRow | null>
  /** Gives the lease back. */
  release(ownerId: string, id: string, holder: string): Promise<void>
  /** Replaces the secret unless it is another one by now; false then. */
  replaceSecret(ownerId: string, id: string, before: string | null, after: SealedSecret): Promise<boolean>
  /** Every owner's sealed secrets, for sealing them anew under another key. */
  listSealed(): Promise<readonly { readonly ownerId: string; readonly id: string; readonly sealedSecret: string }[]>
}
