import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postTurn, readEvents, runFloe, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { prepareAccount, token } from '../support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

const missing = snowflakeDoubleMissing()
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

describe.skipIf(missing !== null)(
  `fakesnow: an account that quotes requests in its errors${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let folder: string
    let env: Record<string, string>
    let double: SnowflakeDouble
    let account: DoubleAccount
    let server: ServedFloe

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'floe-snowflake-echo-'))
      env = { DATA_DIR: folder, SNOWFLAKE_ALLOW_LOOPBACK: 'true', LOG_LEVEL: 'trace' }
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      await prepareAccount(account, ['CREATE TABLE T (ID INT)', 'INSERT INTO T VALUES (1)'])
      await account.configure({
        users: [
          {
            name: 'READER',
            pats: [token],
            publicKeys: [publicKey.export({ type: 'spki', format: 'pem' }).toString()],
            roles: ['ANALYST'],
            defaultRole: 'ANALYST',
          },
        ],
      })
      server = await serveFloe(env)
    }, 300_000)
    afterAll(async () => {
      await double.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const get = async (path: string): Promise<string> => await (await fetch(`${server.url}/api/v1${path}`)).text()

    /** Runs a query to its end; returns its events as they were streamed, and as they were stored. */
    async function run(connection: string): Promise<string> {
      const events = []
      const body = { sql: 'SELECT ID FROM T', connection, autoRun: true }
      for await (const event of readEvents(await postTurn(server.url, body))) events.push(event)
      const { turnId } = events[0] ?? { turnId: '' }
      expect(events.at(-1)).toMatchObject({ kind: 'turn.failed' })
      return JSON.stringify(events) + (await get(`/turns/${turnId}/events`)) + (await get('/conversations'))
    }

    test.each([
      ['an access token', { method: 'access_token', user: 'READER', token }],
      ['a key', { method: 'key_pair', user: 'READER', privateKey: privateKeyPem }],
    ])(
      'nothing of %s or of the session reaches an event, an answer, the command line or the log',
      async (_, signIn) => {
        const name = signIn.method
        const added = await fetch(`${server.url}/api/v1/connections`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            account: `${account.accessUrl}/${account.account}`,
            role: 'ANALYST',
            warehouse: 'WH',
            database: 'SALES',
            schema: 'PUBLIC',
            name,
            signIn,
          }),
        })
        const told = [await added.text()]
        expect(added.status, told[0]).toBe(201)

        await account.fault({ at: 'login', action: 'echo', code: '390100', times: null })
        told.push(await run(name))
        const doctor = await runFloe(['doctor', '--connection', name], env)
        told.push(doctor.out, doctor.err)
        await account.clearFaults()

        for (const [code, sqlState] of [
          ['000904', '42000'],
          ['604', '57014'],
          ['999999', ''],
        ] as const) {
          await account.fault({ at: 'query', action: 'echo', match: 'FROM T', code, sqlState, times: null })
          told.push(await run(name))
          await account.clearFaults()
        }
        await account.expire('session')
        await account.fault({ at: 'renew', action: 'echo', code: '390114', times: null })
        await account.fault({ at: 'login', action: 'echo', code: '390100', times: null })
        told.push(await run(name), await get('/connections'), await get('/app'), server.log())
        await account.clearFaults()

        // The requests were quoted up to here, without their secrets.
        const all = told.join('\n')
        expect(all).toContain('Refused: POST')
        expect(all).toMatch(/\[secret\]|\[token\]/)
        expect(all).not.toContain(token)
        expect(all).not.toMatch(/ver:1-(session|master)/)
        expect(all).not.toMatch(/\beyJ[\w-]+\.[\w-]+/)
        for (const line of privateKeyPem.split('\n').slice(1, -2)) expect(all).not.toContain(line)
      },
    )

    test('the log of the server holds none of them when it has ended', async () => {
      expect(await server.stop()).toBe(0)
      expect(server.log()).not.toMatch(new RegExp(`${token}|ver:1-(session|master)|eyJ`))
    })
  },
)
