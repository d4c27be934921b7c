import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import type { NewResult, WindowRange } from '../../../core/ports/result-files.ts'
import type { RowBatch } from '../../../core/ports/warehouse.ts'
import { makeDuckdbProcess } from '../duckdb-process.ts'
import { makeDuckdbExporter } from '../export/duckdb-exporter.ts'
import { settingsOf } from './result-processes.ts'
import {
  everything,
  inBatches,
  makeResultBench,
  never,
  number,
  plain,
  resultOf,
  rowsOf,
  text,
} from './results.test-support.ts'

const bench = makeResultBench()
const { base, exporting, makeFiles } = bench
afterAll(async () => {
  await bench.close()
  await bench.remove()
})

describe('values come back as the engine handed them over', () => {
  const cases: readonly (readonly [name: string, values: readonly string[]])[] = [
    ['NaN, infinities and −0', ["'NaN'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE", '-0.0::DOUBLE', '0.1::FLOAT']],
    ['integers beyond a double', ['9007199254740993', '-9007199254740993::BIGINT', '9007199254740991', 'NULL']],
    ['the widest integers', ['99999999999999999999999999999999999999::HUGEINT', '1::HUGEINT', '-5::HUGEINT']],
    ['unsigned integers', ['18446744073709551615::UBIGINT', '7::UBIGINT', '0::UBIGINT']],
    ['integers without a bound', ["'123456789012345678901234567890123456789012345'::BIGNUM", "'5'::BIGNUM"]],
    ['38 digits', ['99999999999999999999999999999999999999::DECIMAL(38,0)', '1::DECIMAL(38,0)']],
    [
      '38 digits after the point',
      ["'0.12345678901234567890123456789012345678'::DECIMAL(38,38)", '0.5::DECIMAL(38,38)'],
    ],
    ['money', ['1234567.50::DECIMAL(12,2)', '-0.01::DECIMAL(12,2)', '0::DECIMAL(12,2)']],
    ['microseconds', ["TIMESTAMP '2024-02-29 23:59:59.123456'", "TIMESTAMP '1969-12-31 00:00:00'"]],
    ['nanoseconds', ["'2024-02-29 23:59:59.123456789'::TIMESTAMP_NS", "'1970-01-01 00:00:00'::TIMESTAMP_NS"]],
    ['days before our era', ["DATE '0044-03-15 (BC)'", "DATE '9999-12-31'", "'infinity'::DATE"]],
    ['moments before our era', ["TIMESTAMP '0044-03-15 (BC) 10:00:00'", "'-infinity'::TIMESTAMP"]],
    ['zones', ["'2024-01-01 00:00:00+05:30'::TIMESTAMPTZ", "'1900-01-01 00:00:00.5-11'::TIMESTAMPTZ"]],
    ['times', ["TIME '23:59:59.999999'", "TIME '00:00:00'"]],
    ['intervals', ["INTERVAL '1 year 2 months 3 days 04:05:06.7'", "INTERVAL '-1 day'"]],
    ['NULL, nothing and the word', ['NULL::VARCHAR', "''", "'NULL'", "'null'"]],
    ['bytes', ["'\\x00\\xFF\\xAB'::BLOB", "''::BLOB"]],
    ['JSON with large integers', [`'{"a":12345678901234567890,"b":[1.0,null]}'::JSON`, "'null'::JSON"]],
    ['nested values', ["{'a': 1, 'b': [1, 2]}", "{'a': NULL, 'b': []}"]],
    ['maps and lists', ['[1, NULL, 3]', '[]::INTEGER[]']],
    [
      'text in every direction',
      ["'\u202eabc\u200f'", "'e\u0301'", "'👩‍👩‍👧🏽'", "'a' || chr(0) || 'b'", 'chr(1) || chr(27)'],
    ],
    ['flags', ['true', 'false', 'NULL::BOOLEAN']],
    ['identifiers', ["'00000000-0000-0000-0000-00000000000a'::UUID", 'NULL::UUID']],
    ['bits', ["'0101'::BIT", "'1'::BIT"]],
  ]
  const rowCount = Math.max(...cases.map(([, values]) => values.length))
  let expected: Cell[][]
  const found: { readonly way: string; readonly rows: Cell[][] }[] = []

  beforeAll(async () => {
    const folder = join(base, 'source')
    mkdirSync(folder)
    const settings = settingsOf(folder)
    const instance = await DuckDBInstance.create(settings.database.path)
    const connection = await instance.connect()
    const lines = Array.from({ length: rowCount }, (_, row) =>
      cases.map(([, values], at) => `${values[row] ?? 'NULL'} AS c${at}`).join(', '),
    )
    await connection.run(`CREATE TABLE source AS ${lines.map((line) => `SELECT ${line}`).join(' UNION ALL ')}`)
    connection.closeSync()
    instance.closeSync()
    const sql = 'SELECT * FROM result.main.source' as ReadOnlySql
    const limits = { maxRows: 1_000, maxBytes: 1e8, timeoutMs: 60_000, signal: never }
    const engine = makeDuckdbProcess(settings, { idleMs: 60_000, onFault: () => undefined })
    const stream = await engine.run(sql, limits)
    const batches: RowBatch[] = []
    for await (const batch of stream.batches) batches.push(batch)
    await engine.close()
    expected = batches.flatMap(({ rowsJson }) => JSON.parse(rowsJson) as Cell[][])
    const again = async function* () {
      yield* batches
    }
    const files = makeFiles()
    const result = resultOf(stream.columns, again())
    found.push({ way: 'batches', rows: await rowsOf(files, 'a/batches', () => Promise.resolve(result)) })
    const exporter = makeDuckdbExporter({
      settings,
      translate: (given) => Promise.resolve(given),
      exporting,
      root: join(base, 'exports'),
    })
    const file = await exporter.export(sql, { form: { format: 'parquet' }, ...limits, maxRows: null })
    const whole: NewResult = { ...result, rows: { kind: 'parquet', file } }
    found.push({ way: 'parquet', rows: await rowsOf(files, 'a/parquet', () => Promise.resolve(whole)) })
  }, 120_000)

  test.each(cases.map(([name], at) => [name, at] as const))('%s', (_, at) => {
    const wanted = expected.map((row) => row[at])
    expect(wanted).toHaveLength(rowCount)
    for (const { way, rows } of found) expect([way, rows.map((row) => row[at])]).toEqual([way, wanted])
  })

  test('also under names that repeat, look like numbers or belong to every object, and where there is no row', async () => {
    const names = ['A', 'A', '1', '__proto__', '', 'constructor', 'x"y', '"; DROP TABLE result; --']
    const columns = names.map((name) => ({ ...text, name }))
    const row = names.map((name) => `${name}!`)
    const files = makeFiles()
    expect(await rowsOf(files, 'a/1', () => Promise.resolve(resultOf(columns, inBatches([row]))))).toEqual([row])
    expect(await rowsOf(files, 'a/2', () => Promise.resolve(resultOf(columns, inBatches())))).toEqual([])
    expect(await rowsOf(files, 'a/3', () => Promise.resolve(resultOf(columns, inBatches([]))))).toEqual([])
  })

  test('of a megabyte, and of ten thousand columns', async () => {
    const files = makeFiles()
    const long = 'x'.repeat(1_048_576)
    const columns = Array.from({ length: 10_000 }, (_, at) => (at % 2 === 0 ? number : text))
    const row = columns.map((_, at) => (at % 2 === 0 ? at : `t${at}`))
    expect(await rowsOf(files, 'a/1', () => Promise.resolve(resultOf([text], inBatches([[long]], [['y']]))))).toEqual([
      [long],
      ['y'],
    ])
    expect(await rowsOf(files, 'a/2', () => Promise.resolve(resultOf(columns, inBatches([row]))))).toEqual([row])
  })

  test('of more columns than one statement computes with, by row and by column', async () => {
    const columns = Array.from({ length: 600 }, (_, at) => (at % 2 === 0 ? number : text))
    const rows = Array.from({ length: 40 }, (_, row) =>
      columns.map((_, at): Cell => (at % 2 === 0 ? row * 1_000 + at : `t${at}.${row}`)),
    )
    const kept = await makeFiles().open('a/1', () => Promise.resolve(resultOf(columns, inBatches(rows))), never)
    const read = async (view: Partial<RowsView>, range: Partial<WindowRange>): Promise<unknown> =>
      JSON.parse((await kept.window({ ...plain, ...view }, { ...everything, ...range }, never)).rowsJson)
    expect(await read({}, {})).toEqual(rows)
    const some = [0, ...Array.from({ length: 300 }, (_, at) => 200 + at), 599]
    const last = rows.toReversed().map((row) => some.map((at) => row[at]))
    const sort = [{ column: 598, direction: 'descending' as const }]
    expect(await read({ sort }, { columns: some })).toEqual(last)
    expect(await read({ sort }, { columns: some, from: 33, count: 3 })).toEqual(last.slice(33, 36))
    expect(await read({ search: 'T599.7' }, { columns: [0, 599] })).toEqual([[7_000, 't599.7']])
  })

  test('in rows that fill a block each', async () => {
    const rows = Array.from({ length: 5 }, (_, row) => [String(row).repeat(5 * 1_048_576), `row ${row}`])
    const batches = inBatches(...rows.map((row) => [row]))
    const kept = await makeFiles().open('a/1', () => Promise.resolve(resultOf([text, text], batches)), never)
    for (const from of [4, 0, 3, 0]) {
      const { rowsJson } = await kept.window(plain, { columns: null, from, count: 5, maxBytes: 12e6 }, never)
      expect(JSON.parse(rowsJson)).toEqual(rows.slice(from, from + 2))
    }
    const names = await kept.window(plain, { columns: [1], from: 0, count: 5, maxBytes: 12e6 }, never)
    expect(JSON.parse(names.rowsJson)).toEqual(rows.map(([, name]) => [name]))
  })
})
