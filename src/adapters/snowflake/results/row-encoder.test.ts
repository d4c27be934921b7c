import { describe, expect, test } from 'vitest'
import type { Cell } from '../../../contract/result.ts'
import type { WireColumn } from './result-head.ts'
import { makeRowEncoder } from './row-encoder.ts'
import { batchLayout } from './row-layouts.ts'

const column = (type: string): WireColumn => ({ name: 'C', type, precision: null, scale: null, length: null })

/** Encodes the text of a chunk, given in pieces of `size` bytes. */
function encode(columns: readonly WireColumn[], text: string, size = 1e6, limits = {}): readonly (readonly Cell[])[] {
  const encoder = makeRowEncoder(batchLayout(columns), { maxRows: 1e9, maxBytes: 1e12, skipRows: 0, ...limits })
  const bytes = Buffer.from(text)
  const batches: string[] = []
  const keep = (batch: { readonly bytes: Uint8Array } | null): boolean =>
    batch !== null && batches.push(Buffer.from(batch.bytes).toString()) > 0
  for (let at = 0; at < bytes.length; at += size) {
    encoder.push(bytes.subarray(at, at + size))
    while (keep(encoder.take()));
  }
  encoder.endChunk()
  keep(encoder.rest())
  return batches.flatMap((batch) => JSON.parse(batch) as Cell[][])
}

/** Wire text → cell, by the type that Snowflake announces. */
const cells: readonly (readonly [type: string, wire: string | null, cell: Cell])[] = [
  ['fixed', '0', 0],
  ['fixed', '-7', -7],
  ['fixed', '123456789012345', 123456789012345],
  ['fixed', '9007199254740991', 9007199254740991],
  ['fixed', '9007199254740992', '9007199254740992'],
  ['fixed', '-99999999999999999999999999999999999999', '-99999999999999999999999999999999999999'],
  ['fixed', '12.50', 12.5],
  ['fixed', '-0.05', -0.05],
  ['fixed', '0.000000000000001', 1e-15],
  ['fixed', '123456789012.345', 123456789012.345],
  ['fixed', '1234567890123.456', '1234567890123.456'],
  ['fixed', '00012', '00012'],
  ['fixed', '.5', '.5'],
  ['fixed', '1.', '1.'],
  ['fixed', '', ''],
  ['fixed', null, null],
  ['real', '1.5', 1.5],
  ['real', '-1.5e+308', -1.5e308],
  ['real', '1e-7', 1e-7],
  ['real', '0.1', 0.1],
  ['real', 'inf', 'Infinity'],
  ['real', '-inf', '-Infinity'],
  ['real', 'NaN', 'NaN'],
  ['decfloat', '1.25', 1.25],
  ['decfloat', '1234567890.1234567890', '1234567890.1234567890'],
  ['boolean', '1', true],
  ['boolean', '0', false],
  ['boolean', 'true', true],
  ['boolean', 'FALSE', false],
  ['interval_year_month', '14', '+1-02'],
  ['interval_year_month', '-25', '-2-01'],
  ['interval_year_month', '0', '+0-00'],
  ['interval_year_month', 'odd', 'odd'],
  ['interval_day_time', '93784000000000', '+1 02:03:04'],
  ['interval_day_time', '-93784500000000', '-1 02:03:04.5'],
  ['interval_day_time', '1', '+0 00:00:00.000000001'],
  ['interval_day_time', '86399999999999999999999999', '+999999999999 23:59:59.999999999'],
  ['interval_day_time', null, null],
  ['date', '0', '1970-01-01'],
  ['date', '18293', '2020-02-01'],
  ['date', '-1', '1969-12-31'],
  ['date', '-719162', '0001-01-01'],
  ['date', '2932896', '9999-12-31'],
  ['date', '19782', '2024-02-29'],
  ['date', 'today', 'today'],
  ['time', '0.000000000', '00:00:00'],
  ['time', '45296.789000000', '12:34:56.789'],
  ['time', '86399.999999999', '23:59:59.999999999'],
  ['time', '60', '00:01:00'],
  ['timestamp_ntz', '1580559194.000000000', '2020-02-01 12:13:14'],
  ['timestamp_ntz', '1580559194.123456789', '2020-02-01 12:13:14.123456789'],
  ['timestamp_ntz', '1580559194.5', '2020-02-01 12:13:14.5'],
  ['timestamp_ntz', '-0.500000000', '1969-12-31 23:59:59.5'],
  ['timestamp_ntz', '-1.000000000', '1969-12-31 23:59:59'],
  ['timestamp_ntz', '253402300799.999999999', '9999-12-31 23:59:59.999999999'],
  ['timestamp_ltz', '1580559194.000000000', '2020-02-01 12:13:14+00:00'],
  ['timestamp_tz', '1580559194.000000000 1440', '2020-02-01 12:13:14+00:00'],
  ['timestamp_tz', '1580559194.120000000 1560', '2020-02-01 14:13:14.12+02:00'],
  ['timestamp_tz', '1580559194.000000000 1110', '2020-02-01 06:43:14-05:30'],
  ['text', 'NULL', 'NULL'],
  ['text', '', ''],
  ['text', null, null],
  ['text', 'a "quoted" \\ back\nslash – ✓ 😀 \u0000', 'a "quoted" \\ back\nslash – ✓ 😀 \u0000'],
  ['text', '__proto__', '__proto__'],
  ['binary', '48656C6C6F', '48656C6C6F'],
  ['variant', '{"a":12345678901234567890}', '{"a":12345678901234567890}'],
  ['variant', 'process.exit(1)', 'process.exit(1)'],
  ['array', '[\n  1\n]', '[\n  1\n]'],
  ['geography', '{"type":"Point"}', '{"type":"Point"}'],
  ['something_new', '5', '5'],
]

test.each(cells)('documented answer: %s %j is the cell %j', (type, wire, cell) => {
  const beside = [column(type), column('text'), column(type)]
  const text = JSON.stringify([[wire, 'x', wire]]).slice(1, -1)
  expect(encode(beside, text)).toEqual([[cell, 'x', cell]])
  // Wherever the bytes are cut, the result is the same.
  for (const size of [1, 2, 3, 7]) expect(encode(beside, text, size)).toEqual([[cell, 'x', cell]])
})

describe('malformed rows are an error, never a short result', () => {
  test.each([
    ['a text that never ends', '["1","x'],
    ['a row that never ends', '["1","x"'],
    ['no comma between rows', '["1","x"]["2","y"]'],
    ['a comma after the last row', '["1","x"],'],
    ['too few cells', '["1"]'],
    ['too many cells', '["1","x","y"]'],
    ['a bare number', '[1,"x"]'],
    ['a bare word', '["1",nul]'],
    ['an object', '{"a":1}'],
    ['a line break inside a text', '["1","x\n"]'],
    ['an escape that JSON has not', '["1","\\x41"]'],
    ['half of an escape', '["1","\\u00"]'],
    ['something after the rows', '["1","x"] oops'],
    ['HTML', '<html></html>'],
    ['JavaScript', '(function(){return 1})()'],
  ])('%s', (_, text) => {
    for (const size of [1, 5, 1_000])
      expect(() => encode([column('fixed'), column('text')], text, size)).toThrow('malformed')
  })
})

test('rows may have blanks between their parts', () => {
  expect(encode([column('fixed'), column('text')], ' [ "1" , null ] ,\n [ "2" , "y" ] \n')).toEqual([
    [1, null],
    [2, 'y'],
  ])
})

const many = (count: number): string => Array.from({ length: count }, (_, n) => `["${n}"]`).join(',')

test('a row longer than a batch comes whole, among others', () => {
  const long = 'long '.repeat(200_000)
  const text = `["a"],[${JSON.stringify(long)}],["b"]`
  expect(encode([column('text')], text, 65_536)).toEqual([['a'], [long], ['b']])
})

test('limits end the rows, and rows that are skipped do not count', () => {
  const limits = { maxRows: 3, skipRows: 4_000 }
  expect(encode([column('fixed')], many(10_000), 1_000, limits)).toEqual([[4_000], [4_001], [4_002]])
  expect(encode([column('fixed')], many(10_000), 1_000, { maxBytes: 8 })).toEqual([[0], [1]])
})

test('the rows of a chunk are counted', () => {
  const encoder = makeRowEncoder(batchLayout([column('fixed')]), { maxRows: 1e9, maxBytes: 1e12, skipRows: 0 })
  for (const count of [3, 0, 5]) {
    encoder.push(Buffer.from(many(count)))
    while (encoder.take() !== null);
    expect(encoder.endChunk()).toBe(count)
  }
})
