import type { AppScope } from '../../contract/people.ts'
import type { AppDescription, ResourceName } from './oauth-store.ts'

/** What an app asks a person for. */
export interface AccessRequest {
  readonly app: AppDescription
  /** What it asks for beside reading. */
  readonly scopes: readonly AppScope[]
  /** The origin or the scheme of the address that the answer goes to. */
  readonly answersTo: string
}

/** What an access token says, once its signature, audience and times have been checked. */
export interface VerifiedToken {
  readonly userId: string
  readonly grantId: string
  readonly scopes: readonly AppScope[]
}

/**
 * Lets apps act for people who agree (OAuth 2.1). `Exchange` is a request of the transport together with its answer. The server asks nobody
 * itself: whoever is signed in agrees through `approve`.
 */
export interface AuthorizationServer<Exchange> {
  /** The address that people and apps reach the server under. */
  readonly origin: string
  /** Answers a request of the protocol; `path` is its address below the server's own. */
  handle(exchange: Exchange, path: string): Promise<void>
  /** The request that this browser brings. Throws `not_found` where it is over or another browser's. */
  readRequest(exchange: Exchange, requestId: string): Promise<AccessRequest>
  /** Makes a grant for the person; the result is where the browser goes on. Throws as `readRequest`. */
  approve(exchange: Exchange, requestId: string, userId: string): Promise<string>
  /** Tells the app that the person refused; the result is where the browser goes on. Throws as `readRequest`. */
  deny(exchange: Exchange, requestId: string): Promise<string>
  /** What a token says; null unless this server made it, for this resource, and it has not ended. */
  verify(token: string, resource: ResourceName): Promise<VerifiedToken | null>
}
