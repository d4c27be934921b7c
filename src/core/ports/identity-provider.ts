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
}
