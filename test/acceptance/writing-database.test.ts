import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { preludeStatements } from '../../src/dialect/duckdb/prelude.ts'
import { makeWorkerSqlParsers } from '../../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { strictPolicy } from '../../src/contract/guard-policy.ts'
import { makeGuard } from '../../src/core/guard/make-guard.ts'
import { scanSql } from '../../src/core/guard/scan-sql.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { fuzzRuns } from '../support/fuzz-runs.ts'
import { dataLines } from '../support/shared-data.ts'

/**
 * The guard alone: what it lets through runs on a database that may be written, that may read and write every file, and whose settings are not locked.
 * Nothing else looks at the text in between.
 */
const parsers = makeWorkerSqlParsers({ timeoutMs: 2_000 })
const guard = makeGuard({ parsers })
let folder: string
let instance: DuckDBInstance
let connection: DuckDBConnection
let before: State

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-writing-'))
  writeFileSync(join(folder, 'secret.csv'), 'password\nhunter2\n')
  instance = await DuckDBInstance.create(join(folder, 'writable.duckdb'), { memory_limit: '1GiB', threads: '2' })
  connection = await instance.connect()
  await connection.run(`SET file_search_path = '${folder}'`)
  await connection.run("ATTACH ':memory:' AS memory")
  await connection.run('USE memory.main')
  for (const statement of preludeStatements) await connection.run(statement)
  await connection.run('USE writable.main')
  await connection.run('CREATE SEQUENCE seq; CREATE SEQUENCE s')
  for (const table of ['T', 'U', 'A', 'B', 'C', 'ORDERS', 'SECRET'])
    await connection.run(
      `CREATE TABLE ${table} AS SELECT i AS A, i AS B, i AS C, i AS X, i AS Y, i AS ID, DATE '2024-01-01' + i::INT AS D, 'v' || i AS NAME, {'a': i}::JSON AS V FROM range(5) r(i)`,
    )
  await connection.run('CHECKPOINT')
  before = await stateNow()
})
afterAll(async () => {
  connection.closeSync()
  instance.closeSync()
  await parsers.close()
  rmSync(folder, { recursive: true, force: true })
})

interface State {
  readonly catalog: unknown
  readonly rows: unknown
  readonly files: unknown
}

const rowsOf = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJson()

/** Everything that a statement could have changed. */
async function stateNow(): Promise<State> {
  const catalog = await Promise.all(
    [
      'SELECT database_name, schema_name, table_name, estimated_size FROM duckdb_tables() ORDER BY ALL',
      'SELECT database_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL',
      'SELECT database_name, sequence_name, last_value FROM duckdb_sequences() ORDER BY ALL',
      'SELECT database_name, function_name, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL',
      'SELECT database_name, path FROM duckdb_databases() ORDER BY ALL',
      'SELECT name, value FROM duckdb_settings() ORDER BY ALL',
      'SELECT * FROM duckdb_secrets()',
      'SELECT * FROM duckdb_prepared_statements() ORDER BY ALL',
    ].map(rowsOf),
  )
  const tables = ['T', 'U', 'A', 'B', 'C', 'ORDERS', 'SECRET']
  const rows = await Promise.all(tables.map((table) => rowsOf(`FROM writable.main.${table} ORDER BY ALL`)))
  const files = readdirSync(folder)
    .filter((name) => !name.startsWith('writable.duckdb'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')])
  return { catalog, rows, files }
}

/** Guards a text, translates it and runs what comes out; returns what became of it. */
async function attempt(sql: string): Promise<'refused' | 'untranslated' | 'failed' | 'ran'> {
  const verdict = await guard.guardSql(sql, { catalog: null, policy: strictPolicy })
  if (!verdict.ok) return 'refused'
  const text = await parsers.toDuckdb(verdict.sql).catch((error: unknown) => {
    if (error instanceof ProblemError) return null
    throw error
  })
  if (text === null) return 'untranslated'
  const watchdog = setTimeout(() => connection.interrupt(), 250)
  try {
    await connection.run(text)
    return 'ran'
  } catch {
    return 'failed'
  } finally {
    clearTimeout(watchdog)
  }
}

const sqlIn = (name: string): readonly string[] =>
  (dataLines(name) as readonly { readonly sql: string }[]).map(({ sql }) => sql)
const hostile = [...sqlIn('readonly_reject.jsonl'), ...sqlIn('generator_injection.jsonl')]
const harmless = sqlIn('readonly_accept.jsonl')

test.each([
  ['what must be refused, and what a generator would turn into something live', hostile],
  ['what may run', harmless],
])('[only-reads] %s leaves a database that may be written as it was', { timeout: 120_000 }, async (_, texts) => {
  const outcomes = new Map<string, number>()
  for (const sql of texts) {
    const outcome = await attempt(sql)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect(await stateNow()).toEqual(before)
  if (texts === harmless) expect(outcomes.get('ran')).toBeGreaterThan(100)
})

/** Names and texts that end where a reader of another dialect thinks they do. */
const breakouts = [
  `'a\\' ; DROP TABLE T; --'`,
  `'a\\', (SELECT content FROM read_text(\\'secret.csv\\')), \\'b'`,
  `'x'' ; DROP TABLE T; --'`,
  `$$a' ; DROP TABLE T; --$$`,
  `$$ \\' ; COPY T TO 'out.csv'; -- $$`,
  `"x"" FROM T; DROP TABLE T; --"`,
  `"a, (SELECT 1 FROM SECRET) AS b"`,
  `"secret.csv"`,
  `'day, 1, D); DROP TABLE T; --'`,
  `'%Y''); DROP TABLE T; --'`,
  `'k\\': (SELECT 1); DROP TABLE T; --'`,
  `'en\\'; DROP TABLE T; --'`,
  `"*/ ; DROP TABLE T; /*"`,
  `'\\\\'`,
  `"$1"`,
]

test('[only-reads] nor do harmless queries with names and texts of another kind', { timeout: 120_000 }, async () => {
  const outcomes: string[] = []
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  const swaps = fc.array(fc.tuple(place, fc.constantFrom(...breakouts)), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...harmless), swaps, async (sql, changes) => {
      const mutant = changes.reduce((text, [where, breakout]) => withBreakout(text, where, breakout), sql)
      outcomes.push(await attempt(mutant))
    }),
    { numRuns: fuzzRuns(500) },
  )
  expect(await stateNow()).toEqual(before)
  expect(outcomes.filter((outcome) => outcome === 'ran' || outcome === 'failed').length).toBeGreaterThan(
    fuzzRuns(500) / 10,
  )
})

/** The text with one of its strings or quoted names, or where it has none any word, replaced. */
function withBreakout(sql: string, where: number, breakout: string): string {
  const scan = scanSql(sql)
  const tokens = scan.ok ? scan.tokens : []
  const quoted = tokens.filter(({ kind }) => kind === 'string' || kind === 'quoted')
  const among = quoted.length > 0 ? quoted : tokens.filter(({ kind }) => kind === 'word' || kind === 'number')
  const token = among[Math.floor(where * among.length)]
  return token === undefined ? sql : sql.slice(0, token.start) + breakout + sql.slice(token.end)
}
