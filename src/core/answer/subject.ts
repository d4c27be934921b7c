import type { Sentence } from '../../contract/result.ts'
import { listedParts, say, valueAt } from './phrases.ts'
import { cellAt, wordsAt, type ResultView } from './result-view.ts'

/** Labels beside the first that a subject names; further ones are said to be in the table. */
const mostBeside = 2

/**
 * What a row is about, by all columns that name it: `Ann`, `goldenrod (region ASIA)`, `branch 12`, `the group with no manager`.
 * `without` is a column that the sentence has named already; at most `beside` further labels are named.
 */
export function subjectOf(view: ResultView, row: number, without: number | null = null, beside = mostBeside): Sentence {
  const [first, ...others] = view.labels.filter((position) => position !== without)
  if (first === undefined) return say`row ${String(row + 1)}`
  const named = others.slice(0, beside).map((position) => besideOf(view, row, position))
  return named.length === 0
    ? headOf(view, row, first)
    : say`${headOf(view, row, first)} (${listedParts(named, ', ', ', ')})`
}

function headOf(view: ResultView, row: number, position: number): Sentence {
  const cell = cellAt(view, row, position)
  if (cell === null || cell === '') return say`the group with ${emptyWords(view, position, cell === null)}`
  const isGroupNumber = view.roles[position] === 'category' && typeof cell === 'number'
  // A short code says nothing by itself: return flag R.
  const isCode =
    typeof cell === 'string' &&
    /^\w{1,2}$/.test(cell) &&
    view.roles[position] === 'category' &&
    view.outline?.outputs?.[position]?.words !== undefined
  const isBare =
    isGroupNumber ||
    isCode ||
    typeof cell === 'boolean' ||
    view.roles[position] === 'identifier' ||
    isBarePeriod(view, position)
  return isBare ? say`${nounOf(view, position)} ${valueAt(view, row, position)}` : say`${valueAt(view, row, position)}`
}

/** Whether a recurring period would stand as a bare number: hour 13, but July. */
function isBarePeriod(view: ResultView, position: number): boolean {
  const value = view.roles[position] === 'period' ? valueAt(view, 0, position) : ''
  return typeof value === 'object' && !Array.isArray(value) && value.form === 'name'
}

function besideOf(view: ResultView, row: number, position: number): Sentence {
  const cell = cellAt(view, row, position)
  if (cell === null || cell === '') return say`${emptyWords(view, position, cell === null)}`
  const value = valueAt(view, row, position)
  // "name ASIA" would say nothing of what ASIA is.
  const isBare = view.roles[position] === 'time' || wordsAt(view, position) === 'name'
  return isBare ? say`${value}` : say`${nounOf(view, position)} ${value}`
}

const emptyWords = (view: ResultView, position: number, isNull: boolean): string =>
  `${isNull ? 'no' : 'an empty'} ${nounOf(view, position)}`

/** What a column names, without the word that says how: `manager id` names a manager. */
export const nounOf = (view: ResultView, position: number): string =>
  wordsAt(view, position).replace(/(?<=\w)(?: emp(?:loyee)?(?= n))? (?:id|key|no|nr|number|code|name)$/, '')

/** The labels that no sentence names, where there are many. */
export function leftOutLabels(view: ResultView): Sentence {
  const left = view.labels.slice(mostBeside + 1).map((position) => wordsAt(view, position))
  return left.length === 0 ? [] : say` The table also has ${listedParts(left)}.`
}
