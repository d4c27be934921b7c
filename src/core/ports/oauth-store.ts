import type { AppScope } from '../../contract/people.ts'
import type { PersonRow } from './people-store.ts'

/** An app as a person knows it. */
export interface AppDescription {
  /** What the app calls itself. */
  readonly name: string
  /** Where the app's answers go; null for a program on the person's own computer. */
  readonly host: string | null
  /** The host that publishes the app's description, so that no other app can take its name; null for an app that only says what it is called. */
  readonly publisher: string | null
}

/** The part of the server that an app uses. A token for one is worth nothing at another. */
export type ResourceName = 'api' | 'mcp'

/** What a person agreed to. */
export interface GrantedApp extends AppDescription {
  readonly scopes: readonly AppScope[]
}

/** A person's agreement that an app acts for them. Times are milliseconds since 1970. */
export interface GrantRow {
  readonly id: string
  readonly userId: string
  readonly app: GrantedApp
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** Something that the authorization server keeps for a while. */
export interface Artifact {
  readonly payload: Readonly<Record<string, unknown>>
  readonly grantId: string | null
  readonly userId: string | null
  readonly clientId: string | null
  /** Null for what does not end by itself. */
  readonly expiresAt: number | null
}

export interface SigningKeyRow {
  readonly id: string
  readonly sealed: string
  readonly createdAt: number
}

/** What the authorization server keeps, and the grants inside it. Throws `store_unavailable`. */
export interface OauthStore {
  /** Adds an artifact or replaces its content. */
  put(kind: string, id: string, artifact: Artifact): Promise<void>
  find(
    kind: string,
    id: string,
  ): Promise<{ readonly payload: Artifact['payload']; readonly isConsumed: boolean } | null>
  /** Uses an artifact up; false where another call has done so. `callId` makes repeating the same call harmless. */
  consume(kind: string, id: string, callId: string): Promise<boolean>
  remove(kind: string, id: string): Promise<void>
  /** Removes all artifacts of a kind that follow from a grant. */
  removeByGrant(kind: string, grantId: string): Promise<void>
  countClients(): Promise<number>
  /** Notes what a person agreed to, and that the client was used. */
  describeGrant(grantId: string, app: GrantedApp, now: number): Promise<void>
  /** The grant that has not ended and whose person is not disabled. */
  findGrant(grantId: string, now: number): Promise<{ readonly grant: GrantRow; readonly person: PersonRow } | null>
  noteGrantUse(grantId: string, now: number): Promise<void>
  /** Grants that an app can still use, newest first. */
  listGrants(userId: string, now: number): Promise<readonly GrantRow[]>
  /** Removes a grant with everything that follows from it; false where the person has no such grant. */
  endGrant(userId: string, grantId: string): Promise<boolean>
  /** Ends all grants of a person who may not come any more. */
  endGrantsOf(userId: string): Promise<void>
  /** Newest first. */
  listKeys(): Promise<readonly SigningKeyRow[]>
  /** Adds a key unless another one was added after `unlessSince`; so of several processes only one does. */
  addKey(key: SigningKeyRow, unlessSince: number): Promise<void>
  /** Replaces a sealed key unless it is another text than `before` by now; false then. */
  replaceKey(id: string, before: string, after: string): Promise<boolean>
  /** Forgets what is over: ended artifacts, grants that no app can use any more, clients that were never used, old keys. */
  sweep(now: number, patience: SweepPatience): Promise<void>
}

export interface SweepPatience {
  /** How long a registered client may stay unused. */
  readonly unusedClientMs: number
  /** How long a client stays after its last grant was made. */
  readonly usedClientMs: number
  readonly keyMs: number
}
