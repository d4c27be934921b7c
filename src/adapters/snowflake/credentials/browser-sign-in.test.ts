import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NewConnection } from '../../../contract/connection.ts'
import type { NewSignIn } from '../../../contract/snowflake/sign-in.ts'
import type { SavedConnections } from '../../../core/connections/saved-connections.ts'
import { presentProblem } from '../../../core/problem.ts'
import { oauthClient, startOauthServer, type OauthServer } from '../../../../test/support/oauth-server.ts'
import { makeSystemClock } from '../../node/node-system.ts'
import { localUserId } from '../../postgres/local-user.ts'
import { openStore, otherUserId, temporaryFolder, testTemplate } from '../../postgres/store.test-support.ts'
import { makeAesSecretBox } from '../../secrets/aes-secret-box.ts'
import { makeGivenRing } from '../../secrets/key-ring.ts'
import { makeLocalCaller } from '../../../core/caller.ts'
import { makeServerCopy } from './server-copy.test-support.ts'

const folder = temporaryFolder()
const redirectUri = 'http://127.0.0.1:3000/oauth/callback'
const localCaller = makeLocalCaller(localUserId, 'api')
const otherCaller = makeLocalCaller(otherUserId, 'api')
const owner = { ownerId: localUserId }
let opened: ReturnType<typeof openStore>
let server: OauthServer
let aheadMs = 0

beforeAll(async () => {
  opened = openStore({ dataDir: folder.path, templatePath: await testTemplate() })
})
afterAll(() => opened.close().finally(folder.remove))
beforeEach(async () => {
  aheadMs = 0
  server = await startOauthServer()
  return () => server.close()
})

const secrets = makeAesSecretBox(makeGivenRing([{ id: '1', key: randomBytes(32) }]))
const system = makeSystemClock()
const clock = { ...system, now: () => system.now() + aheadMs }
const makeCopy = () => makeServerCopy({ opened, secrets, clock })

const { id: clientId, secret: clientSecret } = oauthClient
const ways: readonly (readonly [string, () => NewSignIn])[] = [
  ['Snowflake OAuth', () => ({ method: 'snowflake_oauth', clientId, clientSecret })],
  ['an outside issuer, discovered', () => outside({ issuer: server.url })],
  [
    'an outside issuer, its addresses given',
    () => outside({ authorizationUrl: `${server.url}/authorize`, tokenUrl: `${server.url}/token` }),
  ],
]
const outside = (where: { issuer?: string; authorizationUrl?: string; tokenUrl?: string }): NewSignIn => ({
  method: 'external_oauth',
  clientId,
  clientSecret,
  issuer: where.issuer ?? null,
  authorizationUrl: where.authorizationUrl ?? null,
  tokenUrl: where.tokenUrl ?? null,
  scope: null,
})
const newConnection = (signIn: NewSignIn, role: string | null = 'READER'): NewConnection => ({
  kind: 'snowflake',
  name: `c ${randomUUID()}`,
  account: server.url,
  role,
  warehouse: null,
  database: null,
  schema: null,
  probing: 'off',
  signIn,
})

/** Follows the person to the sign-in page and back; the query of the callback. */
async function consent(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '').search
}

async function signIn(saved: SavedConnections, id: string): Promise<void> {
  const { url, ticket } = await saved.startSignIn(localCaller, id, redirectUri)
  await saved.finishSignIn(localCaller, ticket, await consent(url))
}

async function signedIn(way = ways[0]) {
  const copy = makeCopy()
  const { id } = await copy.saved.add(localCaller, newConnection(way?.[1]() ?? { method: 'snowflake_oauth', clientId }))
  await signIn(copy.saved, id)
  return { ...copy, id }
}

const problemOf = async (work: Promise<unknown>) =>
  presentProblem(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  )

describe.each(ways)('signing in by browser: %s', (_name, way) => {
  test('from the connection to a token, and on to fresh ones', async () => {
    const { saved, token } = makeCopy()
    const added = await saved.add(localCaller, newConnection(way()))
    expect(added).toMatchObject({ needsSignIn: true })
    expect(await problemOf(token({ ...owner, id: added.id }))).toMatchObject({
      code: 'sign_in_needed',
      whoseTurn: 'person',
    })
    await signIn(saved, added.id)
    expect(await saved.read(localCaller, added.id)).toMatchObject({ needsSignIn: false })
    const first = await token({ ...owner, id: added.id })
    expect(await token({ ...owner, id: added.id })).toBe(first)
    aheadMs = 600_000
    const second = await token({ ...owner, id: added.id })
    expect(second).not.toBe(first)
    expect(server.exchanges).toEqual(['authorization_code', 'refresh_token'])
    expect(server.faults).toEqual([])
  })
})

describe('the way to the sign-in page', () => {
  test.each([
    ['READER', 'refresh_token session:role:READER'],
    [null, 'refresh_token'],
    ['my role/é', 'refresh_token session:role-encoded:my%20role%2F%C3%A9'],
  ])('asks for role %s with PKCE and a state', async (role, scope) => {
    const { saved } = makeCopy()
    const { id } = await saved.add(localCaller, newConnection({ method: 'snowflake_oauth', clientId }, role))
    const { url, ticket } = await saved.startSignIn(localCaller, id, redirectUri)
    const { searchParams } = new URL(url)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
      scope,
    })
    expect(searchParams.get('state')?.length).toBeGreaterThan(30)
    expect(ticket).not.toContain(searchParams.get('state') ?? '-')
    expect(ticket).toMatch(/^[\w.-]+$/)
  })
})

describe('an answer of the sign-in page', () => {
  const start = async () => {
    const copy = makeCopy()
    const { id } = await copy.saved.add(
      localCaller,
      newConnection({ method: 'snowflake_oauth', clientId, clientSecret }),
    )
    return { ...copy, id, ...(await copy.saved.startSignIn(localCaller, id, redirectUri)) }
  }
  const refused = { code: 'sign_in_needed', whoseTurn: 'person' }

  test('with another state is refused before anything is exchanged', async () => {
    const { saved, ticket, url } = await start()
    const query = (await consent(url)).replace(/state=[^&]+/, 'state=other')
    expect(await problemOf(saved.finishSignIn(localCaller, ticket, query))).toMatchObject(refused)
    expect(server.exchanges).toEqual([])
  })

  test('without the browser’s own ticket is refused', async () => {
    const [one, two] = [await start(), await start()]
    const query = await consent(one.url)
    for (const ticket of ['', 'x', two.ticket, `${one.id}.${two.ticket.slice(37)}`])
      expect(await problemOf(one.saved.finishSignIn(localCaller, ticket, query))).toMatchObject(refused)
    expect(await problemOf(one.saved.finishSignIn(otherCaller, one.ticket, query))).toMatchObject(refused)
    expect(server.exchanges).toEqual([])
  })

  test('is good once', async () => {
    const { saved, ticket, url } = await start()
    const query = await consent(url)
    await saved.finishSignIn(localCaller, ticket, query)
    expect(await problemOf(saved.finishSignIn(localCaller, ticket, query))).toMatchObject(refused)
  })

  test('that comes too late is refused', async () => {
    const { saved, ticket, url } = await start()
    const query = await consent(url)
    aheadMs = 16 * 60_000
    expect(await problemOf(saved.finishSignIn(localCaller, ticket, query))).toMatchObject(refused)
  })

  test('that turns the sign-in down is said so', async () => {
    const { saved, ticket, url } = await start()
    const state = new URL(url).searchParams.get('state') ?? ''
    const query = `?error=access_denied&error_description=No%0Away&state=${state}`
    expect(await problemOf(saved.finishSignIn(localCaller, ticket, query))).toMatchObject({
      ...refused,
      details: ['access_denied', 'No way'],
    })
  })

  test('to a client with a wrong secret names the client', async () => {
    const { saved } = makeCopy()
    const wrong = { method: 'snowflake_oauth', clientId, clientSecret: 'wr0ng-secret' } as const
    const { id } = await saved.add(localCaller, newConnection(wrong))
    const { url, ticket } = await saved.startSignIn(localCaller, id, redirectUri)
    const problem = await problemOf(saved.finishSignIn(localCaller, ticket, await consent(url)))
    expect(problem).toMatchObject({ code: 'connection_broken', message: expect.stringContaining('client') as string })
    expect(JSON.stringify(problem)).not.toContain('wr0ng')
  })
})

describe('a refresh token that is good for one use', () => {
  test('gives no token to sessions that were opened before a change', async () => {
    const { id, openSession, saved } = await signedIn()
    const before = await openSession({ ...owner, id })
    expect(await before()).toMatch(/^access-/)
    await saved.update(localCaller, id, { warehouse: 'WH' })
    expect(await problemOf(before())).toMatchObject({ code: 'connection_broken' })
    expect(await (await openSession({ ...owner, id }))()).toMatch(/^access-/)
  })

  test('is used before its time where Snowflake refuses the token it gave', async () => {
    const { id, token } = await signedIn()
    const first = await token({ ...owner, id })
    const [second, third] = [await token({ ...owner, id }, true), await token({ ...owner, id })]
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    expect(server.exchanges).toEqual(['authorization_code', 'refresh_token'])
  })

  test('is used once by everyone who asks at the same time, in two copies of the server', async () => {
    const { id, token } = await signedIn()
    const elsewhere = makeCopy()
    aheadMs = 600_000
    const tokens = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? token : elsewhere.token)({ ...owner, id })),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(server.exchanges).toEqual(['authorization_code', 'refresh_token'])
    expect(server.faults).toEqual([])
  })

  test.each([
    ['unavailable', '503'],
    ['html', '503'],
    ['drops', 'could not be asked'],
    ['redirects', 'could not be asked'],
  ] as const)('survives a server that is %s', async (mood, says) => {
    const { id, token, saved } = await signedIn()
    aheadMs = 600_000
    server.setMood(mood)
    const problem = await problemOf(token({ ...owner, id }))
    expect(problem).toMatchObject({ code: 'warehouse_unreachable' })
    expect(JSON.stringify(problem)).toContain(says)
    expect(await saved.read(localCaller, id)).toMatchObject({ needsSignIn: false })
    server.setMood('well')
    expect(await token({ ...owner, id })).toMatch(/^access-/)
    expect(server.faults).toEqual([])
  })

  test.each(['revoked', 'used up without an answer'])(
    'that was %s makes the person sign in again, once',
    async (how) => {
      const { id, token, saved } = await signedIn()
      aheadMs = 600_000
      if (how === 'revoked') server.revokeAll()
      else {
        server.setMood('drops after answering')
        expect(await problemOf(token({ ...owner, id }))).toMatchObject({ code: 'warehouse_unreachable' })
        server.setMood('well')
      }
      const problem = await problemOf(token({ ...owner, id }))
      expect(problem).toMatchObject({ code: 'sign_in_needed', whoseTurn: 'person' })
      const seen = JSON.stringify(problem)
      expect(server.issued.filter((secret) => seen.includes(secret))).toEqual([])
      expect(await saved.read(localCaller, id)).toMatchObject({ needsSignIn: true })
      const asked = server.exchanges.length
      expect(await problemOf(token({ ...owner, id }))).toMatchObject({ code: 'sign_in_needed' })
      expect(server.exchanges).toHaveLength(asked)
      await signIn(saved, id)
      expect(await token({ ...owner, id })).toMatch(/^access-/)
    },
  )

  test('is forgotten with the role it was granted for; the client’s own secret stays', async () => {
    const { id, token, saved } = await signedIn()
    expect(await saved.update(localCaller, id, { role: 'OTHER' })).toMatchObject({ role: 'OTHER', needsSignIn: true })
    expect(await problemOf(token({ ...owner, id }))).toMatchObject({ code: 'sign_in_needed' })
    await signIn(saved, id)
    expect(await token({ ...owner, id })).toMatch(/^access-/)
  })
})
