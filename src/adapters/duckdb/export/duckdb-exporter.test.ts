import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { spreadsheetCells } from '../../../contract/words/spreadsheet.test-cases.ts'
import { harmlessCell } from '../../../contract/words/spreadsheet.ts'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import type { FileForm, ResultFormat } from '../../../contract/result-file.ts'
import { makeExportingFolder } from './exporter.test-support.ts'

const never = new AbortController().signal
const folder = await makeExportingFolder('id,note\n1,=1+1\n2,-5\n3,plain\n')
const { base } = folder
const exportsIn = join(base, 'data', 'exports')
afterAll(() => folder.remove())

const write = async (
  sql: string,
  form: FileForm,
  { signal = never, timeoutMs = 60_000, maxRows = null as number | null } = {},
) => {
  return await folder.exporter.export(sql as ReadOnlySql, { form, maxRows, timeoutMs, signal })
}
const run = (sql: string, format: ResultFormat, signal = never, timeoutMs = 60_000) =>
  write(sql, { format }, { signal, timeoutMs })
const left = () => (existsSync(exportsIn) ? readdirSync(exportsIn) : [])

/** A query that works for minutes. */
const endless = 'SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5'

describe('csv', () => {
  const csv = async (sql: string) => {
    const file = await run(sql, 'csv')
    return [file.rowCount, await text(Readable.from(file.content))]
  }

  test('what a spreadsheet would run gets an apostrophe, numbers stay numbers', async () => {
    expect(await csv('SELECT id, note FROM CELLS ORDER BY id')).toEqual([3, "ID,NOTE\n1,'=1+1\n2,-5\n3,plain\n"])
    expect(await csv(`SELECT -1 AS "=a", '@x' AS b, '＝1' AS c, '+4.5e3' AS d, chr(9) || 'x' AS e`)).toEqual([
      1,
      `'=a,B,C,D,E\n-1,'@x,'＝1,+4.5e3,'\tx\n`.replace('B,C,D,E', 'b,c,d,e'),
    ])
  })

  test.each(spreadsheetCells)('the engine takes %j for a formula exactly where the other writers do', async (cell) => {
    const [, written] = await csv(`SELECT '${cell.replaceAll("'", "''").replaceAll('\0', "' || chr(0) || '")}' AS a`)
    expect(
      String(written)
        .replace(/^a\n/, '')
        .replace(/\n$/, '')
        .replace(/^"([^]*)"$/, '$1')
        .replaceAll('""', '"'),
    ).toBe(harmlessCell(cell))
  })

  test('empty text and NULL are told apart, quotes are doubled, every digit is there', async () => {
    const sql = `SELECT NULL AS a, '' AS b, 'x"y,z' AS c, 0.10::DECIMAL(38, 20) AS d, 170141183460469231731687303715884105727 AS e, 'NaN'::DOUBLE AS f, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS g`
    expect(await csv(sql)).toEqual([
      1,
      'a,b,c,d,e,f,g\n,"","x""y,z",0.10000000000000000000,170141183460469231731687303715884105727,NaN,2024-01-01 00:00:00+00:00\n',
    ])
  })
})

test('parquet keeps types and digits; names that repeat are numbered', async () => {
  const file = await run(
    "SELECT 12345678901234567890123456789 AS n, 1 AS a, 2 AS a, [1, 2] AS l, DATE '2024-02-29' AS d",
    'parquet',
  )
  const path = join(base, 'kept.parquet')
  await file.saveAs(path)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM '${path}'`)
  expect(reader.columnNames()).toEqual(['n', 'a', 'a_2', 'l', 'd'])
  expect(reader.columnTypes().map(String)).toEqual(['DECIMAL(38,0)', 'INTEGER', 'INTEGER', 'VARCHAR', 'DATE'])
  expect(reader.getRowsJson()).toEqual([['12345678901234567890123456789', 1, 2, '[1,2]', '2024-02-29']])
  connection.closeSync()
})

test('parquet holds integers of 39 digits as text and says so, others as decimals', async () => {
  const huge = '170141183460469231731687303715884105727'
  const sql = `SELECT * FROM (VALUES (1::HUGEINT, 2::HUGEINT), (${huge}, -${'9'.repeat(38)}), (NULL, NULL)) AS q(a, b)`
  const path = join(base, 'huge.parquet')
  await (await run(sql, 'parquet')).saveAs(path)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM '${path}'`)
  expect(reader.columnTypes().map(String)).toEqual(['VARCHAR', 'DECIMAL(38,0)'])
  expect(reader.getRowsJson()).toEqual([
    ['1', '2'],
    [huge, `-${'9'.repeat(38)}`],
    [null, null],
  ])
  const notes = await connection.runAndReadAll(`SELECT value::VARCHAR FROM parquet_kv_metadata('${path}')`)
  expect(String(notes.getRows()[0]?.[0])).toMatch(/^Numbers of .*a.* stand as text/)
  connection.closeSync()
})

describe('nothing is left behind', () => {
  test('after a file was read, or dropped', async () => {
    const file = await run('SELECT 1', 'csv')
    expect(left()).toHaveLength(1)
    expect((await buffer(Readable.from(file.content))).length).toBe(file.bytes)
    await (await run('SELECT 1', 'csv')).discard()
    expect(left()).toEqual([])
  })

  test('after a stop, which ends the engine', async () => {
    const stop = new AbortController()
    const stopped = run(endless, 'csv', stop.signal)
    const reason = new Error('enough')
    const begun = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (left().length === 0) return
        clearInterval(look)
        resolve()
      }, 5)
    })
    await begun
    stop.abort(reason)
    await expect(stopped).rejects.toBe(reason)
    expect(left()).toEqual([])
  })

  test('after its time was over', async () => {
    await expect(run(endless, 'csv', never, 500)).rejects.toMatchObject({ problem: { code: 'query_timeout' } })
    expect(left()).toEqual([])
  })

  test('after a failure, and by processes that are gone', async () => {
    const file = await run('SELECT 1', 'csv')
    const [machine = ''] = left()[0]?.split('-') ?? []
    for (const gone of ['999999999-gone', `${process.pid}-earlier start`])
      mkdirSync(join(exportsIn, `${machine}-${gone}`))
    await file.discard()
    await expect(run("SELECT 'x'::INT", 'csv')).rejects.toMatchObject({ problem: { code: 'sql_invalid' } })
    expect(left()).toEqual([])
  })

  test('under a name that cannot be written', async () => {
    const file = await run('SELECT 1', 'csv')
    await expect(file.saveAs(join(base, 'nowhere', 'x.csv'))).rejects.toMatchObject({
      problem: { code: 'bad_request' },
    })
    expect(left()).toEqual([])
  })
})

test('more than fits into little memory is spilled or given more', async () => {
  const file = await run('SELECT a.range AS n, md5(a.range::VARCHAR) AS h FROM range(3000000) a ORDER BY h', 'parquet')
  expect(file.rowCount).toBe(3_000_000)
  await file.discard()
  expect(left()).toEqual([])
})

describe('the engine writes one file and nothing else', () => {
  const forbidden = join(base, 'forbidden.csv')
  test.each([
    ['a copy', `COPY (SELECT 1) TO '${forbidden}'`],
    ['a second statement', `SELECT 1; COPY (SELECT 1) TO '${forbidden}'`],
    ['a text that ends the query', `SELECT 1) TO '${forbidden}'; --`],
    ['a file read', "SELECT * FROM read_csv('/etc/hostname')"],
    ['a file read by its name', "SELECT * FROM '/etc/hostname'"],
    ['the engine’s settings', 'SELECT * FROM duckdb_settings()'],
  ])('%s is refused', async (_, sql) => {
    await expect(run(sql, 'csv')).rejects.toMatchObject({ problem: { code: expect.stringMatching(/^sql_/) as string } })
    expect(existsSync(forbidden)).toBe(false)
    expect(left()).toEqual([])
  })
})
