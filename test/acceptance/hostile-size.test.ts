import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorkerSqlParsers, type ParserSignal } from '../../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { strictPolicy } from '../../src/contract/guard-policy.ts'
import { makeGuard } from '../../src/core/guard/make-guard.ts'

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

test('a parser that broke is told to the operator, and so is a text that the two read differently', async () => {
  expect(await judge('SELECT * FROM ONLY t')).toMatchObject({ ok: false, code: 'parsers_disagree' })
  expect(signals.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['trap', 'parsers_disagree']))
})
