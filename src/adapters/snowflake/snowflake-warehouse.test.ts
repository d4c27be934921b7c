import { afterAll, beforeAll, describe } from 'vitest'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount, prepareAccount } from '../../../test/support/snowflake/open-account.ts'
import { type SuiteQueries, warehouseSuite } from '../../../test/support/warehouse-suite.ts'
import { makeSnowflakeWarehouse } from './snowflake-warehouse.ts'

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

  warehouseSuite(
    title,
    async () => {
      const account = await double.newAccount()
      await prepareAccount(account, [
        'CREATE TABLE T (N INT, AMOUNT NUMBER(12,2))',
        'INSERT INTO T VALUES (1, 2.5), (2, NULL), (3, 4)',
      ])
      const access = openAccount(account)
      const warehouse = makeSnowflakeWarehouse({
        access,
        readCatalog: () => Promise.reject(new Error('not read here')),
        tableBytes: () => null,
      })
      return {
        warehouse,
        queries,
        begun: (sql) => account.until('statement', { match: sql.replace(/[$()]/g, '.') }),
        close: () => warehouse.close(),
      }
    },
    { catalog: 'reading the catalog is the work of discovery, which has tests of its own' },
  )
})
