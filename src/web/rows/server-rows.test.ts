import { expect, test } from 'vitest'
import type { Cell, Column } from '../../contract/result.ts'
import { maxColumnSpans } from '../../contract/results-api.ts'
import type { RowsView, RowsWindow } from '../../contract/result-view.ts'
import { openServerRows, type ResultsClient } from './server-rows.ts'

const view: RowsView = { sort: [], filters: [], search: '' }
const rowCount = 30

/** A server that keeps `rowCount` rows of so many columns, and what it was asked for. A window of it has at most `mostRows` rows. */
async function open(columnCount: number, mostRows = rowCount) {
  const columns = Array.from({ length: columnCount }, (_, at): Column => ({
    name: `C${at}`,
    type: 'FLOAT',
    kind: 'number',
    scale: null,
  }))
  const asked: (string | undefined)[] = []
  const answer = ({
    from = 0,
    count = 0,
    columns: named,
  }: {
    from?: unknown
    count?: unknown
    columns?: string | undefined
  }) => {
    const spans = named?.split(',').map((span) => span.split('-').map(Number)) ?? [[0, columnCount - 1]]
    const positions = spans.flatMap(([first = 0, last = first]) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    )
    asked.push(named)
    const there = Math.max(0, Math.min(Number(count), mostRows, rowCount - Number(from)))
    const rows = Array.from({ length: there }, (_, row) =>
      positions.map((at): Cell => (Number(from) + row) * 100_000 + at),
    )
    const about = {
      from: Number(from),
      viewRows: rowCount,
      allRows: rowCount,
      isWhole: true,
      readAt: '2026-11-02T08:15:00.000Z',
    }
    return Promise.resolve({
      columns: positions.flatMap((at) => columns[at] ?? []),
      rows,
      ...about,
    } satisfies RowsWindow)
  }
  const api = { turns: { rows: answer } } as unknown as ResultsClient
  const source = await openServerRows({ api, turnId: crypto.randomUUID(), columns })
  expect(asked.splice(0)).toEqual(['0'])
  return { source, asked }
}

test('is opened without a row, and knows how many there are', async () => {
  const { source, asked } = await open(10_000)
  expect([source.allRows, source.columns.length]).toEqual([rowCount, 10_000])
  expect(await source.count(view)).toBe(rowCount)
  expect(asked).toEqual([])
})

test('columns are read in the order they are asked for, each sent once', async () => {
  const { source, asked } = await open(1_000)
  expect(await source.rows(view, { from: 1, count: 2, columns: [9, 3, 4, 999, 9] })).toEqual([
    [100_009, 100_003, 100_004, 100_999, 100_009],
    [200_009, 200_003, 200_004, 200_999, 200_009],
  ])
  expect(asked).toEqual(['3-4,9,999'])
})

test('more columns apart than one request can name are read by several', async () => {
  const { source, asked } = await open(10_000)
  const columns = Array.from({ length: 1_201 }, (_, at) => 2 * at)
  const rows = await source.rows(view, { from: 0, count: 3, columns })
  expect(rows).toEqual([0, 1, 2].map((row) => columns.map((at) => row * 100_000 + at)))
  expect(asked.map((named) => named?.split(',').length)).toEqual([maxColumnSpans, maxColumnSpans, 201])
})

test('windows with fewer rows than asked for are read on, also column by column', async () => {
  const { source, asked } = await open(300, 4)
  expect(await source.rows(view, { from: 20, count: 100, columns: [299] })).toEqual(
    Array.from({ length: 10 }, (_, row) => [(20 + row) * 100_000 + 299]),
  )
  expect(await source.rows(view, { from: 27, count: 100 })).toHaveLength(3)
  expect(asked).toEqual(['299', '299', '299', undefined])
})
