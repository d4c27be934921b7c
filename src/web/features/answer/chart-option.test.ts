import { describe, expect, test } from 'vitest'
import type { Cell, ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { chartData } from './chart-data.ts'
import { drawableKinds } from './chart-request.ts'
import { chartOption } from './chart-option.ts'

const formats = makeFormats('en-US')
const columns: readonly Column[] = [
  { name: 'MONTH', type: 'DATE', kind: 'date', scale: null },
  { name: 'REGION', type: 'VARCHAR', kind: 'text', scale: null },
  { name: 'TOTAL', type: 'NUMBER(38,2)', kind: 'number', scale: 2 },
]
const rows: readonly Cell[][] = [
  ['1996-02-01', 'ASIA', '30.00'],
  ['1996-01-01', 'ASIA', '9007199254740993.25'],
  ['1996-01-01', 'EUROPE', null],
  ['1996-02-01', 'EUROPE', 'NaN'],
]
const choice = (kind: ChartKind, more: Partial<ChartChoice> = {}): ChartChoice => ({
  kind,
  allowed: [kind, 'table'],
  x: 0,
  y: [2],
  series: 1,
  title: 'Total by month',
  reason: 'a measure over time',
  ...more,
})
const option = (kind: ChartKind, more: Partial<ChartChoice> = {}) =>
  chartOption({ choice: choice(kind, more), kind, columns, rows, formats }, 700) as {
    xAxis: Record<string, unknown>
    yAxis: Record<string, unknown>
    legend: { show: boolean }
    tooltip: { renderMode: string; formatter: (item: unknown) => string }
    series: { type: string; stack?: string; data: { value: unknown }[] }[]
  }

const dataOf = (kind: ChartKind, given: readonly Cell[][], more: Partial<ChartChoice> = {}) =>
  chartData({ choice: choice(kind, { x: 1, series: null, ...more }), kind, columns, rows: given, formats })

describe('data', () => {
  test('puts moments in their order and one series a group', () => {
    const data = chartData({ choice: choice('line'), kind: 'line', columns, rows, formats })
    expect(data.categories.map(({ label }) => label)).toEqual(['January 1996', 'February 1996'])
    expect(data.series.map(({ name, points }) => [name, points.map(({ at, text }) => [at, text])])).toEqual([
      [
        'ASIA',
        [
          [0, '9,007,199,254,740,993.25'],
          [1, '30.00'],
        ],
      ],
      [
        'EUROPE',
        [
          [0, 'NULL'],
          [1, 'NaN'],
        ],
      ],
    ])
  })

  test('draws nothing where there is no finite number', () => {
    const europe = chartData({ choice: choice('line'), kind: 'line', columns, rows, formats }).series[1]
    expect(europe?.points.map(({ value }) => value)).toEqual([null, null])
  })

  test('where not all groups fit it draws the highest, and says of how many', () => {
    const many = Array.from({ length: 57 }, (_row, index) => ['1996-01-01', `customer ${index}`, index])
    const data = dataOf('horizontal-bar', many)
    expect([data.categories.length, data.of, data.series[0]?.points.length]).toEqual([20, 57, 20])
    expect([data.categories[0]?.label, data.categories.at(-1)?.label]).toEqual(['customer 56', 'customer 37'])
  })

  test('where they add up the others are drawn as one, exactly', () => {
    const many = Array.from({ length: 57 }, (_row, index) => [
      '1996-01-01',
      `customer ${index}`,
      `${index > 36 ? 900 : index}.25`,
    ])
    const data = dataOf('horizontal-bar', many, { other: true })
    expect([data.categories.length, data.of, data.inOther]).toEqual([20, 57, 38])
    const other = data.series[0]?.points.at(-1)
    // 0 to 36 with a quarter each, and one of the 900s.
    expect([data.categories.at(-1)?.label, other?.text]).toEqual(['38 others', '1,575.50'])
  })

  test('others that would hide the rest are told beside the chart', () => {
    const many = Array.from({ length: 57 }, (_row, index) => ['1996-01-01', `customer ${index}`, '10.25'])
    const data = dataOf('horizontal-bar', many, { other: true })
    expect([data.categories.length, data.inOther, data.beside]).toEqual([20, 0, 'the other 37 together 379.25'])
  })

  test.each<[string, readonly Cell[], readonly string[]]>([
    ['months in words', ['Mar', 'Dec', 'Jan'], ['Jan', 'Mar', 'Dec']],
    ['days of the week', ['Sunday', 'Monday', 'Friday'], ['Monday', 'Friday', 'Sunday']],
    ['other words, as they came', ['March', 'west', 'Jan'], ['March', 'west', 'Jan']],
    ['a group without a name', [null, 'a'], ['no region', 'a']],
  ])('%s', (_why, cells, labels) => {
    const given = cells.map((cell, at) => ['1996-01-01', cell, at])
    expect(dataOf('bar', given).categories.map(({ label }) => label)).toEqual(labels)
  })

  test('a label of two columns, and a period that is not whole', () => {
    const data = dataOf('bar', [['1996-01-01', 'ASIA', 1]], { labels: [0], unfinished: ['ASIA'] })
    expect(data.categories).toEqual([
      { label: 'ASIA · January 1996', cell: 'ASIA', cells: ['ASIA', '1996-01-01'], isUnfinished: true },
    ])
  })

  test('skips a column that the result does not have', () => {
    expect(chartData({ choice: choice('bar', { y: [7] }), kind: 'bar', columns, rows, formats }).series).toEqual([])
  })
})

describe('option', () => {
  test.each<[ChartKind, string, string | undefined]>([
    ['line', 'line', undefined],
    ['area', 'line', undefined],
    ['bar', 'bar', undefined],
    ['grouped-bar', 'bar', undefined],
    ['stacked-bar', 'bar', 'all'],
  ])('%s is drawn as %s', (kind, type, stack) => {
    expect(option(kind).series.map((series) => [series.type, series.stack])).toEqual([
      [type, stack],
      [type, stack],
    ])
  })

  test('a line over dates stands on a scale of time, so that gaps are seen', () => {
    const { xAxis, series } = option('line')
    expect(xAxis['type']).toBe('time')
    expect(series[0]?.data.map(({ value }) => value)).toEqual([
      [Date.UTC(1996, 0, 1), Number('9007199254740993.25')],
      [Date.UTC(1996, 1, 1), 30],
    ])
  })

  test('horizontal bars lie on their side, the first on top', () => {
    const { xAxis, yAxis } = option('horizontal-bar', { x: 1, series: null })
    expect([xAxis['type'], yAxis['type'], yAxis['inverse']]).toEqual(['value', 'category', true])
  })

  test('a long word beside a horizontal bar keeps the end that tells it apart', () => {
    const request = {
      choice: choice('horizontal-bar', { x: 1, series: null }),
      kind: 'horizontal-bar' as const,
      columns,
      rows,
      formats,
    }
    const { yAxis } = chartOption(request, 320) as { yAxis: { axisLabel: { formatter: (label: string) => string } } }
    expect(yAxis.axisLabel.formatter('Customer#000000251')).toBe('Customer#…0000251')
    expect(yAxis.axisLabel.formatter('UNITED KINGDOM')).toBe('UNITED KINGDOM')
  })

  test('labels of an axis of time stand at moments of the data, as many as have room', () => {
    const months = Array.from({ length: 12 }, (_row, at) => [`1996-${String(at + 1).padStart(2, '0')}-01`, 'ASIA', at])
    const request = { choice: choice('line'), kind: 'line' as const, columns, rows: months, formats }
    const at = (widthPx: number) =>
      (chartOption(request, widthPx) as { xAxis: { axisLabel: { customValues: number[] } } }).xAxis.axisLabel
        .customValues
    expect(at(1_200)).toHaveLength(12)
    expect(at(400).map((ms) => new Date(ms).getUTCMonth())).toEqual([0, 3, 6, 9])
  })

  test('labels of moments with gaps stand where they have room, at both ends too', () => {
    const some = [0, 1, 2, 3, 9, 10, 11, 20].map((at) => [
      `${1996 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`,
      'ASIA',
      at,
    ])
    const drawn = chartOption({ choice: choice('line'), kind: 'line', columns, rows: some, formats }, 700)
    const { xAxis } = drawn as { xAxis: { axisLabel: { customValues: number[] } } }
    const labelled = xAxis.axisLabel.customValues.map((ms) => new Date(ms).toISOString().slice(0, 7))
    expect(labelled).toEqual(['1996-01', '1996-10', '1997-09'])
  })

  test.each<readonly [why: string, kind: ChartKind, values: readonly number[], isScaled: boolean]>([
    ['a line of values close to each other', 'line', [2_000, 2_003, 2_001, 2_004], true],
    ['a line of losses close to each other', 'line', [-2_000, -2_003, -2_001], true],
    ['a line of values that differ', 'line', [1_000, 2_000, 1_500], false],
    ['a line across zero', 'line', [-1, 1, 0], false],
    ['a line of equal values', 'line', [5, 5, 5], false],
    ['bars, which are compared by length', 'bar', [2_000, 2_003, 2_001], false],
    ['an area, which is too', 'area', [2_000, 2_003, 2_001], false],
  ])('%s: zero on the axis', (_why, kind, values, isScaled) => {
    const given = values.map((value, at) => [`1996-0${at + 1}-01`, 'ASIA', value])
    const one = choice(kind, { series: null })
    const { yAxis } = chartOption({ choice: one, kind, columns, rows: given, formats }, 700) as {
      yAxis: { scale?: boolean }
    }
    expect(yAxis.scale === true).toBe(isScaled)
  })

  test('long labels of moments have more room', () => {
    const minutes = Array.from({ length: 30 }, (_row, at) => [
      `1996-01-01 08:${String(at).padStart(2, '0')}:00`,
      'ASIA',
      at,
    ])
    const drawn = chartOption({ choice: choice('line'), kind: 'line', columns, rows: minutes, formats }, 340)
    const { xAxis } = drawn as { xAxis: { axisLabel: { customValues: number[] } } }
    expect(xAxis.axisLabel.customValues.map((ms) => new Date(ms).getUTCMinutes())).toEqual([0, 11, 22])
  })

  test('the tooltip is drawn, not HTML, and tells exact values', () => {
    const { tooltip } = option('line')
    expect(tooltip.renderMode).toBe('richText')
    expect(
      tooltip.formatter([
        { seriesIndex: 0, data: { at: 0 } },
        { seriesIndex: 1, data: { at: 0 } },
      ]),
    ).toBe('January 1996\nASIA  9,007,199,254,740,993.25\nEUROPE  NULL')
  })

  test('there is a legend only where there is something to tell apart', () => {
    expect([option('line').legend.show, option('bar', { series: null }).legend.show]).toEqual([true, false])
  })

  test('a scatter takes its place along the axis from the cell', () => {
    const two: readonly Column[] = ['A', 'B'].map((name) => ({ name, type: 'FLOAT', kind: 'number', scale: null }))
    const scatter = chartOption(
      {
        choice: choice('scatter', { x: 0, y: [1], series: null }),
        kind: 'scatter',
        columns: two,
        rows: [
          [2.5, '7'],
          [1, 3],
        ],
        formats,
      },
      700,
    ) as ReturnType<typeof option>
    expect(scatter.series[0]?.data.map(({ value }) => value)).toEqual([
      [2.5, 7],
      [1, 3],
    ])
  })
})

describe('the labels of an axis', () => {
  const measure: readonly Column[] = [
    { name: 'MODE', type: 'VARCHAR', kind: 'text', scale: null },
    { name: 'VALUE', type: 'NUMBER', kind: 'number', scale: null },
  ]
  type Axis = { readonly axisLabel: { readonly formatter: (value: number) => string } }
  const axes = (kind: ChartKind, of: readonly Column[], given: readonly Cell[][], widthPx = 700) =>
    chartOption(
      { choice: choice(kind, { x: 0, y: [1], series: null }), kind, columns: of, rows: given, formats },
      widthPx,
    ) as {
      readonly xAxis: Axis & { readonly type: string }
      readonly yAxis: Axis & { readonly type: string }
    }

  test.each<[string, readonly number[], readonly number[], readonly string[]]>([
    ['small numbers', [0.049, 0.051], [0, 0.02, 0.04], ['0', '0.02', '0.04']],
    ['whole numbers', [3, 11], [0, 5, 10], ['0', '5', '10']],
    ['thousands', [1_200, 6_784], [0, 2_000, 4_000], ['0', '2,000', '4,000']],
    ['millions that differ little', [1.2e6, 1.4e6], [1_200_000, 1_400_000], ['1.2M', '1.4M']],
    ['billions', [1.8e9, 2.1e9], [0, 500_000_000, 2_000_000_000], ['0', '500M', '2B']],
  ])('%s are told apart', (_why, values, ticks, labels) => {
    const { yAxis } = axes(
      'bar',
      measure,
      values.map((value, at) => [`m${at}`, value]),
    )
    expect(ticks.map(yAxis.axisLabel.formatter)).toEqual(labels)
  })

  test('years are not grouped nor shortened', () => {
    const byYear: readonly Column[] = [
      { name: 'ORDER_YEAR', type: 'NUMBER', kind: 'number', scale: 0 },
      ...measure.slice(1),
    ]
    const { xAxis } = axes('scatter', byYear, [
      [1992, 1],
      [1998, 2],
    ])
    expect([1992, 1994].map(xAxis.axisLabel.formatter)).toEqual(['1992', '1994'])
  })

  test('bars lie down where their labels would be cut beyond recognition', () => {
    const five = Array.from({ length: 5 }, (_row, at) => [`Customer#00000020${at}`, at])
    expect(axes('bar', measure, five, 700).xAxis.type).toBe('category')
    expect(axes('bar', measure, five, 358).yAxis.type).toBe('category')
    const short = five.map(([, value], at) => [`c${at}`, value ?? null])
    expect(axes('bar', measure, short, 358).xAxis.type).toBe('category')
  })
})

test('the table is not offered as a chart, and no kind twice', () => {
  expect(drawableKinds(choice('line', { allowed: ['line', 'bar', 'table'] }))).toEqual(['line', 'bar'])
})
