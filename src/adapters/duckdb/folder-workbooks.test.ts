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
})
