import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { postTurn, readEvents } from '../support/floe-process.ts'
import { dataLines } from '../support/shared-data.ts'
import { openSocket, startServer, type StartedServer } from '../support/started-server.ts'

interface Case {
  readonly id: string
  readonly sql: string
  readonly reason: string
}
const attacks = dataLines('readonly_reject.jsonl') as readonly Case[]
/** One of so many, a different share for each door. */
const share = (of: number, from: number): readonly Case[] => attacks.filter((_, index) => index % of === from)

let folder: string
let floe: Floe
let server: StartedServer
let socket: Awaited<ReturnType<typeof openSocket>>
let lastId = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-attacks-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
  socket = await openSocket(server.socketUrl)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Says a command over the socket and waits for its reply. */
async function say(
  command: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const id = String((lastId += 1))
  const isReply = (frame: Readonly<Record<string, unknown>>): boolean => frame['reply'] === id
  socket.say({ command, id, [command]: body })
  return (await socket.until((frames) => frames.some(isReply))).find(isReply) ?? {}
}

/** The latest event of a kind in a turn, once there are so many of them. */
async function event(turnId: unknown, kind: string, count = 1): Promise<Readonly<Record<string, unknown>>> {
  const found = (frames: readonly Readonly<Record<string, unknown>>[]) =>
    frames.filter((frame) => frame['turnId'] === turnId && frame['kind'] === kind)
  return found(await socket.until((frames) => found(frames).length >= count)).at(-1) ?? {}
}

const count = 'SELECT COUNT(*) AS N FROM REGION'

/** A query that waits for its approval. */
async function propose(sql = count) {
  const { turnId } = await say('ask', { sql })
  const { digest } = await event(turnId, 'query.proposed')
  return { turnId, digest }
}

describe('[only-reads] what must be refused is refused over HTTP', () => {
  test.each(share(14, 0))('asked: $id – $reason', async ({ sql }) => {
    const answer = await postTurn(server.url, { sql, autoRun: true })
    const kinds: string[] = []
    let code: string | null = null
    for await (const told of answer.ok ? readEvents(answer) : []) {
      kinds.push(told.kind)
      if (told.kind === 'turn.failed') code = told.problem.code
    }
    expect(answer.ok ? code : 'bad_question').toMatch(/^(?:sql_refused|bad_question)$/)
    expect(kinds.filter((kind) => kind === 'query.approved' || kind.startsWith('result'))).toEqual([])
  })

  test('edited: the proposal stands and runs as it was shown', async () => {
    const { turnId, digest } = await propose()
    const post = (command: string, body: Readonly<Record<string, unknown>>) =>
      fetch(`${server.url}/api/v1/turns/${String(turnId)}/${command}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const passed: string[] = []
    for (const { id, sql } of share(14, 1)) if ((await post('edit', { sql })).ok) passed.push(id)
    expect(passed).toEqual([])
    expect((await post('approve', { digest: `${String(digest).slice(0, -1)}x` })).status).toBe(409)
    expect((await post('approve', { digest })).ok).toBe(true)
    expect(await event(turnId, 'result.rows')).toMatchObject({ rows: [[5]] })
  })
})

describe('[only-reads] what must be refused is refused over the socket', () => {
  test('asked', async () => {
    const asked = await Promise.all(share(14, 2).map(({ sql }) => say('ask', { sql, autoRun: true })))
    for (const { turnId } of asked)
      if (turnId !== undefined)
        expect(await event(turnId, 'turn.failed')).toMatchObject({ problem: { code: 'sql_refused' } })
    expect(socket.frames.filter(({ kind }) => kind === 'result.columns')).toHaveLength(1)
  })

  test('edited before the approval: the proposal stands and runs as it was shown', async () => {
    const { turnId, digest } = await propose()
    for (const { sql } of share(14, 3)) expect(await say('edit', { turnId, sql })).toHaveProperty('problem')
    expect(await say('approve', { turnId, digest })).toMatchObject({ ok: true })
    expect(await event(turnId, 'result.rows')).toMatchObject({ rows: [[5]] })
  })

  test('edited after the approval: the answer is that of the approved text', async () => {
    for (const { sql } of share(100, 4)) {
      const { turnId, digest } = await propose()
      const [approved, edited] = await Promise.all([say('approve', { turnId, digest }), say('edit', { turnId, sql })])
      expect(approved).toMatchObject({ ok: true })
      expect(edited).toHaveProperty('problem')
      await event(turnId, 'turn.done')
      expect(await event(turnId, 'result.rows')).toMatchObject({ rows: [[5]] })
    }
  })
})

describe('[approved-text] an approval', () => {
  test('of another query’s digest is refused', async () => {
    const [one, other] = [await propose(), await propose('SELECT COUNT(*) AS N FROM NATION')]
    expect(await say('approve', { turnId: one.turnId, digest: other.digest })).toMatchObject({
      problem: { code: 'stale_approval' },
    })
    await Promise.all([one, other].map(({ turnId }) => say('cancel', { turnId })))
  })

  test('that races with two edits runs what its digest names, or nothing', async () => {
    for (const order of [0, 1, 2]) {
      const { turnId, digest } = await propose()
      const steps = [
        () => say('edit', { turnId, sql: 'SELECT COUNT(*) AS N FROM NATION' }),
        () => say('approve', { turnId, digest }),
        () => say('edit', { turnId, sql: 'SELECT 7 AS N' }),
      ]
      const replies = await Promise.all([...steps.slice(order), ...steps.slice(0, order)].map((step) => step()))
      const ran = replies[(1 - order + 3) % 3]?.['ok'] === true
      if (ran) expect(await event(turnId, 'result.rows')).toMatchObject({ rows: [[5]] })
      else await say('cancel', { turnId })
      const ended = await event(turnId, ran ? 'turn.done' : 'turn.cancelled')
      expect(ended).toHaveProperty('seq')
      expect(
        socket.frames.filter((frame) => frame['turnId'] === turnId && frame['kind'] === 'result.done'),
      ).toHaveLength(ran ? 1 : 0)
    }
  })

  test('runs once, however often it is sent', async () => {
    const { turnId, digest } = await propose()
    const replies = await Promise.all(Array.from({ length: 5 }, () => say('approve', { turnId, digest })))
    expect(replies.filter(({ ok }) => ok === true)).toHaveLength(1)
    await event(turnId, 'turn.done')
    expect(socket.frames.filter((frame) => frame['turnId'] === turnId && frame['kind'] === 'result.done')).toHaveLength(
      1,
    )
  })
})

test('after all of it the tables are as they were, and questions are answered', async () => {
  const tables = ['REGION', 'NATION', 'CUSTOMER', 'ORDERS', 'LINEITEM', 'PART', 'SUPPLIER', 'PARTSUPP']
  const sql = tables.map((table) => `SELECT '${table}' AS T, COUNT(*) AS N FROM ${table}`)
  const { turnId } = await say('ask', { sql: sql.join(' UNION ALL '), autoRun: true })
  const { rows } = await event(turnId, 'result.rows')
  const counts = new Map(rows as readonly (readonly [string, number])[])
  expect(counts.get('REGION')).toBe(5)
  expect(counts.get('NATION')).toBe(25)
  expect([...counts.values()].every((n) => n > 0)).toBe(true)
})
