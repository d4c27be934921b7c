import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgeDuckdbTree } from './judge-duckdb-tree.ts'

let connection: DuckDBConnection

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.closeSync())

async function judge(text: string): Promise<string | null> {
  const serialize = 'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)'
  const statement = await connection.prepare(serialize)
  statement.bindVarchar(1, text)
  return judgeDuckdbTree((await statement.runAndReadAll()).getRows()[0]?.[0], { databases: ['SALES'] })
}

const harmless = [
  ['a table of the database', 'SELECT a FROM SALES.S.T'],
  ['names in another case', 'SELECT a FROM sales."S"."T"'],
  ['schema and table', 'SELECT a FROM S.T'],
  ['a bare table', 'SELECT a FROM T'],
  ['a common table expression', 'WITH c AS (SELECT 1 AS x) SELECT x FROM c'],
  ['one that is named like an engine relation', 'WITH duckdb_tables AS (SELECT 1 AS x) SELECT x FROM duckdb_tables'],
  ['a recursive one', 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r'],
  ['joins and subqueries', 'SELECT * FROM T JOIN (SELECT 1 AS a) q USING (a) WHERE a IN (SELECT a FROM T)'],
  [
    'windows',
    'SELECT sum(a) OVER (PARTITION BY b ORDER BY c DESC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM T',
  ],
  [
    'aggregates',
    "SELECT count(*), count(DISTINCT a), string_agg(a, ',' ORDER BY b) FROM T GROUP BY ROLLUP (a) HAVING count(*) > 1",
  ],
  ['set operations', '(SELECT a FROM T) UNION ALL (SELECT b FROM T) ORDER BY 1 LIMIT 3 OFFSET 1'],
  ['values', "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v(a, b)"],
  ['a macro of the dialect', 'SELECT memory.main.sf_div(a, b, 0, 0) FROM T'],
  [
    'a table macro of the dialect',
    "SELECT * FROM T, (SELECT * FROM memory.main.sf_flatten(T.v, '', 'BOTH', FALSE)) AS f",
  ],
  ['lambdas', 'SELECT list_transform([1, 2], lambda x: x + 1)'],
  [
    'casts',
    'SELECT CAST(a AS DECIMAL(38, 2)), CAST(b AS JSON), CAST(c AS VARCHAR[]), TRY_CAST(d AS TIMESTAMPTZ) FROM T',
  ],
  ['unpivot', "SELECT * FROM T UNPIVOT INCLUDE NULLS (x FOR m IN (a, b AS 'q'))"],
  ['rows by number', 'SELECT "#" FROM range(5) AS g("#")'],
  ['a sample', 'SELECT * FROM T TABLESAMPLE reservoir(10 ROWS)'],
] as const

const hostile = [
  ['no query', 'DROP TABLE T'],
  ['an insert', 'INSERT INTO T VALUES (1)'],
  ['two statements', 'SELECT 1; SELECT 2'],
  ['a statement behind it', 'SELECT 1; DROP TABLE T'],
  ['nothing', ''],
  ['no SQL', 'SELEC 1'],
  ['a parameter', 'SELECT $1'],
  ['DESCRIBE', 'DESCRIBE T'],
  ['SUMMARIZE', 'SUMMARIZE T'],
  ['SHOW TABLES', 'SHOW ALL TABLES'],
  ['PRAGMA', 'PRAGMA database_list'],
  ['SET', 'SET threads = 1'],
  ['CALL', 'CALL duckdb_functions()'],
  ['COPY', "COPY T TO '/tmp/x'"],
  ['a dynamic PIVOT', 'PIVOT T ON a USING sum(b)'],
  ['a file as a table', "SELECT * FROM '/etc/passwd'"],
  ['a file by a quoted name', 'SELECT * FROM "x.parquet"'],
  ['a stage', 'SELECT * FROM "@stage/x.json"'],
  ['read_text', "SELECT * FROM read_text('/etc/passwd')"],
  ['read_csv in a subquery', "SELECT (SELECT max(x) FROM read_csv('/etc/passwd') AS t(x))"],
  ['read_json_auto in a common table expression', "WITH c AS (SELECT * FROM read_json_auto('x')) SELECT 1"],
  ['glob', "SELECT * FROM glob('/*')"],
  ['parquet_metadata', "SELECT * FROM parquet_metadata('x')"],
  ['query()', "SELECT * FROM query('SELECT 1')"],
  ['query_table()', "SELECT * FROM query_table('T')"],
  ['query() of the dialect schema', "SELECT * FROM memory.main.query('SELECT 1')"],
  ['sleep_ms', 'SELECT sleep_ms(1000)'],
  ['getenv', "SELECT getenv('HOME')"],
  ['getvariable', "SELECT getvariable('x')"],
  ['current_setting', "SELECT current_setting('threads')"],
  ['write_log', "SELECT write_log('x')"],
  ['error', "SELECT error('x')"],
  ['nextval', "SELECT nextval('s')"],
  ['json_execute_serialized_sql', "SELECT * FROM json_execute_serialized_sql('{}')"],
  ['json_serialize_sql', "SELECT json_serialize_sql('SELECT 1')"],
  ['duckdb_settings()', 'SELECT * FROM duckdb_settings()'],
  ['duckdb_secrets as a relation', 'SELECT * FROM duckdb_secrets'],
  ['duckdb_tables as a relation', 'SELECT * FROM duckdb_tables'],
  ['sqlite_master', 'SELECT * FROM sqlite_master'],
  ['pragma_database_list', 'SELECT * FROM pragma_database_list'],
  ['information_schema', 'SELECT * FROM information_schema.tables'],
  ['information_schema of the database', 'SELECT * FROM SALES.information_schema.tables'],
  ['pg_catalog', 'SELECT * FROM pg_catalog.pg_class'],
  ['another database', 'SELECT * FROM OTHER.S.T'],
  ['the in-memory database', 'SELECT * FROM memory.main.T'],
  ['the in-memory database in short', 'SELECT * FROM memory.T'],
  ['the system database', 'SELECT * FROM system.main.duckdb_tables'],
  ['temporary objects', 'SELECT * FROM temp.T'],
  [
    'a common table expression out of scope',
    'SELECT * FROM (WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views), duckdb_views',
  ],
  ['a common table expression inside its own body', 'WITH sqlite_master AS (SELECT * FROM sqlite_master) SELECT 1'],
  ['an unknown macro', 'SELECT memory.main.sf_unknown(1)'],
  ['an inner macro', 'SELECT memory.main.sfi_nz(1)'],
  ['a macro by its bare name', 'SELECT sf_div(1, 2, 0, 0)'],
  ['a macro in another schema', 'SELECT SALES.S.sf_div(1, 2, 0, 0)'],
  ['a built-in in another schema', "SELECT SALES.S.lower('a')"],
  ['a hostile aggregate', 'SELECT histogram(a) FROM T'],
  ['a hostile window function', 'SELECT fill(a) OVER (ORDER BY b) FROM T'],
  ['a hostile FILTER', "SELECT sum(a) FILTER (WHERE getenv('x') = '') FROM T"],
  ['a hostile ORDER BY', 'SELECT a FROM T ORDER BY sleep_ms(1)'],
  ['a hostile LIMIT', 'SELECT a FROM T LIMIT (SELECT sleep_ms(1))'],
  ['a hostile join condition', "SELECT * FROM T x JOIN T y ON getenv('x') = ''"],
  ['a hostile CASE', "SELECT CASE WHEN getenv('x') = '' THEN 1 END"],
  ['a hostile lambda', "SELECT list_transform([1], lambda x: getenv('x'))"],
  ['a hostile REPLACE', "SELECT * REPLACE (getenv('x') AS a) FROM T"],
  [
    'a hostile window frame',
    'SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN sleep_ms(1) PRECEDING AND CURRENT ROW) FROM T',
  ],
  ['COLUMNS', "SELECT COLUMNS('x.*') FROM T"],
  ['a positional reference', 'SELECT #1 FROM T'],
  ['a collation', 'SELECT a COLLATE NOCASE FROM T'],
  ['an unknown type', 'SELECT CAST(a AS mood) FROM T'],
  ['an earlier state of a table', 'SELECT * FROM T AT (VERSION => 1)'],
  ['a bare VALUES with a function', "VALUES (getenv('x'))"],
] as const

describe('what the translator may emit', () => {
  test.each(harmless)('%s', async (_, text) => expect(await judge(text)).toBeNull())
})

describe('anything else', () => {
  test.each(hostile)('%s is refused with a sentence', async (_, text) =>
    expect(await judge(text)).toMatch(/^[A-Z].*\.$/),
  )

  test.each([
    ['no JSON', '{'],
    ['another value', 'null'],
    ['an empty tree', '{}'],
    ['an unknown node', '{"error":false,"statements":[{"node":{"type":"NEW_NODE"}}]}'],
    [
      'an unknown part',
      '{"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":{"type":"NEW_REF"}}}]}',
    ],
    [
      'an unknown expression',
      '{"error":false,"statements":[{"node":{"type":"SELECT_NODE","select_list":[{"class":"NEW"}]}}]}',
    ],
  ])('%s is refused', (_, text) => expect(judgeDuckdbTree(text, { databases: [] })).toMatch(/^[A-Z].*\.$/))
})
