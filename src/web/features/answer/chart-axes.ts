import { holdsMoments, isNaming, namesYears, unitOf } from '../../../contract/words/columns.ts'
import type { ChartData } from './chart-data.ts'
import { fitLabels, inTwoLines } from './chart-labels.ts'
import { axisText, dateAxis, type DateAxis } from './chart-look.ts'
import type { ChartRequest } from './chart-request.ts'

interface AxisValues {
  readonly values: readonly number[]
  /** Whether the axis need not begin at zero. */
  readonly scaled: boolean
  /** Whether the values are shares of a hundred, whatever the column holds. */
  readonly isShare?: boolean
}

/**
 * Writes numbers of a measure on its axis: with as many digits as tell neighbours apart (0.02 beside 0.04, 1.2M beside 1.4M), unless a person
 * set how. Numbers that name things, such as years, are left ungrouped; very large and very small ones have an exponent.
 */
export function numberWriter(
  { columns, rows, formats, look }: ChartRequest,
  position: number | null | undefined,
  axis: AxisValues,
): (value: number) => string {
  const column = columns[position ?? -1]
  const isFraction = look?.numbers === 'percent' && axis.isShare !== true
  const scale = isFraction ? 100 : 1
  const named = column !== undefined && isNaming(column)
  const cells = rows.map((row) => row[position ?? -1])
  const unit = isFraction || axis.isShare === true ? '%' : column === undefined ? null : unitOf(column, cells)
  const shape = shapeOf(axis, scale, { named, shortFrom: look?.numbers === 'compact' ? 1_000 : 10_000 })
  const digits = look?.digits ?? null
  const own = digits === null ? {} : { mostDigits: digits, leastDigits: digits }
  return (value) => formats.tick(value * scale, { ...shape, ...own, grouped: !named, unit })
}

/** How long the numbers of an axis are written. */
function shapeOf(
  { values, scaled }: AxisValues,
  scale: number,
  { named, shortFrom }: { readonly named: boolean; readonly shortFrom: number },
) {
  const least = values.reduce((a, b) => Math.min(a, b), scaled ? Number.POSITIVE_INFINITY : 0) * scale
  const most = values.reduce((a, b) => Math.max(a, b), scaled ? Number.NEGATIVE_INFINITY : 0) * scale
  const range = most > least ? most - least : Math.abs(most) || 1
  const largest = Math.max(Math.abs(least), Math.abs(most)) || 1
  const isScientific = !named && (largest >= 1e15 || largest < 1e-4)
  const isShort = !isScientific && !named && largest >= shortFrom
  const power = Math.floor(Math.log10(largest))
  const unit = isScientific ? 10 ** power : isShort ? 10 ** (3 * Math.floor(power / 3)) : 1
  // ECharts draws about five ticks; the power of ten below a fifth of the range is never above their step.
  const telling = Math.ceil(-Math.log10(10 ** Math.floor(Math.log10(range / 5)) / unit))
  return { mostDigits: Math.min(20, Math.max(0, telling)), isShort, isScientific }
}

/** The axis of a measure; one of whole numbers has no ticks between them. */
export function valueAxisOf(request: ChartRequest, position: number | null | undefined, values: AxisValues) {
  const isWhole = request.columns[position ?? -1]?.scale === 0 && request.look?.numbers !== 'percent'
  return {
    type: 'value',
    ...(isWhole && values.isShare !== true ? { minInterval: 1 } : {}),
    axisLabel: { ...axisText, hideOverlap: true, formatter: numberWriter(request, position, values) },
  }
}

/** The moments along the axis; null where it holds no dates. */
export function datesOf({ choice, columns, rows, formats, look }: ChartRequest, data: ChartData): DateAxis | null {
  const x = columns[choice.x ?? -1]
  if (x === undefined || look?.order === 'value' || look?.order === 'label') return null
  const isYear = isNaming(x) && namesYears(x.name)
  const cells = data.categories.map(({ cell }) => cell)
  const isTime =
    isYear ||
    holdsMoments(
      x,
      rows.map((row) => row[choice.x ?? 0]),
    )
  return isTime ? dateAxis(cells, formats) : null
}

/** Whether moments are missing between others: bars then stand on a scale of time. Months differ by three days, which is no gap. */
export function hasGaps({ moments }: Pick<DateAxis, 'moments'>): boolean {
  const steps = moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0))
  return steps.length > 1 && Math.max(...steps) > 1.5 * Math.min(...steps)
}

export const timeAxis = (dates: DateAxis, widthPx: number) => ({
  type: 'time',
  axisTick: { show: false },
  boundaryGap: ['3%', '3%'],
  axisLabel: { ...axisText, hideOverlap: true, formatter: dates.label, customValues: spread(dates, widthPx) },
})

/** The least room of a label of an axis; longer ones take what they need. */
const labelPx = 92

/** The moments whose labels have room: of even ones as many are left out between each two, of others the first and the last are labelled. */
export function spread({ moments, label }: DateAxis, widthPx: number): readonly number[] {
  const first = moments[0] ?? 0
  const last = moments.at(-1) ?? 0
  const eachPx = Math.max(labelPx, label(last).length * 7 + 24)
  if (!hasGaps({ moments })) {
    const step = Math.max(1, Math.ceil((moments.length * eachPx) / widthPx))
    return moments.filter((_ms, index) => index % step === 0)
  }
  const leastMs = ((last - first) * eachPx) / Math.max(eachPx, widthPx - eachPx)
  const found = [first]
  for (const ms of moments)
    if (ms - (found.at(-1) ?? first) >= leastMs && (last - ms >= leastMs || ms === last)) found.push(ms)
  return found.at(-1) === last ? found : [...found, last]
}

export function categoryAxis(data: ChartData, dates: DateAxis | null, flat: boolean, widthPx: number) {
  const labels = data.categories.map(({ label }, index) => dates?.label(dates.moments[index] ?? 0) ?? label)
  return {
    type: 'category',
    data: labels,
    inverse: flat,
    axisTick: { show: false },
    axisLabel: { ...axisText, ...labelRoom(labels, flat, widthPx) },
  }
}

/** The room that the label of one upright bar has. */
const roomPerBarPx = (count: number, widthPx: number): number => (widthPx - 70) / Math.max(1, count)

/** Whether upright bars leave enough of their labels to be told apart; on a phone they seldom do. */
export function fitsUpright({ categories }: ChartData, widthPx: number): boolean {
  const roomPx = roomPerBarPx(categories.length, widthPx)
  const longest = categories.reduce((most, { label }) => Math.max(most, label.length), 0)
  return roomPx >= 56 && (roomPx >= 92 || longest * 7 <= roomPx - 8)
}

/** The characters that fit in a line beside a bar. */
export const flatLabelLength = (widthPx: number): number => Math.floor(Math.min(190, widthPx / 2.6) / 7.2)

/** A few upright bars have all their labels; of many, those that fit. */
function labelRoom(labels: readonly string[], flat: boolean, widthPx: number): Record<string, unknown> {
  const eachPx = roomPerBarPx(labels.length, widthPx)
  if (!flat && eachPx < 56) return { width: 110, overflow: 'truncate', hideOverlap: true }
  const most = flat ? flatLabelLength(widthPx) : Math.floor((eachPx - 8) / 7)
  const fitted = fitLabels(labels, most)
  const formatter = (label: string, at = -1): string => fitted[at] ?? inTwoLines(label, most)
  return { interval: 0, lineHeight: flat ? 14 : 15, formatter }
}

const panelGapPx = 24
const panelHeightPx = 148
/** The room that a label and a bar on its side need. */
const flatBarPx = 20

const panelColumns = (count: number, widthPx: number): number =>
  Math.max(1, Math.min(count, Math.floor(widthPx / 220), 4))

export const panelWidthPx = (count: number, widthPx: number): number => {
  const columns = panelColumns(count, widthPx)
  return (widthPx - panelGapPx * (columns - 1)) / columns
}

/** How high all small charts are together: those of one row are as high as any chart, those of bars on their side as their labels need. */
export function panelsHeightPx(count: number, widthPx: number, flatBars = 0): number {
  const rows = Math.ceil(count / panelColumns(count, widthPx))
  return rows === 1 && flatBars === 0 ? 288 : rows * Math.max(panelHeightPx, 60 + flatBars * flatBarPx)
}

/** A round number that is at least as far from zero, so that all small charts have the same few labels. */
function roundedOut(value: number): number {
  if (value === 0) return 0
  const power = 10 ** Math.floor(Math.log10(Math.abs(value)))
  const step = [1, 2, 4, 6, 8, 10].find((each) => each * power >= Math.abs(value)) ?? 10
  return Math.sign(value) * step * power
}

interface DrawnAxes {
  readonly axes: {
    readonly xAxis: Readonly<Record<string, unknown>>
    readonly yAxis: Readonly<Record<string, unknown>>
  }
  readonly marks: readonly Readonly<Record<string, unknown>>[]
  /** Whether bars lie on their side. */
  readonly flat: boolean
}

/** The scale of each small chart: groups of one measure are compared on the same, different measures have their own. */
function panelScales(request: ChartRequest, { series }: ChartData) {
  const valuesOf = ({ points }: ChartData['series'][number]) => points.flatMap(({ value }) => value ?? [])
  const ends = (values: readonly number[]) => {
    const min = roundedOut(values.reduce((a, b) => Math.min(a, b), 0))
    const max = roundedOut(values.reduce((a, b) => Math.max(a, b), 0))
    return { min, max, splitNumber: 2, ...(min < 0 && max > 0 ? {} : { interval: (max - min) / 2 || 1 }) }
  }
  if (request.choice.series !== null) {
    const shared = ends(series.flatMap(valuesOf))
    return series.map(() => shared)
  }
  return series.map((each) => {
    const values = valuesOf(each)
    return { ...valueAxisOf(request, each.y, { values, scaled: false }), ...ends(values) }
  })
}

/** A small chart for each series, under its name. */
export function panelsOption(
  request: ChartRequest,
  data: ChartData,
  { axes, marks, flat }: DrawnAxes,
  widthPx: number,
) {
  const { series } = data
  const columns = panelColumns(series.length, widthPx)
  const width = panelWidthPx(series.length, widthPx)
  const rows = Math.ceil(series.length / columns)
  const height = panelsHeightPx(series.length, widthPx, flat ? data.categories.length : 0) / rows
  const scales = panelScales(request, data)
  const names = series.map(({ name }) => name)
  const titles = fitLabels(names, Math.floor(width / 8))
  const axesOf = (axis: Readonly<Record<string, unknown>>, isValue: boolean) =>
    series.map((_each, gridIndex) => ({ ...axis, ...(isValue ? scales[gridIndex] : {}), gridIndex }))
  return {
    legend: { show: false },
    grid: series.map((_each, at) => ({
      left: (at % columns) * (width + panelGapPx) + 4,
      top: Math.floor(at / columns) * height + 26,
      width: width - 12,
      height: height - 36,
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    })),
    xAxis: axesOf(axes.xAxis, flat),
    yAxis: axesOf(axes.yAxis, !flat).map((axis, at) => ({
      ...axis,
      name: titles[at]?.replace('\n', ' '),
      nameGap: 10,
      nameLocation: flat ? 'start' : 'end',
      nameTextStyle: { ...axisText, align: 'left', fontWeight: 600 },
    })),
    series: marks.map((mark) => {
      const at = names.indexOf(String(mark['name']))
      return { ...mark, xAxisIndex: at, yAxisIndex: at }
    }),
  }
}
