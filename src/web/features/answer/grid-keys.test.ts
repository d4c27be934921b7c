import { expect, test } from 'vitest'
import { extendTo, moveInGrid, rangeOf, selectByKey, selectCell, type GridSelection } from './grid-keys.ts'

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

const press = (key: string, held: { readonly shiftKey?: boolean; readonly ctrlKey?: boolean } = {}) =>
  selectByKey(selectCell(from), { key, shiftKey: false, ctrlKey: false, metaKey: false, ...held }, size)
const marked = (selection: GridSelection | null) => (selection === null ? null : rangeOf(selection))

test('Shift stretches what is marked, and a key without it marks one cell', () => {
  expect(marked(press('ArrowDown', { shiftKey: true }))).toEqual({ top: 10, bottom: 11, left: 2, right: 2 })
  expect(marked(press('End', { shiftKey: true, ctrlKey: true }))).toEqual({ top: 10, bottom: 99, left: 2, right: 4 })
  expect(marked(press('ArrowUp', { shiftKey: true }))).toEqual({ top: 9, bottom: 10, left: 2, right: 2 })
  expect(marked(press('ArrowLeft'))).toEqual({ top: 10, bottom: 10, left: 1, right: 1 })
})

test('whole rows, columns and everything are marked by keys, from the cell that they start from', () => {
  expect(marked(press(' ', { shiftKey: true }))).toEqual({ top: 10, bottom: 10, left: 0, right: 4 })
  expect(marked(press(' ', { ctrlKey: true }))).toEqual({ top: 0, bottom: 99, left: 2, right: 2 })
  expect(marked(press('a', { ctrlKey: true }))).toEqual({ top: 0, bottom: 99, left: 0, right: 4 })
  expect(press('a', { ctrlKey: true })?.active).toEqual(from)
})

test('heads are in no range', () => {
  const stretched = extendTo(selectCell({ row: -1, column: 1 }), { row: 3, column: 2 })
  expect(rangeOf(stretched)).toEqual({ top: 0, bottom: 3, left: 1, right: 2 })
})
