import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { Favorite, FavoriteFolder } from '../../src/contract/favorites.ts'
import { AppInfo, ConversationSummary, TurnSummary } from '../../src/contract/api.ts'
import { SavedConnection } from '../../src/contract/connection.ts'
import type { HistoryPage } from '../../src/contract/history.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { Services } from '../../src/core/services.ts'
import { run, start } from '../support/cli-run.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

let folder: string
let floe: Floe
let services: Services
let server: StartedServer
/** Services that the transports called, and what each answered. */
const called = new Map<string, unknown>()

/** The same service, with a note of each call and of its answer. */
function watch<T extends object>(service: T, prefix = ''): T {
  return new Proxy(service, {
    get: (target, name, receiver) => {
      const member: unknown = Reflect.get(target, name, receiver)
      const path = `${prefix}${String(name)}`
      if (typeof member === 'object' && member !== null) return watch(member, `${path}.`)
      if (typeof member !== 'function') return member
      return (...given: unknown[]): unknown => {
        called.set(path, called.get(path))
        const answer: unknown = Reflect.apply(member, target, given)
        if (answer instanceof Promise) answer.then((value) => called.set(path, value)).catch(() => undefined)
        return answer
      }
    },
  })
}

const pathsOf = (service: object, prefix = ''): readonly string[] =>
  Object.entries(service).flatMap(([name, member]) =>
    typeof member === 'object' && member !== null ? pathsOf(member, `${prefix}${name}.`) : [`${prefix}${name}`],
  )

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-wired-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  services = watch(floe.services)
  server = await startServer(services, { identify: floe.callerAt })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(folder, { recursive: true, force: true })
})

const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text }
}
/** The watched services, which stay open after a command. */
const optionsOf = (stdin?: string) => ({
  services: new Proxy(services, {
    get: (target, name, receiver) =>
      name === 'close' ? () => Promise.resolve() : (Reflect.get(target, name, receiver) as unknown),
  }),
  caller: floe.callerAt('cli'),
  ...(stdin === undefined ? {} : { stdin }),
})
const command = (argv: readonly string[], stdin?: string) => run(argv, optionsOf(stdin))
const sql = 'SELECT R_NAME FROM REGION ORDER BY 1'

describe('the wired program', () => {
  test('answers a question on the command line, and SQL into a file', async () => {
    const asked = await command(['ask', 'How many customers are there?', '--yes'])
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('150') as unknown })
    const path = join(folder, 'regions.csv')
    expect(await command(['sql', sql, '--format', 'csv', '--output', path])).toMatchObject({ code: 0, out: '' })
    expect((await command(['sql', sql, '--format', 'csv'])).out).toBe(
      'R_NAME\r\nAFRICA\r\nAMERICA\r\nASIA\r\nEUROPE\r\nMIDDLE EAST\r\n',
    )
  })

  test('holds back what cannot be estimated, also with --yes, on every transport', async () => {
    const cross = 'SELECT COUNT(*) FROM LINEITEM A, LINEITEM B'
    const onCli = await command(['sql', cross])
    expect(onCli).toMatchObject({ code: 3, out: '', err: expect.stringContaining('cannot be estimated') as unknown })
    const turnId = crypto.randomUUID()
    const asked = fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ turnId, sql: cross, autoRun: true }),
    })
    await expect.poll(async () => await stateOf(turnId), { timeout: 30_000 }).toBe('waiting')
    const { events } = (await call('GET', `/api/v1/turns/${turnId}`)).body as { events: TurnEvent[] }
    expect(events.at(-1)).toMatchObject({ kind: 'query.proposed', heldBack: expect.any(String) as unknown })
    expect(await call('POST', `/api/v1/turns/${turnId}/cancel`, {})).toMatchObject({ status: 200 })
    expect(await (await asked).text()).toContain('"reason":"person"')
  })

  const stateOf = async (turnId: string): Promise<string> => {
    const { body } = await call('GET', `/api/v1/turns/${turnId}`)
    return (body as { turn?: TurnSummary }).turn?.state ?? ''
  }

  test('checks, explains, lists, shows its health and its history', async () => {
    expect(await command(['check'], 'DELETE FROM ORDERS')).toMatchObject({ code: 4 })
    expect(await command(['check', '--connection', 'sample'], sql)).toMatchObject({ code: 0 })
    expect(await command(['explain', sql, '--connection', 'sample'])).toMatchObject({ code: 0 })
    expect(await command(['doctor', '--connection', 'sample'])).toMatchObject({ code: 0 })
    expect((await call('GET', '/readyz')).body).toMatchObject({ status: 'ok' })
    expect((await call('GET', '/api/v1/starters?connection=sample')).body).not.toEqual([])
    expect(AppInfo.parse((await call('GET', '/api/v1/app')).body).writers).not.toEqual([])
    const conversations = (await call('GET', '/api/v1/conversations')).body as ConversationSummary[]
    expect(conversations.map(({ title }) => title)).toContain('How many customers are there?')
    const { id } = conversations.at(-1) ?? { id: '' }
    expect((await call('GET', `/api/v1/conversations/${id}`)).body).toMatchObject({ turns: [{ state: 'done' }] })
  })

  test('shows what data there is', async () => {
    const sample = '/api/v1/catalog/sample'
    const { body: roots } = await call('GET', `${sample}/children`)
    const database = (roots as { nodes: { id: string }[] }).nodes[0]?.id ?? ''
    const { body: schemas } = await call('GET', `${sample}/children?parent=${database}`)
    expect(schemas).toMatchObject({ nodes: [{ kind: 'schema', count: 8 }], age: { state: 'complete' } })
    const { body: search } = await call('GET', `${sample}/search?q=nation`)
    expect((search as { hits: unknown[] }).hits[0]).toMatchObject({ name: 'NATION', matched: { rank: 'exact' } })
    expect((await call('GET', `${sample}/names`)).body).toMatchObject({ tables: 8 })
    const { body: table } = await call('GET', `${sample}/tables/ORDERS`)
    expect(table).toMatchObject({ name: 'ORDERS', rowCount: 1_500, columns: expect.any(Array) as unknown })
    const refreshed = await call('POST', `${sample}/refresh`, {})
    expect(refreshed.body).toContain('"kind":"done"')
    const verdict = (sql: string) => call('POST', '/api/v1/sql/check', { connection: 'sample', sql })
    expect((await verdict('select o_orderkey from orders')).body).toEqual({ problem: null })
    expect((await verdict('SELECT O_TOTAL FROM ORDERS')).body).toMatchObject({
      problem: { code: 'sql_refused', span: { start: 7, end: 14 }, details: ['code: unknown_column'] },
    })
    // The path of a folder is one part of the address.
    const folderRef = encodeURIComponent(`folder:${join(folder, 'none')}`)
    expect(await call('GET', `/api/v1/catalog/${folderRef}/children`)).toMatchObject({
      body: { code: 'connection_broken' },
    })
  })

  test('proposes, edits and runs', async () => {
    const turnId = crypto.randomUUID()
    const asked = fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ turnId, sql }),
    })
    await expect.poll(async () => await stateOf(turnId), { timeout: 30_000 }).toBe('waiting')
    expect(await call('POST', `/api/v1/turns/${turnId}/edit`, { sql: 'SELECT 1 AS N' })).toMatchObject({ status: 200 })
    const { events } = (await call('GET', `/api/v1/turns/${turnId}`)).body as { events: TurnEvent[] }
    const proposal = events.findLast((event) => event.kind === 'query.proposed')
    expect(proposal?.kind === 'query.proposed' && proposal.sql).toBe('SELECT 1 AS N')
    const digest = proposal?.kind === 'query.proposed' ? proposal.digest : ''
    expect(await call('POST', `/api/v1/turns/${turnId}/approve`, { digest })).toMatchObject({ status: 200 })
    expect(await (await asked).text()).toContain('"turn.done"')
  })

  test('keeps saved connections', async () => {
    const signIn = { method: 'access_token', user: 'SVC', token: 'pat-5ecret' }
    const added = await call('POST', '/api/v1/connections', { name: 'prod', account: 'no-such-account', signIn })
    expect(added.status).toBe(201)
    const { id } = SavedConnection.parse(added.body)
    const at = `/api/v1/connections/${id}`
    const browser = { method: 'oauth_browser', preset: 'snowflake' }
    const answers = [
      await call('GET', '/api/v1/connections'),
      await call('GET', at),
      await call('GET', `${at}/catalog`),
      await call('PATCH', at, { role: 'READER' }),
      await call('POST', `${at}/sign-in`, browser),
      await call('GET', '/oauth/callback?state=none&code=none'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, expect.any(Number)])
    const folderGiven = { kind: 'folder', path: folder }
    const more = [
      await call('GET', '/api/v1/connection-options'),
      await call('POST', '/api/v1/connection-preview', { kind: 'snowflake', account: 'myorg-myaccount' }),
      await call('POST', '/api/v1/connection-preview', { ...folderGiven, path: '/nowhere/at/all' }),
      await call('POST', '/api/v1/connection-setup-script', { databases: ['SALES'] }),
      await call('GET', `${at}/policy`),
      await call('POST', `${at}/set-aside`),
      await call('GET', at),
      await call('POST', `${at}/restore`),
    ]
    expect(more.map(({ status }) => status)).toEqual([200, 200, 400, 200, 200, 200, 404, 200])
    const asking = new AbortController()
    const places = fetch(`${server.url}${at}/places`, { signal: asking.signal }).catch(() => null)
    await expect.poll(() => called.has('connections.places'), { timeout: 20_000 }).toBe(true)
    asking.abort()
    await places
    // Keys leave a file only once it has rested for a while.
    const longAgo = new Date(Date.now() - 10 * 60_000)
    utimesSync(join(folder, 'secret-keys'), longAgo, longAgo)
    expect(await command(['admin', 'rotate-secrets', '--drop-old-keys', '--json'])).toMatchObject({ code: 0 })
    expect(await command(['admin', 'rotate-secrets', '--json'])).toMatchObject({ code: 0 })
    expect(await command(['connection', 'list', '--json'])).toMatchObject({ code: 0 })
    // No account of this name answers, which is not waited for.
    for (const [argv, path] of [
      [['connection', 'test', 'prod'], 'connections.test'],
      [['schema', 'refresh', '--connection', 'prod'], 'connections.refreshCatalog'],
    ] as const) {
      const running = start(argv, optionsOf())
      await expect.poll(() => called.has(path), { timeout: 20_000 }).toBe(true)
      running.signals.emit('SIGINT')
      expect((await running.ended).code).toBe(130)
    }
    expect(await call('DELETE', at)).toMatchObject({ status: 200 })
  })

  test('keeps its store', async () => {
    const file = join(folder, 'store.backup')
    expect(await command(['admin', 'migrate', '--check'])).toMatchObject({ code: 0 })
    expect(await command(['admin', 'migrate'])).toMatchObject({ code: 0 })
    expect(await command(['admin', 'backup', file])).toMatchObject({ code: 0 })
    const refused = await command(['admin', 'restore', file])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('nothing was changed') as unknown })
  })

  test('keeps conversations, gives away what it has of a person, and shares nothing that is not there', async () => {
    const { id } = ((await call('GET', '/api/v1/conversations')).body as ConversationSummary[])[0] ?? { id: '' }
    expect(await call('PATCH', `/api/v1/conversations/${id}`, { isKept: true })).toMatchObject({ status: 200 })
    expect((await call('GET', '/api/v1/me/storage')).body).toMatchObject({ kept: [{ id }] })
    expect(await call('GET', '/api/v1/me/export')).toMatchObject({ status: 200 })
    const { entries } = (await call('GET', '/api/v1/history?q=customers')).body as HistoryPage
    const turn = entries[0] ?? { id: '', conversationId: '' }
    const at = `/api/v1/conversations/${turn.conversationId}`
    for (const [method, path, body] of [
      ['GET', '/api/v1/history/conversations'],
      ['PATCH', `/api/v1/turns/${turn.id}`, { note: 'for the board' }],
      ['GET', `/api/v1/turns/${turn.id}/comparable`],
      ['PUT', `/api/v1/turns/${turn.id}/chart`, { settings: null }],
      ['POST', `${at}/fork`, { turnId: turn.id }],
      ['DELETE', at],
      ['POST', `${at}/restore`],
    ] as const)
      expect([method, path, (await call(method, path, body)).status < 300]).toEqual([method, path, true])
    expect(await call('GET', `/api/v1/turns/${turn.id}/comparison?with=${turn.id}`)).toMatchObject({ status: 400 })
    const nowhere = `/api/v1/connections/${crypto.randomUUID()}`
    expect(await call('GET', '/api/v1/connection-shares')).toMatchObject({ status: 200, body: [] })
    for (const [method, path, body] of [
      ['GET', nowhere],
      ['GET', `${nowhere}/shares`],
      ['PUT', `${nowhere}/shares/${crypto.randomUUID()}`, {}],
      ['DELETE', `${nowhere}/shares/${crypto.randomUUID()}`],
    ] as const)
      expect([method, path, (await call(method, path, body)).status]).toEqual([method, path, 404])
  })

  test('keeps favorites in folders, runs them again and vouches for them', async () => {
    const turnId = crypto.randomUUID()
    const post = (path: string, body: unknown = {}) => call('POST', path, body)
    const asked = await fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ turnId, sql, autoRun: true }),
    })
    await asked.text()
    const { id: folderId } = FavoriteFolder.parse((await post('/api/v1/folders', { name: 'Weekly' })).body)
    const { id } = Favorite.parse((await post('/api/v1/favorites', { turnId, folderId })).body)
    const at = `/api/v1/favorites/${id}`
    const groupId = crypto.randomUUID()
    const answers = [
      await call('GET', '/api/v1/favorites'),
      await call('GET', at),
      await call('PATCH', at, { note: 'n' }),
      await post(`${at}/duplicate`),
      await post(`${at}/run`),
      await call('GET', `${at}/changes/${turnId}`),
      await call('PUT', `${at}/result`, { turnId }),
      await call('PUT', `${at}/verified`, { question: 'Which regions?' }),
      await call('GET', '/api/v1/verified-queries'),
      await call('GET', '/api/v1/verified-queries/export'),
      await call('DELETE', `${at}/verified`),
      await call('PUT', `${at}/shares/${groupId}`, {}),
      await call('DELETE', `${at}/shares/${groupId}`),
      await call('GET', '/api/v1/shared-favorites'),
      await call('DELETE', at),
      await post(`${at}/restore`),
      await call('GET', '/api/v1/folders'),
      await call('PATCH', `/api/v1/folders/${folderId}`, { name: 'Daily' }),
      await call('DELETE', `/api/v1/folders/${folderId}`),
      await post(`/api/v1/folders/${folderId}/restore`),
    ]
    // Without sign-in there is nobody to share with.
    const usual = [200, 200, 200, 201, 200, 200, 200, 200, 200, 200, 200, 403, 404, 200, 200, 200, 200, 200, 200, 200]
    expect(answers.map(({ status }) => status)).toEqual(usual)
  })

  test('exports results, and reads their rows', async () => {
    const turnId = crypto.randomUUID()
    const asked = await fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ turnId, sql, autoRun: true }),
    })
    await asked.text()
    const direct = await call('GET', `/api/v1/turns/${turnId}/export?format=csv`)
    expect(direct).toMatchObject({ status: 200, body: 'R_NAME\nAFRICA\nAMERICA\nASIA\nEUROPE\nMIDDLE EAST\n' })
    expect(await call('GET', `/api/v1/turns/${turnId}/rows?from=1&count=2&sort=0.descending`)).toMatchObject({
      status: 200,
      body: { rows: [['EUROPE'], ['ASIA']], from: 1, viewRows: 5, allRows: 5, isWhole: true },
    })
    expect(await call('GET', `/api/v1/turns/${turnId}/summary?column=0&search=a`)).toMatchObject({
      status: 200,
      body: { rows: 4, nulls: 0, distinct: 4, min: 'AFRICA', max: 'MIDDLE EAST', sum: null },
    })
    const started = await call('POST', `/api/v1/turns/${turnId}/exports`, { format: 'csv' })
    expect(started).toMatchObject({ status: 201, body: { turnId, format: 'csv' } })
    const at = `/api/v1/exports/${(started.body as { id: string }).id}`
    await expect
      .poll(async () => (await call('GET', at)).body, { timeout: 30_000 })
      .toMatchObject({ state: 'done', rows: 5 })
    expect(await call('GET', `${at}/file`)).toEqual(direct)
    expect(await call('DELETE', at)).toMatchObject({ status: 200 })
  })

  test('evaluates questions with known answers', async () => {
    const path = join(folder, 'questions.jsonl')
    writeFileSync(path, '{"id":"1","question":"How many regions are there?","sql":"SELECT COUNT(*) FROM REGION"}\n')
    expect(await command(['eval', path, '--json'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('"right') as unknown,
    })
  })

  test('calls every service from some transport', () => {
    // Turns are closed with the services, and what they say of themselves is for the history, the sweep and what is looked at before an ask; what
    // is removed from time to time no door removes.
    const turnsInner = ['turns.close', 'turns.expectRoom', 'turns.isRunHere', 'turns.stateHere', 'favorites.watch']
    const inner = [
      'close',
      ...turnsInner,
      'conversationNews.tell',
      'retention.apply',
      'retention.begin',
      'retention.end',
      'exports.end',
      'results.begin',
      'results.end',
    ]
    const missing = pathsOf(floe.services).filter((path) => !called.has(path) && !inner.includes(path))
    // A callback without a ticket of this browser ends before it; a socket alone watches conversations; people, and what they share, are there with
    // sign-in only: see sign-in.test.ts and shared-connections.test.ts.
    const unreached = ['connections.finishSignIn', 'connectionShares.read', 'conversationNews.watch']
    const elsewhere = (path: string): boolean => unreached.includes(path) || path.startsWith('people.')
    expect(missing.filter((path) => !elsewhere(path))).toEqual([])
  })

  test('[no-secrets] answers with these fields and no others', () => {
    const keysOf = (value: unknown): readonly string[] =>
      typeof value === 'object' && value !== null
        ? Object.keys(Array.isArray(value) ? ((value as unknown[])[0] ?? {}) : value).toSorted()
        : []
    const keys = (path: string) => keysOf(called.get(path))
    const saved = Object.keys(SavedConnection.def.options[0].shape).toSorted()
    expect(keys('connections.list')).toEqual(saved)
    for (const path of ['connections.add', 'connections.read', 'connections.update', 'connections.find'])
      expect([path, keys(path)]).toEqual([path, saved])
    expect(keys('appInfo')).toEqual(Object.keys(AppInfo.shape).toSorted())
    expect(keys('history.list')).toEqual(Object.keys(ConversationSummary.shape).toSorted())
    const { conversation, turns } = called.get('history.read') as Awaited<ReturnType<Services['history']['read']>>
    expect(keysOf(conversation)).toEqual(Object.keys(ConversationSummary.shape).toSorted())
    // A turn that nobody took a part off has no `leaveOut`, one that nobody noted anything about no `note`, and so on.
    const { leaveOut: _, note: _note, mentions: _mentions, chart: _chart, ...everyTurn } = TurnSummary.shape
    expect(keysOf(turns)).toEqual(Object.keys(everyTurn).toSorted())
    const { turn, events } = called.get('history.readTurn') as Awaited<ReturnType<Services['history']['readTurn']>>
    expect(keysOf(turn)).toEqual(Object.keys(everyTurn).toSorted())
    expect(keysOf(events)).toEqual(['json', 'seq'])
    expect(keys('turns.ask')).toEqual(['turnId'])
    expect(keys('health')).toEqual(['action', 'detail', 'name', 'state'])
    expect(keys('diagnose')).toEqual(['steps', 'warning'])
    expect(keys('connections.catalog')).toEqual(expect.arrayContaining(['state', 'tables']))
    for (const path of ['secrets.rotate', 'secrets.dropOldKeys'])
      expect([path, keys(path)]).toEqual([
        path,
        ['current', 'dropped', 'isOwnFile', 'keys', 'sealedAnew', 'source', 'unreadable'],
      ])
  })
})
