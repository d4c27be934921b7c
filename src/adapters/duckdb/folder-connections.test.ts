import { chmodSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { OpenWarehouse } from '../../core/ports/connections.ts'
import { ask, makeFolderBench, never, withProblem } from './folder-bench.test-support.ts'

const folders = makeFolderBench()
afterAll(() => folders.close())

const tablesOf = async (connection: OpenWarehouse) =>
  (await connection.catalog(never)).tables.map(({ schema, name }) => `${schema}.${name}`)

async function writeParquet(path: string, query: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

describe('a folder as a database', () => {
  test('files at the top are tables of PUBLIC, sub-folders are schemas, names fold as Snowflake folds them', async () => {
    const root = folders.make(
      {
        'orders.csv': 'id,customer name,Total\n1,Ada,12.50\n2,"Bo, Jr.",3.25\n',
        'Ünïcode táble.csv': 'a\n1\n',
        'two words.tsv': 'a\tb\n1\t2\n',
        'events.jsonl': '{"at":"2024-01-02","who":{"name":"x"},"tags":["a","b"]}\n{"at":"2024-01-03","n":5}\n',
        'packed.ndjson.gz': gzipSync('{"a":1}\n'),
        'packed.csv.gz': gzipSync('a,b\n1,x\n'),
        'list.json': '[{"a":1},{"a":2}]',
        'sales/2024-q1.csv': 'a\n1\n',
        'Other Things/deep.csv': 'a\n1\n',
        'other/deeper/also.csv': 'a\n1\n',
        '.hidden.csv': 'a\n1\n',
        'notes.txt': 'nothing',
      },
      'my sales-dáta 2024',
    )
    await writeParquet(
      join(root, 'sales', 'items.parquet'),
      'SELECT 1 AS id, \'x\' AS "Item Name", 5::DECIMAL(38, 2) AS amount',
    )
    const connection = await folders.open(root)
    const catalog = await connection.catalog(never)
    expect(catalog).toMatchObject({ defaultDatabase: 'MY_SALES_DATA_2024', defaultSchema: 'PUBLIC' })
    expect(await tablesOf(connection)).toEqual([
      'OTHER_DEEPER.ALSO',
      'Other Things.DEEP',
      'PUBLIC.EVENTS',
      'PUBLIC.LIST',
      'PUBLIC.ORDERS',
      'PUBLIC.PACKED_CSV',
      'PUBLIC.PACKED_NDJSON',
      'PUBLIC.two words',
      'PUBLIC.Ünïcode táble',
      'SALES.2024-q1',
      'SALES.ITEMS',
    ])
    const orders = catalog.tables.find((table) => table.name === 'ORDERS')
    expect(orders).toMatchObject({ rowCount: 2, comment: 'File orders.csv', primaryKey: [], foreignKeys: [] })
    expect(orders?.columns.map(({ name, type }) => [name, type])).toEqual([
      ['ID', 'NUMBER(38,0)'],
      ['customer name', 'VARCHAR'],
      ['TOTAL', 'NUMBER(9,2)'],
    ])
    expect(orders?.columns[1]).toMatchObject({ samples: ['Ada', 'Bo, Jr.'], samplesComplete: true })

    expect(await ask(connection, 'SELECT SUM(total) AS T FROM orders')).toMatchObject({ rows: [[15.75]] })
    expect(await ask(connection, 'SELECT * FROM sales.items')).toEqual({
      columns: ['ID NUMBER(38,0)', 'Item Name VARCHAR', 'AMOUNT NUMBER(38,2)'],
      rows: [[1, 'x', 5]],
    })
    expect(await ask(connection, 'SELECT * FROM events ORDER BY 1')).toEqual({
      columns: ['AT DATE', 'WHO OBJECT', 'TAGS ARRAY', 'N NUMBER(38,0)'],
      rows: [
        ['2024-01-02', '{"name":"x"}', '["a","b"]', null],
        ['2024-01-03', null, null, 5],
      ],
    })
    expect(
      await ask(connection, 'SELECT (SELECT COUNT(*) FROM packed_csv), (SELECT COUNT(*) FROM list)'),
    ).toMatchObject({
      rows: [[1, 2]],
    })
    expect(
      (await connection.warehouse.compile('SELECT * FROM orders, list' as ReadOnlySql, { signal: never })).estimate
        .rows,
    ).toBe(4)
  })

  test('without files at the top the default schema is the first sub-folder', async () => {
    const connection = await folders.open(folders.make({ 'b/x.csv': 'a\n1\n', 'c/y.csv': 'a\n2\n' }))
    expect((await connection.catalog(never)).defaultSchema).toBe('B')
    expect(await ask(connection, 'SELECT * FROM x')).toMatchObject({ rows: [[1]] })
  })

  test.each([
    ['memory', 'MEMORY_FOLDER'],
    ['2024', '_2024'],
    ['日本', '__FOLDER'],
    ['a.b-c', 'A_B_C'],
  ])('the folder %s is the database %s', async (name, database) => {
    const connection = await folders.open(folders.make({ 't.csv': 'a\n1\n' }, name))
    expect((await connection.catalog(never)).defaultDatabase).toBe(database)
    expect(await ask(connection, `SELECT a FROM ${database}.public.t`)).toMatchObject({ rows: [[1]] })
  })

  test('names that clash are told apart visibly', async () => {
    const connection = await folders.open(
      folders.make({
        'orders.csv': 'a\n1\n',
        'orders.jsonl': '{"a":2}\n',
        'Orders.tsv': 'a\n3\n',
        'public/x.csv': 'a\n4\n',
        'main/x.csv': 'a\n5\n',
        'columns.csv': 'a,A,b,a\n1,2,3,4\n',
      }),
    )
    const catalog = await connection.catalog(never)
    const described = catalog.tables.map(({ schema, name, comment }) => `${schema}.${name}: ${comment}`)
    expect(described).toEqual([
      'MAIN_2.X: File main/x.csv',
      'PUBLIC.COLUMNS: File columns.csv',
      'PUBLIC.ORDERS_CSV: File orders.csv',
      'PUBLIC.ORDERS_JSONL: File orders.jsonl',
      'PUBLIC.ORDERS_TSV: File Orders.tsv',
      'PUBLIC_2.X: File public/x.csv',
    ])
    expect(catalog.tables[1]?.columns.map((column) => column.name)).toEqual(['A', 'A_2', 'B', 'A_3'])
  })

  test('1,000 files', async () => {
    const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`t${n}.csv`, `id,name\n${n},x\n`]))
    const connection = await folders.open(folders.make(files))
    expect((await connection.catalog(never)).tables).toHaveLength(1_000)
    expect(await ask(connection, 'SELECT id FROM t999')).toMatchObject({ rows: [[999]] })
  }, 180_000)

  test('a file that changes is read anew, and one opened twice is shared', async () => {
    const root = folders.make({ 't.csv': 'a\n1\n' })
    const first = await folders.open(root)
    expect(await folders.open(`${root}/../${root.split('/').at(-1)}`)).toBe(first)
    expect(await ask(first, 'SELECT * FROM t')).toMatchObject({ rows: [[1]] })
    writeFileSync(join(root, 't.csv'), 'a\n2\n')
    utimesSync(join(root, 't.csv'), 1, 1)
    const second = await folders.open(root)
    expect(await ask(second, 'SELECT * FROM t')).toMatchObject({ rows: [[2]] })
  })

  test('a path with letters that mean patterns', async () => {
    const root = folders.make({ 'a[1]*?.csv': 'a\n1\n', 'a11x.csv': 'a\n2\n' }, "we'ird [x] *")
    const connection = await folders.open(root)
    expect(await ask(connection, 'SELECT * FROM public."a[1]*?"')).toMatchObject({ rows: [[1]] })
  })
})

describe('files with faults', () => {
  const faults: readonly (readonly [string, string, string | Uint8Array, string])[] = [
    ['a quote that stays open', '.csv', 'id,name\n1,"a\n2,b\n', 'line 2: a quote is opened and never closed.'],
    [
      'an encoding that is none',
      '.csv',
      Buffer.from('id,name\n1,\x81\xe9\n', 'latin1'),
      'neither UTF-8 nor Windows-1252',
    ],
    ['zero bytes', '.csv', 'id,name\n1,a\0b\n', 'it is no text'],
    ['a workbook that is none', '.xlsx', 'PK nothing', '.xlsx: '],
    ['an empty CSV', '.csv', '', 'the file is empty.'],
    ['broken JSON', '.jsonl', '{"a":1}\n{"a":\n', 'line'],
    ['a Parquet file that is none', '.parquet', 'PAR1 nothing PAR1', 'Footer length error'],
    ['a broken archive', '.csv.gz', 'not gzip', '.csv.gz: '],
  ]
  let connection: OpenWarehouse
  beforeAll(async () => {
    const files = faults.map(([, extension, content], index) => [`bad${index}${extension}`, content] as const)
    connection = await folders.open(folders.make({ ...Object.fromEntries(files), 'good.csv': 'a\n1\n' }))
  })

  test('the others work', async () => {
    expect(await ask(connection, 'SELECT a FROM good')).toMatchObject({ rows: [[1]] })
    expect(await tablesOf(connection)).toHaveLength(faults.length + 1)
  })

  test.each(faults.map(([name, , , message], index) => [name, index, message] as const))(
    '%s: that table says what is wrong',
    async (_, index, message) => {
      const { tables } = await connection.catalog(never)
      const comment = tables.find((table) => table.name === `BAD${index}`)?.comment
      expect(comment).toContain('Cannot be read.')
      expect(comment).toContain(message)
      const problem = withProblem({ code: 'warehouse_failed', message: expect.stringContaining(message) as unknown })
      await expect(ask(connection, `SELECT COUNT(*) FROM bad${index}`)).rejects.toEqual(problem)
      const compiling = connection.warehouse.compile(`SELECT 1 FROM bad${index}` as ReadOnlySql, { signal: never })
      await expect(compiling).rejects.toEqual(problem)
    },
  )

  test('the columns of a broken CSV stay known, so that asking for them leads to the message', async () => {
    const connection = await folders.open(folders.make({ 'bad.csv': 'id,name\n1,a\n2,"b\n' }))
    expect((await connection.catalog(never)).tables[0]?.columns.map((column) => column.name)).toEqual(['ID', 'NAME'])
  })

  test('a link to a file outside is refused, one to a file inside is read', async () => {
    const outside = folders.make({ 'secret.csv': 'a\n1\n' })
    const root = folders.make({ 'good.csv': 'a\n1\n' })
    symlinkSync(join(outside, 'secret.csv'), join(root, 'link.csv'))
    symlinkSync(join(root, 'good.csv'), join(root, 'same.csv'))
    symlinkSync(join(root, 'nothing.csv'), join(root, 'broken.csv'))
    const connection = await folders.open(root)
    expect(await ask(connection, 'SELECT a FROM same')).toMatchObject({ rows: [[1]] })
    await expect(ask(connection, 'SELECT * FROM link')).rejects.toEqual(
      withProblem({ message: expect.stringContaining('a link that leaves the folder') as unknown }),
    )
    await expect(ask(connection, 'SELECT * FROM broken')).rejects.toEqual(
      withProblem({ message: expect.stringContaining('cannot be opened') as unknown }),
    )
  })
})

describe('folders with faults', () => {
  test.each([
    ['one that is not there', () => join(folders.base, 'nowhere'), /There is no folder .*nowhere/],
    ['a file', () => join(folders.make({ 'x.csv': 'a\n1\n' }), 'x.csv'), /is a file, not a folder/],
    ['an empty one', () => folders.make({}), /no files that can become tables/],
    [
      'one with other files only',
      () => folders.make({ 'a.txt': 'x', 'deep/down/b.docx': 'y' }),
      /no files that can become tables. It has a.txt, deep\/down\/b.docx\./,
    ],
    [
      'one with a link to a folder outside',
      () => {
        const root = folders.make({ 'x.csv': 'a\n1\n' })
        symlinkSync(folders.make({ 'secret.csv': 'a\n1\n' }), join(root, 'sub'))
        return root
      },
      /is a link that leaves the folder/,
    ],
    [
      'one with more text than is copied',
      () => {
        const root = folders.make({ 'x.csv': 'a\n1\n', 'huge.csv': '' })
        truncateSync(join(root, 'huge.csv'), 5 * 1024 ** 3)
        return root
      },
      /larger than 4 GB together/,
    ],
    [
      'one with too many files',
      () => folders.make(Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`${n}.csv`, '']))),
      /more than 5,000 files/,
    ],
  ])('%s', async (_, make, message) => {
    await expect(folders.open(make())).rejects.toEqual(
      withProblem({ code: 'connection_broken', message: expect.stringMatching(message) as unknown }),
    )
  })
})

test('a folder that may not be read', async () => {
  const root = folders.make({ 'x.csv': 'a\n1\n' })
  const nobody = 65_534
  const isRoot = process.getuid?.() === 0
  chmodSync(root, 0o000)
  if (isRoot) process.seteuid?.(nobody) // Root may read everything.
  try {
    await expect(folders.open(root)).rejects.toEqual(
      withProblem({ code: 'connection_broken', message: expect.stringContaining('may not be read') as unknown }),
    )
  } finally {
    if (isRoot) process.seteuid?.(0)
    chmodSync(root, 0o700)
  }
})

describe('Parquet too large to copy is read where it lies', () => {
  test('as a view over exactly that file', async () => {
    const root = folders.make({ 'small.csv': 'a\n1\n', 'secret.csv': 'a\n1\n' })
    await writeParquet(join(root, 'big.parquet'), 'SELECT range AS id, 0.1 * range AS x FROM range(100)')
    const inPlace = makeFolderBench({ maxCopiedBytes: 100 })
    const connection = await inPlace.open(root)
    const big = (await connection.catalog(never)).tables.find((table) => table.name === 'BIG')
    expect(big).toMatchObject({ rowCount: 100, comment: 'File big.parquet' })
    expect(await ask(connection, 'SELECT COUNT(*), SUM(id) FROM big')).toMatchObject({ rows: [[100, 4950]] })
    expect(
      (await connection.warehouse.compile('SELECT * FROM big' as ReadOnlySql, { signal: never })).estimate.rows,
    ).toBe(100)
    await inPlace.close()
  })
})
