import { Dialect, generate, parse } from '@polyglot-sql/sdk'
import { describe, expect, test } from 'vitest'
import type { Tree } from '../guard/trees/tree.ts'
import { explainQuery } from './explain-query.ts'
import { makeTableNamer } from './typed-tables.ts'
import { readQueryOutline } from './query-outline.ts'
import { madeCatalog, madeColumn, madeTable } from '../explore/made-up-catalog.test-support.ts'

const tablesNamedIn = makeTableNamer()

const table = (name: string, columns: readonly string[]) =>
  madeTable(name, {
    columns: columns.map((written) => {
      const [column = '', type = 'NUMBER(12,2)', need = 'NULL'] = written.split(' ')
      return madeColumn(column, { type, nullable: need === 'NULL' })
    }),
  })

const catalog = madeCatalog([
  table('ORDERS', [
    'O_ORDERKEY NUMBER(38,0) NOT',
    'O_CUSTKEY NUMBER(38,0) NOT',
    'O_TOTALPRICE NUMBER(12,2) NOT',
    'O_ORDERDATE DATE NOT',
    'O_ORDERPRIORITY VARCHAR(15) NOT',
  ]),
  table('CUSTOMER', ['C_CUSTKEY NUMBER(38,0) NOT', 'C_NAME VARCHAR NOT', 'C_NATIONKEY NUMBER(38,0) NOT']),
  table('NATION', ['N_NATIONKEY NUMBER(38,0) NOT', 'N_NAME VARCHAR NOT']),
  table('LINEITEM', ['L_ORDERKEY NUMBER(38,0) NOT', 'L_EXTENDEDPRICE NUMBER(12,2)', 'L_DISCOUNT NUMBER(12,2)']),
  table('STAFF', ['ID NUMBER(38,0)', 'BOSS_ID NUMBER(38,0)', 'IS_REMOTE BOOLEAN', 'HIRED_AT DATE', 'STADT VARCHAR']),
  table('TWINS', ['CREATED_DT DATE', 'CREATED_DATE DATE']),
])

const print = (tree: Tree): string => generate([tree], Dialect.Snowflake).sql?.[0] ?? ''
const treeOf = (sql: string): Tree => (parse(sql, Dialect.Snowflake).ast as unknown as readonly Tree[])[0]
const explain = (sql: string): readonly string[] =>
  explainQuery(treeOf(sql), print, tablesNamedIn(sql, catalog)).split('\n')

describe('columns and tables are told in the words of the catalog', () => {
  test.each<readonly [sql: string, ...lines: string[]]>([
    [
      'SELECT YEAR(O_ORDERDATE) AS YEAR, COUNT(*) AS NUMBER_OF_ORDERS FROM ORDERS GROUP BY YEAR(O_ORDERDATE) ORDER BY YEAR',
      'For each year of the order date, shows the number of orders.',
      'Reads orders.',
      'Sorted by the year (earliest first).',
    ],
    [
      "SELECT DATE_TRUNC('MONTH', O_ORDERDATE) AS MONTH, SUM(O_TOTALPRICE) AS TOTAL_PRICES FROM ORDERS GROUP BY DATE_TRUNC('MONTH', O_ORDERDATE)",
      'For each month of the order date, shows the total of the total price (called "total prices").',
      'Reads orders.',
    ],
    [
      'SELECT N.N_NAME, SUM(LI.L_EXTENDEDPRICE * (1 - LI.L_DISCOUNT)) AS TOTAL_REVENUE FROM LINEITEM AS LI JOIN ORDERS AS O ON LI.L_ORDERKEY = O.O_ORDERKEY JOIN CUSTOMER AS C ON O.O_CUSTKEY = C.C_CUSTKEY JOIN NATION AS N ON C.C_NATIONKEY = N.N_NATIONKEY GROUP BY N.N_NATIONKEY, N.N_NAME ORDER BY TOTAL_REVENUE DESC NULLS LAST',
      'For each nation name (told apart by nation key), shows the total of extended price × (1 − discount) (called "total revenue").',
      'Reads line items (LINEITEM).',
      'Joins orders with the same order key.',
      'Joins customers (CUSTOMER) with the same customer key.',
      'Joins nations (NATION) with the same nation key.',
      'Sorted by the total revenue (largest first, missing values last).',
    ],
    [
      'SELECT O_ORDERKEY FROM ORDERS GROUP BY O_ORDERKEY ORDER BY COUNT(*) DESC LIMIT 1',
      'Shows each order key once.',
      'Reads orders.',
      'Sorted by the number of rows (largest first).',
      'At most 1 row.',
    ],
    [
      'SELECT SUM(O_TOTALPRICE) AS S FROM ORDERS GROUP BY O_CUSTKEY',
      'For each customer key (not shown), shows the total of the total price (called "s").',
      'Reads orders.',
    ],
    [
      'SELECT C_NAME FROM CUSTOMER WHERE NOT C_CUSTKEY IN (SELECT O_CUSTKEY FROM ORDERS WHERE O_CUSTKEY IS NOT NULL AND O_TOTALPRICE > 5)',
      'Shows the customer name.',
      'Reads customers (CUSTOMER).',
      'Keeps only rows where the customer key is not among the customer keys of orders (only where the total price is more than 5).',
    ],
    [
      'SELECT O_ORDERKEY, O_CUSTKEY, O_TOTALPRICE, O_ORDERDATE, O_ORDERPRIORITY FROM ORDERS ORDER BY O_ORDERDATE DESC',
      'Shows all columns.',
      'Reads orders.',
      'Sorted by the order date (latest first).',
    ],
    [
      'SELECT O_ORDERKEY, O_CUSTKEY, O_TOTALPRICE, O_ORDERDATE FROM ORDERS',
      'Shows the order key, the customer key, the total price and the order date.',
      'Reads orders.',
    ],
    [
      "SELECT COUNT(*) FROM ORDERS WHERE (O_ORDERDATE >= '1995-01-01' AND O_ORDERDATE < '1996-01-01') OR (O_ORDERDATE >= '1997-01-01' AND O_ORDERDATE < '1998-01-01')",
      'Shows the number of rows.',
      'Reads orders.',
      'Keeps only rows where the order date is in 1995 or in 1997.',
    ],
    [
      'SELECT DAYNAME(O_ORDERDATE) AS WEEKDAY, COUNT(*) AS N FROM ORDERS GROUP BY DAYNAME(O_ORDERDATE), DAYOFWEEKISO(O_ORDERDATE)',
      'For each weekday of the order date, shows the number of rows (called "n").',
      'Reads orders.',
    ],
    [
      'SELECT MIN(O_ORDERDATE), MAX(O_ORDERDATE) FROM ORDERS',
      'Shows the earliest order date and the latest order date.',
      'Reads orders.',
    ],
    ['SELECT COUNT(DISTINCT O_CUSTKEY) FROM ORDERS', 'Shows the number of different customer keys.', 'Reads orders.'],
    [
      'SELECT A.ID FROM STAFF AS A JOIN STAFF AS B ON A.BOSS_ID = B.ID WHERE B.IS_REMOTE',
      'Shows the id of the staff A.',
      'Reads staff records (STAFF, as A).',
      'Joins staff records (STAFF, as B) where the boss id of the staff A is the id of the staff B.',
      'Keeps only rows where "is remote" is true.',
    ],
  ])('%s', (sql, ...lines) => {
    expect(explain(sql)).toEqual(lines)
  })
})

describe('a name whose words are not certain is told as it is stored', () => {
  test.each([
    ['two columns of the same words', 'SELECT CREATED_DT FROM TWINS', 'Shows CREATED_DT.'],
    [
      'a name of the query beside a stored one',
      'SELECT UPPER(C_NAME) AS C_NAME FROM CUSTOMER ORDER BY C_NAME',
      'Sorted by C_NAME',
    ],
    ['an alias of the words of a column', 'SELECT 2 * O_TOTALPRICE AS TOTAL_PRICE FROM ORDERS', '(as TOTAL_PRICE)'],
    ['a column of an unknown table', 'SELECT X_SHIPMODE FROM CUSTOMER JOIN ELSEWHERE ON TRUE', 'Shows X_SHIPMODE.'],
    [
      'words that would read on',
      'SELECT COUNT(*) FROM STAFF GROUP BY YEAR(HIRED_AT)',
      'For each year of "hired at" (not shown)',
    ],
    ['a word of another language', 'SELECT STADT FROM STAFF', 'Shows the stadt.'],
  ])('%s', (_, sql, words) => {
    expect(explain(sql).join('\n')).toContain(words)
  })
})

describe('shares and changes in their plain meaning', () => {
  const urgent = "the order priority is '1-URGENT'"
  test.each([
    [
      "ROUND(100.0 * COUNT(CASE WHEN O_ORDERPRIORITY = '1-URGENT' THEN 1 END) / NULLIF(COUNT(*), 0), 2)",
      `the percentage of rows where ${urgent} (rounded to 2 digits)`,
    ],
    ["COUNT_IF(O_ORDERPRIORITY = '1-URGENT') / COUNT(*)", `the share of rows where ${urgent}`],
    ["SUM(IFF(O_ORDERPRIORITY = '1-URGENT', 1, 0)) * 100 / COUNT(*)", `the percentage of rows where ${urgent}`],
    ["COUNT_IF(O_ORDERPRIORITY = '1-URGENT') / COUNT(*) * 100", `the percentage of rows where ${urgent}`],
    ["AVG(CASE WHEN O_ORDERPRIORITY = '1-URGENT' THEN 1 ELSE 0 END) * 100", `the percentage of rows where ${urgent}`],
    [
      "COUNT_IF(O_ORDERPRIORITY = '1-URGENT' AND O_TOTALPRICE > 5) / COUNT(*)",
      `the share of rows where (${urgent} and the total price is more than 5)`,
    ],
    [
      '100 * SUM(O_TOTALPRICE) / SUM(SUM(O_TOTALPRICE)) OVER ()',
      'the total of the total price as a percentage of its sum over all rows',
    ],
    [
      '(MAX(O_TOTALPRICE) - MIN(O_TOTALPRICE)) / NULLIF(MIN(O_TOTALPRICE), 0) * 100',
      'the change in percent from the smallest total price to the largest total price',
    ],
    [
      '100 * (SUM(O_TOTALPRICE) - LAG(SUM(O_TOTALPRICE)) OVER (ORDER BY O_ORDERDATE)) / LAG(SUM(O_TOTALPRICE)) OVER (ORDER BY O_ORDERDATE)',
      'the change in percent of the total of the total price since the row before, in order of the order date (earliest first)',
    ],
    // Divisions that are none of these are told as they are.
    [
      "COUNT_IF(O_ORDERPRIORITY = '1-URGENT') / COUNT(O_CUSTKEY)",
      `(the number of rows (only where ${urgent})) ÷ (the number of rows)`,
    ],
    ["COUNT(CASE WHEN O_ORDERPRIORITY = '1-URGENT' THEN 1 ELSE 0 END) / COUNT(*)", '÷ (the number of rows)'],
    ['100 * SUM(O_TOTALPRICE) / SUM(SUM(O_CUSTKEY)) OVER ()', '÷ ('],
    ['(MAX(O_TOTALPRICE) - MIN(O_TOTALPRICE)) / NULLIF(MAX(O_TOTALPRICE), 0)', '(no value where that divides by 0)'],
    ["DATEDIFF(DAY, O_ORDERDATE, '1995-01-01'::DATE)", 'the number of days from the order date to 1995-01-01'],
    [
      "DATEDIFF(MONTH, O_ORDERDATE, '1995-01-01'::DATE)",
      'the number of calendar months from the order date to 1995-01-01',
    ],
  ])('%s', (expression, words) => {
    expect(explain(`SELECT ${expression} FROM ORDERS`)[0]).toContain(words)
    expect(explain(`SELECT ${expression} FROM ORDERS`)[0]).not.toMatch(/NULLIF|CASE|IFF/)
  })
})

test('a column that the query names is told by that name where it is used again', () => {
  const sql =
    'SELECT SUM(L_EXTENDEDPRICE) AS REVENUE, SUM(L_EXTENDEDPRICE) - 5 AS LESS FROM LINEITEM HAVING SUM(L_EXTENDEDPRICE) > 9'
  expect(explain(sql)).toEqual([
    'Shows the total extended price (called "revenue") and (the revenue) − 5 (called "less").',
    'Reads line items (LINEITEM).',
    'Keeps only groups where the revenue is more than 9.',
  ])
})

test('the outline has the words of stored columns', () => {
  const sql =
    'SELECT N_NAME, C_NAME, C_CUSTKEY, COUNT(*) AS N FROM CUSTOMER JOIN NATION ON C_NATIONKEY = N_NATIONKEY GROUP BY ALL'
  const { outputs } = readQueryOutline(treeOf(sql), print, tablesNamedIn(sql, catalog))
  expect(outputs?.map(({ words = null }) => words)).toEqual(['nation name', 'customer name', 'customer key', null])
})
