import { describe, expect, test } from 'vitest'
import { columnItems, makeNameSearch, memberItems, ownerOf, sqlName } from './name-search.ts'

const schema = (database: string, name: string, tables: Readonly<Record<string, string>>, kinds?: string) => ({
  database,
  schema: name,
  names: Object.keys(tables),
  kinds: kinds ?? 't'.repeat(Object.keys(tables).length),
  comments: Object.values(tables),
  members: Object.keys(tables).map(() => 1),
})

const search = makeNameSearch([
  schema(
    'DB',
    'EU',
    { ORDERS: 'every order', ORDER_ITEMS: '', CUSTOMERS: 'who ordered', 'my "table"': '', view_orders: '' },
    'ttttv',
  ),
  schema('DB', 'US', { ORDERS: '', SALES: 'family', METRICS: '', الطلبات: '' }, 'tfst'),
])
const texts = (query: string) => search.find(query, 10).map(({ text, name }) => text || name)

describe('tables by what is typed', () => {
  test.each([
    ['orders', ['EU.ORDERS', 'US.ORDERS', 'view_orders']],
    ['ord', ['EU.ORDERS', 'ORDER_ITEMS', 'US.ORDERS', 'view_orders', 'CUSTOMERS']],
    ['eu.ord', ['EU.ORDERS', 'ORDER_ITEMS', 'view_orders', 'CUSTOMERS']],
    ['db.us.ord', ['US.ORDERS']],
    ['"my ', ['"my ""table"""']],
    ['items', ['ORDER_ITEMS']],
    ['الط', ['الطلبات']],
    ['sal', ['SALES']],
    ['metrics', []],
    ['zzz', []],
  ])('%s', (query, expected) => {
    expect(texts(query)).toEqual(expected)
  })

  test('a table is named alone where its name is the only one, else with its schema', () => {
    expect(search.find('customers', 1)[0]).toMatchObject({
      text: 'CUSTOMERS',
      fullName: 'DB.EU.CUSTOMERS',
      place: 'DB.EU',
    })
  })

  test('an owner before the dot is one table or none', () => {
    expect(search.tablesCalled(ownerOf('eu.orders.x') ?? []).map(({ fullName }) => fullName)).toEqual(['DB.EU.ORDERS'])
    expect(search.tablesCalled(ownerOf('orders.x') ?? [])).toHaveLength(2)
    expect(ownerOf('"my ""table""".x')).toEqual(['my "table"'])
    expect(ownerOf('orders')).toBeNull()
  })

  test('columns fit what follows the dot, those that begin with it first', () => {
    const [table] = search.find('customers', 1)
    const columns = ['FULL_NAME', 'NAME', 'order"Date'].map((name) => ({ name, type: 'VARCHAR', comment: null }))
    expect(table && columnItems(table, columns, 'name').map(({ text }) => text)).toEqual([
      'CUSTOMERS.NAME',
      'CUSTOMERS.FULL_NAME',
    ])
    expect(table && columnItems(table, columns, 'date').map(({ fullName }) => fullName)).toEqual([
      'DB.EU.CUSTOMERS."order""Date"',
    ])
  })

  test('the tables of a group are named in full', () => {
    const [family] = search.find('sales', 1)
    expect(family && memberItems(family, ['SALES_2023']).map(({ text }) => text)).toEqual(['DB.US.SALES_2023'])
    expect(sqlName(['DB', 'mixedCase', 'a"b'])).toBe('DB."mixedCase"."a""b"')
  })
})

test('12,000 tables are searched within a keystroke', () => {
  const names = Array.from(
    { length: 12_000 },
    (_, at) => `FCT_${['SALES', 'ORDERS', 'STOCK', 'CLAIMS'][at % 4] ?? ''}_${at.toString(36).toUpperCase()}`,
  )
  const many = makeNameSearch([
    schema('DB', 'BIG', Object.fromEntries(names.map((name) => [name, `Facts about ${name.toLowerCase()}`]))),
  ])
  const queries = ['s', 'sa', 'sal', 'sales', 'zz', 'claims_a', 'big.o', 'fct_orders_1', 'facts about', 'x9']
  const timeOf = (query: string): number => {
    const begun = performance.now()
    many.find(query, 50)
    return performance.now() - begun
  }
  // The fastest of several tells what the search costs, and not what else the machine does.
  const times = queries.map((query) => Math.min(...Array.from({ length: 5 }, () => timeOf(query))))
  expect(many.find('fct_orders_1', 50)[0]?.name).toBe('FCT_ORDERS_1')
  expect(Math.max(...times)).toBeLessThan(16)
})
