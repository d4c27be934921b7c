import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { AppInfo } from '../../src/contract/api.ts'
import { SavedConnection } from '../../src/contract/connection.ts'
import { run } from '../support/cli-run.ts'
import { oauthClient, startOauthServer, type OauthServer } from '../support/oauth-server.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'
import { makeLocalCaller } from '../../src/core/caller.ts'

const token = 'pat-5ecret-that-nobody-sees'
const otherOwner = makeLocalCaller('7d1c8e5a-3b2f-4c6d-9e8f-1a2b3c4d5e6f', 'api')
let folder: string
let floe: Floe
let server: StartedServer
let elsewhere: StartedServer
let oauth: OauthServer
const seen: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-saved-'))
  oauth = await startOauthServer()
  floe = compose(
    readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent', SNOWFLAKE_ALLOW_LOOPBACK: 'true' }),
  )
  server = await startServer(floe.services, { identify: floe.callerAt })
  elsewhere = await startServer(floe.services, { identify: () => otherOwner })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
}, 300_000)
afterAll(async () => {
  await elsewhere.app.close()
  await server.stop(10_000)
  await oauth.close()
  rmSync(folder, { recursive: true, force: true })
})

/** All that the wired program hands out of a saved connection. */
const publicKeys = Object.keys(SavedConnection.def.options[0].shape).toSorted()

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

/** Asks a server, and keeps what it answered to be searched for secrets. */
async function ask(method: string, path: string, body?: unknown, more: RequestInit = {}, at = server): Promise<Answer> {
  const response = await fetch(`${at.url}${path}`, {
    method,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...more,
  })
  const text = await response.text()
  seen.push(text, JSON.stringify([...response.headers]))
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
}
const api = (method: string, path: string, body?: unknown, at = server): Promise<Answer> =>
  ask(method, `/api/v1${path}`, body, {}, at)

const tokenConnection = (name: string) => ({
  name,
  account: 'https://app.snowflake.com/myorg/my_account',
  role: 'READER',
  signIn: { method: 'access_token', user: 'SVC', token },
})
const add = async (body: object): Promise<SavedConnection> => {
  const { status, body: added } = await api('POST', '/connections', body)
  expect(status).toBe(201)
  return SavedConnection.parse(added)
}
const command = async (argv: readonly string[], stdin?: string) => {
  const services = { ...floe.services, close: () => Promise.resolve() }
  const ended = await run(argv, { services, caller: floe.callerAt('cli'), ...(stdin === undefined ? {} : { stdin }) })
  seen.push(ended.out, ended.err)
  return ended
}

describe('saved connections over REST', () => {
  test('one is added, listed for the page, read, changed and removed', async () => {
    const added = await add(tokenConnection('First'))
    expect(added).toMatchObject({
      account: 'myorg-my_account',
      accessUrl: 'https://myorg-my-account.snowflakecomputing.com',
      signIn: { method: 'access_token', user: 'SVC' },
      needsSignIn: false,
      warning: null,
      checkedAt: null,
    })
    const info = AppInfo.parse((await api('GET', '/app')).body)
    expect(info.connections.map(({ ref }) => ref)).toEqual(['sample', 'First'])
    expect(info.connections[1]).toMatchObject({ warning: null, saved: { id: added.id, needsSignIn: false } })
    expect(info.connectionsProblem).toBeNull()
    expect((await api('GET', '/connections')).body).toEqual([added])
    const changed = await api('PATCH', `/connections/${added.id}`, { name: 'Second', warehouse: 'WH', role: null })
    expect(changed.body).toMatchObject({ id: added.id, name: 'Second', warehouse: 'WH', role: null })
    expect((await api('GET', `/connections/${added.id}/catalog`)).body).toMatchObject({ state: 'unread', tables: 0 })
    expect((await api('DELETE', `/connections/${added.id}`)).body).toEqual({ ok: true })
    expect((await api('GET', `/connections/${added.id}`)).status).toBe(404)
    expect((await api('DELETE', `/connections/${added.id}`)).status).toBe(404)
  })

  test.each([
    ['no name', { ...tokenConnection('x'), name: ' ' }, 'name'],
    ['the name of the sample', tokenConnection('Sample'), 'name'],
    ['a name that is a path', tokenConnection('folder:/etc'), 'name'],
    ['a host that is not Snowflake’s', { ...tokenConnection('x'), account: 'https://example.com/' }, 'example.com'],
    ['a control character', { ...tokenConnection('x'), role: 'A\u0000B' }, 'role'],
    ['a password', { ...tokenConnection('x'), signIn: { method: 'password', user: 'u', password: token } }, 'signIn'],
    ['no token', { ...tokenConnection('x'), signIn: { method: 'access_token' } }, 'token'],
    [
      'a key that is none',
      { ...tokenConnection('x'), signIn: { method: 'key_pair', user: 'u', privateKey: token } },
      'PEM',
    ],
    [
      'a machine’s identity',
      { ...tokenConnection('x'), signIn: { method: 'workload_identity', provider: 'AWS' } },
      'WORKLOAD_IDENTITY',
    ],
  ])('%s is refused with 400', async (_, body, says) => {
    const { status, body: problem } = await api('POST', '/connections', body)
    expect(problem).toMatchObject({ code: 'bad_request', whoseTurn: 'person' })
    expect(status).toBe(400)
    expect(JSON.stringify(problem)).toContain(says)
  })

  test('a name is taken once; another account needs its own sign-in', async () => {
    const { id } = await add(tokenConnection('Taken'))
    expect((await api('POST', '/connections', tokenConnection('TAKEN'))).body).toMatchObject({ code: 'bad_request' })
    expect((await api('PATCH', `/connections/${id}`, { account: 'other-account' })).body).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('sign-in') as string,
    })
    const { account, signIn } = { ...tokenConnection(''), account: 'other-account' }
    expect((await api('PATCH', `/connections/${id}`, { account, signIn })).body).toMatchObject({ account })
    await api('DELETE', `/connections/${id}`)
  })

  test('[own-rows] someone else’s connection is not there', async () => {
    const { id, name } = await add(tokenConnection('Mine'))
    const asOther = (method: string, path: string, body?: unknown) => api(method, path, body, elsewhere)
    expect((await asOther('GET', '/connections')).body).toEqual([])
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { role: 'X' }],
      ['DELETE', ''],
      ['GET', '/catalog'],
      ['POST', '/catalog/refresh', {}],
      ['POST', '/test', {}],
      ['POST', '/sign-in', {}],
    ] as const)
      expect(await asOther(method, `/connections/${id}${path}`, body), `${method} ${path}`).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    const check = floe.services.check(otherOwner, 'SELECT 1', name, new AbortController().signal)
    await expect(check).rejects.toMatchObject({ problem: { code: 'connection_unknown' } })
    expect((await api('GET', `/connections/${id}`)).status).toBe(200)
    await api('DELETE', `/connections/${id}`)
  })

  test.each(['POST', 'PATCH', 'DELETE'])('%s from another site is refused', async (method) => {
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' }
    const path = `/api/v1/connections${method === 'POST' ? '' : '/0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f'}`
    expect(await ask(method, path, undefined, { headers, body: '{}' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
  })
})

describe('a sign-in by browser', () => {
  const { id: clientId, secret: clientSecret } = oauthClient
  const oauthConnection = (name: string) => ({
    name,
    account: oauth.url,
    signIn: { method: 'snowflake_oauth', clientId, clientSecret },
  })
  const start = async (name: string) => {
    const { id } = await add(oauthConnection(name))
    const { body, headers } = await api('POST', `/connections/${id}/sign-in`, {})
    const { url } = body as { url: string }
    const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '')
    return { id, back, cookie: headers.get('set-cookie') ?? '' }
  }
  const comeBack = (back: URL, cookie: string): Promise<Answer> =>
    ask('GET', back.pathname + back.search, undefined, { headers: { cookie: cookie.split(';')[0] ?? '' } })

  test('goes through the account’s own page and comes back to Floe', async () => {
    const { id, back, cookie } = await start('Ann')
    expect(back.origin).toBe(server.url)
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/)
    expect((await api('GET', '/app')).body).toMatchObject({
      connections: expect.arrayContaining([
        expect.objectContaining({ ref: 'Ann', saved: { id, needsSignIn: true } }),
      ]) as unknown,
    })
    const done = await comeBack(back, cookie)
    expect([done.status, done.headers.get('location')]).toEqual([303, '/?connection=Ann'])
    expect(done.headers.get('set-cookie')).toContain('Max-Age=0')
    expect(done.headers.get('referrer-policy')).toBe('no-referrer')
    expect((await api('GET', `/connections/${id}`)).body).toMatchObject({ needsSignIn: false })
    await api('DELETE', `/connections/${id}`)
  })

  test('in another browser, or with something else on the way, ends in words', async () => {
    const { id, back, cookie } = await start('Bob')
    const bent = new URL(back)
    bent.searchParams.set('state', '<script>x</script>')
    for (const answer of [
      await comeBack(back, 'floe-sign-in=x'),
      await comeBack(bent, cookie),
      await comeBack(back, ''),
    ]) {
      expect(answer.status).toBe(409)
      expect(answer.body).toContain('The sign-in did not work')
      expect(answer.body).not.toContain('<script>')
    }
    expect((await api('GET', `/connections/${id}`)).body).toMatchObject({ needsSignIn: true })
    await api('DELETE', `/connections/${id}`)
  })

  test('is asked for where nobody is signed in', async () => {
    const { id } = await add(oauthConnection('Cy'))
    const check = floe.services.check(floe.callerAt('api'), 'SELECT 1', 'Cy', new AbortController().signal)
    await expect(check).rejects.toMatchObject({ problem: { code: 'sign_in_needed', whoseTurn: 'person' } })
    expect((await api('POST', `/connections/${id}/catalog/refresh`, {})).body).toMatchObject({ code: 'sign_in_needed' })
    await api('DELETE', `/connections/${id}`)
  })

  test('over https keeps its ticket under the host’s own prefix', async () => {
    const published = await startServer(floe.services, {
      identify: floe.callerAt,
      publicUrl: 'https://floe.example.com',
    })
    const { id } = await add(oauthConnection('Dee'))
    const { body, headers } = await api('POST', `/connections/${id}/sign-in`, {}, published)
    expect(headers.get('set-cookie')).toMatch(/^__Host-floe-sign-in=.*; Path=\/; .*; Secure$/)
    expect(new URL((body as { url: string }).url).searchParams.get('redirect_uri')).toBe(
      'https://floe.example.com/oauth/callback',
    )
    await api('DELETE', `/connections/${id}`)
    await published.app.close()
  })
})

describe('saved connections on the command line', () => {
  test('one is added from stdin without being tried, listed and removed', async () => {
    const argv = ['connection', 'add', 'cli one', '--account', 'myorg.myaccount', '--method', 'access-token']
    const added = await command([...argv, '--token-file', '-', '--no-test'], `${token}\n`)
    expect([added.code, added.out, added.err]).toEqual([0, 'Saved "cli one" to myorg-myaccount.\n', ''])
    const listed = await command(['connection', 'list'])
    expect(listed.out).toBe('cli one  myorg-myaccount  default role  access token\n')
    const asJson = await command(['connection', 'list', '--json'])
    const printed = JSON.parse(asJson.out) as { readonly id: string }
    expect(SavedConnection.parse(printed)).toMatchObject({ name: 'cli one' })
    expect(Object.keys(printed).toSorted()).toEqual(publicKeys)
    const caller = floe.callerAt('cli')
    const { connections } = floe.services
    for (const one of [...(await connections.list(caller)), await connections.read(caller, printed.id)])
      expect(Object.keys(one).toSorted()).toEqual(publicKeys)
    expect((await command(['connection', 'remove', 'CLI ONE'])).out).toBe('Removed "cli one".\n')
    expect((await command(['connection', 'list', '--json'])).out).toBe('')
    const again = await command(['connection', 'remove', 'cli one'])
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('There is no connection "cli one"')])
  })

  test('one is changed: what is given, and nothing else', async () => {
    const { id } = await add(tokenConnection('Changed'))
    const argv = ['connection', 'update', 'changed', '--rename', 'Renamed', '--warehouse', 'WH', '--role', '']
    const changed = await command([...argv, '--no-test', '--json'])
    expect([changed.code, changed.err]).toEqual([0, ''])
    expect(JSON.parse(changed.out)).toMatchObject({ id, name: 'Renamed', warehouse: 'WH', role: null, database: null })
    const signIn = ['--method', 'key-pair', '--user', 'SVC', '--generate-key']
    const signed = await command(['connection', 'update', 'Renamed', ...signIn])
    expect(signed.out).toContain('ALTER USER SVC SET RSA_PUBLIC_KEY=')
    expect((await api('GET', `/connections/${id}`)).body).toMatchObject({
      signIn: { method: 'key_pair' },
      warehouse: 'WH',
    })
    await api('DELETE', `/connections/${id}`)
  })

  test('a key is made and never shown; the administrator’s statement is', async () => {
    const argv = ['connection', 'add', 'made', '--account', 'myorg-myaccount', '--method', 'key-pair', '--user', 'SVC']
    const added = await command([...argv, '--generate-key'])
    expect(added.code).toBe(0)
    expect(added.out).toMatch(/ALTER USER SVC SET RSA_PUBLIC_KEY='MII[A-Za-z0-9+/=]+';/)
    expect(added.out + added.err).not.toContain('PRIVATE')
    await command(['connection', 'remove', 'made'])
  })

  test.each([
    ['without a terminal everything has to be given', ['connection', 'add', 'x'], 'account'],
    ['no key', ['connection', 'add', 'x', '--account', 'a-b', '--method', 'key-pair', '--user', 'u'], '--generate-key'],
    ['no token', ['connection', 'add', 'x', '--account', 'a-b', '--method', 'access-token'], '--token-file'],
    [
      'a file that is not there',
      ['connection', 'add', 'x', '--account', 'a-b', '--method', 'access-token', '--token-file', '/none'],
      '/none',
    ],
    ['a way that is none', ['connection', 'add', 'x', '--method', 'password'], 'Allowed choices'],
    ['a change of nothing', ['connection', 'update', 'x'], 'Nothing is to be changed'],
    ['a change to a name that is none', ['connection', 'update', 'x', '--rename', 'folder:/etc'], 'name'],
    ['no sub-command there is', ['connection', 'rename', 'x'], 'unknown command'],
    ['a secret as an argument', ['connection', 'add', 'x', '--token', 'y'], "unknown option '--token'"],
    ['a refresh of nothing', ['schema', 'refresh'], '--connection'],
    ['a refresh of the sample', ['schema', 'refresh', '--connection', 'sample'], 'Name a saved connection'],
  ])('%s: a misuse', async (_, argv, says) => {
    const { code, out, err } = await command(argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(says)
  })

  test('secrets are sealed under a new key and still open', async () => {
    const { id } = await add(tokenConnection('Rotated'))
    const rotated = await command(['admin', 'rotate-secrets', '--json'])
    expect(rotated.code).toBe(0)
    expect(JSON.parse(rotated.out)).toEqual({
      sealedAnew: 1,
      current: 0,
      unreadable: 0,
      keys: [
        { id: expect.any(String) as string, seals: 1, isNewest: true },
        { id: expect.any(String) as string, seals: 0, isNewest: false },
      ],
      source: join(folder, 'secret-keys'),
      isOwnFile: true,
      dropped: [],
    })
    expect(readFileSync(join(folder, 'secret-keys'), 'utf8').trim().split('\n')).toHaveLength(2)
    expect((await command(['admin', 'rotate-secrets'])).out).toContain('Sealed anew: 1.')
    await api('DELETE', `/connections/${id}`)
  })
})

describe('secrets', () => {
  test('the key file is its owner’s alone', () => {
    expect(statSync(join(folder, 'secret-keys')).mode & 0o777).toBe(0o600)
  })

  test('[no-secrets] none is in any answer, output, log line or file', async () => {
    const { id } = await add(tokenConnection('Kept'))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      .filter((path) => existsSync(path) && statSync(path).isFile())
    const contents = files.map((path) => readFileSync(path, 'latin1'))
    const everything = [...seen, server.log(), elsewhere.log(), ...contents]
    const secrets = [token, oauthClient.secret, ...oauth.issued.filter((one) => !one.startsWith('code'))]
    expect(secrets.length).toBeGreaterThan(3)
    expect(files.length).toBeGreaterThan(50)
    expect(secrets.filter((secret) => everything.some((text) => text.includes(secret)))).toEqual([])
    await api('DELETE', `/connections/${id}`)
  })
})
