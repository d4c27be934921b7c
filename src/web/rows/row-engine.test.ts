import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, Column, ColumnKind } from '../../contract/result.ts'
import type { ResultFilter, RowsView } from '../../contract/result-view.ts'
import { exactCell } from '../../contract/words/cells.ts'
import type { Row } from '../turns/turn-view.ts'
import { summarizeNaively, viewNaively } from './naive-rows.test-support.ts'
import { makeRowEngine } from './row-engine.ts'

const plainView: RowsView = { sort: [], filters: [], search: '' }
const columnOf = (kind: ColumnKind, scale: number | null = null): Column => ({ name: 'C', type: '', kind, scale })

const engineOf = (columns: readonly Column[], rows: readonly Row[]) => {
  const engine = makeRowEngine(columns, 50)
  engine.append(rows)
  return engine
}

/** Cells as the server sends them, the odd ones above all. */
const hostile: Readonly<Record<ColumnKind, readonly Cell[]>> = {
  number: [
    0,
    -0,
    1,
    -1,
    2.5,
    0.1,
    1e21,
    -1e-7,
    5e-324,
    1.797e308,
    2_147_483_648,
    9_007_199_254_740_991,
    '9007199254740993',
    '9007199254740992',
    '-9007199254740993',
    '99999999999999999999999999999999999999',
    '99999999999999999999999999999999999998',
    '0.10000000000000000001',
    '0.1',
    '1.0',
    '1',
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '',
    'no number',
  ],
  text: [
    '',
    'NULL',
    'a',
    'A',
    'Ä',
    'ä',
    'b',
    'Part 2',
    'Part 10',
    'part 10',
    'Part 010',
    '007',
    '7',
    '=cmd|1',
    '<b>',
    '‮abc',
    'é',
    'é',
    '👩‍👩‍👧',
    '\u0000',
    'ß',
    'STRASSE',
    'x'.repeat(300),
    `${'x'.repeat(300)}y`,
    ' a',
    '-1',
    'İ',
  ],
  boolean: [true, false],
  date: [
    '1970-01-01',
    '1969-12-31',
    '2024-02-29',
    '9999-12-31',
    '0044-03-15 (BC)',
    '-0043-03-15',
    '10000-01-01',
    'infinity',
    '-infinity',
    '2023-02-29',
    'soon',
  ],
  time: ['00:00:00', '23:59:59.999999', '23:59:59.999999999', '01:02:03.5', '01:02:03+05:30', '24:00:00'],
  timestamp: [
    '1970-01-01 00:00:00',
    '1969-12-31 23:59:59.999999',
    '2024-02-29 12:00:00.1',
    '2024-02-29 12:00:00.10',
    '2024-02-29T12:00:00.1',
    '2024-02-29 12:00:00.123456789',
    '2024-02-29 12:00:00.123456',
    '2024-02-29 12:00:00+00:00',
    '2024-02-29 14:00:00+02:00',
    '2024-02-29 04:00:00-08:00',
    '2024-02-29 12:00:00Z',
    '0044-03-15 (BC) 10:30:00',
    '9999-12-31 23:59:59.999999',
    '9999-12-31 23:59:59.999998',
    '2300-01-01 00:00:00',
    'infinity',
    '-infinity',
    'later',
  ],
  binary: ['', '00', 'FF', 'ff', '0A'],
  nested: ['{}', '[1,9007199254740993]', '{"a":"<script>"}', 'null'],
}

const kinds = Object.keys(hostile) as ColumnKind[]

const cellOf = (kind: ColumnKind): fc.Arbitrary<Cell> => {
  const listed = fc.constantFrom<Cell>(null, ...hostile[kind])
  if (kind === 'number')
    return fc.oneof({ arbitrary: listed, weight: 3 }, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  if (kind === 'text') return fc.oneof({ arbitrary: listed, weight: 3 }, fc.string({ unit: 'binary', maxLength: 6 }))
  return listed
}

/** A table of some columns, with views that name its values. */
const tables = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }).chain((chosen) =>
  fc.record({
    columns: fc.constant(chosen.map((kind) => columnOf(kind))),
    rows: fc.array(fc.tuple(...chosen.map(cellOf)) as fc.Arbitrary<Row>, { maxLength: 40 }),
  }),
)

const filterFor = (columns: readonly Column[]): fc.Arbitrary<ResultFilter> =>
  fc.integer({ min: 0, max: columns.length - 1 }).chain((column): fc.Arbitrary<ResultFilter> => {
    const text = cellOf(columns[column]?.kind ?? 'text').map((cell) => exactCell(cell, columns[column]))
    return fc.oneof(
      fc.record({
        kind: fc.constant('values' as const),
        column: fc.constant(column),
        values: fc.array(text, { maxLength: 6 }),
        isExcluded: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('range' as const), column: fc.constant(column), from: text, to: text }),
      fc.record({
        kind: fc.constant('contains' as const),
        column: fc.constant(column),
        text: text.map((all) => all?.slice(0, 3) ?? ''),
      }),
    )
  })

const viewFor = (columns: readonly Column[]): fc.Arbitrary<RowsView> =>
  fc.record({
    sort: fc.array(
      fc.record({
        column: fc.integer({ min: 0, max: columns.length - 1 }),
        direction: fc.constantFrom('ascending' as const, 'descending' as const),
      }),
      { maxLength: 3 },
    ),
    filters: fc.array(filterFor(columns), { maxLength: 2 }),
    search: fc.constantFrom('', '', 'a', '1', 'Ä', '12:0', 'null', 'e'),
  })

const cases = tables.chain((table) =>
  fc.tuple(fc.constant(table), fc.array(viewFor(table.columns), { minLength: 1, maxLength: 6 })),
)

describe('equal to the same said row by row', () => {
  test('views, one after the other over the same engine', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([table, views]) => {
        const engine = engineOf(table.columns, table.rows)
        for (const view of views) {
          const expected = viewNaively(table, view)
          expect(await engine.count(view)).toBe(expected.length)
          expect(await engine.rows(view, { from: 0, count: 100 })).toEqual(expected)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('a view that adds a filter to one that was asked for before', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([table, [view = plainView, ...others]]) => {
        const engine = engineOf(table.columns, table.rows)
        await engine.count(view)
        for (const end of others.keys()) {
          const filters = [view, ...others.slice(0, end + 1)].flatMap((each) => each.filters)
          const grown = { ...view, filters }
          expect(await engine.rows(grown, { from: 0, count: 100 })).toEqual(viewNaively(table, grown))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('summaries', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([table, [view = plainView]]) => {
        const engine = engineOf(table.columns, table.rows)
        const rows = viewNaively(table, view)
        for (const at of table.columns.keys()) {
          const summary = await engine.summary(view, at, { valueCount: 100 })
          const expected = summarizeNaively(table, rows, at)
          expect(summary).toMatchObject({ rows: expected.rows, nulls: expected.nulls, distinct: expected.distinct })
          const texts = ({ value, count }: { value: Cell; count: number }) =>
            `${count} ${exactCell(value, table.columns[at])}`
          expect(summary.values.map(texts).toSorted()).toEqual(expected.values.map(texts).toSorted())
          expect(summary.values.map(({ count }) => count)).toEqual(expected.values.map(({ count }) => count))
        }
      }),
      { numRuns: 200 },
    )
  })
})

test('digits of fixed-point numbers are found as they are written', async () => {
  const numbers = fc.oneof(
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -0, 5, 100, 7_007),
  )
  const digits = fc.oneof(fc.nat({ max: 120 }).map(String), fc.constantFrom('0', '00', '007', '70', '.0', '0.', '-1'))
  const wanted = fc.tuple(fc.constantFrom(0, 1, 2, 6), fc.array(numbers, { maxLength: 30 }), digits)
  await fc.assert(
    fc.asyncProperty(wanted, async ([scale, whole, search]) => {
      const rows = whole.map((units): Row => [Math.trunc(units % 10 ** 14) / 10 ** scale])
      const table = { columns: [columnOf('number', scale)], rows }
      const view = { ...plainView, search }
      expect(await engineOf(table.columns, rows).rows(view, { from: 0, count: 99 })).toEqual(viewNaively(table, view))
    }),
    { numRuns: 500 },
  )
})

describe('work', () => {
  const column = columnOf('text')
  const many = Array.from({ length: 300_000 }, (_, at): Row => [`text ${(at * 7_919) % 300_000}`])
  const sorted: RowsView = { ...plainView, sort: [{ column: 0, direction: 'ascending' }] }

  test('is given up once nobody waits for it', async () => {
    const engine = makeRowEngine([column], 5)
    engine.append(many)
    const [first, second] = [new AbortController(), new AbortController()]
    const asked = [engine.count(sorted, first.signal), engine.count(sorted, second.signal)]
    first.abort(new Error('first'))
    await expect(asked[0]).rejects.toThrow('first')
    // The other one still waits for the same view.
    expect(await asked[1]).toBe(many.length)
    const third = new AbortController()
    const last = engine.count({ ...sorted, search: 'text 77' }, third.signal)
    third.abort(new Error('third'))
    await expect(last).rejects.toThrow('third')
  })

  test('lets others have their turn in between', async () => {
    const engine = makeRowEngine([column], 5)
    engine.append(many)
    const ends: string[] = []
    const long = engine.count(sorted).then(() => ends.push('long'))
    const summary = engine.summary(plainView, 0, {}).then(() => ends.push('summary'))
    const filtered = engine.count({ ...plainView, search: 'text 7' }).then(() => ends.push('newest'))
    await engine.rows(plainView, { from: 0, count: 1 }).then(() => ends.push('short'))
    await Promise.all([long, summary, filtered])
    expect(ends).toEqual(['short', 'newest', 'long', 'summary'])
  })

  test('asked for before rows were added is done without them, and anew with them', async () => {
    const engine = engineOf([column], [['b'], ['a']])
    const before = engine.rows(sorted, { from: 0, count: 9 })
    engine.append([['A'], ['0']])
    expect(await before).toEqual([['a'], ['b']])
    expect(await engine.rows(sorted, { from: 0, count: 9 })).toEqual([['0'], ['a'], ['A'], ['b']])
  })

  test('ten thousand columns, and cells of a megabyte', async () => {
    const wide = Array.from({ length: 10_000 }, (_, at) => columnOf(at % 2 === 0 ? 'number' : 'text'))
    const engine = engineOf(
      wide,
      Array.from({ length: 20 }, (_, row): Row => wide.map((_each, at) => (at % 2 === 0 ? row : `v${row}`))),
    )
    const last: RowsView = { ...plainView, search: 'V19' }
    expect(await engine.count(last)).toBe(1)
    const long = engineOf(
      [column],
      Array.from({ length: 20 }, (_, row): Row => [`${'x'.repeat(1_000_000)}${row}`]),
    )
    expect(await long.count({ ...plainView, search: 'X19' })).toBe(1)
    expect((await long.rows(sorted, { from: 9, count: 1 }))[0]?.[0]).toHaveLength(1_000_001)
  })
})
