import { describe, expect, test } from 'vitest'
import type { RowsForm } from '../../../core/ports/rows-file.ts'
import type { WireColumn } from './result-head.ts'
import { makeRowEncoder } from './row-encoder.ts'
import { fileLayout } from './row-layouts.ts'

const column = (type: string): WireColumn => ({ name: 'C', type, precision: null, scale: null, length: null })

/** The rows of a chunk as a file holds them, the chunk given in pieces of `size` bytes. */
function write(form: RowsForm, types: readonly string[], rows: readonly (readonly (string | null)[])[], size = 1e6) {
  const { layout, moments } = fileLayout(types.map(column), form)
  const encoder = makeRowEncoder(layout, { maxRows: 1e9, maxBytes: 1e12, skipRows: 0 })
  const wire = Buffer.from(JSON.stringify(rows).slice(1, -1))
  let text = ''
  const keep = (batch: { readonly bytes: Uint8Array } | null): boolean =>
    batch !== null && (text += Buffer.from(batch.bytes).toString()) !== ''
  for (let at = 0; at < wire.length; at += size) {
    encoder.push(wire.subarray(at, at + size))
    while (keep(encoder.take()));
  }
  encoder.endChunk()
  keep(encoder.rest())
  return { text, moments: moments() }
}

const csv = { format: 'csv' } as const
const german = { format: 'csv', separator: 'semicolon', decimalMark: 'comma' } as const

/** Wire text → field: of CSV, and of an engine's input. */
const fields: readonly (readonly [type: string, wire: string | null, csv: string, fields: string])[] = [
  ['text', 'plain text', 'plain text', '"plain text"'],
  ['text', null, '', String.raw`\N`],
  ['text', '', '""', '""'],
  ['text', 'NULL', 'NULL', '"NULL"'],
  ['text', String.raw`\N`, String.raw`\N`, String.raw`"\N"`],
  ['text', 'a,b', '"a,b"', '"a,b"'],
  ['text', 'a, "b"', '"a, ""b"""', '"a, ""b"""'],
  ['text', 'a\nb', '"a\nb"', '"a\nb"'],
  ['text', 'a\r\nb', '"a\r\nb"', '"a\r\nb"'],
  ['text', ' lead', '" lead"', '" lead"'],
  ['text', 'trail ', '"trail "', '"trail "'],
  ['text', 'a\u00a0', 'a\u00a0', '"a\u00a0"'],
  ['text', 'a\u0000b', '"a\u0000b"', '"a\u0000b"'],
  ['text', 'é ✓ 👍🏽 ی', 'é ✓ 👍🏽 ی', '"é ✓ 👍🏽 ی"'],
  ['text', '\u202Eevil', '\u202Eevil', '"\u202Eevil"'],
  ['text', '=1+1', "'=1+1", '"=1+1"'],
  ['text', '＝1', "'＝1", '"＝1"'],
  ['text', '@SUM(1,2)', `"'@SUM(1,2)"`, '"@SUM(1,2)"'],
  ['text', "'quoted", "''quoted", `"'quoted"`],
  ['text', '-5', '-5', '"-5"'],
  ['variant', '{"a":12345678901234567890}', '"{""a"":12345678901234567890}"', '"{""a"":12345678901234567890}"'],
  ['binary', '00FF', '00FF', '"00FF"'],
  ['fixed', '-12.50', '-12.50', '-12.50'],
  [
    'fixed',
    '12345678901234567890123456789012345678',
    '12345678901234567890123456789012345678',
    '12345678901234567890123456789012345678',
  ],
  ['fixed', null, '', String.raw`\N`],
  ['real', '1e-7', '1e-7', '1e-7'],
  ['real', '-0', '-0', '-0'],
  ['real', '-inf', "'-Infinity", '-Infinity'],
  ['real', 'NaN', 'NaN', 'NaN'],
  ['boolean', '1', 'true', 'true'],
  ['date', '18293', '2020-02-01', '2020-02-01'],
  ['date', '-735600', "'-0045-12-31", '-0045-12-31'],
  ['time', '3723.000000001', '01:02:03.000000001', '01:02:03.000000001'],
  ['timestamp_ntz', '1580559194.123456789', '2020-02-01 12:13:14.123456789', '2020-02-01 12:13:14.123456789'],
  ['timestamp_tz', '1580559194.5 1500', '2020-02-01 13:13:14.5+01:00', '2020-02-01 13:13:14.5+01:00'],
  ['interval_year_month', '14', "'+1-02", '"+1-02"'],
  ['date', 'odd, text', '"odd, text"', '"odd, text"'],
]

describe('a cell in a file', () => {
  test.each(fields)('%s %j is %j, and for an engine %j', (type, wire, person, engine) => {
    for (const [form, expected] of [
      [csv, person],
      [{ format: 'fields' }, engine],
    ] as const) {
      const line = `${expected},z\n`
      const { text } = write(form, [type, 'text'], [[wire, 'z']])
      expect(text).toBe(form.format === 'fields' ? line.replace(/z\n$/, '"z"\n') : line)
      // Wherever the wire is cut, and whatever room the buffer has.
      const short = [
        [wire, 'z'],
        [wire, 'z'],
      ]
      expect(write(form, [type, 'text'], short, 3).text).toBe(text + text)
      const long = [[wire, 'y'.repeat(400_000)], ...short]
      expect(write(form, [type, 'text'], long, 65_536).text.endsWith(text + text)).toBe(true)
    }
  })

  test('with a decimal comma: only numbers have one', () => {
    const types = ['fixed', 'real', 'text', 'fixed', 'real', 'timestamp_ntz']
    const row = ['-1.50', 'inf', '1.5;x', '12345678901234567.89', '1.5e10', '0.5']
    expect(write(german, types, [row]).text).toBe(
      '-1,50;Infinity;"1.5;x";12345678901234567,89;1,5e10;1970-01-01 00:00:00.5\n',
    )
    expect(write({ ...german, separator: 'comma' }, ['fixed', 'text'], [['-1.50', 'x']]).text).toBe('"-1,50",x\n')
  })

  test('of JSON is what events hold, a row a line', () => {
    const rows = [
      ['9007199254740993', 'é'],
      [null, 'b'],
    ]
    const types = ['fixed', 'text']
    expect(write({ format: 'ndjson' }, types, rows).text).toBe('["9007199254740993","é"]\n[null,"b"]\n')
    expect(write({ format: 'json' }, types, rows).text).toBe('["9007199254740993","é"],\n[null,"b"],\n')
  })
})

describe('dates and times of a column are held', () => {
  test.each<readonly [string, readonly string[], string | null]>([
    ['date', ['0', '18293'], 'micros'],
    ['date', ['0', '-735600'], 'text'],
    ['date', ['2932897'], 'text'],
    ['date', ['0', 'odd'], 'text'],
    ['time', ['1.000001'], 'micros'],
    ['time', ['1.000000001'], 'text'],
    ['timestamp_ntz', ['1.000001'], 'micros'],
    ['timestamp_ntz', ['1.000000001', '2'], 'nanos'],
    ['timestamp_ntz', ['1.000000001', '-62135596800'], 'text'],
    ['timestamp_ntz', ['-62135596801'], 'text'],
    ['timestamp_ltz', ['1.000001'], 'micros'],
    ['timestamp_ltz', ['1.000000001'], 'text'],
    ['timestamp_tz', ['1.000001 1440'], 'micros'],
    ['timestamp_tz', ['1 1440', '1 1500'], 'text'],
    ['timestamp_ntz', [], 'micros'],
    ['text', ['1'], null],
  ])('%s %j: %s', (type, cells, expected) => {
    const rows = cells.map((cell) => [cell])
    expect(write({ format: 'fields' }, [type], rows).moments).toEqual([expected])
  })
})
