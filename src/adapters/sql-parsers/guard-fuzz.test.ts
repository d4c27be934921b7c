import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fuzzRuns } from '../../../test/support/fuzz-runs.ts'
import { dataLines } from '../../../test/support/shared-data.ts'
import { functionGroups } from '../../core/guard/functions/function-groups.ts'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { scanSql } from '../../core/guard/scan-sql.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'
import type { ParserSignal } from './worker-sql-parsers.ts'

interface Case {
  readonly sql: string
}
const signals: ParserSignal[] = []
const parsers = makeWorkerSqlParsers({ timeoutMs: 2000, logSignal: (signal) => signals.push(signal) })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())
const judge = (sql: string) => guard.guardSql(sql, { catalog: null, policy: strictPolicy })

const harmless = (dataLines('readonly_accept.jsonl') as readonly Case[]).map(({ sql }) => sql)
const hostile = (dataLines('readonly_reject.jsonl') as readonly Case[]).map(({ sql }) => sql)
const tokensOf = (sql: string) => {
  const scan = scanSql(sql)
  return scan.ok ? scan.tokens : []
}

/** What can nowhere in a query be harmless: a statement end, an act, a file, another's result, a name from text. */
const poisons = [
  '; DROP TABLE t',
  '; SELECT 1',
  'SYSTEM$WAIT(1)',
  '"SYSTEM$WAIT"(1)',
  '@stage/x',
  'seq.NEXTVAL',
  '->> SELECT 1',
  '(DELETE FROM t WHERE a = 1)',
  '(INSERT INTO t VALUES (1))',
  '(UPDATE t SET a = 1)',
  '(MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE)',
  "AI_COMPLETE('a', 'b')",
  '$v',
  '&x',
  'm!p()',
  "TABLE(RESULT_SCAN('x'))",
  '(SELECT * INTO x FROM t)',
  '(SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.USERS)',
  '(SELECT $1 FROM @s)',
  'CAST(SYSTEM$WAIT(1) AS INT)',
  '-- x\r; DROP TABLE t\n',
  '{{ x }}',
]

const runs = fuzzRuns(400)
const seed = fc.constantFrom(...harmless.filter((sql) => tokensOf(sql).length > 0))
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

describe('[only-reads] mutants', () => {
  test('with something harmful between two tokens are refused', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom(...poisons), place, fc.boolean(), async (sql, poison, where, replaces) => {
        const tokens = tokensOf(sql)
        const token = tokens[Math.floor(where * tokens.length)]
        const start = token?.start ?? 0
        const mutant = `${sql.slice(0, start)} ${poison} ${sql.slice(replaces ? (token?.end ?? start) : start)}`
        expect(await judge(mutant)).toMatchObject({ ok: false })
      }),
      { numRuns: runs },
    )
  })

  test('of any token, dropped, doubled or swapped, get an answer, and an accepted one can be capped and is accepted again', async () => {
    const change = fc.constantFrom('drop', 'double', 'swap')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...harmless, ...hostile),
        fc.array(fc.tuple(change, place), { maxLength: 4 }),
        async (sql, changes) => {
          const words = tokensOf(sql).map((token) => token.text)
          for (const [kind, where] of changes) mutate(words, kind, Math.floor(where * words.length))
          const verdict = await judge(words.join(' '))
          if (!verdict.ok) return
          const capped = await guard.capRows(verdict.sql, 10, { catalog: null, policy: strictPolicy })
          expect(await judge(capped)).toMatchObject({ ok: true, tables: verdict.tables })
        },
      ),
      { numRuns: runs },
    )
  })

  test('made of two queries’ halves get an answer', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom(...hostile), place, place, async (first, second, cut, other) => {
        const [a, b] = [tokensOf(first), tokensOf(second)]
        const head = first.slice(0, a[Math.floor(cut * a.length)]?.start ?? 0)
        const tail = second.slice(b[Math.floor(other * b.length)]?.start ?? 0)
        const verdict = await judge(`${head} ${tail}`)
        if (verdict.ok) expect(tokensOf(verdict.sql).map((token) => token.text)).not.toContain('->>')
      }),
      { numRuns: runs },
    )
  })

  test('of arbitrary text get an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        expect(typeof (await judge(`SELECT ${text}`)).ok).toBe('boolean')
      }),
      { numRuns: runs },
    )
  })

  test('broke nothing and took no longer than the deadline', () => {
    expect(signals.filter((signal) => signal.kind !== 'parsers_disagree')).toEqual([])
  })
})

function mutate(words: string[], kind: string, at: number): void {
  const word = words[at]
  if (word === undefined) return
  if (kind === 'drop') words.splice(at, 1)
  else if (kind === 'double') words.splice(at, 0, word)
  else words.splice(at, 2, ...words.slice(at, at + 2).toReversed())
}

describe('every listed function', () => {
  const always = functionGroups.filter((group) => group.allowed === 'always' && group.place === 'expression')
  const shapes = [
    '',
    'a',
    'a, b',
    'a, b, c',
    'a, b, c, d',
    'a, b, c, d, e',
    "'day', a, b",
    'day FROM d',
    'a AS INT',
    "'x' IN a",
    'a, x -> x',
    'a, 0, (s, x) -> s + x',
  ]
  const endings = ['', ' OVER (ORDER BY z)', ' WITHIN GROUP (ORDER BY z)']

  test.each(always.flatMap((group) => [...group.names].map((name) => [name, group.id] as const)))(
    '%s (%s) is read alike by both parsers in some form',
    async (name) => {
      for (const shape of shapes) {
        for (const ending of endings) {
          if ((await judge(`SELECT ${name}(${shape})${ending} FROM t`)).ok) return
        }
      }
      expect(name).toBe('accepted')
    },
  )

  const closed = functionGroups.filter((group) => group.allowed !== 'always')
  const refused = closed.flatMap((group) => [...group.names].map((name) => [name.replace('*', 'X'), group.id] as const))
  test.each(refused)('%s (%s) is refused wherever it stands', async (name) => {
    const texts = [`SELECT ${name}(1)`, `SELECT a FROM t ORDER BY ${name}('x')`, `SELECT * FROM TABLE(${name}(1))`]
    const verdicts = await Promise.all(texts.map(judge))
    expect(verdicts.map((verdict) => verdict.ok)).toEqual([false, false, false])
  })
})
