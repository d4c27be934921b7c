import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { prepareAccount, token } from '../support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

let organisation: Organisation
const people = new Map<string, BrowserClient>()

const call = async (who: string, method: string, path: string, body?: unknown) => {
  const answer = await people.get(who)?.json(method, `/api/v1${path}`, body)
  if (answer === undefined) throw new Error(`${who} has not signed in`)
  return answer
}
/** Asks with given SQL and approves it where it waits; the id of the turn once it is over. */
async function turnOf(who: string, ask: object): Promise<string> {
  const turnId = crypto.randomUUID()
  const asking = people.get(who)?.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, autoRun: true, ...ask }),
  })
  const look = async () => {
    const { turn, events = [] } = (await call(who, 'GET', `/turns/${turnId}`)).body as {
      turn?: { state: string }
      events?: { kind: string; digest?: string }[]
    }
    return { state: turn?.state ?? 'running', digest: events.findLast(({ kind }) => kind === 'query.proposed')?.digest }
  }
  await expect.poll(async () => (await look()).state, { timeout: 50_000, interval: 100 }).not.toBe('running')
  const { state, digest } = await look()
  if (state === 'waiting') await call(who, 'POST', `/turns/${turnId}/approve`, { digest })
  await (await asking)?.text()
  return turnId
}
/** Makes a file of a turn's result beside the client, and removes it. */
async function exportOf(who: string, turnId: string, order: object) {
  const { id } = (await call(who, 'POST', `/turns/${turnId}/exports`, order)).body as { id: string }
  const read = async () => (await call(who, 'GET', `/exports/${id}`)).body as { state: string }
  await expect.poll(async () => (await read()).state, { timeout: 50_000, interval: 100 }).not.toBe('running')
  const job = await read()
  await call(who, 'DELETE', `/exports/${id}`)
  return job
}
/** What the audit says was read of a turn's result, in order: action, outcome, rows, and what for. */
async function auditOf(turnId: string) {
  const { entries } = (await call('admin', 'GET', '/audit?limit=100')).body as {
    entries: { action: string; facts: { turn?: string; outcome?: string; rows?: number; for?: string } }[]
  }
  return entries
    .filter(({ action, facts }) => facts.turn === turnId && /^(?:query\.run|result\.)/.test(action))
    .map(({ action, facts }) => [action, facts.outcome, facts.rows, facts.for ?? null])
    .toReversed()
}
const rows = (who: string, turnId: string, query = '') => call(who, 'GET', `/turns/${turnId}/rows${query}`)
const summary = (who: string, turnId: string) => call(who, 'GET', `/turns/${turnId}/summary?column=0`)
const idOf = async (who: string) => ((await call(who, 'GET', '/me')).body as { id: string }).id

beforeAll(async () => {
  organisation = await startOrganisation({
    ADMIN_EMAILS: 'admin@example.com,owner@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    SNOWFLAKE_ALLOW_LOOPBACK: 'true',
    MAX_RESULT_MEGABYTES: '1',
  })
  for (const name of ['admin', 'owner', 'member', 'other']) people.set(name, await organisation.signedIn(name))
}, 300_000)
afterAll(() => organisation.close())

describe('whose result it is', () => {
  test('others do not find it, before and after its owner has looked through it', async () => {
    const turnId = await turnOf('member', { sql: 'SELECT R_NAME FROM REGION' })
    for (const who of ['other', 'admin']) expect((await rows(who, turnId)).status).toBe(404)
    expect(await rows('member', turnId)).toMatchObject({ status: 200, body: { allRows: 5 } })
    for (const who of ['other', 'admin']) {
      expect(await rows(who, turnId)).toMatchObject({ status: 404, body: { code: 'not_found' } })
      expect((await summary(who, turnId)).status).toBe(404)
    }
    expect((await rows('member', turnId)).status).toBe(200)
  })

  test('who may no longer ask reads what was delivered, and makes nothing run', async () => {
    const [whole, cut] = [
      await turnOf('other', { sql: 'SELECT R_NAME FROM REGION' }),
      await turnOf('other', { sql: 'SELECT R_NAME FROM REGION', maxRows: 2 }),
    ]
    const path = `/people/${await idOf('other')}`
    await call('admin', 'PATCH', path, { role: 'viewer' })
    expect(await rows('other', whole)).toMatchObject({ status: 200, body: { allRows: 5 } })
    expect(await rows('other', cut)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    await call('admin', 'PATCH', path, { role: 'member' })
    expect(await rows('other', cut)).toMatchObject({ status: 200, body: { allRows: 5, isWhole: true } })
  })

  test('running the query once more counts for the budget and is audited', async () => {
    const turnId = await turnOf('member', { sql: 'SELECT N_NAME FROM NATION', maxRows: 2 })
    expect(await rows('member', turnId)).toMatchObject({ status: 200, body: { allRows: 25 } })
    await rows('member', turnId, '?from=5')
    const { entries } = (await call('admin', 'GET', '/audit?limit=100')).body as {
      entries: { action: string; facts: { turn?: string; format?: string | null } }[]
    }
    const runs = entries.filter(({ action, facts }) => action === 'query.run' && facts.turn === turnId)
    expect(runs.map(({ facts }) => String(facts.format)).toSorted()).toEqual(['null', 'parquet'])
  })
})

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(
  `fakesnow: results of Snowflake${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let double: SnowflakeDouble
    let account: DoubleAccount
    let connectionId: string
    let groupId: string
    const flood = 'SELECT ID, T FROM WIDE ORDER BY ID'
    /** More bytes than one result may deliver. */
    const allRows = 2_187
    const runs = async () => (await account.statements(/^SELECT .*WIDE/i)).length
    const share = (terms: object) => call('owner', 'PUT', `/connections/${connectionId}/shares/${groupId}`, terms)

    beforeAll(async () => {
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      const digits = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
      const id = digits.map((name, at) => `${name}.N * ${3 ** at}`).join(' + ')
      await prepareAccount(account, [
        'CREATE TABLE DIGITS (N INT)',
        'INSERT INTO DIGITS VALUES (0), (1), (2)',
        'CREATE TABLE WIDE (ID INT, T VARCHAR)',
        `INSERT INTO WIDE SELECT ${id}, REPEAT('x', 1000) FROM ${digits.map((name) => `DIGITS ${name}`).join(' CROSS JOIN ')}`,
      ])
      const saved = await call('owner', 'POST', '/connections', {
        name: 'Warehouse',
        account: `${account.accessUrl}/${account.account}`,
        role: 'ANALYST',
        warehouse: 'WH',
        database: 'SALES',
        schema: 'PUBLIC',
        signIn: { method: 'access_token', user: 'READER', token },
      })
      expect(saved.status).toBe(201)
      connectionId = (saved.body as { id: string }).id
      groupId = ((await call('admin', 'POST', '/groups', { name: 'Analysts' })).body as { id: string }).id
      await call('admin', 'PUT', `/groups/${groupId}/members/${await idOf('member')}`)
    }, 300_000)
    afterAll(() => double.close())

    test('are read whole by their id, and never run again', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 1_000_000 })
      const before = await runs()
      const first = await rows('owner', turnId, '?count=3')
      expect(first).toMatchObject({ status: 200, body: { allRows, isWhole: true } })
      expect((first.body as { rows: unknown[] }).rows).toHaveLength(3)
      const { body } = await rows('owner', turnId, '?sort=0.descending&count=1')
      expect(body).toMatchObject({ rows: [[allRows - 1, 'x'.repeat(1_000)]] })
      expect(await runs()).toBe(before)
    })

    test('that their limit has cut are read up to it, and say that there is more', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 7 })
      expect(await rows('owner', turnId)).toMatchObject({ status: 200, body: { allRows: 7, isWhole: false } })
    })

    test('are exported from there, and only an export that is to run them again goes beyond their limit', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 7 })
      const before = await runs()
      const kept = await exportOf('owner', turnId, { format: 'ndjson' })
      expect(kept).toMatchObject({ state: 'done', rows: 7, isCut: true, mayRunAgain: true })
      expect(await runs()).toBe(before)
      const whole = await exportOf('owner', turnId, { format: 'parquet', again: true })
      expect(whole).toMatchObject({ state: 'done', rows: allRows, isCut: false, mayRunAgain: false })
      expect(await runs()).toBe(before + 1)
      expect(await auditOf(turnId)).toEqual([
        ['query.run', 'done', 7, null],
        ['result.read', 'done', 7, 'export'],
        ['result.exported', 'done', 7, null],
        ['query.run', 'done', allRows, null],
        ['result.exported', 'done', allRows, null],
      ])
    })

    test('are audited when they are read again for the page, once', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 1_000_000 })
      await rows('owner', turnId, '?count=3')
      await rows('owner', turnId, '?from=3&count=3')
      expect((await auditOf(turnId)).slice(1)).toEqual([['result.read', 'done', allRows, 'page']])
    })

    test('that Snowflake keeps no longer say so', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 1_000_000 })
      await account.expire('results')
      const before = await runs()
      expect(await rows('owner', turnId)).toMatchObject({
        status: 410,
        body: { code: 'result_expired', action: expect.stringContaining('Run the query again') as string },
      })
      expect(await exportOf('owner', turnId, {})).toMatchObject({
        state: 'failed',
        problem: { code: 'result_expired' },
      })
      expect(await runs()).toBe(before)
    })

    test('of a connection that somebody shares are read as long, and as far, as it is shared', async () => {
      await share({})
      const connection = `shared:${connectionId}`
      const whole = await turnOf('member', { sql: 'SELECT ID FROM WIDE WHERE ID < 5', connection, maxRows: 10 })
      const cut = await turnOf('member', { sql: flood, connection, maxRows: 1_000_000 })
      expect(await rows('member', cut, '?count=1')).toMatchObject({ status: 200, body: { allRows } })
      await share({ mayExport: false })
      expect(await rows('member', cut, '?count=1')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      const other = await turnOf('member', { sql: flood, connection, maxRows: 1_000_000 })
      expect(await rows('member', other)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      await call('owner', 'DELETE', `/connections/${connectionId}/shares/${groupId}`)
      for (const turnId of [whole, cut])
        expect(await rows('member', turnId)).toMatchObject({ status: 404, body: { code: 'connection_unknown' } })
    })

    test('of a connection that is removed are not read any more', async () => {
      const turnId = await turnOf('owner', { sql: flood, connection: 'Warehouse', maxRows: 7 })
      expect((await rows('owner', turnId)).status).toBe(200)
      await call('owner', 'DELETE', `/connections/${connectionId}`)
      expect(await rows('owner', turnId)).toMatchObject({ status: 404, body: { code: 'connection_unknown' } })
      expect((await summary('owner', turnId)).status).toBe(404)
    })
  },
)
