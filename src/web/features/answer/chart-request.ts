import { paletteSize, type ChartSettings, type DrawnKind } from '../../../contract/chart-settings.ts'
import type { ChartChoice, ChartKind, Column } from '../../../contract/result.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import type { Row } from '../../turns/turn-view.ts'

/** How a chart looks, apart from what it shows. */
export type ChartLook = Omit<ChartSettings, 'kind' | 'x' | 'y' | 'series'>

/** What is to be drawn, and for whom. */
export interface ChartRequest {
  readonly choice: ChartChoice
  readonly kind: ChartKind
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly formats: Formats
  /** Left out for the look that every chart has by itself. */
  readonly look?: ChartLook
}

/** The look of a chart that nobody changed. */
export const plainLook: ChartLook = {
  stacking: 'none',
  order: 'answer',
  most: null,
  joinsOthers: true,
  colours: [],
  numbers: 'plain',
  digits: null,
  showsValues: false,
  marksUnfinished: true,
  panels: false,
}

const isDrawn = (kind: ChartKind): kind is DrawnKind => kind !== 'table'

/** The kinds a chart can be shown as, apart from the table, which has its own place. */
export const drawableKinds = (chart: ChartChoice): readonly DrawnKind[] =>
  [...new Set([chart.kind, ...chart.allowed])].filter(isDrawn)

/** The settings of the chart that was chosen by rule. */
export function chosenSettings(choice: ChartChoice): ChartSettings {
  const kind = drawableKinds(choice)[0] ?? 'bar'
  return {
    ...plainLook,
    kind,
    x: choice.x,
    y: choice.y.slice(0, 8),
    series: choice.series,
    stacking: kind === 'stacked-bar' ? 'stacked' : 'none',
    panels: choice.panels ?? false,
    colours: [],
  }
}

/** The measures of a chart whose values may be added up; earlier versions said so of all of them or of none. */
export const addedMeasures = ({ adds, other, y }: ChartChoice): readonly number[] => adds ?? (other === true ? y : [])

/** Whether measures may be added up. */
export function addsUp(choice: ChartChoice, measures: readonly number[]): boolean {
  const adds = addedMeasures(choice)
  return measures.every((position) => adds.includes(position))
}

/** Whether a kind tells the truth about what is drawn: slices are parts of a whole and never negative, a scatter needs numbers on both axes. */
export function mayDraw(chosen: ChartChoice, { choice, columns, rows }: ChartRequest, kind: DrawnKind): boolean {
  if (kind === 'scatter') return columns[choice.x ?? -1]?.kind === 'number'
  if (kind !== 'donut' || (chosen.allowed.includes('donut') && choice.y[0] === chosen.y[0])) return true
  const [measure = -1] = choice.y
  return choice.series === null && addsUp(chosen, choice.y) && rows.every((row) => Number(row[measure] ?? 0) >= 0)
}

/** The settings with another kind, which may bring a way of stacking with it. */
export function withKind(settings: ChartSettings, kind: DrawnKind): ChartSettings {
  const { stacking } = settings
  if (kind === 'stacked-bar') return { ...settings, kind, stacking: stacking === 'none' ? 'stacked' : stacking }
  return { ...settings, kind, stacking: kind === 'grouped-bar' || kind === 'bar' ? 'none' : stacking }
}

/** The settings with another way of stacking, and the kind of bars that has its name. */
export function withStacking(settings: ChartSettings, stacking: ChartSettings['stacking']): ChartSettings {
  const { kind } = settings
  if (stacking === 'none') return { ...settings, stacking, kind: kind === 'stacked-bar' ? 'grouped-bar' : kind }
  return { ...settings, stacking, kind: kind === 'bar' || kind === 'grouped-bar' ? 'stacked-bar' : kind }
}

export const isSameChart = (one: ChartSettings, other: ChartSettings): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

const sorted = (settings: ChartSettings) => Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** What settings make of the chart that was chosen by rule. Columns that the result lacks are left to the choice. */
export function applySettings(
  choice: ChartChoice,
  kept: ChartSettings | null,
  columnCount: number,
): Pick<ChartRequest, 'choice' | 'kind'> & { readonly look: ChartLook } {
  const settings = kept ?? chosenSettings(choice)
  const { kind, x, y, series, ...look } = settings
  const fits = [x, series, ...y].every((position) => position === null || position < columnCount)
  if (!fits) return { ...applySettings(choice, null, columnCount) }
  const isSamePlace = x === choice.x && series === choice.series
  const mayAdd = addsUp(choice, y)
  const { labels, unfinished, lowest, ...shared } = choice
  return {
    kind,
    choice: {
      ...shared,
      x,
      y: series === null ? y : y.slice(0, 1),
      series,
      other: look.joinsOthers && (kept === null ? choice.other === true : mayAdd),
      ...(y[0] === choice.y[0] && lowest === true ? { lowest } : {}),
      ...(isSamePlace && labels !== undefined ? { labels } : {}),
      ...(x === choice.x && unfinished !== undefined && look.marksUnfinished ? { unfinished } : {}),
    },
    look: { ...look, stacking: mayAdd ? look.stacking : 'none' },
  }
}

/** The palette in the order in which series take it: those that a person chose first, then the rest. */
export function paletteOrder(colours: readonly number[]): readonly number[] {
  const rest = Array.from({ length: paletteSize }, (_none, at) => at).filter((at) => !colours.includes(at))
  return [...colours, ...rest]
}
