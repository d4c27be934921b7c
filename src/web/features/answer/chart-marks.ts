import type { Cell, Column } from '../../../contract/result.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { exactCell } from '../../../contract/words/cells.ts'
import { columnWords, holdsMoments, isNaming, namesYears, periodUnitOf } from '../../../contract/words/columns.ts'
import { makeFormats, plainLocale } from '../../../contract/words/formats.ts'
import { askWords } from '../../words/charts.ts'
import { say } from '../../words/language.ts'
import { labelColumns, type ChartData } from './chart-data.ts'
import { drawnText } from './chart-labels.ts'
import type { ChartRequest } from './chart-request.ts'

/** A bar, a slice or a point, by its place along the axis and its series. */
export interface Mark {
  readonly at: number
  readonly series: number
}

/** A mark that was chosen, where it stands in the frame of the chart. */
export interface PickedMark {
  readonly mark: Mark
  readonly x: number
  readonly y: number
}

/** The filters that keep the rows behind a mark; null where no filter can say which they are. */
export function filtersOf(request: ChartRequest, data: ChartData, mark: Mark): ResultFilter[] | null {
  const { choice, columns } = request
  const category = data.categories[mark.at]
  const series = data.series[mark.series]
  const keep = (column: number, cells: readonly Cell[], isExcluded = false): ResultFilter => ({
    kind: 'values',
    column,
    values: [...new Set(cells.map((cell) => exactCell(cell, columns[column])))],
    isExcluded,
  })
  const positions = labelColumns(request)
  if (category === undefined || series === undefined || positions.length === 0) return null
  const isOthers = category.cells.length === 0
  if (isOthers && positions.length > 1) return null
  const own = isOthers
    ? [
        keep(
          positions[0] ?? 0,
          data.categories.flatMap(({ cells }) => cells),
          true,
        ),
      ]
    : positions.map((position, at) => keep(position, [category.cells[at] ?? null]))
  if (choice.series === null) return own
  const shown = data.series.flatMap(({ cell }) => (cell === undefined ? [] : [cell]))
  return [...own, series.cell === undefined ? keep(choice.series, shown, true) : keep(choice.series, [series.cell])]
}

/** The filter that keeps the rows between two places of the axis; null where the axis is none of a column. */
export function rangeFilter(
  { choice, columns }: ChartRequest,
  data: ChartData,
  from: number,
  to: number,
): ResultFilter | null {
  const column = columns[choice.x ?? -1]
  const [first, last] = [data.categories[from], data.categories[to]]
  if (choice.x === null || column === undefined || first === undefined || last === undefined) return null
  return { kind: 'range', column: choice.x, from: exactCell(first.cell, column), to: exactCell(last.cell, column) }
}

/** What a mark stands for, in words: its label, and its series where there are several. */
export const markName = ({ categories, series }: ChartData, { at, series: of }: Mark): string =>
  [categories[at]?.label ?? '', series.length > 1 ? (series[of]?.name ?? '') : '']
    .filter((part) => part !== '')
    .join(' · ')

/** The question that asks for more about the rows behind a mark; null where they have no name. */
export function questionAbout(request: ChartRequest, data: ChartData, mark: Mark): string | null {
  const { choice, columns } = request
  const category = data.categories[mark.at]
  const series = data.series[mark.series]
  const cells = (category?.cells ?? []).map((cell, at) => [labelColumns(request)[at] ?? -1, cell] as const)
  const own =
    choice.series === null || series?.cell === undefined ? cells : [...cells, [choice.series, series.cell] as const]
  if (own.length === 0 || own.some(([, cell]) => cell === null)) return null
  const times = own.flatMap(([position, cell]) => whenOf(columns[position], cell) ?? [])
  const names = own.flatMap(([position, cell]) =>
    whenOf(columns[position], cell) === null ? nameOf(columns[position], cell) : [],
  )
  const parts = names.reduce((one, other) => (one === '' ? other : say(askWords.and, { one, other })), '')
  const when = times.join(' ')
  if (when === '') return say(askWords.only, { parts })
  return parts === '' ? say(askWords.onlyWhen, { when }) : say(askWords.onlyBoth, { parts, when })
}

const plainFormats = makeFormats(plainLocale)

/** A date, or the month, quarter or year that it stands for, as a question says it; null for anything else. */
function whenOf(column: Column | undefined, cell: Cell): string | null {
  if (column === undefined || cell === null) return null
  const text = String(cell)
  if (isNaming(column) && namesYears(column.name)) return say(askWords.within, { period: text })
  if (!holdsMoments(column, [cell])) return null
  const unit = periodUnitOf(column.name)
  const period = unit === null || unit === 'week' || unit === 'day' ? null : plainFormats.period(text, unit)
  return period === null ? say(askWords.on, { day: text.slice(0, 10) }) : say(askWords.within, { period })
}

/** A value with the name of its column, in quotes. */
function nameOf(column: Column | undefined, cell: Cell): string {
  const value = drawnText(exactCell(cell, column) ?? '').replaceAll('"', "'")
  const named = columnWords(column?.name ?? '')
  return named === null ? say(askWords.alone, { value }) : say(askWords.named, { column: named, value })
}
