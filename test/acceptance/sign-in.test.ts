import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Floe } from '../../src/compose.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { person, type OpenidIssuer } from '../support/openid-issuer.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { openSocket, type StartedServer } from '../support/started-server.ts'

let organisation: Organisation
let issuer: OpenidIssuer
let floe: Floe
let server: StartedServer
const signedIn = (name: string): Promise<BrowserClient> => organisation.signedIn(name)

beforeAll(async () => {
  organisation = await startOrganisation({
    OIDC_CLIENT_SECRET: 'a secret of the client',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    ALLOWED_EMAILS: 'guest@elsewhere.example',
  })
  ;({ issuer, floe, server } = organisation)
}, 120_000)
afterAll(() => organisation.close())
beforeEach(() => {
  issuer.answersWith = null
  issuer.changesToken = null
})

const problemCode = (answer: { body: unknown }): unknown => (answer.body as { code?: unknown } | null)?.code

describe('signing in', () => {
  test('the first person becomes an admin and goes on as the person of the days without sign-in', async () => {
    const admin = await signedIn('ada')
    expect(await admin.json('GET', '/api/v1/me')).toMatchObject({
      status: 200,
      body: {
        email: 'ada@example.com',
        name: 'Ada Example',
        role: 'admin',
        isLocal: false,
        id: floe.callerAt('cli').userId,
      },
    })
    const member = await signedIn('ben')
    expect(await member.json('GET', '/api/v1/me')).toMatchObject({ body: { email: 'ben@example.com', role: 'member' } })
  })

  test('returns to where the person was, and nowhere else', async () => {
    issuer.says = person('ada')
    const targets: readonly (readonly [string, string])[] = [
      ['/conversations/1?x=y', '/conversations/1?x=y'],
      ['/audit?q=Größe#\u{1F43B}', '/audit?q=Gr%C3%B6%C3%9Fe#%F0%9F%90%BB'],
      ['/\u2028//evil.example', '/'],
      ['/\u2028/x', '/%E2%80%A8/x'],
      ['//evil.example/', '/'],
      ['/\\evil.example', '/'],
      ['https://evil.example/', '/'],
      ['javascript:alert(1)', '/'],
      ['/.//evil.example', '/'],
      ['/auth/sign-in', '/'],
      ['/\tevil', '/'],
      ['relative', '/'],
    ]
    for (const [asked, expected] of targets) {
      const response = await new BrowserClient(server.url).signIn(`/auth/sign-in?return=${encodeURIComponent(asked)}`)
      expect([asked, response.status, response.headers.get('location')]).toEqual([asked, 303, expected])
    }
  })

  test('begins where a person asks for it: what another site links to is a page with a link of ours', async () => {
    issuer.says = person('ada')
    const browser = new BrowserClient(server.url)
    const begin = (site: string, query = '?with=main&return=%2Fhistory') =>
      browser.request(`/auth/sign-in${query}`, { headers: { 'sec-fetch-site': site } })
    for (const site of ['cross-site', 'same-site'])
      for (const query of ['', '?with=main&return=%2Fhistory']) {
        const page = await begin(site, query)
        expect([page.status, page.headers.get('location'), page.headers.getSetCookie()]).toEqual([200, null, []])
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
        const back = query === '' ? '' : '&amp;return=%2Fhistory'
        expect(await page.text()).toContain(`<a href="/auth/sign-in?with=main${back}">`)
      }
    for (const site of ['same-origin', 'none']) expect((await begin(site)).status).toBe(303)
  })

  test('without a session nothing of anybody is answered', async () => {
    const nobody = new BrowserClient(server.url)
    for (const path of ['/me', '/app', '/connections', '/conversations', '/people', '/audit', '/me/sessions'])
      expect([path, problemCode(await nobody.json('GET', `/api/v1${path}`))]).toEqual([path, 'signed_out'])
    const asked = await nobody.json('POST', '/api/v1/turns', { question: 'How many orders are there?' })
    expect(asked).toMatchObject({ status: 401, body: { code: 'signed_out' } })
    const { frames, closed } = await openSocket(server.socketUrl)
    expect(await closed).toBe(4401)
    expect(frames).toMatchObject([{ problem: { code: 'signed_out' } }])
  })

  test('a session cookie cannot be read by scripts, and a given one is never taken over', async () => {
    issuer.says = person('ada')
    const browser = new BrowserClient(server.url)
    browser.cookies.set('floe-session', 'planted-by-somebody-else')
    await browser.signIn()
    expect(browser.cookies.get('floe-session')).not.toBe('planted-by-somebody-else')
    expect(browser.cookies.get('floe-session')).toMatch(/^[\w-]{43}$/)
    const again = await browser.signIn()
    expect(again.headers.getSetCookie().find((line) => line.startsWith('floe-session='))).toContain(
      '; HttpOnly; SameSite=Lax',
    )
  })

  test('signing in again ends the session before, and a stolen cookie is worth nothing after signing out', async () => {
    const browser = await signedIn('ada')
    const first = browser.cookies.get('floe-session') ?? ''
    await browser.signIn()
    const second = browser.cookies.get('floe-session') ?? ''
    expect((await browser.json('GET', '/api/v1/me')).status).toBe(200)
    expect((await browser.request('/auth/sign-out', { method: 'POST', headers: { origin: server.url } })).status).toBe(
      204,
    )
    for (const stolen of [first, second]) {
      const thief = new BrowserClient(server.url)
      thief.cookies.set('floe-session', stolen)
      expect((await thief.json('GET', '/api/v1/me')).status).toBe(401)
    }
  })
})

describe('a sign-in that fails says why on a page of its own, and begins no loop', () => {
  /** The token with other claims, under the signature that it had. */
  const withClaims = (token: string, claims: object): string => {
    const [head, payload = '', signature] = token.split('.')
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    return [head, Buffer.from(JSON.stringify({ ...said, ...claims })).toString('base64url'), signature].join('.')
  }
  const failures: readonly (readonly [string, () => void, number, string])[] = [
    ['turned down', () => (issuer.answersWith = { error: 'access_denied' }), 403, 'turned the sign-in down'],
    [
      'another domain',
      () => (issuer.says = person('eve', { email: 'eve@evil.example' })),
      403,
      'may not use this Floe',
    ],
    [
      'an address that ends like the domain',
      () => (issuer.says = person('eve', { email: 'eve@notexample.com' })),
      403,
      'may not use this Floe',
    ],
    [
      'an address that is not verified',
      () => (issuer.says = person('eve', { email_verified: false })),
      403,
      'has not verified',
    ],
    [
      'no word on verification',
      () => (issuer.says = person('eve', { email_verified: undefined })),
      403,
      'has not verified',
    ],
    ['no address', () => (issuer.says = person('eve', { email: undefined })), 403, 'did not say which e-mail address'],
    ['a clock that is behind', () => (issuer.says = person('eve', { exp: 1_000_000 })), 400, 'clock'],
    [
      'a token for another client',
      () => (issuer.says = person('eve', { aud: 'another' })),
      400,
      'could not be trusted',
    ],
    ['a token of another issuer', () => (issuer.says = person('eve', { iss: 'http://evil.example' })), 400, 'trusted'],
    [
      'a token that was changed after it was signed',
      () => (issuer.changesToken = (token) => withClaims(token, { sub: 'subject-of-ada' })),
      400,
      'could not be trusted',
    ],
    [
      'a token without a signature',
      () => (issuer.changesToken = (token) => `${token.split('.').slice(0, 2).join('.')}.`),
      400,
      'could not be trusted',
    ],
    ['another nonce', () => (issuer.says = person('eve', { nonce: 'replayed' })), 400, 'could not be trusted'],
    [
      'somebody with the address of another account',
      () => (issuer.says = { ...person('ada'), sub: 'a new owner of the address' }),
      403,
      'has signed in here with another account',
    ],
  ]
  test.each(failures)('%s', async (_name, prepare, status, words) => {
    await signedIn('ada')
    issuer.says = person('eve')
    prepare()
    const browser = new BrowserClient(server.url)
    const response = await browser.signIn()
    const page = await response.text()
    expect([response.status, page.includes(words) ? words : page]).toEqual([status, words])
    expect(response.headers.get('location')).toBeNull()
    expect(page).toContain('href="/auth/sign-in"')
    expect(browser.cookies.has('floe-session')).toBe(false)
  })

  test('the way to sign in again leads to where the person wanted to go', async () => {
    issuer.says = person('eve', { email: 'eve@evil.example' })
    const refused = await new BrowserClient(server.url).signIn('/auth/sign-in?return=/audit%3Fq%3Da')
    expect(await refused.text()).toContain('href="/auth/sign-in?return=%2Faudit%3Fq%3Da"')
    const unknown = await new BrowserClient(server.url).request('/auth/sign-in?with=nobody&return=/audit')
    expect([unknown.status, await unknown.text()]).toEqual([
      404,
      expect.stringContaining('href="/auth/sign-in?return=%2Faudit"'),
    ])
  })

  test('an address that is named may come from any domain', async () => {
    issuer.says = person('guest', { email: 'Guest@Elsewhere.example' })
    const browser = new BrowserClient(server.url)
    expect((await browser.signIn()).status).toBe(303)
    expect(await browser.json('GET', '/api/v1/me')).toMatchObject({ body: { email: 'guest@elsewhere.example' } })
  })

  test('an answer used twice, in another browser, or with another state', async () => {
    issuer.says = person('ada')
    const browser = new BrowserClient(server.url)
    const provider = (await browser.request('/auth/sign-in')).headers.get('location') ?? ''
    const callback = (await browser.request(provider)).headers.get('location') ?? ''
    const elsewhere = await new BrowserClient(server.url).request(callback)
    expect([elsewhere.status, await elsewhere.text()]).toEqual([
      400,
      expect.stringContaining('not known in this browser'),
    ])
    const ticket = browser.cookies.get('floe-signing-in') ?? ''
    expect((await browser.request(callback)).status).toBe(303)
    browser.cookies.set('floe-signing-in', ticket)
    expect((await browser.request(callback)).status).toBe(400)
    await browser.request('/auth/sign-in')
    const foreign = new URL(callback)
    foreign.searchParams.set('state', 'of-somebody-else')
    expect((await browser.request(foreign.href)).status).toBe(400)
  })

  test('an issuer that is away, and back again', async () => {
    await issuer.stop()
    issuer.says = person('ada')
    const browser = new BrowserClient(server.url)
    const begun = await browser.request('/auth/sign-in')
    // The metadata may still be known; then it is the answer that cannot be asked for.
    if (begun.status === 303) expect(begun.headers.get('location')).toContain(issuer.url)
    else
      expect([begun.status, await begun.text()]).toEqual([
        502,
        expect.stringContaining('could not be asked who you are'),
      ])
    await issuer.restart()
    expect((await browser.signIn()).status).toBe(303)
  })
})

describe('sessions and tokens', () => {
  test('are listed with their device, and end one by one and all at once', async () => {
    const [here, there] = [await signedIn('cora'), await signedIn('cora')]
    const list = (await here.json('GET', '/api/v1/me/sessions')).body as {
      id: string
      device: string
      isCurrent: boolean
    }[]
    expect(list.map(({ device }) => device)).toEqual(['Chrome on Linux', 'Chrome on Linux'])
    expect(list.filter(({ isCurrent }) => isCurrent)).toHaveLength(1)
    const other = list.find(({ isCurrent }) => !isCurrent)?.id ?? ''
    const stranger = await signedIn('ben')
    expect((await stranger.json('DELETE', `/api/v1/me/sessions/${other}`)).status).toBe(404)
    expect((await there.json('GET', '/api/v1/me')).status).toBe(200)
    expect((await here.json('DELETE', `/api/v1/me/sessions/${other}`)).status).toBe(200)
    expect((await there.json('GET', '/api/v1/me')).status).toBe(401)
    expect((await here.json('DELETE', '/api/v1/me/sessions')).status).toBe(200)
    expect((await here.json('GET', '/api/v1/me')).status).toBe(401)
  })

  test('a socket ends with its session', async () => {
    const browser = await signedIn('cora')
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const { socket, closed } = await openSocket(server.socketUrl, { headers: { cookie, origin: server.url } })
    expect(socket.readyState).toBe(socket.OPEN)
    await browser.json('DELETE', '/api/v1/me/sessions')
    expect(await closed).toBe(4401)
  })

  test('a socket of a token ends with it, and nobody ends the sockets of others', async () => {
    const [browser, stranger] = [await signedIn('cora'), await signedIn('ben')]
    const made = await browser.json('POST', '/api/v1/me/tokens', { name: 'live', scopes: [], days: 1 })
    const { token, id } = made.body as { token: string; id: string }
    const byToken = await openSocket(server.socketUrl, { headers: { authorization: `Bearer ${token}` } })
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const bySession = await openSocket(server.socketUrl, { headers: { cookie, origin: server.url } })
    const list = (await browser.json('GET', '/api/v1/me/sessions')).body as { id: string; isCurrent: boolean }[]
    const own = list.find(({ isCurrent }) => isCurrent)?.id ?? ''
    expect((await stranger.json('DELETE', `/api/v1/me/sessions/${own}`)).status).toBe(404)
    expect((await stranger.json('DELETE', `/api/v1/me/tokens/${id}`)).status).toBe(404)
    for (const client of [byToken, bySession]) {
      client.say({ command: 'ping', id: 'still here' })
      await client.until((frames) => frames.some(({ reply }) => reply === 'still here'))
    }
    expect((await browser.json('DELETE', `/api/v1/me/tokens/${id}`)).status).toBe(200)
    expect(await byToken.closed).toBe(4401)
    expect(bySession.socket.readyState).toBe(bySession.socket.OPEN)
    bySession.socket.close()
  })

  test('a token does what its scopes say, is told once, and cannot make another', async () => {
    const browser = await signedIn('cora')
    const made = await browser.json('POST', '/api/v1/me/tokens', { name: 'reports', scopes: [], days: 7 })
    const { token, id } = made.body as { token: string; id: string }
    expect([made.status, token]).toEqual([201, expect.stringMatching(/^floe_[\w-]{43}$/)])
    expect(JSON.stringify((await browser.json('GET', '/api/v1/me/tokens')).body)).not.toContain(token)
    const program = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as { code?: string } }
    }
    expect(await program('GET', '/me')).toMatchObject({ status: 200, body: { email: 'cora@example.com' } })
    expect(await program('POST', '/turns', { question: 'How many orders are there?' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    expect(await program('POST', '/me/tokens', { name: 'more', scopes: [], days: 7 })).toMatchObject({ status: 403 })
    expect(
      await browser.json('POST', '/api/v1/me/tokens', { name: 'admin', scopes: ['people'], days: 7 }),
    ).toMatchObject({
      status: 403,
    })
    expect((await browser.json('DELETE', `/api/v1/me/tokens/${id}`)).status).toBe(200)
    expect((await program('GET', '/me')).status).toBe(401)
  })
})

describe('people', () => {
  test('admins see, invite, change and disable people; others do not', async () => {
    const admin = await signedIn('ada')
    const member = await signedIn('dan')
    for (const path of ['/people', '/audit'])
      expect(await member.json('GET', `/api/v1${path}`)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const invited = await admin.json('POST', '/api/v1/people', { email: 'New@Outside.example', role: 'viewer' })
    expect(invited).toMatchObject({ status: 201, body: { email: 'new@outside.example', isInvited: true } })
    issuer.says = person('new', { email: 'new@outside.example' })
    const viewer = new BrowserClient(server.url)
    expect((await viewer.signIn()).status).toBe(303)
    expect(await viewer.json('POST', '/api/v1/turns', { question: 'How many orders are there?' })).toMatchObject({
      status: 403,
    })
    const people = (await admin.json('GET', '/api/v1/people')).body as { id: string; email: string }[]
    const dan = people.find(({ email }) => email === 'dan@example.com')?.id ?? ''
    expect(await member.json('PATCH', `/api/v1/people/${dan}`, { role: 'admin' })).toMatchObject({ status: 403 })
    expect(await admin.json('PATCH', `/api/v1/people/${dan}`, { isDisabled: true })).toMatchObject({ status: 200 })
    expect((await member.json('GET', '/api/v1/me')).status).toBe(401)
    issuer.says = person('dan')
    const page = await new BrowserClient(server.url).signIn()
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('is disabled')])
  })

  test('somebody who may manage people is always left', async () => {
    const admin = await signedIn('ada')
    const id = ((await admin.json('GET', '/api/v1/me')).body as { id: string }).id
    expect(await admin.json('PATCH', `/api/v1/people/${id}`, { role: 'member' })).toMatchObject({ status: 403 })
    expect(await admin.json('PATCH', `/api/v1/people/${id}`, { isDisabled: true })).toMatchObject({ status: 403 })
    expect(await admin.json('DELETE', '/api/v1/me', { confirm: 'ada@example.com' })).toMatchObject({ status: 403 })
    expect((await admin.json('GET', '/api/v1/me')).status).toBe(200)
  })

  test('a person who leaves is gone with what was theirs, and the audit keeps no name', async () => {
    const admin = await signedIn('ada')
    const leaver = await signedIn('fay')
    const { id } = (await leaver.json('GET', '/api/v1/me')).body as { id: string }
    expect(await leaver.json('DELETE', '/api/v1/me', { confirm: 'someone@example.com' })).toMatchObject({ status: 400 })
    expect((await leaver.json('DELETE', '/api/v1/me', { confirm: 'fay@example.com' })).status).toBe(200)
    expect((await leaver.json('GET', '/api/v1/me')).status).toBe(401)
    const { body } = await admin.json('GET', '/api/v1/audit?limit=200')
    const entries = (body as { entries: { person: { id: string; name: string } | null; action: string }[] }).entries
    const own = entries.filter((entry) => entry.person?.id === id)
    expect(own.map(({ action }) => action)).toContain('person.removed')
    expect(JSON.stringify(own)).not.toContain('fay@example.com')
    expect(new Set(own.map((entry) => entry.person?.name))).toEqual(new Set(['Somebody who left']))
  })

  test('what was done is told newest first, searched and paged', async () => {
    const admin = await signedIn('ada')
    const other = await signedIn('ben')
    await other.request('/auth/sign-out', { method: 'POST', headers: { origin: server.url } })
    await (await signedIn('ben')).json('DELETE', '/api/v1/me/sessions')
    const done = (await admin.json('GET', '/api/v1/audit?q=ben@example.com&limit=4')).body as {
      entries: { action: string }[]
    }
    expect(done.entries.map(({ action }) => action)).toEqual(['session.ended', 'sign_in', 'sign_out', 'sign_in'])
    const first = (await admin.json('GET', '/api/v1/audit?limit=2')).body as { entries: unknown[]; next: string | null }
    expect(first.entries).toHaveLength(2)
    const second = (await admin.json('GET', `/api/v1/audit?limit=2&cursor=${first.next ?? ''}`)).body as typeof first
    expect(JSON.stringify(second.entries)).not.toBe(JSON.stringify(first.entries))
    const found = (await admin.json('GET', '/api/v1/audit?q=sign_in.refused')).body as { entries: { action: string }[] }
    expect(new Set(found.entries.map(({ action }) => action))).toEqual(new Set(['sign_in.refused']))
  })
})
