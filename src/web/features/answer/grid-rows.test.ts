import { expect, test } from 'vitest'
import type { Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { RowSource, RowsRange } from '../../rows/row-source.ts'
import { makeRowPages } from './grid-rows.ts'

const view: RowsView = { sort: [], filters: [], search: '' }

/** A source of `rows` rows that notes what it is asked for; its cells tell row and column. */
function open(columnCount: number, { isRemote = false, rows = 1_000 } = {}) {
  const asked: RowsRange[] = []
  const signals: AbortSignal[] = []
  const columns = Array.from({ length: columnCount }, (_, at): Column => ({
    name: `C${at}`,
    type: 'VARCHAR',
    kind: 'text',
    scale: null,
  }))
  const source: RowSource = {
    columns,
    allRows: rows,
    isRemote,
    count: () => Promise.resolve(rows),
    rows(_view, range, signal = new AbortController().signal) {
      asked.push(range)
      signals.push(signal)
      const positions = range.columns ?? columns.keys().toArray()
      const there = Math.min(range.count, rows - range.from)
      return Promise.resolve(
        Array.from({ length: there }, (_, row) => positions.map((at) => `${range.from + row}.${at}`)),
      )
    },
    summary: () => Promise.reject(new Error('Nobody asks for a summary.')),
    dispose: () => undefined,
  }
  return { source, asked, signals }
}

/** Makes pages, and resolves once they have changed so often. */
async function changed(source: RowSource, times: number, want: (pages: ReturnType<typeof makeRowPages>) => void) {
  const { promise, resolve } = Promise.withResolvers<null>()
  let left = times
  const pages = makeRowPages(source, view, () => {
    left -= 1
    if (left === 0) resolve(null)
  })
  want(pages)
  await promise
  return pages
}

test('rows of up to two hundred columns are fetched whole', async () => {
  const { source, asked } = open(200)
  const pages = await changed(source, 3, (made) => made.want(190, 210, [0, 199]))
  expect(asked).toEqual([
    { from: 0, count: 200 },
    { from: 200, count: 200 },
  ])
  expect([pages.cellAt(0, 0), pages.cellAt(205, 199), pages.cellAt(400, 0)]).toEqual(['0.0', '205.199', undefined])
})

test('of more columns the blocks are fetched that hold those in sight', async () => {
  const { source, asked } = open(1_050)
  const pages = await changed(source, 3, (made) => made.want(0, 20, [199, 200, 201, 1_049]))
  expect(asked.map(({ from, columns }) => [from, columns?.[0], columns?.length])).toEqual([
    [0, 100, 100],
    [0, 200, 100],
    [0, 1_000, 50],
  ])
  expect([199, 200, 1_049].map((at) => pages.cellAt(7, at))).toEqual(['7.199', '7.200', '7.1049'])
  expect([pages.cellAt(7, 0), pages.cellAt(100, 199)]).toEqual([undefined, undefined])
  const before = asked.length
  pages.want(0, 20, [250, 110])
  expect(asked).toHaveLength(before)
})

test('blocks that are no longer looked at are given up, and begun anew once they are', () => {
  const { source, asked, signals } = open(1_000)
  const pages = makeRowPages(source, view, () => undefined)
  pages.want(0, 20, [0])
  pages.want(0, 20, [500])
  pages.want(0, 20, [0, 500])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false])
  expect(asked.map(({ columns }) => columns?.[0])).toEqual([0, 500, 0])
})

test('on the server rows beside those in sight are fetched with them, within the view', async () => {
  const { source, asked } = open(1_000, { isRemote: true, rows: 250 })
  const pages = await changed(source, 1, () => undefined)
  pages.want(200, 220, [0])
  expect(asked.map(({ from }) => from)).toEqual([100, 200])
})

test('what was looked at last stays where there are too many pages', async () => {
  const { source, asked } = open(10_000)
  const pages = makeRowPages(source, view, () => undefined)
  for (let block = 0; block < 80; block += 1) {
    pages.want(0, 20, [0, block * 100])
    await Promise.resolve()
    await Promise.resolve()
  }
  await expect.poll(() => pages.cellAt(0, 7_900)).toBe('0.7900')
  expect([pages.cellAt(0, 0), pages.cellAt(0, 100)]).toEqual(['0.0', undefined])
  expect(asked.filter(({ columns }) => columns?.[0] === 0)).toHaveLength(1)
})
