import type { VerifiedIdentity } from './people-store.ts'

/** What a sign-in begun at a provider needs again at its end. Secret. */
export interface SignInSecrets {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** One OpenID Connect issuer: authorization code with PKCE, state and nonce; the identity token's signature is checked. */
export interface IdentityProvider {
  readonly id: string
  /** As people know it, such as Google. */
  readonly label: string
  /** Where to send the browser. Throws `issuer_unavailable`. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly secrets: SignInSecrets }>
  /** Who signed in, from the query part of the address that the provider sent the browser back to. Throws `sign_in_refused`, `sign_in_failed`, `issuer_unavailable`. */
  finish(secrets: SignInSecrets, redirectUri: string, query: string): Promise<VerifiedIdentity>
  /** Whether the issuer answers, as it was found last; asks it anew where that is some time ago, and waits only briefly. */
  health(): Promise<IssuerHealth>
}

/** `starting` until the issuer has answered or failed for the first time. */
export interface IssuerHealth {
  readonly state: 'ok' | 'starting' | 'degraded'
  /** What was seen, one sentence. */
  readonly detail: string
  /** What to do when it is not ok; null when it is. */
  readonly action: string | null
}
