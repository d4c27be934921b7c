import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell, ColumnKind } from '../../../contract/result.ts'
import { type EngineRows, openEngineRows } from './engine-rows.test-support.ts'

let engine: EngineRows
beforeAll(async () => {
  engine = await openEngineRows()
})
afterAll(() => engine.close())

const one = async (expression: string) => {
  const { rows, columns } = await engine.rows(`SELECT ${expression} AS v`)
  return { cell: rows[0]?.[0], type: columns[0]?.type, kind: columns[0]?.kind }
}

interface ValueCase {
  readonly sql: string
  readonly cell: Cell
  readonly type: string
  readonly kind: ColumnKind
}
const value = (sql: string, cell: Cell, type: string, kind: ColumnKind): ValueCase => ({ sql, cell, type, kind })
const int = (sql: string, cell: Cell) => value(sql, cell, 'NUMBER(38,0)', 'number')
const float = (sql: string, cell: Cell) => value(sql, cell, 'FLOAT', 'number')
const text = (sql: string, cell: Cell) => value(sql, cell, 'VARCHAR', 'text')
const stamp = (sql: string, cell: Cell) => value(sql, cell, 'TIMESTAMP_NTZ(9)', 'timestamp')

/** More digits than a double keeps, none of them before the point. */
const fraction = '0.12345678901234567890123456789012345678'

const cases: readonly ValueCase[] = [
  int('42::TINYINT', 42),
  int('9007199254740991::BIGINT', 9007199254740991),
  int('9007199254740992::BIGINT', '9007199254740992'),
  int('-9007199254740993::BIGINT', '-9007199254740993'),
  int('18446744073709551615::UBIGINT', '18446744073709551615'),
  int('170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'),
  int('340282366920938463463374607431768211455::UHUGEINT', '340282366920938463463374607431768211455'),
  int("'123456789012345678901234567890123456789012345'::BIGNUM", '123456789012345678901234567890123456789012345'),
  int('7::BIGNUM', 7),
  value('12345678901.25::DECIMAL(13, 2)', 12345678901.25, 'NUMBER(13,2)', 'number'),
  value('0.10::DECIMAL(38, 9)', 0.1, 'NUMBER(38,9)', 'number'),
  value(
    '12345678901234567890123456789.123456789::DECIMAL(38, 9)',
    '12345678901234567890123456789.123456789',
    'NUMBER(38,9)',
    'number',
  ),
  value('-1234567.123456789::DECIMAL(38, 9)', '-1234567.123456789', 'NUMBER(38,9)', 'number'),
  value('999999999999999::DECIMAL(38, 0)', 999999999999999, 'NUMBER(38,0)', 'number'),
  value('0.00000000000000000001::DECIMAL(38, 20)', 1e-20, 'NUMBER(38,20)', 'number'),
  value('0::DECIMAL(38, 38)', `0.${'0'.repeat(38)}`, 'NUMBER(38,38)', 'number'),
  value('-0.5::DECIMAL(38, 38)', `-0.5${'0'.repeat(37)}`, 'NUMBER(38,38)', 'number'),
  value('0.5::DECIMAL(10, 10)', 0.5, 'NUMBER(10,10)', 'number'),
  value('0.12345678901234567890::DECIMAL(38, 20)', '0.12345678901234567890', 'NUMBER(38,20)', 'number'),
  float('0.1::DOUBLE', 0.1),
  float('0.1::FLOAT', 0.1),
  float('1e16::DOUBLE', 1e16),
  float('5e-324::DOUBLE', 5e-324),
  float('1.7976931348623157e308::DOUBLE', 1.7976931348623157e308),
  float('-0.0::DOUBLE', -0),
  float("'nan'::DOUBLE", 'NaN'),
  float("'inf'::DOUBLE", 'Infinity'),
  float("'-inf'::DOUBLE", '-Infinity'),
  float("'nan'::FLOAT", 'NaN'),
  value('true', true, 'BOOLEAN', 'boolean'),
  value("DATE '2024-02-29'", '2024-02-29', 'DATE', 'date'),
  value("'0044-03-15 (BC)'::DATE", '0044-03-15 (BC)', 'DATE', 'date'),
  value("TIME '10:30:00.123456'", '10:30:00.123456', 'TIME(9)', 'time'),
  value("TIME_NS '10:30:00.123456789'", '10:30:00.123456789', 'TIME(9)', 'time'),
  stamp("TIMESTAMP '2024-03-05 10:30:00'", '2024-03-05 10:30:00'),
  stamp("TIMESTAMP '2024-03-05 10:30:00.5'", '2024-03-05 10:30:00.5'),
  stamp("'2024-03-05 10:30:00.123456789'::TIMESTAMP_NS", '2024-03-05 10:30:00.123456789'),
  stamp("'2024-03-05 10:30:00'::TIMESTAMP_S", '2024-03-05 10:30:00'),
  stamp("'0044-03-15 (BC) 10:30:00'::TIMESTAMP", '0044-03-15 (BC) 10:30:00'),
  value(
    "TIMESTAMPTZ '2024-03-05 10:30:00.123456+02'",
    '2024-03-05 08:30:00.123456+00:00',
    'TIMESTAMP_TZ(9)',
    'timestamp',
  ),
  value("'infinity'::TIMESTAMPTZ", 'infinity', 'TIMESTAMP_TZ(9)', 'timestamp'),
  text("''", ''),
  text("'NULL'", 'NULL'),
  text('NULL::VARCHAR', null),
  text("concat('a', chr(0), chr(1), chr(31), '\"\\', chr(127))", 'a\u0000\u0001\u001f"\\\u007f'),
  text("'e\u0301 👩‍👩‍👧 \u202e \u2028'", 'e\u0301 👩‍👩‍👧 \u202e \u2028'),
  text("'short'", 'short'),
  text("'twelve bytes'", 'twelve bytes'),
  text("repeat('long ', 1000)", 'long '.repeat(1000)),
  text("UUID '0b0ab5e2-6e47-4e2c-a3d4-05c1f6ee83c1'", '0b0ab5e2-6e47-4e2c-a3d4-05c1f6ee83c1'),
  text("INTERVAL '1 year 2 months 3 days 04:05:06.7'", '1 year 2 months 3 days 04:05:06.7'),
  text("'a'::ENUM('a', 'b')", 'a'),
  text("'101'::BIT", '101'),
  value("'\\xAA\\x00\\xFF'::BLOB", 'AA00FF', 'BINARY', 'binary'),
  value("''::BLOB", '', 'BINARY', 'binary'),
  value('[1, NULL, 3]', '[1,null,3]', 'ARRAY', 'nested'),
  value('[9223372036854775807]', '[9223372036854775807]', 'ARRAY', 'nested'),
  value("[1.5, 'nan'::DOUBLE, NULL]", '[1.5,"NaN",null]', 'ARRAY', 'nested'),
  value("{'a b': 1, '__proto__': [1.10::DECIMAL(38, 2)]}", '{"a b":1,"__proto__":[1.10]}', 'OBJECT', 'nested'),
  value("{'x': '\\xAB'::BLOB, 'y': {'z': 'inf'::DOUBLE}}", '{"x":"AB","y":{"z":"Infinity"}}', 'OBJECT', 'nested'),
  value("MAP {'k': 'nan'::DOUBLE, 'l': 2.0}", '{"k":"NaN","l":2.0}', 'OBJECT', 'nested'),
  value('NULL::STRUCT(a DOUBLE)', null, 'OBJECT', 'nested'),
  value('NULL::INTEGER[]', null, 'ARRAY', 'nested'),
  value(
    '\'{"a": 1.00, "b": 12345678901234567890}\'::JSON',
    '{"a": 1.00, "b": 12345678901234567890}',
    'VARIANT',
    'nested',
  ),
  value("'null'::JSON", 'null', 'VARIANT', 'nested'),
  value("{'a': 1}::VARIANT", '{"a":1}', 'VARIANT', 'nested'),
  value(`['${fraction}'::DECIMAL(38, 38), NULL]`, `[${fraction},null]`, 'ARRAY', 'nested'),
  value(`{'a': '-${fraction}'::DECIMAL(38, 38)}`, `{"a":-${fraction}}`, 'OBJECT', 'nested'),
  value(`MAP {'"': '${fraction}'::DECIMAL(38, 38)}`, `{"\\"":${fraction}}`, 'OBJECT', 'nested'),
  value('[999999999999999.999::DECIMAL(18, 3), 0.50]', '[999999999999999.999,0.500]', 'ARRAY', 'nested'),
  value(
    "{'a': '12345678901234567890.10'::JSON, 'b': []::JSON[]}",
    '{"a":12345678901234567890.10,"b":[]}',
    'OBJECT',
    'nested',
  ),
  value(`[{'n"\\': '{"f":1.10}'::JSON}, NULL]`, '[{"n\\"\\\\":{"f":1.10}},null]', 'ARRAY', 'nested'),
]

describe('[exact-values] each value arrives exactly', () => {
  test.each(cases)('$sql → $cell', async ({ sql, cell, type, kind }) => {
    expect(await one(sql)).toEqual({ cell, type, kind })
  })

  test('a row with one value beyond a double keeps every other value as it was', async () => {
    const { rows } = await engine.rows(
      "SELECT 1::BIGINT, 9007199254740993::BIGINT, 'nan'::DOUBLE, 2.5::DOUBLE, NULL::BIGINT, 0.1::FLOAT, 'x'",
    )
    expect(rows).toEqual([[1, '9007199254740993', 'NaN', 2.5, null, 0.1, 'x']])
  })
})

describe('names and shapes', () => {
  test('names may repeat, look like numbers or be __proto__', async () => {
    const { rows, columns } = await engine.rows(
      'SELECT 1 AS a, 2 AS a, 3 AS "1", 4 AS "__proto__", 5 AS " ", 6 AS "a""b"',
    )
    expect(columns.map((column) => column.name)).toEqual(['a', 'a', '1', '__proto__', ' ', 'a"b'])
    expect(rows).toEqual([[1, 2, 3, 4, 5, 6]])
  })

  test('no rows still have columns', async () => {
    const { rows, columns, truncated } = await engine.rows("SELECT 1 AS a, DATE '2024-01-01' AS b WHERE false")
    expect(columns.map((column) => column.type)).toEqual(['NUMBER(38,0)', 'DATE'])
    expect({ rows, truncated }).toEqual({ rows: [], truncated: false })
  })

  test('10,000 columns', async () => {
    const list = Array.from({ length: 10_000 }, (_, index) => `${index}.5::DOUBLE AS c${index}`)
    const { rows, columns } = await engine.rows(`SELECT ${list.join(', ')}`)
    expect(columns).toHaveLength(10_000)
    expect(rows[0]?.[9_999]).toBe(9_999.5)
  })

  test('a cell of 16 MB', async () => {
    const { rows } = await engine.rows("SELECT repeat('x', 16000000) AS v UNION ALL SELECT 'y'")
    expect(rows.map((row) => String(row[0]).length)).toEqual([16_000_000, 1])
  })

  test('order is kept over many chunks, in batches of bounded size', async () => {
    const { rows, batches } = await engine.rows(
      "SELECT range AS i, repeat('v', 200) AS v FROM range(50000) ORDER BY range DESC",
    )
    expect(rows.map((row) => row[0])).toEqual(Array.from({ length: 50_000 }, (_, index) => 49_999 - index))
    expect(Math.max(...batches.map((batch) => batch.rowCount))).toBeLessThanOrEqual(2_048)
    expect(Math.max(...batches.map((batch) => batch.json.length))).toBeLessThan(300_000)
  })
})

describe('limits', () => {
  test.each([
    { rows: 10, maxRows: 11, expected: 10, truncated: false },
    { rows: 10, maxRows: 10, expected: 10, truncated: false },
    { rows: 11, maxRows: 10, expected: 10, truncated: true },
    { rows: 5_000, maxRows: 4_096, expected: 4_096, truncated: true },
    { rows: 50_000, maxRows: 20_000, expected: 20_000, truncated: true },
  ])('$rows rows under a limit of $maxRows', async ({ rows: count, maxRows, expected, truncated }) => {
    const found = await engine.rows(`SELECT range FROM range(${count})`, { maxRows, maxBytes: 1e9 })
    expect({ rows: found.rows.length, truncated: found.truncated }).toEqual({ rows: expected, truncated })
  })

  test('a limit of bytes ends the result with whole rows', async () => {
    const found = await engine.rows("SELECT repeat('x', 96) AS v FROM range(100)", { maxRows: 1_000, maxBytes: 1_000 })
    expect({ rows: found.rows.length, truncated: found.truncated }).toEqual({ rows: 9, truncated: true })
  })

  test('a result of exactly so many bytes is whole', async () => {
    const found = await engine.rows("SELECT repeat('x', 95) AS v FROM range(10)", { maxRows: 1_000, maxBytes: 1_000 })
    expect({ rows: found.rows.length, truncated: found.truncated }).toEqual({ rows: 10, truncated: false })
  })
})

describe('any values', () => {
  const textSql = (sample: string): string => `decode(from_hex('${Buffer.from(sample, 'utf8').toString('hex')}'))`
  const sixtyFourBits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const row = fc.record({
    text: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constant('')),
    whole: fc.option(sixtyFourBits, { nil: null }),
    float: fc.double(),
    unscaled: fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
    bytes: fc.uint8Array({ maxLength: 40 }),
    day: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
  })

  test('come back as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (samples) => {
        const selects = samples.map(
          (
            sample,
            index,
          ) => `SELECT ${index} AS i, ${textSql(sample.text)} AS t, nullif('${sample.whole ?? ''}', '')::BIGINT AS w,
            '${Object.is(sample.float, -0) ? '-0.0' : sample.float}'::DOUBLE AS f, '${decimalText(sample.unscaled)}'::DECIMAL(38, 9) AS d,
            from_hex('${Buffer.from(sample.bytes).toString('hex')}')::BLOB AS b, DATE '${sample.day.toISOString().slice(0, 10)}' AS y`,
        )
        const { rows } = await engine.rows(`SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY i`)
        expect(rows).toEqual(
          samples.map((sample, index) => [
            index,
            sample.text,
            sample.whole === null ? null : exactNumber(sample.whole.toString()),
            Number.isFinite(sample.float) ? sample.float : String(sample.float),
            exactDecimal(decimalText(sample.unscaled)),
            Buffer.from(sample.bytes).toString('hex').toUpperCase(),
            sample.day.toISOString().slice(0, 10),
          ]),
        )
      }),
      { numRuns: 60 },
    )
  })

  const decimalText = (unscaled: bigint): string => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(10, '0')
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
  }
  const exactNumber = (digits: string): Cell => (Number.isSafeInteger(Number(digits)) ? Number(digits) : digits)
  const exactDecimal = (text: string): Cell => {
    const unscaled = BigInt(text.replace('.', ''))
    return (unscaled < 0n ? -unscaled : unscaled) < 10n ** 15n ? Number(text) : text
  }
})
