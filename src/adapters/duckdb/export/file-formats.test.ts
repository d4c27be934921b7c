import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { strFromU8, unzipSync } from 'fflate'
import { readSheet } from 'read-excel-file/node'
import { afterAll, describe, expect, test } from 'vitest'
import type { FileForm } from '../../../contract/result-file.ts'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import { makeExportingFolder } from './exporter.test-support.ts'

const never = new AbortController().signal
const folder = await makeExportingFolder('id\n1\n')
afterAll(() => folder.remove())

async function write(sql: string, form: FileForm, maxRows: number | null = null): Promise<Buffer> {
  const options = { form, maxRows, timeoutMs: 60_000, signal: never }
  return await buffer(Readable.from((await folder.exporter.export(sql as ReadOnlySql, options)).content))
}
const text = async (sql: string, form: FileForm, maxRows: number | null = null) =>
  (await write(sql, form, maxRows)).toString('utf8')

describe('csv', () => {
  const sql = `SELECT -1.50::DECIMAL(9, 2) AS "a;b", 'x;y' AS s, 0.5::DOUBLE AS f, '-1,5' AS t, NULL AS n`

  test.each<readonly [Omit<FileForm, 'format'>, string]>([
    [{}, `a;b,s,f,t,n\n-1.50,x;y,0.5,"'-1,5",\n`],
    [{ separator: 'semicolon', decimalMark: 'comma' }, `"a;b";s;f;t;n\n-1,50;"x;y";0,5;'-1,5;\n`],
    [{ separator: 'tab' }, `a;b\ts\tf\tt\tn\n-1.50\tx;y\t0.5\t'-1,5\t\n`],
    [{ separator: 'semicolon', byteOrderMark: true }, `\ufeff"a;b";s;f;t;n\n-1.50;"x;y";0.5;'-1,5;\n`],
  ])('with %j', async (marks, written) => {
    expect(await text(sql, { format: 'csv', ...marks })).toBe(written)
  })

  test('without rows has its head, marked or not', async () => {
    const none = 'SELECT 1 AS "=a" WHERE FALSE'
    expect(await text(none, { format: 'csv' })).toBe("'=a\n")
    expect(await text(none, { format: 'csv', byteOrderMark: true })).toBe("\ufeff'=a\n")
  })
})

describe('json', () => {
  const sql = `SELECT range AS n, 'x"' || chr(10) || chr(1) AS t, 12345678901234567890::DECIMAL(20, 0) AS d FROM range(2)`
  const row = (n: number) => [n, 'x"\n\u0001', '12345678901234567890']

  test('holds columns, rows, and whether they are all', async () => {
    const whole = JSON.parse(await text(sql, { format: 'json' })) as unknown
    expect(whole).toMatchObject({ rows: [row(0), row(1)], rowCount: 2, truncated: false })
    expect(whole).toMatchObject({
      columns: [{ name: 'n', kind: 'number' }, { name: 't' }, { name: 'd', type: 'NUMBER(20,0)' }],
    })
    expect(JSON.parse(await text(sql, { format: 'json' }, 2))).toMatchObject({ rowCount: 2, truncated: true })
    expect(JSON.parse(await text(`${sql} WHERE FALSE`, { format: 'json' }))).toMatchObject({ rows: [], rowCount: 0 })
  })

  test.each([
    [sql, 2],
    [`${sql} WHERE FALSE`, 0],
  ])('as lines ends with a line that says whether it is whole: %s', async (query, rows) => {
    const written = await text(query, { format: 'ndjson' })
    expect(written.endsWith('\n')).toBe(true)
    const lines = written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toHaveLength(rows + 2)
    expect(lines[0]).toMatchObject({ columns: [{ name: 'n' }, { name: 't' }, { name: 'd' }] })
    expect(lines.slice(1, -1)).toEqual([row(0), row(1)].slice(0, rows))
    expect(lines.at(-1)).toEqual({ rowCount: rows, truncated: false })
  })
})

describe('xlsx', () => {
  const book = async (sql: string) => await write(sql, { format: 'xlsx' })
  const sheet = async (sql: string, index = 1) => await readSheet(await book(sql), index)
  const xml = async (sql: string, part = 'xl/worksheets/sheet1.xml') =>
    strFromU8(unzipSync(await book(sql))[part] ?? new Uint8Array())

  test('keeps types, gaps and every digit', async () => {
    const sql = `SELECT 1.50::DECIMAL(9, 2) AS d, 123456789012345::BIGINT AS i, 1234567890123456::BIGINT AS j,
      1.5::DECIMAL(38, 20) AS e, 0.1234567890123456::DECIMAL(38, 20) AS g, TRUE AS b, NULL AS n, '' AS t, 'NaN'::DOUBLE AS x,
      0.1::DOUBLE + 0.2::DOUBLE AS f, 170141183460469231731687303715884105727 AS h`
    const [, row] = await sheet(sql)
    expect(row).toEqual([
      1.5,
      123_456_789_012_345,
      '1234567890123456',
      1.5,
      '0.12345678901234560000',
      true,
      null,
      null,
      'NaN',
      0.300_000_000_000_000_04,
      '170141183460469231731687303715884105727',
    ])
    expect(await xml(sql)).toContain('<c r="H2" t="inlineStr"><is><t xml:space="preserve"></t></is></c>')
  })

  test('days and moments are such where a spreadsheet can hold them, and text where it cannot', async () => {
    const sql = `SELECT DATE '2024-02-29' AS a, DATE '1900-02-28' AS b, TIMESTAMP '2024-01-02 03:04:05.678' AS c,
      TIMESTAMP '2024-01-02 03:04:05.678901' AS d, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS e, TIME '01:02:03' AS f`
    const [, row] = await sheet(sql)
    expect(row?.slice(0, 5)).toEqual([
      new Date('2024-02-29T00:00:00Z'),
      '1900-02-28',
      new Date('2024-01-02T03:04:05.678Z'),
      '2024-01-02 03:04:05.678901',
      '2024-01-01 00:00:00+00:00',
    ])
    expect(await xml(sql)).toMatch(/<c r="F2" s="5"><v>0\.043090277777777\d*<\/v><\/c>/)
  })

  test('what would run as a formula is marked as text and stays as it is', async () => {
    const sql = `SELECT '=cmd|x' AS "=a", '-5' AS b, '@x' AS c`
    const [head, row] = await sheet(sql)
    expect([head, row]).toEqual([
      ['=a', 'b', 'c'],
      ['=cmd|x', '-5', '@x'],
    ])
    expect((await xml(sql)).match(/<c r="[AC]2" t="inlineStr" s="6">/g)).toHaveLength(2)
    expect(await xml(sql)).not.toContain('<f>')
  })

  test('characters that XML cannot hold, or would change, are escaped', async () => {
    const sql = `SELECT 'a' || chr(0) || chr(13) || chr(9) || '<b>&' || chr(65535) || '_x0041_' AS t, ' spaced ' AS s, '🌊' AS w`
    expect(await xml(sql)).toContain('a_x0000__x000D_\t&lt;b&gt;&amp;_xFFFF__x005F_x0041_')
    expect(await xml(sql)).toContain('<t xml:space="preserve"> spaced </t>')
    expect(await xml(sql)).toContain('🌊')
  })

  test('a text that no cell holds is cut and says so', async () => {
    const lengths = await sheet(
      `SELECT (SELECT string_agg('x', '') FROM range(32767)) AS a, (SELECT string_agg('x', '') FROM range(40000)) AS b, (SELECT string_agg('🌊', '') FROM range(20000)) AS c, (SELECT string_agg('é', '') FROM range(32767)) AS d`,
    )
    const [a, b, c, d] = (lengths[1] ?? []).map(String)
    expect([a?.length, d?.length]).toEqual([32_767, 32_767])
    expect(b).toMatch(/x… \(cut: 40000 characters\)$/)
    expect(c).toMatch(/🌊… \(cut: 20000 characters\)$/u)
    expect(Math.max(b?.length ?? 0, c?.length ?? 0)).toBeLessThanOrEqual(32_767)
  })

  test('more rows than a sheet holds go on in the next, and the notes say so', async () => {
    const parts = unzipSync(await book('SELECT range AS n FROM range(1048580)'))
    const rows = (name: string) =>
      strFromU8(parts[`xl/worksheets/${name}.xml`] ?? new Uint8Array()).match(/<row /g)?.length
    expect([rows('sheet1'), rows('sheet2')]).toEqual([1_048_576, 6])
    expect(strFromU8(parts['xl/workbook.xml'] ?? new Uint8Array())).toMatch(/"Result".*"Result 2".*"Notes"/)
    expect(strFromU8(parts['xl/worksheets/sheet3.xml'] ?? new Uint8Array())).toContain('over 2 sheets')
  })

  test('no rows leave the head; names that repeat stay as they are', async () => {
    expect(await sheet('SELECT 1 AS a, 2 AS a WHERE FALSE')).toEqual([['a', 'a']])
  })

  test('the second sheet tells the types', async () => {
    expect((await sheet('SELECT 1.5::DECIMAL(9, 2) AS price', 2)).at(-1)).toEqual(['price', 'NUMBER(9,2)'])
  })

  test('more columns than a sheet holds are refused with another way', async () => {
    const columns = Array.from({ length: 16_385 }, (_, index) => `${index} AS c${index}`).join(', ')
    await expect(book(`SELECT ${columns}`)).rejects.toMatchObject({
      problem: { code: 'sql_unsupported', action: expect.stringContaining('another format') as string },
    })
  })
})
