import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { AppInfo } from '../../src/contract/api.ts'
import { ConnectionReport, SavedConnection } from '../../src/contract/connection.ts'
import { ConnectionOptions, ConnectionPolicyView, ConnectionPreview } from '../../src/contract/connection-setup.ts'
import { run } from '../support/cli-run.ts'
import { startOrganisation } from '../support/organisation.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

let dir: string
let files: string
let floe: ReturnType<typeof compose>
let server: StartedServer

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'floe-settings-'))
  files = join(dir, 'shop files')
  mkdirSync(join(files, 'sub'), { recursive: true })
  writeFileSync(join(files, 'orders.csv'), 'id,amount\n1,10\n2,32\n')
  writeFileSync(join(files, 'sub', 'people.csv'), 'id,name\n1,Ann\n')
  writeFileSync(join(files, 'notes.docx'), 'nothing')
  floe = compose(
    readConfig({
      DATA_DIR: join(dir, 'data'),
      SAMPLE_SCALE: '0.001',
      LOG_LEVEL: 'silent',
      EGRESS_ADDRESSES: '203.0.113.7',
      CONNECTION_POLICIES: JSON.stringify({ bounded: { maxRows: 50, refuseAboveGigabytes: 2, samplesToModel: false } }),
    }),
  )
  server = await startServer(floe.services, { identify: floe.callerAt })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(dir, { recursive: true, force: true })
})

async function api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}
const add = async (body: object): Promise<SavedConnection> => {
  const { status, body: added } = await api('POST', '/connections', body)
  expect([status, added]).toMatchObject([201, {}])
  return SavedConnection.parse(added)
}
const tokenConnection = (name: string) => ({
  name,
  account: 'myorg-myaccount',
  signIn: { method: 'access_token', user: 'SVC', token: 'pat-5ecret' },
})
const rowsOf = async (connection: string) => {
  const services = { ...floe.services, close: () => Promise.resolve() }
  const sql = 'SELECT SUM(AMOUNT) AS TOTAL FROM ORDERS'
  const argv = ['sql', sql, '--connection', connection, '--format', 'csv']
  return await run(argv, { services, caller: floe.callerAt('cli') })
}

describe('a folder under a name', () => {
  test('shows what it holds before it is saved, is asked by its name, and follows its files', async () => {
    const preview = ConnectionPreview.parse(
      (await api('POST', '/connection-preview', { kind: 'folder', path: files })).body,
    )
    expect(preview).toMatchObject({
      kind: 'folder',
      tableCount: 2,
      tables: [{ table: 'PUBLIC.ORDERS', file: 'orders.csv', fault: null }, { table: 'SUB.PEOPLE' }],
      ignored: ['notes.docx'],
    })
    const { id } = await add({ kind: 'folder', name: 'shop', path: files })
    expect(await rowsOf('shop')).toMatchObject({ code: 0, out: 'TOTAL\r\n42\r\n' })
    writeFileSync(join(files, 'orders.csv'), 'id,amount\n1,10\n2,32\n3,8\n')
    expect(await rowsOf('SHOP')).toMatchObject({ code: 0, out: 'TOTAL\r\n50\r\n' })
    expect((await api('PATCH', `/connections/${id}`, { name: 'till' })).body).toMatchObject({
      kind: 'folder',
      name: 'till',
      path: files,
      lastUsedAt: expect.any(String) as string,
    })
    expect(await rowsOf('till')).toMatchObject({ code: 0 })
    const { connections } = (await api('GET', '/app')).body as AppInfo
    expect(connections.find(({ ref }) => ref === 'till')).toMatchObject({ engine: `Files in ${files}` })
    const report = ConnectionReport.parse((await api('POST', `/connections/${id}/test`)).body)
    expect(report.steps).toMatchObject([{ name: 'reach', state: 'ok' }])
    expect(await api('GET', `/connections/${id}/places`)).toMatchObject({ status: 200, body: { roles: [] } })
    expect(await api('POST', `/connections/${id}/catalog/refresh`)).toMatchObject({ body: { tables: 2 } })
    expect(await api('POST', `/connections/${id}/sign-in`)).toMatchObject({ status: 400 })
  }, 120_000)

  test.each<[why: string, path: () => string, message: RegExp]>([
    ['nothing there', () => join(dir, 'nowhere'), /There is no folder/],
    ['a file', () => join(files, 'orders.csv'), /is a file, not a folder/],
    ['a path from somewhere', () => 'shop files', /does not start at the top/],
    ['a way up from nowhere', () => '../../../../etc', /does not start at the top/],
    ['devices', () => '/proc/self', /./],
    ['no files', () => (mkdirSync(join(dir, 'empty'), { recursive: true }), join(dir, 'empty')), /no files/],
    [
      'a link that leads out',
      () => {
        const folder = join(dir, 'linked')
        mkdirSync(folder, { recursive: true })
        symlinkSync(files, join(folder, 'out'))
        return folder
      },
      /leaves the folder/,
    ],
    ['a line break', () => `${files}\n/etc`, /right shape/],
    ['a NUL', () => `${files}\0`, /right shape/],
  ])('is refused where the path is %s', async (_why, pathOf, message) => {
    const path = pathOf()
    for (const [address, body] of [
      ['/connection-preview', { kind: 'folder', path }],
      ['/connections', { kind: 'folder', name: 'hostile', path }],
    ] as const) {
      const { status, body: refused } = await api('POST', address, body).catch(() => ({ status: 0, body: null }))
      expect([status, refused]).toMatchObject([400, { message: expect.stringMatching(message) as string }])
    }
    expect(JSON.stringify((await api('GET', '/connections')).body)).not.toContain('hostile')
  })

  test('is not for people who sign in', async () => {
    const organisation = await startOrganisation({
      ADMIN_EMAILS: 'ann@example.com',
      ALLOWED_EMAIL_DOMAINS: 'example.com',
    })
    try {
      const ann = await organisation.signedIn('ann')
      const given = { kind: 'folder', path: files }
      expect(await ann.json('POST', '/api/v1/connections', { ...given, name: 'x' })).toMatchObject({ status: 403 })
      expect(await ann.json('POST', '/api/v1/connection-preview', given)).toMatchObject({ status: 403 })
      const { kinds } = ConnectionOptions.parse((await ann.json('GET', '/api/v1/connection-options')).body)
      expect(kinds).toMatchObject([
        { kind: 'snowflake', refusal: null },
        { kind: 'folder', refusal: expect.stringContaining('only by the person of this machine') as string },
      ])
    } finally {
      await organisation.close()
    }
  }, 120_000)
})

describe('what is known before a connection is saved', () => {
  test.each([
    ['https://app.snowflake.com/myorg/my_account/#/homepage', 'myorg-my_account', 'myorg-my-account'],
    ['myorg-myaccount', 'myorg-myaccount', 'myorg-myaccount'],
    ['xy12345.eu-central-1', 'xy12345.eu-central-1', 'xy12345.eu-central-1'],
    ['xy12345.eu-central-1.privatelink', 'xy12345.eu-central-1.privatelink', 'xy12345.eu-central-1.privatelink'],
    ['https://myorg-myaccount.snowflakecomputing.com/console', 'myorg-myaccount', 'myorg-myaccount'],
  ])('%s is understood', async (account, name, host) => {
    const { status, body } = await api('POST', '/connection-preview', { kind: 'snowflake', account })
    expect([status, body]).toEqual([
      200,
      { kind: 'snowflake', account: name, accessUrl: `https://${host}.snowflakecomputing.com` },
    ])
  })

  test('what is no account says what one looks like', async () => {
    const account = 'https://evil.example/snowflake'
    expect(await api('POST', '/connection-preview', { kind: 'snowflake', account })).toMatchObject({
      status: 400,
      body: { action: expect.stringContaining('myorg-myaccount') as string },
    })
  })

  test('the options name every way to sign in, the address to come back to and where Floe connects from', async () => {
    const { kinds, signIns, redirectUri, egress } = ConnectionOptions.parse(
      (await api('GET', '/connection-options')).body,
    )
    expect(kinds).toEqual([
      { kind: 'snowflake', refusal: null },
      { kind: 'folder', refusal: null },
    ])
    const ways = ['key_pair', 'access_token', 'snowflake_oauth', 'external_oauth', 'workload_identity']
    expect(signIns.map(({ method }) => method)).toEqual(ways)
    expect(signIns.filter(({ refusal }) => refusal !== null)).toMatchObject([{ method: 'workload_identity' }])
    expect([redirectUri, egress]).toEqual([`${server.url}/oauth/callback`, ['203.0.113.7']])
  })

  test('the script for an administrator has the names filled in and quoted', async () => {
    const given = { databases: ['SALES'], role: 'my_reader', people: [], user: '"Odd ""one"' }
    const { body } = await api('POST', '/connection-setup-script', given)
    const { sql } = body as { sql: string }
    for (const part of ['"MY_READER"', '"SALES"', '"Odd ""one"', '203.0.113.7']) expect(sql).toContain(part)
    expect(await api('POST', '/connection-setup-script', { egress: ['; DROP'] })).toMatchObject({ status: 400 })
  })

  test('what the operator has set for a name is told', async () => {
    const [free, bounded] = [await add(tokenConnection('free')), await add(tokenConnection('Bounded'))]
    const policyOf = async ({ id }: SavedConnection) =>
      ConnectionPolicyView.parse((await api('GET', `/connections/${id}/policy`)).body)
    expect(await policyOf(free)).toMatchObject({ isChanged: false, functions: [] })
    expect(await policyOf(bounded)).toMatchObject({
      isChanged: true,
      maxRows: 50,
      refuseAboveBytes: 2e9,
      samplesToModel: false,
    })
  })
})

test('a removed connection comes back with its secret, and its name is free meanwhile', async () => {
  const saved = await add(tokenConnection('undone'))
  expect(saved.secretSavedAt).not.toBeNull()
  expect(await api('POST', `/connections/${saved.id}/set-aside`)).toMatchObject({ status: 200 })
  expect(await api('GET', `/connections/${saved.id}`)).toMatchObject({ status: 404 })
  const { connections } = (await api('GET', '/app')).body as AppInfo
  expect(connections.map(({ ref }) => ref)).not.toContain('undone')
  const other = await add(tokenConnection('undone'))
  expect(await api('POST', `/connections/${saved.id}/restore`)).toMatchObject({ status: 400 })
  await api('DELETE', `/connections/${other.id}`)
  expect(await api('POST', `/connections/${saved.id}/restore`)).toMatchObject({
    status: 200,
    body: { name: 'undone', secretSavedAt: saved.secretSavedAt },
  })
  await api('DELETE', `/connections/${saved.id}`)
  expect(await api('POST', `/connections/${saved.id}/restore`)).toMatchObject({ status: 404 })
})
