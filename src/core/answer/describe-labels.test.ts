import { describe, expect, test } from 'vitest'
import type { Column } from '../../contract/result.ts'
import { column, outline, tell, text } from './described.test-support.ts'

const date = (name: string): Column => column(name, 'date')
const spent = column('TOTAL_SPENT')

describe('several labels', () => {
  const perRegion = [
    ['AFRICA', 'goldenrod', 40],
    ['AFRICA', 'lace', 30],
    ['ASIA', 'almond', 90],
    ['ASIA', 'azure', 90],
    ['ASIA', 'lace', 20],
  ] as const
  const columns = [text('REGION'), text('P_NAME'), column('TOTAL_QUANTITY', 'number', 0)]

  test('the first of each group', () => {
    expect(tell(columns, perRegion)).toBe(
      'In AFRICA goldenrod has the highest total quantity, 40; in ASIA almond and azure, 90.',
    )
  })
  test('a rank beside them names nothing', () => {
    const ranked = perRegion.map((row, at) => [...row, at])
    expect(tell([...columns, column('RANK', 'number', 0)], ranked)).toContain('In AFRICA goldenrod has')
  })
  test('many groups', () => {
    const rows = Array.from({ length: 9 }, (_, at) => [
      [`R${at}`, 'a', 9 + at],
      [`R${at}`, 'b', 3],
    ]).flat()
    expect(tell(columns, rows)).toContain('in R2 a, 11; the table has the other six.')
  })
  test('a label that is different in each row does not stand for the row alone', () => {
    const rows = [
      ['AMERICA', 'almond', 9],
      ['AFRICA', 'lace', 8],
      ['ASIA', 'azure', 7],
    ] as const
    expect(tell(columns, rows)).toContain('almond (region AMERICA) has the highest total quantity, 9')
  })
  test('more than a sentence holds are said to be in the table', () => {
    const labels = ['NAME', 'NATION', 'PHONE', 'ADDRESS'].map(text)
    const rows = [
      ['a', 'n', '1', 'x', 9],
      ['b', 'n', '2', 'y', 7],
    ] as const
    expect(tell([...labels, spent], rows)).toBe(
      'a (nation n, phone 1) has the highest total spent, 9.00; the two together 16.00. The table also has address.',
    )
  })
  test('rows that the labels do not tell apart', () => {
    const rows = [
      ['A', 's', 1],
      ['A', 's', 4],
      ['B', 't', 2],
    ] as const
    expect(tell([text('REGION'), text('SEGMENT'), spent], rows)).toBe(
      '3 rows. The highest total spent is 4.00 (A (segment s)).',
    )
  })
  test('remarks are no labels', () => {
    const comments = ['omise carefully. ironic, bold beans boost.', 'aids. express requests thrash slyly. acc']
    const rows = comments.map((comment, at) => [comment, `k${at}`, at])
    expect(tell([text('O_COMMENT'), text('CLERK'), spent], rows)).toMatch(/^k1 has the highest total spent, 1\.00; k0/)
    expect(
      tell(
        [text('O_COMMENT'), spent],
        comments.map((comment, at) => [comment, at]),
      ),
    ).toBe('2 rows. The highest total spent is 1.00.')
  })
  test('names of several words are labels', () => {
    const names = ['goldenrod lavender spring chocolate lace', 'blush thistle blue yellow saddle']
    expect(
      tell(
        [text('P_NAME'), spent],
        names.map((name, at) => [name, at]),
      ),
    ).toContain('blush thistle blue')
  })
  test('keys and numbers of documents are neither measured nor grouped', () => {
    const rows = [
      [10_001, '2024-04-03', 10.5],
      [10_002, '2024-04-25', 20],
    ] as const
    const columns = [column('ORDER_NO', 'number', 0), date('ORDERED_ON'), column('AMOUNT')]
    expect(tell(columns, rows)).toBe('Amount went from 10.50 (Apr 3, 2024) to 20.00 (Apr 25, 2024).')
  })
  test('stored rows without a name of their own are called by their key', () => {
    const rows = [
      [260_320, 'O', '1994-09-16', 90],
      [279_904, 'F', '1992-05-28', 80],
    ] as const
    const columns = [column('O_ORDERKEY', 'number', 0), text('STATUS'), date('O_ORDERDATE'), column('AMOUNT')]
    const order = [{ position: 3, descending: true }]
    const given = { outline: outline(['plain', 'plain', 'plain', 'plain'], { limit: 2, isSorted: true, order }) }
    expect(tell(columns, rows, given)).toContain(
      'Orderkey 260320 (status O, Sep 16, 1994) has the highest amount, 90.00; the two together 170.00.',
    )
  })
  test('whole numbers that rows are grouped by name the groups', () => {
    const rows = [
      [7, 20],
      [49, 12],
    ] as const
    const columns = [column('P_SIZE', 'number', 0), column('PARTS', 'number', 0)]
    expect(tell(columns, rows, { outline: outline(['plain', 'count']) })).toBe(
      'Size 7 has the highest number of parts, 20; size 49 the lowest, 12; the two together 32.',
    )
  })
  test('years are known by the query, whatever their column is called', () => {
    const rows = [
      [1996, 5],
      [1997, 6],
    ] as const
    const columns = [column('Y', 'number', 0), column('N', 'number', 0)]
    const years = { gives: 'plain', bucket: 'year', moment: null } as const
    const counted = { gives: 'count', bucket: null, moment: null } as const
    expect(tell(columns, rows, { outline: { ...outline([]), outputs: [years, counted] } })).toBe(
      'N went from 5 (1996) to 6 (1997).',
    )
  })
  test('a count of different values is called a number too, and is not added up', () => {
    const rows = [
      ['a', 5],
      ['b', 1],
    ] as const
    expect(tell([text('R'), column('CUSTOMERS', 'number', 0)], rows, { outline: outline(['plain', 'distinct']) })).toBe(
      'a has the highest number of customers, 5; b the lowest, 1.',
    )
  })
  test('of rows that were cut the first is told with those that have its value', () => {
    const rows = [
      ['a', 50],
      ['b', 50],
      ['c', 50],
    ] as const
    const order = [{ position: 1, descending: true }]
    const told = tell([text('R'), spent], rows, {
      rowCount: 3,
      truncated: true,
      outline: outline(['plain', 'sum'], { isSorted: true, order }),
    })
    expect(told).toContain('a and at least two others have the highest total spent, 50.00.')
  })
  test('two names stand beside each other without a word for either', () => {
    const rows = [
      ['JAPAN', 'ASIA', 5],
      ['KENYA', 'AFRICA', 1],
    ] as const
    expect(tell([text('N_NAME'), text('R_NAME'), spent], rows)).toContain('JAPAN (ASIA) has the highest')
  })
})

describe('columns in the words of the catalog', () => {
  const output = (words: string) => ({ gives: 'plain', bucket: null, moment: null, words }) as const
  const sum = { gives: 'sum', bucket: null, moment: null } as const

  test('a short code is told with what it is', () => {
    const columns = [text('L_RETURNFLAG'), text('L_LINESTATUS'), column('TOTAL_QUANTITY')]
    const rows = [
      ['R', 'F', 5],
      ['N', 'F', 1],
    ]
    const outputs = [output('return flag'), output('line status'), sum]
    expect(tell(columns, rows, { outline: outline([], { outputs, isGrouped: true }) })).toContain(
      'Return flag R (line status F) has the highest total quantity',
    )
  })

  test('one row by its key is told by it', () => {
    const columns = [column('O_ORDERKEY', 'number', 0), column('O_CUSTKEY', 'number', 0), text('O_ORDERSTATUS')]
    const outputs = [output('order key'), output('customer key'), output('order status')]
    expect(tell(columns, [[260320, 1649, 'F']], { outline: outline([], { outputs }) })).toBe(
      'Order 260320: customer key 1649 and order status F.',
    )
  })
})
