import type { ChangesOrder } from '../../contract/comparison.ts'
import type { Cell, Column } from '../../contract/result.ts'
import { makeFormats, plainLocale } from '../../contract/words/formats.ts'
import { sentenceText } from '../../contract/words/sentence.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { compareResults } from './compare-results.ts'
import type { ComparedResult } from './pair-columns.ts'

export const column = (name: string, kind: Column['kind'] = 'text'): Column => ({ name, kind, type: kind, scale: null })
export const number = (name: string): Column => column(name, 'number')
export const result = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  more: Partial<ComparedResult> = {},
): ComparedResult => ({
  columns,
  rows,
  rowCount: rows.length,
  truncated: false,
  outline: null,
  isShortened: false,
  today: null,
  unfinished: null,
  ...more,
})
const all: ChangesOrder = { from: 0, count: 200 }
export const compare = (before: ComparedResult, after: ComparedResult, order: Partial<ChangesOrder> = {}) =>
  compareResults({ before, after }, { ...all, ...order })

export const regions = [column('REGION'), number('REVENUE')]
export const sayOf = (...given: Parameters<typeof compare>): string =>
  sentenceText(compare(...given).summary, makeFormats(plainLocale))
export const plain: QueryOutline = {
  outputs: null,
  limit: null,
  skips: false,
  isSorted: false,
  isGrouped: true,
  keepsSome: false,
  order: [],
  hasTotals: false,
}
