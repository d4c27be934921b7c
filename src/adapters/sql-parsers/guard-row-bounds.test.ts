import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strictPolicy } from '../../contract/guard-policy.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { makeWorkerSqlParsers } from './worker-sql-parsers.ts'

const column = { type: 'VARCHAR', nullable: true, comment: null, samples: [], samplesComplete: false }
const bare = { kind: 'table', comment: null, primaryKey: [], foreignKeys: [], rowCount: null } as const
const table = (name: string, columns: string) => ({
  ...bare,
  database: 'D',
  schema: 'S',
  name,
  columns: columns.split(' ').map((own) => ({ ...column, name: own })),
})
const catalog: Catalog = {
  tables: [table('A', 'ID X D'), table('B', 'ID Y A_ID D'), table('C', 'ID Z B_ID V'), table('EMP', 'ID MGR NAME')],
  defaultDatabase: 'D',
  defaultSchema: 'S',
}

const parsers = makeWorkerSqlParsers({ timeoutMs: 5000 })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

async function unboundedRows(sql: string, options: { readonly catalog: Catalog | null } = { catalog }) {
  const verdict = await guard.guardSql(sql, { ...options, policy: strictPolicy })
  return verdict.ok ? verdict.unboundedRows : verdict.code
}

const spine = 'SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000))'

describe('a query whose rows an estimate can tell', () => {
  test.each([
    'SELECT * FROM a',
    'SELECT * FROM a JOIN b ON a.id = b.a_id',
    'SELECT * FROM a JOIN b ON b.a_id = a.id AND a.d < b.d LEFT JOIN c ON c.b_id = b.id',
    'SELECT * FROM a, b, c WHERE a.id = b.a_id AND b.id = c.b_id AND a.x > 5',
    'SELECT * FROM a, b WHERE x = y',
    'SELECT * FROM a, b WHERE (a.id = b.a_id AND a.x = 1) OR (a.id = b.a_id AND a.x = 2)',
    'SELECT * FROM a JOIN b USING (id) JOIN c USING (id)',
    'SELECT * FROM a NATURAL JOIN b',
    'SELECT * FROM a ASOF JOIN b MATCH_CONDITION (a.d >= b.d)',
    'SELECT * FROM a JOIN b ON a.x LIKE b.y',
    'SELECT a.x / t.total FROM a, (SELECT SUM(x) AS total FROM a) t',
    'WITH p AS (SELECT 1 AS lo, 2 AS hi) SELECT * FROM a CROSS JOIN p WHERE a.x > p.lo',
    'WITH p AS (SELECT MAX(d) AS last FROM a) SELECT * FROM b, p WHERE b.d >= p.last',
    'SELECT * FROM a CROSS JOIN (SELECT id FROM b LIMIT 1) q',
    'SELECT * FROM c, LATERAL FLATTEN(INPUT => c.v) f',
    'SELECT * FROM a, LATERAL (SELECT MAX(y) AS y FROM b WHERE b.a_id = a.id) q',
    "SELECT * FROM a, LATERAL SPLIT_TO_TABLE(x, ',') s",
    'WITH s AS (SELECT MAX(x) / 2 AS half FROM a) SELECT * FROM b CROSS JOIN s',
    'SELECT * FROM c, LATERAL FLATTEN(INPUT => c.v) f JOIN a ON f.value:id = a.id',
    spine,
    `WITH days AS (${spine}) SELECT days.n, COUNT(a.id) FROM days LEFT JOIN a ON a.x = days.n GROUP BY 1`,
    `SELECT * FROM (${spine}) p CROSS JOIN (VALUES (1), (2)) q`,
    "SELECT * FROM TABLE(FLATTEN(INPUT => ARRAY_GENERATE_RANGE(0, DATEDIFF(day, '2024-01-01', CURRENT_DATE))))",
    'SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b, c WHERE b.id = c.b_id AND b.a_id = a.id)',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT n FROM r',
    'WITH RECURSIVE r AS (SELECT 9 AS n UNION ALL SELECT n - 1 FROM r WHERE n > 1) SELECT n FROM r',
    'WITH RECURSIVE r AS (SELECT id, mgr FROM emp WHERE mgr IS NULL UNION ALL SELECT e.id, e.mgr FROM emp e JOIN r ON e.mgr = r.id) SELECT * FROM r',
    'SELECT id FROM emp START WITH mgr IS NULL CONNECT BY PRIOR id = mgr',
  ])('%s', async (sql) => {
    expect(await unboundedRows(sql)).toBeNull()
  })
})

describe('a query that may make any number of rows', () => {
  test.each([
    'SELECT * FROM a, b',
    'SELECT COUNT(*) FROM a CROSS JOIN b',
    'SELECT * FROM a JOIN b',
    'SELECT * FROM a JOIN b ON TRUE',
    'SELECT * FROM a JOIN b ON 1 = 1',
    'SELECT * FROM a JOIN b ON a.id = a.id AND b.y = b.y',
    'SELECT * FROM a LEFT JOIN b ON a.d < b.d',
    'SELECT * FROM a JOIN b ON a.id <> b.id',
    'SELECT * FROM a JOIN b ON NOT a.id = b.id',
    'SELECT * FROM a JOIN b ON a.id = b.a_id OR 1 = 1',
    'SELECT * FROM a, b, c WHERE a.id = b.a_id',
    'SELECT * FROM a, b WHERE a.x = 1 AND b.y = 2',
    'SELECT * FROM a, b WHERE a.x IN (SELECT id FROM c)',
    'SELECT * FROM a, (SELECT * FROM b LIMIT 1000000) q',
    'SELECT * FROM c, LATERAL FLATTEN(INPUT => c.v) f, b',
    'SELECT * FROM a, (SELECT SUM(y) OVER () AS s FROM b) q',
    'SELECT * FROM a, (SELECT (SELECT MAX(z) FROM c) AS s FROM b) q',
    'WITH x AS (SELECT 1 FROM a, b) SELECT COUNT(*) FROM x',
    'SELECT (SELECT COUNT(*) FROM a, b)',
    'SELECT * FROM a WHERE x IN (SELECT 1 FROM b CROSS JOIN c)',
    'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1000000000000))',
    'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1e12))',
    'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 10000 * 10000))',
    'SELECT COUNT(*) FROM TABLE(GENERATOR(TIMELIMIT => 86400))',
    `SELECT COUNT(*) FROM (${spine}) p, (${spine}) q, (${spine}) r`,
    `SELECT * FROM (${spine}) p, a`,
    "SELECT COUNT(*) FROM TABLE(SPLIT_TO_TABLE(REPEAT('a,', 100000000), ','))",
    'SELECT COUNT(*) FROM TABLE(FLATTEN(INPUT => ARRAY_GENERATE_RANGE(0, 500000000)))',
    'SELECT COUNT(*) FROM a, LATERAL FLATTEN(INPUT => ARRAY_GENERATE_RANGE(0, POWER(10, 9)))',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n > 0) SELECT n FROM r LIMIT 5',
    'WITH r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 FROM r JOIN a ON a.x <> r.n) SELECT n FROM r',
    'SELECT LEVEL FROM dual CONNECT BY LEVEL < 1000000000',
  ])('%s', async (sql) => {
    expect(await unboundedRows(sql)).toMatch(/^an? [a-z]/i)
  })
})

test('is told without a catalog, too', async () => {
  expect(await unboundedRows('SELECT * FROM a JOIN b ON a.id = b.id', { catalog: null })).toBeNull()
  expect(await unboundedRows('SELECT * FROM a CROSS JOIN b', { catalog: null })).toMatch(/^a join/)
})
