import type { AppSummary } from '../../contract/people.ts'
import { demandRight, rightsOf, type Caller, type Door } from '../caller.ts'
import type { AccessRequest, AuthorizationServer, VerifiedToken } from '../ports/authorization-server.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notices } from '../ports/notices.ts'
import type { GrantRow, OauthStore } from '../ports/oauth-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'
import { callerOf } from './sessions.ts'

/** Apps that act for people who agreed. */
export interface ConnectedApps {
  /** Who an app acts for, with what the person's role still allows of the token's scopes; null once the grant has ended. */
  identify(token: VerifiedToken, door: Door): Promise<Caller | null>
  list(caller: Caller): Promise<readonly AppSummary[]>
  /** Ends a grant with its tokens, streams and sockets. Throws `not_found`. */
  revoke(caller: Caller, grantId: string): Promise<void>
  /** Ends a grant that the app gave back, or whose token came twice and may be stolen. */
  withdraw(grantId: string, by: 'app' | 'reuse'): Promise<void>
}

interface ConnectedAppsNeeds {
  readonly store: OauthStore
  readonly notices: Notices
  readonly audit: Audit
  readonly clock: Clock
  /** The use of a grant is noted at most this often. */
  readonly noteUseMs: number
}

export function makeConnectedApps({ store, notices, audit, clock, noteUseMs }: ConnectedAppsNeeds): ConnectedApps {
  const end = async (userId: string, grantId: string): Promise<boolean> => {
    const ended = await store.endGrant(userId, grantId)
    if (ended) await notices.publish({ kind: 'ended', userId, sessionId: null, tokenId: grantId })
    return ended
  }
  return {
    identify: async ({ userId, grantId, scopes }, door) => {
      const now = clock.now()
      const found = await store.findGrant(grantId, now)
      if (found === null || found.person.id !== userId) return null
      const { grant, person } = found
      if (grant.lastUsedAt === null || now - grant.lastUsedAt >= noteUseMs) await store.noteGrantUse(grantId, now)
      const agreed = scopes.filter((scope) => grant.app.scopes.includes(scope))
      return { ...callerOf(person, door, { tokenId: grantId }), rights: rightsOf(person.role, agreed) }
    },
    list: async ({ userId }) => (await store.listGrants(userId, clock.now())).map(present),
    revoke: async (caller, grantId) => {
      demandRight(caller, 'manage_account')
      if (!(await end(caller.userId, grantId)))
        throw problem('not_found', 'There is no such app.', 'Read the list again: it may be disconnected already.')
      await audit.note(caller, 'app.revoked', { app: grantId, by: 'person' })
    },
    withdraw: async (grantId, by) => {
      const found = await store.findGrant(grantId, 0)
      if (found === null || !(await end(found.person.id, grantId))) return
      const { id, app } = found.grant
      await audit.note({ userId: found.person.id, door: 'api' }, 'app.revoked', { app: id, name: app.name, by })
    },
  }
}

const present = ({ id, app, createdAt, lastUsedAt }: GrantRow): AppSummary => ({
  id,
  name: app.name,
  host: app.host,
  publisher: app.publisher,
  scopes: [...app.scopes],
  connectedAt: new Date(createdAt).toISOString(),
  lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
})

/** How a person answers what an app asks for; each answer is audited. */
export interface Consent<Exchange> {
  read(caller: Caller, exchange: Exchange, requestId: string): Promise<AccessRequest>
  /** Throws `forbidden` for a program: only a person who has signed in agrees. */
  approve(caller: Caller, exchange: Exchange, requestId: string): Promise<string>
  deny(caller: Caller, exchange: Exchange, requestId: string): Promise<string>
}

export function makeConsent<Exchange>(server: AuthorizationServer<Exchange>, audit: Audit): Consent<Exchange> {
  const factsOf = ({ app, scopes }: AccessRequest) => ({
    name: app.name,
    host: app.host,
    publisher: app.publisher,
    scopes: scopes.join(' '),
  })
  const read: Consent<Exchange>['read'] = async ({ sessionId }, exchange, requestId) => {
    if (sessionId === null)
      throw problem('forbidden', 'Only a person who has signed in connects apps.', 'Open the page in your browser.')
    return await server.readRequest(exchange, requestId)
  }
  return {
    read,
    approve: async (caller, exchange, requestId) => {
      const request = await read(caller, exchange, requestId)
      const location = await server.approve(exchange, requestId, caller.userId)
      await audit.note(caller, 'app.connected', factsOf(request))
      return location
    },
    deny: async (caller, exchange, requestId) => {
      const request = await read(caller, exchange, requestId)
      const location = await server.deny(exchange, requestId)
      await audit.note(caller, 'app.refused', factsOf(request))
      return location
    },
  }
}
