import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoubleAccount } from './double-account.ts'
import { snowflakeDoubleMissing } from './installed-double.ts'
import type { Driver } from './open-driver.ts'
import { makeReaderAccount, openReader } from './open-reader.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from './start-snowflake-double.ts'

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(
  `the engine double's statements${missing === null ? '' : ` (skipped: ${missing})`}`,
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

    test('fakesnow: a statement runs under its tag, role and parameters, once', async () => {
      const { account, driver } = await opened()
      const answer = await driver.run('SELECT * FROM T ORDER BY A', { parameters: { QUERY_TAG: 'turn 7' } })
      expect(answer.rows).toEqual([
        ['1', 'one'],
        ['2', null],
      ])
      expect(await account.statements()).toMatchObject([
        { sql: 'SELECT * FROM T ORDER BY A', tag: 'turn 7', role: 'ANALYST', warehouse: 'WH', user: 'READER' },
      ])
    })

    test.each([
      { sql: 'SELEC 1', code: '001003', sqlState: '42000' },
      { sql: 'SELECT * FROM NOPE', code: '002003', sqlState: '42S02' },
      { sql: 'SELECT * FROM NODB.S.T', code: '002003', sqlState: '02000' },
      { sql: 'SELECT NOPE FROM T', code: '000904', sqlState: '42000' },
      { sql: 'SELECT NOPE(1)', code: '002140', sqlState: '42601' },
      { sql: 'SELECT 1 / 0', code: '100051', sqlState: '22012' },
      { sql: 'SELECT 1; SELECT 2', code: '000008', sqlState: '0A000' },
      { sql: 'USE ROLE NOBODY', code: '003013', sqlState: '42501' },
      { sql: 'SELECT A, B FROM T WHERE SECRET', code: '003001', sqlState: '42501' },
    ])('fakesnow: $sql is refused with $code', async ({ sql, code, sqlState }) => {
      const { account, driver } = await opened()
      await account.configure({ denials: [{ match: 'SECRET', role: 'ANALYST' }] })
      expect(await driver.run(sql)).toMatchObject({ rows: [], code, sqlState })
    })

    test('fakesnow: describeOnly gives the columns and runs nothing', async () => {
      const { account, driver } = await opened()
      expect((await driver.run('SELECT A, B FROM T', { describeOnly: true })).rows).toEqual([])
      expect((await driver.run('SELECT NOPE FROM T', { describeOnly: true })).code).toBe('000904')
      expect(await account.statements()).toEqual([])
    })

    test('fakesnow: binds of every kind', async () => {
      const { driver } = await opened()
      expect((await driver.run('SELECT ?, ?, ?', { binds: [7, 'x', null] as never })).rows).toEqual([['7', 'x', null]])
    })

    test('fakesnow: a cancelled statement ends with 000604 and the engine is free again', async () => {
      const { account, driver } = await opened()
      const waiting = new Promise<string>((resolve) => {
        const statement = driver.connection.execute({
          sqlText: 'SELECT SYSTEM$WAIT(60)',
          complete: (error) => resolve(String(error?.code)),
        })
        void account.until('statement').then(() => statement.cancel(() => undefined))
      })
      expect(await waiting).toBe('000604')
      expect(await account.until('ended', { match: 'WAIT' })).toMatchObject([{ state: 'ABORTED' }])
      expect((await driver.run('SELECT 1')).rows).toEqual([['1']])
    })

    test('fakesnow: a statement that computes is interrupted at its timeout', async () => {
      const { driver } = await opened()
      const sql =
        'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) A, TABLE(GENERATOR(ROWCOUNT => 1000000)) B'
      expect(await driver.run(sql, { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 1 } })).toMatchObject({
        code: '000630',
      })
      expect((await driver.run('SELECT 1')).rows).toEqual([['1']])
    })

    test('fakesnow: a long statement is held for a while, then asked for again', async () => {
      const { account, driver } = await opened()
      await account.configure({ settings: { holdSeconds: 0.2 } })
      expect((await driver.run("SELECT SYSTEM$WAIT(900, 'MILLISECONDS')")).rows).toHaveLength(1)
      const kinds = (await account.log()).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'result').length).toBeGreaterThanOrEqual(2)
      expect(kinds.filter((kind) => kind === 'statement')).toHaveLength(1)
    })

    test('fakesnow: a result in chunks is read whole, again by its query id, and by nobody without the headers', async () => {
      const { account, driver } = await opened()
      await account.configure({ settings: { inlineRows: 10, chunkRows: 40 } })
      const sql = 'SELECT "range" FROM TABLE(GENERATOR(ROWCOUNT => 100)) ORDER BY 1'
      const numbers = Array.from({ length: 100 }, (_, n) => [String(n)])
      expect((await driver.run(sql)).rows).toEqual(numbers)
      const [{ queryId } = { queryId: '' }] = await account.statements()
      const again = await new Promise((resolve) => {
        driver.connection.fetchResult({
          queryId: queryId ?? '',
          complete: (_error, _statement, rows) => resolve(rows),
        })
      })
      expect(again).toEqual(numbers)
      const bare = await fetch(`${account.accessUrl}/chunks/${account.account}/${queryId}/0?generation=0`)
      expect(bare.status).toBe(400)
      expect(await account.statements()).toHaveLength(1)
    })

    test('fakesnow: large results are made as they are read', async () => {
      const { account, driver } = await opened()
      await account.configure({ largeResults: [{ match: 'FROM BIG', rows: 2_500, chunkRows: 1_000 }] })
      const { rows } = await driver.run('SELECT * FROM BIG')
      expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 2_500 }, (_, n) => n))
    })

    test('fakesnow: an expired session is renewed and its statement runs once', async () => {
      const { account, driver } = await opened()
      await account.expire('session')
      expect((await driver.run('SELECT 1')).rows).toEqual([['1']])
      expect(await account.statements()).toHaveLength(1)
      await account.expire('master')
      expect((await driver.run('SELECT 2')).code).toBe('407002')
    })

    test('fakesnow: a request sent twice runs once', async () => {
      const { account, driver } = await opened()
      await account.fault({ at: 'query', action: 'reset-after' })
      expect((await driver.run('SELECT 41')).rows).toEqual([['41']])
      expect(await account.statements(/41/)).toHaveLength(1)
      expect(await account.until('request', { match: '41', count: 2 })).toMatchObject([
        { repeated: false },
        { repeated: true },
      ])
    })

    test('fakesnow: an orphan is found by its tag and cancelled from another session', async () => {
      const { account, driver } = await opened()
      void driver.run('SELECT SYSTEM$WAIT(60)', { parameters: { QUERY_TAG: 'lost' } })
      const [{ queryId } = { queryId: '' }] = await account.until('statement')
      const other = await openReader(account)
      const sql = `SELECT QUERY_ID, EXECUTION_STATUS FROM TABLE(DB.INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 100)) WHERE QUERY_TAG = 'lost'`
      expect((await other.run(sql)).rows).toEqual([[queryId, 'RUNNING']])
      expect((await other.run(`SELECT SYSTEM$CANCEL_QUERY('${queryId}')`)).rows).toEqual([
        [`query [${queryId}] terminated.`],
      ])
      expect(await account.until('ended', { match: 'WAIT' })).toMatchObject([{ queryId, state: 'ABORTED' }])
    })

    test('fakesnow: session commands are remembered', async () => {
      const { driver } = await opened()
      for (const sql of [
        'USE ROLE ADMIN',
        'USE WAREHOUSE OTHER',
        'USE SECONDARY ROLES NONE',
        "ALTER SESSION SET QUERY_TAG = 'x'",
      ])
        expect((await driver.run(sql)).rows).toEqual([['Statement executed successfully.']])
      const sql = 'SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_SECONDARY_ROLES(), CURRENT_USER()'
      expect((await driver.run(sql)).rows).toEqual([['ADMIN', 'OTHER', '{"roles":"","value":""}', 'READER']])
    })

    test('fakesnow: a suspended warehouse delays what needs it', async () => {
      const { account, driver } = await opened()
      await account.configure({ warehouses: [{ name: 'WH', state: 'SUSPENDED', resumeSeconds: 0.5 }] })
      const state = async () => (await driver.run('SHOW WAREHOUSES')).rows[0]?.[1]
      expect(await state()).toBe('SUSPENDED')
      expect((await driver.run('SELECT * FROM T')).rows).toHaveLength(2)
      const [started, ended] = [await account.statements(/FROM T/), await account.until('ended', { match: 'FROM T' })]
      expect((ended[0]?.at ?? 0) - (started[0]?.at ?? 0)).toBeGreaterThanOrEqual(500)
      expect(await state()).toBe('STARTED')
    })
  },
)
