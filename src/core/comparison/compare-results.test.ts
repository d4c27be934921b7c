import { describe, expect, test } from 'vitest'
import type { Cell } from '../../contract/result.ts'
import { column, compare, number, plain, regions, result, sayOf } from './compared.test-support.ts'

describe('what changed between two results', () => {
  test('rows are told apart by the column that names them', () => {
    const before = result(regions, [
      ['ASIA', '10.50'],
      ['AFRICA', 3],
      ['EUROPE', '1'],
    ])
    const after = result(regions, [
      ['AFRICA', 3],
      ['ASIA', '11.55'],
      ['AMERICA', 2],
    ])
    expect(compare(before, after)).toMatchObject({
      pairing: 'key',
      key: ['REGION'],
      columns: [{ role: 'key' }, { role: 'measure' }],
      added: 1,
      removed: 1,
      changed: 1,
      same: 1,
      rows: [
        {
          kind: 'changed',
          before: ['ASIA', '10.50'],
          after: ['ASIA', '11.55'],
          changes: [null, { difference: '1.05', percent: 10 }],
        },
        { kind: 'removed', before: ['EUROPE', '1'], after: null },
        { kind: 'added', before: null, after: ['AMERICA', 2] },
      ],
      totals: [{ column: 'REVENUE', before: '14.5', after: '16.55', change: { difference: '2.05' } }],
      notes: [],
    })
    expect(sayOf(before, after)).toBe(
      '1 of the 2 rows in both results changed, 1 is new and 1 is gone; the total of revenue rose from 14.5 to 16.55 (+14.1%).',
    )
  })

  test('by several columns where one names no row, and by the one whose values both have', () => {
    const columns = [column('REGION'), number('YEAR'), number('N')]
    const before = result(columns, [
      ['ASIA', 1996, 1],
      ['ASIA', 1997, 2],
    ])
    const after = result(columns, [
      ['ASIA', 1997, 3],
      ['ASIA', 1996, 1],
    ])
    expect(compare(before, after)).toMatchObject({ key: ['YEAR'], changed: 1, same: 1 })
    const both = result(columns, [
      ['ASIA', 1996, 1],
      ['EUROPE', 1996, 2],
      ['ASIA', 1997, 2],
    ])
    expect(compare(both, both)).toMatchObject({ key: ['REGION', 'YEAR'], changed: 0, same: 3 })
    const leaders = [column('BEST_CUSTOMER'), column('REGION'), number('SPENT')]
    const then = result(leaders, [
      ['Ann', 'ASIA', 5],
      ['Bob', 'EUROPE', 4],
    ])
    const now = result(leaders, [
      ['Cid', 'ASIA', 6],
      ['Bob', 'EUROPE', 4],
    ])
    expect(compare(then, now)).toMatchObject({
      key: ['REGION'],
      changed: 1,
      same: 1,
      rows: [{ kind: 'changed', changes: [null, null, { difference: '1', percent: 20 }] }],
    })
  })

  test('as whole rows, however often, where nothing names a row: a measure never does', () => {
    const columns = [number('AMOUNT')]
    const [before, after] = [result(columns, [[1], [2], [2], [3]]), result(columns, [[2], [1], [5]])]
    expect(compare(before, after)).toMatchObject({
      pairing: 'whole-rows',
      key: [],
      changed: 0,
      removed: 2,
      added: 1,
      same: 2,
    })
    expect(sayOf(before, after)).toBe(
      '2 rows are only in the earlier result, 1 row is only in the later one and 2 rows are in both; the total of amount stayed at 8.',
    )
  })

  test('two results of one row each are compared as that row', () => {
    const [before, after] = [
      result([number('NUMBER_OF_ORDERS')], [[227_597]]),
      result([number('NUMBER_OF_ORDERS')], [[250_000]]),
    ]
    expect(compare(before, after)).toMatchObject({ pairing: 'only-row', changed: 1, totals: [] })
    expect(sayOf(before, after)).toBe('The number of orders rose from 227,597 to 250,000 (+9.8%).')
    expect(sayOf(before, before)).toBe('Nothing changed: the only row is the same.')
  })

  test.each<readonly [string, Cell, Cell, boolean]>([
    ['the same number in other digits', '1.50', 1.5, true],
    ['a number that a double cannot hold', '12345678901234567890.1', '12345678901234567890.2', false],
    ['an exponent', 1e21, '1000000000000000000000', true],
    ['zero below zero', '-0.00', 0, true],
    ['NULL and zero', null, 0, false],
    ['NULL and NULL', null, null, true],
    ['not a number', 'NaN', 'NaN', true],
  ])('%s', (_, a, b, isSame) => {
    const changes = compare(result(regions, [['ASIA', a]]), result(regions, [['ASIA', b]]))
    expect(changes.same).toBe(isSame ? 1 : 0)
  })

  test.each<readonly [string, string, Cell, Cell, string | null, number | null]>([
    ['a rise', 'REVENUE', 50, '75.00', '25', 50],
    ['a fall to zero', 'REVENUE', '0.10', 0, '-0.1', -100],
    ['after zero there is no percent', 'REVENUE', 0, 5, '5', null],
    ['from a loss to a gain neither', 'PROFIT', -5, 5, '10', null],
    ['from a gain to a loss neither', 'PROFIT', 5, -5, '-10', null],
    [
      '38 digits',
      'REVENUE',
      '99999999999999999999999999999999999998',
      '99999999999999999999999999999999999999',
      '1',
      1e-36,
    ],
    ['never a percent of a percent', 'SHARE_PERCENT', 20, 25, '5', null],
    ['nor of a ratio', 'RETURN_RATIO', '0.20', '0.25', '0.05', null],
    ['nor of a change', 'GROWTH', 3, 6, '3', null],
    ['no difference where one is NULL', 'REVENUE', null, 5, null, null],
    ['nor of keys', 'CUSTOMER_ID', 5, 6, null, null],
    ['nor of years', 'YEAR', 1996, 1997, null, null],
    ['nor of places in a ranking', 'RANK', 2, 1, null, null],
  ])('differences: %s', (_, name, a, b, difference, percent) => {
    const [before, after] = [[a, 'x'] as const, [b, 'x'] as const].map((row) =>
      result([number(name), column('PART')], [row]),
    )
    if (before === undefined || after === undefined) throw new Error('two results')
    const changes = compare(before, after).rows[0]?.changes[0]
    expect([changes?.difference ?? null, changes?.percent ?? null]).toEqual([
      difference,
      percent === null ? null : expect.closeTo(percent, 10),
    ])
  })

  test('totals are exact, none where a value is no number, and only of what may be added up', () => {
    const before = result(regions, [
      ['A', '0.1'],
      ['B', '0.2'],
      ['C', null],
    ])
    const after = result(regions, [
      ['A', '12345678901234567890.123456789'],
      ['B', '-0.000000001'],
    ])
    expect(compare(before, after).totals).toMatchObject([
      {
        column: 'REVENUE',
        before: '0.3',
        after: '12345678901234567890.123456788',
        change: { difference: '12345678901234567889.823456788' },
      },
    ])
    const infinite = result(regions, [
      ['A', 'Infinity'],
      ['B', 1],
    ])
    expect(compare(before, infinite).totals).toEqual([{ column: 'REVENUE', before: '0.3', after: null, change: null }])
    const prices = [column('REGION'), number('AVERAGE_PRICE'), number('MARKET_SHARE')]
    const priced = result(prices, [
      ['A', 1, 2],
      ['B', 3, 4],
    ])
    expect(compare(priced, priced).totals).toEqual([])
    const outputs = (['plain', 'distinct'] as const).map((gives) => ({ gives, bucket: null, moment: null }))
    expect(compare({ ...before, outline: { ...plain, outputs } }, after).totals).toEqual([])
  })

  test('columns are paired by name, then by their place where types match; the others are named', () => {
    const after = result([column('REGION'), number('COST'), column('NOTE_TEXT')], [['ASIA', 1, 'x']])
    expect(compare(result(regions, [['ASIA', 5]]), after)).toMatchObject({
      columns: [{ name: 'REGION' }, { name: 'COST', nameBefore: 'REVENUE', role: 'measure' }],
      addedColumns: ['NOTE_TEXT'],
      removedColumns: [],
      rows: [{ changes: [null, { difference: '-4' }] }],
    })
    const turned = result([number('REVENUE'), column('region')], [[5, 'ASIA']])
    expect(compare(result(regions, [['ASIA', 5]]), turned)).toMatchObject({
      same: 1,
      addedColumns: [],
      removedColumns: [],
    })
    const other = result([number('N')], [[1]])
    expect(sayOf(result([column('REGION')], [['ASIA']]), other)).toBe(
      'The two results have no column in common, so their rows cannot be compared.',
    )
  })

  test('other units and other types have no difference, and it is said', () => {
    const [euros, dollars] = [
      result([column('REGION'), number('TOTAL_EUR')], [['ASIA', 5]]),
      result([column('REGION'), number('TOTAL_USD')], [['ASIA', 6]]),
    ]
    expect(compare(euros, dollars)).toMatchObject({
      columns: [{}, { role: 'label', unit: null }],
      rows: [{ kind: 'changed', changes: [null, null] }],
      totals: [],
      notes: [{ kind: 'other-unit', column: 'TOTAL_USD', before: 'EUR', after: 'USD' }],
    })
    const [day, moment] = [
      result([column('REGION'), column('AT', 'date')], [['ASIA', '1997-01-02']]),
      result([column('REGION'), column('AT', 'timestamp')], [['ASIA', '1997-01-02T00:00:00.000']]),
    ]
    expect(compare(day, moment)).toMatchObject({ same: 1, notes: [] })
    expect(compare(day, result([column('REGION'), number('AT')], [['ASIA', 5]]))).toMatchObject({
      changed: 1,
      notes: [{ kind: 'other-type', column: 'AT', before: 'date', after: 'number' }],
    })
  })

  test('two empty results are the same', () => {
    const changes = compare(result(regions, []), result(regions, []))
    expect(changes).toMatchObject({ same: 0, rows: [], totals: [], notes: [] })
    expect(sayOf(result(regions, []), result(regions, []))).toBe('Nothing changed: both results are empty.')
  })
})
