import { describe, expect, test } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { makeScriptedLink, rows, type Script } from '../scripted-link.test-support.ts'
import { documentedAccount } from './documented-account.test-support.ts'
import { makeDiscoveries } from './make-discoveries.ts'
import { hour, never, refused, replaced, scope, setUp, table, takeSent } from './scripted-discovery.test-support.ts'

describe('refreshing (scripted link)', () => {
  test('where nothing changed only SHOW is sent and the catalog is the same object', async () => {
    const { discoveries, order, link, clock } = setUp()
    const discovery = discoveries.open(order())
    const before = await discovery.catalog(never)
    takeSent(link)
    clock.advance(hour)

    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({
      state: 'complete',
      tables: 4,
      columns: 11,
    })
    expect(takeSent(link).filter((sql) => !sql.startsWith('SHOW'))).toEqual([])
    expect(await discovery.catalog(never)).toBe(before)
  })

  test('new rows cost one look at the shapes; only tables whose shape changed are read', async () => {
    const { discoveries, order, link } = setUp()
    const discovery = discoveries.open(order())
    await discovery.catalog(never)
    takeSent(link)
    const grown = rows(
      'created_on name kind comment rows bytes',
      ['2024-01-02', 'CUSTOMERS', 'TABLE', 'People who buy', '150001', '10747904'],
      ['2024-01-02', 'ORDERS', 'TABLE', '', '1500000', '42303488'],
      ['2024-01-03', 'ORDERS_BY_DAY', 'VIEW', '', null, null],
    )
    link.script = replaced(link.script, /^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC"/, grown)
    await discovery.refresh({ signal: never, isFull: false })
    expect(takeSent(link).filter((sql) => sql.startsWith('SELECT'))).toEqual([
      `SELECT TABLE_NAME, LAST_DDL FROM "SALES".INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'`,
    ])
    expect(table(await discovery.catalog(never), 'CUSTOMERS')).toMatchObject({
      rowCount: 150_001,
      primaryKey: ['C_CUSTKEY'],
    })

    const altered = rows(
      'TABLE_NAME LAST_DDL',
      ['CUSTOMERS', '1704153600.000000000 1440'],
      ['ORDERS', '1900000000.0 1440'],
      ['ORDERS_BY_DAY', '1704240000.000000000 1440'],
    )
    link.script = replaced(
      link.script,
      /LAST_DDL FROM "SALES".INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'/,
      altered,
    )
    link.script = replaced(
      link.script,
      /^SELECT .*IN \('ORDERS'\)/,
      rows('TABLE_NAME COLUMN_NAME DATA_TYPE', ['ORDERS', 'NEW_ONE', 'BOOLEAN']),
    )
    await discovery.refresh({ signal: never, isFull: true })
    const catalog = await discovery.catalog(never)
    expect(table(catalog, 'ORDERS')?.columns.map(({ name }) => name)).toEqual(['NEW_ONE'])
    expect(table(catalog, 'CUSTOMERS')?.columns).toHaveLength(3)
  })

  test('a table that was replaced or is new is read, one that is gone is dropped', async () => {
    const { discoveries, order, link } = setUp()
    const discovery = discoveries.open(order())
    await discovery.catalog(never)
    const other = rows(
      'created_on name kind comment rows bytes',
      ['2026-01-01', 'CUSTOMERS', 'TABLE', '', '1', '1'],
      ['2024-01-02', 'ORDERS', 'TABLE', '', '1500000', '42303488'],
      ['2026-01-01', 'PARTS', 'DYNAMIC TABLE', '', '5', '9'],
    )
    link.script = [
      [/^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC"/, other],
      [
        /INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC'/,
        rows('TABLE_NAME COLUMN_NAME DATA_TYPE', ['CUSTOMERS', 'X', 'DATE'], ['PARTS', 'Y', 'DATE']),
      ],
      ...documentedAccount,
    ]
    await discovery.refresh({ signal: never, isFull: false })
    const { tables } = await discovery.catalog(never)
    expect(
      tables.filter(({ schema }) => schema === 'PUBLIC').map(({ name, columns }) => [name, columns.length]),
    ).toEqual([
      ['CUSTOMERS', 1],
      ['ORDERS', 5],
      ['PARTS', 1],
    ])
  })

  test('an old catalog is used at once and refreshed beside', async () => {
    const { discoveries, order, link, clock } = setUp()
    const discovery = discoveries.open(order())
    const before = await discovery.catalog(never)
    takeSent(link)
    clock.advance(7 * hour)
    expect(await discovery.catalog(never)).toBe(before)
    expect(takeSent(link)).toEqual(['SHOW WAREHOUSES'])
    await discovery.refresh({ signal: never, isFull: false })
    expect(
      takeSent(link).filter((sql) => sql === 'SHOW WAREHOUSES'),
      'the reading beside was joined',
    ).toEqual([])
  })

  test('a catalog that cannot be refreshed stays usable; the fault is told and not tried again at once', async () => {
    const { discoveries, order, link, clock, faults } = setUp()
    const discovery = discoveries.open(order())
    const before = await discovery.catalog(never)
    clock.advance(7 * hour)
    link.script = [[/./, problem('warehouse_unreachable', 'Gone.', 'Wait.')]]
    await discovery.catalog(never)
    await expect.poll(() => faults).toHaveLength(1)
    takeSent(link)
    expect(await discovery.catalog(never)).toBe(before)
    expect(takeSent(link)).toEqual([])
  })
})

describe('refreshing while the warehouse sleeps (scripted link)', () => {
  const asleep: Script = [
    [/^SHOW WAREHOUSES/, rows('name state is_current', ['COMPUTE_WH', 'SUSPENDED', 'Y'])],
    [
      /^SHOW COLUMNS IN (SCHEMA|TABLE) "SALES"."PUBLIC"/,
      rows('table_name column_name data_type', ['ORDERS', 'A', '{"type":"DATE"}']),
    ],
    [/^SHOW COLUMNS/, rows('table_name')],
    ...documentedAccount,
  ]

  test('tables that grew and, once a day, all are compared by SHOW COLUMNS', async () => {
    const { discoveries, order, link, clock } = setUp(asleep)
    const discovery = discoveries.open(order())
    const before = await discovery.catalog(never)
    takeSent(link)
    await discovery.refresh({ signal: never, isFull: false })
    expect(takeSent(link).filter((sql) => sql.startsWith('SHOW COLUMNS'))).toEqual([])
    clock.advance(25 * hour)
    await discovery.refresh({ signal: never, isFull: false })
    expect(takeSent(link).filter((sql) => sql.startsWith('SHOW COLUMNS'))).toHaveLength(2)
    expect(await discovery.catalog(never), 'the same columns are the same catalog').toBe(before)
    expect(link.sent.filter((sql) => sql.startsWith('SELECT'))).toEqual([])
  })
})

describe('sharing, stopping and going on (scripted link)', () => {
  test('two people of one role read once; each has their own defaults', async () => {
    const { discoveries, order, link } = setUp()
    const other = order({ userId: 'u2', defaultSchema: null })
    const [one, two] = await Promise.all([
      discoveries.open(order()).catalog(never),
      discoveries.open(other).catalog(never),
    ])
    expect(link.sent.filter((sql) => sql === 'SHOW TERSE SCHEMAS IN ACCOUNT')).toHaveLength(1)
    expect(two.tables).toBe(one.tables)
    expect([one.defaultSchema, two.defaultSchema]).toEqual(['PUBLIC', null])
  })

  test('another process finds it in the store and asks nothing', async () => {
    const first = setUp()
    const before = await first.discoveries.open(first.order()).catalog(never)
    await first.discoveries.close()
    const link = makeScriptedLink([])
    const again = makeDiscoveries({ store: first.store, clock: first.clock, onFault: () => undefined })
    expect(await again.open(first.order({ link })).catalog(never)).toEqual(before)
    expect(link.sent).toEqual([])
    expect(await again.state(scope)).toMatchObject({ state: 'complete', tables: 4, columns: 11 })
  })

  test('what was read before a failure is kept and not read again', async () => {
    const { discoveries, order, link, clock } = setUp(
      [
        [/^SHOW PRIMARY KEYS IN SCHEMA "SALES"."PUBLIC"/, problem('warehouse_unreachable', 'Gone.', 'Wait.')],
        ...documentedAccount,
      ],
      { lanes: 1 },
    )
    const discovery = discoveries.open(order())
    await expect(discovery.catalog(never)).rejects.toMatchObject({ problem: { code: 'warehouse_unreachable' } })
    expect(await discoveries.state(scope)).toMatchObject({ state: 'partial', tables: 4 })
    expect((await discovery.catalog(never)).unread, 'nothing is tried again at once').toBe('4 of 4 tables read so far')

    clock.advance(2 * 60_000)
    takeSent(link)
    link.script = documentedAccount
    const catalog = await discovery.catalog(never)
    expect(takeSent(link).filter((sql) => sql.includes('INFORMATION_SCHEMA.COLUMNS'))).toEqual([])
    expect(table(catalog, 'ORDERS')?.foreignKeys).toHaveLength(2)
    expect(catalog.unread).toBeUndefined()
  })

  test('a statement whose answer was lost is sent once more', async () => {
    const { discoveries, order, link } = setUp()
    const lost = new Set<string>()
    const query = link.query.bind(link)
    link.query = async (statement, options) => {
      if (lost.has(statement)) return await query(statement, options)
      lost.add(statement)
      throw problem('warehouse_unreachable', 'The connection broke.', 'Wait.')
    }
    const refreshed = await discoveries.open(order()).refresh({ signal: never, isFull: false })
    expect(refreshed).toMatchObject({ state: 'complete', tables: 4 })
  })

  test('a failure that no statement would escape ends the others under way', async () => {
    const { discoveries, order, link } = setUp([
      [/^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC"/, problem('warehouse_unreachable', 'Gone.', 'Wait.')],
      ...documentedAccount,
    ])
    const ended: unknown[] = []
    const query = link.query.bind(link)
    link.query = async (statement, options) => {
      if (!statement.includes('"Odd""Name"')) return await query(statement, options)
      // A statement that never ends by itself.
      await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()))
      ended.push(statement)
      throw options.signal.reason
    }
    const refreshing = discoveries.open(order()).refresh({ signal: never, isFull: false })
    await expect(refreshing).rejects.toMatchObject({ problem: { code: 'warehouse_unreachable' } })
    expect(ended).toHaveLength(1)
  })

  test('a refresh that is aborted stops when nobody else waits for it', async () => {
    const { discoveries, order, link } = setUp()
    const discovery = discoveries.open(order())
    const stop = new AbortController()
    const refreshing = discovery.refresh({
      signal: stop.signal,
      isFull: false,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(refreshing).rejects.toThrow('enough')
    expect(link.sent.some((sql) => sql.includes('INFORMATION_SCHEMA.COLUMNS'))).toBe(false)
    expect(await discovery.refresh({ signal: never, isFull: false })).toMatchObject({ state: 'complete' })
  })

  test('whoever waits hears how far it is', async () => {
    const { discoveries, order } = setUp(documentedAccount, { lanes: 1 })
    const facts: string[] = []
    await discoveries.open(order()).catalog(never, (fact) => facts.push(fact))
    expect(facts).toEqual(
      expect.arrayContaining(['1 of 2 schemas listed, 1 table so far', '0 of 4 tables read', '4 of 4 tables read']),
    )
  })

  test('a schema that may not be read is a gap; the rest is read', async () => {
    const { discoveries, order, link, clock } = setUp(
      replaced(
        documentedAccount,
        /^SHOW OBJECTS IN SCHEMA "SALES"."Odd/,
        refused("Snowflake's code 003001, SQL state 42501"),
      ),
    )
    const discovery = discoveries.open(order())
    const catalog = await discovery.catalog(never)
    expect(catalog.tables).toHaveLength(3)
    expect(await discoveries.state(scope)).toMatchObject({ state: 'partial', tables: 3 })
    takeSent(link)
    expect(await discovery.catalog(never), 'nor does every question try it again').toBe(catalog)
    expect(takeSent(link)).toEqual([])
    clock.advance(11 * 60_000)
    await discovery.catalog(never)
    expect(takeSent(link)).not.toEqual([])
  })

  test('someone else who stored first is written after', async () => {
    const { discoveries, order, store } = setUp()
    const discovery = discoveries.open(order())
    await discovery.catalog(never)
    const key = 'myorg-myaccount/READER'
    const own = store.shelf.get(key)
    if (own === undefined) throw new Error('nothing was stored')
    store.shelf.set(key, { ...own, version: 7, readAt: '2020-01-01T00:00:00.000Z' })
    await discovery.refresh({ signal: never, isFull: false })
    expect(store.shelf.get(key)).toMatchObject({ version: 8, readAt: '2026-11-22T12:00:00.000Z', isComplete: true })
  })
})
