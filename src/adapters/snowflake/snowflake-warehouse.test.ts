import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount, prepareAccount } from '../../../test/support/snowflake/open-account.ts'
import { readRows, type SuiteQueries, warehouseSuite } from '../../../test/support/warehouse-suite.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import { makeSystemClock } from '../node/node-system.ts'
import { makeDiscoveries } from './discovery/make-discoveries.ts'
import { makeCatalogShelf } from './scripted-link.test-support.ts'
import { makeSnowflakeWarehouse } from './snowflake-session.ts'

const queries: SuiteQueries = {
  numbers: (count) =>
    `SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) - 1 AS N FROM TABLE(GENERATOR(ROWCOUNT => ${count})) ORDER BY N`,
  sameNames: 'SELECT 1 AS A, 2 AS A',
  noRows: "SELECT 1 AS A, 'x' AS B WHERE 1 = 0",
  endless: 'SELECT SYSTEM$WAIT(600) AS N',
  flood: 'SELECT * FROM FLOOD',
  unknownTable: 'SELECT * FROM NOWHERE',
  unknownColumn: 'SELECT NOTHING FROM T',
  brokenSyntax: 'SELECT FROM WHERE',
  badValue: "SELECT CAST(CONCAT('x', N) AS INTEGER) FROM T",
  oneTable: { sql: 'SELECT * FROM T', name: 'T', rows: 3 },
}

const missing = snowflakeDoubleMissing()
const title = 'fakesnow: Snowflake keeps the promises of a warehouse'

describe.skipIf(missing !== null)(missing === null ? 'the warehouse' : `the warehouse (skipped: ${missing})`, () => {
  let double: SnowflakeDouble
  beforeAll(async () => {
    double = await startSnowflakeDouble()
  })
  afterAll(() => double.close())

  warehouseSuite(title, async () => {
    const account = await double.newAccount()
    await prepareAccount(account, [
      'CREATE TABLE T (N INT, AMOUNT NUMBER(12,2))',
      'INSERT INTO T VALUES (1, 2.5), (2, NULL), (3, 4)',
    ])
    const access = openAccount(account)
    const discovery = makeDiscoveries({
      store: makeCatalogShelf(),
      clock: makeSystemClock(),
      onFault: () => undefined,
    }).open({
      scope: { source: account.account, view: 'ANALYST' },
      link: access,
      userId: 'u1',
      warehouse: 'WH',
      defaultDatabase: 'SALES',
      defaultSchema: 'PUBLIC',
      includeShares: false,
    })
    const readCatalog = (signal: AbortSignal) => discovery.catalog(signal)
    const warehouse = makeSnowflakeWarehouse({ access, readCatalog, tableBytes: () => null })
    return {
      warehouse,
      queries,
      begun: (sql) => account.until('statement', { match: sql.replace(/[$()]/g, '.') }),
      close: async () => {
        await discovery.close()
        await warehouse.close()
      },
    }
  })

  describe('checking a query', () => {
    const explained = JSON.stringify({
      GlobalStats: { partitionsTotal: 48, partitionsAssigned: 12, bytesAssigned: 12_884_901_888 },
      Operations: [
        [
          { operation: 'CartesianJoin' },
          { operation: 'TableScan', objects: ['SALES.PUBLIC.T'], bytesAssigned: 12_884_901_888 },
        ],
      ],
    })
    const never = new AbortController().signal
    const open = async (limits = {}) => {
      const account = await double.newAccount()
      await prepareAccount(account, [
        'CREATE TABLE T (N NUMBER(38,0), AMOUNT NUMBER(12,2), R FLOAT, NAME VARCHAR(20), FLAG BOOLEAN, DAY DATE, STAMP TIMESTAMP_NTZ, CLOCK TIME, BYTES BINARY, V VARIANT)',
        "INSERT INTO T SELECT 12345678901234567, 2.50, 1.5, 'x', TRUE, '2020-02-29', '2020-02-29 12:13:14.123456', '12:34:56', NULL, PARSE_JSON('[1]')",
      ])
      const warehouse = makeSnowflakeWarehouse({
        access: openAccount(account),
        readCatalog: () => Promise.reject(new Error('not read here')),
        tableBytes: (table) => (table === 'SALES.PUBLIC.T' ? 48e9 : null),
        ...limits,
      })
      return { account, warehouse }
    }
    const sql = 'SELECT * FROM T' as ReadOnlySql

    test('fakesnow: columns are declared as Snowflake declares them, cells are exact', async () => {
      const { warehouse } = await open()
      const { columns } = await warehouse.compile(sql, { signal: never })
      expect(columns.map(({ type }) => type)).toEqual([
        'NUMBER(38,0)',
        'NUMBER(12,2)',
        'FLOAT',
        expect.stringMatching(/^VARCHAR\(\d+\)$/),
        'BOOLEAN',
        'DATE',
        'TIMESTAMP_NTZ(9)',
        'TIME(9)',
        expect.stringMatching(/^BINARY/),
        'VARIANT',
      ])
      const stream = await warehouse.run(sql, { maxRows: 10, maxBytes: 1e6, timeoutMs: 20_000, signal: never })
      expect(stream.columns).toEqual(columns)
      expect(await readRows(stream)).toEqual([
        ['12345678901234567', 2.5, 1.5, 'x', true, '2020-02-29', '2020-02-29 12:13:14.123456', '12:34:56', null, '[1]'],
      ])
      await warehouse.close()
    })

    test('documented answer: the estimate comes from EXPLAIN, and nothing runs', async () => {
      const { account, warehouse } = await open()
      await account.configure({
        answers: [
          { match: '^EXPLAIN USING JSON', source: 'docs', columns: [{ name: 'content' }], rows: [[explained]] },
        ],
      })
      const asker = { userId: 'ada', turnId: 't-1' }
      const { estimate } = await warehouse.compile(sql, { signal: never, asker })
      expect(estimate).toEqual({
        rows: null,
        bytes: 12_884_901_888,
        partitions: { assigned: 12, total: 48 },
        tables: [{ table: 'SALES.PUBLIC.T', bytes: 12_884_901_888, tableBytes: 48e9, partitions: null }],
        warnings: [expect.stringContaining('every row')],
      })
      // A session looks at its secondary roles before its first statement.
      expect((await account.statements(/^SELECT (?!CURRENT_SECONDARY_ROLES)/)).map(({ sql }) => sql)).toEqual([])
      const [explain] = await account.statements(/^EXPLAIN/)
      expect(JSON.parse(explain?.tag ?? '')).toEqual({ app: 'floe', user: 'ada', turn: 't-1', purpose: 'estimate' })
      await warehouse.close()
    })

    test('fakesnow: a query that Snowflake does not explain is checked all the same', async () => {
      const { account, warehouse } = await open()
      await account.configure({ denials: [{ match: '^EXPLAIN' }] })
      expect((await warehouse.compile(sql, { signal: never })).estimate).toEqual({ rows: null, bytes: null })
      await warehouse.close()
    })

    test('fakesnow: a check that hangs ends in its time', async () => {
      const { account, warehouse } = await open({ compileTimeoutMs: 4_000 })
      await account.fault({ at: 'query', action: 'hang', match: 'FROM T', times: null })
      await expect(warehouse.compile(sql, { signal: never })).rejects.toMatchObject({
        problem: { code: 'warehouse_unreachable', message: 'Snowflake did not check the query within 4 s.' },
      })
      await warehouse.close()
    })
  })
})
