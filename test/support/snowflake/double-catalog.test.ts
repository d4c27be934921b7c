import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DoubleAccount, readDocumentedAnswer } from './double-account.ts'
import { snowflakeDoubleMissing } from './installed-double.ts'
import type { Driver } from './open-driver.ts'
import { makeReaderAccount, openReader } from './open-reader.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from './start-snowflake-double.ts'

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(
  `what the engine double tells of itself${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let double: SnowflakeDouble
    beforeAll(async () => {
      double = await startSnowflakeDouble()
    })
    afterAll(() => double.close())

    const opened = async (): Promise<{ readonly account: DoubleAccount; readonly driver: Driver }> => {
      const account = await makeReaderAccount(double)
      return { account, driver: await openReader(account) }
    }

    test('fakesnow: what discovery asks, of real and of generated tables', async () => {
      const { account, driver } = await opened()
      await account.seed(
        [
          'CREATE TABLE C (X INT REFERENCES T (A))',
          "COMMENT ON TABLE C IS 'children'",
          'CREATE VIEW V AS SELECT * FROM T',
        ],
        {
          database: 'DB',
          schema: 'S',
        },
      )
      await account.generateCatalog({ database: 'GEN', schemas: 10, tables: 10_000, columns: 20 })
      const column = async (sql: string, at: number) => (await driver.run(sql)).rows.map((row) => row[at])
      expect(await column('SHOW TERSE SCHEMAS IN DATABASE GEN', 1)).toHaveLength(11)
      expect(await column('SHOW OBJECTS IN SCHEMA DB.S', 1)).toEqual(['C', 'T', 'V'])
      expect((await driver.run('SHOW IMPORTED KEYS IN SCHEMA DB.S')).rows[0]?.slice(1, 9)).toEqual([
        'DB',
        'S',
        'T',
        'A',
        'DB',
        'S',
        'C',
        'X',
      ])
      expect(await column('SHOW OBJECTS IN ACCOUNT', 1)).toHaveLength(10_000)
      const first = await column('SHOW OBJECTS IN SCHEMA GEN.S000 LIMIT 600', 1)
      const rest = await column(`SHOW OBJECTS IN SCHEMA GEN.S000 LIMIT 600 FROM '${String(first.at(-1))}'`, 1)
      expect(new Set([...first, ...rest]).size).toBe(1000)
      const columns = `SELECT TABLE_NAME FROM GEN.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'S001'`
      expect(await column(columns, 0)).toHaveLength(20_000)
      await account.configure({ settings: { informationSchemaLimit: 10_000 } })
      expect(await driver.run(columns)).toMatchObject({ code: '090030' })
      const altered = `SELECT TABLE_NAME FROM GEN.INFORMATION_SCHEMA.TABLES WHERE LAST_ALTERED > '2026-01-01'::TIMESTAMP_LTZ`
      await account.touchTables('GEN', 'ORDERS_00000%')
      expect(await column(altered, 0)).toEqual(['ORDERS_000000', 'ORDERS_000008'])
      const changed = `SELECT TABLE_NAME, TABLE_TYPE, COMMENT FROM DB.INFORMATION_SCHEMA.TABLES WHERE LAST_ALTERED > DATEADD(MINUTE, -5, CURRENT_TIMESTAMP()) ORDER BY 1`
      expect((await driver.run(changed)).rows).toEqual([
        ['C', 'BASE TABLE', 'children'],
        ['T', 'BASE TABLE', null],
      ])
    })

    test.each([
      { sql: 'EXPLAIN USING JSON SELECT 1', at: 0, text: 'GlobalStats' },
      { sql: 'SHOW GRANTS TO ROLE ANALYST', at: 1, text: 'USAGE' },
      { sql: "SHOW PARAMETERS LIKE 'STATEMENT_TIMEOUT%' IN SESSION", at: 1, text: '172800' },
      { sql: "SELECT SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED')", at: 0, text: 'FALSE' },
    ])('documented answer: $sql', async ({ sql, at, text }) => {
      const { driver } = await opened()
      expect((await driver.run(sql)).rows[0]?.[at]).toContain(text)
    })

    test('documented answer: a test sets another', async () => {
      const { account, driver } = await opened()
      await account.configure({ answers: [readDocumentedAnswer('explain-json-cartesian')] })
      expect((await driver.run('EXPLAIN USING JSON SELECT 1')).rows[0]?.[0]).toContain('CartesianJoin')
    })
  },
)
