import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoubleAccount } from '../../../../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../../../../test/support/snowflake/installed-double.ts'
import {
  type SnowflakeDouble,
  startSnowflakeDouble,
} from '../../../../test/support/snowflake/start-snowflake-double.ts'
import { makeSystemClock } from '../../node/node-system.ts'
import { makeSnowflakeLink } from '../make-snowflake-link.ts'
import { makeCatalogShelf } from '../scripted-link.test-support.ts'
import type { SnowflakeLink } from '../snowflake-link.ts'
import type { DiscoveryOrder } from './discovery.ts'
import { makeDiscoveries } from './make-discoveries.ts'

const missing = snowflakeDoubleMissing()
const never = new AbortController().signal

describe.skipIf(missing !== null)(`discovery on fakesnow${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let double: SnowflakeDouble
  const links: SnowflakeLink[] = []
  beforeAll(async () => {
    double = await startSnowflakeDouble()
  })
  afterAll(async () => {
    await Promise.all(links.map((link) => link.close()))
    await double.close()
  })

  async function setUp(
    options: { readonly state?: 'STARTED' | 'SUSPENDED'; readonly informationSchemaLimit?: number } = {},
  ) {
    const account = await double.newAccount()
    const { state = 'STARTED', informationSchemaLimit = null } = options
    await account.configure({
      users: [{ name: 'READER', pats: ['secret'], roles: ['ANALYST'], defaultRole: 'ANALYST' }],
      warehouses: [{ name: 'WH', state }],
      settings: { informationSchemaLimit },
    })
    const link = makeSnowflakeLink({
      target: {
        account: account.account,
        accessUrl: account.accessUrl,
        role: 'ANALYST',
        warehouse: 'WH',
        database: null,
        schema: null,
      },
      credential: () => Promise.resolve({ method: 'access_token', user: 'READER', token: 'secret' }),
      resultOrigins: [account.accessUrl],
      onFault: (error) => {
        throw error
      },
    })
    links.push(link)
    const discoveries = makeDiscoveries({
      store: makeCatalogShelf(),
      clock: makeSystemClock(),
      onFault: () => undefined,
    })
    const order: DiscoveryOrder = {
      scope: { source: account.account, view: 'ANALYST' },
      link,
      userId: 'u1',
      warehouse: 'WH',
      defaultDatabase: null,
      defaultSchema: null,
      includeShares: false,
    }
    return { account, discoveries, discovery: discoveries.open(order), order }
  }

  const columnQueries = async (account: DoubleAccount) =>
    (await account.statements(/INFORMATION_SCHEMA\.COLUMNS/)).length

  test('fakesnow: tables that were really made, with names that need quotes', async () => {
    const { account, discovery } = await setUp()
    await account.seed(
      [
        `CREATE TABLE ORDERS (ID INT PRIMARY KEY, AMOUNT NUMBER(12,2), "odd ""name" VARCHAR(25) COMMENT 'a note', DAY DATE)`,
        `CREATE TABLE "odd table" (A INT)`,
        `CREATE VIEW TOTALS AS SELECT DAY, SUM(AMOUNT) AS TOTAL FROM ORDERS GROUP BY DAY`,
      ],
      { database: 'SALES', schema: 'PUBLIC' },
    )
    await discovery.refresh({ signal: never, isFull: false })
    const { tables } = await discovery.catalog(never)
    expect(tables.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'ORDERS table',
      'TOTALS view',
      'odd table table',
    ])
    expect(tables[0]?.primaryKey).toEqual(['ID'])
    expect(tables[0]?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'ID NUMBER(38,0)',
      'AMOUNT NUMBER(12,2)',
      'odd "name VARCHAR(25)',
      'DAY DATE',
    ])
  })

  test('fakesnow: 10,000 tables of 20 columns; a refresh without changes sends only SHOW; changed tables alone are read again', async () => {
    const { account, discoveries, discovery, order } = await setUp()
    await account.generateCatalog({ database: 'BIG', schemas: 20, tables: 10_000, columns: 20 })
    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({
      state: 'complete',
      tables: 10_000,
      columns: 200_000,
    })
    const { tables } = await discovery.catalog(never)
    expect(tables[600]).toMatchObject({
      primaryKey: ['ID'],
      foreignKeys: [{ columns: ['PARENT_ID'], targetColumns: ['ID'] }],
    })
    const before = await columnQueries(account)

    await discovery.refresh({ signal: never, isFull: false })
    const since = (await account.log()).filter(({ kind }) => kind === 'statement').slice(-23)
    expect(since.map(({ sql }) => sql?.split(' ')[0])).toEqual(Array.from({ length: 23 }, () => 'SHOW'))

    await account.touchTables('BIG', '%000007')
    await discovery.refresh({ signal: never, isFull: false })
    expect(await columnQueries(account)).toBe(before + 1)

    await discoveries.close()
    expect((await discoveries.open(order).catalog(never)).tables).toHaveLength(10_000)
  }, 120_000)

  test('fakesnow: a schema larger than one answer holds', async () => {
    const { account, discovery } = await setUp({ informationSchemaLimit: 2_000 })
    await account.generateCatalog({ database: 'BIG', schemas: 1, tables: 400, columns: 20 })
    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({
      state: 'complete',
      columns: 8_000,
    })
  })

  test('fakesnow: a sleeping warehouse stays asleep', async () => {
    const { account, discovery } = await setUp({ state: 'SUSPENDED' })
    await account.generateCatalog({ database: 'BIG', schemas: 3, tables: 300, columns: 20 })
    await discovery.refresh({ signal: never, isFull: false })
    const { tables } = await discovery.catalog(never)
    expect(tables[0]?.columns.slice(0, 3).map(({ type }) => type)).toEqual([
      'NUMBER(38,0)',
      'NUMBER(38,0)',
      'TIMESTAMP_NTZ',
    ])
    expect(await columnQueries(account)).toBe(0)
  })

  test('fakesnow: an abort cancels what runs in Snowflake; what was read is not read again', async () => {
    const { account, discovery } = await setUp()
    await account.generateCatalog({ database: 'BIG', schemas: 4, tables: 40, columns: 5 })
    await account.fault({ at: 'execution', action: 'delay', match: "COLUMNS.*'S003'", seconds: 60, times: null })
    const stop = new AbortController()
    const onProgress = (fact: string): void => {
      if (fact === '30 of 40 tables read') stop.abort(new Error('enough'))
    }
    const reading = discovery.refresh({ signal: stop.signal, isFull: false, onProgress })
    await expect(reading).rejects.toThrow('enough')
    await account.until('abort')
    await account.clearFaults()

    const before = await columnQueries(account)
    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({ state: 'complete', columns: 200 })
    expect(await columnQueries(account)).toBe(before + 1)
  })

  test.each([
    ['a connection that breaks', { action: 'reset' }],
    ['an expired session', { action: 'expired-session' }],
    ['an answer that is cut off', { action: 'cut', bytes: 200 }],
    ['a server that is unwell', { action: 'status', status: 503 }],
  ] as const)('fakesnow: %s costs nothing but time', async (_what, fault) => {
    const { account, discovery } = await setUp()
    await account.generateCatalog({ database: 'BIG', schemas: 2, tables: 20, columns: 5 })
    await account.fault({ at: 'query', match: 'INFORMATION_SCHEMA.COLUMNS', ...fault })
    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({ state: 'complete', columns: 100 })
  })
})
