import type { Cell, Sentence } from '../../contract/result.ts'
import { bucketOf, unfinishedPeriods, type UnfinishedPeriod } from '../chart/unfinished-periods.ts'
import { capitalisedSentence, countOf, joined, momentOf, say, valueAt } from './phrases.ts'
import { cellAt, extremes, pointsOf, wordsAt, type Point, type ResultView } from './result-view.ts'

/** A measure over time, from first to last; periods that are not whole are told apart. Null where the times have no order. */
export function describeTrend(view: ResultView, measure: number, time: number): Sentence | null {
  const order = sortedTimes(view.rows.map((row) => row[time] ?? null))
  if (order === null) return null
  const pointOf = new Map(pointsOf(view, measure).map((point) => [point.row, point]))
  const inTime = order.flatMap((row) => pointOf.get(row) ?? [])
  const unfinished = unfinishedAt(view, time)
  const isWhole = ({ row }: Point): boolean => unfinished.every(({ cell }) => cell !== cellAt(view, row, time))
  const whole = inTime.filter(isWhole)
  const told = whole.length >= 2 ? whole : inTime
  const [first, last] = [told[0], told.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  const notes = inTime
    .filter((point) => !isWhole(point))
    .map((point) => noteOf(view, { point, measure, time }, unfinished))
  return joined([spanOf(view, told, { measure, time, ofWhole: told === whole && notes.length > 0 }), ...notes])
}

interface Trend {
  readonly measure: number
  readonly time: number
  /** Whether unfinished periods were left out. */
  readonly ofWhole: boolean
}

function spanOf(view: ResultView, points: readonly Point[], { measure, time, ofWhole }: Trend): Sentence {
  const [first, last] = [points[0], points.at(-1)]
  const [most, least] = [extremes(points, 1), extremes(points, -1)]
  if (first === undefined || last === undefined) return []
  const words = wordsAt(view, measure)
  const [from, to] = [valueAt(view, first.row, time), valueAt(view, last.row, time)]
  if (most.length === points.length)
    return capitalisedSentence(say`${words} is ${valueAt(view, first.row, measure)} throughout, from ${from} to ${to}.`)
  const span = say`${words} went from ${valueAt(view, first.row, measure)} (${from}) to ${valueAt(view, last.row, measure)} (${to}).`
  if (points.length < 3 || view.chosen) return capitalisedSentence(span)
  const at = (tied: readonly Point[]): Sentence => {
    const row = tied[0]?.row ?? 0
    const more = tied.length === 1 ? '' : say` and ${countOf(tied.length - 1)} other${tied.length === 2 ? '' : 's'}`
    return say`${valueAt(view, row, measure)} (${valueAt(view, row, time)}${more})`
  }
  // The ends of a row that only rises or only falls have been said.
  const isEnd = (tied: readonly Point[]): boolean => tied.length === 1 && (tied[0] === first || tied[0] === last)
  if (!ofWhole && isEnd(most) && isEnd(least)) return capitalisedSentence(span)
  const scope = ofWhole ? 'Of the whole ones, the' : 'The'
  return capitalisedSentence(joined([span, say` ${scope} highest is ${at(most)}, the lowest ${at(least)}.`]))
}

/** The periods at both ends of a column of times that are not whole in the data. */
export function unfinishedAt(view: ResultView, time: number): readonly UnfinishedPeriod[] {
  const column = view.columns[time]
  if (column === undefined) return []
  const cells = view.rows.map((row) => row[time] ?? null)
  return unfinishedPeriods(cells, bucketOf(column, time, view.outline), view.calendar)
}

function noteOf(
  view: ResultView,
  { point, measure, time }: { readonly point: Point; readonly measure: number; readonly time: number },
  unfinished: readonly UnfinishedPeriod[],
): Sentence {
  const period = unfinished.find(({ cell }) => cell === cellAt(view, point.row, time))
  const [at, value] = [valueAt(view, point.row, time), valueAt(view, point.row, measure)]
  if (period === undefined) return []
  return capitalisedSentenceAfterBlank(say`${at} is not whole, with ${value}: ${whyOf(period)}.`)
}

const capitalisedSentenceAfterBlank = (sentence: Sentence): Sentence => joined([' ', capitalisedSentence(sentence)])

/** Why a period is not whole. */
export function whyOf({ why, day }: UnfinishedPeriod): Sentence {
  if (why === 'runs' || day === null) return say`it is not over yet`
  return say`the data ${why === 'begins' ? 'begins' : 'ends'} on ${momentOf(day)}`
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
