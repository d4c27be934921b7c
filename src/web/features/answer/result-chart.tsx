import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/form.tsx'
import { fetchPart } from '../../ui/lazy-part.tsx'
import { useTheme } from '../../ui/theme.ts'
import { chartWords } from '../../words/answer.ts'
import { chartToolWords as words } from '../../words/charts.ts'
import { languageLocale, say } from '../../words/language.ts'
import { datesOf, spread } from './chart-axes.ts'
import { chartData, type ChartData } from './chart-data.ts'
import { chartTheme, paletteOf } from './chart-look.ts'
import { rangeFilter, type Mark } from './chart-marks.ts'
import { chartHeightPx, chartOption, hidesZero, isZoomable } from './chart-option.ts'
import { paletteOrder, type ChartRequest } from './chart-request.ts'

use([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  SVGRenderer,
])

export interface ResultChartProps {
  readonly request: ChartRequest
  /** Given where something can be done with a mark that was pressed, at its place in the chart. */
  readonly onPick?: (mark: Mark, place: { readonly x: number; readonly y: number }) => void
  readonly onFilter?: (filters: readonly ResultFilter[]) => void
}

/** The first and the last place of the axis that are in sight. */
type Range = readonly [from: number, to: number]

/** Draws a chart and keeps it as wide as its place; a long one can be looked at part by part. */
export function ResultChart({ request, onPick, onFilter }: ResultChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const data = useMemo(() => chartData(request), [request])
  const [range, setRange] = useState<Range | null>(null)
  const chart = useDrawing(host, { request, data, onPick, onRange: setRange })
  const last = data.categories.length - 1
  const show = ([from, to]: Range): void => {
    setRange([from, to])
    const moments = datesOf(request, data)?.moments
    chart.current?.dispatchAction({
      type: 'dataZoom',
      startValue: moments?.[from] ?? from,
      endValue: moments?.[to] ?? to,
    })
  }
  return (
    <>
      <ChartLimits request={request} data={data} />
      <div ref={host} className="min-h-72 w-full" />
      {isZoomable(request, data) && (
        <RangeFields request={request} data={data} range={range ?? [0, last]} onRange={show} onFilter={onFilter} />
      )}
    </>
  )
}

interface Drawing {
  readonly request: ChartRequest
  readonly data: ChartData
  readonly onPick: ResultChartProps['onPick'] | undefined
  readonly onRange: (range: Range | null) => void
}

/** Draws whenever what is to be drawn, the colours or the width have changed. */
function useDrawing(host: RefObject<HTMLDivElement | null>, { request, data, onPick, onRange }: Drawing) {
  const chart = useRef<EChartsType>(null)
  const theme = useTheme()
  const isReady = useZoomPart(isZoomable(request, data))
  const handlers = useRef({ onPick, onRange })
  useEffect(() => {
    handlers.current = { onPick, onRange }
  })
  useEffect(() => {
    if (host.current === null || !isReady) return undefined
    const drawn = init(host.current, chartTheme(theme), { renderer: 'svg' })
    chart.current = drawn
    const animation = !matchMedia('(prefers-reduced-motion: reduce)').matches
    const draw = (): void => {
      const widthPx = drawn.getWidth()
      const heightPx = chartHeightPx(request, widthPx, data)
      if (drawn.getHeight() !== heightPx) drawn.resize({ height: heightPx })
      const color = paletteOf(theme, paletteOrder(request.look?.colours ?? []))
      drawn.setOption({ ...chartOption(request, widthPx, data), color, animation }, { notMerge: true })
    }
    draw()
    drawn.on('click', (event) => {
      const { at, series = event.seriesIndex ?? 0 } = event.data as Partial<Mark> & { readonly at: number }
      const { offsetX = 0, offsetY = 0 } = event.event ?? {}
      drawn.dispatchAction({ type: 'hideTip' })
      handlers.current.onPick?.({ at, series }, { x: offsetX, y: offsetY })
    })
    drawn.on('datazoom', () => handlers.current.onRange(followZoom(drawn, request, data)))
    const observer = new ResizeObserver(() => {
      const before = drawn.getWidth()
      drawn.resize({ width: 'auto' })
      if (drawn.getWidth() !== before) draw()
    })
    observer.observe(host.current)
    return () => {
      observer.disconnect()
      drawn.dispose()
      chart.current = null
    }
  }, [host, request, data, theme, isReady])
  return chart
}

/** Whether what zooming needs is there, which charts know only from their beginning. Without it a chart is drawn that cannot be zoomed. */
function useZoomPart(isNeeded: boolean): boolean {
  const [isSettled, setSettled] = useState(false)
  useEffect(() => {
    if (!isNeeded) return undefined
    let isLeft = false
    const settle = (): void => {
      if (!isLeft) setSettled(true)
    }
    fetchPart(() => import('./chart-zoom.ts')).then(settle, settle)
    return () => {
      isLeft = true
    }
  }, [isNeeded])
  return !isNeeded || isSettled
}

/** Labels what is in sight after it has changed, and tells which places that are. */
function followZoom(drawn: EChartsType, request: ChartRequest, data: ChartData): Range {
  const { dataZoom = [] } = drawn.getOption() as { dataZoom?: { startValue: number; endValue: number }[] }
  const [zoom] = dataZoom
  const dates = datesOf(request, data)
  const last = data.categories.length - 1
  if (zoom === undefined) return [0, last]
  if (dates === null) return [zoom.startValue, zoom.endValue]
  const { moments } = dates
  const from = Math.max(
    0,
    moments.findIndex((ms) => ms >= zoom.startValue),
  )
  const to = Math.max(
    from,
    moments.findLastIndex((ms) => ms <= zoom.endValue),
  )
  const customValues = spread({ ...dates, moments: moments.slice(from, to + 1) }, drawn.getWidth())
  drawn.setOption({ xAxis: { axisLabel: { customValues } } })
  return [from, to]
}

interface RangeFieldsProps extends Pick<ResultChartProps, 'request'> {
  readonly onFilter: ResultChartProps['onFilter'] | undefined
  readonly data: ChartData
  readonly range: Range
  readonly onRange: (range: Range) => void
}

/** The part of a long chart that is in sight, to be chosen without a pointer too. */
function RangeFields({ request, data, range: [from, to], onRange, onFilter }: RangeFieldsProps) {
  const last = data.categories.length - 1
  const options = data.categories.map(({ label }, at) => [String(at), label] as const)
  const filter = rangeFilter(request, data, from, to)
  const isPart = from > 0 || to < last
  return (
    <div className="flex flex-wrap items-end gap-2 print:hidden">
      <SelectField
        label={words.from}
        options={options.slice(0, to + 1)}
        value={from}
        onChange={({ target }) => onRange([Number(target.value), to])}
        className="max-w-52 flex-1 basis-32"
      />
      <SelectField
        label={words.to}
        options={options.slice(from)}
        value={to}
        onChange={({ target }) => onRange([from, Number(target.value)])}
        className="max-w-52 flex-1 basis-32"
      />
      {isPart && (
        <Button look="quiet" onClick={() => onRange([0, last])}>
          {words.whole}
        </Button>
      )}
      {isPart && onFilter !== undefined && filter !== null && (
        <Button look="quiet" onClick={() => onFilter([filter])}>
          {words.onlyRange}
        </Button>
      )}
    </div>
  )
}

/** What of the result the chart does not show, or not as it will be. */
function ChartLimits({ request, data }: { readonly request: ChartRequest; readonly data: ChartData }) {
  const { categories, of, inOther, beside, isLowest, series, seriesOf } = data
  const periods = categories.filter(({ isUnfinished }) => isUnfinished).map(({ label }) => label)
  const shown = categories.length - (inOther > 0 ? 1 : 0)
  const counts = { shown: String(shown), all: String(of) }
  const highest =
    inOther > 0
      ? say(chartWords.highestAndOthers, counts)
      : beside !== null
        ? say(chartWords.highestBeside, { ...counts, beside })
        : say(isLowest ? chartWords.lowest : chartWords.highest, counts)
  const named = series.filter(({ cell }) => cell !== undefined).length
  const limits = [
    ...(shown < of ? [highest] : []),
    ...(named > 0 && named < seriesOf
      ? [say(chartWords.highestSeries, { shown: String(named), all: String(seriesOf) })]
      : []),
    ...(periods.length > 0
      ? [say(chartWords.unfinished, { periods: new Intl.ListFormat(languageLocale).format(periods) })]
      : []),
    ...(hidesZero(request, data) ? [chartWords.notFromZero] : []),
  ]
  return limits.length === 0 ? null : <p className="text-sm text-warn">{limits.join(' · ')}</p>
}
