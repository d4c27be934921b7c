import { describe, expect, test } from 'vitest'
import type { Mention } from '../../contract/command.ts'
import { readName, writeName } from '../../contract/words/names.ts'
import type { Catalog, CatalogTable } from './catalog.ts'
import { nameOfPinned, pinKnownNames, pinNames, withPlainNames } from './pinned-names.ts'

const table = (path: string, ...columns: readonly string[]): CatalogTable => {
  const [database = '', schema = '', name = ''] = (readName(path) ?? []).map(({ text }) => text)
  return {
    database,
    schema,
    name,
    kind: 'table',
    comment: null,
    columns: columns.map((column) => ({
      name: column,
      type: 'NUMBER',
      nullable: true,
      comment: null,
      samples: [],
      samplesComplete: false,
    })),
    primaryKey: [],
    foreignKeys: [],
    rowCount: null,
  }
}

const catalog: Catalog = {
  defaultDatabase: 'DB',
  defaultSchema: 'PUBLIC',
  tables: [
    table('DB.PUBLIC.ORDERS', 'ID', 'TOTAL'),
    table('DB.EU.ORDERS', 'ID', 'Total', 'TOTAL'),
    table('DB.EU.CUSTOMERS', 'NAME'),
    table('DB.EU.customers', 'NAME'),
    table('DB.EU."Sales @ 2024. ""Q1"""', 'a.b', '"'),
    table('DB.EU."الطلبات"', 'الاسم'),
    table('DB.EU."2024"', 'N'),
  ],
}

const named = (question: string, chosen: readonly Mention[] = []): readonly string[] =>
  pinNames(question, chosen, catalog).map((one) => `${question.slice(one.from, one.to)} = ${nameOfPinned(one)}`)

describe('names after @ in the text', () => {
  test.each([
    ['a table', 'how many @CUSTOMERS', ['@CUSTOMERS = DB.EU.CUSTOMERS']],
    ['the very letters before another case', 'how many @customers', ['@customers = DB.EU.customers']],
    ['two that differ in case from what is written', 'how many @Customers', []],
    ['the default schema first', 'how many @orders?', ['@orders = DB.PUBLIC.ORDERS']],
    ['a schema', '@eu.orders, please', ['@eu.orders = DB.EU.ORDERS']],
    ['a database', '@db.eu.orders.', ['@db.eu.orders = DB.EU.ORDERS']],
    ['a column', 'sum of @orders.total', ['@orders.total = DB.PUBLIC.ORDERS.TOTAL']],
    ['a column of a full name', '@DB.EU.ORDERS.Total', ['@DB.EU.ORDERS.Total = DB.EU.ORDERS.Total']],
    ['columns that differ in case alone', '@EU.ORDERS.total', []],
    [
      'quotes and signs',
      'show @EU."Sales @ 2024. ""Q1"""',
      ['@EU."Sales @ 2024. ""Q1""" = DB.EU."Sales @ 2024. ""Q1"""'],
    ],
    [
      'a dot within a column',
      '@"Sales @ 2024. ""Q1"""."a.b"',
      ['@"Sales @ 2024. ""Q1"""."a.b" = DB.EU."Sales @ 2024. ""Q1"""."a.b"'],
    ],
    ['a name from right to left', 'كم @الطلبات.الاسم هناك', ['@الطلبات.الاسم = DB.EU.الطلبات.الاسم']],
    ['digits in quotes', '@"2024"', ['@"2024" = DB.EU."2024"']],
    ['an address', 'mail to ada@orders.com or @nobody', []],
    ['an address of a table', 'ada@ORDERS', []],
    ['a part that is missing', '@ORDERS.WEIGHT', []],
    ['several', '@ORDERS and @CUSTOMERS', ['@ORDERS = DB.PUBLIC.ORDERS', '@CUSTOMERS = DB.EU.CUSTOMERS']],
  ])('%s', (_, question, expected) => {
    expect(named(question)).toEqual(expected)
  })
})

test('what may be a table or a column of another table is left as words, until a person says which', () => {
  const both = { ...catalog, tables: [...catalog.tables, table('DB.US.EU', 'ORDERS')] }
  const question = 'how many @EU.ORDERS'
  const chosen = (kind: Mention['kind'], name: string) => pinNames(question, [{ from: 9, to: 19, kind, name }], both)
  expect(pinNames(question, [], both)).toEqual([])
  expect(chosen('table', 'EU.ORDERS').map(nameOfPinned)).toEqual(['DB.EU.ORDERS'])
  expect(chosen('column', 'EU.ORDERS').map(nameOfPinned)).toEqual(['DB.US.EU.ORDERS'])
})

describe('chosen names', () => {
  const question = 'how many orders per @CUSTOMERS'
  const chosen = (name: string, kind: Mention['kind'] = 'table'): readonly Mention[] => [
    { from: 9, to: 15, kind, name },
  ]

  test('tie any words, beside names that are written out', () => {
    expect(named(question, chosen('DB.EU.ORDERS'))).toEqual(['orders = DB.EU.ORDERS', '@CUSTOMERS = DB.EU.CUSTOMERS'])
  })

  test.each([
    ['DB.EU.ORDER', 'table', 'There is no table DB.EU.ORDER that this connection can see.', 'ORDERS'],
    ['ORDERS.TOTALS', 'column', 'There is no column ORDERS.TOTALS that this connection can see.', 'TOTAL'],
    ['Customers', 'table', '"orders" may be any of 2 tables called Customers.', 'schema'],
    ['DB; DROP', 'table', 'There is no table DB; DROP that this connection can see.', 'Choose it anew'],
    ['A.B.C.D', 'table', 'There is no table A.B.C.D that this connection can see.', 'Choose it anew'],
  ] as const)('%s is refused with its place', (name, kind, message, action) => {
    expect(() => pinNames(question, chosen(name, kind), catalog)).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          code: 'bad_question',
          message,
          action: expect.stringContaining(action),
          span: { start: 9, end: 15 },
        }),
      }),
    )
  })

  test('of an earlier question are words again once they are gone', () => {
    expect(pinKnownNames(question, chosen('DB.EU.GONE'), catalog).map(nameOfPinned)).toEqual(['DB.EU.CUSTOMERS'])
  })
})

test('every stored name can be written and is read back', () => {
  for (const { database, schema, name, columns } of catalog.tables)
    for (const { name: column } of columns) {
      const path = [database, schema, name, column]
      expect(readName(writeName(path))?.map(({ text }) => text)).toEqual(path)
    }
})

test('a question in plain names keeps the words around them', () => {
  const question = 'is @EU.ORDERS.Total above @"2024".N?'
  expect(withPlainNames(question, pinNames(question, [], catalog))).toBe('is Total above N?')
})
