import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import { AuditPage } from '../../src/contract/audit.ts'
import { ResultChanges } from '../../src/contract/comparison.ts'
import { Favorite, OpenedFavorite, VerifiedQuery, type FavoriteParameter } from '../../src/contract/favorites.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { run } from '../support/cli-run.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let groupId: string
const browsers = new Map<string, BrowserClient>()
const of = (name: string): BrowserClient => {
  const browser = browsers.get(name)
  if (browser === undefined) throw new Error(`nobody is called ${name}`)
  return browser
}
const call = (name: string, method: string, path: string, body?: unknown) =>
  of(name).json(method, `/api/v1${path}`, body)
const idOf = async (name: string): Promise<string> => ((await call(name, 'GET', '/me')).body as { id: string }).id

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'admin@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  for (const name of ['admin', 'owner', 'mate', 'other']) browsers.set(name, await organisation.signedIn(name))
  groupId = ((await call('admin', 'POST', '/groups', { name: 'Finance' })).body as { id: string }).id
  for (const name of ['owner', 'mate']) await call('admin', 'PUT', `/groups/${groupId}/members/${await idOf(name)}`)
}, 120_000)
afterAll(() => organisation.close())

/** Asks to the end; the events that came. */
async function ask(
  name: string,
  asked: object,
): Promise<{ readonly turnId: string; readonly events: readonly TurnEvent[] }> {
  const turnId = randomUUID()
  const response = await of(name).request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, autoRun: true, ...asked }),
  })
  await response.text()
  return { turnId, events: await eventsOf(name, turnId) }
}
const eventsOf = async (name: string, turnId: string): Promise<readonly TurnEvent[]> =>
  ((await call(name, 'GET', `/turns/${turnId}`)).body as { events?: TurnEvent[] }).events ?? []
const proposalOf = (events: readonly TurnEvent[]) => events.findLast((event) => event.kind === 'query.proposed')
const rowsOf = (events: readonly TurnEvent[]) =>
  events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : []))
const favoriteOf = ({ status, body }: { status: number; body: unknown }): Favorite => {
  expect(status, JSON.stringify(body)).toBeLessThan(300)
  return Favorite.parse(body)
}
const star = async (name: string, asked: object, more: object = {}): Promise<Favorite> =>
  favoriteOf(await call(name, 'POST', '/favorites', { turnId: (await ask(name, asked)).turnId, ...more }))
const change = async (id: string, fields: object) =>
  favoriteOf(await call('owner', 'PATCH', `/favorites/${id}`, fields))

/** Runs a favorite with an approval; the events of the turn. */
async function rerun(name: string, id: string, body: object = {}) {
  const started = await call(name, 'POST', `/favorites/${id}/run`, body)
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  const { turnId, conversationId, sql } = started.body as { turnId: string; conversationId: string; sql: string }
  await expect.poll(async () => proposalOf(await eventsOf(name, turnId)) !== undefined, { timeout: 20_000 }).toBe(true)
  const proposal = proposalOf(await eventsOf(name, turnId))
  // Nothing runs before it is approved.
  expect(rowsOf(await eventsOf(name, turnId))).toEqual([])
  const digest = proposal?.kind === 'query.proposed' ? proposal.digest : ''
  expect((await call(name, 'POST', `/turns/${turnId}/approve`, { digest })).status).toBe(200)
  await expect
    .poll(async () => (await eventsOf(name, turnId)).at(-1)?.kind, { timeout: 20_000 })
    .toMatch(/turn\.(done|failed)/)
  return { turnId, conversationId, sql, events: await eventsOf(name, turnId) }
}

describe('a favorite', () => {
  test('keeps the query and its result, whatever becomes of the conversation', async () => {
    const favorite = await star('owner', { question: 'How many regions are there?' }, { tags: ['weekly'] })
    expect(favorite).toMatchObject({
      title: 'How many regions are there?',
      connection: 'sample',
      writer: 'offline',
      tags: ['weekly'],
      tables: [{ name: 'REGION' }],
      result: { keptRows: 1, rowCount: 1 },
    })
    const details = await call('owner', 'GET', '/catalog/sample/tables/REGION')
    expect(details.body).toMatchObject({ favorites: [{ id: favorite.id, title: favorite.title }] })
    expect((await call('mate', 'GET', '/catalog/sample/tables/REGION')).body).toMatchObject({ favorites: [] })
    const opened = OpenedFavorite.parse((await call('owner', 'GET', `/favorites/${favorite.id}`)).body)
    expect(rowsOf(opened.events)).toEqual([[5]])
    expect(opened.events.map(({ seq }) => seq)).toEqual(opened.events.map((_, index) => index + 1))
    const kinds = opened.events.map(({ kind }) => kind)
    expect(kinds).toEqual([
      ...(['query.proposed', 'result.columns', 'result.rows', 'result.done'] as const),
      ...(['answer.delta', 'chart', 'turn.done'] as const),
    ])
    const { body } = await call('owner', 'GET', '/me/storage')
    expect((body as { favoriteBytes: number }).favoriteBytes).toBeGreaterThan(500)
  })

  test('is not made of an answer without a query, nor of somebody else’s', async () => {
    const { turnId } = await ask('owner', { question: 'hello' })
    expect((await call('owner', 'POST', '/favorites', { turnId })).status).toBe(400)
    expect((await call('other', 'POST', '/favorites', { turnId })).status).toBe(404)
  })

  test('is changed field by field, and the other devices are told', async () => {
    const favorite = await star('owner', { sql: 'SELECT 1 AS N' })
    let told = 0
    const stop = organisation.floe.services.favorites.watch(await idOf('owner'), () => (told += 1))
    await Promise.all([change(favorite.id, { title: 'One' }), change(favorite.id, { note: 'a note' })])
    stop()
    expect(told).toBe(2)
    const both = OpenedFavorite.parse((await call('owner', 'GET', `/favorites/${favorite.id}`)).body).favorite
    expect(both).toMatchObject({ title: 'One', note: 'a note', revision: favorite.revision + 2 })
    for (const bad of [{ title: '' }, { title: 'a\nb' }, { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }])
      expect((await call('owner', 'PATCH', `/favorites/${favorite.id}`, bad)).status).toBe(400)
  })

  test('runs with values through the same gate, hostile ones too, and its runs stand together', async () => {
    const favorite = await star('owner', { sql: "SELECT 'start' AS V" })
    const parameter = (name: string, kind: FavoriteParameter['kind'], more = {}): FavoriteParameter => ({
      name,
      kind,
      label: null,
      default: null,
      options: [],
      ...more,
    })
    const sql =
      'SELECT :v AS V, -:n AS N, :d AS D, ORDERS.O_ORDERKEY FROM ORDERS WHERE :b ORDER BY 4 LIMIT 1 -- :not_one'
    const parameters = [
      parameter('n', 'number'),
      parameter('d', 'date', { default: '1997-01-01' }),
      parameter('b', 'boolean'),
    ]
    const changed = await change(favorite.id, { sql, parameters })
    expect(changed.parameters.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'v text',
      'n number',
      'd date',
      'b boolean',
    ])
    const hostile = ["'; DROP TABLE ORDERS; --", "\\' OR 1=1 --", 'a\nb\tc', 'ü ’ 漢 🙂 $$ /* :n */', '\\']
    let conversation: string | null = null
    for (const v of hostile) {
      const { events, conversationId } = await rerun('owner', favorite.id, { values: { v, n: '-12.50', b: true } })
      expect(rowsOf(events)[0]?.slice(0, 3), v).toEqual([v, 12.5, '1997-01-01'])
      conversation ??= conversationId
      expect(conversationId).toBe(conversation)
    }
    const { body } = await call('owner', 'GET', `/conversations/${conversation ?? ''}`)
    expect(body).toMatchObject({ conversation: { title: favorite.title }, turns: { length: hostile.length } })
    const run = (values: object) => call('owner', 'POST', `/favorites/${favorite.id}/run`, { values })
    expect(await run({ v: 'x', b: true })).toMatchObject({ status: 400, body: { message: '"n" has no value.' } })
    expect(await run({ v: 'x', n: '1; DROP TABLE ORDERS', b: true })).toMatchObject({ status: 400 })
    expect(await run({ v: 'x', n: 1, b: true, not_one: 1 })).toMatchObject({ status: 400 })
    expect((await run({ v: 'x', n: 1, b: true })).status).toBe(200)
  })

  test('is refused by the guard like any other text', async () => {
    const favorite = await star('owner', { sql: 'SELECT 1 AS N' })
    await change(favorite.id, { sql: 'DELETE FROM ORDERS WHERE O_ORDERKEY = :key' })
    const { body } = await call('owner', 'POST', `/favorites/${favorite.id}/run`, { values: { key: 'x' } })
    const { turnId } = body as { turnId: string }
    await expect
      .poll(async () => (await eventsOf('owner', turnId)).at(-1)?.kind, { timeout: 20_000 })
      .toBe('turn.failed')
    expect((await eventsOf('owner', turnId)).at(-1)).toMatchObject({ problem: { code: 'sql_refused' } })
  })

  test('says what a later result changed, and keeps that one when asked to', async () => {
    const favorite = await star('owner', { sql: 'SELECT R_NAME, R_REGIONKEY AS AMOUNT FROM REGION ORDER BY 1' })
    await change(favorite.id, {
      sql: 'SELECT R_NAME, R_REGIONKEY + 1 AS AMOUNT FROM REGION WHERE R_NAME <> :name ORDER BY 1',
    })
    const { turnId } = await rerun('owner', favorite.id, { values: { name: 'ASIA' } })
    const { status, body } = await call('owner', 'GET', `/favorites/${favorite.id}/changes/${turnId}`)
    expect([status, ResultChanges.parse(body)]).toMatchObject([
      200,
      {
        key: ['R_NAME'],
        added: 0,
        removed: 1,
        changed: 4,
        same: 0,
        totals: [{ before: '10', after: '12', change: { difference: '2', percent: 20 } }],
      },
    ])
    const kept = favoriteOf(await call('owner', 'PUT', `/favorites/${favorite.id}/result`, { turnId }))
    expect(kept.result).toMatchObject({ keptRows: 4 })
    expect(kept.runs.map((one) => one.turnId)).toEqual([turnId])
    const again = ResultChanges.parse((await call('owner', 'GET', `/favorites/${favorite.id}/changes/${turnId}`)).body)
    expect(again).toMatchObject({ changed: 0, same: 4 })
  })

  test('keeps its result and runs again when the conversation that it came from is deleted', async () => {
    const favorite = await star('owner', { sql: 'SELECT 8 AS N' })
    const { turn } = (await call('owner', 'GET', `/turns/${favorite.turnId ?? ''}`)).body as { turn: TurnSummary }
    expect((await call('owner', 'DELETE', `/conversations/${turn.conversationId}`)).status).toBe(200)
    expect((await call('owner', 'GET', `/turns/${turn.id}`)).status).toBe(404)
    const kept = OpenedFavorite.parse((await call('owner', 'GET', `/favorites/${favorite.id}`)).body)
    expect([kept.favorite.result?.keptRows, rowsOf(kept.events)]).toEqual([1, [[8]]])
    expect(rowsOf((await rerun('owner', favorite.id)).events)).toEqual([[8]])
  })

  test('is duplicated with its result, deleted and brought back', async () => {
    const favorite = await star('owner', { sql: 'SELECT 7 AS N' })
    const copy = favoriteOf(await call('owner', 'POST', `/favorites/${favorite.id}/duplicate`))
    expect(copy).toMatchObject({ title: 'SELECT 7 AS N (copy)', result: { keptRows: 1 } })
    const copied = OpenedFavorite.parse((await call('owner', 'GET', `/favorites/${copy.id}`)).body)
    expect(rowsOf(copied.events)).toEqual([[7]])
    expect((await call('owner', 'DELETE', `/favorites/${copy.id}`)).status).toBe(200)
    expect((await call('owner', 'GET', `/favorites/${copy.id}`)).status).toBe(404)
    favoriteOf(await call('owner', 'POST', `/favorites/${copy.id}/restore`))
    expect((await call('owner', 'GET', `/favorites/${copy.id}`)).status).toBe(200)
  })
})

describe('a shared favorite', () => {
  test('is read by the group without rows, run with the reader’s own rights, and copied', async () => {
    const favorite = await star('owner', { sql: "SELECT 'secret row' AS V" })
    const at = `/favorites/${favorite.id}`
    expect((await call('mate', 'GET', at)).status).toBe(404)
    favoriteOf(await call('owner', 'PUT', `${at}/shares/${groupId}`, {}))
    const shared = (await call('mate', 'GET', '/shared-favorites')).body as { id: string; groups: string[] }[]
    expect(shared).toMatchObject([{ id: favorite.id, groups: ['Finance'] }])
    expect((await call('other', 'GET', at)).status).toBe(404)
    const { body } = await call('mate', 'GET', at)
    const opened = OpenedFavorite.parse(body)
    expect(opened.favorite).toMatchObject({ owner: 'Owner Example', result: null, shares: [], runs: [], turnId: null })
    expect(rowsOf(opened.events)).toEqual([])
    expect((await call('mate', 'PATCH', at, { title: 'mine' })).status).toBe(404)
    expect((await call('mate', 'DELETE', at)).status).toBe(404)
    expect(rowsOf((await rerun('mate', favorite.id)).events)).toEqual([['secret row']])
    const copy = favoriteOf(await call('mate', 'POST', `${at}/duplicate`))
    expect(copy).toMatchObject({ owner: null, result: null, title: favorite.title })
    favoriteOf(await call('owner', 'PUT', `${at}/shares/${groupId}`, { withRows: true }))
    expect(rowsOf(OpenedFavorite.parse((await call('mate', 'GET', at)).body).events)).toEqual([['secret row']])
    favoriteOf(await call('owner', 'DELETE', `${at}/shares/${groupId}`))
    expect((await call('mate', 'GET', at)).status).toBe(404)
    const { entries } = AuditPage.parse((await call('admin', 'GET', '/audit?q=favorite')).body)
    const actions = entries.map(({ action }) => action)
    expect(actions).toEqual(expect.arrayContaining(['favorite.shared', 'favorite.opened', 'favorite.unshared']))
  })
})

describe('a verified query', () => {
  const question = 'Which parts of the world do we sell in?'

  test('answers its question from then on, still approved, and no other one', async () => {
    const favorite = await star('owner', { sql: 'SELECT R_NAME FROM REGION ORDER BY 1' })
    const at = `/favorites/${favorite.id}`
    expect(favoriteOf(await call('owner', 'PUT', `${at}/verified`, { question })).verified).toMatchObject({ question })
    const asked = await ask('owner', { question: '  which PARTS of the world do we sell in ', autoRun: true })
    expect(proposalOf(asked.events)).toMatchObject({
      sql: 'SELECT R_NAME FROM REGION ORDER BY 1',
      verified: { by: 'you' },
      edited: false,
    })
    expect(rowsOf(asked.events)).toHaveLength(5)
    // It counts for nobody whose connection is not the voucher's.
    expect(proposalOf((await ask('mate', { question })).events)).not.toMatchObject({
      verified: expect.anything() as unknown,
    })
    const listed = (await call('owner', 'GET', '/verified-queries?connection=sample')).body as VerifiedQuery[]
    expect(listed.map((one) => VerifiedQuery.parse(one).favoriteId)).toEqual([favorite.id])
    expect((await call('owner', 'GET', '/verified-queries?connection=elsewhere')).body).toEqual([])
    favoriteOf(await call('owner', 'DELETE', `${at}/verified`))
    expect(proposalOf((await ask('owner', { question })).events)).not.toMatchObject({
      verified: expect.anything() as unknown,
    })
  })

  test('that does not run any more leaves the question to the writer', async () => {
    const favorite = await star('owner', { sql: 'SELECT 1 AS N' })
    await change(favorite.id, { sql: 'SELECT NO_SUCH_COLUMN FROM REGION' })
    favoriteOf(
      await call('owner', 'PUT', `/favorites/${favorite.id}/verified`, { question: 'How many nations are there?' }),
    )
    const { events } = await ask('owner', { question: 'How many nations are there?' })
    expect(proposalOf(events)).not.toMatchObject({ verified: expect.anything() as unknown })
    expect(rowsOf(events)).toEqual([[25]])
  })

  test('needs a default for each parameter', async () => {
    const favorite = await star('owner', { sql: 'SELECT 1 AS N' })
    await change(favorite.id, { sql: 'SELECT :n AS N' })
    const verify = () => call('owner', 'PUT', `/favorites/${favorite.id}/verified`, { question: 'n?' })
    expect((await verify()).status).toBe(400)
    const parameters = [{ name: 'n', kind: 'number', label: null, default: 3, options: [] }]
    await change(favorite.id, { parameters })
    expect(favoriteOf(await verify()).verified).toMatchObject({ sql: 'SELECT 3 AS N' })
  })

  test('is read by `floe eval`', async () => {
    const favorite = await star('owner', { sql: 'SELECT COUNT(*) AS N FROM REGION' })
    favoriteOf(
      await call('owner', 'PUT', `/favorites/${favorite.id}/verified`, { question: 'How many regions are there?' }),
    )
    const response = await of('owner').request('/api/v1/verified-queries/export?connection=sample')
    const text = await response.text()
    expect([response.status, response.headers.get('content-disposition')]).toEqual([
      200,
      'attachment; filename="floe-verified-queries.jsonl"',
    ])
    const line = text.split('\n').find((one) => one.includes(favorite.id)) ?? ''
    const folder = mkdtempSync(join(tmpdir(), 'floe-verified-'))
    const path = join(folder, 'verified.jsonl')
    writeFileSync(path, `${line}\n`)
    const { services, callerAt } = organisation.floe
    const kept = new Proxy(services, {
      get: (target, name, receiver) =>
        name === 'close' ? () => Promise.resolve() : (Reflect.get(target, name, receiver) as unknown),
    })
    const { code, out } = await run(['eval', path, '--json'], { services: kept, caller: callerAt('cli') })
    rmSync(folder, { recursive: true, force: true })
    expect([code, out]).toEqual([0, expect.stringContaining('"verdict":"right"') as unknown])
  })
})

describe('folders', () => {
  test('hold favorites, give them up when they are removed, and take them back', async () => {
    const folder = (await call('mate', 'POST', '/folders', { name: 'Weekly' })).body as { id: string }
    const favorite = await star('mate', { sql: 'SELECT 1 AS N' }, { folderId: folder.id })
    const inFolder = async (name: string): Promise<readonly string[]> =>
      ((await call('mate', 'GET', `/favorites?folder=${name}`)).body as { favorites: { id: string }[] }).favorites.map(
        ({ id }) => id,
      )
    expect(await inFolder(folder.id)).toEqual([favorite.id])
    expect((await call('mate', 'DELETE', `/folders/${folder.id}`)).status).toBe(200)
    expect(await inFolder('none')).toContain(favorite.id)
    expect((await call('mate', 'POST', `/folders/${folder.id}/restore`)).status).toBe(200)
    expect(await inFolder(folder.id)).toEqual([favorite.id])
    let parentId: string | null = folder.id
    for (const status of [201, 201, 400]) {
      const made = await call('mate', 'POST', '/folders', { name: 'n', parentId })
      expect(made.status).toBe(status)
      parentId = (made.body as { id?: string }).id ?? null
    }
  })
})
