import { describe, expect, test } from 'vitest'
import { maxComparedRows, type ChangesOrder } from '../../contract/comparison.ts'
import { column, compare, number, plain, regions, result, sayOf } from './compared.test-support.ts'

describe('what is told of the changes', () => {
  test('says that a result has more rows than were compared, and gives no totals of a part', () => {
    const many = Array.from({ length: maxComparedRows + 1 }, (_, n) => [`R${n}`, n])
    const changes = compare(result(regions, []), result(regions, many))
    expect(changes).toMatchObject({
      added: maxComparedRows,
      found: maxComparedRows,
      before: { rows: 0, rowCount: 0, hasMore: false },
      after: { rows: maxComparedRows, rowCount: maxComparedRows + 1, hasMore: true },
      totals: [],
      notes: [{ kind: 'no-totals' }],
    })
    expect(changes.rows).toHaveLength(200)
    const one = result(regions, [['A', 1]])
    expect(sayOf(one, { ...one, truncated: true })).toBe(
      'Nothing changed: the only row is the same among the rows that were compared.',
    )
  })

  test('the rows that differ are paged, narrowed to a kind and sorted by the size of their difference', () => {
    const before = result(regions, [
      ['A', 1],
      ['B', 10],
      ['C', 5],
      ['D', null],
    ])
    const after = result(regions, [
      ['A', 3],
      ['B', 2],
      ['D', 4],
      ['E', 7],
    ])
    const names = (order: Partial<ChangesOrder>) =>
      compare(before, after, order).rows.map(({ before: old, after: now }) => (old ?? now)?.[0])
    expect(names({})).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(names({ by: 1 })).toEqual(['B', 'E', 'C', 'A', 'D'])
    expect(names({ by: 1, from: 1, count: 2 })).toEqual(['E', 'C'])
    expect(names({ kind: 'removed' })).toEqual(['C'])
    expect(compare(before, after, { kind: 'changed', count: 1 })).toMatchObject({
      found: 3,
      changed: 3,
      rows: { length: 1 },
    })
  })

  test('notes the rows that a query keeps by itself, values that were cut, and unfinished periods', () => {
    const months = [column('MONTH', 'date'), number('REVENUE')]
    const before = result(
      months,
      [
        ['1997-12-01', 5],
        ['1998-01-01', 2],
      ],
      {
        today: '1998-01-15',
        unfinished: { position: 0, cells: ['1998-01-01'] },
      },
    )
    const after = result(
      months,
      [
        ['1997-12-01', 5],
        ['1998-01-01', 6],
      ],
      {
        isShortened: true,
        today: '1998-06-01',
        outline: { ...plain, limit: 2 },
      },
    )
    expect(compare(before, after).notes).toEqual([
      { kind: 'unfinished', side: 'before', column: months[0], value: '1998-01-01' },
      { kind: 'limited', side: 'after' },
      { kind: 'shortened', side: 'after' },
    ])
  })
})
