import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProblemError } from '../../../core/problem.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type Engine, openEngine } from './open-engine.ts'
import { validateQuery } from './validated-queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-engine-'))
const path = join(folder, 'db.duckdb')
const secret = join(folder, 'secret.csv')
const readable = join(folder, 'readable.parquet')
const settings: EngineSettings = {
  database: { name: 'SALES', path },
  defaultSchema: 'PUBLIC',
  prelude: ['CREATE MACRO twice(x) AS x * 2', 'CREATE MACRO concat_ws(a, b) AS a || b'],
  readableFiles: [readable],
  faults: [],
  viewRows: {},
  memoryLimitMb: 200,
  threads: 2,
  places: { running: 4, heavyRunning: 2, waiting: 10 },
}
let engine: Engine
let connection: DuckDBConnection

beforeAll(async () => {
  writeFileSync(secret, 'a\n1\n')
  const writer = await DuckDBInstance.create(path)
  const writing = await writer.connect()
  await writing.run('CREATE SCHEMA PUBLIC')
  await writing.run('CREATE TABLE PUBLIC.T AS SELECT range AS N FROM range(10)')
  await writing.run(`COPY (SELECT 7 AS n) TO '${readable}'`)
  await writing.run(`CREATE VIEW PUBLIC.V AS SELECT * FROM read_parquet('${readable}')`)
  writing.closeSync()
  writer.closeSync()
  engine = await openEngine(settings)
  connection = await engine.connect()
})
afterAll(() => {
  connection.closeSync()
  engine.close()
  rmSync(folder, { recursive: true })
})

const first = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRows()[0]?.[0]

describe('what works', () => {
  test.each([
    ['unqualified names', 'SELECT count(*) FROM T', 10n],
    ['qualified names', 'SELECT count(*) FROM SALES.PUBLIC.T', 10n],
    ['macros of the dialect', 'SELECT twice(21)', 42],
    ['macros that replace a built-in', "SELECT concat_ws('a', 'b')", 'ab'],
    ['views over files that are allowed', 'SELECT n FROM V', 7],
    ['the time zone is UTC', "SELECT current_setting('TimeZone')", 'UTC'],
  ])('%s', async (_, sql, expected) => {
    expect(await first(sql)).toEqual(expected)
  })
})

describe('what is locked, with no other guard in front', () => {
  const file = join(folder, 'written')
  test.each([
    ['reading a file', `SELECT content FROM read_text('${secret}')`],
    ['reading a CSV', `SELECT * FROM read_csv('${secret}')`],
    ['reading a file by its name', `SELECT * FROM '${secret}'`],
    ['sniffing a file', `SELECT * FROM sniff_csv('${secret}')`],
    ['listing files', `SELECT * FROM glob('${folder}/*')`],
    ['reading beside an allowed file', `SELECT * FROM read_parquet('${folder}/*.parquet')`],
    ['copying to a file', `COPY T TO '${file}'`],
    ['exporting', `EXPORT DATABASE '${file}'`],
    ['attaching a file', `ATTACH '${file}'`],
    ['attaching over the network', "ATTACH 'https://example.invalid/x.duckdb'"],
    ['installing', 'INSTALL httpfs'],
    ['loading', `LOAD '${file}'`],
    ['more memory', "SET memory_limit = '64GB'"],
    ['more threads', 'SET threads = 64'],
    ['another time zone', "SET TimeZone = 'Asia/Tokyo'"],
    ['opening up again', 'SET enable_external_access = true'],
    ['allowing a folder', `SET allowed_directories = ['${folder}']`],
    ['unlocking', 'SET lock_configuration = false'],
    ['resetting', 'RESET memory_limit'],
    ['a folder to spill to', `SET temp_directory = '${file}'`],
    ['a file to log to', `SET log_query_path = '${file}'`],
    ['a file to profile to', `PRAGMA profiling_output = '${file}'`],
    ['inserting', 'INSERT INTO T VALUES (1)'],
    ['updating', 'UPDATE T SET N = 1'],
    ['deleting', 'DELETE FROM T'],
    ['dropping', 'DROP TABLE T'],
    ['creating', 'CREATE TABLE SALES.PUBLIC.X AS SELECT 1'],
    ['altering', 'ALTER TABLE T ADD COLUMN x INTEGER'],
    ['commenting', "COMMENT ON TABLE T IS 'x'"],
    ['a secret', "CREATE SECRET (TYPE s3, KEY_ID 'x', SECRET 'y')"],
    ['the environment', "SELECT getenv('PATH')"],
  ])('%s', async (_, sql) => {
    const before = readFileSync(path)
    await expect(connection.run(sql)).rejects.toThrow(/Error/)
    expect(existsSync(file)).toBe(false)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('memory is limited', async () => {
    await expect(connection.run('SELECT list(range) FROM range(100000000)')).rejects.toThrow(/Out of Memory/)
    expect(await first('SELECT 1')).toBe(1)
  })

  test('what one connection sets, another does not see', async () => {
    const other = await engine.connect()
    await other.run('CREATE TEMP TABLE T AS SELECT 1 AS N')
    await other.run('SET VARIABLE x = 1')
    other.closeSync()
    expect(await first('SELECT count(*) FROM T')).toBe(10n)
    expect(await first("SELECT getvariable('x')")).toBeNull()
  })

  test('nothing is written beside the database', () => {
    expect(existsSync(`${path}.wal`)).toBe(false)
    expect(statSync(path).size).toBeGreaterThan(0)
  })
})

describe('[judged-twice] what the lock leaves open, so that the check of each statement must stop it', () => {
  test.each([
    ['overwriting the database', `COPY (SELECT 1) TO '${path}' (USE_TMP_FILE false)`],
    ['overwriting a file that views read', `COPY (SELECT 1) TO '${readable}' (USE_TMP_FILE false)`],
    ['attaching memory', "ATTACH ':memory:' AS other"],
    ['a temporary table', 'CREATE TEMP TABLE x AS SELECT 1'],
    ['a table in memory', 'CREATE TABLE memory.main.x AS SELECT 1'],
    ['a macro', 'CREATE MACRO memory.main.twice(x) AS x * 3'],
    ['another search path', "SET search_path = 'memory.main'"],
    ['a variable', 'SET VARIABLE x = 1'],
    ['logging', 'CALL enable_logging()'],
    ['a checkpoint', 'CHECKPOINT'],
    ['profiling', 'PRAGMA enable_profiling'],
    ['a prepared statement', 'PREPARE x AS SELECT 1'],
    ['an explained write', 'EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1'],
    ['a query made of text', "SELECT * FROM query('SELECT 1')"],
    ['a table named by text', "SELECT * FROM query_table('T')"],
    ['the database file as bytes', `SELECT size FROM read_blob('${path}')`],
    ['settings', 'SELECT * FROM duckdb_settings()'],
    ['the list of tables', 'SELECT * FROM sqlite_master'],
    ['another database', 'SELECT * FROM system.information_schema.tables'],
    ['a pause', 'SELECT sleep_ms(60000)'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a write behind a query', 'SELECT 1; DROP TABLE T'],
  ])('%s', async (_, sql) => {
    const before = readFileSync(path)
    await expect(validateQuery(connection, sql, settings)).rejects.toBeInstanceOf(ProblemError)
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})

test('a database that is not there', async () => {
  const missing = { ...settings, database: { name: 'X', path: join(folder, 'missing.duckdb') } }
  await expect(openEngine(missing)).rejects.toThrow(/missing\.duckdb/)
})
