import { beforeAll, describe, expect, test } from 'vitest'
import { loadParsers } from '../../../adapters/sql-parsers/parsers.ts'
import type { Parsers } from '../../../core/guard/text-readers.ts'
import { ProblemError } from '../../../core/problem.ts'
import type { Declarations } from './declared-columns.ts'
import { toDuckdb } from './to-duckdb.ts'

let parsers: Parsers
beforeAll(async () => {
  parsers = await loadParsers()
})
const translated = (sql: string, declared?: Declarations) => toDuckdb(sql, parsers.sqlparser, declared)

const problemOf = (sql: string) => {
  try {
    return { text: translated(sql), code: null, message: null }
  } catch (error) {
    if (error instanceof ProblemError) return { text: null, code: error.problem.code, message: error.problem.message }
    throw error
  }
}

describe('names', () => {
  test.each([
    ['unquoted folds to upper case', 'SELECT c_name FROM customer', 'SELECT "C_NAME" AS "C_NAME" FROM "CUSTOMER"'],
    [
      'quoted is exact, and a name that the query gives says where its capitals are',
      'SELECT "c_name" FROM "customer"',
      'SELECT "c_name" AS "c_name\u0003101111" FROM "customer"',
    ],
    ['an alias folds too', 'SELECT a AS Total FROM t', 'SELECT "A" AS "TOTAL" FROM "T"'],
    ['an expression is called as written', 'SELECT count( * ) FROM t', 'SELECT count(*) AS "COUNT( * )" FROM "T"'],
    ['text in it too', "SELECT upper('x y')", `SELECT memory.main.sf_upper('x y') AS "UPPER('X Y')"`],
    [
      'a comma inside parentheses does not end it',
      "SELECT left('ab', 1), 2",
      `SELECT left('ab', 1) AS "LEFT('AB', 1)", 2 AS "2"`,
    ],
    [
      'FROM inside a condition does not end it',
      'SELECT 1 IS DISTINCT FROM 2 FROM t',
      'SELECT (1 IS DISTINCT FROM 2) AS "1 IS DISTINCT FROM 2" FROM "T"',
    ],
    ['comments are no part of it', 'SELECT 1 /* one */ -- uno', 'SELECT 1 AS "1"'],
    [
      'characters beyond one unit before it',
      "SELECT '😀', 1 + 1",
      `SELECT '😀' AS "'😀'", (CAST(1 AS HUGEINT) + 1) AS "1 + 1"`,
    ],
    ['in a subquery as well', 'SELECT * FROM (SELECT 1+1)', 'SELECT * FROM (SELECT (CAST(1 AS HUGEINT) + 1) AS "1+1")'],
    ['three parts', 'SELECT a FROM db.sc.t', 'SELECT "A" AS "A" FROM "DB"."SC"."T"'],
  ])('%s', (_, sql, duckdb) => expect(translated(sql)).toBe(duckdb))

  test('two parts lie in the database that is given', () =>
    expect(translated('SELECT a FROM sc.t', { database: 'DB', schema: null, tables: [] })).toBe(
      'SELECT "A" AS "A" FROM "DB"."SC"."T"',
    ))
})

describe('what only Snowflake can run is refused by name', () => {
  test.each([
    ['SELECT ST_DISTANCE(a, b) FROM t', 'the function ST_DISTANCE'],
    ['SELECT my_udf(a) FROM t', 'the function MY_UDF'],
    ['SELECT db.s.f(a) FROM t', 'the function DB.S.F'],
    ['SELECT read_text(a) FROM t', 'the function READ_TEXT'],
    ['SELECT constructor(a) FROM t', 'the function CONSTRUCTOR'],
    ['SELECT * FROM TABLE(RESULT_SCAN(a))', 'the table function RESULT_SCAN'],
    ['SELECT * FROM TABLE(read_csv(a))', 'the table function READ_CSV'],
    ['SELECT $1 FROM @stage', 'the name @stage'],
    ['SELECT a FROM t AT (OFFSET => -60)', 'a table with version'],
    ['SELECT a FROM t START WITH a = 1 CONNECT BY PRIOR a = b', 'SELECT with connect by'],
    ["SELECT a COLLATE 'en-ci' FROM t", 'the construct Collate'],
    ["SELECT TO_CHAR(d, 'YYYY Q') FROM t", "the format 'YYYY Q'"],
    ['SELECT DATEADD(fortnight, 1, d) FROM t', 'the date part fortnight'],
    ['SELECT a::GEOGRAPHY FROM t', 'the type GEOGRAPHY'],
    ['SELECT LOWER(DISTINCT a) FROM t', 'LOWER as an aggregate or window function'],
    ['SELECT UPPER(a, b) FROM t', 'UPPER with 2 arguments'],
    ['SELECT ROW_NUMBER() FROM t', 'ROW_NUMBER without OVER'],
  ])('%s', (sql, what) => {
    expect(problemOf(sql)).toEqual({
      text: null,
      code: 'sql_unsupported',
      message: `The sample warehouse cannot run ${what}; Snowflake can.`,
    })
  })
})

describe('what is not one query', () => {
  test.each([
    ['SELECT 1; SELECT 2', 'sql_invalid'],
    ['SELEC 1', 'sql_invalid'],
    ['', 'sql_invalid'],
    ['DROP TABLE t', 'sql_unsupported'],
    ['INSERT INTO t SELECT 1', 'sql_unsupported'],
    ['WITH c AS (SELECT 1) DELETE FROM t', 'sql_unsupported'],
    ['SELECT a INTO u FROM t', 'sql_unsupported'],
    ['SELECT a FROM t FOR UPDATE', 'sql_unsupported'],
  ])('%s', (sql, code) => expect(problemOf(sql).code).toBe(code))
})

describe('size', () => {
  const chain = (length: number, join: string) => Array.from({ length }, (_, i) => `c${i}`).join(join)
  test.each([
    ['a long sum', `SELECT ${chain(200, ' + ')} FROM t`],
    ['a product', `SELECT ${chain(8, ' * ')} FROM t`],
    ['many conditions', `SELECT 1 FROM t WHERE ${chain(300, ' > 1 AND ')} > 1`],
    ['a long list', `SELECT a IN (${chain(500, ', ')}) FROM t`],
  ])('%s grows no faster than the text', (_, sql) => {
    const { text, code } = problemOf(sql)
    expect(code ?? (text ?? '').length / sql.length).toBeLessThan(60)
  })

  test('a query over more tables than DuckDB can plan is refused', () => {
    const joins = (count: number) => `SELECT 1 FROM t${' JOIN t USING (a)'.repeat(count)}`
    expect(problemOf(joins(99)).code).toBeNull()
    expect(problemOf(joins(100)).message).toContain('a query over more than 100 tables')
  })

  test('what would grow without bound is refused', () => {
    expect(problemOf(`SELECT ${chain(40, ' * ')} FROM t`).code).toBe('sql_unsupported')
    const nested = (depth: number): string =>
      depth === 0 ? 'a' : `GREATEST(${nested(depth - 1)}, UPPER(${nested(depth - 1)}))`
    expect(problemOf(`SELECT ${nested(7)} FROM t`).code).toBe('sql_unsupported')
  })
})
