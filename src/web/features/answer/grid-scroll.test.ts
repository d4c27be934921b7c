import { expect, test } from 'vitest'
import { longestPx, scrolledTo, type RowScroll } from './grid-scroll.ts'

const start: RowScroll = { virtualPx: 0, scrollPx: 0 }
const framePx = 500
const long = { totalPx: 5_000_000 * 34, framePx }

test('a table that a browser can draw is scrolled as it is', () => {
  expect(scrolledTo(start, 12_345, { totalPx: 340_000, framePx })).toEqual({ virtualPx: 12_345, scrollPx: 12_345 })
})

test('in a longer one small steps move the rows by as much', () => {
  const there = scrolledTo(start, longestPx / 2, long)
  const next = scrolledTo(there, there.scrollPx + 100, long)
  expect(next.virtualPx - there.virtualPx).toBe(100)
})

test('a leap goes to the share of the rows that the bar shows, and both ends are reached', () => {
  const last = longestPx - framePx
  const halfway = scrolledTo(start, last / 2, long)
  expect(halfway.virtualPx / (long.totalPx - framePx)).toBeCloseTo(0.5, 6)
  expect(scrolledTo(halfway, last, long).virtualPx).toBe(long.totalPx - framePx)
  expect(scrolledTo(halfway, 0, long).virtualPx).toBe(0)
})

test('every row of a long table is reached in small steps from the end', () => {
  let scroll = scrolledTo(start, longestPx - framePx, long)
  for (let step = 0; step < 1_000; step += 1) scroll = scrolledTo(scroll, scroll.scrollPx - 34, long)
  expect(scroll.virtualPx).toBe(long.totalPx - framePx - 34_000)
})
