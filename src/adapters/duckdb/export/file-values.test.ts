import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import { readSheet } from 'read-excel-file/node'
import { afterAll, describe, expect, test } from 'vitest'
import type { ResultFormat } from '../../../contract/result-file.ts'
import { emptyDatabase, type EngineSettings } from '../engine/engine-settings.ts'
import { makeFileWriter } from './duckdb-exporter.ts'
import { makeExportProcesses } from './export-processes.ts'

/** What files hold of a value, where it is not the text. */
interface Held {
  readonly csv?: string
  readonly json?: unknown
  readonly parquet?: string | null
  readonly xlsx?: unknown
}

const digits = '12345678901234567890123456789012345678'
const most = '170141183460469231731687303715884105727'

/** Values of types that queries and files of folders bring besides the plain ones: an expression of DuckDB for each, and its text. */
const values: readonly (readonly [sql: string, text: string, held?: Held])[] = [
  [`'0.${digits}'::DECIMAL(38, 38)`, `0.${digits}`, { parquet: `.${digits}` }],
  ['-0.5::DECIMAL(38, 38)', `-0.5${'0'.repeat(37)}`, { parquet: `-.5${'0'.repeat(37)}`, xlsx: -0.5 }],
  ['0.5::DECIMAL(4, 4)', '0.5000', { json: 0.5, parquet: '.5000', xlsx: 0.5 }],
  [`${most}::HUGEINT`, most],
  [`(-${most} - 1)::HUGEINT`, '-170141183460469231731687303715884105728'],
  ['340282366920938463463374607431768211455::UHUGEINT', '340282366920938463463374607431768211455'],
  ['18446744073709551615::UBIGINT', '18446744073709551615'],
  ["'123456789012345678901234567890123456789012345'::BIGNUM", '123456789012345678901234567890123456789012345'],
  ['0.1::FLOAT', '0.1', { json: 0.1, xlsx: 0.1 }],
  ["'-inf'::FLOAT", '-Infinity', { csv: "'-Infinity", parquet: '-inf' }],
  ['-0.0::FLOAT', '-0.0', { json: -0, xlsx: -0 }],
  ['1.7976931348623157e308::DOUBLE', '1.7976931348623157e+308', { json: Number.MAX_VALUE, xlsx: Number.MAX_VALUE }],
  ["'infinity'::DATE", 'infinity'],
  ["'-infinity'::TIMESTAMP", '-infinity'],
  ["'infinity'::TIMESTAMP_NS", 'infinity'],
  ["'infinity'::TIMESTAMPTZ", 'infinity'],
  ["'294247-01-10 04:00:54.775806'::TIMESTAMP", '294247-01-10 04:00:54.775806'],
  ["'290309-12-22 (BC) 00:00:00'::TIMESTAMP", '290309-12-22 (BC) 00:00:00'],
  ["'2262-04-11 23:47:16.854775806'::TIMESTAMP_NS", '2262-04-11 23:47:16.854775806'],
  ["'2024-01-02 03:04:05'::TIMESTAMP_S", '2024-01-02 03:04:05', { xlsx: new Date('2024-01-02T03:04:05Z') }],
  ["'5877642-06-25 (BC)'::DATE", '5877642-06-25 (BC)'],
  ["TIME '24:00:00'", '24:00:00'],
  ["TIME_NS '23:59:59.999999999'", '23:59:59.999999999'],
  ["'23:59:59.999999+05:30'::TIMETZ", '23:59:59.999999+05:30'],
  ["INTERVAL '0 days'", '00:00:00'],
  [
    "INTERVAL '-14 months 3 days -00:00:00.000001'",
    '-1 year -2 months 3 days -00:00:00.000001',
    { csv: "'-1 year -2 months 3 days -00:00:00.000001" },
  ],
  ["'101'::BIT", '101'],
  ["UUID '0b0ab5e2-6e47-4e2c-a3d4-05c1f6ee83c1'", '0b0ab5e2-6e47-4e2c-a3d4-05c1f6ee83c1'],
  ["'a'::ENUM('a', 'b')", 'a'],
  ["''::BLOB", '', { xlsx: null }],
  ['NULL::BLOB', '', { json: null, parquet: null, xlsx: null }],
  ['NULL::VARIANT', '', { json: null, parquet: null, xlsx: null }],
  ['[]', '[]'],
  ['[[], NULL, [NULL]]', '[[],null,[null]]'],
  ["{'a': NULL, 'b': ''}", '{"a":null,"b":""}'],
  ["[-0.0::DOUBLE, 'inf', 'nan', 0.1]", '[-0.0,"Infinity","NaN",0.1]'],
  ['[0.1::FLOAT]', '[0.1]'],
  [`[${most}, NULL]`, `[${most},null]`],
  ['[340282366920938463463374607431768211455::UHUGEINT]', '[340282366920938463463374607431768211455]'],
  ["['123456789012345678901234567890123456789012345'::BIGNUM]", '[123456789012345678901234567890123456789012345]'],
  [`[{'d': '0.${digits}'::DECIMAL(38, 38)}]`, `[{"d":0.${digits}}]`],
  [
    `MAP {TIMESTAMP '2024-01-02 03:04:05.123456': 1.10::DECIMAL(38, 10)}`,
    '{"2024-01-02 03:04:05.123456":1.1000000000}',
  ],
  [`MAP {TIMESTAMPTZ '2024-01-01 00:00:00+05:30': 1}`, '{"2023-12-31 18:30:00+00:00":1}'],
  [`MAP {'\\xAB'::BLOB: [TIME '01:02:03']}`, '{"AB":["01:02:03"]}'],
  ["MAP {'0.5'::DECIMAL(1, 1): 'inf'::DOUBLE}", '{"0.5":"Infinity"}'],
  ["MAP {'inf'::DOUBLE: 1}", '{"Infinity":1}'],
  [
    "{'t': TIMESTAMP_NS '2024-01-02 03:04:05.123456789', 'z': TIMESTAMPTZ '2024-01-01 00:00:00+05:30', 'i': INTERVAL '1 day'}",
    '{"t":"2024-01-02 03:04:05.123456789","z":"2023-12-31 18:30:00+00:00","i":"1 day"}',
  ],
  ["['101'::BIT]", '["101"]'],
  ['array_value(1.10::DECIMAL(38, 2), NULL)', '[1.10,null]'],
  ["union_value(k := 'x')", '{"k":"x"}'],
  ["union_value(d := 'nan'::DOUBLE)", '{"d":"NaN"}'],
  [`union_value(d := '0.${digits}'::DECIMAL(38, 38))::UNION(d DECIMAL(38, 38), v VARCHAR)`, `{"d":0.${digits}}`],
  ["[union_value(b := '\\xAB'::BLOB)]", '[{"b":"AB"}]'],
  [`${most}::VARIANT`, most],
  [`'0.${digits}'::DECIMAL(38, 38)::VARIANT`, `0.${digits}`],
  ["'nan'::DOUBLE::VARIANT", '"NaN"'],
  ["''::VARIANT", '""'],
  [
    `{'a "NaN"': ', .5 NaN \\', 'b': ['nan'::DOUBLE, 0.5::DECIMAL(2, 2)]}::VARIANT`,
    String.raw`{"a \"NaN\"":", .5 NaN \\","b":["NaN",0.5]}`,
  ],
  ["'\\xDE\\xAD'::BLOB::VARIANT", String.raw`"\\xDE\\xAD"`],
  ["TIMESTAMPTZ '2024-01-01 00:00:00+05:30'::VARIANT", '"2023-12-31 18:30:00+00"'],
  [
    `{'a': ['-inf'::DOUBLE, NULL], 'b': ['0.${digits}'::DECIMAL(38, 38)]}::VARIANT`,
    `{"a":["-Infinity",null],"b":[0.${digits}]}`,
  ],
]

const base = mkdtempSync(join(tmpdir(), 'floe-values-'))
const exporting = makeExportProcesses()
afterAll(async () => {
  await exporting.close()
  rmSync(base, { recursive: true })
})

const settings: EngineSettings = {
  database: { name: 'nothing', path: emptyDatabase },
  defaultSchema: 'main',
  prelude: [],
  readableFiles: [],
  faults: [],
  viewRows: {},
  memoryLimitMb: 256,
  threads: 1,
  places: { running: 1, heavyRunning: 1, waiting: 0 },
  isOwnText: true,
}

async function write(format: ResultFormat): Promise<Buffer> {
  const sql = `SELECT ${values.map(([each], at) => `${each} AS V${at}`).join(', ')}`
  const options = { form: { format }, maxRows: null, timeoutMs: 60_000, signal: new AbortController().signal }
  return await buffer(
    (await makeFileWriter({ settings, exporting, root: join(base, 'exports') })(sql, options)).content,
  )
}

/** The text of each value that the engine itself reads from a file. */
async function readBack(bytes: Buffer, table: (path: string) => string): Promise<readonly unknown[]> {
  const path = join(base, 'written')
  writeFileSync(path, bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const cells = values.map((_, at) => `V${at}::VARCHAR`).join(', ')
  const [row = []] = (await connection.runAndReadAll(`SELECT ${cells} FROM ${table(path)}`)).getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return row
}

const named = (row: readonly unknown[] | undefined) => values.map(([sql], at) => [sql, row?.[at]])
const expected = (format: keyof Held) =>
  values.map(([sql, text, held = {}]) => [sql, held[format] === undefined ? text : held[format]])

describe('values of every type of the engine are exact in', () => {
  test('CSV', async () => {
    const read = (path: string) =>
      `read_csv('${path}', all_varchar = true, header = true, nullstr = 'none', quote = '"', escape = '"')`
    expect(named(await readBack(await write('csv'), read))).toEqual(expected('csv'))
  })

  test.each(['json', 'ndjson'] as const)('%s', async (format) => {
    const text = (await write(format)).toString()
    const { rows } = (format === 'json' ? JSON.parse(text) : { rows: [JSON.parse(text.split('\n')[1] ?? '')] }) as {
      readonly rows: readonly (readonly unknown[])[]
    }
    expect(named(rows[0])).toEqual(expected('json'))
  })

  test('Parquet', async () => {
    expect(named(await readBack(await write('parquet'), (path) => `read_parquet('${path}')`))).toEqual(
      expected('parquet'),
    )
  })

  test('workbooks', async () => {
    const [, row] = await readSheet(await write('xlsx'))
    expect(named(row)).toEqual(expected('xlsx'))
  })
})
