import type { TokenScope } from '../../contract/people.ts'
import type { PersonRow } from './people-store.ts'

export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly device: string
  readonly createdAt: number
  readonly lastUsedAt: number
  /** When it ends unless it is used. */
  readonly expiresAt: number
  /** When it ends however much it is used. */
  readonly endsAt: number
}

/** A sign-in under way: what the callback must bring again, and where the person wanted to go. */
export interface PendingSignIn {
  readonly issuerId: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly returnTo: string
}

export interface AccessTokenRow {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  readonly createdAt: number
  readonly expiresAt: number
  readonly lastUsedAt: number | null
}

/**
 * Sessions of browsers, access tokens, and sign-ins under way. Whatever a browser or a program brings is kept only as its SHA-256 digest. Times
 * are milliseconds since 1970. Throws `store_unavailable`.
 */
export interface SessionStore {
  begin(digest: string, pending: PendingSignIn, expiresAt: number): Promise<void>
  /** The sign-in with that digest, which is thereby used up; null once it was used or is over. */
  take(digest: string, now: number): Promise<PendingSignIn | null>
  insert(digest: string, session: SessionRow): Promise<void>
  /** The session that has not ended and whose person is not disabled. */
  find(digest: string, now: number): Promise<{ readonly session: SessionRow; readonly person: PersonRow } | null>
  prolong(session: Pick<SessionRow, 'id' | 'userId'>, lastUsedAt: number, expiresAt: number): Promise<void>
  list(userId: string, now: number): Promise<readonly SessionRow[]>
  /** False where the person has no such session. */
  end(userId: string, id: string): Promise<boolean>
  endAll(userId: string): Promise<void>
  insertToken(digest: string, token: AccessTokenRow): Promise<void>
  /** The token that has not ended and whose person is not disabled. */
  findToken(digest: string, now: number): Promise<{ readonly token: AccessTokenRow; readonly person: PersonRow } | null>
  noteTokenUse(token: Pick<AccessTokenRow, 'id' | 'userId'>, now: number): Promise<void>
  listTokens(userId: string, now: number): Promise<readonly AccessTokenRow[]>
  endToken(userId: string, id: string): Promise<boolean>
  /** Forgets what is over. */
  sweep(now: number): Promise<void>
}
