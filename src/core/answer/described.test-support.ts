import type { Cell, Column, ColumnKind } from '../../contract/result.ts'
import { makeFormats } from '../../contract/words/formats.ts'
import { sentenceText } from '../../contract/words/sentence.ts'
import type { OutputOutline, QueryOutline } from '../explain/query-outline.ts'
import { describeResult, type DescribedResult } from './describe-result.ts'

export const column = (name: string, kind: ColumnKind = 'number', scale: number | null = 2): Column => ({
  name,
  type: kind.toUpperCase(),
  kind,
  scale: kind === 'number' ? scale : null,
})
export const text = (name: string): Column => column(name, 'text')

type Rows = readonly (readonly Cell[])[]

/** The sentence about a result as a reader of a locale sees it. */
export const tell = (columns: readonly Column[], rows: Rows, more: Partial<DescribedResult> = {}, locale = 'en-US') =>
  sentenceText(
    describeResult({
      columns,
      rows,
      rowCount: rows.length,
      truncated: false,
      question: null,
      interpretation: null,
      ...more,
    }),
    makeFormats(locale),
  )

/** What a syntax tree would say: how each column came to be, and more. */
export const outline = (gives: readonly OutputOutline['gives'][], more: Partial<QueryOutline> = {}): QueryOutline => ({
  outputs: gives.map((one) => ({ gives: one, bucket: null, moment: null })),
  limit: null,
  skips: false,
  isSorted: false,
  isGrouped: gives.some((one) => one !== 'plain'),
  keepsSome: false,
  order: [],
  hasTotals: false,
  ...more,
})
