import * as oauth from 'oauth4webapi'
import type { BrowserClient } from './browser-client.ts'
import { freePort } from './postgres-server.ts'

/** A public address for an organisation: apps need one that is known before the server listens. */
export const freeOrigin = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`

/** What an app was given. */
export interface AppTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** An authorization request under way. */
export interface AppRequest {
  readonly url: string
  readonly verifier: string
  readonly state: string
}

const insecure = { [oauth.allowInsecureRequests]: true } as const

/** An app as its maker writes one with a library of the standard: it finds the server, registers, asks, and exchanges what comes back. */
export class OauthApp {
  readonly origin: string
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly redirectUri: string

  constructor(origin: string, server: oauth.AuthorizationServer, client: oauth.Client, redirectUri: string) {
    this.origin = origin
    this.server = server
    this.client = client
    this.redirectUri = redirectUri
  }

  /** Finds the server by what the API itself says of it. */
  static async discover(origin: string): Promise<oauth.AuthorizationServer> {
    const refused = await fetch(`${origin}/api/v1/me`)
    const metadata = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
    const resource = new URL(`${origin}/api/v1`)
    const described = await oauth.processResourceDiscoveryResponse(resource, await fetch(metadata))
    const issuer = new URL(described.authorization_servers?.[0] ?? '')
    return await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
    )
  }

  static async register(origin: string, redirectUri = 'https://app.example.com/callback'): Promise<OauthApp> {
    const server = await OauthApp.discover(origin)
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(
        server,
        { client_name: 'Weekly report', redirect_uris: [redirectUri] },
        insecure,
      ),
    )
    return new OauthApp(origin, server, client, redirectUri)
  }

  /** The app's request, as an address that the browser goes to; `changes` replace or take out (null) what it asks. */
  async request(changes: Readonly<Record<string, string | null>> = {}): Promise<AppRequest> {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const url = new URL(this.server.authorization_endpoint ?? '')
    const asked = {
      client_id: this.client.client_id,
      response_type: 'code',
      redirect_uri: this.redirectUri,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      scope: 'floe:read floe:ask offline_access',
      resource: `${this.origin}/api/v1`,
      state,
      ...changes,
    }
    for (const [name, value] of Object.entries(asked)) if (value !== null) url.searchParams.set(name, value)
    return { url: url.href, verifier, state }
  }

  /** Exchanges the code of an answer, as the library checks it: state and issuer must be right. */
  async exchange({ verifier, state }: AppRequest, answer: URL): Promise<AppTokens> {
    const parameters = oauth.validateAuthResponse(this.server, this.client, answer, state)
    const response = await oauth.authorizationCodeGrantRequest(
      this.server,
      this.client,
      oauth.None(),
      parameters,
      this.redirectUri,
      verifier,
      insecure,
    )
    return tokensOf(await oauth.processAuthorizationCodeResponse(this.server, this.client, response))
  }

  async refresh(refreshToken: string): Promise<AppTokens> {
    const response = await oauth.refreshTokenGrantRequest(
      this.server,
      this.client,
      oauth.None(),
      refreshToken,
      insecure,
    )
    return tokensOf(await oauth.processRefreshTokenResponse(this.server, this.client, response))
  }

  /** The raw answer of the token endpoint. */
  async token(parameters: Readonly<Record<string, string>>): Promise<{ status: number; error: unknown }> {
    const response = await fetch(this.server.token_endpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({ client_id: this.client.client_id, ...parameters }),
    })
    const body = (await response.json()) as { error?: unknown }
    return { status: response.status, error: body.error ?? null }
  }

  /** Connects the person of a browser to this app. */
  async connect(browser: BrowserClient, changes: Readonly<Record<string, string | null>> = {}): Promise<AppTokens> {
    const request = await this.request(changes)
    return await this.exchange(request, await answerOf(browser, request.url, 'allow'))
  }

  async api(method: string, path: string, accessToken: string, body?: unknown): Promise<Response> {
    return await fetch(`${this.origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}

const tokensOf = ({ access_token: accessToken, refresh_token: refreshToken = '' }: oauth.TokenEndpointResponse) => ({
  accessToken,
  refreshToken,
})

/** The page that asks the person, and where its form is. */
export async function openConsent(browser: BrowserClient, url: string): Promise<{ path: string; page: Response }> {
  const begun = await browser.request(url)
  const path = begun.headers.get('location') ?? ''
  if (begun.status !== 303) throw new Error(`${begun.status}: ${await begun.text()}`)
  return { path, page: await browser.request(path) }
}

/** What the page's form sends. */
export async function submitConsent(
  browser: BrowserClient,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await browser.request(path, {
    method: 'POST',
    headers: { origin: browser.origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
}

export const formKeyOf = (html: string): string => /name="key" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** Goes the whole way of a person who is signed in and answers; the result is the address at the app that the browser ends at. */
export async function answerOf(browser: BrowserClient, url: string, answer: 'allow' | 'deny'): Promise<URL> {
  const { path, page } = await openConsent(browser, url)
  const submitted = await submitConsent(browser, path, { key: formKeyOf(await page.text()), answer })
  const resumed = await browser.request(submitted.headers.get('location') ?? '')
  return new URL(resumed.headers.get('location') ?? '')
}
