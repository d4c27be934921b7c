import type { EChartsCoreOption } from 'echarts/core'
import { chartWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'
import {
  categoryAxis,
  datesOf,
  fitsUpright,
  flatLabelLength,
  hasGaps,
  numberWriter,
  panelsHeightPx,
  panelsOption,
  panelWidthPx,
  timeAxis,
  valueAxisOf,
} from './chart-axes.ts'
import { chartData, type ChartData } from './chart-data.ts'
import { drawnTitle, tipText } from './chart-labels.ts'
import {
  axisText,
  chartBase,
  seriesLook,
  tooltipLook,
  unfinishedLine,
  unfinishedLook,
  type DateAxis,
} from './chart-look.ts'
import type { ChartRequest } from './chart-request.ts'
import type { ChartSeries } from './chart-series.ts'

/** A chart of some width as ECharts takes it. Pure: it decides everything, the component only draws. */
export function chartOption(request: ChartRequest, widthPx: number, data = chartData(request)): EChartsCoreOption {
  const told = request.kind === 'donut' ? data.categories.length : data.series.length
  const shared = { ...chartBase(told), aria: { enabled: true, label: { description: descriptionOf(request, data) } } }
  if (request.kind === 'donut') return { ...shared, ...donut(request, data) }
  if (request.kind === 'scatter') return { ...shared, ...scatter(request, data) }
  const tooltip = tooltipOf(request, data)
  if (!isPanels(request, data)) {
    const { axes, marks } = cartesian(request, data, widthPx)
    return { ...shared, ...axes, series: marks, tooltip, ...zoomOf(request, data) }
  }
  const drawn = cartesian(request, data, panelWidthPx(data.series.length, widthPx))
  return { ...shared, tooltip, ...panelsOption(request, data, drawn, widthPx) }
}

const isPanels = ({ look }: ChartRequest, { series }: ChartData): boolean => look?.panels === true && series.length > 1

/** The chart in sentences: what it shows, where it is highest and lowest; the rest of its numbers is in its table. */
export function descriptionOf({ choice, kind }: ChartRequest, { categories, series }: ChartData): string {
  const about = say(words.about, {
    kind: words.kinds[kind],
    title: choice.title,
    groups: say(words.groups, { count: categories.length }),
    series: series.map(({ name }) => name).join(', '),
  })
  const points = series.flatMap((each) => each.points.map((point) => ({ ...point, name: each.name })))
  const known = points.filter(({ value }) => value !== null).toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
  const [highest, lowest] = [known[0], known.at(-1)]
  if (highest === undefined || lowest === undefined || kind === 'scatter' || highest.value === lowest.value)
    return about
  const named = ({ at, name }: { readonly at: number; readonly name: string }): string =>
    [categories[at]?.label ?? '', ...(series.length > 1 ? [name] : [])].filter((part) => part !== '').join(', ')
  const ends = { most: highest.text, mostAt: named(highest), least: lowest.text, leastAt: named(lowest) }
  return `${about} ${say(words.ends, ends)}`
}

const drawnValues = (data: ChartData): readonly number[] =>
  data.series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))

/** How bars and areas are put upon each other; without a look of its own a chart of that kind does it by itself. */
function stackingOf({ kind, look }: ChartRequest, data: ChartData): 'none' | 'stacked' | 'share' {
  if (data.series.length < 2 || kind === 'line') return 'none'
  const wanted = look?.stacking ?? (kind === 'stacked-bar' ? 'stacked' : 'none')
  return wanted === 'share' && drawnValues(data).some((value) => value < 0) ? 'stacked' : wanted
}

/** The sum of each category, which its shares are parts of. */
function totalsOf(data: ChartData): readonly number[] {
  const totals = data.categories.map(() => 0)
  for (const { points } of data.series)
    for (const { at, value } of points) totals[at] = (totals[at] ?? 0) + Math.abs(value ?? 0)
  return totals
}

/** Values that differ by less of their size than this would be a flat line above zero. */
const flatShare = 0.15

/** Whether the axis of a line leaves out zero, so that its course is seen. Bars and areas are compared by length, hence from zero. */
export function hidesZero(request: ChartRequest, data: ChartData): boolean {
  const values = drawnValues(data)
  if (request.kind !== 'line' || values.length < 3 || isPanels(request, data)) return false
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const largest = Math.max(Math.abs(least), Math.abs(most))
  return least * most > 0 && most > least && most - least < largest * flatShare
}

function cartesian(request: ChartRequest, data: ChartData, widthPx: number) {
  const { kind, choice } = request
  const drawsLine = kind === 'line' || kind === 'area'
  const dates = datesOf(request, data)
  const time = dates !== null && (drawsLine || hasGaps(dates)) ? dates : null
  const flat = liesDown(request, data, widthPx)
  const stacking = stackingOf(request, data)
  const totals = stacking === 'share' ? totalsOf(data) : null
  const heights = stacking === 'stacked' ? totalsOf(data) : totals === null ? [] : [100]
  const values = { values: [...drawnValues(data), ...heights], scaled: hidesZero(request, data) }
  const shown = totals === null ? values : { values: [0, 100], scaled: false, isShare: true }
  const valueAxis = {
    ...valueAxisOf(request, choice.y[0], shown),
    ...(totals === null ? {} : { max: 100 }),
    ...(shown.scaled ? { scale: true } : {}),
  }
  const categories = time === null ? categoryAxis(data, dates, flat, widthPx) : timeAxis(time, widthPx)
  const drawing = { request, data, time, flat, stacked: stacking !== 'none', totals }
  const write = numberWriter(request, choice.y[0], shown)
  const label = valueLabel(drawing, write)
  return {
    flat,
    axes: { xAxis: flat ? valueAxis : categories, yAxis: flat ? categories : valueAxis },
    marks: data.series.flatMap((series, index) =>
      marksOf(drawing, series, index).map((each) => ({ ...each, ...label })),
    ),
  }
}

interface Drawing {
  readonly request: ChartRequest
  readonly data: ChartData
  readonly time: DateAxis | null
  readonly flat: boolean
  readonly stacked: boolean
  /** What shares are parts of; null where values are drawn as they are. */
  readonly totals: readonly number[] | null
}

/** More values than this beside their marks hide one another. */
const mostLabels = 48

function valueLabel({ request, data, flat, stacked }: Drawing, write: (value: number) => string) {
  const count = data.series.length * data.categories.length
  if (request.look?.showsValues !== true || count > mostLabels) return {}
  const formatter = ({ data: { drawn } }: { readonly data: { readonly drawn: number | null } }): string =>
    drawn === null ? '' : write(drawn)
  return { label: { show: true, ...axisText, position: stacked ? 'inside' : flat ? 'right' : 'top', formatter } }
}

/** A series, and the broken ends of a line that lead to periods which are not whole. */
function marksOf(drawing: Drawing, series: ChartSeries, index: number): readonly Record<string, unknown>[] {
  const { request, data, time, flat, stacked, totals } = drawing
  const { kind } = request
  const items = series.points.map(({ at, value }) => {
    const total = totals?.[at] ?? 0
    const drawn = totals === null || value === null ? value : total === 0 ? null : (value / total) * 100
    const place = time === null ? at : (time.moments[at] ?? 0)
    const look = data.categories[at]?.isUnfinished ? unfinishedLook : {}
    return { value: flat ? [drawn, place] : [place, drawn], at, series: index, drawn, ...look }
  })
  const look = { ...seriesLook(kind, index, { flat, stacked }), name: series.name }
  if (kind !== 'line') return [{ ...look, data: items }]
  const isWhole = items.map(({ at }) => !data.categories[at]?.isUnfinished)
  const [first, last] = [isWhole.indexOf(true), isWhole.lastIndexOf(true)]
  const symbols = items.length > mostSymbols[isPanels(request, data) ? 'small' : 'usual'] ? { showSymbol: false } : {}
  if (first < 0) return [{ ...look, ...symbols, data: items }]
  const ends = [items.slice(0, first + 1), items.slice(last)].filter((end) => end.length > 1)
  return [
    { ...look, ...symbols, data: items.slice(first, last + 1) },
    ...ends.map((end) => ({ ...look, ...unfinishedLine, data: end })),
  ]
}

/** Points of a longer line are drawn without symbols, which would hide it. */
const mostSymbols = { usual: 80, small: 24 } as const
/** A longer line can be looked at part by part. */
export const longSeries = 60

/** Zooming and moving along a long line. Its wheel needs a key, because the wheel alone moves the page. */
function zoomOf(request: ChartRequest, data: ChartData): Record<string, unknown> {
  if (!isZoomable(request, data)) return {}
  return {
    grid: { ...chartBase(data.series.length).grid, bottom: 48 },
    dataZoom: [
      { type: 'slider', height: 28, bottom: 6, brushSelect: true, showDetail: false },
      { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: false, moveOnMouseWheel: false },
    ],
  }
}

/** Whether a chart is long enough to be looked at part by part. */
export const isZoomable = (request: ChartRequest, data: ChartData): boolean =>
  (request.kind === 'line' || request.kind === 'area') &&
  data.categories.length > longSeries &&
  !isPanels(request, data)

/** Whether bars lie on their side: as they are asked to, or because their labels would not fit below them. */
function liesDown(request: ChartRequest, data: ChartData, widthPx: number): boolean {
  if (request.kind === 'horizontal-bar') return true
  const isBar = request.kind === 'bar' || request.kind === 'grouped-bar' || request.kind === 'stacked-bar'
  return isBar && datesOf(request, data) === null && !fitsUpright(data, widthPx)
}

const shallowPx = 288

/** High enough for the label of every bar that lies on its side. */
export function chartHeightPx(request: ChartRequest, widthPx: number, data = chartData(request)): number {
  if (request.kind === 'donut' || request.kind === 'scatter') return shallowPx
  if (isPanels(request, data)) {
    const flat = liesDown(request, data, panelWidthPx(data.series.length, widthPx))
    return panelsHeightPx(data.series.length, widthPx, flat ? data.categories.length : 0)
  }
  if (!liesDown(request, data, widthPx)) return shallowPx + (isZoomable(request, data) ? 40 : 0)
  const most = flatLabelLength(widthPx)
  const eachPx = data.categories.some(({ label }) => label.length > most) ? 36 : 22
  const beside = stackingOf(request, data) === 'none' ? Math.max(1, data.series.length * 0.6) : 1
  return Math.max(shallowPx, 56 + eachPx * beside * data.categories.length)
}

interface TipItem {
  readonly seriesIndex: number
  readonly data: { readonly at: number; readonly series?: number }
}

/** What the pointer rests on, in the exact words of the table. */
export function tooltipOf(request: ChartRequest, data: ChartData) {
  const totals = stackingOf(request, data) === 'share' ? totalsOf(data) : null
  const share = (value: number | null, at: number): string =>
    totals === null || value === null ? '' : `  (${shareInWords(request, (value / (totals[at] ?? 1)) * 100)})`
  const formatter = (items: readonly TipItem[]): string => {
    const at = items[0]?.data.at
    if (at === undefined) return ''
    const shown = new Set(items.map((item) => item.data.series ?? item.seriesIndex))
    const lines = [...shown].map((index) => {
      const series = data.series[index]
      const point = series?.points.find((each) => each.at === at)
      return tipText(`${series?.name ?? ''}  ${point?.text ?? ''}${share(point?.value ?? null, at)}`)
    })
    const category = data.categories[at]
    const label = tipText(category?.label ?? '')
    const head = category?.isUnfinished ? say(words.unfinishedOne, { period: label }) : label
    return [head, ...lines].filter((line) => line !== '').join('\n')
  }
  const type = request.kind === 'line' || request.kind === 'area' ? 'line' : 'shadow'
  return { ...tooltipLook, trigger: 'axis', axisPointer: { type }, formatter }
}

const shareInWords = ({ formats }: ChartRequest, percent: number): string =>
  formats.tick(percent, { mostDigits: 1, isShort: false, grouped: true, unit: '%' })

function donut(request: ChartRequest, data: ChartData): EChartsCoreOption {
  const points = data.series[0]?.points ?? []
  const write = numberWriter(request, request.choice.y[0], { values: drawnValues(data), scaled: false })
  const shows = request.look?.showsValues === true
  return {
    tooltip: {
      ...tooltipLook,
      trigger: 'item',
      formatter: (item: { name: string; percent: number; data: { text: string } }) =>
        `${tipText(item.name)}\n${tipText(item.data.text)}  (${shareInWords(request, item.percent)})`,
    },
    series: [
      {
        ...seriesLook('donut', 0),
        label: {
          ...axisText,
          formatter: ({ percent, value }: { percent: number; value: number }) =>
            shows ? `${write(value)} · ${shareInWords(request, percent)}` : shareInWords(request, percent),
        },
        data: points.map(({ at, value, text }) => ({
          name: data.categories[at]?.label ?? '',
          value,
          text,
          at,
          series: 0,
        })),
      },
    ],
  }
}

function scatter(request: ChartRequest, data: ChartData): EChartsCoreOption {
  const { choice, columns } = request
  const name = (position: number | null | undefined) => drawnTitle(columns[position ?? -1])
  const along = { values: data.categories.map(({ cell }) => Number(cell)).filter(Number.isFinite), scaled: true }
  const naming = { nameLocation: 'middle', nameTextStyle: axisText, scale: true }
  const up = { values: drawnValues(data), scaled: true }
  return {
    tooltip: { ...tooltipLook, trigger: 'item', formatter: (item: { data: { text: string } }) => item.data.text },
    xAxis: { ...valueAxisOf(request, choice.x, along), ...naming, name: name(choice.x), nameGap: 28 },
    yAxis: { ...valueAxisOf(request, choice.y[0], up), ...naming, name: name(choice.y[0]), nameGap: 44 },
    series: data.series.map((series, index) => ({
      ...seriesLook('scatter', index),
      name: series.name,
      data: series.points.map(({ at, value, text }) => {
        const across = `${name(choice.x)}  ${data.categories[at]?.label ?? ''}`
        const lines = [across, `${name(choice.y[0])}  ${text}`, ...(choice.series === null ? [] : [series.name])]
        const told = lines.map(tipText).join('\n')
        return { value: [Number(data.categories[at]?.cell), value], at, series: index, text: told }
      }),
    })),
  }
}
