import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ComparableAnswers, Comparison, type ComparableAnswer } from '../../src/contract/comparison.ts'
import { Favorite } from '../../src/contract/favorites.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
const browsers = new Map<string, BrowserClient>()
const of = (name: string): BrowserClient => {
  const browser = browsers.get(name)
  if (browser === undefined) throw new Error(`nobody is called ${name}`)
  return browser
}
const call = (name: string, method: string, path: string, body?: unknown) =>
  of(name).json(method, `/api/v1${path}`, body)

beforeAll(async () => {
  organisation = await startOrganisation({
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    KEEP_MEGABYTES_PER_PERSON: '2',
  })
  for (const name of ['owner', 'other']) browsers.set(name, await organisation.signedIn(name))
}, 120_000)
afterAll(() => organisation.close())

/** Asks to the end, or as far as it goes without an approval; the id of the turn. */
async function ask(name: string, asked: object): Promise<string> {
  const turnId = randomUUID()
  const response = await of(name).request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, autoRun: true, ...asked }),
  })
  await response.text()
  return turnId
}
const compare = async (name: string, before: string, after: string, more = '') =>
  await call(name, 'GET', `/turns/${after}/comparison?with=${before}${more}`)
const compared = async (before: string, after: string, more = ''): Promise<Comparison> => {
  const { status, body } = await compare('owner', before, after, more)
  expect(status, JSON.stringify(body)).toBe(200)
  return Comparison.parse(body)
}
const comparable = async (turnId: string): Promise<readonly ComparableAnswer[]> =>
  ComparableAnswers.parse((await call('owner', 'GET', `/turns/${turnId}/comparable`)).body).answers

const monthsOf = (year: number): string =>
  `SELECT DATE_TRUNC('MONTH', O_ORDERDATE) AS ORDER_MONTH, COUNT(*) AS ORDERS, AVG(O_TOTALPRICE) AS AVERAGE_PRICE
   FROM ORDERS WHERE YEAR(O_ORDERDATE) = ${year} GROUP BY 1 ORDER BY 1`

describe('two answers side by side', () => {
  test('rows that changed, are new or gone, with exact differences and totals where the query adds them up', async () => {
    const rows = (values: string): string =>
      `SELECT R_NAME AS REGION, SUM(AMOUNT) AS REVENUE, COUNT(DISTINCT AMOUNT) AS DIFFERENT
       FROM (VALUES ${values}) AS V (R_NAME, AMOUNT) GROUP BY 1 ORDER BY 1`
    const before = await ask('owner', { sql: rows("('ASIA', 10.50), ('AFRICA', 3.00), ('EUROPE', 1.00)") })
    const after = await ask('owner', { sql: rows("('ASIA', 11.55), ('AFRICA', 3.00), ('AMERICA', 2.00)") })
    const { changes, ...answers } = await compared(before, after)
    expect(answers).toMatchObject({
      before: {
        turnId: before,
        question: null,
        connection: 'sample',
        sql: expect.stringContaining('EUROPE') as unknown,
      },
      after: { turnId: after, answer: expect.not.arrayContaining([null]) as unknown },
    })
    expect(changes).toMatchObject({
      pairing: 'key',
      key: ['REGION'],
      added: 1,
      removed: 1,
      changed: 1,
      same: 1,
      found: 3,
      totals: [{ column: 'REVENUE', change: { difference: '2.05' } }],
      notes: [],
    })
    expect(changes.rows.find(({ kind }) => kind === 'changed')).toMatchObject({
      changes: [null, { difference: '1.05', percent: 10 }, null],
    })
    const swapped = await compared(after, before)
    expect(swapped.changes).toMatchObject({ added: 1, removed: 1, totals: [{ change: { difference: '-2.05' } }] })
    const page = await compared(before, after, '&kind=added&from=0&count=1&by=1')
    expect(page.changes).toMatchObject({ found: 1, rows: [{ kind: 'added' }] })
  })

  test('the months of two years, whose averages have no total', async () => {
    const [before, after] = [await ask('owner', { sql: monthsOf(1996) }), await ask('owner', { sql: monthsOf(1997) })]
    const { changes } = await compared(before, after)
    expect(changes).toMatchObject({
      key: ['ORDER_MONTH'],
      period: { column: 'ORDER_MONTH', unit: 'month', by: 'calendar' },
      added: 0,
      removed: 0,
      totals: [{ column: 'ORDERS' }],
    })
    expect(changes.changed + changes.same).toBe(12)
  })

  test('a result that was cut says so, and is compared as far as it goes', async () => {
    const keys = 'SELECT O_ORDERKEY, O_TOTALPRICE FROM ORDERS ORDER BY 1'
    const [few, more] = [await ask('owner', { sql: keys, maxRows: 5 }), await ask('owner', { sql: keys, maxRows: 8 })]
    const { changes } = await compared(few, more)
    expect(changes).toMatchObject({
      key: ['O_ORDERKEY'],
      same: 5,
      added: 3,
      before: { rows: 5, hasMore: true },
      after: { rows: 8, hasMore: true },
      totals: [],
    })
  })

  test('an answer without rows, one that waits and one that failed say why they cannot be compared', async () => {
    const one = await ask('owner', { sql: 'SELECT 1 AS N' })
    const [small, failed] = [
      await ask('owner', { question: 'hello' }),
      await ask('owner', { sql: 'DELETE FROM ORDERS' }),
    ]
    const told = async (before: string, after: string) => {
      const { status, body } = await compare('owner', before, after)
      return [status, (body as { message: string }).message]
    }
    expect(await told(one, one)).toEqual([400, 'An answer cannot be compared with itself.'])
    expect(await told(small, one)).toEqual([400, 'The earlier question brought no result.'])
    expect(await told(one, failed)).toEqual([400, 'The later question brought no result.'])
    const waiting = randomUUID()
    const asked = of('owner').request('/api/v1/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({ turnId: waiting, sql: 'SELECT 2 AS N' }),
    })
    const stateOf = async () =>
      ((await call('owner', 'GET', `/turns/${waiting}`)).body as { events?: TurnEvent[] }).events?.at(-1)?.kind
    await expect.poll(stateOf, { timeout: 20_000 }).toBe('query.proposed')
    expect(await told(waiting, one)).toEqual([400, 'The earlier question is still being answered.'])
    await call('owner', 'POST', `/turns/${waiting}/cancel`, {})
    await (await asked).text()
    for (const bad of ['&count=0', '&count=5001', '&from=-1', '&kind=same', '&by=x'])
      expect([bad, (await compare('owner', waiting, one, bad)).status]).toEqual([bad, 400])
  })

  test('rows that were removed to make room cannot be compared', async () => {
    const wide = 'SELECT O_ORDERKEY, REPEAT(O_COMMENT, 20) AS LONG_TEXT FROM ORDERS ORDER BY 1'
    const [gone, one] = [await ask('owner', { sql: wide }), await ask('owner', { sql: wide })]
    expect((await compared(gone, one)).changes.same).toBeGreaterThan(0)
    await organisation.floe.retention.apply()
    expect(await compare('owner', gone, one)).toMatchObject({
      status: 400,
      body: { message: 'The rows of the earlier answer were removed to make room for newer ones.' },
    })
    expect((await comparable(one)).map(({ turnId }) => turnId)).not.toContain(gone)
  })

  test('what is not the caller’s own is not there, on either side', async () => {
    const [mine, foreign] = [await ask('owner', { sql: 'SELECT 1 AS N' }), await ask('other', { sql: 'SELECT 1 AS N' })]
    expect((await compare('owner', foreign, mine)).status).toBe(404)
    expect((await compare('owner', mine, foreign)).status).toBe(404)
    expect((await compare('owner', randomUUID(), mine)).status).toBe(404)
    expect((await call('owner', 'GET', `/turns/${foreign}/comparable`)).status).toBe(404)
    expect((await comparable(mine)).map(({ turnId }) => turnId)).not.toContain(foreign)
  })
})

describe('what an answer can be compared with', () => {
  test('the same query, the same question and its conversation, nothing that has no rows', async () => {
    const conversationId = randomUUID()
    const question = 'How many regions are there?'
    const first = await ask('owner', { question, conversationId })
    const other = await ask('owner', { question: 'How many nations are there?', conversationId })
    const elsewhere = await ask('owner', { question })
    const sameQuestion = await ask('owner', { sql: 'SELECT 3 AS N', conversationId })
    await ask('owner', { question: 'hello', conversationId })
    const found = await comparable(first)
    expect(found.map(({ turnId, because }) => [turnId, because])).toEqual([
      [elsewhere, 'same-query'],
      [sameQuestion, 'same-conversation'],
      [other, 'same-conversation'],
    ])
    expect(found[0]).toMatchObject({ question, connection: 'sample', rowCount: 1 })
    await call('owner', 'DELETE', `/conversations/${conversationId}`)
    expect(await comparable(elsewhere)).toEqual([])
  })

  test('the runs of one favorite, whose values may differ', async () => {
    const kept = await ask('owner', { sql: 'SELECT 41 AS N' })
    const made = await call('owner', 'POST', '/favorites', { turnId: kept })
    const { id } = Favorite.parse(made.body)
    await call('owner', 'PATCH', `/favorites/${id}`, { sql: 'SELECT :n AS N', parameters: [] })
    const runs: string[] = []
    for (const n of ['1', '2']) {
      const turnId = randomUUID()
      await call('owner', 'PATCH', '/me/preferences', { autoRun: { maxBytes: 10_000_000_000 } })
      const { status } = await call('owner', 'POST', `/favorites/${id}/run`, { turnId, values: { n } })
      expect(status).toBe(200)
      const isOver = async () =>
        ((await call('owner', 'GET', `/turns/${turnId}`)).body as { turn?: { state: string } }).turn?.state
      await expect.poll(isOver, { timeout: 20_000 }).toBe('done')
      runs.push(turnId)
    }
    const [first = '', second = ''] = runs
    expect((await comparable(second)).map(({ turnId, because }) => [turnId, because])).toContainEqual([
      first,
      'same-favorite',
    ])
    const opened = (await call('owner', 'GET', `/favorites/${id}`)).body as { favorite: unknown }
    expect(Favorite.parse(opened.favorite).runs).toMatchObject([
      { turnId: second, rowCount: 1, values: { n: '2' } },
      { turnId: first, rowCount: 1 },
    ])
    expect((await compared(first, second)).changes).toMatchObject({ pairing: 'key', added: 1, removed: 1 })
  })
})
