import { afterAll, describe, expect, test } from 'vitest'
import { ask, makeFolderBench, never } from './folder-bench.test-support.ts'
import { makeWorkbook } from './workbook.test-support.ts'

const folders = makeFolderBench()
afterAll(() => folders.close())

describe('workbooks', () => {
  test('each sheet is a table', async () => {
    const book = makeWorkbook({
      Orders: [
        ['Sales 2024'],
        ['orderId', 'orderDate', 'price', 'paid'],
        [1, new Date('2024-01-02'), 0.1 + 0.2, true],
        [2, new Date('2024-02-03T10:30:00Z'), 1200.5, false],
      ],
      Sheet2: [
        ['code', 'n'],
        ['0012', 5],
        ['#N/A', null],
      ],
      Empty: [],
    })
    const connection = await folders.open(folders.make({ 'sales.xlsx': book }))
    expect((await connection.catalog(never)).tables.map(({ name, comment }) => `${name}: ${comment}`)).toEqual([
      'ORDERS: Sheet Orders of sales.xlsx',
      'SALES_SHEET2: Sheet Sheet2 of sales.xlsx',
    ])
    expect(await ask(connection, 'SELECT * FROM orders')).toEqual({
      columns: ['ORDERID NUMBER(38,0)', 'ORDERDATE TIMESTAMP_NTZ(9)', 'PRICE NUMBER(9,1)', 'PAID BOOLEAN'],
      rows: [
        [1, '2024-01-02 00:00:00', 0.3, true],
        [2, '2024-02-03 10:30:00', 1200.5, false],
      ],
    })
    expect(await ask(connection, 'SELECT code FROM sales_sheet2')).toMatchObject({ rows: [['0012'], ['#N/A']] })
  })

  test('one with a single sheet is called after the file', async () => {
    const connection = await folders.open(folders.make({ 'sub/prices.xlsx': makeWorkbook({ Tabelle1: [['a'], [1]] }) }))
    expect((await connection.catalog(never)).tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'SUB.PRICES',
    ])
  })

  const whole = makeWorkbook({ A: [['a'], [1]] })
  test.each([
    ['an empty file', new Uint8Array(), 'it is no whole .xlsx file'],
    ['text', Buffer.from('region,amount\nNorth,10\n'), 'it is no whole .xlsx file'],
    ['cut off', whole.subarray(0, whole.length - 200), 'it is no whole .xlsx file'],
    [
      'cut off in the directory',
      Buffer.concat([whole.subarray(0, 900), whole.subarray(-22)]),
      'it is no whole .xlsx file',
    ],
    ['without sheets', makeWorkbook({}), 'its parts are not those of a workbook'],
    ['with an empty sheet', makeWorkbook({ A: [] }), 'the workbook is empty'],
    ['protected', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)]), 'it is protected'],
    [
      'a part that is no XML',
      makeWorkbook({ A: [['a']] }, { 'xl/workbook.xml': '<workbook><sheets' }),
      'its parts are not',
    ],
  ])('%s is told, and the other files work', async (_, content, said) => {
    const connection = await folders.open(folders.make({ 'bad.xlsx': content, 'good.csv': 'a\n1\n' }))
    expect(await ask(connection, 'SELECT a FROM good')).toMatchObject({ rows: [[1]] })
    const { tables } = await connection.catalog(never)
    expect(tables.find(({ name }) => name === 'BAD')?.comment).toContain(`Cannot be read. bad.xlsx: ${said}`)
  })

  test('one that unpacks to more than is read is refused before it is unpacked whole', async () => {
    // 200 MB of blanks in 200 kB, under a stated size of one byte.
    const bomb = makeWorkbook({ A: [['a'], [1]] }, { 'xl/worksheets/sheet1.xml': { blanks: 200 * 1024 ** 2 } })
    expect(bomb.length).toBeLessThan(1024 ** 2)
    const connection = await folders.open(folders.make({ 'bomb.xlsx': bomb, 'good.csv': 'a\n1\n' }))
    expect((await connection.catalog(never)).tables[0]?.comment).toBe(
      'Cannot be read. bomb.xlsx: it has more than 128 MB when unpacked, which is more than is read of a workbook. Save its sheets as CSV or Parquet.',
    )
    expect(await ask(connection, 'SELECT a FROM good')).toMatchObject({ rows: [[1]] })
  })
})

describe('entities of a workbook', () => {
  const laughs = Array.from({ length: 12 }, (_entity, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(20)}">`).join('')
  test.each([
    ['a file of the machine', '<!ENTITY e SYSTEM "file:///etc/passwd">', '&e;'],
    ['a file beside it', '<!ENTITY e SYSTEM "good.csv">', '&e;'],
    ['an address', '<!ENTITY e SYSTEM "http://127.0.0.1:1/">', '&e;'],
    ['a document type of elsewhere', '<!ENTITY % e SYSTEM "http://127.0.0.1:1/x.dtd"> %e;', '&f;'],
    ['each other, in billions', `<!ENTITY e0 "ha">${laughs}`, '&e12;'],
  ])('are not resolved: %s', async (_name, entities, text) => {
    const sheet = `<!DOCTYPE worksheet [${entities}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>${text}</t></is></c></row></sheetData></worksheet>`
    const book = makeWorkbook({ A: [['a']] }, { 'xl/worksheets/sheet1.xml': sheet })
    const connection = await folders.open(folders.make({ 'book.xlsx': book, 'good.csv': 'a\n1\n' }))
    expect(await ask(connection, 'SELECT a FROM book')).toMatchObject({ rows: [[text]] })
  })
})

describe('hostile names', () => {
  test('of files, folders, headers, sheets and partitions are names and nothing else', async () => {
    const evil = `a'"); DROP TABLE t; --`
    const connection = await folders.open(
      folders.make({
        't.csv': 'a\n1\n',
        [`${evil}.csv`]: `"${evil.replaceAll('"', '""')}",b\nx,2\n`,
        [`${evil}/deep.csv`]: 'a\n3\n',
        [`log/${evil}=${evil}/one.csv`]: 'n\n4\n',
        'book.xlsx': makeWorkbook({ [evil]: [[evil], [5]], '../up': [['n'], [6]] }),
      }),
    )
    const { tables } = await connection.catalog(never)
    const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
    const read: unknown[] = []
    for (const { schema, name, columns } of tables) {
      const list = columns.map((column) => quote(column.name)).join(', ')
      read.push((await ask(connection, `SELECT ${list} FROM ${quote(schema)}.${quote(name)}`)).rows)
    }
    expect(read).toHaveLength(6)
    expect(read).toEqual(expect.arrayContaining([[[1]], [['x', 2]], [[3]], [[4, evil]], [[5]], [[6]]]))
  })
})
