import { expect, test } from 'vitest'
import type { ResultFilter } from '../../../contract/result-view.ts'
import {
  hideColumns,
  keepView,
  moveColumn,
  pinColumn,
  plainView,
  pressHead,
  recallView,
  resizeColumn,
  showsAllRows,
  shownColumns,
  sortBy,
  withFilter,
  withoutFilter,
  type GridView,
} from './grid-view.ts'

const shown = (view: GridView): readonly number[] => shownColumns(view, 5)
const pressed = (...presses: readonly (readonly [column: number, isAdded: boolean])[]): GridView['sort'] =>
  presses.reduce((view, [column, isAdded]) => pressHead(view, column, isAdded), plainView).sort

test('pressing a head sorts ascending, then descending, then no longer', () => {
  expect(pressed([1, false])).toEqual([{ column: 1, direction: 'ascending' }])
  expect(pressed([1, false], [1, false])).toEqual([{ column: 1, direction: 'descending' }])
  expect(pressed([1, false], [1, false], [1, false])).toEqual([])
})

test('pressing with Shift sorts by several, in the order they were pressed', () => {
  const both = [
    { column: 2, direction: 'ascending' },
    { column: 0, direction: 'ascending' },
  ]
  expect(pressed([2, false], [0, true])).toEqual(both)
  expect(pressed([2, false], [0, true], [2, true])).toEqual([{ ...both[0], direction: 'descending' }, both[1]])
  expect(pressed([2, false], [0, true], [2, true], [2, true])).toEqual([both[1]])
  expect(pressed([2, false], [0, true], [2, false])).toEqual([both[0]])
})

test('no more columns are sorted by than a view may name', () => {
  const view = Array.from({ length: 12 }, (_, at) => at).reduce(
    (before, column) => sortBy(before, column, 'ascending', true),
    plainView,
  )
  expect(view.sort.map(({ column }) => column)).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
})

test('columns are moved among those that are shown, and hidden ones keep their place', () => {
  const hidden = hideColumns(plainView, [1], true)
  const moved = moveColumn(hidden, 5, 0, 1)
  expect(shown(moved)).toEqual([2, 0, 3, 4])
  expect(shown(hideColumns(moved, [1], false))).toEqual([1, 2, 0, 3, 4])
  expect(shown(moveColumn(plainView, 5, 4, -9))).toEqual([4, 0, 1, 2, 3])
  expect(moveColumn(plainView, 5, 4, 1)).toBe(plainView)
})

test('pinned columns come first and are moved among themselves', () => {
  const pinned = pinColumn(pinColumn(plainView, 3), 1)
  expect(shown(pinned)).toEqual([3, 1, 0, 2, 4])
  expect(shown(moveColumn(pinned, 5, 1, -1))).toEqual([1, 3, 0, 2, 4])
  expect(shown(moveColumn(pinned, 5, 0, 1))).toEqual([3, 1, 2, 0, 4])
  expect(shown(pinColumn(pinned, 3))).toEqual([1, 0, 2, 3, 4])
})

test('ten thousand columns are hidden and moved in no time', () => {
  const all = Array.from({ length: 10_000 }, (_, at) => at)
  const begun = performance.now()
  const view = moveColumn(hideColumns(plainView, all.slice(1), true), 10_000, 0, 1)
  expect(shownColumns(view, 10_000)).toEqual([0])
  expect(performance.now() - begun).toBeLessThan(500)
})

test('a filter takes the place of the one of its kind on its column', () => {
  const from = (bound: string): ResultFilter => ({ kind: 'range', column: 1, from: bound, to: null })
  const text: ResultFilter = { kind: 'contains', column: 1, text: 'a' }
  const view = withFilter(withFilter(withFilter(plainView, from('1')), text), from('2'))
  expect(view.filters).toEqual([from('2'), text])
  expect(showsAllRows(view)).toBe(false)
  expect(withoutFilter(view, text).filters).toEqual([from('2')])
})

test('a width is given and taken back', () => {
  const wide = resizeColumn(resizeColumn(plainView, 2, 120.4), 2, 200)
  expect(wide.widths).toEqual([[2, 200]])
  expect(resizeColumn(wide, 2, null).widths).toEqual([])
})

test('what was kept is recalled, and what is none of it is left alone', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const view = pinColumn(sortBy(plainView, 1, 'descending', false), 2)
  keepView(storage, 'one', view)
  expect(recallView(storage, 'one')).toEqual(view)
  expect(recallView(storage, 'two')).toBe(plainView)
  kept.set('floe.table.two', '{"sort":"__proto__"}')
  expect(recallView(storage, 'two')).toBe(plainView)
  keepView(storage, 'one', plainView)
  expect(kept.has('floe.table.one')).toBe(false)
})
