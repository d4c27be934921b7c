import { describe, expect, test } from 'vitest'
import type { ChartSettings } from '../../../contract/chart-settings.ts'
import type { Cell, ChartChoice, Column } from '../../../contract/result.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { numberWriter } from './chart-axes.ts'
import { chartData } from './chart-data.ts'
import { filtersOf, markName, questionAbout, rangeFilter } from './chart-marks.ts'
import { chartHeightPx, chartOption, descriptionOf, isZoomable } from './chart-option.ts'
import {
  applySettings,
  chosenSettings,
  isSameChart,
  mayDraw,
  paletteOrder,
  withKind,
  withStacking,
} from './chart-request.ts'

const formats = makeFormats('en-US')
const columns: readonly Column[] = [
  { name: 'MONTH', type: 'DATE', kind: 'date', scale: null },
  { name: 'REGION', type: 'VARCHAR', kind: 'text', scale: null },
  { name: 'TOTAL', type: 'NUMBER(38,2)', kind: 'number', scale: 2 },
  { name: 'AVERAGE_PRICE', type: 'NUMBER(38,2)', kind: 'number', scale: 2 },
]
const choice: ChartChoice = {
  kind: 'grouped-bar',
  allowed: ['grouped-bar', 'stacked-bar', 'table'],
  x: 1,
  y: [2],
  series: null,
  adds: [2],
  title: 'Total by region',
  reason: 'a measure by category',
}
const rows: readonly Cell[][] = [
  ['1996-01-01', 'ASIA', '9007199254740993.25', '1.50'],
  ['1996-01-01', 'EUROPE', '30.00', '2.50'],
  ['1996-02-01', 'ASIA', '0.75', '3.50'],
  ['1996-02-01', null, '10.00', '4.50'],
]
const request = (change: Partial<ChartSettings> = {}, given = rows) => ({
  ...applySettings(choice, { ...chosenSettings(choice), ...change }, columns.length),
  columns,
  rows: given,
  formats,
})
const texts = (change: Partial<ChartSettings>, given = rows) => {
  const { categories, series } = chartData(request(change, given))
  return series.map(({ name, points }) => [name, ...points.map(({ at, text }) => `${categories[at]?.label} ${text}`)])
}

describe('settings', () => {
  test('that change nothing are the chosen chart', () => {
    expect(isSameChart({ ...chosenSettings(choice) }, chosenSettings(choice))).toBe(true)
    expect(isSameChart(withKind(chosenSettings(choice), 'donut'), chosenSettings(choice))).toBe(false)
  })

  test('of columns that the result lacks leave the chosen chart', () => {
    expect(applySettings(choice, { ...chosenSettings(choice), kind: 'donut', y: [9] }, 4).kind).toBe('grouped-bar')
  })

  test('values of one place are added up exactly where they add up, and are each drawn where they do not', () => {
    expect(texts({})).toEqual([['Total', 'ASIA 9,007,199,254,740,994.00', 'EUROPE 30.00', 'no region 10.00']])
    expect(texts({ y: [3] })).toEqual([['Average price', 'ASIA 1.50', 'EUROPE 2.50', 'ASIA 3.50', 'no region 4.50']])
  })

  test('the order and the number of groups', () => {
    expect(
      texts({ order: 'label' })[0]
        ?.slice(1)
        .map((text) => text.split(' ')[0]),
    ).toEqual(['ASIA', 'EUROPE', 'no'])
    expect(texts({ order: 'value', most: 1, joinsOthers: false })).toEqual([['Total', 'ASIA 9,007,199,254,740,994.00']])
    expect(texts({ most: 1, joinsOthers: true })[0]?.at(-1)).toBe('2 others 40.00')
    expect(texts({ y: [3], most: 1, joinsOthers: true })[0]).toHaveLength(2)
  })

  test('more series than can be told apart: the highest, and the rest as one where it is not too large', () => {
    const many = Array.from({ length: 20 }, (_none, at) => ['1996-01-01', `R${at}`, `${at === 0 ? 900 : 10}`, '1.00'])
    const drawn = chartData(request({ kind: 'line', x: 0, series: 1 }, many))
    expect([drawn.series.length, drawn.seriesOf, drawn.series.at(-1)?.name]).toEqual([8, 20, '13 others'])
    expect(drawn.series.at(-1)?.points[0]?.text).toBe('130.00')
    const panels = chartData(request({ kind: 'line', x: 0, series: 1, panels: true, joinsOthers: false }, many))
    expect([panels.series.length, panels.seriesOf]).toEqual([16, 20])
  })

  test('kinds of bars and ways of stacking go together', () => {
    const settings = chosenSettings(choice)
    expect(withKind(settings, 'stacked-bar').stacking).toBe('stacked')
    expect(withStacking(settings, 'share')).toMatchObject({ kind: 'stacked-bar', stacking: 'share' })
    expect(withStacking(withStacking(settings, 'share'), 'none')).toMatchObject({ kind: 'grouped-bar' })
    expect(withKind({ ...settings, stacking: 'share' }, 'bar').stacking).toBe('none')
  })

  test('kinds that would not be true are not offered', () => {
    expect(mayDraw(choice, request(), 'donut')).toBe(true)
    expect(mayDraw(choice, request({ y: [3] }), 'donut')).toBe(false)
    expect(mayDraw(choice, request({}, [['1996-01-01', 'ASIA', '-1.00', '1.00']]), 'donut')).toBe(false)
    expect(mayDraw(choice, request({ series: 0 }), 'donut')).toBe(false)
    expect([mayDraw(choice, request(), 'scatter'), mayDraw(choice, request({ x: 3 }), 'scatter')]).toEqual([
      false,
      true,
    ])
  })

  test('colours that a person chose come first', () => {
    expect(paletteOrder([3, 0])).toEqual([3, 0, 1, 2, 4, 5, 6, 7])
  })
})

interface Drawn {
  readonly xAxis: readonly unknown[]
  readonly yAxis: { readonly max?: number; readonly axisLabel: { readonly formatter: (value: number) => string } }
  readonly dataZoom?: readonly unknown[]
  readonly series: readonly {
    readonly name: string
    readonly stack?: string
    readonly lineStyle?: { readonly type?: string }
    readonly data: readonly { readonly value: readonly (number | null)[]; readonly at: number }[]
  }[]
}
const draw = (change: Partial<ChartSettings>, given = rows): Drawn =>
  chartOption(request(change, given), 900) as unknown as Drawn

describe('a drawing', () => {
  const split = { kind: 'stacked-bar', x: 0, series: 1, stacking: 'share' } as const
  test('of shares stacks to a hundred', () => {
    const given = [...rows.slice(1, 2), ['1996-01-01', 'ASIA', '10.00', '1.00'], ...rows.slice(2)]
    const { series, yAxis } = draw(split, given)
    expect([yAxis.max, yAxis.axisLabel.formatter(20)]).toEqual([100, '20%'])
    expect(series.map(({ stack, data }) => [stack, data[0]?.value[1]])).toEqual([
      ['all', 75],
      ['all', 25],
      ['all', expect.closeTo(93.02, 1)],
    ])
  })

  test('of averages is never stacked', () => {
    expect(draw({ ...split, y: [3] }).series.every(({ stack }) => stack === undefined)).toBe(true)
  })

  test('leads to a period that is not whole by a broken line, and only while that is marked', () => {
    const byMonth: ChartChoice = { ...choice, kind: 'line', x: 0, unfinished: ['1996-03-01'] }
    const given = ['1996-01-01', '1996-02-01', '1996-03-01'].map((day) => [day, 'ASIA', '5.00', '1.00'])
    const drawn = (marksUnfinished: boolean) => {
      const applied = applySettings(byMonth, { ...chosenSettings(byMonth), marksUnfinished }, columns.length)
      const { series } = chartOption({ ...applied, columns, rows: given, formats }, 900) as unknown as Drawn
      return series.map(({ lineStyle, data }) => [lineStyle?.type, data.map(({ at }) => at)])
    }
    expect(drawn(true)).toEqual([
      [undefined, [0, 1]],
      ['dashed', [1, 2]],
    ])
    expect(drawn(false)).toEqual([[undefined, [0, 1, 2]]])
  })

  test('of panels has a scale for each, all alike, and is as high as they need', () => {
    const { xAxis, series } = draw({ kind: 'line', x: 0, series: 1, panels: true })
    expect([xAxis.length, series.length]).toEqual([3, 3])
    expect(chartHeightPx(request({ kind: 'line', x: 0, series: 1, panels: true }), 300)).toBe(3 * 148)
  })

  test('of small charts of groups share a scale, those of measures have their own', () => {
    const some: readonly Cell[][] = [
      ['1996-01-01', 'ASIA', '5000000.00', '1.50'],
      ['1996-02-01', 'EUROPE', '7000000.00', '3.50'],
    ]
    const scales = (change: Partial<ChartSettings>) => {
      const { yAxis } = chartOption(request({ kind: 'line', x: 0, panels: true, ...change }, some), 900) as {
        yAxis: { min: number; max: number; axisLabel: { formatter: (value: number) => string } }[]
      }
      return yAxis.map(({ min, max, axisLabel }) => [min, max, axisLabel.formatter(max)])
    }
    expect(scales({ y: [2, 3] })).toEqual([
      [0, 8_000_000, '8M'],
      [0, 4, '4'],
    ])
    expect(scales({ series: 1 })).toEqual([
      [0, 8_000_000, '8M'],
      [0, 8_000_000, '8M'],
    ])
  })

  test('of small charts has no symbols where they would hide the line', () => {
    const days = Array.from({ length: 80 }, (_none, at) => [
      new Date(Date.UTC(1996, 0, 1 + Math.floor(at / 2))).toISOString().slice(0, 10),
      at % 2 === 0 ? 'ASIA' : 'EUROPE',
      `${at}`,
      '1.00',
    ])
    const hidden = (panels: boolean) => {
      const option = chartOption(request({ kind: 'line', x: 0, series: 1, panels }, days), 900)
      return (option as { series: { showSymbol?: boolean }[] }).series.map(({ showSymbol }) => showSymbol === false)
    }
    expect([hidden(true), hidden(false)]).toEqual([
      [true, true],
      [false, false],
    ])
  })

  test('of many moments can be looked at part by part', () => {
    const days = Array.from({ length: 90 }, (_none, at) => [
      new Date(Date.UTC(1996, 0, 1 + at)).toISOString().slice(0, 10),
      'ASIA',
      `${at}`,
      '1.00',
    ])
    const long = request({ kind: 'line', x: 0 }, days)
    expect(isZoomable(long, chartData(long))).toBe(true)
    expect(draw({ kind: 'line', x: 0 }, days).dataZoom).toHaveLength(2)
    expect(rangeFilter(long, chartData(long), 3, 5)).toEqual({
      kind: 'range',
      column: 0,
      from: '1996-01-04',
      to: '1996-01-06',
    })
  })

  test('is described in words, with its highest and its lowest value', () => {
    const one = request()
    expect(descriptionOf(one, chartData(one))).toBe(
      'Grouped bar chart: Total by region. 3 groups, Total. The table shows every value. ' +
        'Highest: 9,007,199,254,740,994.00 at ASIA; lowest: 10.00 at no region.',
    )
  })
})

describe('numbers on an axis', () => {
  const written = (values: readonly number[], ticks: readonly number[], change: Partial<ChartSettings> = {}) =>
    ticks.map(numberWriter(request(change), 2, { values, scaled: false }))
  test.each<[string, readonly number[], readonly number[], Partial<ChartSettings>, readonly string[]]>([
    ['hundredths', [0.049, 0.051], [0, 0.02, 0.04], {}, ['0', '0.02', '0.04']],
    ['thousands from zero on', [20_100, 20_400], [0, 5_000], {}, ['0', '5K']],
    ['tiny ones', [1e-9, 4e-9], [0, 2e-9], {}, ['0', '2E-9']],
    ['huge ones', [1e36, 4e36], [0, 2e36], {}, ['0', '2E36']],
    ['short by choice', [1_200, 6_000], [0, 2_000], { numbers: 'compact' }, ['0', '2K']],
    ['fractions as percent', [0.1, 0.4], [0, 0.2], { numbers: 'percent' }, ['0%', '20%']],
    ['digits by choice', [1, 4], [0, 2], { digits: 2 }, ['0', '2.00']],
  ])('%s', (_what, values, ticks, change, labels) => {
    expect(written(values, ticks, change)).toEqual(labels)
  })
})

describe('a mark', () => {
  const mark = { at: 0, series: 0 }
  test('stands for rows that filters find again, by exact values', () => {
    const one = request({ x: 0, series: 1 })
    const data = chartData(one)
    expect(filtersOf(one, data, mark)).toEqual([
      { kind: 'values', column: 0, values: ['1996-01-01'], isExcluded: false },
      { kind: 'values', column: 1, values: ['ASIA'], isExcluded: false },
    ])
    expect([markName(data, mark), questionAbout(one, data, mark)]).toEqual([
      'January 1996 · ASIA',
      'Only for region "ASIA" in January 1996',
    ])
  })

  test('of all others stands for the rows that are not drawn; a value that is missing for those without one', () => {
    const one = request({ most: 2 })
    const data = chartData(one)
    expect(filtersOf(one, data, { at: 2, series: 0 })).toEqual([
      { kind: 'values', column: 1, values: ['ASIA', 'EUROPE'], isExcluded: true },
    ])
    expect(questionAbout(one, data, { at: 2, series: 0 })).toBeNull()
    expect(filtersOf(request(), chartData(request()), { at: 2, series: 0 })).toEqual([
      { kind: 'values', column: 1, values: [null], isExcluded: false },
    ])
  })
})
