import { describe, expect, test } from 'vitest'
import type { Cell, Column } from '../../contract/result.ts'
import { column, compare, number, result } from './compared.test-support.ts'
import type { ComparedResult } from './pair-columns.ts'

const monthsOf = (year: number, count = 12, from = 1) =>
  Array.from({ length: count }, (_, at) => [`${year}-${String(from + at).padStart(2, '0')}-01`, year + at] as const)

describe('two periods', () => {
  const months = [column('ORDER_MONTH', 'date'), number('ORDERS')]
  test.each<readonly [string, readonly Column[], readonly (readonly Cell[])[], readonly (readonly Cell[])[], object]>([
    [
      'months of two years',
      months,
      monthsOf(1997),
      monthsOf(1998),
      { period: { unit: 'month', by: 'calendar' }, changed: 12 },
    ],
    [
      'a year and the part of the next',
      months,
      monthsOf(1997),
      monthsOf(1998, 4),
      { period: { by: 'calendar' }, changed: 4, removed: 8 },
    ],
    ['months of two quarters', months, monthsOf(1997, 3), monthsOf(1997, 3, 4), { period: { by: 'order' }, same: 3 }],
    [
      'months that both have',
      months,
      monthsOf(1997, 6),
      monthsOf(1997, 6, 2),
      { period: null, key: ['ORDER_MONTH'], added: 1, removed: 1 },
    ],
    [
      'days of two months',
      [column('DAY', 'date'), number('ORDERS')],
      [
        ['1997-01-01', 1],
        ['1997-01-02', 2],
      ],
      [
        ['1997-02-01', 1],
        ['1997-02-02', 5],
      ],
      { period: { unit: 'day', by: 'calendar' }, changed: 1, same: 1 },
    ],
    [
      'dates without a telling name',
      [column('O_ORDERDATE', 'date'), number('ORDERS')],
      [
        ['1997-03-05', 1],
        ['1997-03-07', 2],
      ],
      [
        ['1998-03-05', 1],
        ['1998-03-07', 2],
      ],
      { period: { unit: 'day', by: 'calendar' }, same: 2 },
    ],
    [
      'weeks',
      [column('WEEK', 'date'), number('ORDERS')],
      [
        ['1997-01-06', 1],
        ['1997-01-20', 3],
      ],
      [
        ['1998-01-05', 1],
        ['1998-01-12', 2],
        ['1998-01-19', 3],
      ],
      { period: { unit: 'week', by: 'order' }, same: 2, added: 1 },
    ],
    [
      'years',
      [number('YEAR'), number('ORDERS')],
      [
        [1995, 1],
        [1996, 2],
      ],
      [
        [1997, 1],
        [1998, 2],
      ],
      { period: { unit: 'year', by: 'order' }, same: 2 },
    ],
    [
      'months of each region',
      [column('REGION'), column('MONTH', 'date'), number('ORDERS')],
      [
        ['ASIA', '1997-01-01', 1],
        ['EUROPE', '1997-01-01', 2],
        ['ASIA', '1997-02-01', 3],
      ],
      [
        ['EUROPE', '1998-01-01', 2],
        ['ASIA', '1998-01-01', 1],
        ['ASIA', '1998-02-01', 4],
      ],
      { key: ['REGION', 'MONTH'], period: { column: 'MONTH', by: 'calendar' }, same: 2, changed: 1 },
    ],
    [
      'moments with a time of day are no periods',
      [column('AT', 'timestamp'), number('ORDERS')],
      [['1997-01-01T10:00:00', 1]],
      [['1998-01-01T10:00:00', 1]],
      { period: null, added: 1, removed: 1 },
    ],
  ])('%s', (_, columns, before, after, expected) => {
    expect(compare(result(columns, before), result(columns, after))).toMatchObject(expected)
  })
})

describe('for any two results', () => {
  /** The same numbers on every run. */
  const makeRandom = (seed: number) => {
    let state = seed
    return (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((state / 2_147_483_648) * below)
    }
  }
  const randomResult = (random: (below: number) => number): ComparedResult => {
    const columns = [column('REGION'), column('MONTH', 'date'), number('REVENUE'), number('CUSTOMER_ID')].filter(
      () => random(4) > 0,
    )
    const values: Readonly<Record<string, () => Cell>> = {
      REGION: () => ['ASIA', 'EUROPE', '', null, 'AFRICA'][random(5)] ?? null,
      MONTH: () => `199${random(3)}-0${1 + random(9)}-01`,
      REVENUE: () => [null, 'NaN', `${random(99)}.${random(99)}`, random(9) - 4, '-0.0'][random(5)] ?? null,
      CUSTOMER_ID: () => random(6),
    }
    const rows = Array.from({ length: random(7) }, () => columns.map(({ name }) => values[name]?.() ?? null))
    return result(columns, rows)
  }
  const negated = (text: string | undefined): string | undefined =>
    text === undefined || text === '0' ? text : text.startsWith('-') ? text.slice(1) : `-${text}`

  test('swapping them swaps what is told, and a result equals itself in any order of its rows', () => {
    for (let seed = 1; seed <= 600; seed += 1) {
      const random = makeRandom(seed)
      const [before, after] = [randomResult(random), randomResult(random)]
      const [there, back] = [compare(before, after), compare(after, before)]
      const told = `seed ${seed}`
      expect([back.added, back.removed, back.changed, back.same], told).toEqual([
        there.removed,
        there.added,
        there.changed,
        there.same,
      ])
      expect([back.pairing, back.period?.by, back.addedColumns], told).toEqual([
        there.pairing,
        there.period?.by,
        there.removedColumns,
      ])
      if (there.columns.length > 0) {
        expect(there.removed + there.changed + there.same, told).toBe(before.rows.length)
        expect(there.added + there.changed + there.same, told).toBe(after.rows.length)
      }
      const totals = (of: typeof there) => new Map(of.totals.map((total) => [total.column, total]))
      for (const [name, total] of totals(there))
        expect(totals(back).get(name)?.change?.difference, told).toBe(negated(total.change?.difference))
      const shuffled = { ...before, rows: before.rows.toSorted(() => random(3) - 1) }
      expect(compare(before, shuffled), told).toMatchObject({ added: 0, removed: 0, changed: 0, found: 0 })
    }
  })
})
