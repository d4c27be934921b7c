import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { CatalogState, ConnectionReport, SavedConnection } from '../../src/contract/connection.ts'
import { run } from '../support/cli-run.ts'
import { oauthClient, startOauthServer, type OauthServer } from '../support/oauth-server.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

const token = 'pat-5ecret-of-the-reader'
const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(
  `fakesnow: saved connections answer questions${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let folder: string
    let floe: Floe
    let server: StartedServer
    let double: SnowflakeDouble
    let account: DoubleAccount
    let oauth: OauthServer
    const seen: string[] = []
    const reader = { name: 'READER', pats: [token], roles: ['ANALYST'], defaultRole: 'ANALYST' }

    const open = (): Floe =>
      compose(
        readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent', SNOWFLAKE_ALLOW_LOOPBACK: 'true' }),
      )
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'floe-snowflake-'))
      oauth = await startOauthServer()
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      await account.configure({ users: [reader], warehouses: [{ name: 'WH', state: 'STARTED' }] })
      await account.seed(
        [
          'CREATE TABLE ORDERS (ID INT, STATUS VARCHAR(10), AMOUNT NUMBER(12,2))',
          "INSERT INTO ORDERS VALUES (1, 'open', 2.50), (2, 'open', 4.00), (3, 'paid', 1.25)",
        ],
        { database: 'SALES', schema: 'PUBLIC' },
      )
      floe = open()
      server = await startServer(floe.services, { identify: floe.callerAt })
      // The first look prepares the store and the sample, which a busy machine needs its time for.
      await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
    }, 300_000)
    afterAll(async () => {
      await server.stop(10_000)
      await double.close()
      await oauth.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const command = async (argv: readonly string[], stdin?: string) => {
      const services = { ...floe.services, close: () => Promise.resolve() }
      const ended = await run(argv, {
        services,
        caller: floe.callerAt('cli'),
        ...(stdin === undefined ? {} : { stdin }),
      })
      seen.push(ended.out, ended.err)
      expect(ended.defects).toEqual([])
      return ended
    }
    const api = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
      const text = await (await fetch(`${server.url}/api/v1${path}`, init)).text()
      seen.push(text)
      return JSON.parse(text)
    }
    const place = { account: '', role: 'ANALYST', warehouse: 'WH', database: 'SALES', schema: 'PUBLIC' }
    const add = async (name: string, signIn: object): Promise<SavedConnection> =>
      SavedConnection.parse(
        await api('POST', '/connections', {
          ...place,
          account: `${account.accessUrl}/${account.account}`,
          name,
          signIn,
        }),
      )
    const rowsOf = async (connection: string): Promise<string> => {
      const sql = 'SELECT STATUS, COUNT(*) AS N FROM ORDERS GROUP BY STATUS ORDER BY STATUS'
      const { out, err } = await command(['sql', sql, '--connection', connection, '--format', 'csv'])
      expect(err.replace(/^floe: WARNING: .*\n/, '')).toBe('')
      return out.replaceAll('\r', '')
    }
    const counts = 'STATUS,N\nopen,2\npaid,1\n'

    test('added on the command line it is tried, and answers a question in plain words', async () => {
      const place = ['--role', 'ANALYST', '--warehouse', 'WH', '--database', 'SALES', '--schema', 'PUBLIC']
      const where = [
        '--account',
        `${account.accessUrl}/${account.account}`,
        '--method',
        'access-token',
        '--user',
        'READER',
      ]
      const added = await command(['connection', 'add', 'prod', ...where, ...place, '--token-file', '-'], token)
      expect(added.out).toContain('Saved "prod"')
      expect(added.out).toMatch(/prod: sign-in: Signed in as READER/)
      const asked = await command(['ask', 'how many orders per status', '--connection', 'prod', '--yes'])
      expect(asked.err).toMatch(/^floe: WARNING: .*read-only ceiling/)
      expect(asked.code).toBe(0)
      expect(asked.out).toContain('open')
      expect(await rowsOf('PROD')).toBe(counts)
      const starters = (await api('GET', '/starters?connection=prod')) as readonly string[]
      expect(starters.length).toBeGreaterThan(0)
      expect(starters.join()).toMatch(/order/i)
      expect(await api('GET', '/starters?connection=nowhere')).toEqual([])
      const tags = (await account.statements(/SELECT STATUS, COUNT/)).map(
        ({ tag }) => JSON.parse(tag ?? '{}') as object,
      )
      expect(tags[0]).toMatchObject({ app: expect.any(String) as string })
    })

    test('Snowflake is sent the row limit with the statement, and one more row than is shown', async () => {
      const { out } = await command([
        'sql',
        'SELECT ID FROM ORDERS ORDER BY ID',
        '--connection',
        'prod',
        '--max-rows',
        '2',
      ])
      expect(out).toMatch(/1[\s\S]*2/)
      const texts = (await account.statements(/^SELECT ID FROM ORDERS/)).map(({ sql }) => sql)
      expect(texts).toEqual(['SELECT ID FROM ORDERS ORDER BY ID\nLIMIT 3'])
    })

    test('the doctor’s findings become the connection’s badge, everywhere', async () => {
      const { code, out } = await command(['doctor', '--connection', 'prod'])
      expect(out).toMatch(/^ok +store: /)
      for (const name of ['reach', 'sign-in', 'role', 'warehouse', 'databases', 'can-write', 'read-only-ceiling'])
        expect(out).toContain(`prod: ${name}: `)
      const [saved] = (await api('GET', '/connections')) as readonly SavedConnection[]
      const report = ConnectionReport.parse(await api('POST', `/connections/${saved?.id ?? ''}/test`, {}))
      expect(code).toBe(report.steps.some(({ state }) => state === 'failed') ? 6 : 0)
      const now = SavedConnection.parse(await api('GET', `/connections/${saved?.id ?? ''}`))
      expect(now.warning).toBe(report.warning)
      expect(now.warning).not.toBeNull()
      expect(now.checkedAt).not.toBeNull()
      const { connections } = (await api('GET', '/app')) as {
        connections: readonly { ref: string; warning: unknown }[]
      }
      expect(connections.find(({ ref }) => ref === 'prod')?.warning).toBe(report.warning)
      expect((await command(['connection', 'list'])).out).toContain(`WARNING: ${report.warning ?? ''}`)
      const used = await command(['sql', 'SELECT 1', '--connection', 'PROD'])
      expect([used.code, used.err]).toEqual([0, `floe: WARNING: ${report.warning ?? ''}\n`])
    })

    test('who asks for the doctor and leaves stops what runs in Snowflake', async () => {
      const [saved] = (await api('GET', '/connections')) as readonly SavedConnection[]
      await account.fault({ at: 'execution', action: 'delay', match: 'SYS_CONTEXT', seconds: 600 })
      const leaving = new AbortController()
      const options = { method: 'POST', signal: leaving.signal }
      const left = fetch(`${server.url}/api/v1/connections/${saved?.id ?? ''}/test`, options).catch(() => 'left')
      await account.until('statement', { match: 'SYS_CONTEXT', count: 2 })
      const aborts = (await account.log()).filter(({ kind }) => kind === 'abort').length
      leaving.abort()
      expect(await left).toBe('left')
      await account.until('abort', { count: aborts + 1 })
      await account.clearFaults()
    })

    test('its tables are read, stored, and read again on demand', async () => {
      const [saved] = (await api('GET', '/connections')) as readonly SavedConnection[]
      const refreshed = await command(['schema', 'refresh', '--connection', 'prod', '--json'])
      expect(CatalogState.parse(JSON.parse(refreshed.out))).toMatchObject({ state: 'complete', tables: 1, columns: 3 })
      const stored = CatalogState.parse(await api('GET', `/connections/${saved?.id ?? ''}/catalog`))
      expect(stored).toMatchObject({ state: 'complete', tables: 1, columns: 3 })
      await account.seed(['CREATE TABLE CUSTOMERS (ID INT, NAME VARCHAR)'], { database: 'SALES', schema: 'PUBLIC' })
      expect(await api('POST', `/connections/${saved?.id ?? ''}/catalog/refresh`, {})).toMatchObject({ tables: 2 })
    })

    test('with a key that Floe made, once the administrator has registered it', async () => {
      const added = await add('keyed', { method: 'key_pair', user: 'KEYED' })
      if (added.kind !== 'snowflake') throw new Error('another kind came back')
      const { id, signIn, setupSql } = added
      if (signIn.method !== 'key_pair') throw new Error('another method came back')
      expect(setupSql).toContain(signIn.publicKey)
      const before = ConnectionReport.parse(await api('POST', `/connections/${id}/test`, {}))
      expect(before.steps[1]).toMatchObject({ name: 'sign-in', state: 'failed' })
      const spki = createPublicKey({ key: Buffer.from(signIn.publicKey, 'base64'), format: 'der', type: 'spki' })
      const publicKeys = [spki.export({ type: 'spki', format: 'pem' }).toString()]
      await account.configure({ users: [{ name: 'KEYED', publicKeys, roles: ['ANALYST'], defaultRole: 'ANALYST' }] })
      expect(await rowsOf('keyed')).toBe(counts)
    })

    test('signed in by browser at an outside issuer, and again when that has ended', async () => {
      const { id: clientId, secret: clientSecret } = oauthClient
      const { id } = await add('ann', { method: 'external_oauth', clientId, clientSecret, issuer: oauth.url })
      const signIn = async (): Promise<void> => {
        const start = await fetch(`${server.url}/api/v1/connections/${id}/sign-in`, { method: 'POST' })
        const { url } = (await start.json()) as { url: string }
        const back = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
        const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
        expect((await fetch(back, { redirect: 'manual', headers: { cookie } })).status).toBe(303)
        const oauthTokens = oauth.issued.filter((one) => one.startsWith('access-'))
        await account.configure({ users: [{ name: 'ANN', oauthTokens, roles: ['ANALYST'], defaultRole: 'ANALYST' }] })
      }
      oauth.setLife(1)
      await signIn()
      oauth.revokeAll()
      const ended = await command(['sql', 'SELECT 1', '--connection', 'ann'])
      expect([ended.code, ended.out]).toEqual([1, ''])
      expect(ended.err).toContain('Sign in again')
      expect(await api('GET', `/connections/${id}`)).toMatchObject({ needsSignIn: true })
      oauth.setLife(600)
      await signIn()
      expect(await rowsOf('ann')).toBe(counts)
    })

    test('while the account is away, what is known of its tables still serves', async () => {
      const own = await double.newAccount()
      await own.configure({ users: [reader], warehouses: [{ name: 'WH', state: 'STARTED' }] })
      await own.seed(['CREATE TABLE T (N INT)'], { database: 'SALES', schema: 'PUBLIC' })
      const signIn = { method: 'access_token', user: 'READER', token }
      const body = { ...place, account: `${own.accessUrl}/${own.account}`, name: 'away', signIn }
      const { id } = SavedConnection.parse(await api('POST', '/connections', body))
      await api('POST', `/connections/${id}/catalog/refresh`, {})
      await server.stop(10_000)
      await own.fault({ at: 'login', action: 'reset', times: null })
      floe = open()
      server = await startServer(floe.services, { identify: floe.callerAt })
      const verdict = await floe.services.check(
        floe.callerAt('api'),
        'SELECT N FROM T',
        'away',
        new AbortController().signal,
      )
      expect(verdict).toMatchObject({ ok: true, tables: [{ database: 'SALES', schema: 'PUBLIC', name: 'T' }] })
      const ended = await command(['sql', 'SELECT N FROM T', '--connection', 'away'])
      expect(ended.code).toBe(1)
    })

    test('a change and a removal elsewhere count from the next question on', async () => {
      const prod = ((await api('GET', '/connections')) as readonly SavedConnection[]).find(
        ({ name }) => name === 'prod',
      )
      await api('PATCH', `/connections/${prod?.id ?? ''}`, { role: 'NOBODY' })
      const refused = await command(['sql', 'SELECT 1', '--connection', 'prod'])
      expect(refused.code).toBe(1)
      await api('PATCH', `/connections/${prod?.id ?? ''}`, { role: 'ANALYST' })
      expect(await rowsOf('prod')).toBe(counts)
      await api('DELETE', `/connections/${prod?.id ?? ''}`)
      const gone = await command(['sql', 'SELECT 1', '--connection', 'prod'])
      expect(gone.err).toContain('There is no connection "prod"')
    })

    test('[no-secrets] none was in any answer or output', () => {
      const secrets = [
        token,
        oauthClient.secret,
        ...oauth.issued.filter((one) => !one.startsWith('code')),
        'PRIVATE KEY',
      ]
      const everything = [...seen, server.log()]
      expect(secrets.filter((secret) => everything.some((text) => text.includes(secret)))).toEqual([])
    })

    test('a table and a column made since the list was read are found; what is not there is said to have been looked for', async () => {
      await add('fresh', { method: 'access_token', user: 'READER', token })
      const { signal } = new AbortController()
      const check = (sql: string) => floe.services.check(floe.callerAt('cli'), sql, 'fresh', signal)
      expect(await check('SELECT ID FROM ORDERS')).toMatchObject({ ok: true })
      const where = { database: 'SALES', schema: 'PUBLIC' }
      await account.seed(['CREATE TABLE BRANDNEW (CITY VARCHAR(10))'], where)
      expect(await check('SELECT CITY FROM BRANDNEW')).toMatchObject({ ok: true })
      await account.seed(['ALTER TABLE ORDERS ADD COLUMN REGION VARCHAR(10)'], where)
      expect(await check('SELECT REGION FROM SALES.PUBLIC.ORDERS')).toMatchObject({ ok: true })
      expect(await check('SELECT 1 FROM NOWHERE')).toMatchObject({
        ok: false,
        code: 'unknown_table',
        action: expect.stringContaining('looked for it in the account just now') as string,
      })
    })
  },
  120_000,
)
