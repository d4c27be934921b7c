import type { IncomingMessage } from 'node:http'
import type { Configuration } from 'oidc-provider'
import { readScope, resourcePaths, resourceScopes } from '../../core/people/app-scopes.ts'
import type { BoundedFetch } from '../http-client/make-fetch.ts'
import type { ArtifactNeeds } from './artifact-adapter.ts'
import { makeArtifactAdapter } from './artifact-adapter.ts'
import { applyClientRules } from './client-rules.ts'
import { algorithm, type SigningKey } from './signing-keys.ts'

const minute = 60
const day = 86_400

/** How long things last, in seconds. */
const lifetimes = {
  AccessToken: 10 * minute,
  AuthorizationCode: minute,
  Interaction: 30 * minute,
  Session: 30 * minute,
  IdToken: 10 * minute,
  /** Each use brings a new one; an app that is not used for this long asks again. */
  RefreshToken: 30 * day,
  /** An app asks again after this long at the latest. */
  Grant: 365 * day,
}

export interface SettingsNeeds extends ArtifactNeeds {
  readonly origin: string
  readonly keys: readonly SigningKey[]
  readonly isPersonAllowed: (id: string) => Promise<boolean>
  /** Fetches descriptions of clients; sees to it that none leads to an inner address. */
  readonly fetch: BoundedFetch
  /** Whether one more description may be fetched for a request from this address. */
  readonly mayFetch: (address: string) => Promise<boolean>
  /** What came with each request that the provider answers. */
  readonly exchanges: WeakMap<
    IncomingMessage,
    { readonly address: string; readonly renderFault: (description: string) => string }
  >
}

export const interactionPath = '/oauth/interaction'

/** A setting of clients that exists so that the rules are applied wherever one is read. */
const rulesProperty = 'floe_rules'

/** How Floe uses the provider: code with PKCE for public clients, signed access tokens for one resource each, rotated refresh tokens. */
export function makeSettings(needs: SettingsNeeds): Configuration {
  const { origin, keys, isPersonAllowed, errors, exchanges } = needs
  const [newest] = keys
  if (newest === undefined) throw new Error('There is no key to sign with.')
  return {
    adapter: (kind: string) => makeArtifactAdapter(kind, needs),
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    scopes: ['offline_access', ...resourceScopes.api],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none'],
    clientDefaults: {
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: algorithm,
      grant_types: ['authorization_code', 'refresh_token'],
    },
    extraClientMetadata: {
      properties: [rulesProperty],
      validator: (_context, _key, _value, metadata) => {
        const isRegistered = !metadata.client_id.startsWith('https://')
        const fault = applyClientRules(metadata, isRegistered)
        if (fault !== null) throw new errors.InvalidClientMetadata(fault)
      },
    },
    findAccount: async (_context, sub) =>
      (await isPersonAllowed(sub)) ? { accountId: sub, claims: () => ({ sub }) } : undefined,
    // Floe's own session says who is signed in; grants end by themselves or by hand.
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: lifetimes,
    cookies: makeCookies(origin),
    interactions: { url: (_context, { uid }) => new URL(`${origin}${interactionPath}/${uid}`).pathname },
    clientBasedCORS: () => false,
    extraTokenClaims: (_context, token) => (token.kind === 'AccessToken' ? { grant: token.grantId } : undefined),
    renderError: (context, { error, error_description: description = error }) => {
      context.type = 'html'
      context.body = exchanges.get(context.req)?.renderFault(description) ?? description
    },
    fetch: needs.fetch,
    features: makeFeatures(needs, newest.id),
  }
}

/** With https the prefix has the browser see to it that no page without TLS set a cookie. Each belongs to one path, so none is `__Host-`. */
function makeCookies(origin: string): NonNullable<Configuration['cookies']> {
  const isSecure = origin.startsWith('https:')
  const prefix = isSecure ? '__Secure-' : ''
  const kept = { httpOnly: true, sameSite: 'lax', secure: isSecure } as const
  return {
    names: {
      session: `${prefix}floe-oauth`,
      interaction: `${prefix}floe-app-request`,
      resume: `${prefix}floe-app-answer`,
    },
    long: { ...kept, path: new URL(`${origin}/oauth`).pathname },
    short: kept,
  }
}

function makeFeatures(
  { origin, mayFetch, errors, exchanges }: SettingsNeeds,
  kid: string,
): NonNullable<Configuration['features']> {
  const resources = (['api', 'mcp'] as const).map((name) => ({ name, audience: origin + resourcePaths[name] }))
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: {
      enabled: true,
      ack: 'draft-02',
      allowFetch: (context) => mayFetch(exchanges.get(context?.req)?.address ?? ''),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, _client, several) => several ?? origin + resourcePaths.api,
      getResourceServerInfo: (_context, indicator) => {
        const resource = resources.find(({ audience }) => audience === indicator)
        if (resource === undefined) throw new errors.InvalidTarget()
        return {
          scope: resourceScopes[resource.name].join(' '),
          audience: resource.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifetimes.AccessToken,
          jwt: { sign: { alg: algorithm, kid } },
        }
      },
    },
  }
}

/** An app that names no scope asks to read. */
export function withDefaultScope(url: string): string {
  const [path = '', query = ''] = url.split('?')
  const parameters = new URLSearchParams(query)
  if (path !== '/auth' || (parameters.get('scope') ?? '').trim() !== '') return url
  parameters.set('scope', readScope)
  return `${path}?${parameters.toString()}`
}
