import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { NewShare, Share } from '../../src/contract/shares.ts'
import { SharedConversation } from '../../src/contract/shares.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { startServer } from '../support/started-server.ts'

let organisation: Organisation
let groupId: string
const browsers = new Map<string, BrowserClient>()
const of = (name: string): BrowserClient => {
  const browser = browsers.get(name)
  if (browser === undefined) throw new Error(`nobody is called ${name}`)
  return browser
}
const idOf = async (name: string): Promise<string> =>
  ((await of(name).json('GET', '/api/v1/me')).body as { id: string }).id
const setMember = async (method: 'PUT' | 'DELETE', name: string): Promise<void> => {
  const { status } = await of('admin').json(method, `/api/v1/groups/${groupId}/members/${await idOf(name)}`)
  expect(status).toBe(200)
}

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'admin@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  for (const name of ['admin', 'owner', 'mate', 'other', 'viewer', 'leaver'])
    browsers.set(name, await organisation.signedIn(name))
  await of('admin').json('PATCH', `/api/v1/people/${await idOf('viewer')}`, { role: 'viewer' })
  groupId = ((await of('admin').json('POST', '/api/v1/groups', { name: 'Finance' })).body as { id: string }).id
  for (const name of ['owner', 'mate']) await setMember('PUT', name)
}, 120_000)
afterAll(() => organisation.close())

/** A question, or SQL of their own, that somebody asks of the sample; its events once it is over. */
async function ask(
  name: string,
  asked: { readonly question?: string; readonly sql?: string; readonly conversationId: string },
): Promise<{ readonly turnId: string; readonly events: readonly TurnEvent[] }> {
  const turnId = randomUUID()
  const response = await of(name).request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, autoRun: true, ...asked }),
  })
  expect(await response.text()).toMatch(/"kind":"turn\.(done|failed)"/)
  const { body } = await of(name).json('GET', `/api/v1/turns/${turnId}`)
  return { turnId, events: (body as { events: TurnEvent[] }).events }
}

const everyone = { kind: 'everyone' } as const
const group = () => ({ kind: 'group', groupId }) as const
const post = (name: string, wanted: unknown) => of(name).json('POST', '/api/v1/shares', wanted)
async function share(name: string, wanted: Omit<NewShare, 'withRows'> & { readonly withRows?: boolean }) {
  const { status, body } = await post(name, wanted)
  expect([status, body]).toEqual([201, expect.objectContaining({ conversationId: wanted.conversationId })])
  return body as Share
}
const open = (name: string, id: string) => of(name).json('GET', `/api/v1/shares/${id}`)
const statuses = async (id: string, ...names: string[]) =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await open(name, id)).status] as const)))
const shared = async (name: string, id: string) => {
  const { status, body } = await open(name, id)
  expect(status).toBe(200)
  return SharedConversation.parse(body)
}
const auditOf = async (action: string) => {
  const { body } = await of('admin').json('GET', `/api/v1/audit?limit=200&q=${action}`)
  return (body as { entries: { action: string; person: { name: string } | null; facts: Record<string, unknown> }[] })
    .entries
}

/** Values that were read from the data and are long enough not to occur by chance. */
const tellingCells = (events: readonly TurnEvent[]): readonly string[] =>
  events
    .flatMap((event) => (event.kind === 'result.rows' ? event.rows.flat() : []))
    .map(String)
    .filter((cell) => cell.length >= 4)

describe('what a reader sees', () => {
  const conversationId = randomUUID()
  let turns: readonly { readonly turnId: string; readonly events: readonly TurnEvent[] }[]
  let cells: readonly string[]
  const question = 'How many customers are there in each nation?'
  const failing = 'SELECT CAST(C_NAME AS NUMBER) AS N FROM CUSTOMER'

  beforeAll(async () => {
    turns = [
      await ask('owner', { question, conversationId }),
      await ask('owner', { sql: 'SELECT C_NAME, C_ACCTBAL FROM CUSTOMER ORDER BY C_CUSTKEY LIMIT 5', conversationId }),
      await ask('owner', { sql: failing, conversationId }),
    ]
    cells = tellingCells(turns.flatMap(({ events }) => events))
    expect(cells).toEqual(expect.arrayContaining(['FRANCE', 'Customer#000000001']))
  })

  test('without rows are the questions, the queries and how they ended, and no value of the data', async () => {
    const { id } = await share('owner', { conversationId, audience: everyone })
    const seen = await shared('other', id)
    const text = JSON.stringify((await open('other', id)).body)
    expect(cells.filter((cell) => text.includes(cell))).toEqual([])
    expect(text).not.toContain('owner@example.com')
    expect(seen.share).toMatchObject({
      title: question,
      owner: { name: 'Owner Example' },
      isMine: false,
      withRows: false,
    })
    expect(seen.turns.map(({ turn }) => [turn.id, turn.question, turn.connection])).toEqual([
      [turns[0]?.turnId, question, 'sample'],
      [turns[1]?.turnId, null, 'sample'],
      [turns[2]?.turnId, null, 'sample'],
    ])
    for (const { events } of seen.turns)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const [first, second, third] = seen.turns.map(({ events }) => events)
    expect(first).toContainEqual(
      expect.objectContaining({ kind: 'query.proposed', sql: expect.stringContaining('GROUP BY') }),
    )
    expect(first?.map(({ kind }) => kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/result\.rows|answer|chart|follow/)]),
    )
    expect(second).toContainEqual(expect.objectContaining({ kind: 'result.done', rowCount: 5, truncated: false }))
    expect(third?.at(-1)).toMatchObject({
      kind: 'turn.failed',
      problem: { code: 'sql_invalid', message: 'This question was not answered.' },
    })
  })

  test('with rows is everything as the owner saw it', async () => {
    const { id } = await share('owner', { conversationId, audience: everyone, withRows: true })
    const seen = await shared('other', id)
    expect(seen.share.withRows).toBe(true)
    expect(seen.turns.map(({ events }) => events)).toEqual(turns.map(({ events }) => events))
  })

  test('of one turn is that turn, under its own question', async () => {
    const turnId = turns[1]?.turnId ?? ''
    const { id, title } = await share('owner', { conversationId, turnId, audience: everyone, withRows: true })
    expect(title).toBe('Query in SQL')
    const seen = await shared('other', id)
    expect(seen.turns.map(({ turn }) => turn.id)).toEqual([turnId])
    expect(JSON.stringify(seen)).not.toContain(question)
  })

  test('is what there was when it was shared', async () => {
    const { id } = await share('owner', { conversationId, audience: everyone, withRows: true })
    const later = await ask('owner', { sql: 'SELECT N_NAME FROM NATION', conversationId })
    const seen = await shared('other', id)
    expect(seen.turns).toHaveLength(turns.length)
    expect(JSON.stringify(seen)).not.toContain(later.turnId)
  })

  test('of a question that still waits ends where it waited', async () => {
    const [turnId, ownConversation] = [randomUUID(), randomUUID()]
    const response = await of('owner').request('/api/v1/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({
        turnId,
        conversationId: ownConversation,
        sql: 'SELECT R_NAME FROM REGION',
        autoRun: false,
      }),
    })
    const reader = response.body?.getReader()
    let heard = ''
    while (!heard.includes('query.proposed')) heard += new TextDecoder().decode((await reader?.read())?.value)
    const proposal = /"digest":"(\w+)"/.exec(heard)?.[1]
    const { id } = await share('owner', { conversationId: ownConversation, audience: everyone, withRows: true })
    await of('owner').json('POST', `/api/v1/turns/${turnId}/approve`, { digest: proposal })
    while (!heard.includes('turn.done')) heard += new TextDecoder().decode((await reader?.read())?.value)
    const [turn] = (await shared('other', id)).turns
    expect(turn?.events.at(-1)?.kind).toBe('query.proposed')
    expect(JSON.stringify(turn)).not.toContain('EUROPE')
  })
})

describe('who may', () => {
  const conversationId = randomUUID()
  let turnId: string
  beforeAll(async () => {
    ;({ turnId } = await ask('owner', { sql: 'SELECT R_NAME FROM REGION', conversationId }))
  })

  test('read what is shared with everyone: whoever is signed in, viewers included', async () => {
    const { id } = await share('owner', { conversationId, audience: everyone })
    expect(await statuses(id, 'owner', 'mate', 'other', 'viewer', 'admin')).toEqual({
      owner: 200,
      mate: 200,
      other: 200,
      viewer: 200,
      admin: 200,
    })
    expect((await new BrowserClient(organisation.server.url).json('GET', `/api/v1/shares/${id}`)).status).toBe(401)
    expect((await shared('owner', id)).share.isMine).toBe(true)
  })

  test('read what is shared with a group: its members as they are now, and the owner', async () => {
    const { id, audience } = await share('owner', { conversationId, audience: group(), withRows: true })
    expect(audience).toEqual({ kind: 'group', groupId, name: 'Finance' })
    const names = ['owner', 'mate', 'other', 'viewer', 'admin']
    expect(await statuses(id, ...names)).toEqual({ owner: 200, mate: 200, other: 404, viewer: 404, admin: 404 })
    await setMember('DELETE', 'mate')
    expect(await statuses(id, 'owner', 'mate')).toEqual({ owner: 200, mate: 404 })
    await setMember('PUT', 'mate')
    expect(await statuses(id, 'mate')).toEqual({ mate: 200 })
  })

  test('share: those who may ask, what is theirs, with a group of theirs', async () => {
    const wanted = { conversationId, audience: everyone }
    for (const [name, status] of Object.entries({ other: 404, admin: 404, viewer: 403 }))
      expect([name, (await post(name, wanted)).status]).toEqual([name, status])
    const own = randomUUID()
    await ask('other', { sql: 'SELECT 1 AS N', conversationId: own })
    const refused = [
      { conversationId: own, turnId, audience: everyone },
      { conversationId: own, audience: group() },
      { conversationId: own, audience: { kind: 'group', groupId: randomUUID() } },
      { conversationId: randomUUID(), audience: everyone },
    ]
    const answers = await Promise.all(refused.map((each) => post('other', each)))
    expect(answers.map(({ status, body }) => [status, (body as { message: string }).message])).toEqual(
      refused.map(() => [404, 'There is no such conversation or question of yours, or you are not in that group.']),
    )
    for (const malformed of [{}, { conversationId: own }, { conversationId: own, audience: { kind: 'all' } }])
      expect((await post('other', malformed)).status).toBe(400)
    expect((await of('other').json('GET', '/api/v1/shares')).body).toEqual([])
  })

  test('see and end a share: its owner, at once', async () => {
    const { id } = await share('owner', { conversationId, turnId, audience: everyone })
    const mine = (await of('owner').json('GET', '/api/v1/shares')).body as Share[]
    expect(mine[0]).toMatchObject({ id, conversationId, turnId, title: 'Query in SQL', withRows: false })
    expect((await of('mate').json('GET', '/api/v1/shares')).body).toEqual([])
    for (const name of ['mate', 'admin', 'viewer'])
      expect((await of(name).json('DELETE', `/api/v1/shares/${id}`)).status).toBe(404)
    expect(await statuses(id, 'mate')).toEqual({ mate: 200 })
    expect((await of('owner').json('DELETE', `/api/v1/shares/${id}`)).status).toBe(200)
    expect(await statuses(id, 'owner', 'mate', 'admin')).toEqual({ owner: 404, mate: 404, admin: 404 })
    expect((await of('owner').json('DELETE', `/api/v1/shares/${id}`)).status).toBe(404)
  })

  test('an id that was never given out answers like one that is for others', async () => {
    const { id } = await share('owner', { conversationId, audience: group() })
    const bodyOf = async (path: string) => {
      const { status, body } = await of('other').json('GET', `/api/v1/shares/${path}`)
      const { instance: _request, ...rest } = body as Record<string, unknown>
      return { status, ...rest }
    }
    expect(await bodyOf(randomUUID())).toEqual(await bodyOf(id))
    // Neither the conversation nor its turn is a way in.
    for (const other of [conversationId, turnId]) expect(await bodyOf(other)).toEqual(await bodyOf(id))
    expect((await bodyOf('not-an-id')).status).toBe(400)
    for (const path of [`conversations/${conversationId}`, `turns/${turnId}`])
      expect((await of('mate').json('GET', `/api/v1/${path}`)).status).toBe(404)
  })

  test('a program reads with any token of its person, and shares with the scope to ask', async () => {
    const { id } = await share('owner', { conversationId, audience: group() })
    const made = await of('mate').json('POST', '/api/v1/me/tokens', { name: 'reads', scopes: [], days: 1 })
    const authorization = `Bearer ${(made.body as { token: string }).token}`
    const { url } = organisation.server
    expect((await fetch(`${url}/api/v1/shares/${id}`, { headers: { authorization } })).status).toBe(200)
    const body = JSON.stringify({ conversationId, audience: everyone })
    const headers = { authorization, 'content-type': 'application/json' }
    expect((await fetch(`${url}/api/v1/shares`, { method: 'POST', headers, body })).status).toBe(403)
  })
})

describe('rows of a connection that others share', () => {
  test('are passed on as long as they may be exported', async () => {
    const saved = await of('owner').json('POST', '/api/v1/connections', {
      name: 'Theirs',
      kind: 'snowflake',
      account: 'myorg-myaccount',
      signIn: { method: 'access_token', token: 'a-token-that-nobody-checks' },
    })
    const { id: connectionId } = saved.body as { id: string }
    const path = `/api/v1/connections/${connectionId}/shares/${groupId}`
    const setTerms = async (terms: object) => expect((await of('owner').json('PUT', path, terms)).status).toBe(200)
    await setTerms({ mayExport: false })
    const conversationId = randomUUID()
    const asking = new AbortController()
    const response = await of('mate').request('/api/v1/turns', {
      method: 'POST',
      signal: asking.signal,
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({
        conversationId,
        sql: 'SELECT 1 AS N',
        connection: `shared:${connectionId}`,
        autoRun: true,
      }),
    })
    expect(response.status).toBe(200)
    await of('mate').json('POST', `/api/v1/turns/${response.headers.get('floe-turn-id') ?? ''}/cancel`, {})
    asking.abort()

    const wanted = { conversationId, audience: everyone }
    expect(await post('mate', { ...wanted, withRows: true })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', message: 'Rows of this connection may not be passed on.' },
    })
    expect((await post('mate', wanted)).status).toBe(201)
    await setTerms({ mayExport: true })
    const { id } = await share('mate', { ...wanted, withRows: true })
    expect((await shared('other', id)).share.withRows).toBe(true)
    await setTerms({ mayExport: false })
    expect((await shared('other', id)).share.withRows).toBe(false)
    await of('owner').json('DELETE', path)
    expect((await shared('other', id)).share.withRows).toBe(false)
  })
})

describe('a share ends', () => {
  test('while its owner is disabled, and for good with the account', async () => {
    const conversationId = randomUUID()
    await ask('leaver', { sql: 'SELECT 1 AS N', conversationId })
    const { id } = await share('leaver', { conversationId, audience: everyone })
    const path = `/api/v1/people/${await idOf('leaver')}`
    expect(await statuses(id, 'other')).toEqual({ other: 200 })
    await of('admin').json('PATCH', path, { isDisabled: true })
    expect(await statuses(id, 'other')).toEqual({ other: 404 })
    await of('admin').json('PATCH', path, { isDisabled: false })
    expect(await statuses(id, 'other')).toEqual({ other: 200 })
    browsers.set('leaver', await organisation.signedIn('leaver'))
    expect((await of('leaver').json('DELETE', '/api/v1/me', { confirm: 'leaver@example.com' })).status).toBe(200)
    expect(await statuses(id, 'other')).toEqual({ other: 404 })
  })

  test('with its group', async () => {
    const conversationId = randomUUID()
    await ask('owner', { sql: 'SELECT 1 AS N', conversationId })
    const made = (await of('admin').json('POST', '/api/v1/groups', { name: 'Short-lived' })).body as { id: string }
    await of('admin').json('PUT', `/api/v1/groups/${made.id}/members/${await idOf('owner')}`)
    const { id } = await share('owner', { conversationId, audience: { kind: 'group', groupId: made.id } })
    expect((await of('owner').json('GET', '/api/v1/me/groups')).body).toContainEqual({
      id: made.id,
      name: 'Short-lived',
    })
    await of('admin').json('DELETE', `/api/v1/groups/${made.id}`)
    expect(await statuses(id, 'owner')).toEqual({ owner: 404 })
  })
})

test('sharing, opening by somebody else and ending are in the audit', async () => {
  const conversationId = randomUUID()
  await ask('owner', { sql: 'SELECT 1 AS N', conversationId })
  const { id } = await share('owner', { conversationId, audience: group(), withRows: true })
  await open('owner', id)
  await open('mate', id)
  await open('other', id)
  await of('owner').json('DELETE', `/api/v1/shares/${id}`)
  const entries = async (action: string) =>
    (await auditOf(action))
      .filter(({ facts }) => facts['share'] === id)
      .map(({ person, facts }) => [person?.name, facts])
  expect(await entries('share.made')).toEqual([
    ['Owner Example', { share: id, conversation: conversationId, turn: null, with: 'Finance', rows: true }],
  ])
  expect(await entries('share.opened')).toEqual([
    ['Mate Example', { share: id, owner: await idOf('owner'), rows: true }],
  ])
  expect(await entries('share.ended')).toEqual([['Owner Example', { share: id }]])
})

test('without sign-in there is nobody to share with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-shares-'))
  const floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  const server = await startServer(floe.services, { identify: floe.identify })
  try {
    const local = new BrowserClient(server.url)
    const wanted = { conversationId: randomUUID(), audience: everyone }
    const answers = await Promise.all([
      local.json('POST', '/api/v1/shares', wanted),
      local.json('GET', '/api/v1/shares'),
      local.json('GET', `/api/v1/shares/${randomUUID()}`),
      local.json('DELETE', `/api/v1/shares/${randomUUID()}`),
    ])
    for (const { status, body } of answers) {
      expect([status, (body as { code: string }).code]).toEqual([403, 'forbidden'])
      expect((body as { message: string }).message).toContain('nobody to share with')
    }
  } finally {
    await server.stop(10_000)
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
