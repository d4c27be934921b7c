import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { ConnectionOptions } from 'snowflake-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoubleFault } from './double-account.ts'
import { snowflakeDoubleMissing } from './installed-double.ts'
import { makeReaderAccount, openReader } from './open-reader.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from './start-snowflake-double.ts'
import { signIn } from './wire-session.ts'

const missing = snowflakeDoubleMissing()
const keys = (() => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
})()

describe.skipIf(missing !== null)(
  `the engine double's doors${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let double: SnowflakeDouble
    beforeAll(async () => {
      double = await startSnowflakeDouble()
    })
    afterAll(() => double.close())

    describe('signing in', () => {
      const users = [
        {
          name: 'READER',
          publicKeys: [keys.publicKey],
          pats: ['pat'],
          oauthTokens: ['good'],
          expiredOauthTokens: ['old'],
          roles: ['ANALYST'],
          defaultRole: 'ANALYST',
        },
      ]
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString()
      test.each([
        { how: 'a registered key', more: { authenticator: 'SNOWFLAKE_JWT', privateKey: keys.privateKey }, code: null },
        { how: 'another key', more: { authenticator: 'SNOWFLAKE_JWT', privateKey: other }, code: '390144' },
        {
          how: 'another user',
          more: { authenticator: 'SNOWFLAKE_JWT', privateKey: keys.privateKey, username: 'X' },
          code: '390144',
        },
        { how: 'a wrong token', more: { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'nope' }, code: '394400' },
        { how: 'an OAuth token', more: { authenticator: 'OAUTH', token: 'good' }, code: null },
        { how: 'a wrong OAuth token', more: { authenticator: 'OAUTH', token: 'bad' }, code: '390303' },
        { how: 'an expired OAuth token', more: { authenticator: 'OAUTH', token: 'old' }, code: '390318' },
        { how: 'a password', more: { authenticator: 'SNOWFLAKE', password: 'p', token: undefined }, code: '390100' },
        { how: 'a role not granted', more: { role: 'ADMIN' }, code: '390189' },
      ])('fakesnow: with $how', async ({ more, code }) => {
        const account = await double.newAccount()
        await account.configure({ users })
        const outcome = await openReader(account, more as Partial<ConnectionOptions>).then(
          () => null,
          (error: { readonly code?: unknown }) => String(error.code),
        )
        expect(outcome).toBe(code)
      })

      test.each([
        { what: 'a sound one', shift: {}, success: true },
        { what: 'an expired one', shift: { issued: -120, expires: -60 }, success: false },
        { what: 'one of a clock that is ahead', shift: { issued: 600, expires: 660 }, success: false },
        { what: 'one for another subject', shift: { user: 'X' }, success: false },
      ])("fakesnow: with a key pair's token, $what", async ({ shift, success }) => {
        const account = await double.newAccount()
        await account.configure({ users })
        const { login } = await signIn(account)
        const token = tokenOf(account.account, shift)
        expect(await login({ AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: token })).toMatchObject({ success })
      })
    })

    test('fakesnow: a service whose clock is ahead says so and refuses our token', async () => {
      const ahead = await startSnowflakeDouble({ clockAheadSeconds: 7_200 })
      const account = await ahead.newAccount()
      await account.configure({ users: [{ name: 'READER', publicKeys: [keys.publicKey] }] })
      const { headers } = await fetch(account.accessUrl)
      expect(Date.parse(headers.get('date') ?? '') - Date.now()).toBeGreaterThan(7_000_000)
      const { login } = await signIn(account)
      const TOKEN = tokenOf(account.account, {})
      expect(await login({ AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN })).toMatchObject({ code: '390144' })
      await ahead.close()
    })

    test.each(['PUT file:///etc/hosts @~', '/* a */ get @~/x file:///tmp'])(
      'fakesnow: %s is refused',
      async (sqlText) => {
        const account = await makeReaderAccount(double)
        expect(await (await signIn(account)).query(sqlText)).toMatchObject({ success: false, code: '000002' })
      },
    )

    test('fakesnow: OAuth with PKCE; a refresh token works once, an access token until it expires', async () => {
      const account = await makeReaderAccount(double)
      const redirectUri = 'http://127.0.0.1:1/callback'
      await account.configure({ oauthClients: [{ id: account.account, secret: 's', user: 'READER', redirectUri }] })
      const verifier = randomBytes(32).toString('base64url')
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      const asked = {
        client_id: account.account,
        redirect_uri: redirectUri,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state: 'st',
      }
      const page = `${account.accessUrl}/oauth/authorize?${new URLSearchParams(asked).toString()}`
      const back = new URL((await fetch(page, { redirect: 'manual' })).headers.get('location') ?? '')
      expect(back.searchParams.get('state')).toBe('st')
      const exchange = async (form: Record<string, string>) => {
        const headers = { authorization: `Basic ${Buffer.from(`${account.account}:s`).toString('base64')}` }
        const response = await fetch(`${account.accessUrl}/oauth/token-request`, {
          method: 'POST',
          headers,
          body: new URLSearchParams(form),
        })
        return {
          status: response.status,
          said: (await response.json()) as Readonly<Record<string, string>>,
        }
      }
      const code = {
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
      }
      const first = await exchange({ ...code, code_verifier: verifier })
      expect(first.status).toBe(200)
      expect(await exchange({ ...code, code_verifier: verifier })).toMatchObject({
        status: 400,
        said: { error: 'invalid_grant' },
      })
      const refresh = { grant_type: 'refresh_token', refresh_token: first.said['refresh_token'] ?? '' }
      const second = await exchange(refresh)
      expect([second.status, (await exchange(refresh)).status]).toEqual([200, 400])
      const { login } = await signIn(account)
      const credential = { AUTHENTICATOR: 'OAUTH', TOKEN: second.said['access_token'] }
      expect(await login(credential)).toMatchObject({ success: true })
      await account.expire('oauth')
      expect(await login(credential)).toMatchObject({ success: false, code: '390318' })
    })

    test('fakesnow: every fault of a chunk makes the driver fail or try again, and the double outlives it', async () => {
      const account = await makeReaderAccount(double)
      await account.configure({ largeResults: [{ match: 'FROM BIG', rows: 3_000, chunkRows: 1_000 }] })
      const body = async (fault: DoubleFault): Promise<string> => {
        await account.fault(fault)
        const { data } = await (await signIn(account)).query('SELECT * FROM BIG')
        try {
          const signal = AbortSignal.timeout(1500)
          const response = await fetch(data.chunks[0]?.url ?? '', { headers: data.chunkHeaders, signal })
          return `${response.status} ${(await response.text()).length > 0 ? 'body' : 'empty'}`
        } catch (error) {
          return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'broken'
        }
      }
      expect(await body({ at: 'chunk', action: 'hang' })).toBe('timeout')
      expect(await body({ at: 'chunk', action: 'hang-after', bytes: 100 })).toBe('timeout')
      expect(await body({ at: 'chunk', action: 'slow', bytesPerSecond: 100 })).toBe('timeout')
      expect(await body({ at: 'chunk', action: 'reset' })).toBe('broken')
      expect(await body({ at: 'chunk', action: 'cut', bytes: 100 })).toBe('broken')
      expect(await body({ at: 'chunk', action: 'corrupt' })).toBe('broken')
      expect(await body({ at: 'chunk', action: 'short' })).toBe('200 body')
      expect(await body({ at: 'chunk', action: 'status', status: 503 })).toBe('503 body')
      expect(await body({ at: 'chunk', action: 'expire' })).toBe('403 body')
      expect(await body({ at: 'chunk', action: 'delay', seconds: 0.1 })).toBe('200 body')
    })
  },
)

/** A key pair's token whose times are shifted from now, in seconds. */
function tokenOf(account: string, { issued = 0, expires = 60, user = 'READER' }): string {
  const der = createPublicKey(keys.publicKey).export({ type: 'spki', format: 'der' })
  const subject = `${account}.${user}`
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: `${subject}.SHA256:${createHash('sha256').update(der).digest('base64')}`,
    sub: subject,
    iat: now + issued,
    exp: now + expires,
  }
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = sign('sha256', Buffer.from(parts.join('.')), keys.privateKey)
  return [...parts, signature.toString('base64url')].join('.')
}
