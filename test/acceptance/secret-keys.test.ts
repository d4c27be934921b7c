import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePostgresOauthStore } from '../../src/adapters/postgres/postgres-oauth-store.ts'
import { openStore } from '../../src/adapters/postgres/store.test-support.ts'
import { makeAesSecretBox } from '../../src/adapters/secrets/aes-secret-box.ts'
import { makeFileRing } from '../../src/adapters/secrets/key-ring.ts'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { RotationReport } from '../../src/core/connections/rotate-secrets.ts'
import type { SavedConnection } from '../../src/contract/connection.ts'
import { run } from '../support/cli-run.ts'
import { runFloe, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { oauthClient, startOauthServer, type OauthServer } from '../support/oauth-server.ts'
import { storePlaces } from '../support/store-places.ts'

const token = 'pat-5ecret-in-another-process'
const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`
const [first, second, imposter] = [key('first'), key('second'), key('first')]
/** Where nothing listens: what is sealed is opened, and then the account is not reached. */
const add = (name: string, account: string) => [
  'connection',
  'add',
  name,
  '--account',
  account,
  '--method',
  'access-token',
  '--user',
  'U',
  '--token-file',
  '-',
  '--no-test',
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-keys-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('keys of stored secrets', () => {
  test('are put in front, sealed under anew, and taken away; a missing or wrong one is said', async () => {
    const base = { DATA_DIR: join(folder, 'given'), SNOWFLAKE_ALLOW_LOOPBACK: 'true' }
    const withKeys = (...keys: readonly string[]) => ({ ...base, SECRET_KEYS: keys.join(',') })
    const use = async (...keys: readonly string[]) =>
      (await runFloe(['sql', 'SELECT 1', '--connection', 'kept'], withKeys(...keys))).err
    const saved = await runFloe(add('kept', 'http://127.0.0.1:1/x'), withKeys(first), token)
    expect([saved.code, saved.err]).toEqual([0, ''])
    expect(await use(second)).toContain('A stored secret was sealed with key "first", which SECRET_KEYS does not have.')
    expect(await use(imposter)).toContain('A stored secret cannot be opened')
    expect(await use(second, first)).not.toContain('stored secret')
    const early = await runFloe(['admin', 'rotate-secrets', '--json'], withKeys(second))
    expect([early.code, JSON.parse(early.out)]).toMatchObject([6, { sealedAnew: 0, current: 0, unreadable: 1 }])
    const rotated = await runFloe(['admin', 'rotate-secrets', '--json'], withKeys(second, first))
    expect([rotated.code, JSON.parse(rotated.out)]).toMatchObject([0, { sealedAnew: 1, current: 0, unreadable: 0 }])
    const again = await runFloe(['admin', 'rotate-secrets'], withKeys(second, first))
    expect(again.out).toMatch(
      /Key "second" \(newest\) seals 1 secret\.\nKey "first" seals no secrets\.\nCan leave: first\. Take/,
    )
    const dropped = await runFloe(['admin', 'rotate-secrets', '--drop-old-keys'], withKeys(second, first))
    expect([dropped.code, dropped.err]).toEqual([2, expect.stringContaining('SECRET_KEYS, which Floe cannot change')])
    expect(await use(second)).not.toContain('stored secret')
    expect(existsSync(join(base.DATA_DIR, 'secret-keys'))).toBe(false)
  }, 240_000)

  test('in the file are renewed under a running server, which seals nothing under a key that has left', async () => {
    const env = { DATA_DIR: join(folder, 'renewed'), SNOWFLAKE_ALLOW_LOOPBACK: 'true' }
    const server = await serveFloe(env)
    const keep = (name: string) =>
      fetch(`${server.url}/api/v1/connections`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name,
          account: 'http://127.0.0.1:1/x',
          signIn: { method: 'access_token', user: 'U', token },
        }),
      })
    const rotate = async (...options: readonly string[]) => {
      const { code, out, err } = await runFloe(['admin', 'rotate-secrets', '--json', ...options], env)
      return { code, err, report: out === '' ? null : (JSON.parse(out) as RotationReport) }
    }
    expect((await keep('before')).status).toBe(201)
    const rotated = await rotate()
    expect(rotated.report).toMatchObject({ sealedAnew: 1, keys: [{ seals: 1 }, { seals: 0 }] })
    const early = await rotate('--drop-old-keys')
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('less than a minute ago')])
    expect((await keep('between')).status).toBe(201)
    const path = join(env.DATA_DIR, 'secret-keys')
    const past = new Date(Date.now() - 61_000)
    utimesSync(path, past, past)
    const dropped = await rotate('--drop-old-keys')
    // Nothing is sealed anew: the server had used the new key at once.
    expect(dropped).toMatchObject({ code: 0, report: { sealedAnew: 0, current: 2, keys: [{ seals: 2 }] } })
    expect(dropped.report?.dropped).toEqual([rotated.report?.keys[1]?.id])
    expect((await keep('after')).status).toBe(201)
    for (const name of ['before', 'between', 'after'])
      expect((await runFloe(['sql', 'SELECT 1', '--connection', name], env)).err).not.toContain('stored secret')
    await server.stop()
  }, 240_000)

  test('in a file that others can read are refused, and the doctor says how to mend it', async () => {
    const env = { DATA_DIR: join(folder, 'own') }
    const well = await runFloe(['doctor'], env)
    expect(well.out).toMatch(/ok +secrets: .*secret-keys/)
    const path = join(env.DATA_DIR, 'secret-keys')
    chmodSync(path, 0o644)
    const { code, out } = await runFloe(['doctor'], env)
    expect(code).toBe(6)
    expect(out).toMatch(new RegExp(`FAILED +secrets: Others on this machine can read .*\\n +Run chmod 600 ${path}`))
  }, 120_000)
})

for (const { name, missing, open } of storePlaces)
  test.skipIf(missing !== null)(
    `the keys that sign access tokens are sealed anew in ${name}`,
    async () => {
      const place = await open()
      const { database, close } = openStore(place.where)
      const box = makeAesSecretBox(makeFileRing(join(place.env['DATA_DIR'] ?? '', 'secret-keys')))
      const store = makePostgresOauthStore({ database })
      const sealed = await box.seal('a private key', { ownerId: 'signing keys', rowId: 'one' })
      await store.addKey({ id: 'one', sealed, createdAt: 1 }, 0)
      const { services } = compose(readConfig({ ...place.env, LOG_LEVEL: 'silent' }))
      const rotated = await run(['admin', 'rotate-secrets', '--json'], { services })
      expect(JSON.parse(rotated.out)).toMatchObject({ sealedAnew: 1, keys: [{ seals: 1 }, { seals: 0 }] })
      const [kept] = await store.listKeys()
      expect(await box.open(kept?.sealed ?? '', { ownerId: 'signing keys', rowId: 'one' })).toBe('a private key')
      expect(box.isCurrent(kept?.sealed ?? '')).toBe(true)
      // What another copy has stored meanwhile stays.
      expect(await store.replaceKey('one', sealed, 'older')).toBe(false)
      await close()
      await place.remove()
    },
    60_000,
  )

describe('[no-secrets] at the most talkative log level', () => {
  let oauth: OauthServer
  let server: ServedFloe
  let env: Record<string, string>
  beforeAll(async () => {
    oauth = await startOauthServer()
    env = {
      DATA_DIR: join(folder, 'logs'),
      LOG_LEVEL: 'trace',
      SNOWFLAKE_ALLOW_LOOPBACK: 'true',
      SECRET_KEYS: first,
    }
    server = await serveFloe(env)
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await oauth.close()
  })

  const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
    await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })

  test('no secret is in the log or an answer, whatever goes wrong at the sign-in server', async () => {
    const { id: clientId, secret: clientSecret } = oauthClient
    const signIn = { method: 'snowflake_oauth', clientId, clientSecret }
    const seen: string[] = []
    const added = await (await post('/api/v1/connections', { name: 'ann', account: oauth.url, signIn })).text()
    const { id } = JSON.parse(added) as SavedConnection
    const enter = async (): Promise<void> => {
      const start = await post(`/api/v1/connections/${id}/sign-in`, {})
      const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
      const { url } = (await start.json()) as { url: string }
      const back = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
      const answer = await fetch(back, { redirect: 'manual', headers: { cookie } })
      seen.push(await answer.text(), answer.headers.get('location') ?? '')
    }
    oauth.setLife(1)
    for (const mood of ['unavailable', 'html', 'drops', 'redirects', 'drops after answering', 'well'] as const) {
      oauth.setMood(mood)
      await enter()
      seen.push(await (await post(`/api/v1/connections/${id}/catalog/refresh`, {})).text())
      seen.push(await (await post(`/api/v1/connections/${id}/test`, {})).text())
    }
    const bad = { name: 'x', account: 'a-b', signIn: { method: 'access_token', token: `${token} with blanks` } }
    seen.push(await (await post('/api/v1/connections', bad)).text())
    const odd = { name: 'x', account: 'a-b', signIn: { method: 'key_pair', user: 'u', privateKey: { secret: token } } }
    seen.push(await (await post('/api/v1/connections', odd)).text())
    const cli = await runFloe(add('other', 'myorg-myaccount'), env, token)
    expect(cli.code).toBe(0)
    const everything = [added, ...seen, cli.out, cli.err, server.log()].join('\n')
    const secrets = [token, clientSecret, encodeURIComponent(clientSecret), first.slice(6), ...oauth.issued]
    expect(oauth.issued.length).toBeGreaterThan(6)
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
    expect(server.log()).toContain('"route":"/oauth/callback"')
  }, 120_000)
})
