import type { Cell, Column } from '../../contract/result.ts'
import { describeMeasure } from './describe-measure.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import { listed } from '../sentences.ts'
import { cellAt, measuresOf, readDecimal, textAt, viewResult, wordsAt, type ResultView } from './result-view.ts'
import { columnWords } from '../chart/column-words.ts'

export interface DescribedResult {
  readonly columns: readonly Column[]
  /** All rows, or the first of `rowCount`. */
  readonly rows: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly truncated: boolean
  readonly question: string | null
  /** The writer's interpretation, used when a column's name is meaningless. */
  readonly interpretation: string | null
  /**
   * Why the result is empty, zero or NULL: one checked sentence such as "No orders in 2025: the newest O_ORDERDATE is 1998-08-02." Said in
   * place of the bare value, and only of such a result.
   */
  readonly cause?: string | null
}

/**
 * The answer in one to three sentences, from the result alone, without a model. Says only what the rows show: values are exact, an
 * extreme of rows that are not all rows is called that, and a sum is given only where the measure itself is a sum or a count.
 */
export function describeResult(result: DescribedResult): string {
  const view = viewResult(result)
  const cause = (result.cause ?? '').trim()
  if (cause !== '' && isBlank(view)) return /[.!?]$/.test(cause) ? cause : `${cause}.`
  if (view.rowCount === 0 || view.rows.length === 0) return describeNothing(view)
  if (view.rowCount === 1)
    return `${describeRow(view, result.interpretation)}${view.truncated ? ' More rows were left out.' : ''}`
  const measured = measuresOf(view).length > 0 ? describeMeasure(view) : describeList(view)
  return view.truncated ? `At least ${countInWords(view.rowCount, 'row')}; more were left out. ${measured}` : measured
}

/** Whether a result says only that there is nothing: no rows, or a single value that is zero or NULL. */
function isBlank({ columns, rows, rowCount, truncated }: ResultView): boolean {
  if (truncated || rowCount > 1) return false
  const [row] = rows
  if (rowCount === 0 || row === undefined) return rowCount === 0
  return columns.length === 1 && (row[0] === null || readDecimal(row[0] ?? null)?.eq(0) === true)
}

function describeNothing({ rowCount, truncated }: ResultView): string {
  if (rowCount > 0) return `${countInWords(rowCount, 'row')}.`
  return truncated ? 'No rows are shown; more were left out.' : 'No rows matched.'
}

const mostShownColumns = 6

function describeRow(view: ResultView, interpretation: string | null): string {
  const { columns, roles } = view
  if (columns.length === 1) return describeValue(view, interpretation)
  const measure = roles.indexOf('measure')
  if (columns.length === 2 && measure >= 0 && roles[1 - measure] !== 'measure' && cellAt(view, 0, measure) !== null)
    return `${textAt(view, 0, measure)} is the ${wordsAt(view, measure)} for ${textAt(view, 0, 1 - measure)}.`
  const shown = columns
    .slice(0, mostShownColumns)
    .map((_, position) => `${wordsAt(view, position)} ${textAt(view, 0, position)}`)
  const more = columns.length - shown.length
  return `One row: ${listed(more > 0 ? [...shown, countInWords(more, 'more column')] : shown, 'and')}.`
}

function describeValue(view: ResultView, interpretation: string | null): string {
  const words = columnWords(view.columns[0]?.name ?? '')
  const value = textAt(view, 0, 0)
  if (cellAt(view, 0, 0) === null) return `The ${words ?? 'result'} is NULL: there is no value.`
  if (words !== null) return view.roles[0] === 'measure' ? `${value} is the ${words}.` : `The ${words} is ${value}.`
  const reading = (interpretation ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.!? ]+$/, '')
  return reading === '' ? `The answer is ${value}.` : `${value} is the answer (${reading}).`
}

const mostListed = 5

/** Describes rows without a measure: their number and the first of them. */
function describeList(view: ResultView): string {
  const { columns, rows, rowCount } = view
  const labels = rows.slice(0, mostListed).map((_, row) => textAt(view, row, 0))
  const more = rowCount - labels.length
  const count = view.truncated ? '' : `${countInWords(rowCount, 'row')}: `
  if (columns.length === 1) {
    const told = listed(
      more > 0 && !view.truncated ? [...labels, `${more.toLocaleString('en-US')} more`] : labels,
      'and',
    )
    return view.truncated ? `The first are ${told}.` : `${count}${told}.`
  }
  const first = columns
    .slice(0, mostShownColumns)
    .map((_, position) => `${wordsAt(view, position)} ${textAt(view, 0, position)}`)
  const others = columns.length - first.length
  const told = listed(others > 0 ? [...first, countInWords(others, 'more column')] : first, 'and')
  return view.truncated ? `The first has ${told}.` : `${countInWords(rowCount, 'row')}. The first has ${told}.`
}
