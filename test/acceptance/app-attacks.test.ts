import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { BrowserClient } from '../support/browser-client.ts'
import { answerOf, formKeyOf, freeOrigin, OauthApp, openConsent, submitConsent } from '../support/oauth-app.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import type { StartedServer } from '../support/started-server.ts'

let organisation: Organisation
let server: StartedServer
let app: OauthApp
let browser: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({
    PUBLIC_URL: await freeOrigin(),
    ADMIN_EMAILS: 'ada@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
  })
  ;({ server } = organisation)
  app = await OauthApp.register(server.url)
  browser = await organisation.signedIn('ben')
}, 120_000)
afterAll(() => organisation.close())

const isIn = async (accessToken: string): Promise<boolean> => (await app.api('GET', '/me', accessToken)).status === 200

/** An answer with a code, and what proves that the code is the app's. */
async function agreed(changes: Readonly<Record<string, string | null>> = {}) {
  const request = await app.request(changes)
  const answer = await answerOf(browser, request.url, 'allow')
  const code = answer.searchParams.get('code') ?? ''
  const parameters = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: app.redirectUri,
    code_verifier: request.verifier,
  }
  return { request, answer, parameters }
}
const refused = (error: string) => ({ status: 400, error })

describe('a request for access', () => {
  const refusals: readonly (readonly [string, Readonly<Record<string, string | null>>, string])[] = [
    ['without PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a method, which would be plain', { code_challenge_method: null }, 'invalid_request'],
    ['for a token in the address', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'for an identity token in the address',
      { response_type: 'id_token', nonce: 'n', scope: 'openid' },
      'unsupported_response_type',
    ],
    ['for a server of somebody else', { resource: 'https://evil.example/api' }, 'invalid_target'],
    ['for the whole of this server', { resource: 'RESOURCE/' }, 'invalid_target'],
    ['that must not ask', { prompt: 'none' }, 'login_required'],
  ]
  test.each(refusals)('%s is refused at the app', async (_name, changes, error) => {
    const { url } = await app.request(
      Object.fromEntries(
        Object.entries(changes).map(([name, value]) => [name, value?.replace('RESOURCE', server.url) ?? null]),
      ),
    )
    const response = await browser.request(url)
    const answer = new URL(response.headers.get('location') ?? '', server.url)
    expect(answer.origin).toBe('https://app.example.com')
    const fields = new URLSearchParams(answer.search === '' ? answer.hash.slice(1) : answer.search)
    expect([fields.get('error'), fields.get('code'), fields.get('iss')]).toEqual([error, null, `${server.url}/oauth`])
  })

  const elsewhere = [
    'https://evil.example/callback',
    'https://app.example.com/callback/../evil',
    'https://app.example.com/callback?next=https://evil.example',
    'https://app.example.com.evil.example/callback',
    'https://app.example.com@evil.example/callback',
    'http://app.example.com/callback',
    'javascript:alert(1)',
    '//evil.example/callback',
  ]
  test.each(elsewhere)('that wants its answer at %s sends nobody anywhere', async (address) => {
    const response = await browser.request((await app.request({ redirect_uri: address })).url)
    const page = await response.text()
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    expect(page).toContain('The app asked wrongly')
    expect(page).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('of an app that nobody knows shows what it sent as text', async () => {
    const response = await browser.request((await app.request({ client_id: '<script>alert(1)</script>' })).url)
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    expect(await response.text()).not.toContain('<script')
  })
})

describe('a code', () => {
  test('is exchanged once: the second time takes everything back', async () => {
    const { request, answer, parameters } = await agreed()
    const tokens = await app.exchange(request, answer)
    expect(await isIn(tokens.accessToken)).toBe(true)
    expect(await app.token(parameters)).toEqual(refused('invalid_grant'))
    expect(await isIn(tokens.accessToken)).toBe(false)
    expect(await app.token({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken })).toEqual(
      refused('invalid_grant'),
    )
  })

  test('sent many times at once gives at most one answer', async () => {
    const { parameters } = await agreed()
    const answers = await Promise.all(Array.from({ length: 6 }, () => app.token(parameters)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  })

  const wrong: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['another verifier', { code_verifier: 'a'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another address', { redirect_uri: 'https://evil.example/callback' }],
    ['another code', { code: 'b'.repeat(43) }],
  ]
  test.each(wrong)('with %s is worth nothing', async (_name, changes) => {
    const { parameters } = await agreed()
    const { status, error } = await app.token({ ...parameters, ...changes })
    expect([status, ['invalid_grant', 'invalid_request'].includes(String(error))]).toEqual([400, true])
  })

  test('of another app is worth nothing', async () => {
    const thief = await OauthApp.register(server.url)
    const { parameters } = await agreed()
    expect(await thief.token(parameters)).toEqual(refused('invalid_grant'))
  })

  test('ends after a minute', async () => {
    const { parameters } = await agreed()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90_000 })
    expect(await app.token(parameters)).toEqual(refused('invalid_grant'))
    vi.useRealTimers()
  })

  test('is not exchanged for another part of the server', async () => {
    const { parameters } = await agreed()
    expect(await app.token({ ...parameters, resource: `${server.url}/mcp` })).toEqual(refused('invalid_target'))
  })
})

describe('tokens', () => {
  test('a refresh token used twice takes the whole agreement back', async () => {
    const first = await app.connect(browser)
    const second = await app.refresh(first.refreshToken)
    expect(await isIn(second.accessToken)).toBe(true)
    expect(await app.token({ grant_type: 'refresh_token', refresh_token: first.refreshToken })).toEqual(
      refused('invalid_grant'),
    )
    expect(await isIn(second.accessToken)).toBe(false)
    expect(await app.token({ grant_type: 'refresh_token', refresh_token: second.refreshToken })).toEqual(
      refused('invalid_grant'),
    )
    const admin = await organisation.signedIn('ada')
    const { body } = await admin.json('GET', '/api/v1/audit?q=reuse')
    expect((body as { entries: unknown[] }).entries[0]).toMatchObject({
      action: 'app.revoked',
      facts: { by: 'reuse' },
      person: { email: 'ben@example.com' },
    })
  })

  test('a refresh token of another app is worth nothing, and stays good for its own', async () => {
    const thief = await OauthApp.register(server.url)
    const { refreshToken } = await app.connect(browser)
    expect(await thief.token({ grant_type: 'refresh_token', refresh_token: refreshToken })).toEqual(
      refused('invalid_grant'),
    )
    expect(await isIn((await app.refresh(refreshToken)).accessToken)).toBe(true)
  })

  test('a refresh brings no scope that the person did not agree to', async () => {
    const { refreshToken } = await app.connect(browser, { scope: 'floe:read' })
    expect(
      await app.token({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        scope: 'floe:read floe:connections',
      }),
    ).toEqual(refused('invalid_scope'))
  })

  test('an access token is for one part of the server, and ends after ten minutes', async () => {
    const forMcp = await app.connect(browser, { resource: `${server.url}/mcp` })
    expect(await isIn(forMcp.accessToken)).toBe(false)
    const { accessToken } = await app.connect(browser)
    expect(await isIn(accessToken)).toBe(true)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 })
    expect(await isIn(accessToken)).toBe(false)
    vi.useRealTimers()
  })

  test('an identity token, a refresh token and forged ones are no access tokens', async () => {
    const request = await app.request({ scope: 'openid floe:read' })
    const answer = await answerOf(browser, request.url, 'allow')
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: app.client.client_id,
        code: answer.searchParams.get('code') ?? '',
        redirect_uri: app.redirectUri,
        code_verifier: request.verifier,
      }),
    })
    const tokens = (await response.json()) as Record<'access_token' | 'id_token' | 'refresh_token', string>
    const [head = '', body = ''] = tokens.access_token.split('.')
    const { keys } = (await (await fetch(`${server.url}/oauth/jwks`)).json()) as {
      keys: [JsonWebKey & { kid: string }]
    }
    expect(Object.keys(keys[0])).not.toContain('d')
    const pem = createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const asked = [
      tokens.id_token,
      tokens.refresh_token,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${body}.`,
      `${head}.${encode({ ...claims, scope: 'floe:connections' })}.${tokens.access_token.split('.')[2] ?? ''}`,
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0].kid })
        .sign(Buffer.from(String(pem))),
    ]
    for (const token of asked) expect([token.slice(0, 40), await isIn(token)]).toEqual([token.slice(0, 40), false])
    expect(await isIn(tokens.access_token)).toBe(true)
  })
})

describe('the page that asks the person', () => {
  test('is shown in no frame, loads nothing from elsewhere, and lets its form lead to the app alone', async () => {
    const { page } = await openConsent(browser, (await app.request()).url)
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self' https://app.example.com;")
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  test('takes no answer from another site, without its key, for another request or from another session', async () => {
    const { path, page } = await openConsent(browser, (await app.request()).url)
    const key = formKeyOf(await page.text())
    const other = await openConsent(browser, (await app.request()).url)
    const otherKey = formKeyOf(await other.page.text())
    const allow = { key, answer: 'allow' }
    const forged = [
      submitConsent(browser, path, allow, { origin: 'https://evil.example' }),
      submitConsent(browser, path, allow, { origin: 'null' }),
      submitConsent(browser, path, { answer: 'allow' }),
      submitConsent(browser, path, { ...allow, key: otherKey }),
    ]
    for (const answer of await Promise.all(forged))
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null])
    const again = await organisation.signedIn('ben')
    for (const [name, value] of browser.cookies) if (!again.cookies.has(name)) again.cookies.set(name, value)
    expect((await submitConsent(again, path, allow)).status).toBe(403)
  })

  test('begun in the browser of somebody else cannot be answered', async () => {
    const attacker = await organisation.signedIn('mallory')
    const { path } = await openConsent(attacker, (await app.request()).url)
    const page = await browser.request(path)
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('another browser')])
  })

  test('is answered by people alone, not by their programs', async () => {
    const { path, page } = await openConsent(browser, (await app.request()).url)
    const key = formKeyOf(await page.text())
    const made = await browser.json('POST', '/api/v1/me/tokens', { name: 'program', scopes: [], days: 1 })
    const authorization = `Bearer ${(made.body as { token: string }).token}`
    const answer = await submitConsent(browser, path, { key, answer: 'allow' }, { authorization })
    expect([answer.status, answer.headers.get('location')]).toEqual([403, null])
  })

  test('is answered once', async () => {
    const { path, page } = await openConsent(browser, (await app.request()).url)
    const key = formKeyOf(await page.text())
    const first = await submitConsent(browser, path, { key, answer: 'allow' })
    const resumed = await browser.request(first.headers.get('location') ?? '')
    expect(resumed.headers.get('location')).toContain('code=')
    expect((await submitConsent(browser, path, { key, answer: 'allow' })).status).toBe(404)
    expect((await browser.request(first.headers.get('location') ?? '')).status).toBe(400)
  })

  test('shows what an app calls itself as text, without what turns it around', async () => {
    const response = await fetch(`${server.url}/oauth/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: '<img src=x onerror=alert(1)> \u202egnp.exe\u0000',
        redirect_uris: [app.redirectUri],
      }),
    })
    const id = ((await response.json()) as Record<string, string>)['client_id'] ?? ''
    const { page } = await openConsent(browser, (await app.request({ client_id: id })).url)
    const text = await page.text()
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt; gnp.exe')
    expect(text).not.toContain('\u202e')
    expect(text).not.toContain('<img')
  })
})

describe('registering an app', () => {
  const register = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${server.url}/oauth/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  const bad: readonly (readonly [string, unknown])[] = [
    ['a script as address', { redirect_uris: ['javascript:alert(1)'] }],
    ['data as address', { redirect_uris: ['data:text/html,x'], application_type: 'native' }],
    ['http elsewhere', { redirect_uris: ['http://app.example.com/callback'] }],
    ['http that looks like this computer', { redirect_uris: ['http://127.0.0.1.evil.example/'] }],
    ['http with a name before this computer', { redirect_uris: ['http://localhost@evil.example/'] }],
    ['a scheme of its own', { redirect_uris: ['app://callback'], application_type: 'native' }],
    ['an address with a fragment', { redirect_uris: ['https://app.example.com/#x'] }],
    ['a good and a bad address', { redirect_uris: ['https://app.example.com/', 'ftp://app.example.com/'] }],
    ['no address', { redirect_uris: [] }],
    ['the implicit flow', { redirect_uris: ['https://app.example.com/'], response_types: ['token'] }],
    ['nothing', 'not json'],
    [
      'very much',
      { redirect_uris: ['https://app.example.com/'], client_uri: `https://a.example/${'x'.repeat(60_000)}` },
    ],
  ]
  test('with what is not allowed is refused and written down', async () => {
    for (const [name, body] of bad) {
      const response = await register(body)
      expect([name, response.status]).toEqual([name, 400])
    }
    const admin = await organisation.signedIn('ada')
    const { body } = await admin.json('GET', '/api/v1/audit?q=app.registration_refused&limit=200')
    expect((body as { entries: unknown[] }).entries.length).toBeGreaterThanOrEqual(bad.length - 1)
  })

  test('from a page of another site is refused', async () => {
    const response = await register({ redirect_uris: ['https://app.example.com/'] }, { origin: 'https://evil.example' })
    expect(response.status).toBe(403)
  })

  test('gives no secret, whatever is asked for, and cannot be read or changed', async () => {
    const response = await register({
      redirect_uris: ['https://app.example.com/'],
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: 'mine',
      jwks_uri: 'https://169.254.169.254/keys',
    })
    const client = (await response.json()) as Record<string, unknown>
    expect([
      response.status,
      client['token_endpoint_auth_method'],
      client['client_secret'],
      client['jwks_uri'],
    ]).toEqual([201, 'none', undefined, undefined])
    expect((await fetch(`${server.url}/oauth/reg/${String(client['client_id'])}`)).status).toBe(404)
  })

  test('without end is held back', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 30; count += 1)
      statuses.push((await register({ redirect_uris: ['https://app.example.com/'] })).status)
    expect(statuses.at(-1)).toBe(503)
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(20)
  })
})
