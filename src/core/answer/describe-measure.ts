import { Big } from 'big.js'
import type { Cell } from '../../contract/result.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import { capitalised, listed } from '../sentences.ts'
import {
  cellAt,
  decimalText,
  extreme,
  measuresOf,
  pointsOf,
  readDecimal,
  textAt,
  wordOf,
  wordsAt,
  type Point,
  type ResultView,
} from './result-view.ts'

/** Describes several rows with at least one measure: a trend over time, a ranking of labels, or the highest value and its row. */
export function describeMeasure(view: ResultView): string {
  const labels = view.roles.flatMap((role, position) => (role === 'measure' || role === 'other' ? [] : [position]))
  // A name tells a reader more than a key.
  const named = [...labels].sort((a, b) => Number(view.roles[b] === 'category') - Number(view.roles[a] === 'category'))
  const unique = named.find((position) => isUnique(view, position))
  const times = view.roles.indexOf('time')
  const trend = times >= 0 && labels.length === 1 ? describeTrend(view, times) : null
  if (trend !== null) return trend
  return unique === undefined ? describeHighest(view, labels) : describeRanking(view, unique)
}

const isUnique = (view: ResultView, position: number) =>
  new Set(view.rows.map((_, row) => cellAt(view, row, position))).size === view.rows.length

function describeTrend(view: ResultView, time: number): string | null {
  const measure = measuresOf(view)[0] ?? 0
  const order = sortedTimes(view.rows.map((row) => row[time] ?? null))
  if (order === null) return null
  const points = pointsOf(view, measure)
  const pointOf = new Map(points.map((point) => [point.row, point]))
  const inTime = order.flatMap((row) => pointOf.get(row) ?? [])
  const [first, last] = [inTime[0], inTime.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  const at = (point: Point, more = '') =>
    `${textAt(view, point.row, measure)} (${textAt(view, point.row, time)}${more})`
  const words = capitalised(wordsAt(view, measure))
  const [most, least] = [extreme(inTime, 1), extreme(inTime, -1)]
  if (most === null || least === null) return null
  const scope = scopeOf(view)
  if (most.point.value.eq(least.point.value))
    return `${words} is ${textAt(view, first.row, measure)} throughout, from ${textAt(view, first.row, time)} to ${textAt(view, last.row, time)}${scope}.${nulls(view, points)}`
  const span = `${words} went from ${at(first)} to ${at(last)}${scope}.`
  return inTime.length < 3
    ? `${span}${nulls(view, points)}`
    : `${span} The highest is ${at(most.point, most.ties === 1 ? '' : others(most.ties))}, the lowest ${at(least.point, least.ties === 1 ? '' : others(least.ties))}.${nulls(view, points)}`
}

function describeRanking(view: ResultView, label: number): string {
  const measure = rankingMeasure(view)
  const points = pointsOf(view, measure)
  const [most, least] = [extreme(points, 1), extreme(points, -1)]
  if (most === null || least === null) return describeHighest(view, [label])
  const words = wordsAt(view, measure)
  const [name, value] = [textAt(view, most.point.row, label), textAt(view, most.point.row, measure)]
  const tail = `${togetherText(view, measure, points)}.${nulls(view, points)}`
  const scope = scopeOf(view)
  if (points.length === 1) return `${name} has ${value} (${words})${scope}${tail}`
  if (most.ties === points.length) return `${allOf(view, points)} share the same ${words}, ${value}${scope}${tail}`
  if (most.ties > 1) return `${name}${others(most.ties)} share the highest ${words}, ${value}${scope}${tail}`
  if (isDescending(view, measure)) return `${name} is first with ${value} (${words})${scope}${tail}`
  const [lastName, lastValue] = [textAt(view, least.point.row, label), textAt(view, least.point.row, measure)]
  const lowest =
    least.ties > 1
      ? `${lastName}${others(least.ties)} share the lowest, ${lastValue}`
      : `${lastName} the lowest, ${lastValue}`
  return `${name} has the highest ${words}, ${value}; ${lowest}${scope}${tail}`
}

const allOf = ({ rows }: ResultView, { length }: readonly Point[]) =>
  length < rows.length ? capitalised(wordOf(length)) : length === 2 ? 'Both' : `All ${wordOf(length)}`

const others = (ties: number) => ` and ${wordOf(ties - 1)} other${ties === 2 ? '' : 's'}`

/** The measure by which the rows are sorted in descending order, else the first measure. */
function rankingMeasure(view: ResultView): number {
  const measures = measuresOf(view)
  return measures.find((position) => isDescending(view, position)) ?? measures[0] ?? 0
}

/** Whether a measure never rises from row to row and falls at least once. Rows without a number are skipped. */
function isDescending(view: ResultView, position: number): boolean {
  let before: Big | null = null
  let falls = false
  for (const row of view.rows) {
    const value = readDecimal(row[position] ?? null)
    if (value === null) continue
    const order: number = before === null ? 0 : value.cmp(before)
    if (order > 0) return false
    falls ||= order < 0
    before = value
  }
  return falls
}

const mostAdded = 50
const additive =
  /\b(?:sum|total|count|number of|num|revenue|sales|spent|spend|amount|quantity|qty|volume|orders|units)\b/
const notAdditive =
  /\b(?:avg|average|mean|median|min|max|lowest|highest|distinct|unique|rate|ratio|percent|percentage|pct|share|per|rank|running|cumulative|price|balance|bal)\b/

/** "; the five together 12,345.00" for an exact measure whose name shows that it can be added up, else an empty text. */
function togetherText(view: ResultView, measure: number, points: readonly Point[]): string {
  const words = wordsAt(view, measure)
  const scale = view.columns[measure]?.scale ?? null
  const adds = additive.test(words) && !notAdditive.test(words) && scale !== null
  if (!adds || view.partial || points.length < view.rows.length || points.length > mostAdded) return ''
  const sum = points.reduce((total, point) => total.plus(point.value), new Big(0))
  return `; the ${wordOf(points.length)} together ${decimalText(sum, scale)}`
}

/** Describes rows that no single column identifies: their number, and the row with the highest value. */
function describeHighest(view: ResultView, labels: readonly number[]): string {
  const measure = measuresOf(view)[0] ?? 0
  const points = pointsOf(view, measure)
  const most = extreme(points, 1)
  const count = view.truncated ? '' : `${countInWords(view.rowCount, 'row')}. `
  if (most === null) return `${countInWords(view.rowCount, 'row')}.`
  const value = textAt(view, most.point.row, measure)
  const where = labels
    .slice(0, 3)
    .map((position) => `${wordsAt(view, position)} ${textAt(view, most.point.row, position)}`)
  const at = most.ties > 1 ? ` (in ${wordOf(most.ties)} rows)` : where.length > 0 ? ` (${listed(where, 'and')})` : ''
  return `${count}The highest ${wordsAt(view, measure)} is ${value}${at}${scopeOf(view)}.${nulls(view, points)}`
}

const scopeOf = (view: ResultView) => (view.partial ? `, among the first ${countInWords(view.rows.length, 'row')}` : '')

/** A sentence about the rows without a number, if any. */
function nulls(view: ResultView, points: readonly Point[]): string {
  const missing = view.rows.length - points.length
  return missing === 0
    ? ''
    : ` ${capitalised(wordOf(missing))} of ${wordOf(view.rows.length)} ${missing === 1 ? 'has' : 'have'} no value.`
}

const isoPattern = /^(\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?)\s?(Z|[+-]\d\d:?\d\d)?$/
const yearPattern = /^\d{4}$/

/**
 * Row positions from earliest to latest. Null where order cannot be told by comparing text: a missing or repeated time, a year
 * outside 0000–9999, different zones.
 */
function sortedTimes(times: readonly Cell[]): readonly number[] | null {
  const read = times.map(readTime)
  const keys = read.flatMap((time) => (time === null ? [] : [time.key]))
  const forms = new Set(read.map((time) => time?.form))
  if (keys.length < times.length || new Set(keys).size < keys.length || forms.size !== 1) return null
  return keys.map((_, at) => at).sort((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1))
}

function readTime(cell: Cell): { readonly key: string; readonly form: string } | null {
  const text = String(cell)
  if (yearPattern.test(text)) return { key: text, form: 'year' }
  const [, key, zone = ''] = isoPattern.exec(text) ?? []
  return key === undefined ? null : { key: key.replace('T', ' '), form: `iso${zone}` }
}
