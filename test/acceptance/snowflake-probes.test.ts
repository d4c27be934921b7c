import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import { run } from '../support/cli-run.ts'
import type { DoubleAccount } from '../support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../support/snowflake/installed-double.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../support/snowflake/start-snowflake-double.ts'

const token = 'pat-5ecret-of-the-reader'
const missing = snowflakeDoubleMissing()
const question = 'How many customers are in Germany?'

describe.skipIf(missing !== null)(
  `fakesnow: probes need consent${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let folder: string
    let floe: Floe
    let double: SnowflakeDouble
    let account: DoubleAccount

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'floe-probes-'))
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      await account.configure({
        users: [{ name: 'READER', pats: [token], roles: ['ANALYST'], defaultRole: 'ANALYST' }],
        warehouses: [{ name: 'WH', state: 'STARTED' }],
      })
      await account.seed(
        [
          'CREATE TABLE CUSTOMERS (ID INT, NAME VARCHAR(40), COUNTRY VARCHAR(40), CITY VARCHAR(40))',
          "INSERT INTO CUSTOMERS VALUES (1, 'Ada', 'GERMANY', 'Bonn'), (2, 'Bo', 'GERMANY', 'Jena'), (3, 'Cy', 'FRANCE', 'Lyon')",
        ],
        { database: 'SALES', schema: 'PUBLIC' },
      )
      floe = compose(
        readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent', SNOWFLAKE_ALLOW_LOOPBACK: 'true' }),
      )
      await add('asked', 'on')
      await add('unasked', 'off')
    }, 300_000)
    afterAll(async () => {
      await floe.services.close()
      await double.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const command = async (argv: readonly string[], stdin?: string) => {
      const services = { ...floe.services, close: () => Promise.resolve() }
      const given = stdin === undefined ? {} : { stdin }
      const ended = await run(argv, { services, caller: floe.callerAt('cli'), ...given })
      expect(ended.defects).toEqual([])
      return ended
    }
    async function add(name: string, probing: 'on' | 'off'): Promise<void> {
      const address = `${account.accessUrl}/${account.account}`
      const signIn = ['--account', address, '--method', 'access-token', '--user', 'READER', '--token-file', '-']
      const place = ['--role', 'ANALYST', '--warehouse', 'WH', '--database', 'SALES', '--schema', 'PUBLIC']
      const { out } = await command(['connection', 'add', name, ...signIn, ...place, '--probe', probing], token)
      expect(out).toContain(`Saved "${name}"`)
    }
    /** What a question brought about: its events, and the statements that reached the account because of it. */
    async function ask(text: string, connection: string) {
      const before = (await account.statements()).length
      const { out, code } = await command(['ask', text, '--connection', connection, '--yes', '--json'])
      const events = out
        .trim()
        .split('\n')
        .map((line) => TurnEvent.parse(JSON.parse(line)))
      const statements = (await account.statements()).slice(before)
      const isProbe = ({ tag }: { readonly tag?: string | null }): boolean => /"purpose":"probe"/.test(tag ?? '')
      return {
        code,
        clarification: events.find((event) => event.kind === 'clarification'),
        sql: events.find((event) => event.kind === 'query.proposed')?.sql,
        rows: events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : [])),
        probes: statements.filter(isProbe).map(({ sql = '' }) => sql),
        readsCustomers: statements.filter(({ sql = '' }) => /\bCUSTOMERS\b/.test(sql)).map(({ sql = '' }) => sql),
      }
    }

    test('without it nothing is asked of the data, and each choice of the question back names a column and runs', async () => {
      const asked = await ask(question, 'unasked')
      expect(asked.probes).toEqual([])
      expect(asked.readsCustomers).toEqual([])
      expect(asked.code).toBe(3)
      expect(asked.clarification?.question).toContain('Germany')
      const options = asked.clarification?.options ?? []
      expect(options.join('\n')).toMatch(/country/i)
      for (const option of options) {
        const chosen = await ask(option, 'unasked')
        expect(chosen.probes).toEqual([])
        expect(chosen.code, option).toBe(0)
        expect(chosen.sql, option).toMatch(/COUNTRY|CITY|NAME/)
        expect(chosen.rows, option).toEqual([[/country/i.test(option) ? 2 : 0]])
      }
    })

    test('with it values are only compared, and the query filters the column that holds the value', async () => {
      const asked = await ask(question, 'asked')
      expect(asked.probes.length).toBeGreaterThan(0)
      for (const sql of asked.probes) {
        expect(sql).toMatch(/^(?:EXPLAIN USING JSON )?SELECT MIN\(CASE WHEN /)
        expect(sql.replaceAll(/CASE WHEN .*? THEN \d+ END/gs, 'RANK')).not.toMatch(/NAME|COUNTRY|CITY/)
      }
      expect(asked.code).toBe(0)
      expect(asked.sql).toMatch(/COUNTRY\b/)
      expect(asked.sql).toContain("'GERMANY'")
      expect(asked.rows).toEqual([[2]])
    })
  },
)
