import { randomUUID } from 'node:crypto'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AuditAction, securityEvents, type AuditEntry, type SecurityEvent } from '../../src/contract/audit.ts'
import { makeManualClock } from '../../src/core/ask/manual-time.test-support.ts'
import { watchSecurity } from '../../src/core/people/security-events.ts'
import { silentMeter } from '../../src/core/ports/meter.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { freeOrigin } from '../support/oauth-app.ts'
import { person } from '../support/openid-issuer.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { startServer } from '../support/started-server.ts'

let organisation: Organisation
let admin: BrowserClient
let member: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({
    ADMIN_EMAILS: 'ada@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    PUBLIC_URL: await freeOrigin(),
    METRICS_TOKEN: 'a-token-of-monitoring',
  })
  admin = await organisation.signedIn('ada')
  member = await organisation.signedIn('ben')
}, 120_000)
afterAll(() => organisation.close())

const entriesOf = async (event: SecurityEvent): Promise<readonly AuditEntry[]> => {
  const { body } = await admin.json('GET', `/api/v1/audit?q=${event}&limit=200`)
  return (body as { readonly entries: readonly AuditEntry[] }).entries.filter(({ action }) => action === event)
}
const counted = async (event: SecurityEvent): Promise<number> => {
  const text = (await organisation.floe.monitoring.metrics?.read())?.text ?? ''
  return Number(new RegExp(`^floe_security_events_total\\{event="${event}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}
const url = (path: string): string => organisation.server.url + path
const post = (path: string, body: object, headers: Record<string, string>): Promise<Response> =>
  fetch(url(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** A real request that causes each event, with the status it is answered with; null where the answer streams. */
const causes: Readonly<Record<SecurityEvent, () => Promise<number>>> = {
  'sign_in.refused': async () => {
    organisation.issuer.says = person('eve', { email: 'eve@evil.example' })
    return (await new BrowserClient(organisation.server.url).signIn()).status
  },
  'sign_in.failed': async () => (await member.request('/auth/callback?code=made-up&state=made-up')).status,
  'token.refused': async () =>
    (await fetch(url('/api/v1/app'), { headers: { authorization: `Bearer floe_${'x'.repeat(43)}` } })).status,
  'access.refused': async () => (await member.json('GET', '/api/v1/people')).status,
  'id.refused': async () => (await member.json('GET', `/api/v1/turns/${randomUUID()}`)).status,
  'origin.refused': async () =>
    (await post('/api/v1/turns', { sql: 'SELECT 1' }, { origin: 'https://evil.example' })).status,
  'rate.refused': async () => {
    const { floe, server } = organisation
    const made = (await member.json('POST', '/api/v1/me/tokens', { name: 'p', scopes: [], days: 1 })).body
    const { token } = made as { readonly token: string }
    const narrow = await startServer(floe.services, {
      identify: floe.identify,
      audit: floe.services.people.audit,
      makeRateLimiter: (name) => new RateLimiterMemory({ points: name === 'person' ? 1 : 100, duration: 3_600 }),
    })
    const ask = () => fetch(`${narrow.url}/api/v1/app`, { headers: { authorization: `Bearer ${token}` } })
    const statuses = [(await ask()).status, (await ask()).status]
    await narrow.app.close()
    expect([statuses[0], server.url === narrow.url]).toEqual([200, false])
    return statuses[1] ?? 0
  },
  'query.refused': async () => {
    const asked = await member.request('/api/v1/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({ sql: 'DROP TABLE orders', autoRun: true }),
    })
    expect(await asked.text()).toContain('sql_refused')
    return asked.status
  },
  'app.registration_refused': async () =>
    (await post('/oauth/reg', { redirect_uris: ['http://evil.example/'] }, {})).status,
  'person.changed': async () => {
    const { id } = (await member.json('GET', '/api/v1/me')).body as { readonly id: string }
    return (await admin.json('PATCH', `/api/v1/people/${id}`, { role: 'member' })).status
  },
}

test.each(securityEvents)('%s is written down and counted when it happens', async (event) => {
  const before = { entries: (await entriesOf(event)).length, count: await counted(event) }
  const status = await causes[event]()
  expect(status, event).toBeGreaterThanOrEqual(['person.changed', 'query.refused'].includes(event) ? 200 : 400)
  await expect.poll(async () => (await entriesOf(event)).length).toBe(before.entries + 1)
  expect(await counted(event)).toBe(before.count + 1)
})

test('every refusal that is audited is one of them, but for what a person or a provider says no to', () => {
  const refusals = AuditAction.options.filter((action) => /\.(?:\w+_)?(?:refused|failed)$/.test(action))
  const events: readonly string[] = [...securityEvents, 'app.refused', 'model_key.refused']
  expect(refusals.filter((action) => !events.includes(action))).toEqual([])
})

test('entries name the person and the route, and no id, address or token that was tried', async () => {
  const tried = randomUUID()
  await member.json('GET', `/api/v1/conversations/${tried}`)
  await expect
    .poll(async () => JSON.stringify(await entriesOf('id.refused')))
    .toContain('/conversations/{conversationId}')
  const [entry] = await entriesOf('id.refused')
  expect(entry).toMatchObject({ person: { email: 'ben@example.com' }, door: 'page', facts: { code: 'not_found' } })
  expect(JSON.stringify(entry)).not.toContain(tried)
})

test('a flood of one person is counted and fills the audit with twenty entries a minute, and leaves others theirs', async () => {
  const before = await counted('access.refused')
  await Promise.all(Array.from({ length: 60 }, () => member.json('GET', '/api/v1/people')))
  const other = await organisation.signedIn('cay')
  await other.json('GET', '/api/v1/people')
  await expect.poll(() => counted('access.refused')).toBe(before + 61)
  const entries = await entriesOf('access.refused')
  const of = (email: string): number => entries.filter((entry) => entry.person?.email === email).length
  // One of the minute before may stand beside them.
  expect(of('ben@example.com')).toBeLessThan(45)
  expect(of('cay@example.com')).toBe(1)
})

test('what was folded is one entry at the end of the minute, and changes by admins never are', async () => {
  const { clock, pass } = makeManualClock()
  const written: [string, unknown][] = []
  const note = (_actor: unknown, action: string, facts: unknown) => Promise.resolve(void written.push([action, facts]))
  const unread = () => Promise.reject(new Error('is not read'))
  const onFault = (error: unknown) => expect(error).toBeNull()
  const audit = watchSecurity({ note, list: unread, export: unread }, { meter: silentMeter, clock, onFault })
  for (let at = 0; at < 50; at += 1) {
    await audit.note({ userId: 'ben', door: 'api' }, 'query.refused', { at })
    await audit.note({ userId: 'ada', door: 'page' }, 'person.changed', { at })
  }
  const of = (action: string) => written.filter(([name]) => name === action).map(([, facts]) => facts)
  expect([of('query.refused').length, of('person.changed').length]).toEqual([20, 50])
  await pass(60_000)
  expect(of('query.refused').slice(20)).toEqual([{ times: 30 }])
  await audit.note({ userId: 'ben', door: 'api' }, 'query.refused', { at: 'later' })
  expect(of('query.refused').at(-1)).toEqual({ at: 'later' })
})

test('an admin signs somebody out of every browser, and their tokens go on', async () => {
  const { server } = organisation
  const dan = await organisation.signedIn('dan')
  const { id } = (await dan.json('GET', '/api/v1/me')).body as { readonly id: string }
  const made = (await dan.json('POST', '/api/v1/me/tokens', { name: 'p', scopes: [], days: 1 })).body
  const { token } = made as { readonly token: string }
  expect((await member.json('DELETE', `/api/v1/people/${id}/sessions`)).status).toBe(403)
  expect((await admin.json('DELETE', `/api/v1/people/${id}/sessions`)).status).toBe(200)
  expect((await dan.json('GET', '/api/v1/me')).status).toBe(401)
  const byToken = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  expect(byToken.status).toBe(200)
  expect((await (await organisation.signedIn('dan')).json('GET', '/api/v1/me')).status).toBe(200)
  const { body } = await admin.json('GET', `/api/v1/audit?q=${id}`)
  expect((body as { readonly entries: readonly AuditEntry[] }).entries).toContainEqual(
    expect.objectContaining({ action: 'session.ended', facts: { session: 'all', person: id } }),
  )
})
