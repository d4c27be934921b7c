import type { EChartsCoreOption } from 'echarts/core'
import type { ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import { isNaming } from '../../../contract/words/cells.ts'
import type { Row } from '../../turns/turn-view.ts'
import { chartData, type ChartData } from './chart-data.ts'
import {
  axisLine,
  axisText,
  chartBase,
  dateAxis,
  seriesLook,
  splitLine,
  tooltipLook,
  type DateAxis,
} from './chart-look.ts'

export interface ChartRequest {
  readonly choice: ChartChoice
  readonly kind: ChartKind
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

/** A chart of some width as ECharts takes it. Pure: it decides everything, the component only draws. */
export function chartOption(request: ChartRequest, widthPx: number): EChartsCoreOption {
  const data = chartData(request.choice, request.kind, request.columns, request.rows)
  const told = request.kind === 'donut' ? data.categories.length : data.series.length
  const shared = { ...chartBase(told), aria: ariaOf(request, data) }
  if (request.kind === 'donut') return { ...shared, ...donut(data) }
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
function valueAxisOf(values: readonly number[], column: Column | undefined, scaled: boolean) {
  const least = values.reduce((a, b) => Math.min(a, b), scaled ? Number.POSITIVE_INFINITY : 0)
  const most = values.reduce((a, b) => Math.max(a, b), scaled ? Number.NEGATIVE_INFINITY : 0)
  const range = most > least ? most - least : Math.abs(most) || 1
  const largest = Math.max(Math.abs(least), Math.abs(most), 1)
  const named = column !== undefined && isNaming(column)
  const unit = largest < 10_000 || named ? 1 : 10 ** (3 * Math.floor(Math.log10(largest) / 3))
  // ECharts draws about five ticks; the power of ten below a fifth of the range is never above their step.
  const digits = Math.ceil(-Math.log10(10 ** Math.floor(Math.log10(range / 5)) / unit))
  const format = new Intl.NumberFormat('en-US', {
    notation: unit > 1 ? 'compact' : 'standard',
    useGrouping: !named,
    maximumFractionDigits: Math.min(20, Math.max(0, digits)),
  })
  return { type: 'value', splitLine, axisLabel: { ...axisText, formatter: (value: number) => format.format(value) } }
}

const drawnValues = (data: ChartData): readonly number[] =>
  data.series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))

function cartesian({ kind, choice, columns }: ChartRequest, data: ChartData, widthPx: number): EChartsCoreOption {
  const drawsLine = kind === 'line' || kind === 'area'
  const x = choice.x === null ? undefined : columns[choice.x]
  const isMoment = x?.kind === 'date' || x?.kind === 'timestamp'
  const dates = isMoment ? dateAxis(data.categories.map(({ cell }) => cell)) : null
  const flat = kind === 'horizontal-bar' || (kind === 'bar' && dates === null && !fitsUpright(data, widthPx))
  const valueAxis = valueAxisOf(drawnValues(data), columns[choice.y[0] ?? -1], false)
  const categories = drawsLine && dates !== null ? timeAxis(dates, widthPx) : categoryAxis(data, dates, flat, widthPx)
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
      ...seriesLook(flat ? 'horizontal-bar' : kind, index),
      name: series.name,
      data: series.points.map(({ at, value }) => {
        if (drawsLine && dates !== null) return { value: [dates.moments[at] ?? 0, value], at }
        return { value: flat ? [value, at] : [at, value], at }
      }),
    })),
  }
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

/** One long word keeps its two ends, which tell it apart better than its beginning; several words may break into two lines. */
function shortened(label: string, most: number): string {
  if (label.length <= most) return label
  if (!label.includes(' ')) return `${label.slice(0, Math.ceil(most / 2))}…${label.slice(-Math.floor(most / 2) + 1)}`
  return label.length <= 2 * most ? label : `${label.slice(0, 2 * most - 1)}…`
}

/** The room that the label of one upright bar has. */
const roomPerBarPx = (count: number, widthPx: number): number => (widthPx - 70) / Math.max(1, count)

/** Whether upright bars leave enough of their labels to be told apart; on a phone they seldom do. */
function fitsUpright({ categories }: ChartData, widthPx: number): boolean {
  const roomPx = roomPerBarPx(categories.length, widthPx)
  const longest = categories.reduce((most, { label }) => Math.max(most, label.length), 0)
  return roomPx >= 56 && (roomPx >= 92 || longest * 7 <= roomPx - 8)
}

/** A few upright bars have all their labels; of many, those that fit. */
function labelRoom(count: number, flat: boolean, widthPx: number): Record<string, unknown> {
  if (flat) {
    const width = Math.min(150, widthPx / 3)
    const formatter = (label: string): string => (label.includes(' ') ? label : shortened(label, Math.floor(width / 8)))
    return { width, overflow: 'truncate', interval: 0, formatter }
  }
  const eachPx = roomPerBarPx(count, widthPx)
  if (eachPx >= 56) {
    const formatter = (label: string): string => shortened(label, Math.floor((eachPx - 8) / 7))
    return { width: eachPx - 8, overflow: 'break', interval: 0, lineHeight: 15, formatter }
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
  return [data.categories[at]?.label ?? '', ...lines].filter((line) => line !== '').join('\n')
}

function donut(data: ChartData): EChartsCoreOption {
  const points = data.series[0]?.points ?? []
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'item',
      formatter: (item: { name: string; percent: number; data: { text: string } }) =>
        `${item.name}\n${item.data.text}  (${item.percent} %)`,
    },
    series: [
      {
        ...seriesLook('donut', 0),
        data: points.map(({ at, value, text }) => ({ name: data.categories[at]?.label ?? '', value, text })),
      },
    ],
  }
}

function scatter({ choice, columns }: ChartRequest, data: ChartData): EChartsCoreOption {
  const name = (position: number | null | undefined) => columns[position ?? -1]?.name ?? ''
  const across = data.categories.map(({ cell }) => Number(cell)).filter(Number.isFinite)
  const naming = { nameLocation: 'middle', nameTextStyle: axisText, scale: true }
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'item',
      formatter: (item: { seriesName: string; data: { text: string } }) => item.data.text,
    },
    xAxis: { ...valueAxisOf(across, columns[choice.x ?? -1], true), ...naming, name: name(choice.x), nameGap: 28 },
    yAxis: {
      ...valueAxisOf(drawnValues(data), columns[choice.y[0] ?? -1], true),
      ...naming,
      name: name(choice.y[0]),
      nameGap: 44,
    },
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
