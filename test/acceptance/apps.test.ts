import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BrowserClient } from '../support/browser-client.ts'
import { answerOf, formKeyOf, freeOrigin, OauthApp, openConsent } from '../support/oauth-app.ts'
import { person } from '../support/openid-issuer.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { openSocket, type StartedServer } from '../support/started-server.ts'

let organisation: Organisation
let server: StartedServer
let app: OauthApp
let admin: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({
    PUBLIC_URL: await freeOrigin(),
    ADMIN_EMAILS: 'ada@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
  })
  ;({ server } = organisation)
  app = await OauthApp.register(server.url)
  admin = await organisation.signedIn('ada')
}, 120_000)
afterAll(() => organisation.close())
afterEach(() => void vi.useRealTimers())

interface App {
  readonly id: string
  readonly name: string
  readonly host: string | null
  readonly scopes: readonly string[]
  readonly lastUsedAt: string | null
}
const appsOf = async (browser: BrowserClient): Promise<readonly App[]> =>
  (await browser.json('GET', '/api/v1/me/apps')).body as readonly App[]
const auditOf = async (words: string): Promise<unknown> =>
  ((await admin.json('GET', `/api/v1/audit?q=${words}`)).body as { entries: unknown[] }).entries

describe('an app that a person lets act for them', () => {
  test('finds the server, registers, asks, and does what the person agreed to', async () => {
    const browser = await organisation.signedIn('ben')
    const { accessToken } = await app.connect(browser)
    expect(await (await app.api('GET', '/me', accessToken)).json()).toMatchObject({ email: 'ben@example.com' })
    const asked = await app.api('POST', '/turns', accessToken, { sql: 'SELECT 1 AS N', autoRun: true })
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('turn.done')])
    const beyond = await app.api('POST', '/connections', accessToken, {
      name: 'c',
      kind: 'snowflake',
      account: 'a-b',
      signIn: { method: 'access_token', token: 't' },
    })
    expect(beyond.status).toBe(403)
    expect((await app.api('POST', '/me/tokens', accessToken, { name: 't', scopes: [], days: 1 })).status).toBe(403)
    expect(await auditOf('app.connected')).toMatchObject([
      { person: { email: 'ben@example.com' }, facts: { name: 'Weekly report', scopes: 'ask' } },
    ])
  })

  test('never manages people, whoever it acts for', async () => {
    const { accessToken } = await app.connect(admin, { scope: 'floe:read floe:people floe:connections' })
    expect((await app.api('GET', '/people', accessToken)).status).toBe(403)
    expect((await app.api('GET', '/audit', accessToken)).status).toBe(403)
    expect((await app.api('GET', '/connections', accessToken)).status).toBe(200)
  })

  test('that names neither a scope nor a resource reads the API', async () => {
    const browser = await organisation.signedIn('ben')
    const { accessToken } = await app.connect(browser, { scope: null, resource: null })
    expect((await app.api('GET', '/conversations', accessToken)).status).toBe(200)
    expect((await app.api('POST', '/turns', accessToken, { sql: 'SELECT 1' })).status).toBe(403)
  })

  test('does what the role of the person still allows', async () => {
    const browser = await organisation.signedIn('cleo')
    const { accessToken } = await app.connect(browser)
    const people = (await admin.json('GET', '/api/v1/people')).body as { id: string; email: string }[]
    const id = people.find(({ email }) => email === 'cleo@example.com')?.id ?? ''
    await admin.json('PATCH', `/api/v1/people/${id}`, { role: 'viewer' })
    expect((await app.api('POST', '/turns', accessToken, { sql: 'SELECT 1' })).status).toBe(403)
    const { page } = await openConsent(browser, (await app.request()).url)
    expect(await page.text()).toContain('your role does not allow')
  })

  test('goes on with a new token for each old one', async () => {
    const browser = await organisation.signedIn('ben')
    const first = await app.connect(browser)
    const second = await app.refresh(first.refreshToken)
    const third = await app.refresh(second.refreshToken)
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3)
    expect((await app.api('GET', '/me', third.accessToken)).status).toBe(200)
  })

  test('is told when the person does not agree', async () => {
    const browser = await organisation.signedIn('ben')
    const before = (await appsOf(browser)).length
    const answer = await answerOf(browser, (await app.request()).url, 'deny')
    expect([answer.origin, answer.searchParams.get('error'), answer.searchParams.has('code')]).toEqual([
      'https://app.example.com',
      'access_denied',
      false,
    ])
    expect(await appsOf(browser)).toHaveLength(before)
    expect(await auditOf('app.refused')).toMatchObject([{ facts: { name: 'Weekly report' } }])
  })

  test('leads somebody who has not signed in through the sign-in to the same question', async () => {
    const browser = new BrowserClient(server.url)
    organisation.issuer.says = person('dora')
    const { path, page } = await openConsent(browser, (await app.request()).url)
    expect(page.status).toBe(303)
    const back = await browser.signIn(page.headers.get('location') ?? '')
    expect(back.headers.get('location')).toBe(path)
    const text = await (await browser.request(path)).text()
    expect(text).toContain('dora@example.com')
    expect(formKeyOf(text)).not.toBe('')
  })

  test('on the computer of the person takes any port there', async () => {
    const native = await OauthApp.register(server.url, 'http://127.0.0.1/callback')
    const browser = await organisation.signedIn('ben')
    const request = await native.request({ redirect_uri: 'http://127.0.0.1:51234/callback' })
    expect((await answerOf(browser, request.url, 'allow')).origin).toBe('http://127.0.0.1:51234')
    expect((await appsOf(browser))[0]).toMatchObject({ host: null })
  })
})

describe('connected apps', () => {
  test('are listed with their use and ended one by one, with token and socket at once', async () => {
    const browser = await organisation.signedIn('eva')
    const [kept, ended] = [await app.connect(browser), await app.connect(browser)]
    const [newest] = await appsOf(browser)
    expect(newest).toMatchObject({ name: 'Weekly report', host: 'app.example.com', scopes: ['ask'], lastUsedAt: null })
    const { socket, closed, say, until } = await openSocket(server.socketUrl, {
      headers: { authorization: `Bearer ${ended.accessToken}` },
    })
    say({ command: 'ping', id: 'here' })
    await until((frames) => frames.some(({ reply }) => reply === 'here'))
    expect((await appsOf(browser))[0]?.lastUsedAt).not.toBeNull()
    const stranger = await organisation.signedIn('ben')
    expect((await stranger.json('DELETE', `/api/v1/me/apps/${newest?.id ?? ''}`)).status).toBe(404)
    expect(socket.readyState).toBe(socket.OPEN)
    expect((await browser.json('DELETE', `/api/v1/me/apps/${newest?.id ?? ''}`)).status).toBe(200)
    expect(await closed).toBe(4401)
    expect((await app.api('GET', '/me', ended.accessToken)).status).toBe(401)
    expect(await app.token({ grant_type: 'refresh_token', refresh_token: ended.refreshToken })).toEqual({
      status: 400,
      error: 'invalid_grant',
    })
    expect((await app.api('GET', '/me', kept.accessToken)).status).toBe(200)
    expect(await appsOf(browser)).toHaveLength(1)
  })

  test('give their access back themselves', async () => {
    const browser = await organisation.signedIn('eva')
    const { accessToken, refreshToken } = await app.connect(browser)
    const before = (await appsOf(browser)).length
    const revoked = await fetch(`${server.url}/oauth/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: app.client.client_id, token: refreshToken }),
    })
    expect(revoked.status).toBe(200)
    expect((await app.api('GET', '/me', accessToken)).status).toBe(401)
    expect(await appsOf(browser)).toHaveLength(before - 1)
  })

  test.each(['disabled', 'deleted'] as const)('end with a person who is %s', async (how) => {
    const browser = await organisation.signedIn(how)
    const { accessToken, refreshToken } = await app.connect(browser)
    expect((await app.api('GET', '/me', accessToken)).status).toBe(200)
    const { id } = (await browser.json('GET', '/api/v1/me')).body as { id: string }
    const change = (isDisabled: boolean) => admin.json('PATCH', `/api/v1/people/${id}`, { isDisabled })
    if (how === 'deleted') await browser.json('DELETE', '/api/v1/me', { confirm: `${how}@example.com` })
    else await change(true)
    const refused = await app.api('GET', '/me', accessToken)
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer resource_metadata="${server.url}/.well-known/oauth-protected-resource/api/v1", error="invalid_token"`,
    ])
    if (how === 'disabled') await change(false)
    expect((await app.api('GET', '/me', accessToken)).status).toBe(401)
    expect((await app.token({ grant_type: 'refresh_token', refresh_token: refreshToken })).error).toBe('invalid_grant')
  })
})

test('under a path of a shared host an app finds the server, and the person is asked', async () => {
  const origin = await freeOrigin()
  const shared = await startOrganisation({ PUBLIC_URL: `${origin}/floe`, ALLOWED_EMAIL_DOMAINS: 'example.com' })
  const reporter = await OauthApp.register(`${origin}/floe`)
  expect(reporter.server.issuer).toBe(`${origin}/floe/oauth`)
  const { accessToken } = await reporter.connect(await shared.signedIn('ben'))
  expect((await reporter.api('GET', '/me', accessToken)).status).toBe(200)
  await shared.close()
}, 60_000)

test('without sign-in or without a public address there is no authorization server', async () => {
  const hidden = await startOrganisation({ ALLOWED_EMAIL_DOMAINS: 'example.com' })
  for (const path of [
    '/oauth/auth',
    '/oauth/jwks',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource',
  ])
    expect((await fetch(hidden.server.url + path)).status, path).toBe(404)
  expect((await fetch(`${hidden.server.url}/api/v1/me`)).headers.get('www-authenticate')).toBe('Bearer')
  await hidden.close()
}, 60_000)

// Last, because what is a year old by then is gone for every test.
test('asks again after a year, and after 30 days in which it was not used', async () => {
  const browser = await organisation.signedIn('ben')
  const [idle, used] = [await app.connect(browser), await app.connect(browser)]
  const day = 86_400_000
  const begun = Date.now()
  vi.useFakeTimers({ toFake: ['Date'] })
  const tryToRefresh = async (refreshToken: string) =>
    await app.token({ grant_type: 'refresh_token', refresh_token: refreshToken })
  let { refreshToken } = used
  for (let days = 29; days < 365; days += 28) {
    vi.setSystemTime(begun + days * day)
    ;({ refreshToken } = await app.refresh(refreshToken))
    if (days > 30) expect(await tryToRefresh(idle.refreshToken)).toEqual({ status: 400, error: 'invalid_grant' })
  }
  vi.setSystemTime(begun + 366 * day)
  // What registered and has no agreement left is forgotten as well.
  expect(await tryToRefresh(refreshToken)).toEqual({ status: 401, error: 'invalid_client' })
})
