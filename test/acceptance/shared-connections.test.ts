import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppInfo } from '../../src/contract/api.ts'
import type { ConnectionShare, SharedConnection } from '../../src/contract/connection-shares.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

const token = 'pat-5ecret-of-the-owner'
const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(
  `fakesnow: connections shared with groups${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let organisation: Organisation
    let claude: ModelServer
    let double: SnowflakeDouble
    let account: DoubleAccount
    let [owner, admin, member, stranger]: BrowserClient[] = []
    const groups: Record<string, string> = {}
    let connectionId: string

    const browser = (who: BrowserClient | undefined): BrowserClient => {
      if (who === undefined) throw new Error('nobody has signed in')
      return who
    }
    const call = (who: BrowserClient | undefined, method: string, path: string, body?: unknown) =>
      browser(who).json(method, `/api/v1${path}`, body)
    const share = (group: string, terms: object = {}, who = owner) =>
      call(who, 'PUT', `/connections/${connectionId}/shares/${groups[group] ?? ''}`, terms)
    const end = (group: string) => call(owner, 'DELETE', `/connections/${connectionId}/shares/${groups[group] ?? ''}`)
    const seenBy = async (who: BrowserClient | undefined): Promise<readonly SharedConnection[]> =>
      ((await call(who, 'GET', '/connections')).body as SharedConnection[]).filter((each) => 'sharedBy' in each)
    const ref = (): string => `shared:${connectionId}`
    /** The events of a turn. */
    const ask = async (who: BrowserClient | undefined, asked: object): Promise<readonly TurnEvent[]> => {
      const response = await browser(who).request('/api/v1/turns', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: organisation.server.url },
        body: JSON.stringify({ connection: ref(), autoRun: true, ...asked }),
      })
      const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
      return lines.map((line) => TurnEvent.parse(JSON.parse(line.slice('data: '.length))))
    }
    const rowsOf = (events: readonly TurnEvent[]) =>
      events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : []))
    const problemOf = (events: readonly TurnEvent[]) =>
      events.flatMap((event) => (event.kind === 'turn.failed' ? [event.problem] : []))[0]
    const count = { sql: 'SELECT COUNT(*) AS N FROM ORDERS' }

    beforeAll(async () => {
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      const roles = ['ANALYST', 'BOARD', 'PUBLIC']
      await account.configure({
        users: [{ name: 'READER', pats: [token], roles, defaultRole: 'ANALYST' }],
        warehouses: [{ name: 'WH', state: 'STARTED' }],
      })
      await account.seed(
        ['CREATE TABLE ORDERS (ID INT, STATUS VARCHAR(10))', "INSERT INTO ORDERS VALUES (1, 'open'), (2, 'paid')"],
        { database: 'SALES', schema: 'PUBLIC' },
      )
      claude = await startModelServer({ wire: 'anthropic', keys: null, models: ['claude-opus-4-1'], replies: [{}] })
      organisation = await startOrganisation({
        ADMIN_EMAILS: 'admin@example.com,owner@example.com',
        ALLOWED_EMAIL_DOMAINS: 'example.com',
        SNOWFLAKE_ALLOW_LOOPBACK: 'true',
        ANTHROPIC_BASE_URL: claude.url,
      })
      for (const name of ['owner', 'admin', 'member', 'stranger']) await organisation.signedIn(name)
      owner = await organisation.signedIn('owner')
      admin = await organisation.signedIn('admin')
      member = await organisation.signedIn('member')
      stranger = await organisation.signedIn('stranger')
      const { id } = (await call(member, 'GET', '/me')).body as { id: string }
      for (const name of ['Analysts', 'Board']) {
        const made = (await call(admin, 'POST', '/groups', { name })).body as { id: string }
        groups[name] = made.id
        await call(admin, 'PUT', `/groups/${made.id}/members/${id}`)
      }
      const saved = await call(owner, 'POST', '/connections', {
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
    }, 300_000)
    afterAll(async () => {
      await organisation.close()
      await claude.close()
      await double.close()
    })

    test('a member of the group sees it and asks with it; a stranger finds nothing', async () => {
      expect(await seenBy(member)).toEqual([])
      expect(problemOf(await ask(member, count))).toMatchObject({ code: 'connection_unknown' })
      expect(await share('Analysts', { maxRows: 1 })).toMatchObject({
        status: 200,
        body: { groupName: 'Analysts', role: null, maxRows: 1, mayExport: true },
      })
      expect(await seenBy(member)).toMatchObject([
        { id: connectionId, name: 'Warehouse', sharedBy: 'Owner Example', groups: ['Analysts'], role: null },
      ])
      const info = (await call(member, 'GET', '/app')).body as AppInfo
      expect(info.connections.find((each) => each.ref === ref())).toMatchObject({
        label: 'Warehouse',
        saved: null,
        shared: { by: 'Owner Example', mayExport: true },
      })
      expect(rowsOf(await ask(member, count))).toEqual([[2]])
      expect(rowsOf(await ask(member, { ...count, connection: 'warehouse' }))).toEqual([[2]])
      const cut = await ask(member, { sql: 'SELECT ID FROM ORDERS ORDER BY ID' })
      expect([rowsOf(cut), cut.find(({ kind }) => kind === 'result.done')]).toMatchObject([[[1]], { truncated: true }])

      expect([await seenBy(stranger), await seenBy(admin)]).toEqual([[], []])
      for (const connection of [ref(), 'Warehouse'])
        expect(problemOf(await ask(stranger, { ...count, connection }))).toMatchObject({ code: 'connection_unknown' })
    })

    test('members read what it is, and neither change, test, refresh nor share it; nothing of its settings leaves', async () => {
      const path = `/connections/${connectionId}`
      const read = await call(member, 'GET', path)
      expect(read).toMatchObject({ status: 200, body: { name: 'Warehouse', sharedBy: 'Owner Example' } })
      expect(JSON.stringify([read.body, await seenBy(member)])).not.toMatch(/READER|signIn|5ecret|accessUrl/)
      const acts: readonly (readonly [string, string, unknown?])[] = [
        ['PATCH', path, { name: 'mine now' }],
        ['DELETE', path],
        ['POST', `${path}/test`],
        ['POST', `${path}/catalog/refresh`],
        ['GET', `${path}/catalog`],
        ['POST', `${path}/sign-in`],
        ['GET', `${path}/shares`],
        ['PUT', `${path}/shares/${groups['Board'] ?? ''}`, {}],
        ['DELETE', `${path}/shares/${groups['Analysts'] ?? ''}`],
      ]
      for (const [method, address, body] of acts) {
        expect([method, address, (await call(member, method, address, body)).status]).toEqual([method, address, 403])
        expect([method, address, (await call(stranger, method, address, body)).status]).toEqual([method, address, 404])
      }
      expect((await call(stranger, 'GET', path)).status).toBe(404)
    })

    test('another admin shares what an admin owns; a member shares only their own, and with their own groups', async () => {
      expect(await share('Board', {}, admin)).toMatchObject({ status: 200 })
      const shares = (await call(admin, 'GET', `/connections/${connectionId}/shares`)).body as ConnectionShare[]
      expect(shares.map(({ groupName }) => groupName)).toEqual(['Analysts', 'Board'])
      expect((await call(admin, 'GET', '/connection-shares')).body).toMatchObject([
        { connectionId, name: 'Warehouse', owner: 'Owner Example', shares: [{}, {}] },
      ])
      expect((await call(stranger, 'GET', '/connection-shares')).body).toEqual([])
      expect((await end('Board')).status).toBe(200)
      expect((await end('Board')).status).toBe(404)
      expect(await call(owner, 'PUT', `/connections/${connectionId}/shares/${connectionId}`, {})).toMatchObject({
        status: 404,
      })
      const own = await call(member, 'POST', '/connections', {
        name: 'Of a member',
        account: 'myorg-myaccount',
        signIn: { method: 'access_token', token: 'x' },
      })
      const { id } = own.body as { id: string }
      const foreign = ((await call(admin, 'POST', '/groups', { name: 'Foreign' })).body as { id: string }).id
      expect((await call(member, 'PUT', `/connections/${id}/shares/${foreign}`, {})).status).toBe(404)
      expect((await call(member, 'PUT', `/connections/${id}/shares/${groups['Board'] ?? ''}`, {})).status).toBe(200)
      // An admin does not manage what a member owns.
      expect((await call(admin, 'GET', `/connections/${id}/shares`)).status).toBe(404)
      expect((await call(member, 'DELETE', `/connections/${id}`)).status).toBe(200)
    })

    test('a group runs as its own role, beside the owner, and is told which', async () => {
      await share('Analysts', { role: 'BOARD' })
      await share('Board', { role: 'PUBLIC' })
      expect(await seenBy(member)).toMatchObject([{ role: 'BOARD', groups: ['Analysts'], otherRoles: ['PUBLIC'] }])
      const events = await ask(member, count)
      expect(rowsOf(events)).toEqual([[2]])
      const understood = events.find((event) => event.kind === 'step' && event.state === 'done')
      expect(understood).toMatchObject({
        fact: expect.stringContaining('used as role BOARD through Analysts; not as PUBLIC') as string,
      })
      expect(rowsOf(await ask(owner, { ...count, connection: 'Warehouse' }))).toEqual([[2]])
      const asked = await account.statements(/^SELECT COUNT\(\*\) AS N FROM ORDERS/)
      expect(asked.slice(-2).map(({ role }) => role)).toEqual(['BOARD', 'ANALYST'])
      expect(asked.every(({ sql, role }) => sql !== undefined && role !== 'PUBLIC')).toBe(true)
      await end('Board')
    })

    test('a role that the connection’s user does not have is no way around to another', async () => {
      await share('Analysts', { role: 'ACCOUNTADMIN' })
      expect(problemOf(await ask(member, count))).toMatchObject({ code: 'connection_broken' })
      await share('Analysts', { role: 'BOARD' })
      expect(rowsOf(await ask(member, count))).toEqual([[2]])
    })

    test('writers and running by itself are as the share says', async () => {
      await share('Analysts', { writers: ['offline'], mayAutoRun: true })
      expect(problemOf(await ask(member, count))).toMatchObject({ code: 'forbidden' })
      // A model of the person's own is a writer like any other.
      const key = await call(member, 'PUT', '/models', { provider: 'anthropic', key: 'sk-ant-of-the-member' })
      expect(key.status).toBe(200)
      const own = { question: 'how many orders are there?', model: 'anthropic:claude-opus-4-1' }
      expect(problemOf(await ask(member, own))).toMatchObject({ code: 'forbidden' })
      expect(claude.requests.map(({ path }) => path)).toEqual(['/v1/models'])
      expect(rowsOf(await ask(member, { question: 'how many orders are there?' }))).toEqual([[2]])
      await share('Analysts', { mayAutoRun: false })
      const turnId = '5f0f5e2c-0c5e-4b8e-9d51-3f1f2b7c9a10'
      const waiting = ask(member, { ...count, turnId })
      const proposal = await expect
        .poll(
          async () => {
            const { body } = await call(member, 'GET', `/turns/${turnId}`)
            return (body as { events?: TurnEvent[] }).events?.find(({ kind }) => kind === 'query.proposed')
          },
          { timeout: 30_000 },
        )
        .toMatchObject({ heldBack: expect.stringContaining("somebody's approval") as string })
        .then(async () => (await call(member, 'GET', `/turns/${turnId}`)).body as { events: TurnEvent[] })
      const proposed = proposal.events.find((event) => event.kind === 'query.proposed')
      const digest = proposed?.kind === 'query.proposed' ? proposed.digest : ''

      // The share ends while the query waits: approving it runs nothing.
      await end('Analysts')
      expect((await call(member, 'POST', `/turns/${turnId}/approve`, { digest })).status).toBe(200)
      const events = await waiting
      expect([problemOf(events), rowsOf(events)]).toMatchObject([{ code: 'connection_unknown' }, []])
      expect(await seenBy(member)).toEqual([])
      expect((await call(member, 'GET', `/connections/${connectionId}`)).status).toBe(404)
    })

    test('ending a share closes its sessions and stops what they run; the owner’s go on', async () => {
      await share('Analysts', { role: 'BOARD' })
      expect(rowsOf(await ask(member, count))).toEqual([[2]])
      await account.fault({ at: 'execution', action: 'delay', seconds: 120, match: 'STATUS = ' })
      const running = ask(member, { sql: "SELECT ID FROM ORDERS WHERE STATUS = 'open'" })
      await account.until('statement', { match: 'STATUS = ' })
      await end('Analysts')
      const events = await running
      expect([problemOf(events), rowsOf(events)]).toMatchObject([{ code: 'connection_unknown' }, []])
      expect(problemOf(await ask(member, count))).toMatchObject({ code: 'connection_unknown' })
      expect(rowsOf(await ask(owner, { ...count, connection: 'Warehouse' }))).toEqual([[2]])
    })

    test('is audited', async () => {
      const { body } = await call(admin, 'GET', '/audit?limit=200&q=Analysts')
      const actions = (body as { entries: { action: string }[] }).entries.map(({ action }) => action)
      expect(actions).toEqual(expect.arrayContaining(['connection.shared', 'connection.unshared', 'group.made']))
    })
  },
)
