import type { Cell, Column, Sentence } from '../../contract/result.ts'
import { columnWords } from '../../contract/words/columns.ts'
import type { Calendar } from '../chart/unfinished-periods.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { describeMeasure } from './describe-measure.ts'
import { capitalisedSentence, joined, listedParts, numberOfRows, rowsOf, say, valueAt, withDigits } from './phrases.ts'
import { readDecimal, viewResult, wordsAt, type ResultView } from './result-view.ts'
import { subjectOf } from './subject.ts'

export interface DescribedResult {
  readonly columns: readonly Column[]
  /** All rows, or the first of `rowCount`. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly question: string | null
  /** The writer's interpretation, used when a column's name is meaningless. */
  readonly interpretation: string | null
  /** What the query's syntax tree says of its result; without it the rows alone decide. */
  readonly outline?: QueryOutline | null
  /** The day of asking and the span of the data, by which unfinished periods are told. */
  readonly calendar?: Calendar
  /**
   * Why the result is empty, zero or NULL: one checked sentence such as "No orders in 2025: the newest O_ORDERDATE is 1998-08-02." Said in
   * place of the bare value, and only of such a result.
   */
  readonly cause?: string | Sentence | null
}

const unknownCalendar: Calendar = { today: null, span: null }

/**
 * The answer in one to three sentences, from the result alone, without a model. Says only what holds for all rows: values are exact and
 * written by their reader, nothing is said of the highest among rows that are not all rows, and a sum is given only of what adds up.
 */
export function describeResult(result: DescribedResult): Sentence {
  const { outline = null, calendar = unknownCalendar } = result
  const view = viewResult({ ...result, outline, calendar })
  const cause = causeOf(result)
  return withDigits(cause.length > 0 && isBlank(view) ? cause : describe(view, result.interpretation), view)
}

function causeOf({ cause = null }: DescribedResult): Sentence {
  if (cause === null || typeof cause !== 'string') return cause ?? []
  const text = cause.trim()
  return text === '' ? [] : [{ text: /[.!?]$/.test(text) ? text : `${text}.` }]
}

function describe(view: ResultView, interpretation: string | null): Sentence {
  const { rowCount, rows, truncated } = view
  if (rowCount === 0 || rows.length === 0 || view.columns.length === 0) return describeNothing(view)
  if (rowCount === 1)
    return joined([describeRow(view, interpretation), truncated ? ' More rows were left out.' : '', onlyOne(view)])
  const measured = view.measures.length > 0 ? describeMeasure(view) : []
  const told = measured.length > 0 ? measured : describeList(view)
  if (!truncated) return told
  return joined([say`At least ${rowsOf(rowCount)}; more were left out.`, told.length > 0 ? ' ' : '', told])
}

/** A query that takes the first row alone hides the rows that share its place. */
const onlyOne = ({ outline, labels }: ResultView): string =>
  outline?.limit === 1 && outline.isSorted && labels.length > 0
    ? ' The query takes one row only; others may share its place.'
    : ''

/** Whether a result says only that there is nothing: no rows, or a single value that is zero or NULL. */
function isBlank({ columns, rows, rowCount, truncated }: ResultView): boolean {
  if (truncated || rowCount > 1) return false
  const [row] = rows
  if (rowCount === 0 || row === undefined) return rowCount === 0
  return columns.length === 1 && (row[0] === null || readDecimal(row[0] ?? null)?.eq(0) === true)
}

function describeNothing({ rowCount, truncated }: ResultView): Sentence {
  if (rowCount > 0) return say`${rowsOf(rowCount)}.`
  return [{ text: truncated ? 'No rows are shown; more were left out.' : 'No rows matched.' }]
}

const mostShownColumns = 6

function describeRow(view: ResultView, interpretation: string | null): Sentence {
  const { columns, labels, measures, outline } = view
  if (columns.length === 1) return describeValue(view, interpretation)
  const [measure, ...others] = measures
  if (measure !== undefined && others.length === 0 && labels.length > 0 && columns.length <= 3) {
    const [key] = outline?.order ?? []
    const side = key?.descending === true ? 'highest' : 'lowest'
    if (view.chosen && key?.position === measure && outline?.skips !== true)
      return capitalisedSentence(
        say`${subjectOf(view, 0)} has the ${side} ${wordsAt(view, measure)}, ${valueAt(view, 0, measure)}.`,
      )
    return say`The ${wordsAt(view, measure)} for ${subjectOf(view, 0)} is ${valueAt(view, 0, measure)}.`
  }
  // A row that its key names is told by it: "Order 260320: total price 479,922.35".
  const [label] = labels
  if (label !== undefined && view.roles[label] === 'identifier' && columns.length > 2)
    return capitalisedSentence(say`${subjectOf(view, 0, null, 0)}: ${listedParts(namedValues(view, '', ' ', label))}.`)
  return capitalisedSentence(say`${listedParts(namedValues(view, 'the ', ' is '))}.`)
}

/** The columns of the first row with their values, remarks left out: `name Ann`, `phone 1`. */
function namedValues(
  view: ResultView,
  before: string,
  between: string,
  without: number | null = null,
): readonly Sentence[] {
  const told = view.columns.flatMap((column, position) =>
    position === without || (view.roles[position] === 'other' && column.kind === 'text') ? [] : [position],
  )
  const shown = told.slice(0, mostShownColumns)
  const more = view.columns.length - shown.length - (without === null ? 0 : 1)
  return [
    ...shown.map((position) =>
      view.rows[0]?.[position] === null
        ? say`${before === '' ? '' : 'there is '}no ${wordsAt(view, position)}`
        : say`${before}${wordsAt(view, position)}${between}${valueAt(view, 0, position)}`,
    ),
    ...(more === 0 ? [] : [say`${numberOfRows(more)} more ${more === 1 ? 'column' : 'columns'}`]),
  ]
}

/** Names that say how a number was made and not of what, or of which rows. */
const hollow =
  /^(?:percent of .*|answer|avg|average|count|max|maximum|min|minimum|number|num|percent|percentage|pct|ratio|result|share|sum|total|value)$/

function describeValue(view: ResultView, interpretation: string | null): Sentence {
  const words = view.outline?.outputs?.[0]?.words ?? columnWords(view.columns[0]?.name ?? '')
  const reading = (interpretation ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.!? ]+$/, '')
  if (view.rows[0]?.[0] === null) return [{ text: `There is no ${words ?? 'value'}: the result is NULL.` }]
  const value = valueAt(view, 0, 0)
  const isNamed = words !== null && !hollow.test(words)
  if (!isNamed && reading !== '') return say`${reading}: ${value}.`
  return words === null ? say`The answer is ${value}.` : say`The ${words} is ${value}.`
}

const mostListed = 5

/** Describes rows without a measure, or of which nothing may be compared: their number, and the first of them where they are all. */
function describeList(view: ResultView): Sentence {
  const { columns, rows, rowCount, truncated, measures } = view
  const count = truncated ? [] : say`${rowsOf(rowCount)}`
  if (measures.length > 0) return truncated ? [] : say`${count}.`
  if (columns.length === 1) {
    const labels = rows.slice(0, mostListed).map((_, row) => valueAt(view, row, 0))
    const more = rowCount - labels.length
    if (truncated) return say`The first are ${listedParts(labels)}.`
    return say`${count}: ${listedParts(more > 0 ? [...labels, say`${numberOfRows(more)} more`] : labels)}.`
  }
  const first = say`The first has ${listedParts(namedValues(view, '', ' '))}.`
  return truncated ? first : say`${count}. ${first}`
}
