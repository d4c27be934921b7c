import type { Cell, ChartKind } from '../../../contract/result.ts'
import type { Theme } from '../../ui/theme.ts'
import type { AxisGrain, Formats } from '../../../contract/words/formats.ts'

interface Colours {
  /** Of series, apart for every kind of colour vision (Machado 2009) and at least 3 to 1 against every surface of the page. */
  readonly series: readonly string[]
  readonly text: string
  readonly quiet: string
  readonly line: string
  readonly edge: string
  readonly float: string
  readonly ground: string
  readonly strong: string
}

const onDark = ['#73A2F9', '#B7502F', '#E2D45A', '#2FEBFC', '#895BB2', '#EF8E84', '#9E9C14', '#198474']
const onLight = ['#0035E3', '#AA3672', '#9F8B00', '#0091E1', '#7B006A', '#DF5893', '#575400', '#402C00']

/** As the tokens of the same names in the page's styles. */
const colours: Readonly<Record<Theme, Colours>> = {
  dark: {
    series: onDark,
    text: '#B3BBC9',
    quiet: '#667083',
    line: '#262D3A',
    edge: '#737D92',
    float: '#1F2531',
    ground: '#12161E',
    strong: '#E9ECF2',
  },
  light: {
    series: onLight,
    text: '#3F4856',
    quiet: '#8A93A3',
    line: '#D5DAE3',
    edge: '#6B7484',
    float: '#FFFFFF',
    ground: '#FFFFFF',
    strong: '#14181F',
  },
  'high-contrast': {
    series: onDark,
    text: '#EDF1F8',
    quiet: '#9AA3B3',
    line: '#8E98AB',
    edge: '#D5DBE6',
    float: '#000000',
    ground: '#000000',
    strong: '#FFFFFF',
  },
}

/** The colours of a chart, as ECharts takes a theme. */
export function chartTheme(theme: Theme): Record<string, unknown> {
  const { series, text, quiet, line, edge, float, ground, strong } = colours[theme]
  const axis = {
    axisLabel: { color: text },
    nameTextStyle: { color: text },
    axisLine: { lineStyle: { color: edge } },
    splitLine: { lineStyle: { color: line } },
  }
  return {
    color: series,
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    legend: {
      textStyle: { color: text },
      pageIconColor: text,
      pageIconInactiveColor: quiet,
      pageTextStyle: { color: text },
    },
    tooltip: { backgroundColor: float, borderColor: edge, textStyle: { color: strong } },
    dataZoom: {
      borderColor: line,
      fillerColor: `${edge}33`,
      handleStyle: { color: float, borderColor: edge },
      moveHandleStyle: { color: edge, opacity: 0.5 },
      emphasis: { handleStyle: { borderColor: strong }, moveHandleStyle: { color: edge } },
      dataBackground: { lineStyle: { color: edge }, areaStyle: { color: edge, opacity: 0.15 } },
      selectedDataBackground: { lineStyle: { color: text }, areaStyle: { color: edge, opacity: 0.3 } },
      brushStyle: { color: `${edge}55` },
    },
    pie: { itemStyle: { borderColor: ground }, label: { color: text } },
  }
}

/** What a picture of a chart stands on, and its title's colour. */
export function groundOf(theme: Theme): Pick<Colours, 'ground' | 'strong'> {
  const { ground, strong } = colours[theme]
  return { ground, strong }
}

/** Shapes tell series apart where colours cannot. */
const symbols = ['circle', 'triangle', 'rect', 'diamond', 'roundRect', 'pin', 'arrow', 'emptyCircle']

const fontFamily = '"Inter", system-ui, sans-serif'
export const axisText = { fontSize: 12, fontFamily }

/** Drawn inside the chart: a tooltip made of HTML would need rights that the page's policy does not give. */
export const tooltipLook = {
  renderMode: 'richText',
  confine: true,
  borderWidth: 1,
  padding: [8, 12],
  textStyle: { fontSize: 13, fontFamily, lineHeight: 20 },
}

/** What every chart has. A legend only where there is something to tell apart: `told` things. */
export const chartBase = (told: number) => ({
  useUTC: true,
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

/** How the marks of a series look, apart from their colour. */
export function seriesLook(
  kind: ChartKind,
  index: number,
  { flat = false, stacked = false }: { readonly flat?: boolean; readonly stacked?: boolean } = {},
): Record<string, unknown> {
  const symbol = symbols[index % symbols.length]
  const stack = stacked ? { stack: 'all' } : {}
  const line = { type: 'line', symbol, symbolSize: 7, showAllSymbol: 'auto', lineStyle: { width: 2 }, ...stack }
  if (kind === 'line') return line
  if (kind === 'area') return { ...line, areaStyle: { opacity: stacked ? 0.5 : 0.18 } }
  if (kind === 'scatter') return { type: 'scatter', symbol, symbolSize: 8, itemStyle: { opacity: 0.8 } }
  if (kind === 'donut')
    return { type: 'pie', center: ['50%', '56%'], radius: ['48%', '72%'], itemStyle: { borderWidth: 2 } }
  const borderRadius = stacked ? 0 : flat ? [0, 3, 3, 0] : [3, 3, 0, 0]
  return { type: 'bar', barMaxWidth: 44, itemStyle: { borderRadius }, ...stack }
}

/** The colours of the palette in some order, by position. */
export const paletteOf = (theme: Theme, order: readonly number[]): string[] =>
  order.flatMap((at) => colours[theme].series[at] ?? [])

const dayMs = 86_400_000

/** How a point looks whose period is not whole in the data. */
export const unfinishedLook = { itemStyle: { opacity: 0.4 } }
/** How the line to such a point looks. */
export const unfinishedLine = { lineStyle: { width: 2, type: 'dashed', opacity: 0.6 }, areaStyle: undefined }

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
  if (/^\d{4}-\d{2}$/.test(text)) return Date.parse(`${text}-01T00:00:00Z`)
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
