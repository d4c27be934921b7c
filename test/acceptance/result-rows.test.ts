import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { ColumnSummary, type RowsView, RowsWindow } from '../../src/contract/result-view.ts'
import { maxColumnSpans, writeColumns, writeRowsView } from '../../src/contract/results-api.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

let folder: string
let floe: Floe
let server: StartedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-rows-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  expect(kept()).toEqual([])
  rmSync(folder, { recursive: true, force: true })
})

const kept = () => (existsSync(join(folder, 'results')) ? readdirSync(join(folder, 'results')) : [])

const send = (method: string, path: string, body?: unknown, signal?: AbortSignal) =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

/** Runs SQL as a turn of its own, whose id it returns. */
async function turnOf(sql: string, ask: object = {}): Promise<string> {
  const turnId = crypto.randomUUID()
  await (await send('POST', '/turns', { turnId, sql, autoRun: true, ...ask })).text()
  return turnId
}

async function read(turnId: string, view: Partial<RowsView> = {}, range: object = {}): Promise<RowsWindow> {
  const query = new URLSearchParams({ ...writeRowsView({ sort: [], filters: [], search: '', ...view }), ...range })
  const answer = await send('GET', `/turns/${turnId}/rows?${query.toString()}`)
  const body: unknown = await answer.json()
  if (answer.status !== 200) throw new Error(JSON.stringify(body))
  return RowsWindow.parse(body)
}

const lines = 'SELECT L_ORDERKEY, L_LINENUMBER, L_EXTENDEDPRICE, L_SHIPDATE, L_SHIPMODE FROM LINEITEM'

describe('the whole result behind an answer that delivered only its first rows', () => {
  let turnId: string
  beforeAll(async () => {
    turnId = await turnOf(lines, { maxRows: 10 })
  })

  test('is read from any position, and says when it was read', async () => {
    const before = Date.now()
    const first = await read(turnId, {}, { count: '5' })
    expect(first.rows).toHaveLength(5)
    expect(first).toMatchObject({ from: 0, isWhole: true, viewRows: first.allRows })
    expect(first.columns.map(({ name }) => name).slice(0, 2)).toEqual(['L_ORDERKEY', 'L_LINENUMBER'])
    expect(first.allRows).toBeGreaterThan(5_000)
    expect(Date.parse(first.readAt)).toBeGreaterThanOrEqual(before)
    const again = await read(turnId, {}, { from: String(first.allRows - 2), count: '100' })
    expect(again.rows).toHaveLength(2)
    expect(again.readAt).toBe(first.readAt)
    expect((await read(turnId, {}, { from: '1000000' })).rows).toEqual([])
  })

  test('is sorted, filtered and searched over all its rows', async () => {
    const { rows, viewRows, allRows } = await read(turnId, {
      sort: [
        { column: 2, direction: 'descending' },
        { column: 0, direction: 'ascending' },
      ],
      filters: [
        { kind: 'values', column: 4, values: ['AIR', 'TRUCK'], isExcluded: false },
        { kind: 'range', column: 3, from: '1995-01-01', to: '1995-12-31' },
      ],
      search: '1995-',
    })
    expect(viewRows).toBeGreaterThan(100)
    expect(viewRows).toBeLessThan(allRows)
    expect(rows).toHaveLength(100)
    const prices = rows.map((row) => Number(row[2]))
    expect(prices).toEqual(prices.toSorted((a, b) => b - a))
    for (const row of rows) {
      expect(['AIR', 'TRUCK']).toContain(row[4])
      expect(String(row[3])).toMatch(/^1995-/)
    }
  })

  test('is read by columns: those that are asked for, in rows that all columns decide about', async () => {
    const view: Partial<RowsView> = {
      sort: [{ column: 2, direction: 'descending' }],
      filters: [{ kind: 'values', column: 4, values: ['AIR'], isExcluded: false }],
    }
    const whole = await read(turnId, view, { count: '20' })
    for (const [columns, positions] of [
      ['0-4', [0, 1, 2, 3, 4]],
      ['3', [3]],
      ['0-1,3', [0, 1, 3]],
      ['1-1,4', [1, 4]],
    ] as const) {
      const part = await read(turnId, view, { count: '20', columns })
      expect(await read(turnId, view, { count: '20', columns: writeColumns(positions) })).toEqual(part)
      expect(part).toEqual({
        ...whole,
        columns: positions.map((at) => whole.columns[at]),
        rows: whole.rows.map((row) => positions.map((at) => row[at])),
      })
    }
    expect(await read(turnId, view, { count: '0', columns: '2' })).toMatchObject({ rows: [], viewRows: whole.viewRows })
  })

  test('is summed up by column', async () => {
    const filter = JSON.stringify([{ kind: 'values', column: 4, values: ['AIR'], isExcluded: false }])
    const about = `/turns/${turnId}/summary?column=2&values=3&filter=${encodeURIComponent(filter)}`
    const summary = ColumnSummary.parse(await (await send('GET', about)).json())
    const { viewRows } = await read(turnId, { filters: JSON.parse(filter) as RowsView['filters'] }, { count: '0' })
    expect(summary).toMatchObject({ rows: viewRows, nulls: 0, sum: expect.stringMatching(/^\d+\.\d\d$/) as string })
    expect(summary.histogram.reduce((all, { count }) => all + count, 0)).toBe(viewRows)
    expect(summary.values).toHaveLength(3)
    const modes = await (await send('GET', `/turns/${turnId}/summary?column=4&containing=air`)).json()
    const found = ColumnSummary.parse(modes).values.map(({ value }) => String(value))
    expect(new Set(found)).toEqual(new Set(['AIR', 'REG AIR']))
  })

  test.each([
    ['sort=2', 'bad_request', 400],
    ['sort=2.up', 'bad_request', 400],
    ['sort=99.ascending', 'bad_request', 400],
    ['filter={', 'bad_request', 400],
    ['filter=[{"kind":"values"}]', 'bad_request', 400],
    ['count=10001', 'bad_request', 400],
    ['from=-1', 'bad_request', 400],
    ['columns=', 'bad_request', 400],
    ['columns=L_SHIPMODE', 'bad_request', 400],
    ['columns=2,1', 'bad_request', 400],
    ['columns=1,1', 'bad_request', 400],
    ['columns=0-2,2-3', 'bad_request', 400],
    ['columns=3-1', 'bad_request', 400],
    ['columns=0-5', 'bad_request', 400],
    ['columns=99999', 'bad_request', 400],
    [`columns=${Array.from({ length: maxColumnSpans + 1 }, (_, at) => 2 * at).join(',')}`, 'bad_request', 400],
  ])('is not read by %s', async (query, code, status) => {
    const answer = await send('GET', `/turns/${turnId}/rows?${query}`)
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })])
  })

  test('is exported as it is shown', async () => {
    const shown = { sort: [{ column: 2, direction: 'descending' }], filters: [], search: '', columns: [2, 0] }
    const job = (await (
      await send('POST', `/turns/${turnId}/exports`, { format: 'csv', view: 'shown', shown })
    ).json()) as { id: string }
    const state = async () => ((await (await send('GET', `/exports/${job.id}`)).json()) as { state: string }).state
    await expect.poll(state, { timeout: 30_000 }).not.toBe('running')
    const text = await (await send('GET', `/exports/${job.id}/file`)).text()
    const { rows, allRows } = await read(turnId, { sort: [{ column: 2, direction: 'descending' }] }, { count: '1' })
    expect(text.split('\n')).toHaveLength(allRows + 2)
    const [highest] = rows
    expect(text.split('\n').slice(0, 2)).toEqual([
      'L_EXTENDEDPRICE,L_ORDERKEY',
      `${Number(highest?.[2]).toFixed(2)},${String(highest?.[0])}`,
    ])
  })

  test('goes with its question', async () => {
    const conversationId = crypto.randomUUID()
    const removed = await turnOf('SELECT R_NAME FROM REGION', { conversationId })
    const before = kept().length
    expect((await read(removed)).rows).toHaveLength(5)
    expect(kept()).toHaveLength(before + 1)
    expect((await send('DELETE', `/conversations/${conversationId}`)).status).toBe(200)
    expect((await send('GET', `/turns/${removed}/rows`)).status).toBe(404)
    expect(kept()).toHaveLength(before)
  })
})

describe('what has no rows to look through', () => {
  test('is not found: an answer in words, a query that failed, a question that there is none of', async () => {
    const turns = [
      await turnOf('', { sql: undefined, question: 'thanks' }),
      await turnOf('SELECT NOTHING FROM NOWHERE'),
      crypto.randomUUID(),
    ]
    for (const turnId of turns) {
      const answer = await send('GET', `/turns/${turnId}/rows`)
      expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'not_found' })])
    }
  })

  test('has no rows where the result has none', async () => {
    const turnId = await turnOf('SELECT R_NAME FROM REGION WHERE R_REGIONKEY > 99')
    expect(await read(turnId)).toMatchObject({ rows: [], viewRows: 0, allRows: 0, isWhole: true })
    const summary = await (await send('GET', `/turns/${turnId}/summary?column=0`)).json()
    expect(summary).toMatchObject({ rows: 0, distinct: 0, min: null, max: null, histogram: [], values: [] })
  })
})

test('a reader who leaves while the query runs again stops it, and nothing is left', async () => {
  const turnId = crypto.randomUUID()
  const sql = 'SELECT A.L_COMMENT || B.L_COMMENT AS C FROM LINEITEM A, LINEITEM B'
  const asking = send('POST', '/turns', { turnId, sql, maxRows: 1 }).then((answer) => answer.text())
  const digest = async () => {
    const { events = [] } = (await (await send('GET', `/turns/${turnId}`)).json()) as {
      events?: { digest?: string }[]
    }
    return events.find((event) => event.digest !== undefined)?.digest
  }
  await expect.poll(digest, { timeout: 30_000 }).toBeDefined()
  await send('POST', `/turns/${turnId}/approve`, { digest: await digest() })
  await asking
  const writing = () => (existsSync(join(folder, 'exports')) ? readdirSync(join(folder, 'exports')) : [])
  const before = [writing().length, kept().length] as const
  const leaving = new AbortController()
  const asked = send('GET', `/turns/${turnId}/rows`, undefined, leaving.signal)
  const left = asked.then(
    () => 'answered',
    () => 'gone',
  )
  await expect.poll(writing, { timeout: 30_000, interval: 20 }).toHaveLength(before[0] + 1)
  leaving.abort()
  expect(await left).toBe('gone')
  await expect.poll(() => [writing().length, kept().length], { timeout: 30_000 }).toEqual(before)
})
