import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartKind } from '../../../contract/result.ts'
import { chartOption, type ChartRequest } from './chart-option.ts'

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

/** High enough for the label of every horizontal bar. */
const chartHeightPx = (kind: ChartKind, rows: number): number =>
  kind === 'horizontal-bar' ? Math.max(288, 48 + 22 * Math.min(20, rows)) : 288

/** Draws a chart and keeps it as wide as its place. */
export function ResultChart({ choice, kind, columns, rows }: ChartRequest) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return undefined
    const chart = init(host.current, null, { renderer: 'svg' })
    const animation = !matchMedia('(prefers-reduced-motion: reduce)').matches
    const draw = (): void => {
      const option = chartOption({ choice, kind, columns, rows }, chart.getWidth())
      chart.setOption({ ...option, animation }, { notMerge: true })
    }
    draw()
    let drawnPx = chart.getWidth()
    const observer = new ResizeObserver(() => {
      chart.resize()
      if (chart.getWidth() !== drawnPx) draw()
      drawnPx = chart.getWidth()
    })
    observer.observe(host.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [choice, kind, columns, rows])
  return <div ref={host} className="w-full" style={{ height: chartHeightPx(kind, rows.length) }} />
}
