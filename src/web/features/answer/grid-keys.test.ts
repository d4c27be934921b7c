import { expect, test } from 'vitest'
import { moveInGrid } from './grid-keys.ts'

const size = { rows: 100, columns: 5, page: 9 }
const from = { row: 10, column: 2 }

test.each([
  ['ArrowUp', false, 9, 2],
  ['ArrowDown', false, 11, 2],
  ['ArrowLeft', false, 10, 1],
  ['ArrowRight', true, 10, 4],
  ['ArrowUp', true, 0, 2],
  ['PageDown', false, 19, 2],
  ['PageUp', false, 1, 2],
  ['Home', false, 10, 0],
  ['End', true, 99, 4],
])('%s (far: %s) goes to row %i, column %i', (key, far, row, column) => {
  expect(moveInGrid(from, key, far, size)).toEqual({ row, column })
})

test('the heads are the row before the first, and there is nothing beyond the edges', () => {
  expect(moveInGrid({ row: 0, column: 0 }, 'ArrowUp', false, size)).toEqual({ row: -1, column: 0 })
  expect(moveInGrid({ row: -1, column: 0 }, 'ArrowUp', false, size)).toEqual({ row: -1, column: 0 })
  expect(moveInGrid({ row: 99, column: 4 }, 'PageDown', false, size)).toEqual({ row: 99, column: 4 })
})

test('other keys do not move', () => {
  expect(moveInGrid(from, 'a', false, size)).toBeNull()
})
