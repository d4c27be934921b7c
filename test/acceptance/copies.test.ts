import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { postTurn, readEvents, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { openSocket } from '../support/started-server.ts'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../support/postgres-server.ts'
import { redisMissing, startRedisServer, type RedisServer } from '../support/redis-server.ts'

/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY JOIN LINEITEM d ON c.L_TAX < d.L_TAX'
let folder: string
let database: PostgresServer
let redis: RedisServer | null = null
let one: ServedFloe
let two: ServedFloe

const started: ServedFloe[] = []
const startCopy = async (name: string): Promise<ServedFloe> => {
  const redisUrl = redis === null ? {} : { REDIS_URL: redis.url }
  const copy = await serveFloe({ DATA_DIR: join(folder, name), DATABASE_URL: database.url, ...redisUrl })
  started.push(copy)
  return copy
}

const post = async (
  server: ServedFloe,
  path: string,
  body: unknown,
): Promise<{ status: number; code: string | null }> => {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const document = (await answer.json()) as { code?: string }
  return { status: answer.status, code: document.code ?? null }
}

const stored = async (server: ServedFloe, turnId: string) =>
  (await (await fetch(`${server.url}/api/v1/turns/${turnId}`)).json()) as { turn: TurnSummary; events: TurnEvent[] }

const gapless = (events: readonly TurnEvent[]): boolean => events.every(({ seq }, index) => seq === index + 1)

const openPage = (server: ServedFloe) => openSocket(`${server.url.replace('http:', 'ws:')}/api/v1/socket`)

const setDateFormat = async (server: ServedFloe, dateFormat: string): Promise<void> => {
  const answer = await fetch(`${server.url}/api/v1/me/preferences`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dateFormat }),
  })
  expect(answer.status).toBe(200)
}

/** A copy that has just started may not listen to the other yet. */
async function untilHeard(from: ServedFloe, to: ServedFloe): Promise<void> {
  const page = await openPage(to)
  const tell = async (): Promise<void> => {
    await setDateFormat(from, 'dotted')
    expect(page.frames).not.toEqual([])
  }
  await vi.waitFor(tell, { timeout: 60_000 })
  page.socket.close()
}

/** A question that waits for its approval on a server, with what its asker hears. */
async function waitingTurn(server: ServedFloe, body: Record<string, unknown>) {
  const turnId = randomUUID()
  const heard: TurnEvent[] = []
  const response = await postTurn(server.url, { turnId, ...body })
  const waits = Promise.withResolvers<string>()
  const over = (async () => {
    for await (const event of readEvents(response)) {
      heard.push(event)
      if (event.kind === 'query.proposed') waits.resolve(event.digest)
    }
  })()
  over.catch(waits.reject)
  return { turnId, digest: await waits.promise, heard, over }
}

describe.each([
  ['on PostgreSQL alone', postgresMissing(), false],
  ['with Redis', postgresMissing() ?? redisMissing(), true],
] as const)('two copies of the server, %s', (_name, missing, withRedis) => {
  describe.skipIf(missing !== null)(missing ?? 'on this machine', () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'floe-copies-'))
      database = await startPostgresServer()
      redis = withRedis ? await startRedisServer() : null
      ;[one, two] = await Promise.all([startCopy('one'), startCopy('two')])
      await Promise.all([untilHeard(one, two), untilHeard(two, one)])
    }, 180_000)
    afterAll(async () => {
      // A test that failed may have left its copy frozen.
      for (const { process: copy } of started)
        if (copy.exitCode === null && copy.signalCode === null) copy.kill('SIGKILL')
      await redis?.remove()
      await database.remove()
      rmSync(folder, { recursive: true, force: true })
    })

    test('a question asked on one is edited and approved on the other, and followed on both', async () => {
      const turn = await waitingTurn(one, { sql: 'SELECT 1 AS N' })
      expect(await post(two, `/turns/${turn.turnId}/approve`, { digest: 'f'.repeat(64) })).toMatchObject({
        code: 'stale_approval',
      })
      expect(await post(two, `/turns/${turn.turnId}/edit`, { sql: 'DELETE FROM ORDERS' })).toMatchObject({
        code: 'sql_refused',
      })
      expect(await post(two, `/turns/${turn.turnId}/edit`, { sql: 'SELECT 2 AS N' })).toMatchObject({ status: 200 })
      const proposed = (await stored(two, turn.turnId)).events.findLast((event) => event.kind === 'query.proposed')
      const digest = proposed?.kind === 'query.proposed' ? proposed.digest : ''
      const followed = fetch(`${two.url}/api/v1/turns/${turn.turnId}/events`)
      expect(await post(two, `/turns/${turn.turnId}/approve`, { digest })).toMatchObject({ status: 200 })
      await turn.over
      const elsewhere: TurnEvent[] = []
      for await (const event of readEvents(await followed)) elsewhere.push(event)
      expect([turn.heard.at(-1)?.kind, gapless(turn.heard)]).toEqual(['turn.done', true])
      expect(elsewhere).toEqual(turn.heard)
      expect(await post(two, `/turns/${turn.turnId}/approve`, { digest })).toMatchObject({ code: 'turn_not_waiting' })
    })

    test('preferences set on one are told to the pages of the other within a second', async () => {
      const page = await openPage(two)
      await setDateFormat(one, 'iso')
      const changedMs = Date.now()
      await page.until((frames) => frames.some((frame) => JSON.stringify(frame).includes('"iso"')))
      expect(Date.now() - changedMs).toBeLessThan(1_000)
      page.socket.close()
      expect(await (await fetch(`${two.url}/api/v1/me/preferences`)).json()).toMatchObject({ dateFormat: 'iso' })
    })

    test('a running query is stopped from the other copy', async () => {
      const turn = await waitingTurn(one, { sql: endless })
      expect(await post(one, `/turns/${turn.turnId}/approve`, { digest: turn.digest })).toMatchObject({ status: 200 })
      await expect
        .poll(() => turn.heard.some((event) => event.kind === 'step' && event.name === 'run-query'), {
          timeout: 20_000,
        })
        .toBe(true)
      expect(await post(two, `/turns/${turn.turnId}/cancel`, {})).toMatchObject({ status: 200 })
      await turn.over
      expect(turn.heard.at(-1)).toMatchObject({ kind: 'turn.cancelled' })
      expect((await stored(two, turn.turnId)).turn.state).toBe('cancelled')
    })

    test('a newer question on one puts away the proposal that waits on the other, and pages of both hear of it', async () => {
      const pages = await Promise.all([one, two].map(openPage))
      const conversationId = randomUUID()
      const news = (frames: readonly Record<string, unknown>[]): number =>
        frames.filter((frame) => frame['conversation'] === conversationId).length
      const older = await waitingTurn(one, { sql: 'SELECT 1 AS N', conversationId })
      await Promise.all(pages.map(({ until }) => until((frames) => news(frames) > 0)))
      const before = pages.map(({ frames }) => news(frames))
      const newer = await waitingTurn(two, { sql: 'SELECT 2 AS N', conversationId })
      await older.over
      expect(older.heard.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'replaced' })
      expect((await stored(two, older.turnId)).turn.state).toBe('cancelled')
      await Promise.all(pages.map(({ until }, at) => until((frames) => news(frames) > (before[at] ?? 0))))
      // Readers hear of a proposal before the other copy finds it in the store.
      const stateThere = async () => (await stored(one, newer.turnId)).turn.state
      await expect.poll(stateThere, { timeout: 20_000 }).toBe('waiting')
      expect(await post(one, `/turns/${newer.turnId}/cancel`, {})).toMatchObject({ status: 200 })
      await newer.over
      for (const { socket } of pages) socket.close()
    })

    test('a conversation renamed on one is told to a page of the other, which then reads the new name there', async () => {
      const conversationId = randomUUID()
      const turn = await waitingTurn(one, { sql: 'SELECT 1 AS N', conversationId })
      expect(await post(one, `/turns/${turn.turnId}/cancel`, {})).toMatchObject({ status: 200 })
      await turn.over
      const at = (server: ServedFloe): string => `${server.url}/api/v1/conversations/${conversationId}`
      const titleAt = async (server: ServedFloe): Promise<string> =>
        ((await (await fetch(at(server))).json()) as { conversation: { title: string } }).conversation.title
      const page = await openPage(two)
      expect(await titleAt(two)).not.toBe('Quarterly figures')
      const renamed = await fetch(at(one), {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'Quarterly figures' }),
      })
      expect(renamed.status).toBe(200)
      await page.until((frames) => frames.some((frame) => frame['conversation'] === conversationId))
      expect(await titleAt(two)).toBe('Quarterly figures')
      page.socket.close()
    })

    test('of approvals on both copies at once one is taken, and the query runs once', async () => {
      const turn = await waitingTurn(one, { sql: 'SELECT 3 AS N' })
      const answers = await Promise.all(
        [one, two, one, two].map((server) => post(server, `/turns/${turn.turnId}/approve`, { digest: turn.digest })),
      )
      await turn.over
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(turn.heard.filter(({ kind }) => kind === 'query.approved')).toHaveLength(1)
      expect(turn.heard.filter(({ kind }) => kind === 'result.done')).toHaveLength(1)
    })

    test('a copy that was frozen and wakes runs nothing of a turn that was closed meanwhile', async () => {
      const frozen = await startCopy('frozen')
      const turn = await waitingTurn(frozen, { sql: 'SELECT 4 AS N' })
      frozen.process.kill('SIGSTOP')
      // Nobody there takes the command up: it is taken back, so that it is not done later.
      expect(await post(one, `/turns/${turn.turnId}/approve`, { digest: turn.digest })).toMatchObject({
        status: 409,
        code: 'turn_not_waiting',
      })
      await expect
        .poll(async () => (await stored(one, turn.turnId)).turn.state, { timeout: 90_000, interval: 1_000 })
        .toBe('interrupted')
      // Decided about in the frozen copy's own socket: the first that it hears when it wakes.
      const late = post(frozen, `/turns/${turn.turnId}/approve`, { digest: turn.digest })
      frozen.process.kill('SIGCONT')
      await late
      await turn.over
      const { turn: summary, events } = await stored(one, turn.turnId)
      expect([summary.state, gapless(events)]).toEqual(['interrupted', true])
      expect(events.map(({ kind }) => kind)).not.toContain('query.approved')
      expect([...events, ...turn.heard].map(({ kind }) => kind)).not.toContain('result.columns')
      await frozen.stop()
    }, 120_000)

    test('a copy that dies leaves its turns marked, for whoever reads them on the other', async () => {
      const doomed = await startCopy('doomed')
      const turn = await waitingTurn(doomed, { sql: 'SELECT 5 AS N' })
      turn.over.catch(() => undefined)
      const followed = fetch(`${two.url}/api/v1/turns/${turn.turnId}/events`)
      await doomed.kill()
      const events: TurnEvent[] = []
      for await (const event of readEvents(await followed)) events.push(event)
      expect(events.at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })
      expect(gapless(events)).toBe(true)
    }, 120_000)
  })
})
