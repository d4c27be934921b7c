import type { Cell, ChartKind } from '../../../contract/result.ts'
import type { AxisGrain, Formats } from '../../../contract/words/formats.ts'

/** Apart for every kind of colour vision, on every surface of the page. */
const palette = ['#73A2F9', '#B7502F', '#E2D45A', '#2FEBFC', '#895BB2', '#EF8E84', '#9E9C14', '#198474']
/** Shapes tell series apart where colours cannot. */
const symbols = ['circle', 'triangle', 'rect', 'diamond', 'roundRect', 'pin', 'arrow', 'emptyCircle']

const fontFamily = 'Inter, system-ui, sans-serif'
export const axisText = { color: '#B3BBC9', fontSize: 12, fontFamily }
export const axisLine = { lineStyle: { color: '#737D92' } }
export const splitLine = { lineStyle: { color: '#262D3A' } }

/** Drawn inside the chart: a tooltip made of HTML would need rights that the page's policy does not give. */
export const tooltipLook = {
  renderMode: 'richText',
  confine: true,
  backgroundColor: '#1F2531',
  borderColor: '#737D92',
  borderWidth: 1,
  padding: [8, 12],
  textStyle: { color: '#E9ECF2', fontSize: 13, fontFamily, lineHeight: 20 },
}

/** What every chart has. A legend only where there is something to tell apart: `told` things. */
export const chartBase = (told: number) => ({
  useUTC: true,
  color: palette,
  textStyle: { fontFamily },
  animationDuration: 250,
  legend: {
    show: told > 1,
    type: 'scroll',
    top: 0,
    left: 0,
    itemWidth: 12,
    itemHeight: 9,
    textStyle: axisText,
    pageIconColor: '#B3BBC9',
    pageIconInactiveColor: '#667083',
    pageTextStyle: axisText,
  },
  grid: {
    top: told > 1 ? 40 : 12,
    right: 16,
    bottom: 4,
    left: 4,
    outerBoundsMode: 'same',
    outerBoundsContain: 'all',
  },
})

/** How the series of a chart of some kind looks. */
export function seriesLook(kind: ChartKind, index: number): Record<string, unknown> {
  const symbol = symbols[index % symbols.length]
  switch (kind) {
    case 'line':
      return { type: 'line', symbol, symbolSize: 7, showAllSymbol: 'auto', lineStyle: { width: 2 } }
    case 'area':
      return {
        type: 'line',
        symbol,
        symbolSize: 7,
        showAllSymbol: 'auto',
        lineStyle: { width: 2 },
        areaStyle: { opacity: 0.18 },
      }
    case 'scatter':
      return { type: 'scatter', symbol, symbolSize: 8, itemStyle: { opacity: 0.8 } }
    case 'donut':
      return {
        type: 'pie',
        center: ['50%', '56%'],
        radius: ['48%', '72%'],
        itemStyle: { borderColor: '#12161E', borderWidth: 2 },
      }
    case 'stacked-bar':
      return { type: 'bar', stack: 'all', barMaxWidth: 44 }
    case 'horizontal-bar':
    case 'grouped-bar':
    case 'bar':
    case 'kpi':
    case 'table':
    default:
      return {
        type: 'bar',
        barMaxWidth: 44,
        itemStyle: { borderRadius: kind === 'horizontal-bar' ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      }
  }
}

const dayMs = 86_400_000

/** How a point looks whose period is not whole in the data. */
export const unfinishedLook = { itemStyle: { opacity: 0.4 } }

/** Moments along an axis, and how their labels read. */
export interface DateAxis {
  /** Milliseconds in UTC. */
  readonly moments: readonly number[]
  readonly label: (ms: number) => string
}

/** The axis for dates or timestamps without a zone; null when any of them cannot be placed. */
export function dateAxis(cells: readonly Cell[], formats: Formats): DateAxis | null {
  const moments = cells.map((cell) => momentOf(formats.onClock(String(cell))))
  if (moments.length === 0 || moments.some((ms) => Number.isNaN(ms))) return null
  const grain = grainOf(moments)
  return { moments, label: (ms) => formats.axisMoment(ms, grain) }
}

const momentOf = (text: string): number => {
  if (/^\d{4}$/.test(text)) return Date.parse(`${text}-01-01T00:00:00Z`)
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?))?/.exec(text)
  return match === null ? Number.NaN : Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}Z`)
}

/** The finest part of the calendar that the moments need. */
function grainOf(moments: readonly number[]): AxisGrain {
  const dates = moments.map((ms) => new Date(ms))
  const midnight = dates.every((date) => date.getTime() % dayMs === 0)
  const monthStart = midnight && dates.every((date) => date.getUTCDate() === 1)
  if (monthStart && dates.every((date) => date.getUTCMonth() === 0)) return 'year'
  return monthStart ? 'month' : midnight ? 'day' : 'minute'
}
