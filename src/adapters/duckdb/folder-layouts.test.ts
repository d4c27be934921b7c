import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { someone } from '../../../test/support/callers.ts'
import type { CatalogTable } from '../../core/catalog/catalog.ts'
import { nameCatalog } from '../../core/catalog/named-catalog.ts'
import type { OpenWarehouse } from '../../core/ports/connections.ts'
import { makeDuckdbConnections } from './duckdb-connections.ts'
import { ask, makeFolderBench, never } from './folder-bench.test-support.ts'

const folders = makeFolderBench()
afterAll(() => folders.close())

async function openOne(
  content: string | Uint8Array,
  name = 't.csv',
): Promise<[OpenWarehouse, CatalogTable | undefined]> {
  const connection = await folders.open(folders.make({ [name]: content }))
  return [connection, (await connection.catalog(never)).tables[0]]
}
const namesOf = (table: CatalogTable | undefined) => table?.columns.map(({ name }) => name)

async function writeParquet(path: string, query: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

describe('encodings', () => {
  const text = 'datum;währung;kurs\n20240102;Forint wóg;0,0113\n'
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le')
  test.each([
    ['Windows-1252', Buffer.from(text, 'latin1'), 'Windows-1252'],
    ['UTF-16, little end first', utf16, null],
    ['UTF-16, big end first', Buffer.from(utf16).swap16(), null],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), null],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), null],
  ])('%s', async (_, content, said) => {
    const [connection, table] = await openOne(content)
    expect(await ask(connection, 'SELECT * FROM t')).toEqual({
      columns: ['DATUM NUMBER(38,0)', 'währung VARCHAR', 'KURS NUMBER(9,4)'],
      rows: [[20240102, 'Forint wóg', 0.0113]],
    })
    if (said === null) expect(table?.notices).toBeUndefined()
    else expect(table?.notices?.join(' ')).toContain(said)
  })

  test('a letter of another encoding far behind the beginning', async () => {
    const lines = Buffer.concat([
      Buffer.from(`a,b\n${'1,xxxxxxxxxxxxxxxx\n'.repeat(30_000)}`),
      Buffer.from('2,é\n', 'latin1'),
    ])
    const [connection, table] = await openOne(lines)
    expect(await ask(connection, 'SELECT b FROM t WHERE a = 2')).toMatchObject({ rows: [['é']] })
    expect(table?.notices?.join(' ')).toContain('Windows-1252')
  })
})

describe('lines', () => {
  test('short and long ones are read, counted and said', async () => {
    const [connection, table] = await openOne('id,name,price\n1,a,1.5\n2,b\n3,c,2.5,extra\n')
    expect(await ask(connection, 'SELECT * FROM t')).toEqual({
      columns: ['ID NUMBER(38,0)', 'NAME VARCHAR', 'PRICE NUMBER(9,1)', 'COLUMN_4 VARCHAR'],
      rows: [
        [1, 'a', 1.5, null],
        [2, 'b', null, null],
        [3, 'c', 2.5, 'extra'],
      ],
    })
    expect(table?.notices).toEqual([
      '1 line has fewer than 3 cells; the missing ones are blank (line 3).',
      '1 line has more than 3 cells; what is beyond is in a column of its own (line 4).',
    ])
  })

  test('a short one far down', async () => {
    const [connection, table] = await openOne(`id,name\n${'1,a\n'.repeat(40_000)}1\n`)
    expect(await ask(connection, 'SELECT COUNT(*), COUNT(name) FROM t')).toMatchObject({ rows: [[40_001, 40_000]] })
    expect(table?.notices?.[0]).toContain('line 40002')
  })

  test.each([
    ['carriage returns alone', 'a,b\r1,x\r2,y\r'],
    ['ends of two sorts', 'a,b\r\n1,x\n2,y\r\n'],
    ['delimiters at their ends', 'a,b,\n1,x,\n2,y,\n'],
    ['a line that names the delimiter', 'sep=;\na;b\n1;x\n2;y\n'],
  ])('%s', async (_, content) => {
    const [connection, table] = await openOne(content)
    expect(namesOf(table)).toEqual(['A', 'B'])
    expect(await ask(connection, 'SELECT * FROM t')).toMatchObject({
      rows: [
        [1, 'x'],
        [2, 'y'],
      ],
    })
  })

  test('titles and comments above the header are left out and said', async () => {
    const content = 'Sales report 2024\nall regions\n\n# made by hand\nregion,amount\nNorth,10\n# a remark\nSouth,20\n'
    const [connection, table] = await openOne(content)
    expect(await ask(connection, 'SELECT * FROM t')).toMatchObject({
      rows: [
        ['North', 10],
        ['South', 20],
      ],
    })
    expect(table?.notices?.[0]).toBe('The lines above the header are left out: "Sales report 2024", "all regions".')
    expect(table?.notices?.[1]).toContain('with # ')
  })

  test('a title that a spreadsheet padded with delimiters', async () => {
    const [connection, table] = await openOne('Sales report,,\n,,\nregion,amount,day\nNorth,10,2024-01-02\n')
    expect(namesOf(table)).toEqual(['REGION', 'AMOUNT', 'DAY'])
    expect(await ask(connection, 'SELECT amount FROM t')).toMatchObject({ rows: [[10]] })
  })

  test('a closing line of totals is left out where its figures are sums, and said', async () => {
    const [connection, table] = await openOne('region,amount\nNorth,10\nSouth,20\nTotal,30\n')
    expect(await ask(connection, 'SELECT SUM(amount), COUNT(*) FROM t')).toMatchObject({ rows: [[30, 2]] })
    expect(table?.notices).toEqual(['Its last row, "Total", is a total and is left out.'])
    const [kept, same] = await openOne('region,amount\nNorth,10\nSouth,20\nTotal,70\n')
    expect(await ask(kept, 'SELECT COUNT(*) FROM t')).toMatchObject({ rows: [[3]] })
    expect(same?.notices?.[0]).toContain('it counts as a row')
    const [byId] = await openOne('id,amount\n1,10\n2,20\nTotal,30\n')
    expect(await ask(byId, 'SELECT SUM(id) FROM t')).toMatchObject({ rows: [[3]] })
  })
})

describe('headers', () => {
  test.each([
    ['values come again below', 'Anna,Berlin\nBo,Paris\nAnna,Rome\n', ['COLUMN_1', 'COLUMN_2'], 'No header was found'],
    ['names of places', 'Anna,Berlin\nBo,Paris\n', ['COLUMN_1', 'COLUMN_2'], 'No header was found'],
    ['words that columns are named by', 'first name,city\nBo,Paris\nAl,Rome\n', ['first name', 'CITY'], null],
    ['words that may be either', 'Xo,Zu\nBo,Po\nAl,Ro\n', ['XO', 'ZU'], 'taken for the header'],
  ])('where all is text: %s', async (_, content, names, said) => {
    const [, table] = await openOne(content)
    expect(namesOf(table)).toEqual(names)
    if (said === null) expect(table?.notices).toBeUndefined()
    else expect(table?.notices?.[0]).toContain(said)
  })

  test('keep their spelling for understanding', async () => {
    const [connection, table] = await openOne('orderDate,customerID\n2024-01-02,1\n', 'salesOrders.csv')
    expect(table).toMatchObject({ name: 'SALESORDERS', spelling: 'salesOrders' })
    expect(table?.columns).toMatchObject([
      { name: 'ORDERDATE', spelling: 'orderDate' },
      { name: 'CUSTOMERID', spelling: 'customerID' },
    ])
    const [named] = nameCatalog(await connection.catalog(never)).tables
    expect(named?.ways).toContainEqual(['sales', 'order'])
    expect(named?.columns.map(({ ways }) => ways[0])).toEqual([
      ['order', 'date'],
      ['customer', 'id'],
    ])
  })

  test('names lose the letters that cannot be seen', async () => {
    const [connection, table] = await openOne('na\u202Eme,b\nx,1\n', 'evil\u202Egnp.csv')
    expect(table?.name).toBe('evil gnp')
    expect(await ask(connection, 'SELECT b FROM "evil gnp"')).toMatchObject({ rows: [[1]] })
    expect(namesOf(table)?.[0]).toBe('na me')
  })
})

describe('Parquet', () => {
  test('types that Snowflake lacks become text and spoil nothing', async () => {
    const root = folders.make({ 'good.csv': 'a\n1\n' })
    const types = {
      uuid: "'b9c2d184-818e-4952-af4f-ef4a0c33fa5f'::UUID",
      interval: 'INTERVAL 3 DAY',
      timetz: "'10:00:00+02'::TIMETZ",
      bits: "'101'::BIT",
      mood: "'sad'::ENUM('sad', 'glad')",
      huge: '5::UHUGEINT',
      nested: "[{'u': 'b9c2d184-818e-4952-af4f-ef4a0c33fa5f'::UUID}]",
    }
    for (const [name, value] of Object.entries(types)) {
      await writeParquet(join(root, `${name}.parquet`), `SELECT ${value} AS v, 1 AS n`)
    }
    const connection = await folders.open(root)
    const { tables } = await connection.catalog(never)
    expect(tables).toHaveLength(Object.keys(types).length + 1)
    expect(tables.find(({ name }) => name === 'UUID')?.columns[0]).toMatchObject({
      type: 'VARCHAR',
      samplesComplete: true,
    })
    expect(await ask(connection, 'SELECT a FROM good')).toMatchObject({ rows: [[1]] })
    expect(await ask(connection, "SELECT v FROM uuid WHERE v LIKE 'b9%'")).toMatchObject({
      rows: [['b9c2d184-818e-4952-af4f-ef4a0c33fa5f']],
    })
    expect(await ask(connection, 'SELECT v FROM "INTERVAL"')).toMatchObject({ rows: [['3 days']] })
    for (const name of Object.keys(types))
      expect(await ask(connection, `SELECT n FROM "${name.toUpperCase()}"`)).toMatchObject({ rows: [[1]] })
  })
})

describe('folders of folders', () => {
  test.each([
    ['copied', 512 * 1024 ** 2],
    ['read where it lies', 1],
  ])('a partitioned folder of Parquet is one table, its keys are columns: %s', async (_, maxCopiedBytes) => {
    const bench = makeFolderBench({ maxCopiedBytes })
    const root = bench.make({ 'other.csv': 'a\n1\n' })
    await writeParquet(join(root, 'sales', 'year=2023', 'region=North%20Sea', 'a.parquet'), 'SELECT 1 AS amount')
    await writeParquet(
      join(root, 'sales', 'year=2024', 'region=__HIVE_DEFAULT_PARTITION__', 'a.parquet'),
      'SELECT 2 AS amount, 3 AS more',
    )
    const connection = await bench.open(root)
    expect(await ask(connection, 'SELECT * FROM sales ORDER BY amount')).toEqual({
      columns: ['AMOUNT NUMBER(38,0)', 'MORE NUMBER(38,0)', 'YEAR NUMBER(38,0)', 'REGION VARCHAR'].sort(),
      rows: expect.any(Array) as unknown[],
    })
    expect(await ask(connection, 'SELECT year, region, amount, more FROM sales ORDER BY year')).toMatchObject({
      rows: [
        [2023, 'North Sea', 1, null],
        [2024, null, 2, 3],
      ],
    })
    await bench.close()
  })

  test('so is one of CSV files, and one of part files; deeper folders are schemas', async () => {
    const connection = await folders.open(
      folders.make({
        'log/day=2024-01-01/a.csv': 'id,cost\n1,"1,5"\n',
        'log/day=2024-01-02/a.csv': 'id,note,cost\n2,x,"2,25"\n',
        'log/_SUCCESS': '',
        'dump/part-0000.csv': 'a,b\n1,x\n',
        'dump/part-0001.csv': 'a,b\n2,y\n',
        'far/down/t.csv': 'a\n1\n',
      }),
    )
    const { tables } = await connection.catalog(never)
    expect(tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['FAR_DOWN.T', 'PUBLIC.DUMP', 'PUBLIC.LOG'])
    expect(await ask(connection, 'SELECT id, cost, day, note FROM public.log ORDER BY id')).toMatchObject({
      columns: ['ID NUMBER(38,0)', 'COST NUMBER(9,2)', 'DAY DATE', 'NOTE VARCHAR'],
      rows: [
        [1, 1.5, '2024-01-01', null],
        [2, 2.25, '2024-01-02', 'x'],
      ],
    })
    expect(await ask(connection, 'SELECT SUM(a) FROM public.dump')).toMatchObject({ rows: [[3]] })
  })

  test('files of other kinds are named', async () => {
    const connection = await folders.open(folders.make({ 't.csv': 'a\n1\n', 'notes.txt': 'x', 'sub/old.xls': 'y' }))
    expect((await connection.catalog(never)).notices).toEqual([
      'Not read, since files of this kind hold no tables: notes.txt, sub/old.xls.',
    ])
  })
})

describe('opening', () => {
  test('tells which file is read', async () => {
    const root = folders.make({ 'a.csv': 'a\n1\n', 'b.csv': 'a\n1\n' })
    const connections = makeDuckdbConnections({
      dataDir: join(folders.base, 'told'),
      scale: 0.001,
      folders: null,
      translate: (sql) => Promise.resolve(sql),
      onFault: () => undefined,
    })
    const told: string[] = []
    await connections.open(someone, `folder:${root}`, never, (fact) => told.push(fact))
    await connections.close()
    expect(told).toEqual(['reading a.csv (4 bytes, file 1 of 2)', 'reading b.csv (4 bytes, file 2 of 2)'])
  })

  test('a table of 3,000 columns', async () => {
    const names = Array.from({ length: 3_000 }, (_, n) => `c${n}`)
    const values = names.map((_, n) => (n % 3 === 0 ? 'x' : `${n}.5`))
    const [connection, table] = await openOne(`${names.join(',')}\n${values.join(',')}\n`)
    expect(table?.columns).toHaveLength(3_000)
    expect(await ask(connection, 'SELECT c2999 FROM t')).toMatchObject({ rows: [[2999.5]] })
  }, 60_000)
})
