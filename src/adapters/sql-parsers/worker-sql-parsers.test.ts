import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'
import type { ParserSignal } from './worker-sql-parsers.ts'

const signals: ParserSignal[] = []
const parsers = makeWorkerSqlParsers({ timeoutMs: 5000, logSignal: (signal) => signals.push(signal) })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())
const asWritten = { catalog: null, policy: strictPolicy }
const judge = (sql: string) => guard.guardSql(sql, asWritten)

describe('codes', () => {
  test.each([
    ['', 'empty'],
    ['x'.repeat(1_000_000), 'too_long'],
    ['SELECT\u200b 1', 'bad_character'],
    ['SELECT a FROM (t', 'syntax'],
    ['SELECT 1; SELECT 2', 'several_statements'],
    ['USE ROLE r', 'not_a_query'],
    ['DELETE FROM t', 'writes'],
    ['SELECT * INTO x FROM t', 'writes'],
    ['SELECT * FROM t FOR UPDATE', 'writes'],
    ['SHOW TABLES', 'metadata_command'],
    ['SELECT ts AT TIME ZONE $$x$$ FROM t', 'construct_not_allowed'],
    ['SELECT f(a) FROM t', 'function_not_allowed'],
    ['SELECT AI_COMPLETE(1, 2)', 'function_not_allowed'],
    ['SELECT * FROM TABLE(f(1))', 'table_function_not_allowed'],
    ['SELECT FLATTEN(a) FROM t', 'function_not_allowed'],
    ['SELECT $1 FROM @s', 'stage_access'],
    ['SELECT s.NEXTVAL', 'sequence_access'],
    ['SELECT $x', 'session_variable'],
    ['SELECT * FROM t WHERE a = :x', 'session_variable'],
    ["SELECT * FROM IDENTIFIER('t')", 'dynamic_name'],
    ['SELECT 1 ->> SELECT 2', 'flow_operator'],
    ['SELECT * FROM SNOWFLAKE.INFORMATION_SCHEMA.TABLES', 'table_not_allowed'],
    [`SELECT ${'ABS('.repeat(1000)}1${')'.repeat(1000)}`, 'too_complex'],
    [`SELECT 1 WHERE ${Array.from({ length: 1000 }, () => 'a = 1').join(' AND ')}`, 'too_complex'],
    [`SELECT ${'('.repeat(55)}1${')'.repeat(55)}`, 'too_complex'],
  ])('%.60s… is %s', async (sql, code) => {
    const verdict = await judge(sql)
    expect(verdict.ok ? 'accepted' : verdict.code).toBe(code)
  })

  test('a refusal points at the place and names the other faults', async () => {
    const sql = 'SELECT f(a), g(b) FROM t'
    const verdict = await judge(sql)
    expect(verdict).toMatchObject({ code: 'function_not_allowed', others: [expect.stringContaining('G')] })
    expect(verdict.ok || verdict.span === null ? '' : sql.slice(verdict.span.start, verdict.span.end)).toBe('f')
    const marks = verdict.ok ? [] : (verdict.marks ?? [])
    expect(marks.slice(0, 2).map(({ start, end }) => sql.slice(start, end))).toEqual(['f', 'g'])
  })

  test.each([
    ['SELECT a FRM t x y', 't'],
    ['SELECT a, FROM t JOIN', 'JOIN'],
    ['SELECT a,\n  FROM t WHERE b >', '>'],
    ["SELECT '😀', a FROM t WHERE ) = 1", ')'],
  ])('a text that cannot be read is marked where its reading ends: %s', async (sql, word) => {
    const verdict = await judge(sql)
    expect(verdict).toMatchObject({ ok: false, code: 'syntax' })
    expect(verdict.ok || verdict.span === null ? '' : sql.slice(verdict.span.start, verdict.span.end)).toBe(word)
  })
})

describe('a refusal of another dialect’s construct says what to write instead', () => {
  test.each([
    ['SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b)', /brackets after each OVER/],
    ['SELECT COUNT(*) FILTER (WHERE a = 1) FROM t', /IFF or CASE/],
    ['SELECT DISTINCT ON (a) a, b FROM t', /QUALIFY/],
    ["SELECT a AT TIME ZONE 'UTC' FROM t", /CONVERT_TIMEZONE/],
    ['SELECT a FROM t LIMIT 5, 10', /OFFSET/],
    ["SELECT a FROM t WHERE a SIMILAR TO 'x'", /RLIKE/],
    ['SELECT INTERVAL(1)', /INTERVAL '1 day'/],
    ['SELECT a = ANY(b) FROM t', /subquery/],
    ['SELECT my_fn(a) FROM t', /allowFunctions .*CONNECTION_POLICIES/],
    ['SELECT AI_COMPLETE(a, b) FROM t', /"ai" to allowFunctionGroups .*CONNECTION_POLICIES/],
  ])('%s', async (sql, action) => {
    const verdict = await judge(sql)
    expect(verdict.ok ? 'accepted' : verdict.action).toMatch(action)
  })
})

test('short texts do not wait behind long ones', async () => {
  const order: string[] = []
  const long = `SELECT 1 FROM t WHERE a IN (${'1, '.repeat(40_000)}1)`
  const judged = (name: string, sql: string) => judge(sql).then(() => order.push(name))
  await Promise.all([judged('long', long), judged('long', `${long} `), judged('short', 'SELECT 1 FROM t')])
  expect(order[0]).toBe('short')
})

describe('beside the verdict', () => {
  test('a query is said in plain words', async () => {
    const verdict = await judge('SELECT COUNT(*) AS n FROM orders WHERE total > 5')
    expect(verdict.ok ? await parsers.explain(verdict.sql) : '').toMatch(/ORDERS/i)
  })

  test('nothing of this broke a parser', () => {
    expect(signals.filter((signal) => signal.kind !== 'parsers_disagree')).toEqual([])
  })
})

test('people take turns: one query of somebody is read before the many of another are', async () => {
  let person = 'many'
  const shared = makeWorkerSqlParsers({ timeoutMs: 5_000, askedBy: () => person })
  await shared.warm()
  const read: string[] = []
  const ask = async (name: string): Promise<void> => {
    person = name
    await shared.capRows('SELECT 1', 10)
    read.push(name)
  }
  await Promise.all(['many', 'many', 'many', 'many', 'one'].map(ask))
  await shared.close()
  expect(read).toEqual(['many', 'one', 'many', 'many', 'many'])
})
