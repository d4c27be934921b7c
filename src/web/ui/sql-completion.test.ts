import { CompletionContext } from '@codemirror/autocomplete'
import { sql as sqlLanguage } from '@codemirror/lang-sql'
import { EditorState } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import {
  aggregateFunctions,
  conditionalFunctions,
  conversionFunctions,
  dateFunctions,
  numberFunctions,
  semiStructuredFunctions,
  stringFunctions,
  windowFunctions,
} from '../../core/guard/functions/function-lists.ts'
import { quoteName } from '../../core/catalog/sql-quoting.ts'
import { makeNameSearch } from './name-search.ts'
import { commonFunctions, snowflakeDialect, sqlIdentifier } from './snowflake-language.ts'
import { makeCompletionSource, tablesInScope } from './sql-completion.ts'

const search = makeNameSearch([
  {
    database: 'DB',
    schema: 'EU',
    names: ['ORDERS', 'CUSTOMERS', 'my table', 'ORDER'],
    kinds: 'tttt',
    comments: ['', '', '', ''],
    members: [1, 1, 1, 1],
  },
])
const columns: Readonly<Record<string, readonly string[]>> = {
  ORDERS: ['ID', 'TOTAL', 'orderDate', 'ORDER', 'größe'],
  CUSTOMERS: ['NAME'],
  'my table': ['a b'],
}
const complete = makeCompletionSource({
  search: () => Promise.resolve(search),
  columns: (path) =>
    Promise.resolve(
      (columns[path.at(-1)?.toUpperCase() ?? ''] ?? columns[path.at(-1) ?? ''] ?? []).map((name) => ({
        name,
        type: 'T',
      })),
    ),
})

/** What is offered at `|`, as it would be written. */
async function offered(marked: string): Promise<readonly string[]> {
  const doc = marked.replace('|', '')
  const state = EditorState.create({ doc, extensions: [sqlLanguage({ dialect: snowflakeDialect })] })
  const result = await complete(new CompletionContext(state, marked.indexOf('|'), true))
  return (result?.options ?? []).map(({ apply, label }) => (typeof apply === 'string' ? apply : label))
}

describe('the tables that a query reads', () => {
  test.each([
    ['SELECT * FROM orders o', [['o', 'orders']]],
    ['select 1 from db.eu.orders as "O x" where a = 1', [['O x', 'db.eu.orders']]],
    [
      'SELECT * FROM orders, customers c',
      [
        ['orders', 'orders'],
        ['c', 'customers'],
      ],
    ],
    [
      'SELECT o. FROM orders o LEFT JOIN eu."my table" t ON o.id = t.id',
      [
        ['o', 'orders'],
        ['t', 'eu.my table'],
      ],
    ],
    ["SELECT 'from x' FROM orders -- from y\n/* join z */", [['orders', 'orders']]],
    [
      'SELECT EXTRACT(year FROM d) FROM orders',
      [
        ['d', 'd'],
        ['orders', 'orders'],
      ],
    ],
    [
      'WITH t AS (SELECT * FROM orders) SELECT * FROM t',
      [
        ['orders', 'orders'],
        ['t', 't'],
      ],
    ],
    ['SELECT 1', []],
  ])('%s', (sql, expected) => {
    expect(tablesInScope(sql).map(({ alias, path }) => [alias, path.join('.')])).toEqual(expected)
  })
})

describe('completion', () => {
  test.each<readonly [string, readonly string[]]>([
    ['SELECT o.| FROM orders o', ['ID', 'TOTAL', '"orderDate"', '"ORDER"', '"größe"']],
    ['SELECT O.to| FROM orders o', ['ID', 'TOTAL', '"orderDate"', '"ORDER"', '"größe"']],
    ['SELECT t.| FROM eu."my table" t', ['"a b"']],
    ['SELECT customers.| FROM customers', ['NAME']],
    ['SELECT * FROM cust|', ['DB.EU.CUSTOMERS']],
    ['SELECT * FROM orders JOIN "my|', ['DB.EU."my table"']],
    ['SELECT * FROM eu.cust|', ['CUSTOMERS']],
    ['SELECT * FROM db.eu.cust|', ['CUSTOMERS']],
    ["SELECT 'o.| ' FROM orders o", []],
    ['SELECT 1 -- o.|', []],
    ['SELECT 7 AS cust|', []],
  ])('%s', async (marked, expected) => {
    expect(await offered(marked)).toEqual(expected)
  })

  test('without a qualifier come columns, aliases, keywords and functions', async () => {
    const all = await offered('SELECT | FROM orders o')
    expect(all).toEqual(expect.arrayContaining(['TOTAL', '"orderDate"', 'o', 'QUALIFY', 'DATE_TRUNC(']))
    expect(all).not.toContain('DELETE')
  })
})

test('every function that is offered is one that the guard allows', () => {
  const allowed = new Set([
    ...[
      aggregateFunctions,
      conditionalFunctions,
      conversionFunctions,
      dateFunctions,
      numberFunctions,
      semiStructuredFunctions,
      stringFunctions,
      windowFunctions,
    ].flatMap((group) => [...group]),
    'CURRENT_DATE',
    'CURRENT_TIMESTAMP',
  ])
  expect(commonFunctions.filter((name) => !allowed.has(name.toUpperCase()))).toEqual([])
})

test.each(['ORDERS', 'orders', 'Mixed', 'ORDER', 'A B', 'a"b', '1ST', 'GRÖSSE', '_X$1', ''])(
  '%j is quoted as the server does',
  (name) => {
    expect(sqlIdentifier(name)).toBe(quoteName(name))
  },
)
