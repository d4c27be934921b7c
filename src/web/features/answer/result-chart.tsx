import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartRequest } from './chart-data.ts'
import { chartHeightPx, chartOption } from './chart-option.ts'

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

/** Draws a chart and keeps it as wide as its place. */
export function ResultChart({ choice, kind, columns, rows, formats }: ChartRequest) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return undefined
    const chart = init(host.current, null, { renderer: 'svg' })
    const animation = !matchMedia('(prefers-reduced-motion: reduce)').matches
    const request = { choice, kind, columns, rows, formats }
    const draw = (): void => {
      const widthPx = chart.getWidth()
      const heightPx = chartHeightPx(request, widthPx)
      if (chart.getHeight() !== heightPx) chart.resize({ height: heightPx })
      const option = chartOption(request, widthPx)
      chart.setOption({ ...option, animation }, { notMerge: true })
    }
    draw()
    let drawnPx = chart.getWidth()
    const observer = new ResizeObserver(() => {
      chart.resize({ width: 'auto' })
      if (chart.getWidth() !== drawnPx) draw()
      drawnPx = chart.getWidth()
    })
    observer.observe(host.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [choice, kind, columns, rows, formats])
  return <div ref={host} className="min-h-72 w-full" />
}
