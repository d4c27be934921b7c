import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { askAs, prepareCopies, sameBrowserAt, type Copies } from '../support/copies.ts'
import type { ServedFloe } from '../support/floe-process.ts'
import { postgresMissing } from '../support/postgres-server.ts'
import { redisMissing, startRedisServer, type RedisServer } from '../support/redis-server.ts'

const missing = postgresMissing() ?? redisMissing()
const reason = missing === null ? '' : ` (skipped: ${missing})`

describe.skipIf(missing !== null)(`Redis and PostgreSQL that go away in the middle of work${reason}`, () => {
  let redis: RedisServer
  let copies: Copies
  let server: ServedFloe
  let browser: BrowserClient

  beforeAll(async () => {
    redis = await startRedisServer()
    copies = await prepareCopies({ REDIS_URL: redis.url, LOG_LEVEL: 'info' })
    server = await copies.start()
    browser = await copies.signIn(server, 'ada')
    const turn = await askAs(browser, { sql: 'SELECT 0 AS N' })
    await turn.proposed
  }, 180_000)
  afterAll(async () => {
    redis.resume()
    await copies.close()
    await redis.remove()
  })

  const me = () => browser.json('GET', '/api/v1/me')
  const health = async () => {
    const response = await fetch(`${server.url}/readyz`)
    const { checks } = (await response.json()) as { checks: readonly { name: string; state: string }[] }
    return { status: response.status, redis: checks.find(({ name }) => name === 'redis')?.state }
  }
  const linesOf = (text: string): number =>
    server
      .log()
      .split('\n')
      .filter((line) => line.includes(text)).length
  const approve = (turnId: string, digest: string) =>
    browser.json('POST', `/api/v1/turns/${turnId}/approve`, { digest })
  const stored = async (turnId: string) =>
    (await browser.json('GET', `/api/v1/turns/${turnId}`)).body as { turn: TurnSummary; events: readonly TurnEvent[] }

  /** Makes 100 requests, five at a time; at the 30th and at the 70th something happens. Returns their answers and the longest wait. */
  async function hundredRequests(at30: () => unknown, at70: () => unknown) {
    let begun = 0
    let longestMs = 0
    const answers: Awaited<ReturnType<typeof me>>[] = []
    const work = async (): Promise<void> => {
      while (begun < 100) {
        begun += 1
        if (begun === 30) await at30()
        if (begun === 70) await at70()
        const start = performance.now()
        answers.push(await me())
        longestMs = Math.max(longestMs, performance.now() - start)
      }
    }
    await Promise.all(Array.from({ length: 5 }, work))
    return { answers, longestMs }
  }

  test.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
    ['stopped and started', () => redis.kill(), () => redis.start()],
    ['frozen for some time', () => redis.pause(), () => redis.resume()],
  ])(
    'Redis %s: nobody notices',
    async (_what, goAway, comeBack) => {
      await expect.poll(async () => (await health()).redis, { timeout: 20_000 }).toBe('ok')
      const before = [linesOf('goes on without it'), linesOf('answers again')]
      const turns = [await askAs(browser, { sql: 'SELECT 1 AS N' }), await askAs(browser, { sql: 'SELECT 2 AS N' })]
      const [first = '', second = ''] = await Promise.all(turns.map(({ proposed }) => proposed))
      const { answers, longestMs } = await hundredRequests(goAway, async () => {
        expect(await health()).toEqual({ status: 200, redis: 'degraded' })
        expect(await approve(turns[0]?.turnId ?? '', first)).toMatchObject({ status: 200 })
        await turns[0]?.over
        await comeBack()
      })
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200))
      // The deadline of Redis is half a second; a loaded machine adds to it.
      expect(longestMs).toBeLessThan(3_000)
      await expect.poll(async () => (await health()).redis, { timeout: 20_000 }).toBe('ok')
      expect(await approve(turns[1]?.turnId ?? '', second)).toMatchObject({ status: 200 })
      await turns[1]?.over
      for (const turn of turns) {
        expect(turn.heard.at(-1)).toMatchObject({ kind: 'turn.done' })
        expect((await stored(turn.turnId)).events).toEqual(turn.heard)
      }
      expect([linesOf('goes on without it'), linesOf('answers again')]).toEqual(before.map((count) => count + 1))
    },
    120_000,
  )

  test.each([
    ['that is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
    ['that takes no writes', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ])(
    'Redis %s: requests go on, and a session that is ended ends at once',
    async (_what, fail, mend) => {
      const leaving = await copies.signIn(server, 'grace')
      expect((await leaving.json('GET', '/api/v1/me')).status).toBe(200)
      const stolen = sameBrowserAt(server, leaving)
      const direct = await createClient({ url: redis.url }).connect()
      await direct.sendCommand(fail)
      try {
        await expect(direct.set('floe:any', 'x')).rejects.toThrow(/^(?:OOM|READONLY)/)
        // Ended sessions are over, though no entry in the cache can be changed.
        expect((await leaving.json('DELETE', '/api/v1/me/sessions')).status).toBe(200)
        expect((await stolen.json('GET', '/api/v1/me')).status).toBe(401)
        const { answers } = await hundredRequests(
          () => undefined,
          () => undefined,
        )
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200))
        const grace = await copies.signIn(server, 'grace')
        const turn = await askAs(grace, { sql: 'SELECT 6 AS N' })
        expect(
          await grace.json('POST', `/api/v1/turns/${turn.turnId}/approve`, { digest: await turn.proposed }),
        ).toMatchObject({ status: 200 })
        await turn.over
        expect(turn.heard.at(-1)).toMatchObject({ kind: 'turn.done' })
        expect(server.log()).toMatch(/OOM|READONLY/)
      } finally {
        await direct.sendCommand(mend)
        direct.destroy()
      }
    },
    120_000,
  )

  test('PostgreSQL restarted in the middle of questions: they end, nothing is lost, and it is said to try again', async () => {
    const turns = [await askAs(browser, { sql: 'SELECT 3 AS N' }), await askAs(browser, { sql: 'SELECT 4 AS N' })]
    const digests = await Promise.all(turns.map(({ proposed }) => proposed))
    for (const { turnId } of turns) await expect.poll(async () => (await stored(turnId)).turn.state).toBe('waiting')
    const decisions: Awaited<ReturnType<typeof approve>>[] = []
    const { answers } = await hundredRequests(
      async () => {
        await copies.database.kill()
        decisions.push(...(await Promise.all(turns.map(({ turnId }, place) => approve(turnId, digests[place] ?? '')))))
      },
      () => copies.database.start(),
    )
    for (const answer of [...answers, ...decisions])
      if (answer.status !== 200)
        expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable', action: expect.any(String) } })
    await expect.poll(async () => (await me()).status, { timeout: 20_000 }).toBe(200)
    for (const [place, { turnId, heard, over }] of turns.entries()) {
      const { turn, events } = await stored(turnId)
      if (turn.state === 'waiting') expect(await approve(turnId, digests[place] ?? '')).toMatchObject({ status: 200 })
      await over
      expect(heard.at(-1)?.kind).toBe('turn.done')
      expect(heard.filter(({ kind }) => kind === 'result.done')).toHaveLength(1)
      expect(events.length).toBeGreaterThan(0)
      await expect
        .poll(async () => (await stored(turnId)).events.length, { timeout: 50_000, interval: 500 })
        .toBe(heard.length)
    }
  }, 180_000)

  test('both gone: requests are refused with what to do, and served again once both are back', async () => {
    await Promise.all([redis.kill(), copies.database.kill()])
    const start = performance.now()
    for (let count = 0; count < 3; count += 1)
      expect(await me()).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
    expect(performance.now() - start).toBeLessThan(30_000)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(await health()).toEqual({ status: 503, redis: 'degraded' })
    await Promise.all([redis.start(), copies.database.start()])
    await expect.poll(async () => (await me()).status, { timeout: 30_000 }).toBe(200)
    await expect.poll(health, { timeout: 30_000 }).toEqual({ status: 200, redis: 'ok' })
    const turn = await askAs(browser, { sql: 'SELECT 5 AS N' })
    expect(await approve(turn.turnId, await turn.proposed)).toMatchObject({ status: 200 })
    await turn.over
    expect(turn.heard.at(-1)).toMatchObject({ kind: 'turn.done' })
    expect(server.log()).not.toMatch(/"level":60|[Uu]nhandled/)
  }, 180_000)
})
