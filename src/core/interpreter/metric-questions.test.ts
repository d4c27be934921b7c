import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog, SemanticField } from '../catalog/catalog.ts'
import type { TestDatabase } from './database.test-support.ts'
import { ask, expectRows, type Case } from './questions.test-support.ts'
import { openTpch } from './tpch.test-database.ts'

const field = (more: Pick<SemanticField, 'name' | 'expression'> & Partial<SemanticField>): SemanticField => ({
  kind: 'metric',
  table: 'ORDERS',
  type: 'NUMBER',
  synonyms: [],
  comment: null,
  ...more,
})

const fields: readonly SemanticField[] = [
  field({ name: 'ORDER_AVERAGE_VALUE', expression: 'AVG(orders.o_totalprice)', synonyms: ['basket size', 'AOV'] }),
  field({ name: 'TURNOVER', expression: 'SUM(net_price)', table: 'LINES', synonyms: ['net sales'] }),
  field({
    name: 'NET_PRICE',
    expression: 'l_extendedprice * (1 - l_discount)',
    table: 'LINES',
    kind: 'fact',
  }),
  field({ name: 'ACTIVE_BUYERS', expression: 'COUNT(DISTINCT o_custkey)' }),
  field({ name: 'BOOKINGS', expression: 'COUNT(*)' }),
  field({ name: 'CHURN_RATE', expression: 'DIV0(SUM(lost), COUNT(*))' }),
  field({ name: 'MARGIN', expression: 'turnover - cost', table: null }),
]

let database: TestDatabase
beforeAll(async () => {
  const opened = await openTpch()
  const base = (name: string) => ({ database: 'TPCH', schema: 'MAIN', name })
  const catalog: Catalog = {
    ...opened.catalog,
    semanticViews: [
      {
        database: 'TPCH',
        schema: 'MAIN',
        name: 'SALES',
        comment: null,
        tables: [
          { name: 'ORDERS', base: base('ORDERS'), synonyms: [] },
          { name: 'LINES', base: base('LINEITEM'), synonyms: [] },
        ],
        fields,
      },
    ],
  }
  database = { ...opened, catalog }
})
afterAll(() => database.close())

describe('a metric of a semantic view answers to its name and synonyms', () => {
  const cases: readonly Case[] = [
    ['What is the order average value?', 'SELECT AVG(O_TOTALPRICE) FROM ORDERS'],
    ['What is the basket size in 1996?', 'SELECT AVG(O_TOTALPRICE) FROM ORDERS WHERE YEAR(O_ORDERDATE) = 1996'],
    ['basket size by order status', 'SELECT O_ORDERSTATUS, AVG(O_TOTALPRICE) FROM ORDERS GROUP BY 1'],
    ['total net sales', 'SELECT SUM(L_EXTENDEDPRICE * (1 - L_DISCOUNT)) FROM LINEITEM'],
    ['How many active buyers are there?', 'SELECT COUNT(DISTINCT O_CUSTKEY) FROM ORDERS'],
    ['bookings per year', 'SELECT YEAR(O_ORDERDATE), COUNT(*) FROM ORDERS GROUP BY 1'],
    [
      'Which customer has the highest basket size?',
      'SELECT C_NAME, AVG(O_TOTALPRICE) v FROM ORDERS JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY GROUP BY C_CUSTKEY, C_NAME ORDER BY v DESC LIMIT 1',
    ],
    [
      'top 3 customers by basket size',
      'SELECT C_NAME, AVG(O_TOTALPRICE) v FROM ORDERS JOIN CUSTOMER ON O_CUSTKEY = C_CUSTKEY GROUP BY C_CUSTKEY, C_NAME ORDER BY v DESC LIMIT 3',
    ],
  ]
  test.each(cases.map((one) => [one[0], one] as const))('%s', (_, one) => expectRows(database, one))

  test('is named and defined in the answer', async () => {
    expect(await ask('What is the AOV?', database)).toMatchObject({
      kind: 'query',
      sql: expect.stringContaining('AS ORDER_AVERAGE_VALUE') as unknown,
      assumptions: ['ORDER_AVERAGE_VALUE is the metric that SALES defines as AVG(orders.o_totalprice).'],
    })
  })
})

describe('declines what a metric cannot do', () => {
  test.each([
    ['What is the churn rate?'],
    ['What is the margin?'],
    ['customers with a basket size over 1000'],
    ['What is the average net sales?'],
    ['the maximum net sales'],
    ['the highest basket size'],
  ])('%s', async (question) => {
    expect(await ask(question, database)).toMatchObject({ kind: 'declined' })
  })
})
