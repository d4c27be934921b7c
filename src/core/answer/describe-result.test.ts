import { describe, expect, test } from 'vitest'
import type { Cell, Column } from '../../contract/result.ts'
import { column, outline, tell, text } from './described.test-support.ts'

const date = (name: string): Column => column(name, 'date')
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

describe('one value', () => {
  test.each<readonly [Column, Cell, string]>([
    [column('COUNT(*)', 'number', 0), '75000', 'The count is 75,000.'],
    [
      spent,
      '12345678901234567890123456789012345678.12',
      'The total spent is 12,345,678,901,234,567,890,123,456,789,012,345,678.12.',
    ],
    [spent, -1234.5, 'The total spent is -1,234.50.'],
    [column('AVG(PRICE)', 'number', 6), '25.500000', 'The average price is 25.50.'],
    [column('AVERAGE_DISCOUNT', 'number', 8), '0.04993315', 'The average discount is 0.0499.'],
    [column('TOTAL_REVENUE', 'number', 4), '10237631444.3548', 'The total revenue is 10,237,631,444.35.'],
    [column('TOTAL_QUANTITY'), '1184.00', 'The total quantity is 1,184.'],
    [column('TINY', 'number', null), 0.000000123, 'The tiny is 0.000000123.'],
    [column('RATIO', 'number', null), 0.1, 'The ratio is 0.1.'],
    [column('RATIO', 'number', null), 1e21, 'The ratio is 1,000,000,000,000,000,000,000.'],
    [column('RATIO', 'number', null), 'NaN', 'The ratio is NaN.'],
    [column('PERCENT', 'number', 6), '20.283333', 'The percent is 20.28%.'],
    [column('REFUND_PCT', 'number', 6), 0.25, 'The refund pct is 0.25.'],
    [column('Total (EUR)', 'number', 2), '1234.5', 'The total is €1,234.50.'],
    [column('TOTAL_CHF', 'number', 2), '1234.5', 'The total is CHF\u00a01,234.50.'],
    [column('Weight (kg)', 'number', 1), '1234.5', 'The weight is 1,234.5 kg.'],
    [spent, null, 'There is no total spent: the result is NULL.'],
    [text('C_NAME'), 'Ann', 'The name is Ann.'],
    [text('C_NAME'), '', 'The name is an empty name.'],
    [column('MAX(O_ORDERDATE)', 'date'), '1998-08-02', 'The highest orderdate is Aug 2, 1998.'],
    [column('O_YEAR', 'number', 0), 1996, 'The year is 1996.'],
    [column('ORDER_NO', 'number', 0), 1996123, 'The order no is 1996123.'],
    [column('IS_OPEN', 'boolean'), true, 'The is open is true.'],
    [column('A * (1 - B)'), 5, 'The answer is 5.'],
  ])('%o %o', (one, cell, sentence) => {
    expect(tell([one], [[cell]])).toBe(sentence)
  })

  test.each<readonly [Column, string]>([
    [column('$1'), 'Orders placed in 1996: 5.'],
    [column('COUNT', 'number', 0), 'Orders placed in 1996: 5.'],
    [orders, 'The number of orders is 5.'],
  ])('%o, a name that says nothing is told by the interpretation', (one, sentence) => {
    expect(tell([one], [[5]], { interpretation: 'Orders placed in 1996.' })).toBe(sentence)
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
    expect(tell([spent], [[3]], { cause })).toBe('The total spent is 3.00.')
    expect(tell([spent], [[0]], { cause, truncated: true })).not.toContain('2025')
  })
  test('may have parts, which its reader writes', () => {
    const day = { value: '1998-08-02', form: 'moment', role: 'time', column: 'O_ORDERDATE' } as const
    expect(tell([spent], [], { cause: [{ text: 'The newest order is of ' }, day, { text: '.' }] }, 'de-DE')).toBe(
      'The newest order is of 02.08.1998.',
    )
  })
})

describe('one row', () => {
  test.each<readonly [string, readonly Column[], readonly Cell[], string]>([
    ['a label', [text('NAME'), spent], ['Ann', 3], 'The total spent for Ann is 3.00.'],
    ['a missing label', [text('COUNTRY'), spent], [null, 3], 'The total spent for the group with no country is 3.00.'],
    [
      'two labels',
      [text('NAME'), text('REGION'), spent],
      ['Ann', 'ASIA', 3],
      'The total spent for Ann (region ASIA) is 3.00.',
    ],
    [
      'two numbers',
      [orders, column('LATEST_DATE', 'date')],
      [75_000, '1998-08-02'],
      'The number of orders is 75,000 and the latest date is Aug 2, 1998.',
    ],
    [
      'many columns',
      [text('NAME'), spent, date('SINCE'), text('A'), text('B'), text('C'), text('D'), text('E')],
      ['Ann', 3, '1996-01-01', 'a', 'b', null, 'd', 'e'],
      'The name is Ann, the total spent is 3.00, the since is Jan 1, 1996, the a is a, the b is b, there is no c and 2 more columns.',
    ],
  ])('%s', (_why, columns, row, sentence) => {
    expect(tell(columns, [row])).toBe(sentence)
  })
  test('the one that the query put first is said to be the first', () => {
    const limit = outline(['plain', 'sum'], { ...falling, limit: 1 })
    expect(tell([text('NAME'), spent], [['Ann', 3]], { outline: limit })).toBe('Ann has the highest total spent, 3.00.')
    const rising = { ...limit, order: [{ position: 1, descending: false }] }
    expect(tell([text('NAME'), spent], [['Ann', 3]], { outline: rising })).toBe('Ann has the lowest total spent, 3.00.')
    const second = { ...limit, skips: true }
    expect(tell([text('NAME'), spent], [['Ann', 3]], { outline: second })).toBe('The total spent for Ann is 3.00.')
  })
  test('a query that takes one row may hide others that share its place', () => {
    const one = outline(['plain'], { limit: 1, isSorted: true })
    expect(tell([text('PLAYER')], [['a']], { outline: one })).toBe(
      'The player is a. The query takes one row only; others may share its place.',
    )
    expect(tell([spent], [[3]], { outline: { ...one, outputs: [] } })).toBe('The total spent is 3.00.')
  })
  test('cut from more', () => {
    expect(tell([spent], [[3]], { truncated: true })).toBe('The total spent is 3.00. More rows were left out.')
  })
})

describe('other results', () => {
  test('no rows', () => {
    expect(tell([spent], [])).toBe('No rows matched.')
  })
  test('a list', () => {
    expect(tell([text('NAME')], [['a'], ['b'], [null]])).toBe('3 rows: a, b and no name.')
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
  test('text of any length and shape stays one line', () => {
    const sentence = tell([text('NAME')], [[`a\u0000\u202e\n${'x'.repeat(1_000_000)}`]])
    expect(sentence.length).toBeLessThan(120)
    // oxlint-disable-next-line no-control-regex
    expect(sentence).not.toMatch(/[\n\u0000\u202e]/)
  })
  test('a reader of another country has their own marks', () => {
    expect(tell([text('C_NAME'), spent], customers, {}, 'de-DE')).toContain('highest total spent, 3.456.789,10; ')
    const rows = [
      ['1996-01-01', 1],
      ['1996-02-01', 2],
    ] as const
    expect(tell([date('MONTH'), spent], rows, {}, 'fr-FR')).toBe(
      'Total spent went from 1,00 (janvier 1996) to 2,00 (février 1996).',
    )
  })
})
