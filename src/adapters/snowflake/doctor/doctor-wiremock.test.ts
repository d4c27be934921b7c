import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startWireMock, type WireMock, wireMockMissing } from '../../../../test/support/snowflake/wiremock-server.ts'
import type { SignIn } from '../../../contract/snowflake/sign-in.ts'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import { makeSystemClock } from '../../node/node-system.ts'
import { makeSnowflakeLink } from '../make-snowflake-link.ts'
import type { SnowflakeCredential } from '../snowflake-link.ts'
import { makeDoctor } from './make-doctor.ts'

const missing = wireMockMissing()
const never = new AbortController().signal
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const keyPair = {
  credential: {
    method: 'key_pair',
    user: 'FLOE',
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  },
  signIn: { method: 'key_pair', user: 'FLOE', publicKey: 'MIIB', fingerprint: 'SHA256:abc=' },
} satisfies { readonly credential: SnowflakeCredential; readonly signIn: SignIn }
const token = {
  credential: { method: 'access_token', user: 'FLOE', token: 'another' },
  signIn: { method: 'access_token', user: 'FLOE' },
} satisfies { readonly credential: SnowflakeCredential; readonly signIn: SignIn }

describe.skipIf(missing !== null)(`the doctor on WireMock${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let wireMock: WireMock
  beforeAll(async () => {
    wireMock = await startWireMock()
  })
  afterEach(() => wireMock.reset())
  afterAll(() => wireMock.close())

  test.each([
    [['login-refused-jwt'], keyPair, /390144/, /ALTER USER "FLOE" SET RSA_PUBLIC_KEY = 'MIIB';/],
    [
      ['login-refused-network'],
      keyPair,
      /network policy/,
      /CREATE OR ALTER NETWORK RULE .* VALUE_LIST = \('\d+\.\d+\.\d+\.\d+\/32'\)/,
    ],
    [['session', 'pat'], token, /394400/, /ADD PROGRAMMATIC ACCESS TOKEN/],
    [['login-503-always'], token, /answer/, null],
    [['login-hangs'], token, /in time/, null],
  ])('wiremock: %j', async (mappings, { credential, signIn }, detail, sql) => {
    await wireMock.load(...mappings)
    // What Snowflake's host says to a visitor without a path.
    await wireMock.add({ request: { method: 'GET', url: '/' }, response: { status: 302 } })
    const target = {
      account: 'ACME',
      accessUrl: wireMock.url,
      role: null,
      warehouse: null,
      database: null,
      schema: null,
    }
    const faults: unknown[] = []
    const link = makeSnowflakeLink({
      target,
      credential: () => Promise.resolve(credential),
      limits: { signInMs: 4_000 },
      onFault: (error) => faults.push(error),
    })
    const steps = makeDoctor({
      link,
      target,
      signIn,
      methods,
      userId: 'u1',
      egress: [],
      clock: makeSystemClock(),
    }).examine(never)
    try {
      expect((await steps.next()).value).toMatchObject({ name: 'reach', state: 'ok' })
      const { value } = await steps.next()
      expect(value).toMatchObject({ name: 'sign-in', state: 'failed' })
      const step = value as { readonly detail: string; readonly sql: string | null }
      expect(step.detail).toMatch(detail)
      if (sql === null) expect(step.sql).toBeNull()
      else expect(step.sql).toMatch(sql)
      expect((await steps.next()).value).toMatchObject({ name: 'role', state: 'skipped' })
    } finally {
      await link.close()
    }
    expect(faults).toEqual([])
  })
})
