import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { approvedTurn } from '../support/approved-turn.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { askAs } from '../support/copies.ts'
import { serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { person, startIssuer, type OpenidIssuer } from '../support/openid-issuer.ts'
import { whyNot } from '../support/why-not.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-clock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const library = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
  .map((place) => join(place, 'faketime', 'libfaketime.so.1'))
  .find((path) => existsSync(path))
const noFaketime = whyNot(library !== undefined, 'libfaketime')
/** The environment of a process whose clock is as far off as a file says at the moment. */
const clockOf = (offset: string) => ({
  LD_PRELOAD: library ?? '',
  FAKETIME_TIMESTAMP_FILE: offset,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
})

describe.skipIf(noFaketime !== '')(`a clock that jumps${noFaketime}`, () => {
  let issuer: OpenidIssuer
  let server: ServedFloe
  let browser: BrowserClient
  const offset = join(folder, 'offset')
  const token = 'a-token-of-monitoring'

  beforeAll(async () => {
    writeFileSync(offset, '+0s')
    issuer = await startIssuer()
    server = await serveFloe({
      ...clockOf(offset),
      DATA_DIR: join(folder, 'clock'),
      SAMPLE_SCALE: '0.001',
      METRICS_TOKEN: token,
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: 'floe',
      ALLOWED_EMAIL_DOMAINS: 'example.com',
    })
    issuer.says = person('ada')
    browser = new BrowserClient(server.url)
    expect((await browser.signIn()).status).toBe(303)
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await issuer.stop()
  })

  test.each([
    ['an hour on', '+3600s', 3_600_000],
    ['two hours back', '-3600s', -3_600_000],
  ])(
    '%s, in the middle of a question: nobody is signed out, it is answered, and no time is negative',
    async (_what, by, byMs) => {
      const turn = await askAs(browser, { sql: 'SELECT COUNT(*) AS N FROM REGION' })
      const digest = await turn.proposed
      writeFileSync(offset, by)
      expect((await browser.json('GET', '/api/v1/me')).status).toBe(200)
      expect(await browser.json('POST', `/api/v1/turns/${turn.turnId}/approve`, { digest })).toMatchObject({
        status: 200,
      })
      await turn.over
      expect(turn.heard.at(-1)).toMatchObject({ kind: 'turn.done' })
      // The server has seen the jump.
      expect(Math.abs(Date.parse(turn.heard.at(-1)?.at ?? '') - Date.now() - byMs)).toBeLessThan(600_000)
      const done = turn.heard.find((event) => event.kind === 'result.done')
      expect(done?.elapsedMs).toBeGreaterThanOrEqual(0)
      const metrics = await (
        await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
      ).text()
      expect(metrics).toContain('floe_turn_duration_seconds_sum')
      expect(metrics).not.toMatch(/_sum(?:\{[^}]*\})? -/)
      expect(server.log()).not.toMatch(/"level":[56]0/)
    },
  )
})

describe.skipIf(noFaketime !== '')(`summer time${noFaketime}`, () => {
  const offset = join(folder, 'offset-of-summer')
  const setTime = (text: string): void =>
    writeFileSync(
      offset,
      `${Math.round((Date.parse(text) - Date.now()) / 1_000)
        .toString()
        .replace(/^(?=\d)/, '+')}s`,
    )
  let server: ServedFloe
  beforeAll(async () => {
    setTime('2027-10-31T00:59:00Z')
    server = await serveFloe({
      ...clockOf(offset),
      TZ: 'Europe/Berlin',
      DATA_DIR: join(folder, 'summer'),
      SAMPLE_SCALE: '0.001',
    })
    // What the first question opens takes longer than a minute may differ by.
    expect((await approvedTurn(server.url, { sql: 'SELECT 0 AS N' })).events.at(-1)?.kind).toBe('turn.done')
  }, 120_000)
  afterAll(() => server.stop())

  test.each([
    ['ends', '2027-10-31T01:00:30Z'],
    ['begins', '2028-03-26T01:00:30Z'],
  ])('that %s in the middle of a question: its times go on, and the history shows it once', async (_what, after) => {
    setTime(new Date(Date.parse(after) - 60_000).toISOString())
    const turnId = crypto.randomUUID()
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${server.url}/api/v1/turns${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const events = (await post('', { turnId, sql: 'SELECT COUNT(*) AS N FROM REGION' })).text()
    const proposed = async (): Promise<string | undefined> =>
      /"digest":"(\w+)"/.exec(await (await fetch(`${server.url}/api/v1/turns/${turnId}`)).text())?.[1]
    await expect.poll(proposed, { timeout: 20_000 }).toBeDefined()
    const digest = await proposed()
    setTime(after)
    expect((await post(`/${turnId}/approve`, { digest })).status).toBe(200)
    const heard = [...(await events).matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as TurnEvent)
    expect(heard.at(-1)?.kind).toBe('turn.done')
    const times = heard.map(({ at }) => Date.parse(at))
    expect(times.toSorted((one, other) => one - other)).toEqual(times)
    const whole = (times.at(-1) ?? 0) - (times[0] ?? 0)
    expect([whole > 55_000, whole < 120_000]).toEqual([true, true])
    const elapsed = heard.find((event) => event.kind === 'result.done')?.elapsedMs ?? -1
    expect([elapsed >= 0, elapsed < 30_000]).toEqual([true, true])
    const history = await (await fetch(`${server.url}/api/v1/history?limit=20`)).text()
    expect(history.split(`"id":"${turnId}"`)).toHaveLength(2)
    expect(server.log()).not.toMatch(/"level":[56]0/)
  })
})
