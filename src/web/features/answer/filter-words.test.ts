import { expect, test } from 'vitest'
import type { Column } from '../../../contract/result.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { makeFormats } from '../../../contract/words/formats.ts'
import { dayOf, dayRange, filterInWords, readNumber } from './filter-words.ts'

const formats = makeFormats('en-US')
const columns: readonly Column[] = [
  { name: 'COUNTRY', type: 'VARCHAR', kind: 'text', scale: null },
  { name: 'TOTAL_AMOUNT', type: 'NUMBER(12,2)', kind: 'number', scale: 2 },
  { name: 'SOLD_AT', type: 'TIMESTAMP_NTZ(9)', kind: 'timestamp', scale: null },
]
const inWords = (filter: ResultFilter): string =>
  filterInWords(filter, columns, formats).replaceAll(/[\u2068\u2069]/g, '')

test.each<readonly [string, ResultFilter]>([
  ['Country: Germany, NULL', { kind: 'values', column: 0, values: ['Germany', null], isExcluded: false }],
  ['Country without a', { kind: 'values', column: 0, values: ['a'], isExcluded: true }],
  ['Country: a, b, c and 2 more', { kind: 'values', column: 0, values: ['a', 'b', 'c', 'd', 'e'], isExcluded: false }],
  ['Country contains “er”', { kind: 'contains', column: 0, text: 'er' }],
  ['Total amount from 1,000.00', { kind: 'range', column: 1, from: '1000', to: null }],
  [
    'Total amount from 1.00 to 12,345,678,901,234,567.89',
    { kind: 'range', column: 1, from: '1', to: '12345678901234567.89' },
  ],
  ['Sold at up to Mar 1, 1996', dayRange(2, 'timestamp', '', '1996-03-01')],
])('%s', (words, filter) => {
  expect(inWords(filter)).toBe(words)
})

test('texts of the data are kept apart from the sentence around them', () => {
  const override = '\u202Eevil'
  expect(filterInWords({ kind: 'contains', column: 0, text: override }, columns, formats)).toContain(
    `\u2068${override}\u2069`,
  )
})

test.each([
  ['1,234.50', 'en-US', '1234.50'],
  ['1.234,50', 'de-DE', '1234.50'],
  ['1 234,5', 'fr-FR', '1234.5'],
  ['1’234.5', 'de-CH', '1234.5'],
  ['-5', 'en-US', '-5'],
  ['−5', 'en-US', '-5'],
  ['+.5', 'en-US', '0.5'],
  ['12345678901234567890.123456789', 'en-US', '12345678901234567890.123456789'],
  ['1e3', 'en-US', '1e3'],
  ['five', 'en-US', null],
  ['', 'en-US', null],
])('%s in %s is %s', (text, locale, number) => {
  expect(readNumber(text, { locale })).toBe(number)
})

test('the last day of a range counts whole, and its field shows the day again', () => {
  const range = dayRange(2, 'timestamp', '1996-01-01', '1996-12-31')
  expect(range).toEqual({ kind: 'range', column: 2, from: '1996-01-01', to: '1996-12-31 23:59:59.999999999' })
  expect(range.kind === 'range' && dayOf(range.to)).toBe('1996-12-31')
})
