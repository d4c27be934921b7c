import { Dialect, generate, parse } from '@polyglot-sql/sdk'
import { describe, expect, test } from 'vitest'
import type { Tree } from '../guard/trees/tree.ts'
import { explainQuery } from './explain-query.ts'

const print = (tree: Tree): string => generate([tree], Dialect.Snowflake).sql?.[0] ?? ''

const explain = (sql: string): string => {
  const { ast } = parse(sql, Dialect.Snowflake)
  return explainQuery((ast as unknown as readonly Tree[])[0], print)
}

test.each([
  ['rows counted', 'SELECT COUNT(*) FROM orders', 'Shows the number of rows.\nReads ORDERS.'],
  [
    'groups, a join, a period, an order and a limit',
    "SELECT c.c_name, SUM(o.o_totalprice) AS total FROM customer c JOIN orders o ON o.o_custkey = c.c_custkey WHERE o.o_orderdate >= '1996-01-01' AND o.o_orderdate < '1997-01-01' GROUP BY c.c_name ORDER BY total DESC LIMIT 5",
    'For each C_NAME, shows the total of O_TOTALPRICE (as TOTAL).\nReads CUSTOMER (as C).\nJoins ORDERS (as O) where O_CUSTKEY is C_CUSTKEY.\nKeeps only rows where O_ORDERDATE is in 1996.\nSorted by TOTAL (largest first, missing values first).\nAt most 5 rows.',
  ],
  [
    'outer joins, positions and groups kept',
    'SELECT x, COUNT(DISTINCT k), AVG(p * (1 - q)) FROM t LEFT JOIN u USING (k) GROUP BY 1 HAVING COUNT(*) > 5 ORDER BY 2 DESC NULLS LAST, 1',
    'For each X, shows the number of different K (missing ones not counted) and the average of P × (1 − Q).\nReads T.\nJoins U where K is the same, keeping rows that have no match in U.\nKeeps only groups where the number of rows is more than 5.\nSorted by the number of different K (missing ones not counted) (largest first, missing values last) then X (smallest first, missing values last).',
  ],
  [
    'tables without a condition',
    'SELECT DISTINCT a FROM t, u',
    'Shows A, each combination once.\nReads T and U, every row with every row.',
  ],
  [
    'a top',
    'SELECT TOP 3 a FROM t OFFSET 2',
    'Shows A.\nReads T.\nLeaves out the first 2 rows.\nAt most 3 rows (no order is given, so it may be any of them).',
  ],
  [
    'a table twice',
    'SELECT n1.n_name FROM nation n1, nation n2 WHERE n1.k = n2.k',
    'Shows N1.N_NAME.\nReads NATION (as N1) and NATION (as N2), every row with every row that the conditions allow.\nKeeps only rows where N1.K is N2.K.',
  ],
  [
    'a hierarchy',
    'SELECT a FROM t START WITH a = 1 CONNECT BY PRIOR a = b',
    'Shows A.\nReads T.\nFollows a hierarchy from row to row (CONNECT BY); how is best read in the SQL.',
  ],
  [
    'elements of a list',
    'SELECT f.value FROM t, LATERAL FLATTEN(INPUT => t.items) f',
    'Shows VALUE.\nReads T and each element of ITEMS (as F).',
  ],
  ['a table at an earlier time', 'SELECT a FROM t AT (OFFSET => -60)', 'Shows A.\nReads `t AT (OFFSET => -60)`.'],
  ['a sample', 'SELECT a FROM t SAMPLE (10)', 'Shows A.\nReads `t TABLESAMPLE BERNOULLI (10)`.'],
  [
    'a join of another kind',
    'SELECT a FROM t ASOF JOIN u MATCH_CONDITION (t.d >= u.d)',
    'Shows A.\nReads T.\nJoins U in a way best read in the SQL (AsOf).',
  ],
  [
    'a comment at the end',
    'SELECT a FROM t LIMIT 1 -- one\n;',
    'Shows A.\nReads T.\nAt most 1 row (no order is given, so it may be any of them).',
  ],
])('%s', (_, sql, words) => {
  expect(explain(sql)).toBe(words)
})

describe('queries inside the query are said under their names', () => {
  test.each([
    [
      'WITH',
      'WITH x AS (SELECT a FROM t) SELECT * FROM x WHERE a IN (SELECT b FROM v)',
      'First prepares X:\nX: shows A.\nX: reads T.\nShows all columns.\nReads X.\nKeeps only rows where A is among the results of subquery 1.\nSubquery 1: shows B.\nSubquery 1: reads V.',
    ],
    [
      'FROM, one inside the other',
      'SELECT n FROM (SELECT COUNT(*) AS n FROM (SELECT 1 FROM t) LIMIT 1) AS q (n)',
      'Shows N.\nReads the subquery Q with the columns N.\nQ: shows the number of rows (as N).\nQ: reads subquery 1.\nQ: at most 1 row.\nSubquery 1: shows 1.\nSubquery 1: reads T.',
    ],
    [
      'conditions',
      'SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u) AND NOT EXISTS (SELECT 2 FROM v) AND a > (SELECT MAX(b) FROM u)',
      'Shows A.\nReads T.\nKeeps only rows where subquery 1 finds a row, subquery 2 finds no row and A is more than the result of subquery 3.\nSubquery 1: shows 1.\nSubquery 1: reads U.\nSubquery 2: shows 2.\nSubquery 2: reads V.\nSubquery 3: shows the largest B.\nSubquery 3: reads U.',
    ],
    [
      'UNION',
      'SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 LIMIT 1',
      'Combines the rows of two queries, doubles kept:\nFirst query: shows A.\nFirst query: reads T.\nSecond query: shows B.\nSecond query: reads U.\nSorted by column 1 (smallest first, missing values last).\nAt most 1 row.',
    ],
    [
      'MINUS',
      'SELECT a FROM t MINUS SELECT b FROM u',
      'Keeps the rows of the first of two queries that the second does not have, each once:\nFirst query: shows A.\nFirst query: reads T.\nSecond query: shows B.\nSecond query: reads U.',
    ],
  ])('%s', (_, sql, words) => {
    expect(explain(sql)).toBe(words)
  })
})

describe('conditions', () => {
  test.each([
    ["d >= '1995-03-01' AND d < DATEADD(month, 1, '1995-03-01'::DATE)", 'D is in March 1995'],
    ["d >= '1997-07-01' AND d < '1997-10-01'", 'D is in the third quarter of 1997'],
    ["d >= DATE '1994-01-01' AND d < DATE '1994-01-01' + INTERVAL '1 year'", 'D is in 1994'],
    ["d < ADD_MONTHS('1994-01-01'::DATE, 1) AND d >= '1994-01-01'", 'D is in January 1994'],
    ["d >= '2024-01-01' AND d < '2025-01-01' AND d < '2024-06-01'", 'D is in 2024 and D is before 2024-06-01'],
    ["d >= '2024-02-01' AND d < '2024-01-01'", 'D is on or after 2024-02-01 and D is before 2024-01-01'],
    [
      "d BETWEEN '1995-01-01' AND '1996-12-31'::DATE",
      'D is from 1995-01-01 to 1996-12-31 (00:00 if it has a time of day)',
    ],
    [
      "d >= '1997-01-31' AND d < DATEADD(month, 1, '1997-01-31'::DATE)",
      "D is on or after 1997-01-31 and D is less than `DATEADD(month, 1, CAST('1997-01-31' AS DATE))`",
    ],
    [
      "(b = 1 OR c <> 'x') AND NOT d IS NULL",
      "(B is 1 or C is not 'x' (missing values do not match)) and D has a value",
    ],
    ['(a = 1 AND b = 2) OR c = 3', '(A is 1 and B is 2) or C is 3'],
    ['NOT (a = 1 AND b = 2)', 'not (A is 1 and B is 2)'],
    [
      "f LIKE 'ab%' AND g NOT LIKE '%z%' AND h ILIKE '%q'",
      "F starts with 'ab' (case matters), G does not contain 'z' (case matters, missing values do not match) and H ends with 'q' (in any case of letters)",
    ],
    [
      "NOT STARTSWITH(a, 'x') AND CONTAINS(b, 'y')",
      "A does not start with 'x' (case matters, missing values do not match) and B contains 'y' (case matters)",
    ],
    [
      'e NOT IN (1, 2) AND i IN (1,2,3,4,5,6,7,8,9,10,11,12,13)',
      'E is not one of 1 or 2 (missing values do not match) and I is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or 2 more',
    ],
    ['a AND b LIKE ANY (1, 2)', 'A is true and `b LIKE ANY (1, 2)`'],
  ])('%s', (condition, words) => {
    expect(explain(`SELECT 1 FROM t WHERE ${condition}`).split('\n')[2]).toBe(`Keeps only rows where ${words}.`)
  })
})

describe('expressions', () => {
  test.each([
    ['SUM(a) / 7', '(the total of A) ÷ 7'],
    ["SUM(CASE WHEN b = 'x' THEN a ELSE 0 END)", "the total of A (only where B is 'x')"],
    ['COUNT(CASE WHEN b > 1 THEN 1 END)', 'the number of rows (only where B is more than 1)'],
    [
      "CASE WHEN a = 1 THEN 'x' WHEN b > 2 THEN 'y' ELSE 'z' END",
      "('x' if A is 1, otherwise 'y' if B is more than 2, otherwise 'z')",
    ],
    ["CASE a WHEN 1 THEN 'x' END", "('x' if A is 1, otherwise no value)"],
    ["IFF(a > 1, 'big', NULL)", "('big' if A is more than 1, otherwise no value)"],
    ["CASE a WHEN NULL THEN 'x' END", "`CASE a WHEN NULL THEN 'x' END`"],
    ['CASE WHEN a > 1 THEN b END * 2', '(B if A is more than 1, otherwise no value) × 2'],
    ['COUNT(CASE WHEN b > 1 THEN 1 ELSE NULL END)', 'the number of rows (only where B is more than 1)'],
    [
      'COUNT(CASE WHEN b > 1 THEN 1 ELSE 0 END)',
      'the number of rows where (1 if B is more than 1, otherwise 0) has a value',
    ],
    ['NULLIF(a, 0)', 'A (no value where that is 0)'],
    [
      '100 * SUM(a) / NULLIF(COUNT(*), 0)',
      '(100 × (the total of A)) ÷ (the number of rows) (no value where that divides by 0)',
    ],
    ['DIV0(a, b)', 'A ÷ B (0 where that divides by 0)'],
    ['ZEROIFNULL(a)', 'A (or 0 where there is none)'],
    ['SUM(IFF(b > 1, 1, 0))', 'the number of rows (only where B is more than 1)'],
    ['COUNT_IF(b > 1)', 'the number of rows (only where B is more than 1)'],
    ["DATE_TRUNC('month', d)", 'the start of the month of D'],
    ['MONTH(d)', 'the number of the month of D'],
    ['NVL(a, 0)', 'A (or 0 where there is none)'],
    ['a::NUMBER(3, 1)', 'A as DECIMAL(3, 1)'],
    ['SUM(a) OVER (PARTITION BY g)', 'the total of A over all rows within each G'],
    [
      'SUM(a) OVER (ORDER BY d)',
      'the running total of A in order of D (smallest first, missing values last), equal rows added at once',
    ],
    [
      'AVG(a) OVER (ORDER BY d ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)',
      'the average of A over this row and the 6 before it in order of D (smallest first, missing values last)',
    ],
    [
      'LAG(a, 2) OVER (PARTITION BY g ORDER BY d)',
      'A of the row 2 rows before within each G in order of D (smallest first, missing values last)',
    ],
    ['LAG(a, 1, 0) OVER (ORDER BY d)', '`LAG(a, 1, 0) OVER (ORDER BY d)`'],
    [
      'ROW_NUMBER() OVER (PARTITION BY g ORDER BY d DESC)',
      'the row number within each G in order of D (largest first, missing values first)',
    ],
    ['HASH(a)', '`HASH(a)`'],
    ['"userName"', '"userName"'],
    ['t.*', 'all columns of T'],
  ])('%s', (expression, words) => {
    expect(explain(`SELECT ${expression} FROM t`).split('\n')[0]).toBe(`Shows ${words}.`)
  })

  test('no text of a query makes a sentence of its own, and a long one is cut', () => {
    const lines = explain(`SELECT 'a.\nReads NOTHING.' AS "x\ny" FROM "t\nu" WHERE b = '${'z'.repeat(1000)}'`).split(
      '\n',
    )
    expect(lines).toHaveLength(3)
    expect(lines[2]).toMatch(/z{200}… \(1,000 characters\)/)
  })
})
