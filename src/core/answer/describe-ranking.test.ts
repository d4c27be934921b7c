import { describe, expect, test } from 'vitest'
import type { Cell, Column } from '../../contract/result.ts'
import { column, outline, tell, text } from './described.test-support.ts'

const spent = column('TOTAL_SPENT')
const orders = column('NUMBER_OF_ORDERS', 'number', 0)
const customers: readonly (readonly Cell[])[] = [
  ['Customer#000001234', '3456789.10'],
  ['Customer#000000007', 2_000_000.5],
  ['Customer#000000002', 1_500_000],
  ['Customer#000000003', 1_000_000],
  ['Customer#000000004', '999999.99'],
]
const falling = { limit: 5, order: [{ position: 1, descending: true }] }

describe('rankings', () => {
  const columns = [text('C_NAME'), spent]
  const abc = [
    ['a', 2],
    ['b', 5],
    ['c', 1],
  ] as const

  test('the first, and all together where the measure adds', () => {
    expect(tell(columns, customers)).toBe(
      'Customer#000001234 has the highest total spent, 3,456,789.10; the five together 8,956,789.59.',
    )
  })
  test('by name, where a key stands beside it', () => {
    const keyed = customers.map(([name = null, total = null], at) => [at + 1, name, total])
    expect(tell([column('C_CUSTKEY', 'number', 0), text('C_NAME'), spent], keyed)).toContain('Customer#000001234 has')
  })
  test('by a key where the names do not tell the rows apart', () => {
    const columns = [column('CUSTOMER_ID', 'number', 0), text('NAME'), spent]
    const rows = [
      [12345, 'Ann', 5],
      [2, 'Ann', 1],
    ]
    expect(tell(columns, rows)).toContain('Ann (customer 12345) has the highest total spent, 5.00')
  })
  test.each<
    readonly [string, Column, Partial<Parameters<typeof outline>[1]> & { readonly gives?: 'sum' | 'count' | 'other' }]
  >([
    ['an average by its name', column('AVG_SPENT'), {}],
    ['a double', column('TOTAL', 'number', null), {}],
    ['a count of different values by its name', column('COUNT(DISTINCT C_ID)', 'number', 0), {}],
    ['what the tree knows for an average', column('TOTAL_SPENT'), { gives: 'other' }],
    ['groups with total rows', column('TOTAL_SPENT'), { gives: 'sum', hasTotals: true }],
  ])('%s is not added up', (_why, measure, { gives, ...more }) => {
    const given = gives === undefined ? {} : { outline: outline(['plain', gives], more) }
    expect(tell([text('R'), measure], customers, given)).not.toContain('together')
  })
  test('a count that is called after what it counts is called a number', () => {
    const rows = [
      ['a', 5],
      ['b', 1],
    ] as const
    expect(
      tell([text('R'), column('CUSTOMERS', 'number', 0)], rows, { outline: outline(['plain', 'count']) }),
    ).toContain('a has the highest number of customers, 5')
  })
  test('of groups that a condition kept none is the lowest of all', () => {
    const kept = outline(['plain', 'sum'], { keepsSome: true })
    expect(tell(columns, abc, { outline: kept })).toBe('b has the highest total spent, 5.00; the three together 8.00.')
  })
  test('a sum is added up whatever it is called', () => {
    expect(tell([text('R'), column('X')], customers, { outline: outline(['plain', 'sum']) })).toContain(
      '; the five together 8,956,789.59.',
    )
  })
  test('all groups have a highest and a lowest', () => {
    const all = 'b has the highest total spent, 5.00; c the lowest, 1.00; the three together 8.00.'
    expect(tell(columns, abc)).toBe(all)
    const sorted = [...abc].sort((x, y) => y[1] - x[1])
    expect(tell(columns, sorted, { outline: outline(['plain', 'sum'], { order: falling.order }) })).toBe(all)
  })
  test('rows that the query chose by something else are only counted', () => {
    expect(tell(columns, abc, { outline: outline(['plain', 'sum'], { limit: 3 }) })).toBe('3 rows.')
  })
  test('the last ones are told as the lowest', () => {
    const rising = { limit: 3, order: [{ position: 1, descending: false }] }
    const sorted = [...abc].sort((x, y) => x[1] - y[1])
    expect(tell(columns, sorted, { outline: outline(['plain', 'sum'], rising) })).toBe(
      'c has the lowest total spent, 1.00; the three together 8.00.',
    )
  })

  test.each<readonly [string, readonly (readonly [string, Cell])[], string]>([
    [
      'two at the top',
      [
        ['a', 5],
        ['b', '5.00'],
        ['c', 1],
      ],
      'a and b share the highest total spent, 5.00; c the lowest, 1.00; the three together 11.00.',
    ],
    [
      'three',
      [
        ['a', 5],
        ['b', 5],
        ['c', 5],
        ['d', 1],
      ],
      'a, b and c share the highest total spent, 5.00; d the lowest, 1.00; the four together 16.00.',
    ],
    [
      'many',
      [
        ['a', 5],
        ['b', 5],
        ['c', 5],
        ['d', 5],
        ['e', 1],
      ],
      'a, b and two others share the highest total spent, 5.00; e the lowest, 1.00; the five together 21.00.',
    ],
    [
      'at the bottom',
      [
        ['a', 1],
        ['b', 5],
        ['c', 1],
      ],
      'b has the highest total spent, 5.00; a and c share the lowest, 1.00; the three together 7.00.',
    ],
    [
      'all two',
      [
        ['a', 5],
        ['b', 5],
      ],
      'Both share the same total spent, 5.00; the two together 10.00.',
    ],
  ])('ties: %s', (_why, rows, sentence) => {
    expect(tell(columns, rows, { outline: outline(['plain', 'sum']) })).toBe(sentence)
  })
  test('ties at the cut are told as far as they are seen', () => {
    const rows = [
      ['a', 9],
      ['b', 5],
      ['c', 5],
    ] as const
    const cut = outline(['plain', 'other'], { ...falling, limit: 3 })
    expect(tell(columns, rows, { outline: cut })).toBe(
      'a has the highest total spent, 9.00. The last two share 5.00; more may share it.',
    )
    const tied = [
      ['a', 5],
      ['b', 5],
    ] as const
    expect(tell(columns, tied, { outline: { ...cut, limit: 2 } })).toBe(
      'Both share the same total spent, 5.00; more may share it.',
    )
  })
  test('the measure is the one the rows are sorted by', () => {
    const rows = [
      ['a', 1, 9],
      ['b', 3, 8],
      ['c', 2, 7],
    ] as const
    expect(tell([text('N'), orders, spent], rows)).toContain('a has the highest total spent, 9.00')
  })
  test('NULLs are said as such and not added up', () => {
    const rows = [
      ['a', null],
      ['b', 5],
      ['c', 1],
    ] as const
    expect(tell(columns, rows)).toBe('b has the highest total spent, 5.00. One of three has no value.')
  })
  test('a group without a name is named', () => {
    const rows = [
      [null, 5],
      [29, 1],
    ] as const
    expect(tell([column('MANAGER_EMP_NO', 'number', 0), column('EMPLOYEES', 'number', 0)], rows)).toBe(
      'The group with no manager has the highest employees, 5.',
    )
  })
  test('values a double cannot tell apart are told apart', () => {
    const rows = [
      ['a', '9007199254740993.01'],
      ['b', '9007199254740993.02'],
    ] as const
    expect(tell(columns, rows)).toContain(
      'b has the highest total spent, 9,007,199,254,740,993.02; a the lowest, 9,007,199,254,740,993.01',
    )
  })
  test('values that would round alike keep the digits that tell them apart', () => {
    const rows = [
      ['a', '1.23412'],
      ['b', '1.23411'],
    ] as const
    expect(tell([text('N'), column('AVG_X', 'number', 5)], rows, { outline: outline(['plain', 'other']) })).toBe(
      'a has the highest avg x, 1.23412; b the lowest, 1.23411.',
    )
  })
  test('months by number are named', () => {
    const rows = [
      [7, 6784],
      [8, 12],
    ] as const
    expect(tell([column('MONTH', 'number', 0), orders], rows)).toContain('July has the highest number of orders, 6,784')
  })
})

describe('rows that are not all', () => {
  const columns = [text('C_NAME'), spent]
  test.each([
    [{ truncated: true }, 'At least 5 rows; more were left out.'],
    [{ rowCount: 1_234 }, '1,234 rows.'],
  ])('of %o nothing is the highest', (more, sentence) => {
    expect(tell(columns, customers, more)).toBe(sentence)
  })
  test('but the first of the query’s own order is', () => {
    const sorted = outline(['plain', 'sum'], { order: falling.order })
    expect(tell(columns, customers, { truncated: true, outline: sorted })).toBe(
      'At least 5 rows; more were left out. Customer#000001234 has the highest total spent, 3,456,789.10.',
    )
  })
})
