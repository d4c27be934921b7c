import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueryOutline } from '../../core/explain/query-outline.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import { makeWorkerSqlParsers, type WorkerSqlParsers } from './worker-sql-parsers.ts'

let parsers: WorkerSqlParsers
beforeAll(() => {
  parsers = makeWorkerSqlParsers({ timeoutMs: 20_000 })
})
afterAll(() => parsers.close())

const outlineOf = async (sql: string): Promise<QueryOutline> => {
  const outline = await parsers.outline(sql as ReadOnlySql)
  if (outline === null) throw new Error(`No outline of ${sql}`)
  return outline
}

test.each([
  ['COUNT(*)', 'count'],
  ['COUNT(x)', 'count'],
  ['COUNT_IF(x > 1)', 'count'],
  ['COUNT(DISTINCT x)', 'distinct'],
  ['SUM(x)', 'sum'],
  ['SUM(x * (1 - y)) AS z', 'sum'],
  ['COALESCE(SUM(x), 0)', 'sum'],
  ['SUM(x)::NUMBER(38, 2)', 'sum'],
  ['SUM(x) - SUM(y)', 'sum'],
  ['SUM(DISTINCT x)', 'other'],
  ['SUM(x) / COUNT(*)', 'other'],
  ['100 * SUM(x)', 'other'],
  ['ROUND(SUM(x), 2)', 'other'],
  ['AVG(x)', 'other'],
  ['MAX(x)', 'other'],
  ['SUM(x) OVER (ORDER BY y)', 'other'],
  ['x', 'plain'],
  ['x + y', 'plain'],
  ['UPPER(x)', 'plain'],
])('%s gives %s', async (expression, gives) => {
  const { outputs } = await outlineOf(`SELECT ${expression} FROM t`)
  expect(outputs?.map((output) => output.gives)).toEqual([gives])
})

test.each([
  ['a subquery', 'SELECT n FROM (SELECT r, AVG(x) AS n FROM t GROUP BY r)', ['other']],
  ['a CTE', 'WITH a AS (SELECT r, SUM(x) AS n FROM t GROUP BY r) SELECT r, n FROM a', ['plain', 'sum']],
  [
    'a CTE beside a join',
    'WITH a AS (SELECT r, SUM(x) AS n FROM t GROUP BY r) SELECT a.n FROM a JOIN u ON u.r = a.r',
    ['other'],
  ],
  ['all columns', 'SELECT * FROM t', null],
  ['a union', 'SELECT SUM(x) FROM t UNION ALL SELECT SUM(y) FROM t', null],
])('through %s', async (_why, sql, gives) => {
  const { outputs } = await outlineOf(sql)
  expect(outputs?.map((output) => output.gives) ?? null).toEqual(gives)
})

test.each([
  ["DATE_TRUNC('MONTH', d)", 'month', 'D'],
  ['DATE_TRUNC(quarter, t.d)', 'quarter', 'T.D'],
  ['YEAR(d)', 'year', 'D'],
  ['EXTRACT(YEAR FROM d)', 'year', 'D'],
  ["DATE_TRUNC('WEEK', d)::DATE", 'week', 'D'],
  ['MONTH(d)', null, null],
  ["DATE_TRUNC('HOUR', d)", null, null],
  ['d', null, null],
])('%s stands for a %s', async (expression, bucket, moment) => {
  const [output] = (await outlineOf(`SELECT ${expression}, COUNT(*) FROM t GROUP BY 1`)).outputs ?? []
  expect([output?.bucket, output?.moment?.toUpperCase() ?? null]).toEqual([bucket, moment])
})

test.each<readonly [string, Partial<QueryOutline>]>([
  ['ORDER BY n DESC LIMIT 5', { limit: 5, skips: false, order: [{ position: 1, descending: true }] }],
  [
    'ORDER BY 2 DESC, r LIMIT 5 OFFSET 1',
    {
      limit: 5,
      skips: true,
      order: [
        { position: 1, descending: true },
        { position: 0, descending: false },
      ],
    },
  ],
  ['ORDER BY SUM(x)', { limit: null, order: [{ position: 1, descending: false }] }],
  ['ORDER BY COUNT(*), n', { order: [] }],
  ['', { limit: null, order: [] }],
])('SELECT r, SUM(x) AS n … %s', async (tail, expected) => {
  expect(await outlineOf(`SELECT r, SUM(x) AS n FROM t GROUP BY r ${tail}`)).toMatchObject(expected)
})

test.each([
  ['ROLLUP (r)', true],
  ['CUBE (r)', true],
  ['GROUPING SETS ((r), ())', true],
  ['r', false],
])('GROUP BY %s has total rows: %s', async (keys, hasTotals) => {
  expect((await outlineOf(`SELECT r, SUM(x) FROM t GROUP BY ${keys}`)).hasTotals).toBe(hasTotals)
})
