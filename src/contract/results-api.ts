import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ColumnSummary, ResultFilter, RowsView, RowsWindow } from './result-view.ts'
import { problems } from './route-parts.ts'

/** The most rows that one window holds. */
export const maxWindowRows = 10_000
/** The most values that one summary lists. */
export const maxSummaryValues = 1_000

const number = z.coerce.number().check(z.int(), z.gte(0))
const sortKey = String.raw`\d{1,5}\.(?:ascending|descending)`

/**
 * A view as query parameters. `sort` is `POSITION.DIRECTION` for each key, the most important first: `3.descending,0.ascending`; `filter` is
 * the JSON text of an array of `ResultFilter`.
 */
export const viewParameters = {
  sort: z.prefault(
    z.pipe(
      z
        .string()
        .check(
          z.regex(new RegExp(`^(?:${sortKey}(?:,${sortKey}){0,7})?$`), 'must be such as 3.descending,0.ascending'),
        ),
      z.transform((text): RowsView['sort'] =>
        [...text.matchAll(/(\d+)\.(ascending|descending)/g)].map(([, column, direction]) => ({
          column: Number(column),
          direction: direction === 'descending' ? 'descending' : 'ascending',
        })),
      ),
    ),
    '',
  ),
  filter: z.prefault(
    z.pipe(
      z.string().check(z.maxLength(12_000), z.refine(isJson, 'must be the JSON of an array of filters')),
      z.pipe(
        z.transform((text: string): unknown => JSON.parse(text)),
        z.array(ResultFilter).check(z.maxLength(50)),
      ),
    ),
    '[]',
  ),
  search: z._default(RowsView.shape.search, ''),
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const columnSpan = String.raw`\d{1,5}(?:-\d{1,5})?`
/** The most positions and ranges of positions that name the columns of one window. */
export const maxColumnSpans = 500

const spansOf = (text: string) =>
  text.split(',').map((span) => {
    const [from = 0, to = from] = span.split('-').map(Number)
    return { from, to }
  })

/** Whether every range ends where it begins or later, and begins behind the one before. */
const isAscending = (text: string): boolean =>
  spansOf(text).every(({ from, to }, at, spans) => from <= to && (spans[at - 1]?.to ?? -1) < from)

const chosenColumns = z.pipe(
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^${columnSpan}(?:,${columnSpan}){0,${maxColumnSpans - 1}}$`),
        `must be at most ${maxColumnSpans} positions and ranges such as 0-99,250`,
      ),
      z.refine(isAscending, 'must be in ascending order, each column once'),
    ),
  z.transform((text): readonly number[] =>
    spansOf(text).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
  ),
)

/** Positions in ascending order as the query parameter that names columns. */
export function writeColumns(positions: readonly number[]): string {
  const spans: { readonly from: number; to: number }[] = []
  for (const position of positions) {
    const last = spans.at(-1)
    if (last?.to === position - 1) last.to = position
    else spans.push({ from: position, to: position })
  }
  return spans.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** The query parameters of a view. */
export const writeRowsView = ({ sort, filters, search }: RowsView) => ({
  sort: sort.map(({ column, direction }) => `${column}.${direction}`).join(','),
  filter: JSON.stringify(filters),
  search,
})

/**
 * A part of a view: up to `count` rows from position `from` on, with the columns at the positions and ranges of `columns`, ascending:
 * `0-99,250`. Left out, rows have all columns.
 */
export const RowsQuery = z.object({
  columns: z.optional(chosenColumns),
  from: z._default(number, 0),
  count: z._default(number.check(z.lte(maxWindowRows)), 100),
  ...viewParameters,
})

/** The rows of a finished result, and what its columns hold: of the whole result, also where the turn delivered only its first rows. */
export const resultsApi = {
  turns: {
    /**
     * Fewer rows than `count` where they would be too many bytes for one answer, but one where there is any. The order is that of the page:
     * NULLs last, equal rows as the result has them, text as people sort it with the numbers in it by their value. `not_found` also for a turn
     * without a result, `bad_request` for a column that there is none of, `result_expired` where the warehouse keeps the rows no longer.
     */
    rows: oc
      .route({ method: 'GET', path: '/turns/{turnId}/rows' })
      .input(z.extend(RowsQuery, { turnId: z.uuid() }))
      .errors(problems)
      .output(RowsWindow),
    /** What a column, named by position, holds in the view. Its `values` are at most so many, those that contain `containing`. */
    summary: oc
      .route({ method: 'GET', path: '/turns/{turnId}/summary' })
      .input(
        z.object({
          turnId: z.uuid(),
          column: number,
          values: z._default(number.check(z.lte(maxSummaryValues)), 20),
          containing: z._default(RowsView.shape.search, ''),
          filter: viewParameters.filter,
          search: viewParameters.search,
        }),
      )
      .errors(problems)
      .output(ColumnSummary),
  },
}
