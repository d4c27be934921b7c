import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrowserClient } from '../support/browser-client.ts'
import { freeOrigin, OauthApp } from '../support/oauth-app.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import type { StartedServer } from '../support/started-server.ts'

/** How a route answers: anything but these is a hole. `own` routes answer about the asker's own things and let everybody in. */
type Outcome = 'yes' | 'forbidden' | 'not_found'
type Asker = 'viewer' | 'member' | 'admin' | 'token'
type Row = Readonly<Record<Asker, Outcome>> & {
  readonly body?: unknown
  /** A body that names the owner's things. */
  readonly bodyOf?: (ids: Readonly<Record<string, string>>) => unknown
  /** The status for somebody who has not signed in, where it is not 401. */
  readonly nobody?: number
}

const everybody: Row = { viewer: 'yes', member: 'yes', admin: 'yes', token: 'yes' }
/** A change of the asker's own things, which a token without scopes does not make. */
const ownChange: Row = { ...everybody, token: 'forbidden' }
/** Something of another person: there is no such thing for anybody, admins included. */
const foreign: Row = { viewer: 'not_found', member: 'not_found', admin: 'not_found', token: 'not_found' }
/** A change of such a thing. */
const foreignChange: Row = { ...foreign, token: 'forbidden' }
/** Something of another person that only those with a right could change if it were theirs. */
const foreignWithRight: Row = { viewer: 'forbidden', member: 'not_found', admin: 'not_found', token: 'forbidden' }
const admins: Row = { viewer: 'forbidden', member: 'forbidden', admin: 'yes', token: 'forbidden' }

const connection = {
  name: 'of the asker',
  kind: 'snowflake',
  account: 'myorg-myaccount',
  signIn: { method: 'access_token', token: 'a-token-that-nobody-checks' },
}

/** Every route of the OpenAPI document, as it answers about things of another person. A route without a row fails. */
const rows: Readonly<Record<string, Row>> = {
  'GET /app': everybody,
  'GET /starters': everybody,
  'GET /me': everybody,
  'PATCH /me': { ...ownChange, body: { name: 'A new name' } },
  'DELETE /me': { ...ownChange, body: { confirm: 'not-mine@example.com' } },
  'GET /me/export': everybody,
  'GET /me/preferences': everybody,
  'PATCH /me/preferences': { ...ownChange, body: { output: 'chart' } },
  'GET /me/storage': everybody,
  'GET /me/sessions': everybody,
  'DELETE /me/sessions/{sessionId}': foreignChange,
  'DELETE /me/sessions': ownChange,
  'GET /me/tokens': everybody,
  'POST /me/tokens': { ...ownChange, body: { name: 'mine', scopes: [], days: 1 } },
  'DELETE /me/tokens/{tokenId}': foreignChange,
  'GET /me/apps': everybody,
  'DELETE /me/apps/{grantId}': foreignChange,
  'GET /people': admins,
  'POST /people': { ...admins, body: { email: 'x@example.com', role: 'member' } },
  'PATCH /people/{personId}': { ...admins, admin: 'not_found', body: { role: 'member' } },
  'DELETE /people/{personId}/sessions': { ...admins, admin: 'not_found' },
  'GET /me/groups': everybody,
  'GET /usage': everybody,
  'GET /models': everybody,
  'PUT /models': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden', body: { provider: 'google' } },
  'PATCH /models': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden', body: { prices: [] } },
  'POST /models/test': {
    viewer: 'forbidden',
    member: 'yes',
    admin: 'yes',
    token: 'forbidden',
    body: { provider: 'google' },
  },
  // Keys are named by their provider: the owner has one, and no asker reaches it.
  'DELETE /models/{provider}': foreignChange,
  'POST /models/{provider}/restore': foreignWithRight,
  'GET /people/model-usage': admins,
  'GET /budgets': admins,
  'PUT /budgets': { ...admins, body: { subject: { kind: 'everyone' }, bytesPerDay: 1e15, tokensPerDay: null } },
  'DELETE /budgets/{budgetId}': { ...admins, admin: 'not_found' },
  'GET /groups': admins,
  'POST /groups': { ...admins, body: { name: 'Another group' } },
  'PATCH /groups/{groupId}': { ...admins, admin: 'not_found', body: { name: 'Renamed' } },
  'PUT /groups/{groupId}/members/{personId}': { ...admins, admin: 'not_found' },
  'DELETE /groups/{groupId}/members/{personId}': { ...admins, admin: 'not_found' },
  'DELETE /groups/{groupId}': { ...admins, admin: 'not_found' },
  'GET /audit': admins,
  'GET /audit/export': admins,
  'GET /connections': everybody,
  'POST /connections': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden', body: connection },
  'GET /connections/{connectionId}': foreign,
  'PATCH /connections/{connectionId}': { ...foreignWithRight, body: { name: 'mine now' } },
  'DELETE /connections/{connectionId}': foreignWithRight,
  'POST /connections/{connectionId}/set-aside': foreignWithRight,
  'POST /connections/{connectionId}/restore': foreignWithRight,
  'POST /connections/{connectionId}/test': foreignWithRight,
  'POST /connections/{connectionId}/test/steps': foreignWithRight,
  'GET /connections/{connectionId}/places': foreignWithRight,
  'GET /connections/{connectionId}/policy': foreign,
  'GET /connection-options': everybody,
  'POST /connection-preview': {
    viewer: 'forbidden',
    member: 'yes',
    admin: 'yes',
    token: 'forbidden',
    body: { kind: 'snowflake', account: 'myorg-myaccount' },
  },
  'POST /connection-setup-script': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden', body: {} },
  'GET /connections/{connectionId}/catalog': foreign,
  'POST /connections/{connectionId}/catalog/refresh': foreignWithRight,
  'POST /connections/{connectionId}/sign-in': foreignWithRight,
  'GET /catalog/{connection}/children': foreignWithRight,
  'GET /catalog/{connection}/search': foreignWithRight,
  'GET /catalog/{connection}/names': foreignWithRight,
  'GET /catalog/{connection}/tables/{name}': foreignWithRight,
  'POST /catalog/{connection}/refresh': foreignWithRight,
  'POST /sql/check': { ...foreignWithRight, bodyOf: (ids) => ({ connection: ids['connection'], sql: 'SELECT 1' }) },
  'GET /shares': everybody,
  'POST /shares': {
    ...foreignWithRight,
    bodyOf: ({ conversationId }) => ({ conversationId, audience: { kind: 'everyone' } }),
  },
  // The owner shares it with a group that no asker is in.
  'GET /shares/{shareId}': foreign,
  'DELETE /shares/{shareId}': foreignChange,
  'GET /favorites': everybody,
  'POST /favorites': { ...foreignChange, bodyOf: ({ turnId }) => ({ turnId }) },
  // The owner shares it with a group that no asker is in.
  'GET /favorites/{favoriteId}': foreign,
  'PATCH /favorites/{favoriteId}': { ...foreignChange, body: { title: 'mine now' } },
  'DELETE /favorites/{favoriteId}': foreignChange,
  'POST /favorites/{favoriteId}/restore': foreignChange,
  'POST /favorites/{favoriteId}/duplicate': foreignChange,
  'POST /favorites/{favoriteId}/run': { ...foreignChange, body: {} },
  'GET /favorites/{favoriteId}/changes/{turnId}': foreign,
  'PUT /favorites/{favoriteId}/result': { ...foreignChange, bodyOf: ({ turnId }) => ({ turnId }) },
  'PUT /favorites/{favoriteId}/shares/{groupId}': { ...foreignWithRight, body: {} },
  'DELETE /favorites/{favoriteId}/shares/{groupId}': foreignChange,
  'PUT /favorites/{favoriteId}/verified': { ...foreignChange, body: { question: 'How many?' } },
  'DELETE /favorites/{favoriteId}/verified': foreignChange,
  'GET /shared-favorites': everybody,
  'GET /verified-queries': everybody,
  'GET /verified-queries/export': everybody,
  'GET /folders': everybody,
  'POST /folders': { ...ownChange, body: { name: 'mine' } },
  'PATCH /folders/{folderId}': { ...foreignChange, body: { name: 'mine now' } },
  'DELETE /folders/{folderId}': foreignChange,
  'POST /folders/{folderId}/restore': foreignChange,
  'GET /connection-shares': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden' },
  // The owner is an admin, so other admins share what is the owner's.
  'GET /connections/{connectionId}/shares': { ...foreignWithRight, admin: 'yes' },
  'PUT /connections/{connectionId}/shares/{groupId}': { ...foreignWithRight, body: {} },
  'DELETE /connections/{connectionId}/shares/{groupId}': foreignWithRight,
  // Nothing was said about what is not the asker's.
  'GET /conversations/{conversationId}/feedback': everybody,
  'PUT /turns/{turnId}/feedback': { ...foreignChange, body: { verdict: 'up' } },
  'DELETE /turns/{turnId}/feedback': foreignChange,
  'GET /feedback': admins,
  'GET /conversations': everybody,
  'GET /conversations/{conversationId}': foreign,
  'PATCH /conversations/{conversationId}': { ...foreignChange, body: { isKept: true } },
  'DELETE /conversations/{conversationId}': foreignChange,
  'POST /conversations/{conversationId}/restore': foreignChange,
  'POST /conversations/{conversationId}/fork': { ...foreignWithRight, bodyOf: ({ turnId }) => ({ turnId }) },
  'GET /history': everybody,
  'GET /history/conversations': everybody,
  'PUT /turns/{turnId}/chart': { ...foreignChange, body: { settings: null } },
  'PATCH /turns/{turnId}': { ...foreignChange, body: { note: 'not mine' } },
  'GET /turns/{turnId}': foreign,
  'GET /turns/{turnId}/events': foreign,
  'GET /turns/{turnId}/rows': foreign,
  'GET /turns/{turnId}/summary': foreign,
  'GET /turns/{turnId}/comparison': foreign,
  'GET /turns/{turnId}/comparable': foreign,
  // The id of the owner's turn is refused like any malformed one.
  'POST /turns': { viewer: 'forbidden', member: 'yes', admin: 'yes', token: 'forbidden' },
  'POST /turns/{turnId}/approve': { ...foreignWithRight, body: { digest: 'a'.repeat(64) } },
  'POST /turns/{turnId}/edit': { ...foreignWithRight, body: { sql: 'SELECT 1' } },
  'POST /turns/{turnId}/cancel': { ...foreignChange, body: {} },
  'GET /turns/{turnId}/export': foreignWithRight,
  'POST /turns/{turnId}/exports': { ...foreignWithRight, body: { format: 'csv' } },
  'GET /exports/{exportId}': foreign,
  'GET /exports/{exportId}/file': foreign,
  'DELETE /exports/{exportId}': foreignChange,
  // A socket that is refused says so in a frame: see sign-in.test.ts.
  'GET /socket': { ...everybody, nobody: 400 },
}

/** What some routes do not answer without. */
const queries: Readonly<Record<string, string>> = {
  'GET /starters': '?connection=sample',
  'GET /catalog/{connection}/search': '?q=orders',
  'GET /turns/{turnId}/summary': '?column=0',
  'GET /turns/{turnId}/comparison': `?with=${randomUUID()}`,
}

let organisation: Organisation
let server: StartedServer
let paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
/** Ids of things that belong to the owner, whom no asker is. */
let ids: Readonly<Record<string, string>>
const browsers = new Map<string, BrowserClient>()
let token: string
/** An app of the member that may only read, as the token may. */
let appToken: string

beforeAll(async () => {
  organisation = await startOrganisation({
    PUBLIC_URL: await freeOrigin(),
    ADMIN_EMAILS: 'admin@example.com,owner@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
  })
  ;({ server } = organisation)
  for (const name of ['admin', 'owner', 'member', 'viewer']) browsers.set(name, await organisation.signedIn(name))
  const of = (name: string): BrowserClient => {
    const browser = browsers.get(name)
    if (browser === undefined) throw new Error(`nobody is called ${name}`)
    return browser
  }
  const { body: people } = await of('admin').json('GET', '/api/v1/people')
  const viewerId = (people as { id: string; email: string }[]).find(({ email }) => email === 'viewer@example.com')?.id
  await of('admin').json('PATCH', `/api/v1/people/${viewerId ?? ''}`, { role: 'viewer' })
  token = (
    (await of('member').json('POST', '/api/v1/me/tokens', { name: 'none', scopes: [], days: 1 })).body as {
      token: string
    }
  ).token

  const owner = of('owner')
  const [turnId, conversationId] = [randomUUID(), randomUUID()]
  const asked = await owner.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ turnId, conversationId, sql: 'SELECT 1 AS N', autoRun: true }),
  })
  expect(await asked.text()).toContain('turn.done')
  const sessions = (await owner.json('GET', '/api/v1/me/sessions')).body as { id: string }[]
  const made = (await owner.json('POST', '/api/v1/me/tokens', { name: 'own', scopes: [], days: 1 })).body as {
    id: string
  }
  const saved = (await owner.json('POST', '/api/v1/connections', connection)).body as { id: string }
  const me = (await owner.json('GET', '/api/v1/me')).body as { id: string }
  const group = (await owner.json('POST', '/api/v1/groups', { name: 'of the owner alone' })).body as { id: string }
  await owner.json('PUT', `/api/v1/groups/${group.id}/members/${me.id}`)
  const share = (
    await owner.json('POST', '/api/v1/shares', {
      conversationId,
      audience: { kind: 'group', groupId: group.id },
      withRows: true,
    })
  ).body as { id: string }
  const favorite = (await owner.json('POST', '/api/v1/favorites', { turnId })).body as { id: string }
  const folder = (await owner.json('POST', '/api/v1/folders', { name: 'of the owner' })).body as { id: string }
  await owner.json('PUT', `/api/v1/favorites/${favorite.id}/shares/${group.id}`, { withRows: true })
  const exported = (await owner.json('POST', `/api/v1/turns/${turnId}/exports`, { format: 'csv' })).body as {
    id: string
  }
  const app = await OauthApp.register(server.url)
  appToken = (await app.connect(of('member'), { scope: 'floe:read' })).accessToken
  await app.connect(owner)
  const grants = await owner.json('GET', '/api/v1/me/apps')
  ids = {
    shareId: share.id,
    favoriteId: favorite.id,
    folderId: folder.id,
    exportId: exported.id,
    turnId,
    conversationId,
    sessionId: sessions[0]?.id ?? '',
    tokenId: made.id,
    connectionId: saved.id,
    connection: saved.id,
    name: 'ORDERS',
    personId: randomUUID(),
    groupId: randomUUID(),
    budgetId: randomUUID(),
    provider: 'openai-compatible',
    grantId: (grants.body as { id: string }[])[0]?.id ?? '',
  }
  paths = ((await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as { paths: typeof paths }).paths
}, 120_000)
afterAll(() => organisation.close())

const routes = (): readonly string[] =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))

/** Asks a route about the owner's things. */
async function ask(asker: Asker | 'app' | null, route: string): Promise<{ status: number; text: string }> {
  const [method = '', path = ''] = route.split(' ')
  const url = `/api/v1${path.replace(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? '')}`
  const body =
    route === 'POST /turns'
      ? { turnId: ids['turnId'], sql: 'SELECT 1' }
      : (rows[route]?.bodyOf?.(ids) ?? rows[route]?.body)
  const given = `${url}${queries[route] ?? ''}`
  const headers = {
    origin: server.url,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(asker === 'token' ? { authorization: `Bearer ${token}` } : {}),
    ...(asker === 'app' ? { authorization: `Bearer ${appToken}` } : {}),
  }
  const isProgram = asker === null || asker === 'token' || asker === 'app'
  const browser = isProgram ? new BrowserClient(server.url) : browsers.get(asker)
  const response = await browser?.request(given, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response?.status ?? 0, text: (await response?.text()) ?? '' }
}

describe('every route, for every role, about the things of another person', () => {
  test('has a row in the table', () => {
    expect(routes().toSorted()).toEqual(Object.keys(rows).toSorted())
  })

  test('answers nobody who has not signed in', async () => {
    for (const route of routes())
      expect([route, (await ask(null, route)).status]).toEqual([route, rows[route]?.nobody ?? 401])
  })

  test.each(['viewer', 'member', 'token', 'app', 'admin'] as const)('answers a %s as the table says', async (asker) => {
    const wrong: string[] = []
    // The asker's own sessions end last.
    const ordered = routes().toSorted(
      (a, b) => Number(a === 'DELETE /me/sessions') - Number(b === 'DELETE /me/sessions'),
    )
    for (const route of ordered) {
      const { status, text } = await ask(asker, route)
      const row = rows[route]
      // An app that may only read hears what a token hears.
      const expected = asker === 'app' ? row?.token : row?.[asker]
      const outcome: Outcome = status === 403 ? 'forbidden' : status === 404 ? 'not_found' : 'yes'
      if (outcome !== expected || status >= 500)
        wrong.push(`${route}: ${status} instead of ${expected ?? 'nothing'}: ${text.slice(0, 200)}`)
      if (asker !== 'admin') expect(text, route).not.toContain('owner@example.com')
    }
    expect(wrong).toEqual([])
  })

  test('leaves the things of the owner as they were', async () => {
    const owner = browsers.get('owner')
    expect((await owner?.json('GET', `/api/v1/turns/${ids['turnId'] ?? ''}`))?.status).toBe(200)
    expect((await owner?.json('GET', '/api/v1/me'))?.body).toMatchObject({ name: 'Owner Example', role: 'admin' })
    expect((await owner?.json('GET', `/api/v1/shares/${ids['shareId'] ?? ''}`))?.status).toBe(200)
    expect((await owner?.request(`/api/v1/exports/${ids['exportId'] ?? ''}/file`, {}))?.status).toBe(200)
    expect((await owner?.json('GET', '/api/v1/me/tokens'))?.body).toHaveLength(1)
    expect((await owner?.json('GET', '/api/v1/connections'))?.body).toMatchObject([{ name: 'of the asker' }])
  })

  test('no token changes the account of its person, whatever its scopes', async () => {
    const scopes = ['ask', 'connections', 'people']
    const owner = browsers.get('owner') ?? new BrowserClient(server.url)
    const made = await owner.json('POST', '/api/v1/me/tokens', { name: 'all', scopes, days: 1 })
    const { id, token: all } = made.body as { id: string; token: string }
    const status = async (method: string, path: string, body?: unknown): Promise<number> =>
      (
        await new BrowserClient(server.url).request(path, {
          method,
          headers: {
            authorization: `Bearer ${all}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).status
    expect(await status('GET', '/api/v1/people')).toBe(200)
    for (const [method, path, body] of [
      ['DELETE', '/api/v1/me', { confirm: 'owner@example.com' }],
      ['PATCH', '/api/v1/me', { name: 'Somebody else' }],
      ['DELETE', '/api/v1/me/sessions'],
      ['DELETE', `/api/v1/me/sessions/${ids['sessionId'] ?? ''}`],
      ['DELETE', `/api/v1/me/tokens/${id}`],
      ['POST', '/api/v1/me/tokens', { name: 'more', scopes, days: 1 }],
    ] as const)
      expect([method, path, await status(method, path, body)]).toEqual([method, path, 403])
    expect((await owner.json('GET', '/api/v1/me')).status).toBe(200)
  })
})
