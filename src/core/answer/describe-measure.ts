import { Big } from 'big.js'
import type { Sentence } from '../../contract/result.ts'
import { isUnique } from '../chart/chart-facts.ts'
import { addsUp } from '../chart/measure-kind.ts'
import { describeTrend, unfinishedAt, whyOf } from './describe-trend.ts'
import { capitalisedSentence, countOf, joined, listedParts, numberValue, rowsOf, say, valueAt } from './phrases.ts'
import { cellAt, directionOf, extremes, pointsOf, wordsAt, type Point, type ResultView } from './result-view.ts'
import { leftOutLabels, nounOf, subjectOf } from './subject.ts'

/**
 * Describes several rows with at least one measure: a trend over time, the first of each group, a ranking, or the highest value. Empty where
 * nothing holds for all rows.
 */
export function describeMeasure(view: ResultView): Sentence {
  const measure = rankingMeasure(view)
  const side = sortedSide(view, measure)
  if (view.partial) return describeFirst(view, measure, side)
  if (view.chosen && side === null && !isOverTime(view)) return []
  const [time] = view.labels
  const isRanked = view.chosen && side !== null
  const trend = isOverTime(view) && !isRanked && time !== undefined ? describeTrend(view, measure, time) : null
  if (trend !== null) return joined([trend, nullsOf(view, measure)])
  if (!isUnique(view, view.labels)) return describeHighest(view, measure)
  const group = view.chosen ? undefined : groupOf(view, measure)
  const told = group === undefined ? describeRanking(view, measure, side) : describeGroups(view, measure, group)
  return joined([capitalisedSentence(told), nullsOf(view, measure), unfinishedNotes(view), leftOutLabels(view)])
}

const isOverTime = ({ labels, roles }: ResultView): boolean => labels.length === 1 && roles[labels[0] ?? 0] === 'time'

/** The measure by which the rows are sorted, else the first. */
function rankingMeasure(view: ResultView): number {
  const { measures, outline } = view
  const key = outline?.order.find(({ position }) => measures.includes(position))
  if (key !== undefined) return key.position
  return measures.find((position) => directionOf(view, position) === 'falls') ?? measures[0] ?? 0
}

/** From which side the rows are sorted by a measure: by the query's first key, or without a syntax tree by the rows themselves. */
function sortedSide(view: ResultView, measure: number): 'highest' | 'lowest' | null {
  const { outline } = view
  const direction = directionOf(view, measure)
  if (outline === null) return direction === 'falls' ? 'highest' : null
  const [key] = outline.order
  if (key?.position !== measure || outline.skips) return null
  if (direction !== null && (direction === 'falls') !== key.descending) return null
  return key.descending ? 'highest' : 'lowest'
}

/** Of rows that are not all rows nothing holds but that the query's own order puts one first. */
function describeFirst(view: ResultView, measure: number, side: 'highest' | 'lowest' | null): Sentence {
  const points = pointsOf(view, measure)
  const [first] = points
  if (side === null || view.outline === null || first?.row !== 0 || view.labels.length === 0) return []
  const others = points.filter(({ value }) => value.eq(first.value)).length - 1
  if (others > 0)
    return capitalisedSentence(
      say`${subjectOf(view, 0)} and at least ${countOf(others)} other${others === 1 ? '' : 's'} have the ${side} ${wordsAt(view, measure)}, ${valueAt(view, 0, measure)}.`,
    )
  return capitalisedSentence(
    say`${subjectOf(view, 0)} has the ${side} ${wordsAt(view, measure)}, ${valueAt(view, 0, measure)}.`,
  )
}

function describeRanking(view: ResultView, measure: number, side: 'highest' | 'lowest' | null): Sentence {
  const points = pointsOf(view, measure)
  const words = wordsAt(view, measure)
  const isAscending = side === 'lowest' && view.chosen
  const front = extremes(points, isAscending ? -1 : 1)
  const back = extremes(points, isAscending ? 1 : -1)
  const [first] = front
  const together = togetherText(view, measure, points)
  if (first === undefined) return say`${rowsOf(view.rowCount)}.`
  const value = valueAt(view, first.row, measure)
  if (points.length === 1) return say`${subjectOf(view, first.row)} has ${value} (${words})${together}.`
  const more = view.chosen ? '; more may share it' : ''
  if (front.length === points.length)
    return say`${allOf(view, points)} share the same ${words}, ${value}${more}${together}.`
  const lead = say`${namesOf(view, front)} ${front.length === 1 ? 'has' : 'share'} the ${isAscending ? 'lowest' : 'highest'} ${words}, ${value}`
  // Rows that the query chose, or that look chosen, are not all there are: nothing is the lowest among them.
  if (view.chosen || view.outline?.keepsSome === true || (view.outline === null && side !== null))
    return joined([say`${lead}${together}.`, tiesAtCut(view, measure, points)])
  const [last] = back
  const least = last === undefined ? '' : valueAt(view, last.row, measure)
  return say`${lead}; ${namesOf(view, back)} ${back.length === 1 ? 'the' : 'share the'} lowest, ${least}${together}.`
}

const mostNamed = 3

/** All subjects of a tie, or the first two and how many more. */
function namesOf(view: ResultView, tied: readonly Point[]): Sentence {
  const names = tied
    .slice(0, tied.length > mostNamed ? mostNamed - 1 : mostNamed)
    .map(({ row }) => subjectOf(view, row))
  const more = tied.length - names.length
  return listedParts(more === 0 ? names : [...names, say`${countOf(more)} others`])
}

const allOf = ({ rows }: ResultView, { length }: readonly Point[]): Sentence =>
  length < rows.length ? say`${countOf(length)}` : length === 2 ? say`both` : say`all ${countOf(length)}`

/** Rows that share the last place of a result that the query cut. */
function tiesAtCut(view: ResultView, measure: number, points: readonly Point[]): Sentence {
  const last = points.at(-1)
  const tied = last === undefined ? [] : points.filter(({ value }) => value.eq(last.value))
  if (!view.chosen || last === undefined || tied.length < 2) return []
  return say` The last ${countOf(tied.length)} share ${valueAt(view, last.row, measure)}; more may share it.`
}

const mostAdded = 50

/** "; the five together 12,345.00" for an exact measure that adds up, else nothing. */
function togetherText(view: ResultView, measure: number, points: readonly Point[]): Sentence {
  const column = view.columns[measure]
  const isWhole = points.length === view.rows.length && points.length >= 2 && points.length <= mostAdded
  if (!isWhole || (column?.scale ?? null) === null || !addsUp(column, measure, view.outline)) return []
  const sum = points.reduce((total, point) => total.plus(point.value), new Big(0))
  return say`; the ${countOf(points.length)} together ${numberValue(view, measure, sum, 'total')}`
}

/** The label by which rows stand in groups, each sorted from its highest value down; undefined where there is none. */
function groupOf(view: ResultView, measure: number): number | undefined {
  if (view.labels.length < 2 || directionOf(view, measure) === 'falls') return undefined
  return view.labels.find((position) => {
    const groups = runsOf(view, position)
    const isRepeated = groups.length > 1 && groups.length < view.rows.length
    const isContiguous = new Set(groups.map(([row]) => cellAt(view, row ?? 0, position))).size === groups.length
    return isRepeated && isContiguous && groups.every((rows) => neverRises(view, measure, rows))
  })
}

/** Rows that follow each other with the same value. */
function runsOf(view: ResultView, position: number): readonly (readonly number[])[] {
  const runs: number[][] = []
  for (const row of view.rows.keys()) {
    const run = runs.at(-1)
    if (run !== undefined && cellAt(view, run[0] ?? 0, position) === cellAt(view, row, position)) run.push(row)
    else runs.push([row])
  }
  return runs
}

function neverRises(view: ResultView, measure: number, rows: readonly number[]): boolean {
  const points = pointsOf(view, measure).filter(({ row }) => rows.includes(row))
  return points.every(({ value }, at) => at === 0 || value.lte(points[at - 1]?.value ?? value))
}

const mostGroups = 6

function describeGroups(view: ResultView, measure: number, group: number): Sentence {
  const points = pointsOf(view, measure)
  const leaders = runsOf(view, group).flatMap((rows) => {
    const front = extremes(
      points.filter(({ row }) => rows.includes(row)),
      1,
    )
    return front.length === 0 ? [] : [front]
  })
  const words = wordsAt(view, measure)
  const told = leaders.slice(0, leaders.length > mostGroups ? mostGroups / 2 : mostGroups).map((front, at) => {
    const row = front[0]?.row ?? 0
    const where =
      cellAt(view, row, group) === null ? say`with no ${nounOf(view, group)}` : say`in ${valueAt(view, row, group)}`
    const names = listedParts(front.slice(0, mostNamed).map((point) => subjectOf(view, point.row, group)))
    const others = front.length > mostNamed ? say` and ${countOf(front.length - mostNamed)} others` : ''
    const verb = at > 0 ? ',' : front.length === 1 ? ` has the highest ${words},` : ` share the highest ${words},`
    return say`${where} ${names}${others}${verb} ${valueAt(view, row, measure)}`
  })
  const left = leaders.length - told.length
  const rest = left === 0 ? '' : say`; the table has the other ${countOf(left)}`
  return say`${listedParts(told, '; ', '; ')}${rest}.`
}

/** Describes rows that their labels do not tell apart: their number, and the row with the highest value. */
function describeHighest(view: ResultView, measure: number): Sentence {
  const most = extremes(pointsOf(view, measure), 1)
  const [first] = most
  if (first === undefined || view.chosen) return say`${rowsOf(view.rowCount)}.`
  const where = view.labels.length > 0 ? say` (${subjectOf(view, first.row)})` : ''
  const at = most.length > 1 ? say` (in ${countOf(most.length)} rows)` : where
  const told = say`${rowsOf(view.rowCount)}. The highest ${wordsAt(view, measure)} is ${valueAt(view, first.row, measure)}${at}.`
  return joined([told, nullsOf(view, measure)])
}

/** A sentence about the rows without a number, if any. */
function nullsOf(view: ResultView, measure: number): Sentence {
  const missing = view.rows.length - pointsOf(view, measure).length
  if (missing === 0) return []
  const told = say`${countOf(missing)} of ${countOf(view.rows.length)} ${missing === 1 ? 'has' : 'have'} no value.`
  return joined([' ', capitalisedSentence(told)])
}

/** The periods that are not whole, where the rows stand beside other labels too. */
function unfinishedNotes(view: ResultView): Sentence {
  const time = view.labels.find((position) => view.roles[position] === 'time')
  if (time === undefined) return []
  return joined(
    unfinishedAt(view, time).map((period) => {
      const row = view.rows.findIndex((cells) => cells[time] === period.cell)
      return say` ${valueAt(view, row, time)} is not whole: ${whyOf(period)}.`
    }),
  )
}
