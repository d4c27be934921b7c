import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import { run } from '../support/cli-run.ts'
import { openSocket, readFrames, startServer, type StartedServer } from '../support/started-server.ts'

let folder: string
let floe: Floe
let server: StartedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-doors-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
  // The first look generates the sample and prepares the store, which a busy machine needs its time for.
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
  await floe.services.history.list(floe.callerAt('api'), 1)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(folder, { recursive: true, force: true })
})

type Event = ReturnType<(typeof TurnEvent)['parse']>
const eventOf = (line: string): Event => TurnEvent.parse(JSON.parse(line))
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n')
const dataOf = (text: string): readonly string[] =>
  readFrames(text).flatMap(({ data }) => (data === undefined ? [] : [data]))
const isOver = (frames: readonly object[]) => frames.some((frame) => 'kind' in frame && frame.kind === 'turn.done')

const post = (path: string, body: unknown) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** The same services, open to a command that closes them when it is done. */
const runCommand = (argv: readonly string[]) =>
  run(argv, { services: { ...floe.services, close: () => Promise.resolve() }, caller: floe.callerAt('cli') })

const overEventStream = async (turnId: string): Promise<readonly string[]> =>
  dataOf(await (await fetch(`${server.url}/api/v1/turns/${turnId}/events`)).text())

const overSocket = async (turnId: string): Promise<readonly string[]> => {
  const client = await openSocket(server.socketUrl)
  const texts: string[] = []
  client.socket.on('message', (data: Buffer) => texts.push(data.toString()))
  client.say({ command: 'resume', id: 'r', resume: { turnId } })
  await client.until(isOver)
  client.socket.close()
  return texts.filter((text) => !text.startsWith('{"reply"'))
}

const overRest = async (turnId: string): Promise<readonly unknown[]> => {
  const response = await fetch(`${server.url}/api/v1/turns/${turnId}`)
  return ((await response.json()) as { events: unknown[] }).events
}

const expectWhole = (events: readonly Event[]): void => {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(events[0]?.kind).toBe('turn.started')
  expect(events.at(-1)?.kind).toBe('turn.done')
}

describe('one turn, read through every door', () => {
  test('a question asked on the command line', async () => {
    const { code, out, err } = await runCommand(['ask', 'How many orders were placed per year?', '--yes', '--json'])
    expect([code, err]).toEqual([0, ''])
    const lines = linesOf(out)
    const events = lines.map(eventOf)
    expectWhole(events)
    expect(events.filter(({ kind }) => kind === 'result.rows').length).toBeGreaterThan(0)

    const turnId = events[0]?.turnId ?? ''
    expect(await overEventStream(turnId)).toEqual(lines)
    expect(await overSocket(turnId)).toEqual(lines)
    expect(await overRest(turnId)).toEqual(events)
  })

  test('SQL asked over HTTP while it runs', async () => {
    const turnId = crypto.randomUUID()
    const sql = 'SELECT O_ORDERKEY, O_TOTALPRICE, O_ORDERDATE FROM ORDERS ORDER BY O_ORDERKEY LIMIT 500'
    const response = await post('/turns', { turnId, sql, autoRun: true })
    const [asked, followed, socket] = await Promise.all([response.text(), overEventStream(turnId), overSocket(turnId)])
    const lines = dataOf(asked)
    const events = lines.map(eventOf)
    expectWhole(events)
    expect(events.find(({ kind }) => kind === 'result.done')).toMatchObject({ rowCount: 500, truncated: false })
    expect(followed).toEqual(lines)
    expect(socket).toEqual(lines)
    expect(await overRest(turnId)).toEqual(events)
  })

  test('a proposal made over the socket, edited over REST, approved over the socket', async () => {
    const turnId = crypto.randomUUID()
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'ask', ask: { turnId, question: 'How many customers are there?' } })
    const proposals = () => client.frames.filter((frame) => frame.kind === 'query.proposed')
    await client.until(() => proposals().length === 1)
    const stale = await post(`/turns/${turnId}/approve`, { digest: '00' })
    expect([stale.status, ((await stale.json()) as { code: string }).code]).toEqual([409, 'stale_approval'])
    const refused = await post(`/turns/${turnId}/edit`, { sql: 'DROP TABLE CUSTOMER' })
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([422, 'sql_refused'])
    expect((await post(`/turns/${turnId}/edit`, { sql: 'SELECT COUNT(*) + 1 AS N FROM CUSTOMER' })).status).toBe(200)
    await client.until(() => proposals().length === 2)
    client.say({ command: 'approve', id: 'ok', approve: { turnId, digest: proposals()[1]?.digest } })
    await client.until(isOver)
    expect(client.frames).toContainEqual({ reply: 'ok', ok: true })
    client.socket.close()
    const lines = await overEventStream(turnId)
    expect(client.frames.filter((frame) => 'seq' in frame)).toEqual(lines.map((line) => JSON.parse(line) as unknown))
    expectWhole(lines.map(eventOf))
    expect(lines.map(eventOf).find(({ kind }) => kind === 'result.rows')).toMatchObject({ rows: [[151]] })
  })
})

describe('every door refuses what writes', () => {
  const sql = 'DELETE FROM ORDERS'

  test('command line', async () => {
    expect(await runCommand(['sql', sql])).toMatchObject({ code: 4, out: '' })
  })

  test('HTTP', async () => {
    const last = dataOf(await (await post('/turns', { sql, autoRun: true })).text()).at(-1) ?? ''
    expect(eventOf(last)).toMatchObject({ kind: 'turn.failed', problem: { code: 'sql_refused' } })
  })

  test('socket', async () => {
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { sql, autoRun: true } })
    const frames = await client.until((frames) => frames.some(({ kind }) => kind === 'turn.failed'))
    client.socket.close()
    expect(frames.at(-1)).toMatchObject({ problem: { code: 'sql_refused' } })
  })
})
