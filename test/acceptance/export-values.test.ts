import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { strFromU8, unzipSync } from 'fflate'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { ResultFormat } from '../../src/contract/result-file.ts'
import { harmlessCell } from '../../src/contract/words/spreadsheet.ts'
import { approvedTurn } from '../support/approved-turn.ts'
import { exportedValues as values, type Held } from '../support/exported-values.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

const turned = '\u202egpj.exe'

let folder: string
let floe: Floe
let server: StartedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-values-'))
  mkdirSync(join(folder, 'files'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const columns = values.map(([, sql], at) => `${sql} AS V${at}`).join(', ')
  await connection.run(`COPY (SELECT ${columns}) TO '${join(folder, 'files', 'vals.parquet')}'`)
  // The guard takes no such character in a query: it comes with the data.
  await connection.run(`COPY (SELECT 1 AS "${turned}") TO '${join(folder, 'files', 'turned.parquet')}'`)
  connection.closeSync()
  writeFileSync(join(folder, 'files', 'other.csv'), 'id\n1\n')
  floe = compose(readConfig({ DATA_DIR: join(folder, 'data'), SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(folder, { recursive: true, force: true })
})

async function exportOf(sql: string, format: ResultFormat): Promise<Buffer> {
  const { turnId, events } = await approvedTurn(server.url, { sql, connection: `folder:${join(folder, 'files')}` })
  expect(JSON.stringify(events.at(-1))).toContain('turn.done')
  const answer = await fetch(`${server.url}/api/v1/turns/${turnId}/export?format=${format}`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect([answer.status, answer.status === 200 ? '' : bytes.toString()]).toEqual([200, ''])
  return bytes
}

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET TimeZone = 'UTC'")
  const rows = (await connection.runAndReadAll(sql)).getRowsJson()
  connection.closeSync()
  return rows
}
const fileOf = (bytes: Buffer, name: string): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const all = 'SELECT * FROM VALS'
/** Every value with what a kind of file has to hold of it. */
const expected = (kind: keyof Held) =>
  values.map(([name, , text, held = {}]) => [name, held[kind] === undefined ? text : held[kind]])
const named = (row: readonly unknown[] | undefined) => values.map(([name], at) => [name, row?.[at]])

describe('24 values are exact in', () => {
  test('CSV, where a text that would run has an apostrophe, and NULL and empty text are apart', async () => {
    const bytes = await exportOf(all, 'csv')
    const read = `read_csv('${fileOf(bytes, 'all.csv')}', all_varchar = true, header = true, nullstr = 'none', quote = '"', escape = '"')`
    const row = (await query(`SELECT * FROM ${read}`))[0]
    expect(named(row)).toEqual(values.map(([name, , text]) => [name, text === '-Infinity' ? "'-Infinity" : text]))
    expect(bytes.toString()).toContain(',,"",NULL,')
  })

  test.each(['json', 'ndjson'] as const)('%s', async (format) => {
    const text = (await exportOf(all, format)).toString()
    const { rows } = (format === 'json' ? JSON.parse(text) : { rows: [JSON.parse(text.split('\n')[1] ?? '')] }) as {
      rows: unknown[][]
    }
    expect(named(rows[0])).toEqual(expected('json'))
  })

  test('Parquet, types kept', async () => {
    const path = fileOf(await exportOf(all, 'parquet'), 'all.parquet')
    const cells = values.map((_, at) => `V${at}::VARCHAR`).join(', ')
    expect(named((await query(`SELECT ${cells} FROM '${path}'`))[0])).toEqual(expected('parquet'))
    const types = (await query(`DESCRIBE SELECT V0, V4, V6, V7, V10, V11, V12, V14, V15, V20 FROM '${path}'`)).map(
      ([, type]) => type,
    )
    const numbers = ['DOUBLE', 'BIGINT', 'DECIMAL(38,0)', 'DECIMAL(38,10)']
    expect(types).toEqual([...numbers, 'TIMESTAMP', 'TIMESTAMP_NS', 'DATE', 'TIMESTAMP WITH TIME ZONE', 'TIME', 'BLOB'])
  })

  test('workbooks, where a cell of its own type cannot hold some and text does', async () => {
    const [, row] = await readSheet(await exportOf(all, 'xlsx'))
    expect(named(row)).toEqual(expected('xlsx'))
  })
})

const hostile = [
  "=cmd|' /C calc'!A0",
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '＝1',
  '"=1',
  "'=1",
  '\u202e=1',
  '<script>alert(1)</script>',
  '![x](https://example.com/x)',
  '\u0007\u001b[31m',
  ']]>&<![CDATA[',
]
const hostileSql = `SELECT * FROM (${hostile.map((text, at) => `SELECT ${at} AS N, '${text.replaceAll("'", "''")}' AS T`).join(' UNION ALL ')}) ORDER BY N`

describe('cells that attack', () => {
  test('stand in CSV as text', async () => {
    const read = `read_csv('${fileOf(await exportOf(hostileSql, 'csv'), 'hostile.csv')}', all_varchar = true, header = true, quote = '"', escape = '"')`
    const cells = (await query(`SELECT T FROM ${read}`)).map(([cell]) => cell)
    expect(cells).toEqual(hostile.map(harmlessCell))
    expect(cells.filter((cell) => /^[=+\-@＝\t\r]/.test(String(cell)))).toEqual([])
  })

  test('stand in workbooks as they are, marked as text, without a formula', async () => {
    const bytes = await exportOf(hostileSql, 'xlsx')
    const [, ...rows] = await readSheet(bytes)
    const sheet = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
    // This reader trims what it reads.
    expect(rows.map(([, cell]) => cell)).toEqual(hostile.map((text) => text.trim()))
    expect(sheet).toContain('>\t=1<')
    expect(sheet).toContain('>_x000D_=1<')
    expect(sheet).not.toMatch(/<f>|<script/)
  })

  test.each(['json', 'ndjson'] as const)('stand in %s as they are', async (format) => {
    const text = (await exportOf(hostileSql, format)).toString()
    const lines = text.split('\n').slice(1, 1 + hostile.length)
    expect(lines.map((line) => (JSON.parse(line.replace(/,$/, '')) as unknown[])[1])).toEqual(hostile)
  })
})

test('names of columns that attack, repeat or mean something to programs stay what they are', async () => {
  const names = ['=1+1', '<b>x</b>', 'a\nb', '__proto__', 'constructor', '1', 'DUP', 'DUP']
  const sql = `SELECT ${names.map((name, at) => `${at} AS "${name}"`).join(', ')}`
  const text = (await exportOf(sql, 'json')).toString()
  const whole = JSON.parse(text) as { columns: { name: string }[]; rows: unknown[][] }
  expect(whole.columns.map(({ name }) => name)).toEqual(names)
  expect(whole.rows).toEqual([names.map((_, at) => at)])
  const [head] = await readSheet(await exportOf(sql, 'xlsx'))
  expect(head).toEqual(names)
  const csv = fileOf(await exportOf(sql, 'csv'), 'names.csv')
  const [first] = await query(`SELECT * FROM read_csv('${csv}', all_varchar = true, header = false, quote = '"')`)
  expect(first).toEqual(names.map(harmlessCell))
  const parquet = fileOf(await exportOf(sql, 'parquet'), 'names.parquet')
  const kept = (await query(`SELECT name FROM parquet_schema('${parquet}')`)).map(([name]) => name)
  expect(kept.slice(1)).toEqual(names.map((name, at) => (at === 7 ? 'DUP_2' : name)))
})

test('a name of a column that would turn the direction of writing does not do so in any file', async () => {
  const sql = 'SELECT * FROM TURNED'
  const { columns } = JSON.parse((await exportOf(sql, 'json')).toString()) as { columns: { name: string }[] }
  const name = columns[0]?.name ?? ''
  // A folder takes such characters out of names as it is read.
  expect(name).toBe('gpj.exe')
  expect((await readSheet(await exportOf(sql, 'xlsx')))[0]).toEqual([name])
  expect((await exportOf(sql, 'csv')).toString()).toBe(`${harmlessCell(name)}\n1\n`)
  const parquet = fileOf(await exportOf(sql, 'parquet'), 'turned.parquet')
  expect((await query(`SELECT name FROM parquet_schema('${parquet}')`)).at(-1)).toEqual([name])
})

test.each(['csv', 'json', 'ndjson', 'parquet', 'xlsx'] as const)(
  'no rows, and cells of 1 MB, go into %s',
  async (format) => {
    expect((await exportOf(`${all} WHERE V19 = 'x'`, format)).length).toBeGreaterThan(0)
    const long = `SELECT REPEAT('é', 524288) AS T`
    const bytes = await exportOf(long, format)
    if (format === 'xlsx') expect(String((await readSheet(bytes))[1]?.[0])).toMatch(/é… \(cut: 524288 characters\)$/)
    else if (format !== 'parquet') expect(bytes.toString()).toContain('é'.repeat(524_288))
  },
)
