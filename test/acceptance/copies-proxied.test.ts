import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { askAs, prepareCopies, sameBrowserAt, type AskedTurn, type Copies } from '../support/copies.ts'
import { readEvents, type ServedFloe } from '../support/floe-process.ts'
import { postgresMissing } from '../support/postgres-server.ts'
import { redisMissing, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { startRoundRobinProxy, type RoundRobinProxy } from '../support/round-robin-proxy.ts'
import { openSocket } from '../support/started-server.ts'

/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY JOIN LINEITEM d ON c.L_TAX < d.L_TAX'

describe.each([
  ['without Redis', postgresMissing(), false],
  ['with Redis', postgresMissing() ?? redisMissing(), true],
] as const)('two copies behind a proxy that takes turns, %s', (_name, missing, withRedis) => {
  describe.skipIf(missing !== null)(missing ?? 'on this machine', () => {
    let redis: RedisServer | null = null
    let proxy: RoundRobinProxy
    let copies: Copies
    let one: ServedFloe
    let two: ServedFloe

    beforeAll(async () => {
      redis = withRedis ? await startRedisServer() : null
      proxy = await startRoundRobinProxy()
      copies = await prepareCopies({ PUBLIC_URL: proxy.url, ...(redis === null ? {} : { REDIS_URL: redis.url }) })
      ;[one, two] = await Promise.all([copies.start(), copies.start()])
      proxy.setTargets([one.url, two.url])
      await copies.signIn(proxy, 'ada')
    }, 180_000)
    afterAll(async () => {
      await copies.close()
      await proxy.close()
      await redis?.remove()
    })

    const approve = (browser: BrowserClient, turnId: string, digest: string) =>
      browser.json('POST', `/api/v1/turns/${turnId}/approve`, { digest })

    test('a question is asked, approved, followed and read whichever copy a request comes to', async () => {
      const browser = await copies.signIn(proxy, 'ben')
      for (let count = 0; count < 4; count += 1) {
        const turn = await askAs(browser, { sql: `SELECT ${count} AS N` })
        expect(await approve(browser, turn.turnId, await turn.proposed)).toMatchObject({ status: 200 })
        await turn.over
        expect(turn.heard.map(({ seq }) => seq)).toEqual(turn.heard.map((_, place) => place + 1))
        expect(turn.heard.at(-1)?.kind).toBe('turn.done')
        const half = turn.heard.length >> 1
        for (const copy of [one, two]) {
          const heard: TurnEvent[] = []
          const path = `/api/v1/turns/${turn.turnId}/events?afterSeq=${half}`
          for await (const event of readEvents(await sameBrowserAt(copy, browser).request(path))) heard.push(event)
          expect(heard).toEqual(turn.heard.slice(half))
        }
      }
    })

    test('ending a session closes what it has open at every copy, and no copy takes it any more', async () => {
      const browser = await copies.signIn(proxy, 'cleo')
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const sockets = await Promise.all(
        Array.from({ length: 4 }, () =>
          openSocket(`${proxy.url.replace('http:', 'ws:')}/api/v1/socket`, { headers: { cookie, origin: proxy.url } }),
        ),
      )
      const turns: AskedTurn[] = []
      for (const sql of ['SELECT 1 AS N', 'SELECT 2 AS N']) turns.push(await askAs(browser, { sql }))
      await Promise.all(turns.map(({ proposed }) => proposed))
      const cut = Promise.allSettled(turns.map(({ over }) => over))
      const start = performance.now()
      expect(await browser.json('DELETE', '/api/v1/me/sessions')).toMatchObject({ status: 200 })
      expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4401, 4401, 4401, 4401])
      expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(performance.now() - start).toBeLessThan(8_000)
      for (let count = 0; count < 4; count += 1)
        expect(await browser.json('GET', '/api/v1/me')).toMatchObject({ status: 401 })
    })

    test('a role that changes holds for the next request at every copy, and sockets begin anew', async () => {
      const admin = await copies.signIn(proxy, 'ada')
      const browser = await copies.signIn(proxy, 'dan')
      const { id } = (await browser.json('GET', '/api/v1/me')).body as { id: string }
      for (let count = 0; count < 4; count += 1) await browser.json('GET', '/api/v1/me')
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { cookie, origin: proxy.url }
      const { closed } = await openSocket(`${proxy.url.replace('http:', 'ws:')}/api/v1/socket`, { headers })
      expect(await admin.json('PATCH', `/api/v1/people/${id}`, { role: 'viewer' })).toMatchObject({ status: 200 })
      for (const copy of [one, two]) {
        const asked = sameBrowserAt(copy, browser).request('/api/v1/turns', {
          method: 'POST',
          headers: { origin: copy.url, 'content-type': 'application/json' },
          body: JSON.stringify({ sql: 'SELECT 1 AS N' }),
        })
        expect((await asked).status).toBe(403)
      }
      expect(await closed).toBe(1012)
    })

    test('questions that run for a person count over both copies, and waiting ones count nowhere', async () => {
      const browser = await copies.signIn(proxy, 'eve')
      const waiting = await askAs(browser, { sql: 'SELECT 1 AS N' })
      const digest = await waiting.proposed
      const running: AskedTurn[] = []
      for (let count = 0; count < 8; count += 1) {
        const turn = await askAs(browser, { sql: endless })
        expect(await approve(browser, turn.turnId, await turn.proposed)).toMatchObject({ status: 200 })
        running.push(turn)
      }
      // Readers hear of an approval before the store does.
      const statesAt = (copy: ServedFloe) =>
        Promise.all(
          running.map(async ({ turnId }) => {
            const { body } = await sameBrowserAt(copy, browser).json('GET', `/api/v1/turns/${turnId}`)
            return (body as { turn: TurnSummary }).turn.state
          }),
        )
      for (const copy of [one, two])
        await expect.poll(async () => new Set(await statesAt(copy)), { timeout: 20_000 }).toEqual(new Set(['running']))
      for (let count = 0; count < 2; count += 1)
        await expect(askAs(browser, { sql: 'SELECT 1 AS N' })).rejects.toThrow(/503.*too_busy/)
      expect(await approve(browser, waiting.turnId, digest)).toMatchObject({ status: 503 })
      for (const { turnId } of running)
        expect(await browser.json('POST', `/api/v1/turns/${turnId}/cancel`, {})).toMatchObject({ status: 200 })
      await Promise.all(running.map(({ over }) => over))
      expect(await approve(browser, waiting.turnId, digest)).toMatchObject({ status: 200 })
      await waiting.over
      expect(waiting.heard.at(-1)?.kind).toBe('turn.done')
    }, 120_000)

    test('a copy that is killed leaves its question to the other, marked', async () => {
      const third = await copies.start()
      const browser = await copies.signIn(proxy, 'fay')
      const turn = await askAs(sameBrowserAt(third, browser), { sql: 'SELECT 1 AS N' })
      await turn.proposed
      await third.kill()
      const heard: TurnEvent[] = []
      const path = `/api/v1/turns/${turn.turnId}/events`
      for await (const event of readEvents(await browser.request(path))) heard.push(event)
      expect(heard.at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, place) => place + 1))
    }, 120_000)
  })
})
