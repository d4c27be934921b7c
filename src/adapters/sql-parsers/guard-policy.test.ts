import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GuardPolicy, strictPolicy } from '../../contract/guard-policy.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { functionGroups } from '../../core/guard/functions/function-groups.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'

/** Nothing is looked up in it but where short names lie. */
const catalogOf = (database: string): Catalog => ({ tables: [], defaultDatabase: database, defaultSchema: 'S' })

const parsers = makeWorkerSqlParsers({ timeoutMs: 5000 })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

/** The code of the verdict under a policy as an operator writes it. */
async function verdictUnder(policy: unknown, sql: string): Promise<string> {
  const verdict = await guard.guardSql(sql, { catalog: null, policy: GuardPolicy.parse(policy) })
  return verdict.ok ? 'ok' : verdict.code
}

const ai = { allowFunctionGroups: ['ai'] }
const own = { allowFunctions: ['DB.S.F', 'db."lower".G'], allowTableFunctions: ['DB.S.ROWS_OF'] }

describe('what an operator allows', () => {
  test.each([
    [ai, 'SELECT AI_COMPLETE(a, b) FROM t'],
    [ai, "SELECT SNOWFLAKE.CORTEX.SENTIMENT(a) FROM t WHERE a <> ''"],
    [{ allowFunctions: ['SNOWFLAKE.CORTEX.SENTIMENT'] }, 'SELECT snowflake.cortex.sentiment(a) FROM t'],
    [own, 'SELECT db.s.f(a) FROM t'],
    [own, 'SELECT "DB"."S".f(a) FROM t'],
    [own, 'SELECT DB."lower".g(a) FROM t'],
    [own, 'SELECT x FROM TABLE(db.s.rows_of(1)) r'],
  ])('%j lets %s pass, with its row limit, too', async (written, sql) => {
    const options = { catalog: null, policy: GuardPolicy.parse(written) }
    const verdict = await guard.guardSql(sql, options)
    expect(verdict).toMatchObject({ ok: true })
    if (!verdict.ok) return
    expect(await guard.capRows(verdict.sql, 5, options)).toBe(`${sql}\nLIMIT 5`)
    await expect(guard.capRows(verdict.sql, 5, { catalog: null, policy: strictPolicy })).rejects.toMatchObject({
      problem: { code: 'sql_refused' },
    })
  })

  test('by a name of two parts where the connection has that database', async () => {
    const policy = GuardPolicy.parse(own)
    const sql = 'SELECT s.f(1)'
    expect(await guard.guardSql(sql, { catalog: catalogOf('DB'), policy })).toMatchObject({ ok: true })
    expect(await guard.guardSql(sql, { catalog: catalogOf('OTHER'), policy })).toMatchObject({ ok: false })
    expect(await guard.guardSql('SELECT f(1)', { catalog: catalogOf('DB'), policy })).toMatchObject({
      code: 'function_not_allowed',
      action: 'Write its full name, DB.S.F.',
    })
  })
})

describe('what a policy does not open', () => {
  test.each([
    ['another function of that schema', own, 'SELECT db.s.g(a) FROM t'],
    ['another schema', own, 'SELECT db.s2.f(a) FROM t'],
    ['another database', own, 'SELECT db2.s.f(a) FROM t'],
    ['fewer parts', own, 'SELECT f(a) FROM t'],
    ['fewer parts, two of them', own, 'SELECT s.f(a) FROM t'],
    ['a quoted name in another case', own, 'SELECT db.s."f"(a) FROM t'],
    ['a quoted schema in another case', own, 'SELECT db.lower.g(a) FROM t'],
    ['one quoted name with dots in it', own, 'SELECT "DB.S.F"(a) FROM t'],
    ['a quoted schema with a dot in it', own, 'SELECT "DB.S".f(a) FROM t'],
    ['a quoted name of the AI group with dots in it', ai, 'SELECT "SNOWFLAKE.CORTEX.COMPLETE"(a) FROM t'],
    ['an argument that is not allowed', own, 'SELECT db.s.f(db.s.other(a)) FROM t'],
    ['a look-alike letter', own, 'SELECT db.s.ꜰ(a) FROM t'],
    ['four parts', own, 'SELECT x.db.s.f(a) FROM t'],
    ['the function in FROM, where a procedure could be called', own, 'SELECT * FROM TABLE(db.s.f(1))'],
    ['the table function among expressions', own, 'SELECT db.s.rows_of(1)'],
    ['a method', own, 'SELECT db.s.f!PREDICT(a) FROM t'],
    ['the name from text', own, "SELECT IDENTIFIER('DB.S.F')(a) FROM t"],
    ['a write, whatever is allowed', { ...ai, ...own }, 'DELETE FROM t'],
    ['a write beside an allowed call', own, 'SELECT db.s.f(1); DELETE FROM t'],
    ['a write in a CTE with an allowed call', own, 'WITH a AS (DELETE FROM t) SELECT db.s.f(1) FROM a'],
    ['a stage beside an allowed call', own, 'SELECT db.s.f($1) FROM @stage'],
    ['a sequence beside an allowed call', own, 'SELECT db.s.f(seq.NEXTVAL)'],
  ])('%s', async (_, policy, sql) => {
    expect(await verdictUnder(policy, sql)).not.toBe('ok')
  })

  const built = functionGroups
    .filter(({ allowed }) => allowed === 'never')
    .flatMap(({ names }) => [...names].map((name) => name.replace('*', 'X')))
    .filter((name) => !name.includes('.'))
  test('a built-in that reads files, acts on the account or advances a sequence, whatever name an operator writes', async () => {
    const policy = GuardPolicy.parse({
      ...ai,
      allowFunctions: built.flatMap((name) => [`DB.S.${name}`, `DB.S."${name.toLowerCase()}"`]),
      allowTableFunctions: built.map((name) => `DB.S.${name}`),
    })
    const passed: string[] = []
    for (const name of built) {
      for (const sql of [
        `SELECT ${name}(1)`,
        `SELECT db.s.${name}(1)`,
        `SELECT s.${name}(1)`,
        `SELECT db.s."${name.toLowerCase()}"(1)`,
        `SELECT * FROM TABLE(db.s.${name}(1))`,
      ]) {
        const verdict = await guard.guardSql(sql, { catalog: catalogOf('DB'), policy })
        if (verdict.ok) passed.push(sql)
      }
    }
    expect(passed).toEqual([])
  })

  test.each([
    'SNOWFLAKE.NOTIFICATION.TEXT_HTML',
    'SNOWFLAKE.ALERT.LAST_SUCCESSFUL_SCHEDULED_TIME',
    'SNOWFLAKE.ML.FORECAST',
    'SNOWFLAKE.CORE.ANYTHING',
    'DB.INFORMATION_SCHEMA.QUERY_HISTORY',
  ])('%s, though it is allowed by its full name', async (name) => {
    const policy = { allowFunctions: [name], allowTableFunctions: [name] }
    expect(await verdictUnder(policy, `SELECT ${name}(1)`)).not.toBe('ok')
    expect(await verdictUnder(policy, `SELECT * FROM TABLE(${name}(1))`)).not.toBe('ok')
  })
})

describe('a policy as an operator writes it', () => {
  test('takes full names, folded as Snowflake stores them', () => {
    const { allowFunctions } = GuardPolicy.parse({ allowFunctions: ['db.My$Schema.f1', '"a.b"."c ""d"""."E"'] })
    expect(allowFunctions).toEqual([
      ['DB', 'MY$SCHEMA', 'F1'],
      ['a.b', 'c "d"', 'E'],
    ])
  })

  test.each(['F', 'S.F', 'DB..F', 'DB.S.F()', 'DB.S.F, DB.S.G', 'DB.S.*', ' DB.S.F', 'DB.S."F', 'A.B.C.D', 'DB.S.""'])(
    'refuses %s',
    (name) => {
      expect(GuardPolicy.safeParse({ allowFunctions: [name] }).success).toBe(false)
    },
  )

  test.each([{ allowFunctionGroups: ['acting'] }, { allowFunctionGroups: ['file'] }, { allow: ['ai'] }])(
    'refuses %j',
    (policy) => {
      expect(GuardPolicy.safeParse(policy).success).toBe(false)
    },
  )

  test('is strict where nothing is set', () => {
    expect(GuardPolicy.parse({})).toEqual(strictPolicy)
  })
})
