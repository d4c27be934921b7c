import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeExportProcesses } from '../src/adapters/duckdb/export/export-processes.ts'
import { makeResultFiles } from '../src/adapters/duckdb/results/result-files.ts'
import type { Cell, Column } from '../src/contract/result.ts'
import type { RowsView } from '../src/contract/result-view.ts'
import { exactCell } from '../src/contract/words/cells.ts'
import type { KeptResult } from '../src/core/ports/result-files.ts'
import type { RowBatch } from '../src/core/ports/warehouse.ts'
import { summarizeNaively, viewNaively } from '../src/web/rows/naive-rows.test-support.ts'

const column = (name: string, type: string, kind: Column['kind'], scale: number | null = null): Column => ({
  name,
  type,
  kind,
  scale,
})

/** Columns with what their cells may be; each may be NULL as well. */
const made: readonly (readonly [Column, readonly Cell[]])[] = [
  [
    column('ID', 'NUMBER(38,0)', 'number', 0),
    [1, 2, 10, -3, 0, '9007199254740993', '9007199254740992', '99999999999999999999999999999999999999'],
  ],
  [column('PRICE', 'NUMBER(12,2)', 'number', 2), [1.5, 12.5, 12.05, -0.01, 0, 1000, 1e9]],
  [column('RATIO', 'FLOAT', 'number'), [0.1, 1e-7, 1e21, 12, 'NaN', 'Infinity', '-Infinity', -2.5]],
  [column('DECIMAL', 'DECFLOAT', 'number'), [0.1, '1.2345678901234567E+100', 3, '12345678901234567890.5']],
  [
    column('NAME', 'VARCHAR', 'text'),
    [
      'item 9',
      'item 10',
      'Item 9',
      'ärger',
      'Zebra',
      'apple',
      '',
      'NULL',
      'a\u0000b',
      '\u202eabc',
      '007',
      '7',
      '🎉',
      '10%_x',
      "o'neil",
    ],
  ],
  [column('FLAG', 'BOOLEAN', 'boolean'), [true, false]],
  [column('DAY', 'DATE', 'date'), ['2024-02-29', '1999-12-31', '0044-03-15 (BC)', '9999-12-31', 'infinity']],
  [
    column('AT', 'TIMESTAMP_NTZ(9)', 'timestamp'),
    [
      '2024-02-29 10:00:00.123456789',
      '2024-02-29 10:00:00.123456788',
      '2024-02-29 10:00:00',
      '1969-12-31 23:59:59.999',
    ],
  ],
  [
    column('ZONED', 'TIMESTAMP_TZ(9)', 'timestamp'),
    [
      '2024-02-29 10:00:00.5 +02:00',
      '2024-02-29 09:00:00.5 Z',
      '2024-02-29 08:00:00.500000001 +00:00',
      '2024-02-28 23:00:00 -09:30',
    ],
  ],
  [column('CLOCK', 'TIME(9)', 'time'), ['10:00:00', '09:59:59.999999999', '10:00:00.5']],
  [column('JSON', 'VARIANT', 'nested'), ['{"a":12345678901234567890}', '[1,2]', '"x"']],
  [column('BYTES', 'BINARY', 'binary'), ['00FF', 'AB', '']],
]
const columns = made.map(([declared]) => declared)

/** A small generator of numbers that always gives the same ones. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield state / 2_147_483_648
  }
}
const draw = numbers(12)
const pick = <T>(values: readonly T[]): T => values[Math.floor(draw.next().value * values.length)] as T
const rows = Array.from({ length: 2_500 }, () =>
  made.map(([, cells]): Cell => (draw.next().value < 0.1 ? null : pick(cells))),
)

async function* batches(): AsyncGenerator<RowBatch> {
  for (let from = 0; from < rows.length; from += 700) {
    const rowsJson = JSON.stringify(rows.slice(from, from + 700))
    yield { rowsJson, rowCount: 0, bytes: rowsJson.length }
  }
}

const never = new AbortController().signal
const root = mkdtempSync(join(tmpdir(), 'floe-views-'))
let kept: KeptResult
const exporting = makeExportProcesses()
const files = makeResultFiles({
  root: join(root, 'results'),
  exports: join(root, 'exports'),
  exporting,
  maxBytes: 1e9,
  now: Date.now,
  onFault: (error) => {
    throw error
  },
})

beforeAll(async () => {
  const result = { columns, rows: { kind: 'batches', batches: batches() }, readAt: '', isWhole: () => true } as const
  kept = await files.open('a/b', () => Promise.resolve(result), never)
}, 60_000)
afterAll(async () => {
  await Promise.all([files.close(), exporting.close()])
  rmSync(root, { recursive: true, force: true })
})

const plain: RowsView = { sort: [], filters: [], search: '' }
const everything = { columns: null, from: 0, count: 10_000, maxBytes: 100e6 }
const readView = async (view: RowsView) => {
  const { rowsJson, viewRows } = await kept.window(view, everything, never)
  const found = JSON.parse(rowsJson) as Cell[][]
  expect(found).toHaveLength(viewRows)
  return found
}

test('every cell comes back as it was', async () => {
  expect(await readView(plain)).toEqual(rows)
})

describe('a view has the rows that the page would show, in its order', () => {
  test.each(
    columns.flatMap(
      ({ name }, at) =>
        [
          [name, 'ascending', at],
          [name, 'descending', at],
        ] as const,
    ),
  )('sorted by %s, %s', async (_, direction, at) => {
    const view = { ...plain, sort: [{ column: at, direction }] }
    expect(await readView(view)).toEqual(viewNaively({ columns, rows }, view))
  })

  test('sorted by several', async () => {
    const view: RowsView = {
      ...plain,
      sort: [
        { column: 5, direction: 'descending' },
        { column: 4, direction: 'ascending' },
        { column: 0, direction: 'descending' },
      ],
    }
    expect(await readView(view)).toEqual(viewNaively({ columns, rows }, view))
  })

  test.each(made.map(([{ name }, cells], at) => [name, at, cells] as const))(
    'filtered by values of %s',
    async (_, at, cells) => {
      for (const isExcluded of [true, false]) {
        const values = [null, ...cells.slice(0, 2), cells.at(-1) ?? null].map((cell) => exactCell(cell, columns[at]))
        for (const chosen of [values, values.slice(1), [null], []]) {
          const view: RowsView = { ...plain, filters: [{ kind: 'values', column: at, values: chosen, isExcluded }] }
          expect(await readView(view), JSON.stringify(view)).toEqual(viewNaively({ columns, rows }, view))
        }
      }
    },
  )

  test.each(made.map(([{ name }, cells], at) => [name, at, cells] as const))(
    'filtered by ranges of %s',
    async (_, at, cells) => {
      const [one, two] = [exactCell(cells[0] ?? null, columns[at]), exactCell(cells[1] ?? null, columns[at])]
      for (const [from, to] of [
        [one, null],
        [null, two],
        [one, two],
        [two, one],
      ]) {
        const view: RowsView = {
          ...plain,
          filters: [{ kind: 'range', column: at, from: from ?? null, to: to ?? null }],
        }
        expect(await readView(view), JSON.stringify(view)).toEqual(viewNaively({ columns, rows }, view))
      }
    },
  )

  test.each([
    'item',
    'ITEM 1',
    '12',
    '.50',
    'nan',
    'Ä',
    '%',
    '_',
    "'",
    '\u0000',
    '(bc)',
    '+02',
    'true',
    'nothing like it',
  ])('that hold %j', async (search) => {
    for (const view of [
      { ...plain, search },
      { ...plain, filters: [{ kind: 'contains' as const, column: 4, text: search }] },
    ])
      expect(await readView(view)).toEqual(viewNaively({ columns, rows }, view))
  })

  test('page by page, in any order of asking', async () => {
    const view: RowsView = { ...plain, sort: [{ column: 1, direction: 'descending' }], search: '1' }
    const whole = await readView(view)
    for (const from of [2_040, 0, 2_047, 2_048, 1_000, whole.length - 3, whole.length, 1e9]) {
      const { rowsJson, viewRows } = await kept.window(view, { columns: null, from, count: 20, maxBytes: 1e6 }, never)
      expect([JSON.parse(rowsJson), viewRows]).toEqual([whole.slice(from, from + 20), whole.length])
    }
  })

  test('as far as they fit into so many bytes, and one that does not', async () => {
    const [first = []] = rows
    const size = JSON.stringify(first).length
    const read = async (maxBytes: number) =>
      JSON.parse(
        (await kept.window(plain, { columns: null, from: 0, count: 100, maxBytes }, never)).rowsJson,
      ) as unknown[]
    expect(await read(1)).toEqual([first])
    const some = await read(size * 5)
    expect(some.length).toBeGreaterThan(1)
    expect(some.length).toBeLessThan(12)
    expect(await kept.window(plain, { columns: null, from: 3, count: 0, maxBytes: 1 }, never)).toEqual({
      rowsJson: '[]',
      viewRows: rows.length,
    })
  })
})

test.each(columns.map(({ name }, at) => [name, at] as const))(
  'the summary of %s is that of the page',
  async (_, at) => {
    const view: RowsView = { ...plain, filters: [{ kind: 'values', column: 5, values: ['true'], isExcluded: false }] }
    const summary = await kept.summary(view, { column: at, values: 50, containing: '' }, never)
    const found = viewNaively({ columns, rows }, view)
    const expected = summarizeNaively({ columns, rows }, found, at)
    expect(summary).toMatchObject({ rows: expected.rows, nulls: expected.nulls, distinct: expected.distinct })
    const sorted = viewNaively({ columns, rows }, { ...view, sort: [{ column: at, direction: 'ascending' }] })
    const present = sorted.map((row) => row[at] ?? null).filter((cell) => cell !== null)
    expect([summary.min, summary.max]).toEqual([present[0], present.at(-1)])
    const inAnyOrder = (values: typeof summary.values) =>
      values.map(({ value, count }) => `${value} ${count}`).toSorted()
    expect(inAnyOrder(summary.values)).toEqual(inAnyOrder([...expected.values]))
  },
)

test('a window has the columns that are asked for, of rows that all columns decide about', async () => {
  const view: RowsView = { ...plain, sort: [{ column: 1, direction: 'descending' }], search: '1' }
  const expected = viewNaively({ columns, rows }, view)
  for (const positions of [[0], [4, 6, 11], columns.map((_, at) => at)]) {
    const { rowsJson, viewRows } = await kept.window(view, { ...everything, columns: positions }, never)
    expect(viewRows).toBe(expected.length)
    expect(JSON.parse(rowsJson)).toEqual(expected.map((row) => positions.map((at) => row[at])))
  }
})

test('a column that there is none of is refused', async () => {
  for (const ask of [
    () => kept.summary(plain, { column: 99, values: 1, containing: '' }, never),
    () => kept.window(plain, { ...everything, columns: [0, columns.length] }, never),
    () => kept.window({ ...plain, sort: [{ column: 99, direction: 'ascending' }] }, everything, never),
  ])
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'bad_request' } })
})
