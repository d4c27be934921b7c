import { describe, expect, test } from 'vitest'
import type { Cell, Column, ColumnKind } from '../../contract/result.ts'
import { describeResult, type DescribedResult } from './describe-result.ts'

const column = (name: string, kind: ColumnKind = 'number', scale: number | null = 2): Column => ({
  name,
  type: kind.toUpperCase(),
  kind,
  scale: kind === 'number' ? scale : null,
})
const text = (name: string) => column(name, 'text')
const date = (name: string) => column(name, 'date')

const tell = (columns: readonly Column[], rows: readonly (readonly Cell[])[], more: Partial<DescribedResult> = {}) =>
  describeResult({
    columns,
    rows,
    rowCount: rows.length,
    truncated: false,
    question: null,
    interpretation: null,
    ...more,
  })

const spent = column('TOTAL_SPENT')
const customers: readonly (readonly Cell[])[] = [
  ['Customer#000001234', '3456789.10'],
  ['Customer#000000007', 2_000_000.5],
  ['Customer#000000002', 1_500_000],
  ['Customer#000000003', 1_000_000],
  ['Customer#000000004', '999999.99'],
]

describe('one value', () => {
  test.each([
    [[column('COUNT(*)', 'number', 0)], ['75000'], '75,000 is the count.'],
    [
      [spent],
      ['12345678901234567890123456789012345678.12'],
      '12,345,678,901,234,567,890,123,456,789,012,345,678.12 is the total spent.',
    ],
    [[spent], [-1234.5], '-1,234.50 is the total spent.'],
    [[column('AVG(PRICE)', 'number', 6)], ['25.500000'], '25.50 is the average price.'],
    [[column('RATIO', 'number', null)], [0.1], '0.1 is the ratio.'],
    [[column('RATIO', 'number', null)], [1e21], '1,000,000,000,000,000,000,000 is the ratio.'],
    [[column('RATIO', 'number', null)], ['NaN'], 'NaN is the ratio.'],
    [[spent], [null], 'The total spent is NULL: there is no value.'],
    [[text('C_NAME')], ['Ann'], 'The name is Ann.'],
    [[text('C_NAME')], [''], 'The name is "".'],
    [[column('MAX(O_ORDERDATE)', 'date')], ['1998-08-02'], 'The highest orderdate is 1998-08-02.'],
    [[column('O_YEAR', 'number', 0)], [1996], 'The year is 1996.'],
    [[column('IS_OPEN', 'boolean')], [true], 'The is open is true.'],
    [[column('A * (1 - B)')], [5], 'The answer is 5.00.'],
  ] as const)('%o %o', (columns, row, sentence) => {
    expect(tell(columns, [row])).toBe(sentence)
  })

  test('a name that says nothing is told by the interpretation', () => {
    expect(tell([column('$1')], [[5]], { interpretation: 'Orders placed in 1996.' })).toBe(
      '5.00 is the answer (Orders placed in 1996).',
    )
  })
})

describe('a cause', () => {
  const cause = 'No orders in 2025: the newest O_ORDERDATE is 1998-08-02'
  test.each([
    [[spent], []],
    [[spent], [[0]]],
    [[spent], [['0.00']]],
    [[spent], [[null]]],
  ] as const)('stands in place of %o %o', (columns, rows) => {
    expect(tell(columns, rows, { cause })).toBe(`${cause}.`)
  })
  test('is silent over a result that holds something', () => {
    expect(tell([spent], [[3]], { cause })).toBe('3.00 is the total spent.')
    expect(tell([spent], [[0]], { cause, truncated: true })).not.toContain('2025')
  })
})

describe('one row', () => {
  test('label and number', () => {
    expect(tell([text('NAME'), spent], [['Ann', 3]])).toBe('3.00 is the total spent for Ann.')
  })
  test('many columns', () => {
    const columns = [text('NAME'), spent, date('SINCE'), text('A'), text('B'), text('C'), text('D'), text('E')]
    expect(tell(columns, [['Ann', 3, '1996-01-01', 'a', 'b', null, 'd', 'e']])).toBe(
      'One row: name Ann, total spent 3.00, since 1996-01-01, a a, b b, c NULL and 2 more columns.',
    )
  })
  test('cut from more', () => {
    expect(tell([spent], [[3]], { truncated: true })).toBe('3.00 is the total spent. More rows were left out.')
  })
})

describe('rankings', () => {
  const columns = [text('C_NAME'), spent]
  test('the first, and all together where the measure adds', () => {
    expect(tell(columns, customers)).toBe(
      'Customer#000001234 is first with 3,456,789.10 (total spent); the five together 8,956,789.59.',
    )
  })
  test('by name, where a key stands beside it', () => {
    const keyed = customers.map(([name = null, total = null], at) => [at + 1, name, total])
    expect(tell([column('C_CUSTKEY', 'number', 0), text('C_NAME'), spent], keyed)).toContain(
      'Customer#000001234 is first',
    )
  })
  test('averages are not added', () => {
    expect(tell([text('C_NAME'), column('AVG_SPENT')], customers)).toBe(
      'Customer#000001234 is first with 3,456,789.10 (avg spent).',
    )
  })
  test('nor distinct counts, nor doubles', () => {
    expect(tell([text('R'), column('COUNT(DISTINCT C_ID)', 'number', 0)], customers)).not.toContain('together')
    expect(tell([text('R'), column('TOTAL', 'number', null)], customers)).not.toContain('together')
  })
  test('rows that are not sorted have a highest and a lowest', () => {
    expect(
      tell(columns, [
        ['a', 2],
        ['b', 5],
        ['c', 1],
      ]),
    ).toBe('b has the highest total spent, 5.00; c the lowest, 1.00; the three together 8.00.')
  })
  test('a tie at the top is a tie', () => {
    expect(
      tell(columns, [
        ['a', 5],
        ['b', '5.00'],
        ['c', 1],
      ]),
    ).toContain('a and one other share the highest total spent, 5.00')
    expect(
      tell(columns, [
        ['a', 5],
        ['b', 5],
      ]),
    ).toContain('Both share the same total spent, 5.00')
  })
  test('the measure is the one the rows are sorted by', () => {
    expect(
      tell(
        [text('N'), column('ORDERS', 'number', 0), spent],
        [
          ['a', 1, 9],
          ['b', 3, 8],
          ['c', 2, 7],
        ],
      ),
    ).toContain('a is first with 9.00 (total spent)')
  })
  test('NULLs are said as such and not added up', () => {
    const sentence = tell(columns, [
      ['a', null],
      ['b', 5],
      ['c', 1],
    ])
    expect(sentence).toBe('b is first with 5.00 (total spent). One of three has no value.')
  })
  test('values a double cannot tell apart are told apart', () => {
    const rows = [
      ['a', '9007199254740993.01'],
      ['b', '9007199254740993.02'],
    ]
    expect(tell(columns, rows)).toContain('b has the highest total spent, 9,007,199,254,740,993.02; a the lowest')
    expect(tell(columns, rows.toReversed())).toContain('b is first with 9,007,199,254,740,993.02')
  })
  test('a cut result claims nothing of the rest', () => {
    expect(tell(columns, customers, { truncated: true })).toBe(
      'At least 5 rows; more were left out. Customer#000001234 is first with 3,456,789.10 (total spent), among the first 5 rows.',
    )
    expect(tell(columns, customers, { rowCount: 1_234 })).toContain('among the first 5 rows')
  })
})

describe('trends', () => {
  const columns = [column('O_YEAR', 'number', 0), spent]
  test('first to last, highest, lowest, whatever the order of the rows', () => {
    expect(
      tell(columns, [
        [1996, 5],
        [1994, 7],
        [1995, 1],
        [1993, 2],
      ]),
    ).toBe('Total spent went from 2.00 (1993) to 5.00 (1996). The highest is 7.00 (1994), the lowest 1.00 (1995).')
  })
  test('timestamps at midnight read as days', () => {
    expect(
      tell(
        [column('DAY', 'timestamp'), spent],
        [
          ['1996-01-01 00:00:00.000', 1],
          ['1996-02-01 00:00:00.000', 2],
        ],
      ),
    ).toBe('Total spent went from 1.00 (1996-01-01) to 2.00 (1996-02-01).')
  })
  test.each([
    ['MONTH', '1996-02-01', 'February 1996'],
    ['ORDER_MONTH', '1996-02-01 00:00:00.000', 'February 1996'],
    ['MONTH', '1996-02-02', '1996-02-02'],
    ['QUARTER', '1996-04-01', 'Q2 1996'],
    ['QUARTER', '1996-05-01', '1996-05-01'],
    ['YEAR', '1996-01-01', '1996'],
    ['YEAR', '1996-02-01', '1996-02-01'],
    ['WEEK', '1996-01-01', '1996-01-01'],
    ['MONTHLY', '1996-01-01', '1996-01-01'],
  ])('%s %s reads as %s', (name, day, words) => {
    const rows = [
      [day, 1],
      ['1997-01-01', 2],
    ]
    expect(tell([column(name, 'date'), spent], rows)).toContain(`from 1.00 (${words}) to`)
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
    const sentence = tell(
      [column('AT', 'timestamp'), spent],
      [
        ['1996-01-01 00:00:00 +01:00', 1],
        ['1996-01-01 00:00:00 Z', 2],
      ],
    )
    expect(sentence).not.toContain('went')
  })
})

describe('other results', () => {
  test('no rows', () => {
    expect(tell([spent], [])).toBe('No rows matched.')
  })
  test('a list', () => {
    expect(tell([text('NAME')], [['a'], ['b'], [null]])).toBe('3 rows: a, b and NULL.')
    expect(tell([text('NAME')], [['a'], ['b'], ['c'], ['d'], ['e'], ['f']])).toBe('6 rows: a, b, c, d, e and 1 more.')
  })
  test('a cut list', () => {
    expect(tell([text('NAME')], [['a'], ['b']], { truncated: true })).toBe(
      'At least 2 rows; more were left out. The first are a and b.',
    )
  })
  test('rows of several columns without a measure', () => {
    expect(
      tell(
        [text('NAME'), text('PHONE')],
        [
          ['a', '1'],
          ['b', '2'],
        ],
      ),
    ).toBe('2 rows. The first has name a and phone 1.')
  })
  test('groups that repeat: the highest and where', () => {
    expect(
      tell(
        [text('REGION'), text('SEGMENT'), spent],
        [
          ['A', 's', 1],
          ['A', 't', 4],
          ['B', 's', 2],
          ['B', 't', 3],
        ],
      ),
    ).toBe('4 rows. The highest total spent is 4.00 (region A and segment t).')
  })
  test('text of any length and shape stays one line', () => {
    const sentence = tell([text('NAME')], [[`a\u0000\u202e\n${'x'.repeat(1_000_000)}`]])
    expect(sentence.length).toBeLessThan(120)
    // oxlint-disable-next-line no-control-regex
    expect(sentence).not.toMatch(/[\n\u0000\u202e]/)
  })
})
