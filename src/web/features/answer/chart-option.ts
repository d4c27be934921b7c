import type { EChartsCoreOption } from 'echarts/core'
import type { ChartKind } from '../../../contract/result.ts'
import { columnTitle, isNaming, namesYears, unitOf } from '../../../contract/words/columns.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import { chartData, type ChartData, type ChartRequest } from './chart-data.ts'
import {
  axisLine,
  axisText,
  chartBase,
  dateAxis,
  seriesLook,
  splitLine,
  tooltipLook,
  unfinishedLook,
  type DateAxis,
} from './chart-look.ts'

/** A chart of some width as ECharts takes it. Pure: it decides everything, the component only draws. */
export function chartOption(request: ChartRequest, widthPx: number): EChartsCoreOption {
  const data = chartData(request)
  const told = request.kind === 'donut' ? data.categories.length : data.series.length
  const shared = { ...chartBase(told), aria: ariaOf(request, data) }
  if (request.kind === 'donut') return { ...shared, ...donut(data, request.formats) }
  if (request.kind === 'scatter') return { ...shared, ...scatter(request, data) }
  return { ...shared, ...cartesian(request, data, widthPx) }
}

const kindWords: Readonly<Record<ChartKind, string>> = {
  kpi: 'Number',
  table: 'Table',
  line: 'Line chart',
  area: 'Area chart',
  bar: 'Bar chart',
  'horizontal-bar': 'Horizontal bar chart',
  'stacked-bar': 'Stacked bar chart',
  'grouped-bar': 'Grouped bar chart',
  donut: 'Donut chart',
  scatter: 'Scatter chart',
}

/** The chart in one sentence; its numbers are one tab away, in the table. */
const ariaOf = ({ choice, kind }: ChartRequest, { categories, series }: ChartData) => ({
  enabled: true,
  label: {
    description: `${kindWords[kind]}: ${choice.title}. ${categories.length} ${categories.length === 1 ? 'group' : 'groups'}, ${series.map(({ name }) => name).join(', ')}. The table shows every value.`,
  },
})

/**
 * The axis of a measure. Its labels have as many digits as tell neighbours apart (0.02 beside 0.04, 1.2M beside 1.4M). An axis of
 * numbers that name things, such as years, leaves them ungrouped; `scaled` axes need not begin at zero.
 */
function valueAxisOf(
  { columns, rows, formats }: ChartRequest,
  position: number | null | undefined,
  { values, scaled }: { readonly values: readonly number[]; readonly scaled: boolean },
) {
  const column = columns[position ?? -1]
  const least = values.reduce((a, b) => Math.min(a, b), scaled ? Number.POSITIVE_INFINITY : 0)
  const most = values.reduce((a, b) => Math.max(a, b), scaled ? Number.NEGATIVE_INFINITY : 0)
  const range = most > least ? most - least : Math.abs(most) || 1
  const largest = Math.max(Math.abs(least), Math.abs(most), 1)
  const named = column !== undefined && isNaming(column)
  const unit = largest < 10_000 || named ? 1 : 10 ** (3 * Math.floor(Math.log10(largest) / 3))
  // ECharts draws about five ticks; the power of ten below a fifth of the range is never above their step.
  const digits = Math.ceil(-Math.log10(10 ** Math.floor(Math.log10(range / 5)) / unit))
  const look = {
    mostDigits: Math.min(20, Math.max(0, digits)),
    isShort: unit > 1,
    grouped: !named,
    unit:
      column === undefined
        ? null
        : unitOf(
            column,
            rows.map((row) => row[position ?? -1]),
          ),
  }
  return {
    type: 'value',
    splitLine,
    axisLabel: { ...axisText, formatter: (value: number) => formats.tick(value, look) },
  }
}

const drawnValues = (data: ChartData): readonly number[] =>
  data.series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))

function cartesian(request: ChartRequest, data: ChartData, widthPx: number): EChartsCoreOption {
  const { kind, choice } = request
  const drawsLine = kind === 'line' || kind === 'area'
  const dates = datesOf(request, data)
  const isTime = dates !== null && (drawsLine || hasGaps(dates))
  const flat = liesDown(request, data, widthPx)
  const valueAxis = valueAxisOf(request, choice.y[0], { values: drawnValues(data), scaled: false })
  const categories = isTime ? timeAxis(dates, widthPx) : categoryAxis(data, dates, flat, widthPx)
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'axis',
      axisPointer: { type: drawsLine ? 'line' : 'shadow' },
      formatter: axisTip(data),
    },
    xAxis: flat ? valueAxis : categories,
    yAxis: flat ? categories : valueAxis,
    series: data.series.map((series, index) => ({
      ...seriesLook(flat && kind === 'bar' ? 'horizontal-bar' : kind, index),
      name: series.name,
      data: series.points.map(({ at, value }) => {
        const look = data.categories[at]?.isUnfinished ? unfinishedLook : {}
        if (isTime) return { value: [dates.moments[at] ?? 0, value], at, ...look }
        return { value: flat ? [value, at] : [at, value], at, ...look }
      }),
    })),
  }
}

/** The moments along the axis; null where it holds no dates. */
function datesOf({ choice, columns, formats }: ChartRequest, data: ChartData): DateAxis | null {
  const x = columns[choice.x ?? -1]
  const isMoment =
    x?.kind === 'date' || x?.kind === 'timestamp' || (x !== undefined && isNaming(x) && namesYears(x.name))
  return isMoment
    ? dateAxis(
        data.categories.map(({ cell }) => cell),
        formats,
      )
    : null
}

/** Whether moments are missing between others: bars then stand on a scale of time. Months differ by three days, which is no gap. */
function hasGaps({ moments }: DateAxis): boolean {
  const steps = moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0))
  return steps.length > 1 && Math.max(...steps) > 1.5 * Math.min(...steps)
}

/** Whether bars lie on their side: as they are asked to, or because their labels would not fit below them. */
function liesDown(request: ChartRequest, data: ChartData, widthPx: number): boolean {
  if (request.kind === 'horizontal-bar') return true
  const isBar = request.kind === 'bar' || request.kind === 'grouped-bar' || request.kind === 'stacked-bar'
  return isBar && datesOf(request, data) === null && !fitsUpright(data, widthPx)
}

const shallowPx = 288

/** High enough for the label of every bar that lies on its side. */
export function chartHeightPx(request: ChartRequest, widthPx: number): number {
  if (request.kind === 'donut' || request.kind === 'scatter') return shallowPx
  const data = chartData(request)
  if (!liesDown(request, data, widthPx)) return shallowPx
  const most = flatLabelLength(widthPx)
  const eachPx = data.categories.some(({ label }) => label.length > most) ? 36 : 22
  const bars = request.kind === 'grouped-bar' ? Math.max(1, data.series.length * 0.6) : 1
  return Math.max(shallowPx, 56 + eachPx * bars * data.categories.length)
}

const timeAxis = (dates: DateAxis, widthPx: number) => ({
  type: 'time',
  axisLine,
  axisTick: { show: false },
  boundaryGap: ['3%', '3%'],
  axisLabel: { ...axisText, hideOverlap: true, formatter: dates.label, customValues: spread(dates.moments, widthPx) },
})

/** As many of the moments as have room for their labels, the same number left out between each two. */
function spread(moments: readonly number[], widthPx: number): readonly number[] {
  const step = Math.max(1, Math.ceil((moments.length * 92) / widthPx))
  return moments.filter((_ms, index) => index % step === 0)
}

const categoryAxis = (data: ChartData, dates: DateAxis | null, flat: boolean, widthPx: number) => ({
  type: 'category',
  data: data.categories.map(({ label }, index) => dates?.label(dates.moments[index] ?? 0) ?? label),
  inverse: flat,
  axisLine,
  axisTick: { show: false },
  axisLabel: { ...axisText, ...labelRoom(data.categories.length, flat, widthPx) },
})

/** A text keeps its two ends, which tell it apart better than its beginning. */
const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.ceil(most / 2))}…${text.slice(1 - Math.floor(most / 2))}`

/** A label in at most two lines: the values of two columns one below the other, several words broken between them. */
function inTwoLines(label: string, most: number): string {
  if (label.length <= most) return label
  const [value = '', beside] = label.split(' · ')
  if (beside !== undefined) return `${shortened(value, most)}\n${shortened(beside, most)}`
  const space = label.lastIndexOf(' ', most)
  return space <= 0 ? shortened(label, most) : `${label.slice(0, space)}\n${shortened(label.slice(space + 1), most)}`
}

/** The room that the label of one upright bar has. */
const roomPerBarPx = (count: number, widthPx: number): number => (widthPx - 70) / Math.max(1, count)

/** Whether upright bars leave enough of their labels to be told apart; on a phone they seldom do. */
function fitsUpright({ categories }: ChartData, widthPx: number): boolean {
  const roomPx = roomPerBarPx(categories.length, widthPx)
  const longest = categories.reduce((most, { label }) => Math.max(most, label.length), 0)
  return roomPx >= 56 && (roomPx >= 92 || longest * 7 <= roomPx - 8)
}

/** The characters that fit in a line beside a bar. */
const flatLabelLength = (widthPx: number): number => Math.floor(Math.min(190, widthPx / 2.6) / 7.2)

/** A few upright bars have all their labels; of many, those that fit. */
function labelRoom(count: number, flat: boolean, widthPx: number): Record<string, unknown> {
  if (flat) {
    const formatter = (label: string): string => inTwoLines(label, flatLabelLength(widthPx))
    return { interval: 0, lineHeight: 14, formatter }
  }
  const eachPx = roomPerBarPx(count, widthPx)
  if (eachPx >= 56) {
    const formatter = (label: string): string => inTwoLines(label, Math.floor((eachPx - 8) / 7))
    return { interval: 0, lineHeight: 15, formatter }
  }
  return { width: 110, overflow: 'truncate', hideOverlap: true }
}

interface TipItem {
  readonly seriesIndex: number
  readonly data: { readonly at: number }
}

/** What the pointer rests on, in the exact words of the table. */
const axisTip = (data: ChartData) => (items: readonly TipItem[]) => {
  const at = items[0]?.data.at
  if (at === undefined) return ''
  const lines = items.map((item) => {
    const series = data.series[item.seriesIndex]
    const text = series?.points.find((point) => point.at === at)?.text ?? ''
    return `${series?.name ?? ''}  ${text}`
  })
  const category = data.categories[at]
  const head = category === undefined ? '' : `${category.label}${category.isUnfinished ? ' (not whole)' : ''}`
  return [head, ...lines].filter((line) => line !== '').join('\n')
}

function donut(data: ChartData, formats: Formats): EChartsCoreOption {
  const share = (percent: number): string =>
    formats.tick(percent, { mostDigits: 1, isShort: false, grouped: true, unit: '%' })
  const points = data.series[0]?.points ?? []
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'item',
      formatter: (item: { name: string; percent: number; data: { text: string } }) =>
        `${item.name}\n${item.data.text}  (${share(item.percent)})`,
    },
    series: [
      {
        ...seriesLook('donut', 0),
        label: { ...axisText, formatter: ({ percent }: { percent: number }) => share(percent) },
        data: points.map(({ at, value, text }) => ({ name: data.categories[at]?.label ?? '', value, text })),
      },
    ],
  }
}

function scatter(request: ChartRequest, data: ChartData): EChartsCoreOption {
  const { choice, columns } = request
  const name = (position: number | null | undefined) => columnTitle(columns[position ?? -1]?.name ?? '')
  const across = data.categories.map(({ cell }) => Number(cell)).filter(Number.isFinite)
  const naming = { nameLocation: 'middle', nameTextStyle: axisText, scale: true }
  const up = { values: drawnValues(data), scaled: true }
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'item',
      formatter: (item: { seriesName: string; data: { text: string } }) => item.data.text,
    },
    xAxis: {
      ...valueAxisOf(request, choice.x, { values: across, scaled: true }),
      ...naming,
      name: name(choice.x),
      nameGap: 28,
    },
    yAxis: { ...valueAxisOf(request, choice.y[0], up), ...naming, name: name(choice.y[0]), nameGap: 44 },
    series: data.series.map((series, index) => ({
      ...seriesLook('scatter', index),
      name: series.name,
      data: series.points.map(({ at, value, text }) => ({
        value: [Number(data.categories[at]?.cell), value],
        text: `${name(choice.x)}  ${data.categories[at]?.label ?? ''}\n${name(choice.y[0])}  ${text}`,
      })),
    })),
  }
}
