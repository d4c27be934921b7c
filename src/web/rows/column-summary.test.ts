import { expect, test } from 'vitest'
import { ColumnKind, type Cell, type Column } from '../../contract/result.ts'
import { makeRowEngine } from './row-engine.ts'

const columnOf = (kind: ColumnKind, scale: number | null = null): Column => ({ name: 'C', type: '', kind, scale })

async function summaryOf(column: Column, cells: readonly Cell[]) {
  const engine = makeRowEngine([column], 50)
  engine.append(cells.map((cell) => [cell]))
  return await engine.summary({ sort: [], filters: [], search: '' }, 0, {})
}

test('sums and means of fixed-point numbers are exact', async () => {
  const decimals = await summaryOf(columnOf('number', 2), [
    0.1,
    0.2,
    '99999999999999999999999999999999999.99',
    null,
    -0.3,
  ])
  expect(decimals).toMatchObject({
    sum: '99999999999999999999999999999999999.99',
    mean: '24999999999999999999999999999999999.9975',
  })
  const whole = await summaryOf(columnOf('number', 0), [
    '9007199254740993',
    9_007_199_254_740_991,
    9_007_199_254_740_991,
    1,
  ])
  expect(whole).toMatchObject({ sum: '27021597764222976', mean: '6755399441055744' })
  expect(await summaryOf(columnOf('number', 2), [-1, -1, 0])).toMatchObject({ sum: '-2.00', mean: '-0.66666667' })
})

test('sums of doubles lose no more than they must', async () => {
  const doubles = await summaryOf(columnOf('number'), [1e100, 1, -1e100, 0.1])
  expect(doubles).toMatchObject({ sum: '1.1', min: -1e100, max: 1e100 })
  expect(await summaryOf(columnOf('number'), [1, 'NaN'])).toMatchObject({ sum: 'NaN', max: 'NaN' })
  expect(await summaryOf(columnOf('number'), [1, 'Infinity'])).toMatchObject({ sum: 'Infinity' })
})

test('numbers and days are counted in equal parts, text by value', async () => {
  const numbers = await summaryOf(
    columnOf('number', 0),
    Array.from({ length: 101 }, (_, at) => at),
  )
  expect(numbers.histogram).toHaveLength(20)
  expect(numbers.histogram.at(-1)).toEqual({ from: 95, to: 100, count: 6 })
  const days = await summaryOf(columnOf('date'), ['2024-01-01', '2024-01-21', '2024-01-21', null])
  expect(days).toMatchObject({ rows: 4, nulls: 1, distinct: 2, min: '2024-01-01', max: '2024-01-21', sum: null })
  expect(days.histogram[0]).toEqual({ from: '2024-01-01', to: '2024-01-02', count: 1 })
  const texts = await summaryOf(columnOf('text'), ['b', 'a', 'b', ''])
  expect(texts.histogram).toEqual([
    { from: 'b', to: 'b', count: 2 },
    { from: '', to: '', count: 1 },
    { from: 'a', to: 'a', count: 1 },
  ])
})

test('nothing to count', async () => {
  const empty = {
    rows: 1,
    nulls: 1,
    distinct: 0,
    min: null,
    max: null,
    sum: null,
    mean: null,
    histogram: [],
    values: [],
  }
  for (const kind of ColumnKind.options) expect(await summaryOf(columnOf(kind), [null])).toEqual(empty)
})
