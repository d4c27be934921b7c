import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'

import { failing, run, scriptTurn } from '../../../test/support/cli-run.ts'
import { someTurnId } from '../../../test/support/scripted-services.ts'
import type { TurnFact } from '../../contract/turn-event.ts'

describe('sql', () => {
  const columns: TurnFact = {
    kind: 'result.columns',
    columns: [
      { name: 'A', type: 'VARCHAR', kind: 'text', scale: null },
      { name: 'A', type: 'NUMBER(38,2)', kind: 'number', scale: 2 },
    ],
  }
  const result = (rows: (string | number | null)[][], truncated = false): readonly TurnFact[] => [
    columns,
    ...(rows.length === 0 ? [] : [{ kind: 'result.rows', rows } as const]),
    { kind: 'result.done', rowCount: rows.length, truncated, elapsedMs: 1, bytes: 1 },
    { kind: 'turn.done' },
  ]
  const exact = [
    ['x', 12.5],
    [null, '12345678901234567890123456789012345678.25'],
  ]

  test.each([
    [
      'table',
      exact,
      'A                                          A\n─  ─────────────────────────────────────────\nx                                      12.50\nNULL  12345678901234567890123456789012345678.25\n2 rows\n'
        .replace('─  ─', '────  ─')
        .replace('A   ', 'A      ')
        .replace('x   ', 'x      '),
    ],
    ['csv', exact, 'A,A\r\nx,12.50\r\n,12345678901234567890123456789012345678.25\r\n'],
    [
      'ndjson',
      exact,
      `${JSON.stringify({ columns: 'kind' in columns && columns.kind === 'result.columns' ? columns.columns : [] })}\n["x",12.5]\n[null,"12345678901234567890123456789012345678.25"]\n{"rowCount":2,"truncated":false}\n`,
    ],
  ] as const)('--format %s prints exact values', async (format, rows, text) => {
    const { services, asked } = scriptTurn(result(rows.map((row) => [...row])))
    const { code, out, err } = await run(['sql', 'SELECT 1', '--format', format], { services })
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(text)
    expect(asked).toEqual([{ sql: 'SELECT 1', connection: 'sample', maxRows: 10_000, autoRun: true }])
  })

  test.each([[exact], [[]]])('--format json prints one document of %j', async (rows) => {
    const { services } = scriptTurn(result(rows.map((row) => [...row])))
    const { out } = await run(['sql', 'SELECT 1', '--format', 'json'], { services })
    expect(JSON.parse(out)).toEqual({
      columns: columns.kind === 'result.columns' ? columns.columns : [],
      rows,
      rowCount: rows.length,
      truncated: false,
    })
  })

  test.each([
    ['=1+1', `'=1+1`],
    ['+cmd', `'+cmd`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['-2+3', `'-2+3`],
    ['\t=1', `'\t=1`],
    ['\r=1', `"'\r=1"`],
    ['\0=1', `"'\0=1"`],
    ['＝1', `'＝1`],
    ['-5', '-5'],
    ['+1.5e3', '+1.5e3'],
    ['', '""'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    [' a', '" a"'],
    ['1=1', '1=1'],
  ])('CSV writes %j as %j', async (text, field) => {
    const { services } = scriptTurn(result([[text, 0]]))
    const { out } = await run(['sql', 'SELECT 1', '--format', 'csv'], { services })
    expect(out).toBe(`A,A\r\n${field},0.00\r\n`)
  })

  test('an empty result keeps its columns', async () => {
    const csv = await run(['sql', 'SELECT 1', '--format', 'csv'], { services: scriptTurn(result([])).services })
    const table = await run(['sql', 'SELECT 1'], { services: scriptTurn(result([])).services })
    expect([csv.out, table.out]).toEqual(['A,A\r\n', 'A  A\n─  ─\n0 rows\n'])
  })

  test('a result cut short says so on stderr in every format', async () => {
    for (const format of ['table', 'csv', 'json', 'ndjson']) {
      const { services } = scriptTurn(result([['x', 1]], true))
      expect((await run(['sql', 'SELECT 1', '--format', format], { services })).err).toContain('--max-rows')
    }
  })

  test('ndjson ends with a line that says whether it is whole', async () => {
    const lines = async (truncated: boolean): Promise<readonly string[]> => {
      const { services } = scriptTurn(result([['x', 1]], truncated))
      return (await run(['sql', 'SELECT 1', '--format', 'ndjson'], { services })).out.trimEnd().split('\n').slice(1)
    }
    expect(await lines(true)).toEqual(['["x",1]', '{"rowCount":1,"truncated":true}'])
    expect(await lines(false)).toEqual(['["x",1]', '{"rowCount":1,"truncated":false}'])
  })

  test('--bom begins csv with a byte order mark', async () => {
    const argv = ['sql', 'SELECT 1', '--format', 'csv', '--bom']
    expect((await run(argv, { services: scriptTurn(result([['Zoë', 1]])).services })).out).toBe(
      '\ufeffA,A\r\nZoë,1.00\r\n',
    )
  })

  test('a wide table is cut to a terminal and only to a terminal', async () => {
    const rows = [['wide 🌊 '.repeat(30), 1]]
    const narrow = await run(['sql', 'SELECT 1'], { services: scriptTurn(result(rows)).services, columns: 30 })
    const whole = await run(['sql', 'SELECT 1'], { services: scriptTurn(result(rows)).services })
    expect(Math.max(...narrow.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(30)
    expect(narrow.out).toContain('…')
    expect(whole.out).toContain('wide 🌊 '.repeat(30))
  })

  test('a long result flows on after the widths are settled', async () => {
    const many = Array.from({ length: 600 }, (_, index) => [`row ${index}`, index])
    const facts = result([])
    const rows: TurnFact = { kind: 'result.rows', rows: many }
    const { services } = scriptTurn([columns, rows, rows, rows, ...facts.slice(1)])
    const { out } = await run(['sql', 'SELECT 1'], { services })
    expect(out.split('\n').filter((line) => line.startsWith('row ')).length).toBe(1_800)
  })

  test('- reads the query from stdin', async () => {
    const { services, asked } = scriptTurn(result([]))
    await run(['sql', '-', '--max-rows', '5'], { services, stdin: 'SELECT\n1' })
    expect(asked).toEqual([{ sql: 'SELECT\n1', connection: 'sample', maxRows: 5, autoRun: true }])
  })

  test('refused SQL prints nothing on stdout and ends with 4', async () => {
    const { services } = scriptTurn([failing('sql_refused')])
    const { code, out, err } = await run(['sql', 'DROP TABLE T', '--format', 'csv'], { services })
    expect([code, out]).toEqual([4, ''])
    expect(err).toContain('It went wrong.')
  })
})

describe('sql into a file', () => {
  const orders: unknown[] = []
  const saved: string[] = []
  const written = { rowCount: 1_234, truncated: false, elapsedMs: 1, bytes: 4, file: 'parquet' } as const
  const { services } = scriptTurn([{ kind: 'result.done', ...written }, { kind: 'turn.done' }], {
    turns: {
      ask: async (_caller, { sql, connection, autoRun }, file) => {
        orders.push({ sql, connection, autoRun, form: file?.form, maxRows: file?.maxRows })
        await file?.deliver({
          rowCount: written.rowCount,
          bytes: written.bytes,
          content: Readable.from([Buffer.from('PAR1')]),
          saveAs: (path) => Promise.resolve(void saved.push(path)),
          read: () => Readable.from([]),
          discard: () => Promise.resolve(),
        })
        return { turnId: someTurnId }
      },
    },
  })

  test('parquet goes to standard output, every row', async () => {
    const { code, out, err } = await run(['sql', 'SELECT 1', '--format', 'parquet'], { services })
    expect([code, out, err]).toEqual([0, 'PAR1', 'floe: 1,234 rows, 4 bytes\n'])
    expect(orders.at(-1)).toEqual({
      sql: 'SELECT 1',
      connection: 'sample',
      autoRun: true,
      form: { format: 'parquet' },
      maxRows: null,
    })
  })

  test('--output takes the file as a whole, --max-rows cuts it', async () => {
    const path = join(tmpdir(), 'floe-out.csv')
    const argv = ['sql', 'SELECT 1', '--format', 'csv', '--output', path, '--max-rows', '5']
    expect(await run(argv, { services })).toMatchObject({ code: 0, out: '' })
    expect(saved).toEqual([path])
    expect(orders.at(-1)).toMatchObject({ form: { format: 'csv' }, maxRows: 5 })
  })

  test.each([
    [['--bom', '--output', join(tmpdir(), 'marked.csv')], { byteOrderMark: true }],
    [['--separator', 'semicolon', '--decimal-mark', 'comma'], { separator: 'semicolon', decimalMark: 'comma' }],
  ])('csv is written with %j', async (options, form) => {
    expect(await run(['sql', 'SELECT 1', '--format', 'csv', ...options], { services })).toMatchObject({ code: 0 })
    expect(orders.at(-1)).toMatchObject({ form: { format: 'csv', ...form } })
  })

  test.each(['json', 'ndjson', 'xlsx'])('a whole result goes into a file as %s', async (format) => {
    const argv = ['sql', 'SELECT 1', '--format', format, '--output', join(tmpdir(), 'whole')]
    expect(await run(argv, { services })).toMatchObject({ code: 0, out: '' })
    expect(orders.at(-1)).toMatchObject({ form: { format }, maxRows: null })
  })

  test.each([
    ['a byte order mark before parquet', ['--format', 'parquet', '--bom'], {}],
    ['a format that is no file', ['--format', 'table', '--output', 'x.txt'], {}],
    ['a folder that is not there', ['--format', 'csv', '--output', '/nowhere/at/all.csv'], {}],
    ['parquet on a terminal', ['--format', 'parquet'], { columns: 80 }],
    ['a workbook on a terminal', ['--format', 'xlsx'], { columns: 80 }],
    ['a separator in json', ['--format', 'json', '--separator', 'tab'], {}],
  ])('%s is refused before anything runs', async (_, argv, options) => {
    const before = orders.length
    expect(await run(['sql', 'SELECT 1', ...argv], { services, ...options })).toMatchObject({ code: 2, out: '' })
    expect(orders).toHaveLength(before)
  })
})
