import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { ExportJob } from '../../src/contract/result-export.ts'
import { type ResultFormat } from '../../src/contract/result-file.ts'
import { patience } from '../../src/http/limits.ts'
import { approvedTurn } from '../support/approved-turn.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

let folder: string
let floe: Floe
let server: StartedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-downloads-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(folder, { recursive: true, force: true })
})

const started: string[] = []
afterEach(async () => {
  for (const id of started.splice(0)) await fetch(at(id), { method: 'DELETE' })
  await expect.poll(left, waiting).toEqual([])
})

const left = () => (existsSync(join(folder, 'exports')) ? readdirSync(join(folder, 'exports')) : [])
const waiting = { timeout: 30_000, interval: 20 }

/** Runs SQL as a turn of its own, whose id it returns. */
async function turnOf(sql: string, ask: object = {}): Promise<string> {
  const turnId = crypto.randomUUID()
  const asked = await fetch(`${server.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ turnId, sql, autoRun: true, maxRows: 1, ...ask }),
  })
  await asked.text()
  return turnId
}
/** A turn whose query was let run and stopped again: its export works as long. */
const stoppedTurn = async (sql: string): Promise<string> =>
  (await approvedTurn(server.url, { sql }, { isStopped: true })).turnId
const download = (turnId: string, query: string) => fetch(`${server.url}/api/v1/turns/${turnId}/export?${query}`)

async function start(turnId: string, format: ResultFormat, more: object = {}): Promise<ExportJob> {
  const answer = await fetch(`${server.url}/api/v1/turns/${turnId}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format, ...more }),
  })
  expect(answer.status).toBe(201)
  const job = ExportJob.parse(await answer.json())
  started.push(job.id)
  return job
}
const at = (id: string, rest = '') => `${server.url}/api/v1/exports/${id}${rest}`
const look = async (id: string) => ExportJob.parse(await (await fetch(at(id))).json())
async function finished(turnId: string, format: ResultFormat, more: object = {}): Promise<ExportJob> {
  const { id } = await start(turnId, format, more)
  await expect.poll(async () => (await look(id)).state, waiting).not.toBe('running')
  return await look(id)
}

const regions = 'SELECT R_NAME FROM REGION ORDER BY 1'
/** Reads the sample, and works for minutes. */
const endless = 'SELECT COUNT(*) FROM LINEITEM A, LINEITEM B, LINEITEM C WHERE A.L_COMMENT < B.L_COMMENT || C.L_COMMENT'

describe('GET /turns/{turnId}/export', () => {
  test('sends every row, also where the turn delivered fewer, under a name that says what is inside', async () => {
    const turnId = await turnOf('SELECT * FROM LINEITEM')
    const answer = await download(turnId, 'format=csv&separator=semicolon&decimalMark=comma&bom=true')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(answer.headers.get('content-encoding')).toBe(null)
    const day = new Date().toISOString().slice(0, 10)
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Query - Sample warehouse (TPC-H) - ${day}.csv"; filename*=UTF-8''Query%20-%20Sample%20warehouse%20%28TPC-H%29%20-%20${day}.csv`,
    )
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.length).toBe(Number(answer.headers.get('content-length')))
    const text = bytes.toString('utf8')
    expect(text.startsWith('\ufeffL_ORDERKEY;L_PARTKEY;')).toBe(true)
    expect(text.split('\n').length).toBeGreaterThan(5_000)
    await expect.poll(left, waiting).toEqual([])
  })

  test('of what a table shows holds its rows, its order and its columns', async () => {
    const turnId = await turnOf('SELECT R_REGIONKEY, R_NAME FROM REGION ORDER BY 1', { maxRows: 100 })
    const filter = JSON.stringify([{ kind: 'values', column: 1, values: ['ASIA'], isExcluded: true }])
    const asked = { format: 'csv', view: 'shown', sort: '0.descending', filter, columns: '1,0' }
    const answer = await download(turnId, new URLSearchParams(asked).toString())
    expect(await answer.text()).toBe('R_NAME,R_REGIONKEY\nMIDDLE EAST,4\nEUROPE,3\nAMERICA,1\nAFRICA,0\n')
    const shown = { sort: [], filters: [], search: 'america', columns: [1] }
    const { id } = await finished(turnId, 'ndjson', { view: 'shown', shown })
    const lines = (await (await fetch(at(id, '/file'))).text()).trimEnd().split('\n').slice(1)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([['AMERICA'], { rowCount: 1, truncated: false }])
    expect((await download(turnId, 'view=shown&columns=9')).status).toBe(400)
  })

  test('names the file after the question', async () => {
    const turnId = await turnOf('', { sql: undefined, question: 'How many customers are there?' })
    expect((await download(turnId, 'format=xlsx')).headers.get('content-disposition')).toMatch(
      /filename="How many customers are there - Sample warehouse \(TPC-H\) - [\d-]{10}\.xlsx"/,
    )
  })

  test.each([
    ['a format that is none', 'format=exe', 400],
    ['a view that is none', 'view=some', 400],
  ])('refuses %s', async (_, query, status) => {
    expect((await download(await turnOf(regions), query)).status).toBe(status)
  })

  test('refuses a turn whose query nobody let run, and an unknown one', async () => {
    const thanks = await turnOf('', { sql: undefined, question: 'thanks' })
    const answer = await download(thanks, 'format=csv')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('no query') as string,
    })
    expect((await download(crypto.randomUUID(), 'format=csv')).status).toBe(404)
  })

  test('a client that leaves stops the engine within a second and leaves nothing behind', async () => {
    const turnId = await stoppedTurn(endless)
    const request = httpGet(`${server.url}/api/v1/turns/${turnId}/export?format=csv`)
    request.on('error', () => undefined)
    await expect.poll(left, waiting).toHaveLength(1)
    const startedMs = performance.now()
    request.destroy()
    await expect.poll(left, waiting).toEqual([])
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  test('a client that stops reading is taken for gone, and then its file is, which the audit says', async () => {
    const impatient = await startServer(floe.services, {
      identify: floe.callerAt,
      patience: { ...patience, stallMs: 500 },
    })
    const turnId = await stoppedTurn('SELECT * FROM LINEITEM, NATION, REGION')
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpGet(`${impatient.url}/api/v1/turns/${turnId}/export?format=csv`, resolve)
    })
    response.on('error', () => undefined).pause()
    expect(left()).toHaveLength(1)
    await expect.poll(left, waiting).toEqual([])
    const audited = async (): Promise<readonly unknown[]> => {
      const query = { words: turnId, before: null, limit: 10 }
      const { entries } = await floe.services.people.audit.list(floe.operator, query)
      return entries.filter(({ action }) => action === 'result.exported').map(({ facts }) => facts['outcome'])
    }
    await expect.poll(audited, waiting).toEqual(['left', 'done'])
    response.destroy()
    await impatient.app.close()
  })

  test('a client that stops reading leaves nothing behind once it goes', async () => {
    const turnId = await stoppedTurn('SELECT * FROM LINEITEM, NATION')
    const response = await new Promise<IncomingMessage>((resolve) => {
      httpGet(`${server.url}/api/v1/turns/${turnId}/export?format=csv`, resolve)
    })
    response.pause()
    expect(left()).toHaveLength(1)
    response.destroy()
    await expect.poll(left, waiting).toEqual([])
  })
})

describe('exports beside the page', () => {
  test('are fetched in parts, as often as wanted, until they are removed', async () => {
    const turnId = await turnOf(regions)
    const job = await finished(turnId, 'csv')
    expect(job).toMatchObject({ state: 'done', rows: 5, isCut: false, problem: null })
    const part = (range: string, more: Record<string, string> = {}) =>
      fetch(at(job.id, '/file'), { headers: { range, ...more } })
    const whole = await fetch(at(job.id, '/file'))
    const text = await whole.text()
    expect(text).toBe('R_NAME\nAFRICA\nAMERICA\nASIA\nEUROPE\nMIDDLE EAST\n')
    expect(job.bytes).toBe(text.length)
    const etag = whole.headers.get('etag') ?? ''
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    for (const [range, from, to] of [
      ['bytes=7-', 7, text.length],
      ['bytes=0-5', 0, 6],
      ['bytes=-5', text.length - 5, text.length],
      ['bytes=7-9999', 7, text.length],
    ] as const) {
      const answer = await part(range, { 'if-range': etag })
      expect([range, answer.status, await answer.text()]).toEqual([range, 206, text.slice(from, to)])
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${text.length}`)
    }
    expect((await part('bytes=9999-')).status).toBe(416)
    for (const given of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,3-4']) expect((await part(given)).status).toBe(200)
    expect((await part('bytes=7-', { 'if-range': '"another"' })).status).toBe(200)
    expect((await fetch(at(job.id), { method: 'DELETE' })).status).toBe(200)
    expect((await fetch(at(job.id, '/file'))).status).toBe(404)
    expect(left()).toEqual([])
  })

  test('hold every row that the server keeps, without running the query again, and say so', async () => {
    const turnId = await turnOf(regions)
    expect(await finished(turnId, 'csv')).toMatchObject({ rows: 5, keptAt: null })
    const read = await fetch(`${server.url}/api/v1/turns/${turnId}/rows?from=0&count=1`)
    const { readAt } = (await read.json()) as { readonly readAt: string }
    const kept = await finished(turnId, 'csv')
    expect(kept).toMatchObject({ rows: 5, isCut: false, keptAt: readAt })
    expect(await (await fetch(at(kept.id, '/file'))).text()).toBe(
      'R_NAME\nAFRICA\nAMERICA\nASIA\nEUROPE\nMIDDLE EAST\n',
    )
  })

  test('run the query where the answer held every row, whose types the store has lost', async () => {
    const turnId = await turnOf(regions, { maxRows: 10 })
    await (await fetch(`${server.url}/api/v1/turns/${turnId}/rows?from=0&count=1`)).text()
    expect(await finished(turnId, 'parquet')).toMatchObject({ rows: 5, keptAt: null })
  })

  test('say why they failed, and what is unfinished cannot be fetched', async () => {
    const columns = Array.from({ length: 1_000 }, (_, index) => `1 AS C${index}`).join(', ')
    const tables = Array.from({ length: 17 }, (_, index) => `T AS T${index}`).join(', ')
    const many = `WITH T AS (SELECT ${columns}) SELECT * FROM ${tables}`
    const failed = await finished(await stoppedTurn(many), 'xlsx')
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'sql_unsupported' } })
    expect(await (await fetch(at(failed.id, '/file'))).json()).toMatchObject({ code: 'sql_unsupported' })
    const { id } = await start(await stoppedTurn(endless), 'csv')
    expect((await fetch(at(id, '/file'))).status).toBe(400)
    await expect.poll(left, waiting).toHaveLength(1)
    const startedMs = performance.now()
    expect((await fetch(at(id), { method: 'DELETE' })).status).toBe(200)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(left()).toEqual([])
    expect((await fetch(at(id))).status).toBe(404)
  })

  test('are two at once of one person', async () => {
    const turnId = await stoppedTurn(endless)
    const running = [await start(turnId, 'csv'), await start(turnId, 'xlsx')]
    const third = await download(turnId, 'format=csv')
    expect([third.status, await third.json()]).toMatchObject([503, { code: 'too_busy' }])
    for (const { id } of running) await fetch(at(id), { method: 'DELETE' })
    expect(left()).toEqual([])
  })
})
