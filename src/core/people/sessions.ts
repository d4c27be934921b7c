import type { SessionSummary } from '../../contract/people.ts'
import type { Notice } from '../../contract/notice.ts'
import { rightsOf, type Caller, type Door } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { Notices } from '../ports/notices.ts'
import type { ResourceName } from '../ports/oauth-store.ts'
import type { PersonRow } from '../ports/people-store.ts'
import type { SessionRow, SessionStore } from '../ports/session-store.ts'
import { problem } from '../problem.ts'

/** How long sessions last, in milliseconds. */
export interface SessionLimits {
  /** Without being used. */
  readonly idleMs: number
  /** However much they are used. */
  readonly totalMs: number
  /** A session's use is noted at most this often, so that reading it seldom writes. */
  readonly noteUseMs: number
}

/** Sessions of browsers and who they belong to. */
export interface Sessions {
  /** Begins a session; the token is told this once. */
  open(person: PersonRow, device: string): Promise<{ readonly token: string; readonly endsAt: number }>
  /** Who a session or an access token belongs to; null where it is unknown, over or its person disabled. */
  identify(credential: StoredCredential, door: Door): Promise<Caller | null>
  list(caller: Caller): Promise<readonly SessionSummary[]>
  /** Throws `not_found`. */
  end(caller: Caller, sessionId: string): Promise<void>
  /** Ends all sessions of the caller, the one the request came through included. */
  endAll(caller: Caller): Promise<void>
  /** Ends the session with this token, whoever has it. */
  signOut(token: string): Promise<void>
  /** Ends all sessions of a person, who may sign in again. */
  endSessionsOf(userId: string): Promise<void>
  /** Ends all sessions of a person who may not come any more. */
  endAllOf(userId: string): Promise<void>
  /** Ends an access token; false where the person has no such token. */
  endToken(userId: string, tokenId: string): Promise<boolean>
  /** Has what the person has open begin anew, with the rights they have now. */
  renew(userId: string): Promise<void>
  /**
   * Calls back when the caller's session, token or person is ended, or their rights have changed, in any copy. A copy may miss the news: ask
   * `identify` again from time to time.
   */
  watch(caller: Caller, onNews: (news: 'ended' | 'changed') => void): () => void
}

interface StoredCredential {
  readonly kind: 'session' | 'token'
  readonly value: string
}

/** What a request brings to say who sent it: a `jwt` is an app's, for one resource. */
export type Credential =
  StoredCredential | { readonly kind: 'jwt'; readonly value: string; readonly resource: ResourceName }

interface SessionNeeds {
  readonly store: SessionStore
  readonly notices: Notices
  readonly clock: Clock
  readonly identity: Identity
  readonly limits: SessionLimits
}

/** Access tokens begin with this, so that people and secret scanners know them. */
export const tokenPrefix = 'floe_'

const longestCredential = 200

interface Watcher {
  readonly caller: Caller
  readonly onNews: (news: 'ended' | 'changed') => void
}

export function makeSessions({ store, notices, clock, identity, limits }: SessionNeeds): Sessions {
  const watchers = new Set<Watcher>()
  notices.subscribe((notice) => {
    for (const { caller, onNews } of watchers) {
      if (isEnded(caller, notice)) onNews('ended')
      if (notice.kind === 'person_changed' && notice.userId === caller.userId) onNews('changed')
    }
  })
  const endSession = async (userId: string, id: string): Promise<boolean> => {
    const ended = await store.end(userId, id)
    // Of somebody else's session nothing has ended.
    if (ended) await notices.publish({ kind: 'ended', userId, sessionId: id, tokenId: null })
    return ended
  }
  const identifySession = async (value: string, door: Door): Promise<Caller | null> => {
    const now = clock.now()
    const found = await store.find(identity.sha256(value), now)
    if (found === null) return null
    const { session, person } = found
    if (now - session.lastUsedAt >= limits.noteUseMs)
      await store.prolong(session, now, Math.min(now + limits.idleMs, session.endsAt))
    return callerOf(person, door, { sessionId: session.id })
  }
  const identifyToken = async (value: string, door: Door): Promise<Caller | null> => {
    const now = clock.now()
    const found = await store.findToken(identity.sha256(value), now)
    if (found === null) return null
    const { token, person } = found
    if (token.lastUsedAt === null || now - token.lastUsedAt >= limits.noteUseMs) await store.noteTokenUse(token, now)
    return {
      ...callerOf(person, door, { tokenId: token.id }),
      rights: rightsOf(person.role, token.scopes),
    }
  }
  const endSessionsOf = async (userId: string): Promise<void> => {
    await store.endAll(userId)
    await notices.publish({ kind: 'sessions_ended', userId })
  }
  return {
    open: async (person, device) => {
      const now = clock.now()
      const token = identity.secret()
      const endsAt = now + limits.totalMs
      await store.insert(identity.sha256(token), {
        id: identity.uuid(),
        userId: person.id,
        device,
        createdAt: now,
        lastUsedAt: now,
        expiresAt: now + limits.idleMs,
        endsAt,
      })
      return { token, endsAt }
    },
    identify: async ({ kind, value }, door) => {
      if (value === '' || value.length > longestCredential) return null
      return kind === 'session' ? await identifySession(value, door) : await identifyToken(value, door)
    },
    list: async ({ userId, sessionId }) =>
      (await store.list(userId, clock.now())).map((session) => present(session, sessionId)),
    end: async ({ userId }, sessionId) => {
      if (await endSession(userId, sessionId)) return
      throw problem('not_found', 'There is no such session.', 'Read the list again: it may have ended.')
    },
    endAll: ({ userId }) => endSessionsOf(userId),
    endSessionsOf,
    signOut: async (token) => {
      const found = await store.find(identity.sha256(token), clock.now())
      if (found !== null) await endSession(found.person.id, found.session.id)
    },
    endAllOf: async (userId) => {
      await store.endAll(userId)
      await notices.publish({ kind: 'ended', userId, sessionId: null, tokenId: null })
    },
    endToken: async (userId, tokenId) => {
      const ended = await store.endToken(userId, tokenId)
      if (ended) await notices.publish({ kind: 'ended', userId, sessionId: null, tokenId })
      return ended
    },
    renew: (userId) => notices.publish({ kind: 'person_changed', userId }),
    watch: (caller, onNews) => {
      const watcher = { caller, onNews }
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}

/** Whether a notice says that the credential of a caller holds no longer. */
function isEnded(caller: Caller, notice: Notice): boolean {
  if (notice.kind === 'sessions_ended') return caller.userId === notice.userId && caller.sessionId !== null
  if (notice.kind !== 'ended' || caller.userId !== notice.userId) return false
  if (notice.sessionId !== null) return caller.sessionId === notice.sessionId
  return notice.tokenId === null || caller.tokenId === notice.tokenId
}

/** The caller that a person is through a session, a token or an app. */
export function callerOf(person: PersonRow, door: Door, by: { sessionId?: string; tokenId?: string }): Caller {
  return {
    userId: person.id,
    groups: person.groups,
    door,
    sessionId: by.sessionId ?? null,
    tokenId: by.tokenId ?? null,
    rights: ['manage_account', ...rightsOf(person.role, null)],
    isLocal: false,
  }
}

const iso = (at: number): string => new Date(at).toISOString()

const present = ({ id, device, createdAt, lastUsedAt, expiresAt }: SessionRow, current: string | null) => ({
  id,
  device,
  createdAt: iso(createdAt),
  lastUsedAt: iso(lastUsedAt),
  expiresAt: iso(expiresAt),
  isCurrent: id === current,
})
