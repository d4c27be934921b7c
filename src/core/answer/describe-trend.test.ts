import { describe, expect, test } from 'vitest'
import type { Column } from '../../contract/result.ts'
import { column, outline, tell, text } from './described.test-support.ts'

const date = (name: string): Column => column(name, 'date')
const spent = column('TOTAL_SPENT')
const orders = column('NUMBER_OF_ORDERS', 'number', 0)
const falling = { limit: 5, order: [{ position: 1, descending: true }] }

describe('trends', () => {
  const columns = [column('O_YEAR', 'number', 0), spent]
  test('first to last, highest, lowest, whatever the order of the rows', () => {
    const rows = [
      [1996, 5],
      [1994, 7],
      [1995, 1],
      [1993, 2],
    ] as const
    expect(tell(columns, rows)).toBe(
      'Total spent went from 2.00 (1993) to 5.00 (1996). The highest is 7.00 (1994), the lowest 1.00 (1995).',
    )
  })
  test('periods that the query chose are a ranking', () => {
    const rows = [
      [1994, 7],
      [1996, 5],
    ] as const
    expect(tell(columns, rows, { outline: outline(['plain', 'other'], { ...falling, limit: 2 }) })).toBe(
      '1994 has the highest total spent, 7.00.',
    )
  })
  test('timestamps at midnight read as days', () => {
    const rows = [
      ['1996-01-01 00:00:00.000', 1],
      ['1996-02-01 00:00:00.000', 2],
    ] as const
    expect(tell([column('AT', 'timestamp'), spent], rows)).toBe(
      'Total spent went from 1.00 (Jan 1, 1996) to 2.00 (Feb 1, 1996).',
    )
  })
  test.each([
    ['MONTH', '1996-02-01', 'February 1996'],
    ['ORDER_MONTH', '1996-02-01 00:00:00.000', 'February 1996'],
    ["DATE_TRUNC('MONTH', O_ORDERDATE)", '1996-02-01', 'February 1996'],
    ['MONTH', '1996-02-02', 'Feb 2, 1996'],
    ['QUARTER', '1996-04-01', 'Q2 1996'],
    ['QUARTER', '1996-05-01', 'May 1, 1996'],
    ['YEAR', '1996-01-01', '1996'],
    ['YEAR', '1996-02-01', 'Feb 1, 1996'],
    ['WEEK', '1996-01-01', 'the week of Jan 1, 1996'],
    ['MONTHLY', '1996-01-01', 'Jan 1, 1996'],
  ])('%s %s reads as %s', (name, day, words) => {
    expect(
      tell(
        [column(name, 'date'), spent],
        [
          [day, 1],
          ['1997-01-01', 2],
        ],
      ),
    ).toContain(`from 1.00 (${words}) to`)
  })
  test('an extreme that several times share', () => {
    const rows = [1, 7, 7, 2, 1].map((value, at) => [1993 + at, value])
    expect(tell(columns, rows)).toBe(
      'Total spent went from 1.00 (1993) to 1.00 (1997). The highest is 7.00 (1994 and one other), the lowest 1.00 (1993 and one other).',
    )
  })
  test('no change', () => {
    expect(
      tell(columns, [
        [1994, 7],
        [1995, 7],
      ]),
    ).toBe('Total spent is 7.00 throughout, from 1994 to 1995.')
  })
  test('a NULL at the end is not the last value', () => {
    expect(
      tell(columns, [
        [1993, 2],
        [1994, 7],
        [1995, null],
      ]),
    ).toBe('Total spent went from 2.00 (1993) to 7.00 (1994). One of three has no value.')
  })
  test('times that cannot be ordered make no trend', () => {
    const rows = [
      ['1996-01-01 00:00:00 +01:00', 1],
      ['1996-01-01 00:00:00 Z', 2],
    ] as const
    expect(tell([column('AT', 'timestamp'), spent], rows)).not.toContain('went')
  })
})

describe('periods that are not whole', () => {
  const perYear = [
    [1992, 11_505],
    [1993, 11_000],
    [1997, 11_400],
    [1998, 6_725],
  ] as const
  const columns = [column('O_YEAR', 'number', 0), orders]
  const span = { first: '1992-01-01', last: '1998-08-02' }

  test('the last, by the end of the data', () => {
    expect(tell(columns, perYear, { calendar: { today: '2026-11-29', span } })).toBe(
      'Number of orders went from 11,505 (1992) to 11,400 (1997). Of the whole ones, the highest is 11,505 (1992), the lowest 11,000 (1993). 1998 is not whole, with 6,725: the data ends on Aug 2, 1998.',
    )
  })
  test('the first, by the begin of the data', () => {
    expect(tell(columns, perYear, { calendar: { today: null, span: { ...span, first: '1992-05-01' } } })).toContain(
      ' 1992 is not whole, with 11,505: the data begins on May 1, 1992. 1998 is not whole',
    )
  })
  test('the current one, by the day of asking', () => {
    const rows = [
      ['2026-08-01', 7],
      ['2026-09-01', 8],
      ['2026-10-01', 9],
      ['2026-11-01', 2],
    ] as const
    const months = [date('MONTH'), orders]
    expect(tell(months, rows, { calendar: { today: '2026-11-29', span: null } })).toContain(
      'to 9 (October 2026). Of the whole ones, the highest is 9 (October 2026), the lowest 7 (August 2026). November 2026 is not whole, with 2: it is not over yet.',
    )
    expect(tell(months, rows, { calendar: { today: '2026-12-01', span: null } })).not.toContain('whole')
  })
  test('a year that lacks its last holiday is whole', () => {
    const calendar = { today: null, span: { first: '1992-01-02', last: '1998-12-29' } }
    expect(tell(columns, perYear, { calendar })).not.toContain('whole')
  })
  test('without the data’s own end nothing is said', () => {
    expect(tell(columns, perYear)).not.toContain('whole')
  })
  test('beside another label', () => {
    const rows = [
      [1997, 'A', 5],
      [1998, 'A', 4],
      [1998, 'B', 3],
    ] as const
    expect(
      tell([column('YEAR', 'number', 0), text('REGION'), orders], rows, { calendar: { today: null, span } }),
    ).toContain('1998 is not whole: the data ends on Aug 2, 1998.')
  })
})
