import { describe, expect, test } from 'vitest'
import { rows, type Script } from '../scripted-link.test-support.ts'
import { documentedAccount } from './documented-account.test-support.ts'
import { never, refused, replaced, scope, setUp, table, takeSent } from './scripted-discovery.test-support.ts'

describe('what is read (documented answer)', () => {
  test('tables, views, types, comments, sizes and keys', async () => {
    const { discoveries, order } = setUp()
    const catalog = await discoveries.open(order()).catalog(never)

    expect(catalog.tables.map(({ schema, name, kind }) => `${schema}.${name} ${kind}`)).toEqual([
      'Odd"Name.it\'s table',
      'PUBLIC.CUSTOMERS table',
      'PUBLIC.ORDERS table',
      'PUBLIC.ORDERS_BY_DAY view',
    ])
    expect(table(catalog, 'CUSTOMERS')).toMatchObject({
      comment: 'People who buy',
      rowCount: 150_000,
      bytes: 10_747_904,
      primaryKey: ['C_CUSTKEY'],
    })
    expect(table(catalog, 'ORDERS')?.columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['O_ORDERKEY', 'NUMBER(38,0)', false],
      ['O_CUSTKEY', 'NUMBER(38,0)', true],
      ['O_TOTALPRICE', 'NUMBER(12,2)', true],
      ['O_ORDERDATE', 'DATE', true],
      ['O_AT', 'TIMESTAMP_NTZ(9)', true],
    ])
    expect(table(catalog, 'CUSTOMERS')?.columns.map(({ type }) => type)).toEqual([
      'NUMBER(38,0)',
      'VARCHAR(25)',
      'VARCHAR',
    ])
    expect(table(catalog, 'ORDERS')?.primaryKey, 'a unique key stands in').toEqual(['O_ORDERKEY'])
    expect(catalog).toMatchObject({ defaultDatabase: 'SALES', defaultSchema: 'PUBLIC' })
    expect(catalog.unread).toBeUndefined()
  })

  test('semantic views: fields, further names in the comments, joins as keys', async () => {
    const { discoveries, order } = setUp()
    const catalog = await discoveries.open(order()).catalog(never)

    expect(catalog.semanticViews?.map(({ name, fields }) => [name, fields.map((f) => `${f.kind} ${f.name}`)])).toEqual([
      ['REV_ANALYSIS', ['dimension CUSTOMER_NAME', 'metric ORDER_AVERAGE_VALUE']],
    ])
    expect(table(catalog, 'CUSTOMERS')?.columns[1]?.comment).toBe(
      'As on the invoice Also called: customer name, client.',
    )
    expect(table(catalog, 'ORDERS')?.comment).toBe('Also called: sales orders.')
    expect(table(catalog, 'ORDERS')?.foreignKeys).toEqual([
      {
        columns: ['O_CUSTKEY'],
        target: { database: 'SALES', schema: 'PUBLIC', name: 'CUSTOMERS' },
        targetColumns: ['C_CUSTKEY'],
      },
      {
        columns: ['O_ORDERDATE'],
        target: { database: 'SALES', schema: 'PUBLIC', name: 'ORDERS_BY_DAY' },
        targetColumns: ['DAY'],
      },
    ])
  })

  test('[names-only] nothing is asked but metadata', async () => {
    const { discoveries, order, link } = setUp()
    await discoveries.open(order()).refresh({ signal: never, isFull: true })
    const other = link.sent.filter(
      (sql) => !/^(SHOW|DESCRIBE) |^SELECT .* FROM "SALES"\.INFORMATION_SCHEMA\.(COLUMNS|TABLES) WHERE/.test(sql),
    )
    expect(other).toEqual([])
    expect(link.sent.length).toBeGreaterThan(10)
  })

  test('SNOWFLAKE, shares, personal databases and INFORMATION_SCHEMA are left alone; a share that is the default database is read', async () => {
    const { discoveries, order, link } = setUp()
    await discoveries.open(order()).catalog(never)
    expect(takeSent(link).filter((sql) => /SAMPLE|USER|"SNOWFLAKE"|SCHEMA "SALES"."INFORMATION/.test(sql))).toEqual([])

    link.script = replaced(link.script, /"SNOWFLAKE_SAMPLE_DATA"/, rows('name'))
    await discoveries
      .open(order({ defaultDatabase: 'SNOWFLAKE_SAMPLE_DATA' }))
      .refresh({ signal: never, isFull: false })
    expect(takeSent(link)).toContain('SHOW OBJECTS IN SCHEMA "SNOWFLAKE_SAMPLE_DATA"."TPCH_SF1" LIMIT 10000')
  })

  test('without a warehouse columns come from SHOW COLUMNS, whose types are JSON', async () => {
    const shown = rows(
      'table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement',
      [
        'ORDERS',
        'PUBLIC',
        'O_TOTALPRICE',
        '{"type":"FIXED","precision":12,"scale":2,"nullable":true}',
        'true',
        '',
        'COLUMN',
        '',
        'gross',
        'SALES',
        '',
      ],
      [
        'ORDERS',
        'PUBLIC',
        'O_NOTE',
        '{"type":"TEXT","length":25,"byteLength":100,"nullable":false,"fixed":false}',
        'NOT_NULL',
        '',
        'COLUMN',
        '',
        '',
        'SALES',
        '',
      ],
      [
        'CUSTOMERS',
        'PUBLIC',
        'V',
        '{"type":"VECTOR","dimension":3,"vectorElementType":{"type":"REAL"},"nullable":true}',
        'true',
        '',
        'COLUMN',
        '',
        '',
        'SALES',
        '',
      ],
    )
    const { discoveries, order, link } = setUp([
      [/^SHOW WAREHOUSES$/, rows('name state is_current', ['COMPUTE_WH', 'SUSPENDED', 'Y'])],
      [/^SHOW COLUMNS IN SCHEMA "SALES"\."PUBLIC"$/, shown],
      [/^SHOW COLUMNS IN SCHEMA/, rows('table_name')],
      ...documentedAccount,
    ])
    const catalog = await discoveries.open(order()).catalog(never)
    expect(
      link.sent.filter((sql) => sql.startsWith('SELECT')),
      'nothing that would wake the warehouse',
    ).toEqual([])
    expect(table(catalog, 'ORDERS')?.columns).toMatchObject([
      { name: 'O_TOTALPRICE', type: 'NUMBER(12,2)', nullable: true, comment: 'gross' },
      { name: 'O_NOTE', type: 'VARCHAR(25)', nullable: false, comment: null },
    ])
    expect(table(catalog, 'CUSTOMERS')?.columns[0]?.type).toBe('VECTOR(FLOAT, 3)')
  })

  test('a warehouse that cannot be used after all is noticed by its error', async () => {
    const { discoveries, order, link } = setUp([
      [/^SELECT/, refused("Snowflake's code 000606, SQL state 57P03")],
      [
        /^SHOW COLUMNS IN SCHEMA "SALES"\."PUBLIC"$/,
        rows('table_name column_name data_type', ['ORDERS', 'A', '{"type":"REAL"}']),
      ],
      [/^SHOW COLUMNS IN SCHEMA/, rows('table_name')],
      ...documentedAccount,
    ])
    const catalog = await discoveries.open(order()).catalog(never)
    expect(table(catalog, 'ORDERS')?.columns.map(({ type }) => type)).toEqual(['FLOAT'])
    expect(link.sent.some((sql) => sql.startsWith('SHOW COLUMNS'))).toBe(true)
  })
})

describe('limits of Snowflake (scripted link)', () => {
  const named = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => [`T${String(from + index).padStart(6, '0')}`, 'TABLE', null])
  const objects = (from: number, count: number) => rows('name kind comment', ...named(from, count))

  test('a full page is followed by the one after its last name; a name told twice counts once', async () => {
    const { discoveries, order, link } = setUp([
      [/^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC" LIMIT 10000$/, objects(0, 10_000)],
      [/^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC" LIMIT 10000 FROM 'T009999'$/, objects(9_999, 12)],
      [/^SHOW OBJECTS/, rows('name kind')],
      [/^SELECT TABLE_NAME, (LAST_DDL|COLUMN_NAME)/, rows('TABLE_NAME')],
      ...documentedAccount,
    ])
    await discoveries.open(order()).catalog(never)
    expect(await discoveries.state(scope)).toMatchObject({ tables: 10_011, state: 'complete' })
    const parts = link.sent.filter((sql) => sql.includes('INFORMATION_SCHEMA.COLUMNS'))
    expect(parts.length, 'a large schema is asked for in parts').toBeGreaterThan(5)
    expect(link.mostAtOnce()).toBeLessThanOrEqual(5)
  })

  test('a list that is cut off and does not go on is noticed', async () => {
    const { discoveries, order, store } = setUp([
      [/^SHOW OBJECTS IN SCHEMA "SALES"."PUBLIC"/, objects(0, 10_000)],
      [/^SHOW OBJECTS/, rows('name kind')],
      [/^SELECT TABLE_NAME, (LAST_DDL|COLUMN_NAME)/, rows('TABLE_NAME')],
      ...documentedAccount,
    ])
    await discoveries.open(order()).catalog(never)
    expect(store.shelf.get('myorg-myaccount/READER')?.json.split('\n')[0]).toContain(
      'tables beyond the limit of SHOW of SALES.PUBLIC',
    )
  })

  test('an answer that INFORMATION_SCHEMA finds too large is asked for by the first letters of the names', async () => {
    const { discoveries, order, link } = setUp([
      [
        /COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' ORDER/,
        refused('Information schema query returned too much data. Please repeat query with more selective predicates.'),
      ],
      [/LIKE 'CUSTOMERS%'|LIKE 'C%'/, rows('TABLE_NAME COLUMN_NAME DATA_TYPE', ['CUSTOMERS', 'A', 'DATE'])],
      [/IN \('ORDERS'\)/, rows('TABLE_NAME COLUMN_NAME DATA_TYPE', ['ORDERS', 'B', 'DATE'])],
      [/LIKE 'ORDERS\^_%' ESCAPE/, rows('TABLE_NAME COLUMN_NAME DATA_TYPE', ['ORDERS_BY_DAY', 'C', 'DATE'])],
      ...documentedAccount.filter(
        ([pattern]) => !pattern.source.includes(String.raw`COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC'`),
      ),
    ])
    const catalog = await discoveries.open(order()).catalog(never)
    expect(catalog.tables.flatMap(({ columns }) => columns.map(({ name }) => name)).toSorted()).toEqual([
      'A',
      'B',
      'C',
      'a "b"',
    ])
    expect(link.sent.filter((sql) => sql.includes("LIKE '"))).not.toEqual([])
  })

  test('SHOW COLUMNS that was cut off wakes a sleeping warehouse, and goes table by table where there is none', async () => {
    const full = rows(
      'table_name column_name data_type',
      ...Array.from({ length: 10_000 }, () => ['ORDERS', 'A', '{"type":"DATE"}']),
    )
    const cut: Script = [
      [/^SHOW COLUMNS IN SCHEMA "SALES"."PUBLIC"/, full],
      [
        /^SHOW COLUMNS IN TABLE "SALES"."PUBLIC"."ORDERS"$/,
        rows('table_name column_name data_type', ['ORDERS', 'A', '{"type":"DATE"}']),
      ],
      [/^SHOW COLUMNS IN/, rows('table_name')],
      ...documentedAccount,
    ]
    const asleep = setUp([[/^SHOW WAREHOUSES/, rows('name state is_current', ['W', 'SUSPENDED', 'Y'])], ...cut])
    expect(table(await asleep.discoveries.open(asleep.order()).catalog(never), 'ORDERS')?.columns).toHaveLength(5)

    const none = setUp([[/^SHOW WAREHOUSES/, rows('name state is_current')], ...cut])
    expect(table(await none.discoveries.open(none.order()).catalog(never), 'ORDERS')?.columns).toHaveLength(1)
    expect(none.link.sent.some((sql) => sql.startsWith('SELECT'))).toBe(false)
  })
})
