import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionSummary } from '../../src/contract/people.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { askAs, prepareCopies, sameBrowserAt, type Copies } from '../support/copies.ts'
import type { ServedFloe } from '../support/floe-process.ts'
import { postgresMissing } from '../support/postgres-server.ts'
import { openSocket } from '../support/started-server.ts'

const missing = postgresMissing()

let copies: Copies
let one: ServedFloe
let two: ServedFloe
let admin: Client

/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY JOIN LINEITEM d ON c.L_TAX < d.L_TAX'

/** Far less than the time after which a copy asks the store again by itself. */
const promptly = 5_000

const cookieOf = (browser: BrowserClient): string =>
  [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** What a person has open at a copy: a socket and an event stream of a proposal that waits. Each promise resolves when it is closed. */
async function openEverything(copy: ServedFloe, headers: Readonly<Record<string, string>>) {
  const { closed: socket } = await openSocket(`${copy.url.replace('http:', 'ws:')}/api/v1/socket`, { headers })
  const response = await fetch(`${copy.url}/api/v1/turns`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ sql: 'SELECT 1 AS N' }),
  })
  expect(response.status).toBe(200)
  const reader = response.body?.getReader()
  const waits = Promise.withResolvers<string>()
  const stream = (async () => {
    let text = ''
    for (;;) {
      const read = await reader?.read()
      if (read === undefined || read.done) return 'ended'
      text += new TextDecoder().decode(read.value)
      if (text.includes('"kind":"query.proposed"')) waits.resolve(text)
    }
  })().catch(() => 'cut')
  await waits.promise
  return { socket, stream }
}

const listeners = async (): Promise<readonly number[]> => {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'floe notices' and query in ('listen floe_notices', 'select 1')`,
  )
  return rows.map(({ pid }) => pid)
}

const timed = async <T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> => {
  const start = performance.now()
  return { value: await work, ms: performance.now() - start }
}

const endSession = async (at: BrowserClient): Promise<void> => {
  const sessions = (await at.json('GET', '/api/v1/me/sessions')).body as readonly SessionSummary[]
  const current = sessions.find(({ isCurrent }) => isCurrent)
  expect(await at.json('DELETE', `/api/v1/me/sessions/${current?.id ?? ''}`)).toMatchObject({ status: 200 })
}

beforeAll(async () => {
  if (missing !== null) return
  copies = await prepareCopies()
  ;[one, two] = await Promise.all([copies.start(), copies.start()])
  admin = new Client({ connectionString: copies.database.url })
  await admin.connect()
  await copies.signIn(one, 'ada')
}, 180_000)
afterAll(async () => {
  if (missing !== null) return
  await admin.end()
  await copies.close()
})

describe.skipIf(missing !== null)(`people at two copies of the server${missing === null ? '' : `: ${missing}`}`, () => {
  test('a session that is ended at one copy ends its sockets and event streams at the other at once', async () => {
    const browser = await copies.signIn(one, 'ben')
    await expect.poll(async () => (await listeners()).length).toBe(2)
    const open = await openEverything(one, { cookie: cookieOf(browser) })
    await endSession(sameBrowserAt(two, browser))
    const { value, ms } = await timed(Promise.all([open.socket, open.stream]))
    expect(value).toEqual([4401, 'cut'])
    expect(ms).toBeLessThan(promptly)
    expect(await browser.json('GET', '/api/v1/me')).toMatchObject({ status: 401 })
  })

  test('all sessions, a token and a disabled person end in the same way', async () => {
    const ada = await copies.signIn(two, 'ada')
    const cases: readonly [string, (browser: BrowserClient, personId: string, tokenId: string) => Promise<unknown>][] =
      [
        ['sessions', (browser) => browser.json('DELETE', '/api/v1/me/sessions')],
        ['token', (browser, _personId, tokenId) => browser.json('DELETE', `/api/v1/me/tokens/${tokenId}`)],
        ['person', (_browser, personId) => ada.json('PATCH', `/api/v1/people/${personId}`, { isDisabled: true })],
      ]
    for (const [what, end] of cases) {
      const browser = await copies.signIn(one, `case-${what}`)
      const made = await browser.json('POST', '/api/v1/me/tokens', { name: 't', scopes: ['ask'], days: 1 })
      const { id: tokenId, token } = made.body as { id: string; token: string }
      const { id } = (await browser.json('GET', '/api/v1/me')).body as { id: string }
      const headers: Readonly<Record<string, string>> =
        what === 'token' ? { authorization: `Bearer ${token}` } : { cookie: cookieOf(browser) }
      const open = await openEverything(one, headers)
      expect(await end(sameBrowserAt(two, browser), id, tokenId), what).toMatchObject({ status: 200 })
      const { value, ms } = await timed(Promise.all([open.socket, open.stream]))
      expect(value, what).toEqual([4401, 'cut'])
      expect(ms, what).toBeLessThan(promptly)
    }
  })

  test('the running query of a person who is disabled at one copy is stopped at the other', async () => {
    const ada = await copies.signIn(one, 'ada')
    const browser = await copies.signIn(two, 'emil')
    const { id } = (await browser.json('GET', '/api/v1/me')).body as { id: string }
    // Without a page it would go on for an hour.
    expect(await browser.json('PATCH', '/api/v1/me/preferences', { keepRunningMinutes: 60 })).toMatchObject({
      status: 200,
    })
    const turn = await askAs(browser, { sql: endless })
    const digest = await turn.proposed
    expect(await browser.json('POST', `/api/v1/turns/${turn.turnId}/approve`, { digest })).toMatchObject({
      status: 200,
    })
    const stateOf = async (): Promise<unknown> => {
      const { rows } = await admin.query('select state from turns where id = $1', [turn.turnId])
      return rows[0]
    }
    // Events are stored behind the answer to the approval.
    await expect.poll(stateOf, { timeout: promptly }).toEqual({ state: 'running' })
    expect(await ada.json('PATCH', `/api/v1/people/${id}`, { isDisabled: true })).toMatchObject({ status: 200 })
    await turn.over.catch(() => undefined)
    await expect.poll(stateOf, { timeout: promptly }).toEqual({ state: 'cancelled' })
    const { rows } = await admin.query<{ event: string }>(
      'select event from turn_events where turn_id = $1 order by seq desc limit 1',
      [turn.turnId],
    )
    expect(JSON.parse(rows[0]?.event ?? '')).toMatchObject({ kind: 'turn.cancelled', reason: 'no_access' })
  })

  test('a copy whose listening connection is cut listens again', async () => {
    const before = await listeners()
    expect(before).toHaveLength(2)
    await admin.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [before])
    await expect
      .poll(async () => (await listeners()).filter((pid) => !before.includes(pid)).length, { timeout: 15_000 })
      .toBe(2)
    const browser = await copies.signIn(one, 'cleo')
    const open = await openEverything(one, { cookie: cookieOf(browser) })
    await endSession(sameBrowserAt(two, browser))
    const { value, ms } = await timed(Promise.all([open.socket, open.stream]))
    expect([value, ms < promptly]).toEqual([[4401, 'cut'], true])
    // One line tells of the loss.
    for (const copy of [one, two])
      expect(
        copy
          .log()
          .split('\n')
          .filter((line) => line.includes('is busy or restarting')),
      ).toHaveLength(1)
  })
})
