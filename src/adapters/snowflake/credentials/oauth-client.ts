import type { Clock } from '../../../core/ports/clock.ts'
import { problem } from '../../../core/problem.ts'
import { isPublicAddress, makeGuardedFetch, type GuardedFetchNeeds } from '../../http-client/guarded-fetch.ts'
import { explainOauthFailure, signInAgain, type OauthErrand } from './oauth-problem.ts'

// Late, because most runs never sign in by browser.
const library = () => import('openid-client')
type Library = Awaited<ReturnType<typeof library>>
type Configuration = InstanceType<Library['Configuration']>
type Tokens = Awaited<ReturnType<Library['refreshTokenGrant']>>

/** What is sealed for a browser sign-in: the client's own secret and what it was granted last. */
export interface OauthSecret {
  readonly clientSecret: string | null
  readonly refreshToken: string | null
  readonly accessToken: string | null
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number | null
}

/** Where to sign in, and as what. */
export interface OauthOrder {
  readonly clientId: string
  /** The server's endpoints, or the issuer that publishes them; null where neither is known. */
  readonly server:
    | { readonly issuer: string; readonly authorizationUrl: string; readonly tokenUrl: string }
    | { readonly discover: string }
    | null
  /** The server as problems name it. */
  readonly host: string
  /** How the server takes the client's secret. */
  readonly clientAuthentication: 'basic' | 'post'
  readonly scope: string
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
    const { server, clientId } = order
    const insecure = allowLoopback ? [client.allowInsecureRequests] : []
    if (server === null)
      throw problem(
        'connection_broken',
        'The sign-in server of this connection is not known.',
        'Give its issuer, or both of its addresses: floe connection update.',
      )
    const authentication = authenticationFor(client, order)
    if ('discover' in server)
      return await client.discovery(new URL(server.discover), clientId, {}, authentication, {
        [client.customFetch]: fetch,
        timeout: timeoutSeconds,
        execute: insecure,
      })
    const { issuer, authorizationUrl, tokenUrl } = server
    const metadata = { issuer, authorization_endpoint: authorizationUrl, token_endpoint: tokenUrl }
    const configuration = new client.Configuration(metadata, clientId, {}, authentication)
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
      throw explainOauthFailure(error, errand, order.host, [clientSecret, refreshToken, accessToken])
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
          scope: order.scope,
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

function authenticationFor(client: Library, { secret: { clientSecret }, clientAuthentication }: OauthOrder) {
  if (clientSecret === null) return client.None()
  return clientAuthentication === 'basic'
    ? client.ClientSecretBasic(clientSecret)
    : client.ClientSecretPost(clientSecret)
}
