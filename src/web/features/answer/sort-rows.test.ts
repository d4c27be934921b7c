import { expect, test } from 'vitest'
import type { Cell, Column } from '../../../contract/result.ts'
import { nextOrder, sortRows, type SortOrder } from './sort-rows.ts'

const column = (kind: Column['kind']): Column => ({ name: 'C', type: '', kind, scale: null })

const orders: readonly [why: string, kind: Column['kind'], cells: Cell[], ascending: Cell[]][] = [
  ['numbers by value', 'number', ['10', '9', 2.5, '-1'], ['-1', 2.5, '9', '10']],
  [
    'digits a double cannot tell apart',
    'number',
    ['9007199254740993', '9007199254740992', '9007199254740994'],
    ['9007199254740992', '9007199254740993', '9007199254740994'],
  ],
  [
    'decimals a double cannot tell apart',
    'number',
    ['0.30000000000000000002', '0.30000000000000000001'],
    ['0.30000000000000000001', '0.30000000000000000002'],
  ],
  [
    'NaN above everything',
    'number',
    ['NaN', 'inf', 1].map((c) => (c === 'inf' ? 'Infinity' : c)),
    [1, 'Infinity', 'NaN'],
  ],
  ['text as people sort it', 'text', ['b', 'Ä', 'a', 'B'], ['a', 'Ä', 'b', 'B']],
  ['dates as written', 'date', ['1996-02-01', '1995-12-31'], ['1995-12-31', '1996-02-01']],
  ['booleans', 'boolean', [true, false], [false, true]],
  ['NULLs last', 'number', [null, 2, null, 1], [1, 2, null, null]],
]

const sorted = (kind: Column['kind'], cells: Cell[], direction: SortOrder['direction']): Cell[] => {
  const rows = cells.map((cell) => [cell])
  return [...sortRows(rows, [column(kind)], { column: 0, direction })].map((at) => cells[at] ?? null)
}

test.each(orders)('%s', (_why, kind, cells, ascending) => {
  expect(sorted(kind, cells, 'ascending')).toEqual(ascending)
})

test('descending keeps NULLs last and equal rows as they came', () => {
  expect(sorted('number', [1, null, 3], 'descending')).toEqual([3, 1, null])
  const rows = [
    ['x', 1],
    ['x', 2],
  ]
  expect([...sortRows(rows, [column('text')], { column: 0, direction: 'descending' })]).toEqual([0, 1])
})

test('without an order the rows stay as they came', () => {
  expect([...sortRows([[2], [1]], [column('number')], null)]).toEqual([0, 1])
})

test('presses on one head go up, down and back; another head begins anew', () => {
  const first = nextOrder(null, 1)
  const second = nextOrder(first, 1)
  expect([first, second, nextOrder(second, 1), nextOrder(second, 0)]).toEqual([
    { column: 1, direction: 'ascending' },
    { column: 1, direction: 'descending' },
    null,
    { column: 0, direction: 'ascending' },
  ])
})
