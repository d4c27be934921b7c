import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleDatabase, sampleSchema, sampleTables } from '../../src/adapters/duckdb/sample/tpch-tables.ts'
import { writeSample } from '../../src/adapters/duckdb/sample/write-sample.ts'
import { type DialectBench, openDialect } from '../support/dialect-bench.ts'

const queries = Array.from({ length: 22 }, (_, i) => `q${String(i + 1).padStart(2, '0')}`)
const textOf = (dialect: string, name: string) =>
  readFileSync(join(import.meta.dirname, '../data', `tpch-${dialect}`, `${name}.sql`), 'utf8')

const declared = sampleTables.map(({ name, columns }) => ({
  database: sampleDatabase,
  schema: sampleSchema,
  name,
  columns,
}))

let folder = ''
let bench: DialectBench

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-tpch-'))
  const file = join(folder, 'sample.duckdb')
  await writeSample(file, 0.02)
  bench = await openDialect({ database: sampleDatabase, schema: sampleSchema, file })
})
afterAll(() => {
  bench.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Numbers to six digits: quotients have a fixed scale in one text and are floating point in the other. */
function comparable(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
        ? Number(value)
        : null
  return number === null ? value : Number(number.toPrecision(6))
}

describe("TPC-H in Snowflake's form", () => {
  test.each(queries)('%s answers as independent DuckDB SQL over the same rows, types declared or not', async (name) => {
    const plain = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(comparable))
    const expected = plain((await bench.run(textOf('duckdb', name))).rows)
    expect(plain((await bench.ask(textOf('snowflake', name), declared)).rows)).toEqual(expected)
    expect(plain((await bench.ask(textOf('snowflake', name))).rows)).toEqual(expected)
  })

  test.each([
    [
      'q01',
      [
        'L_RETURNFLAG',
        'L_LINESTATUS',
        'SUM_QTY',
        'SUM_BASE_PRICE',
        'SUM_DISC_PRICE',
        'SUM_CHARGE',
        'AVG_QTY',
        'AVG_PRICE',
        'AVG_DISC',
        'COUNT_ORDER',
      ],
    ],
    ['q18', ['C_NAME', 'C_CUSTKEY', 'O_ORDERKEY', 'O_ORDERDATE', 'O_TOTALPRICE', 'SUM(L_QUANTITY)']],
  ])('%s names its columns as Snowflake does', async (name, expected) => {
    expect((await bench.ask(textOf('snowflake', name))).names).toEqual(expected)
  })

  test('decimals keep the scale Snowflake declares', async () => {
    const { types } = await bench.ask(textOf('snowflake', 'q01'), declared)
    expect(types.slice(2, 9)).toEqual(
      ['(38,2)', '(38,2)', '(38,4)', '(38,6)', '(38,8)', '(38,8)', '(38,8)'].map((size) => `DECIMAL${size}`),
    )
  })

  test('most of them have rows', async () => {
    const counts = await Promise.all(
      queries.map(async (name) => (await bench.ask(textOf('snowflake', name))).rows.length),
    )
    expect(counts.filter((count) => count > 0).length).toBeGreaterThanOrEqual(20)
  })
})
