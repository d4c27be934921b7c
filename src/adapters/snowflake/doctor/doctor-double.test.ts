import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionReport } from '../../../contract/connection.ts'
import type { SignIn } from '../../../contract/snowflake/sign-in.ts'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import type { CannedAnswer, Configuration } from '../../../../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../../../../test/support/snowflake/installed-double.ts'
import {
  type SnowflakeDouble,
  startSnowflakeDouble,
} from '../../../../test/support/snowflake/start-snowflake-double.ts'
import { makeSystemClock } from '../../node/node-system.ts'
import { makeSnowflakeLink } from '../make-snowflake-link.ts'
import type { SnowflakeCredential, SnowflakeLink, SnowflakeTarget } from '../snowflake-link.ts'
import { makeDoctor } from './make-doctor.ts'

const missing = snowflakeDoubleMissing()
const never = new AbortController().signal
const documented = (name: string): CannedAnswer =>
  JSON.parse(
    readFileSync(new URL(`../../../../test/support/snowflake/documented/${name}.json`, import.meta.url), 'utf8'),
  ) as CannedAnswer

describe.skipIf(missing !== null)(`the doctor on fakesnow${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let double: SnowflakeDouble
  const links: SnowflakeLink[] = []
  beforeAll(async () => {
    double = await startSnowflakeDouble()
  })
  afterAll(async () => {
    await Promise.all(links.map((link) => link.close()))
    await double.close()
  })

  async function examine(
    configuration: Configuration,
    more: {
      readonly target?: Partial<SnowflakeTarget>
      readonly credential?: SnowflakeCredential
      readonly signIn?: SignIn
    } = {},
  ): Promise<ConnectionReport> {
    const account = await double.newAccount()
    await account.configure({
      users: [{ name: 'FLOE', pats: ['secret'], roles: ['READER'], defaultRole: 'READER' }],
      warehouses: [{ name: 'WH' }],
      ...configuration,
    })
    await account.seed(['CREATE TABLE ORDERS (ID INT)'], { database: 'SALES', schema: 'PUBLIC' })
    const target = {
      account: account.account,
      accessUrl: account.accessUrl,
      role: 'READER',
      warehouse: 'WH',
      database: null,
      schema: null,
      ...more.target,
    }
    const credential = more.credential ?? { method: 'access_token', user: 'FLOE', token: 'secret' }
    const link = makeSnowflakeLink({
      target,
      credential: () => Promise.resolve(credential),
      resultOrigins: [account.accessUrl],
      onFault: (error) => {
        throw error
      },
    })
    links.push(link)
    const signIn = more.signIn ?? { method: 'access_token', user: 'FLOE' }
    const steps = makeDoctor({
      link,
      target,
      signIn,
      methods,
      userId: 'u1',
      egress: [],
      clock: makeSystemClock(),
    }).examine(never)
    for (let next = await steps.next(); ; next = await steps.next()) if (next.done === true) return next.value
  }
  const states = ({ steps }: ConnectionReport) => Object.fromEntries(steps.map(({ name, state }) => [name, state]))
  const step = ({ steps }: ConnectionReport, wanted: string) => steps.find(({ name }) => name === wanted)

  test('fakesnow + documented grants: a reader without a ceiling', async () => {
    const report = await examine({})
    expect(states(report)).toEqual({
      reach: 'ok',
      'sign-in': 'ok',
      role: 'ok',
      warehouse: 'ok',
      databases: 'ok',
      'can-write': 'ok',
      'read-only-ceiling': 'warning',
      'statement-timeout': 'ok',
    })
    expect(report.warning).toBe('The read-only ceiling is not active in Snowflake.')
  })

  test('fakesnow + documented grants: a role that can write', async () => {
    const report = await examine({ answers: [documented('show-grants-to-role-writer')] })
    expect(step(report, 'can-write')).toMatchObject({
      state: 'warning',
      sql: expect.stringContaining('REVOKE INSERT ON TABLE "SALES"."PUBLIC"."ORDERS"') as string,
    })
    expect(report.warning).toMatch(/^Role READER can do more than read: CREATE TABLE on schema SALES\.PUBLIC/)
  })

  test('fakesnow: a token that was removed, a role that was not granted, a warehouse that is not there', async () => {
    const removed = await examine({}, { credential: { method: 'access_token', user: 'FLOE', token: 'another' } })
    expect(step(removed, 'sign-in')).toMatchObject({
      state: 'failed',
      sql: expect.stringContaining('PROGRAMMATIC ACCESS TOKEN') as string,
    })
    const role = await examine({}, { target: { role: 'WRITER' } })
    expect(step(role, 'sign-in')).toMatchObject({ state: 'failed', sql: 'GRANT ROLE "WRITER" TO USER "FLOE";' })
    const warehouse = await examine({}, { target: { warehouse: 'ELSEWHERE' } })
    expect(step(warehouse, 'warehouse')).toMatchObject({
      state: 'failed',
      sql: 'GRANT USAGE ON WAREHOUSE "ELSEWHERE" TO ROLE "READER";',
    })
  })

  test('fakesnow: another key than the one the user has', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const privateKeyPem = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      .export({ type: 'pkcs8', format: 'pem' })
      .toString()
    const report = await examine(
      {},
      {
        credential: { method: 'key_pair', user: 'FLOE', privateKeyPem },
        signIn: { method: 'key_pair', user: 'FLOE', publicKey: 'MIIB', fingerprint: 'SHA256:abc=' },
      },
    )
    expect(step(report, 'sign-in')).toMatchObject({
      state: 'failed',
      sql: expect.stringContaining('SET RSA_PUBLIC_KEY') as string,
    })
    expect(states(report)['role']).toBe('skipped')
  })

  test('fakesnow: a suspended warehouse is left asleep', async () => {
    const report = await examine({ warehouses: [{ name: 'WH', state: 'SUSPENDED' }] })
    expect(step(report, 'warehouse')?.detail).toMatch(/is asleep and wakes with the first query/)
  })
})
