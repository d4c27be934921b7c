import { Dialect, generate, parse } from '@polyglot-sql/sdk'
import { describe, expect, test } from 'vitest'
import type { Tree } from '../guard/trees/tree.ts'
import { explainQuery } from './explain-query.ts'

const print = (tree: Tree): string => generate([tree], Dialect.Snowflake).sql?.[0] ?? '?'

const explain = (sql: string): string => {
  const { ast } = parse(sql, Dialect.Snowflake)
  return explainQuery((ast as unknown as readonly Tree[])[0], print)
}

describe('SQL in plain words', () => {
  test.each([
    ['SELECT COUNT(*) FROM orders', 'Shows the number of rows.\nReads ORDERS.'],
    [
      "SELECT c.c_name, SUM(o.o_totalprice) AS total FROM customer c JOIN orders o ON o.o_custkey = c.c_custkey WHERE o.o_orderdate >= '1996-01-01' AND o.o_orderdate < '1997-01-01' GROUP BY c.c_name ORDER BY total DESC LIMIT 5",
      'For each C_NAME, shows C_NAME and the sum of O_TOTALPRICE (as TOTAL).\nReads CUSTOMER.\nJoins ORDERS where O_CUSTKEY is C_CUSTKEY.\nKeeps only rows where O_ORDERDATE is in 1996.\nSorted by TOTAL (largest first).\nAt most 5 rows.',
    ],
    [
      "SELECT a FROM t WHERE d >= '1995-03-01' AND d < DATEADD(month, 1, '1995-03-01'::DATE)",
      'Shows A.\nReads T.\nKeeps only rows where D is in March 1995.',
    ],
    [
      "SELECT a FROM t WHERE d >= '1997-07-01' AND d < '1997-10-01'",
      'Shows A.\nReads T.\nKeeps only rows where D is in the third quarter of 1997.',
    ],
    [
      "SELECT a FROM t WHERE d >= '1997-01-31' AND d < DATEADD(month, 1, '1997-01-31'::DATE)",
      "Shows A.\nReads T.\nKeeps only rows where D is on or after 1997-01-31 and D is less than `DATEADD(month, 1, CAST('1997-01-31' AS DATE))`.",
    ],
    [
      "SELECT a FROM t WHERE (b = 1 OR c <> 'x') AND NOT d IS NULL AND e NOT IN (1, 2) AND f LIKE 'ab%' AND g NOT LIKE '%z%' AND h BETWEEN 1 AND 2",
      "Shows A.\nReads T.\nKeeps only rows where (B is 1 or C is not 'x'), D is not NULL, E is not one of 1 or 2, F starts with 'ab', G does not contain 'z' and H is from 1 to 2.",
    ],
    [
      'SELECT x, COUNT(DISTINCT k), AVG(p * (1 - q)) FROM t LEFT JOIN u USING (k) GROUP BY 1 HAVING COUNT(*) > 5 ORDER BY 2 DESC NULLS LAST, 1',
      'For each X, shows X, the number of different K and the average of P × (1 − Q).\nReads T.\nJoins U where K is the same, keeping rows that have no match in U.\nKeeps only groups where the number of rows is more than 5.\nSorted by the number of different K (largest first, NULLs last) then X (smallest first).',
    ],
    ['SELECT DISTINCT a FROM t, u', 'Shows A, each combination once.\nReads T and U, every row with every row.'],
    [
      'SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 LIMIT 1',
      'Combines the rows of two queries, doubles kept:\nShows A.\nReads T.\nAnd the second query:\nShows B.\nReads U.\nSorted by `1` (smallest first).\nAt most 1 row.',
    ],
    [
      'WITH x AS (SELECT a FROM t) SELECT * FROM x WHERE a IN (SELECT b FROM v)',
      'First prepares X:\nX: shows A.\nX: reads T.\nShows all columns.\nReads X.\nKeeps only rows where A is among the results of a subquery.',
    ],
    ['SELECT HASH(a) FROM t', 'Shows `HASH(a)`.\nReads T.'],
    ["SELECT DATE_TRUNC('month', d) AS m FROM t", 'Shows the month of D (as M).\nReads T.'],
    ['SELECT TOP 3 a FROM t OFFSET 2', 'Shows A.\nReads T.\nLeaves out the first 2 rows.\nAt most 3 rows.'],
  ])('%s', (sql, words) => {
    expect(explain(sql)).toBe(words)
  })
})
