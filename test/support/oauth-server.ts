import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** How the token endpoint behaves from now on. */
export type OauthMood = 'well' | 'unavailable' | 'drops' | 'drops after answering' | 'html' | 'hangs' | 'redirects'

const client = { id: 'floe-client', secret: 'client-s3cret/+&' }
export const oauthClient = client

interface Grant {
  readonly challenge: string
  readonly redirectUri: string
  readonly scope: string
}

/**
 * An authorization server double on 127.0.0.1: consents at once, checks PKCE, client and redirect address, hands out refresh tokens that are
 * good for one use, and takes everything back when one is used twice. Speaks at Snowflake's own paths and as a discoverable issuer.
 */
export async function startOauthServer() {
  const codes = new Map<string, Grant>()
  const refreshTokens = new Set<string>()
  const issued: string[] = []
  const exchanges: string[] = []
  const faults: string[] = []
  let mood: OauthMood = 'well'
  let lifeSeconds = 599
  let url = ''

  const issue = (kind: string): string => {
    const token = `${kind}-${randomBytes(24).toString('hex')}`
    issued.push(token)
    return token
  }
  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const redirectUri = query.get('redirect_uri') ?? ''
    const isGood =
      query.get('client_id') === client.id &&
      query.get('response_type') === 'code' &&
      query.get('code_challenge_method') === 'S256'
    if (!isGood) return refuse(response, 'invalid_request')
    const code = issue('code')
    codes.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri, scope: query.get('scope') ?? '' })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', query.get('state') ?? '')
    response.writeHead(302, { location: back.href }).end()
  }
  const grant = (response: ServerResponse, scope: string): void => {
    const refreshToken = issue('refresh')
    refreshTokens.add(refreshToken)
    const body = { token_type: 'Bearer', expires_in: lifeSeconds, scope, username: 'ANN' }
    const tokens = { access_token: issue('access'), refresh_token: refreshToken }
    if (mood === 'drops after answering') return void response.destroy()
    send(response, 200, { ...body, ...tokens })
  }
  const redeem = (form: URLSearchParams, response: ServerResponse): void => {
    const found = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (found === undefined || found.challenge !== challenge || found.redirectUri !== form.get('redirect_uri'))
      return refuse(response, 'invalid_grant')
    grant(response, found.scope)
  }
  const refresh = (form: URLSearchParams, response: ServerResponse): void => {
    const token = form.get('refresh_token') ?? ''
    if (!refreshTokens.delete(token)) {
      if (issued.includes(token)) faults.push('a refresh token was used twice')
      refreshTokens.clear()
      return refuse(response, 'invalid_grant', `Token ${token} was revoked`)
    }
    grant(response, '')
  }
  const answerToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request))
    exchanges.push(form.get('grant_type') ?? '')
    if (mood === 'unavailable') return send(response, 503, { error: 'temporarily_unavailable' })
    if (mood === 'html') return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Down</h1>')
    if (mood === 'drops') return void response.destroy()
    if (mood === 'redirects') return void response.writeHead(307, { location: `${url}/elsewhere` }).end()
    if (mood === 'hangs') return
    if (!isClient(request, form)) return refuse(response, 'invalid_client', '', 401)
    if (form.get('grant_type') === 'authorization_code') return redeem(form, response)
    refresh(form, response)
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    if (pathname === '/.well-known/openid-configuration') return send(response, 200, metadata(url))
    if (['/oauth/authorize', '/authorize'].includes(pathname)) return authorize(searchParams, response)
    if (['/oauth/token-request', '/token'].includes(pathname)) return void answerToken(request, response)
    faults.push(`asked for ${pathname}`)
    send(response, 404, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    /** Every code and token handed out: none of them may be seen anywhere. */
    issued,
    /** The grant types asked for, in order. */
    exchanges,
    faults,
    setMood: (next: OauthMood) => void (mood = next),
    /** How long access tokens live from now on. */
    setLife: (seconds: number) => void (lifeSeconds = seconds),
    revokeAll: () => refreshTokens.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
export type OauthServer = Awaited<ReturnType<typeof startOauthServer>>

function isClient(request: IncomingMessage, form: URLSearchParams): boolean {
  const [scheme, basic = ''] = (request.headers.authorization ?? '').split(' ')
  const [id = '', secret = ''] =
    scheme === 'Basic'
      ? Buffer.from(basic, 'base64')
          .toString()
          .split(':')
          .map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
      : [form.get('client_id') ?? '', form.get('client_secret') ?? '']
  return id === client.id && secret === client.secret
}

const metadata = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
})

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, error: string, description = '', status = 400): void {
  send(response, status, { error, ...(description === '' ? {} : { error_description: description }) })
}
