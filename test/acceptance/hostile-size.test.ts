import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorkerSqlParsers, type ParserSignal } from '../../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { strictPolicy } from '../../src/contract/guard-policy.ts'
import { makeGuard } from '../../src/core/guard/make-guard.ts'
import type { ReadOnlySql } from '../../src/core/guard/read-only-sql.ts'

const signals: ParserSignal[] = []
const parsers = makeWorkerSqlParsers({ timeoutMs: 500, logSignal: (signal) => signals.push(signal) })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())
const judge = (sql: string) => guard.guardSql(sql, { catalog: null, policy: strictPolicy })

const around = (count: number, open: string, inner: string, close: string): string =>
  `${open.repeat(count)}${inner}${close.repeat(count)}`

/** A chain of queries, each reading the one before it. */
const chain = (count: number): string =>
  `WITH c0 AS (SELECT 1 AS x)${Array.from({ length: count }, (_, at) => `, c${at + 1} AS (SELECT * FROM c${at})`).join('')} SELECT * FROM c${count}`

test.each([
  ['1,000 nested calls', `SELECT ${around(1000, 'ABS(', '1', ')')}`, 'too_complex'],
  ['1,000 nested CASEs', `SELECT ${around(1000, 'CASE WHEN a THEN ', '1', ' END')}`, 'too_complex'],
  ['1,000 nested queries', around(1000, 'SELECT * FROM (', 'SELECT 1', ')'), 'too_complex'],
  ['1,000 ANDs', `SELECT 1 WHERE a = 1${' AND a = 1'.repeat(1000)}`, 'too_complex'],
  ['1,000 NOTs', `SELECT ${'NOT '.repeat(1000)}TRUE`, 'too_complex'],
  ['1,000 UNIONs', `SELECT 1${' UNION ALL SELECT 1'.repeat(1000)}`, 'too_complex'],
  ['a path of 5,000 keys, which breaks a parser', `SELECT a${':b'.repeat(5000)} FROM t`, 'too_complex'],
  ['3,000 subscripts', `SELECT a${'[0]'.repeat(3000)} FROM t`, 'too_complex'],
  ['a megabyte', `SELECT '${'x'.repeat(1_000_000)}'`, 'too_long'],
  ['a chain of 800 queries', chain(800), /^(?:timeout|too_complex)$/],
  ['2,000 joins', `SELECT * FROM t${' JOIN t USING (a)'.repeat(2000)}`, /^(?:timeout|too_complex)$/],
  ['90,000 opening brackets', '('.repeat(90_000), 'too_complex'],
  ['a quote that never ends', `SELECT "${'""'.repeat(40_000)}`, 'syntax'],
])('%s are refused, and whoever asks beside them is answered', async (_, sql, code) => {
  const small = 'SELECT a, COUNT(*) FROM t GROUP BY a'
  const [before, hostile, after] = await Promise.all([judge(small), judge(sql), judge(small)])
  expect([before.ok, after.ok]).toEqual([true, true])
  expect(hostile.ok ? 'accepted' : hostile.code).toMatch(code)
  expect(await judge(small)).toMatchObject({ ok: true })
})

const numbers = Array.from({ length: 10_000 }, (_, at) => at)

test.each([
  ['a list of 10,000 numbers', `SELECT a FROM t WHERE id IN (${numbers.join(', ')})`],
  ['a list of 10,000 texts', `SELECT a FROM t WHERE id NOT IN (${numbers.map((at) => `'ORD-${at}'`).join(', ')})`],
  ['10,000 columns', `SELECT ${numbers.map((at) => `c${at}`).join(', ')} FROM t`],
  [
    '2,500 rows of values',
    `SELECT * FROM (VALUES ${numbers
      .slice(0, 2_500)
      .map((at) => `(${at}, 'x')`)
      .join(', ')}) v`,
  ],
  ['30 nested derived tables', around(30, 'SELECT a FROM (', 'SELECT a FROM t', ') q')],
  ['30 nested derived tables, formatted', around(30, 'SELECT\n  a\nFROM (\n', 'SELECT\n  a\nFROM t', '\n) q')],
  ['subqueries in 20 levels of conditions', around(20, 'SELECT a FROM t WHERE a IN (', 'SELECT a FROM t', ')')],
])('%s are accepted within the deadline', async (_, sql) => {
  const verdict = await judge(sql)
  expect(verdict).toMatchObject({ ok: true, tables: sql.includes('VALUES') ? [] : [{ name: 'T' }] })
  expect(await guard.capRows(sql as ReadOnlySql, 100, { catalog: null, policy: strictPolicy })).toContain('LIMIT 100')
})

test.each([
  [
    'a function of one’s own',
    around(30, 'SELECT a FROM (', 'SELECT my_fn(a) AS a FROM t', ') q'),
    'function_not_allowed',
  ],
  ['a write', around(30, 'SELECT a FROM (', 'WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x', ') q'), 'writes'],
  ['a stage', around(30, 'SELECT a FROM (', 'SELECT $1 AS a FROM @stage', ') q'), 'stage_access'],
  ['a lock', around(30, 'SELECT a FROM (', 'SELECT a FROM t FOR UPDATE', ') q'), 'writes'],
  ['a name that stands for a subquery', around(30, 'SELECT a FROM (', 'SELECT "§0" AS a FROM t', ') q'), 'too_complex'],
  [
    'a closing bracket in a text',
    around(30, 'SELECT a FROM (', "SELECT ')' || my_fn('(') AS a FROM t", ') q'),
    /not_allowed/,
  ],
])('%s under 30 derived tables is refused', async (_, sql, code) => {
  const verdict = await judge(sql)
  expect(verdict.ok ? 'accepted' : verdict.code).toMatch(code)
})

test('a CTE hides a table inside deep subqueries where it is in sight, and nowhere else', async () => {
  const deep = around(30, 'SELECT a FROM (', 'SELECT a FROM secret', ') q')
  expect(await judge(`WITH secret AS (SELECT 1 AS a) ${deep}`)).toMatchObject({ ok: true, tables: [] })
  const inside = around(30, 'SELECT a FROM (', 'WITH secret AS (SELECT 1 AS a) SELECT a FROM secret', ') q')
  expect(await judge(`${inside}, secret`)).toMatchObject({ ok: true, tables: [{ name: 'SECRET' }] })
})

test('ten thousand unknown names make an answer of bounded size', async () => {
  const verdict = await judge(`SELECT ${numbers.map((at) => `f${at}(1)`).join(', ')} FROM t`)
  expect(verdict).toMatchObject({ ok: false, code: 'function_not_allowed' })
  expect(verdict.ok ? [] : verdict.others).toHaveLength(50)
})

test('a parser that broke is told to the operator, and so is a text that the two read differently', async () => {
  expect(await judge('SELECT * FROM ONLY t')).toMatchObject({ ok: false, code: 'parsers_disagree' })
  expect(signals.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['trap', 'parsers_disagree']))
})
