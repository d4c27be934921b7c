import type { SignIn } from '../../../contract/connection.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import { problem } from '../../../core/problem.ts'
import { isPublicAddress, makeGuardedFetch, type GuardedFetchNeeds } from '../../http-client/guarded-fetch.ts'
import { explainOauthFailure, signInAgain, type OauthErrand } from './oauth-problem.ts'
import type { OauthSecret } from './stored-secret.ts'

// Late, because most runs never sign in by browser.
const library = () => import('openid-client')
type Library = Awaited<ReturnType<typeof library>>
type Configuration = InstanceType<Library['Configuration']>
type Tokens = Awaited<ReturnType<Library['refreshTokenGrant']>>

/** A sign-in that a person does with their browser. */
export type BrowserSignIn = Extract<SignIn, { method: 'snowflake_oauth' | 'external_oauth' }>

/** Who signs in where, and as what. */
export interface OauthOrder {
  readonly signIn: BrowserSignIn
  readonly accessUrl: string
  readonly role: string | null
  readonly secret: OauthSecret
}

/** What a start leaves to be shown again at the callback. Secret. */
export interface OauthTicket {
  readonly state: string
  readonly verifier: string
  readonly redirectUri: string
}

/** Signs in at Snowflake's own OAuth server or at an outside issuer: authorization code with PKCE, refresh tokens. */
export interface OauthClient {
  /** Throws `warehouse_unreachable`, `connection_broken`. */
  begin(order: OauthOrder, redirectUri: string): Promise<{ readonly url: string; readonly ticket: OauthTicket }>
  /** Throws also `sign_in_needed`. */
  finish(order: OauthOrder, ticket: OauthTicket, query: string): Promise<OauthSecret>
  /** Throws also `sign_in_needed`. */
  renew(order: OauthOrder, refreshToken: string): Promise<OauthSecret>
}

interface OauthClientNeeds extends GuardedFetchNeeds {
  readonly clock: Clock
}

const timeoutSeconds = 10
/** What an access token without a word about it is trusted for. */
const assumedLifeSeconds = 300

/** Makes the client. Addresses that people entered are asked only where they lead to public ones. */
export function makeOauthClient({ clock, allowLoopback, proxyEnv }: OauthClientNeeds): OauthClient {
  const fetch = makeGuardedFetch({ allowLoopback, proxyEnv })

  const configure = async (order: OauthOrder): Promise<Configuration> => {
    const client = await library()
    const { signIn, secret } = order
    const server = endpointsOf(order)
    const insecure = allowLoopback ? [client.allowInsecureRequests] : []
    if (server === null && signIn.method === 'external_oauth' && signIn.issuer !== null)
      return await client.discovery(new URL(signIn.issuer), signIn.clientId, {}, authFor(client, secret, false), {
        [client.customFetch]: fetch,
        timeout: timeoutSeconds,
        execute: insecure,
      })
    if (server === null)
      throw problem(
        'connection_broken',
        'The sign-in server of this connection is not known.',
        'Give its issuer, or both of its addresses, and save the connection anew.',
      )
    const auth = authFor(client, secret, signIn.method === 'snowflake_oauth')
    const configuration = new client.Configuration(server, signIn.clientId, {}, auth)
    configuration[client.customFetch] = fetch
    configuration.timeout = timeoutSeconds
    for (const allow of insecure) allow(configuration)
    return configuration
  }

  const attempt = async <T>(order: OauthOrder, errand: OauthErrand, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      const { clientSecret, refreshToken, accessToken } = order.secret
      throw explainOauthFailure(error, errand, hostOf(order), [clientSecret, refreshToken, accessToken])
    }
  }
  const keep = (tokens: Tokens, { secret }: OauthOrder): OauthSecret => ({
    clientSecret: secret.clientSecret,
    // A server that rotates its refresh tokens sends a new one; one that does not lets the old one stand.
    refreshToken: tokens.refresh_token ?? secret.refreshToken,
    accessToken: tokens.access_token,
    expiresAt: clock.now() + (tokens.expires_in ?? assumedLifeSeconds) * 1_000,
  })

  return {
    begin: (order, redirectUri) =>
      attempt(order, 'start', async () => {
        const client = await library()
        const [state, verifier] = [client.randomState(), client.randomPKCECodeVerifier()]
        const url = client.buildAuthorizationUrl(await configure(order), {
          redirect_uri: redirectUri,
          scope: scopeOf(order),
          state,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        // The browser will go there, so metadata may not name just anything.
        if (!isPublicAddress(url, allowLoopback))
          throw problem('connection_broken', 'The sign-in page is not at a public https address.', 'Check the issuer.')
        return { url: url.href, ticket: { state, verifier, redirectUri } }
      }),
    finish: (order, ticket, query) =>
      attempt(order, 'exchange', async () => {
        const client = await library()
        const answer = new URL(ticket.redirectUri)
        answer.search = query
        if (answer.searchParams.get('state') !== ticket.state)
          throw signInAgain('The answer of the sign-in page does not belong to this sign-in.')
        const tokens = await client.authorizationCodeGrant(await configure(order), answer, {
          pkceCodeVerifier: ticket.verifier,
          expectedState: ticket.state,
        })
        return keep(tokens, { ...order, secret: { ...order.secret, refreshToken: null } })
      }),
    renew: (order, refreshToken) =>
      attempt(order, 'renew', async () => {
        const client = await library()
        return keep(await client.refreshTokenGrant(await configure(order), refreshToken), order)
      }),
  }
}

/** Snowflake's own endpoints, or those given for an outside issuer; null where they have to be discovered. */
function endpointsOf({ signIn, accessUrl }: OauthOrder) {
  if (signIn.method === 'snowflake_oauth')
    return {
      issuer: accessUrl,
      authorization_endpoint: `${accessUrl}/oauth/authorize`,
      token_endpoint: `${accessUrl}/oauth/token-request`,
    }
  const { issuer, authorizationUrl, tokenUrl } = signIn
  if (authorizationUrl === null || tokenUrl === null) return null
  return {
    issuer: issuer ?? new URL(tokenUrl).origin,
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
  }
}

function authFor(client: Library, { clientSecret }: OauthSecret, isSnowflake: boolean) {
  if (clientSecret === null) return client.None()
  return isSnowflake ? client.ClientSecretBasic(clientSecret) : client.ClientSecretPost(clientSecret)
}

const hostOf = ({ signIn, accessUrl }: OauthOrder): string =>
  new URL(signIn.method === 'snowflake_oauth' ? accessUrl : (signIn.tokenUrl ?? signIn.issuer ?? accessUrl)).host

/** A role whose name Snowflake's scope grammar does not take as it is goes percent-encoded under a scope of its own. */
function scopeOf({ signIn, role }: OauthOrder): string {
  if (signIn.method === 'external_oauth' && signIn.scope !== null) return signIn.scope
  const lasting = signIn.method === 'snowflake_oauth' ? 'refresh_token' : 'offline_access'
  if (role === null) return signIn.method === 'snowflake_oauth' ? lasting : `${lasting} session:role-any`
  const isPlain = /^[A-Za-z_][A-Za-z0-9_$]*$/.test(role)
  return `${lasting} ${isPlain ? `session:role:${role}` : `session:role-encoded:${encodeURIComponent(role)}`}`
}
