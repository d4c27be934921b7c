import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectionReport, SavedConnection } from '../../src/contract/connection.ts'
import { serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { oauthClient, startOauthServer, type OauthServer } from '../support/oauth-server.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { startSnowflakeDouble, type SnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

const dist = resolve(import.meta.dirname, '..', '..', 'dist')
const program = join(dist, 'main.js')
const missing = existsSync(program) ? snowflakeDoubleMissing() : 'nothing is built: run npm run build'

describe.skipIf(!existsSync(program))('the bundle', () => {
  test('source maps lie beside and lead back to the sources; no licence is left out', () => {
    const parts = readdirSync(dist).filter((name) => name.endsWith('.js'))
    expect(parts.filter((name) => name.endsWith('-child.js') && !existsSync(join(dist, `${name}.map`)))).toEqual([])
    const { sources } = JSON.parse(readFileSync(`${program}.map`, 'utf8')) as { sources: readonly string[] }
    expect(sources).toContain('../src/main.ts')
    const licences = readFileSync(join(dist, 'THIRD-PARTY-LICENSES'), 'utf8')
    for (const name of ['snowflake-sdk', 'fastify', 'react-dom', '@fontsource-variable/inter'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'))
  })

  test('texts take one byte a letter in memory', () => {
    const wide = readdirSync(dist).filter(
      (name) => name.endsWith('.js') && readFileSync(join(dist, name)).some((byte) => byte > 127),
    )
    expect(wide).toEqual([])
  })
})

const token = 'pat-5ecret-of-the-bundle'

describe.skipIf(missing !== null)(
  `fakesnow: the bundle signs in to Snowflake${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'floe-bundle-'))
    const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    let double: SnowflakeDouble
    let account: DoubleAccount
    let oauth: OauthServer
    let floe: ServedFloe

    beforeAll(async () => {
      oauth = await startOauthServer()
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      const publicKeys = [keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()]
      const roles = { roles: ['ANALYST'], defaultRole: 'ANALYST' }
      await account.configure({
        users: [{ name: 'READER', pats: [token], publicKeys, ...roles }],
        warehouses: [{ name: 'WH', state: 'STARTED' }],
      })
      const env = { DATA_DIR: join(folder, 'data'), SNOWFLAKE_ALLOW_LOOPBACK: 'true', SAMPLE_SCALE: '0.001' }
      floe = await serveFloe(env, program)
    }, 300_000)
    afterAll(async () => {
      await floe.stop()
      await double.close()
      await oauth.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const send = async (path: string, body: object): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${floe.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }
    const add = async (name: string, signIn: object, at: DoubleAccount = account): Promise<string> => {
      const place = { role: 'ANALYST', warehouse: 'WH', database: 'SALES', schema: 'PUBLIC' }
      const wanted = { ...place, account: `${at.accessUrl}/${at.account}`, name, signIn }
      return SavedConnection.parse(await send('/connections', wanted)).id
    }
    const signInOf = async (id: string) =>
      ConnectionReport.parse(await send(`/connections/${id}/test`, {})).steps.find(({ name }) => name === 'sign-in')

    test.each([
      ['a key pair', () => ({ method: 'key_pair', user: 'READER', privateKey: pemOf(keys.privateKey) })],
      ['an access token', () => ({ method: 'access_token', user: 'READER', token })],
    ])('with %s', async (name, signIn) => {
      const step = await signInOf(await add(name.replaceAll(' ', '-'), signIn()))
      expect(step, JSON.stringify(step)).toMatchObject({ state: 'ok' })
    })

    test('with an outside issuer by browser', async () => {
      const { id: clientId, secret: clientSecret } = oauthClient
      const id = await add('ann', { method: 'external_oauth', clientId, clientSecret, issuer: oauth.url })
      const start = await fetch(`${floe.url}/api/v1/connections/${id}/sign-in`, { method: 'POST' })
      const { url } = (await start.json()) as { url: string }
      const back = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
      const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
      expect((await fetch(back, { redirect: 'manual', headers: { cookie } })).status).toBe(303)
      const oauthTokens = oauth.issued.filter((one) => one.startsWith('access-'))
      await account.configure({ users: [{ name: 'ANN', oauthTokens, roles: ['ANALYST'], defaultRole: 'ANALYST' }] })
      expect(await signInOf(id)).toMatchObject({ state: 'ok' })
    })

    test('a redirect of the sign-in to another host takes no secret along', async () => {
      const heard: string[] = []
      const elsewhere = createServer((request, response) => {
        heard.push(request.url ?? '')
        response.end()
      })
      await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done))
      const address = elsewhere.address()
      const host = `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
      const own = await double.newAccount()
      await own.configure({ users: [{ name: 'READER', pats: [token], roles: ['ANALYST'], defaultRole: 'ANALYST' }] })
      await own.fault({ at: 'login', action: 'redirect', status: 307, location: `http://${host}`, times: null })
      const step = await signInOf(await add('away', { method: 'access_token', user: 'READER', token }, own))
      expect(step).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('a host that is not one of its own') as string,
      })
      expect(heard).toEqual([])
      elsewhere.close()
    })
  },
)

const pemOf = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString()
