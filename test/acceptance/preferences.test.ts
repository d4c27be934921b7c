import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import { noPreferences, preferenceNames, type PreferencesState } from '../../src/contract/preferences.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { openSocket } from '../support/started-server.ts'

let organisation: Organisation
let ann: BrowserClient
let ben: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'ann@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  ann = await organisation.signedIn('ann')
  ben = await organisation.signedIn('ben')
}, 120_000)
afterAll(() => organisation.close())

const path = '/api/v1/me/preferences'
const read = async (browser: BrowserClient) => (await browser.json('GET', path)).body as PreferencesState
const change = (browser: BrowserClient, body: unknown) => browser.json('PATCH', path, body)
const setBack = async (browser: BrowserClient): Promise<void> =>
  void (await change(browser, Object.fromEntries(preferenceNames.map((name) => [name, null]))))

/** What a turn said until it ended, or until it waits for a decision. */
async function turnOf(browser: BrowserClient, body: Record<string, unknown>): Promise<readonly TurnEvent[]> {
  const turnId = randomUUID()
  const stopping = new AbortController()
  const response = await browser.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, ...body }),
    signal: stopping.signal,
  })
  const events: TurnEvent[] = []
  let text = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) events.push(JSON.parse(data) as TurnEvent)
    }
    const last = events.at(-1)
    if (last?.kind === 'query.proposed' && last.heldBack === undefined && events.length > 0) {
      // What runs by itself is approved in the same breath as it is proposed.
      const { turn } = (await browser.json('GET', `/api/v1/turns/${turnId}`)).body as { turn: TurnSummary }
      if (turn.state === 'waiting') break
    } else if (last?.kind === 'query.proposed') break
  }
  stopping.abort()
  return events
}
const kindOf = <K extends TurnEvent['kind']>(events: readonly TurnEvent[], kind: K) =>
  events.find((event): event is Extract<TurnEvent, { kind: K }> => event.kind === kind)

describe('preferences', () => {
  test('are nothing at first, change field by field, and go back to the default by null', async () => {
    expect(await read(ann)).toEqual({ ...noPreferences, version: 1, changedAt: {} })
    const first = await change(ann, { output: 'chart', rowLimit: 20 })
    expect(first).toMatchObject({ status: 200, body: { ...noPreferences, output: 'chart', rowLimit: 20 } })
    const second = await change(ann, { output: null, timeZone: 'Europe/Berlin' })
    expect(second.body).toMatchObject({ ...noPreferences, rowLimit: 20, timeZone: 'Europe/Berlin' })
    expect(await read(ann)).toEqual(second.body)
    expect(Object.keys((await read(ann)).changedAt).toSorted()).toEqual(['output', 'rowLimit', 'timeZone'])
    expect(await read(ben)).toEqual({ ...noPreferences, version: 1, changedAt: {} })
    await setBack(ann)
  })

  test.each([
    ['a field that nobody knows', { theme: 'dark' }],
    ['a field of another table', { userId: randomUUID(), output: 'text' }],
    ['a value that is none', { output: 'loud' }],
    ['a time zone that is none', { timeZone: 'Europe/Atlantis' }],
    ['a list', []],
  ])('refuse %s and change nothing', async (_why, body) => {
    expect(await change(ann, body)).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    expect(await read(ann)).toMatchObject(noPreferences)
  })

  test('changed on many pages at once lose no field', async () => {
    const changes = [{ output: 'text' }, { rowLimit: 7 }, { numberFormat: 'point-comma' }, { dateFormat: 'iso' }]
    await Promise.all(changes.map((body) => change(ann, body)))
    expect(await read(ann)).toMatchObject(Object.assign({}, ...changes) as object)
    await setBack(ann)
  })

  test('are told to every socket of the person within a second, and to nobody else', async () => {
    const cookie = (browser: BrowserClient) =>
      [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const open = (browser: BrowserClient) =>
      openSocket(organisation.server.socketUrl, {
        headers: { cookie: cookie(browser), origin: organisation.server.url },
      })
    const [one, two, other] = await Promise.all([open(ann), open(ann), open(ben)])
    await change(ann, { output: 'table' })
    const changedMs = Date.now()
    const isTold = (frames: readonly Record<string, unknown>[]) => frames.length > 0
    for (const { until } of [one, two])
      expect(await until(isTold)).toMatchObject([{ reply: null, preferences: { ...noPreferences, output: 'table' } }])
    expect(Date.now() - changedMs).toBeLessThan(1_000)
    other.say({ command: 'ping', id: 'p' })
    expect(await other.until(isTold)).toEqual([{ reply: 'p', ok: true }])
    for (const { socket } of [one, two, other]) socket.close()
    await setBack(ann)
  })

  test('are audited by the names of their fields', async () => {
    await change(ann, { connection: 'a secret place', writer: null })
    const { entries } = (await ann.json('GET', '/api/v1/audit?q=preferences.changed&limit=1')).body as {
      entries: readonly unknown[]
    }
    expect(entries).toMatchObject([{ action: 'preferences.changed', facts: { fields: 'connection, writer' } }])
    expect(JSON.stringify(entries)).not.toContain('secret place')
    await setBack(ann)
  })
})

describe('what an ask leaves out', () => {
  const sql = 'SELECT N_NAME FROM NATION'

  test('waits and takes the usual limit without any preference', async () => {
    const events = await turnOf(ann, { sql })
    expect(events.at(-1)?.kind).toBe('query.proposed')
  })

  test('runs by itself within the limit of the person, which the audit tells', async () => {
    await change(ann, { autoRun: { maxBytes: 1_000_000 } })
    const events = await turnOf(ann, { sql })
    expect(kindOf(events, 'query.approved')).toMatchObject({ by: 'auto', setting: { maxBytes: 1_000_000 } })
    expect(kindOf(events, 'result.done')).toMatchObject({ rowCount: 25 })
    const turnId = events[0]?.turnId ?? ''
    const { entries } = (await ann.json('GET', `/api/v1/audit?q=${turnId}`)).body as {
      entries: readonly { action: string; facts: Record<string, unknown> }[]
    }
    const noted = (action: string) => entries.find((entry) => entry.action === action)?.facts
    expect(noted('question.asked')).toMatchObject({ turn: turnId, autoRun: true, withinBytes: 1_000_000 })
    expect(noted('query.run')).toMatchObject({ by: 'setting', outcome: 'done' })
    expect((await turnOf(ben, { sql })).at(-1)?.kind).toBe('query.proposed')
  })

  test('waits beyond the limit and says why; what the ask itself says holds', async () => {
    await change(ann, { autoRun: { maxBytes: 100 } })
    const held = kindOf(await turnOf(ann, { sql }), 'query.proposed')
    expect(held?.heldBack).toMatch(/^It may read about 3\.2 kB, and your settings let .* up to 100 bytes\.$/)
    const told = await turnOf(ann, { sql, autoRun: true })
    expect(kindOf(told, 'query.approved')).toEqual(expect.not.objectContaining({ setting: expect.anything() }))
    await change(ann, { autoRun: { maxBytes: 1_000_000 } })
    expect((await turnOf(ann, { sql, autoRun: false })).at(-1)?.kind).toBe('query.proposed')
  })

  test('takes the row limit, the connection and the writer of the person', async () => {
    await change(ann, { autoRun: { maxBytes: 1_000_000 }, rowLimit: 3 })
    expect(kindOf(await turnOf(ann, { sql }), 'result.done')).toMatchObject({ rowCount: 3, truncated: true })
    expect(kindOf(await turnOf(ann, { sql, maxRows: 4 }), 'result.done')).toMatchObject({ rowCount: 4 })
    await change(ann, { connection: 'gone', writer: 'a-writer:that-is-gone' })
    expect(kindOf(await turnOf(ann, { sql }), 'turn.failed')).toMatchObject({ problem: { code: 'connection_unknown' } })
    const named = await turnOf(ann, { question: 'How many nations are there?', connection: 'sample' })
    expect(kindOf(named, 'turn.started')).toMatchObject({ connection: 'sample', writer: 'offline' })
    expect(kindOf(named, 'turn.done')).toBeDefined()
    await setBack(ann)
  })
})
