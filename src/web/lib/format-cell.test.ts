import { describe, expect, test } from 'vitest'
import type { Cell, Column } from '../../contract/result.ts'
import { makeCellFormat } from './format-cell.ts'

const column = (kind: Column['kind'], scale: number | null = null, name = 'TOTAL'): Column => ({
  name,
  type: '',
  kind,
  scale,
})
const english = makeCellFormat('en-US')

const shown: readonly [why: string, cell: Cell, column: Column, text: string][] = [
  [
    '38 digits',
    '12345678901234567890123456789012345678',
    column('number', 0),
    '12,345,678,901,234,567,890,123,456,789,012,345,678',
  ],
  ['digits after the point', '1234567.123456789', column('number', 9), '1,234,567.123456789'],
  ['zeros that belong to the scale', 1234.5, column('number', 2), '1,234.50'],
  ['no zeros without a scale', 1234.5, column('number'), '1,234.5'],
  ['a negative number', '-1234567', column('number', 0), '−1,234,567'],
  ['a small negative number', '-0.05', column('number', 2), '−0.05'],
  ['an exponent, as it came', '1e+300', column('number'), '1e+300'],
  ['not a number', 'NaN', column('number'), 'NaN'],
  ['infinity', '-inf', column('number'), '-inf'],
  ['a year', 1996, column('number', 0, 'ORDER_YEAR'), '1996'],
  ['a key', '1000001', column('number', 0, 'O_ORDERKEY'), '1000001'],
  ['NULL', null, column('text'), 'NULL'],
  ['empty text', '', column('text'), '""'],
  ['the text NULL', 'NULL', column('text'), 'NULL'],
  ['text that looks like a number', '0012', column('text'), '0012'],
  ['a boolean', false, column('boolean'), 'false'],
  ['a date', '1996-01-02', column('date'), 'Jan 02, 1996'],
  [
    'a timestamp to the nanosecond',
    '1996-01-02 03:04:05.123456789',
    column('timestamp'),
    'Jan 02, 1996, 03:04:05.123456789',
  ],
  ['a date out of range, as it came', '-0044-03-15', column('date'), '-0044-03-15'],
  ['a time', '03:04:05.1', column('time'), '03:04:05.1'],
]

test.each(shown)('shows %s', (_why, cell, column, text) => {
  expect(english.text(cell, column)).toBe(text)
})

test('a column with digits after the point is grouped whatever it is called', () => {
  expect(english.text('1234.50', column('number', 2, 'YEAR'))).toBe('1,234.50')
})

describe('other languages', () => {
  test.each([
    ['de-DE', '1.234.567,5'],
    ['en-IN', '12,34,567.5'],
  ])('%s', (locale, text) => {
    expect(makeCellFormat(locale).text('1234567.5', column('number', 1))).toBe(text)
  })
})

test('copying takes the exact value', () => {
  expect(['1234.5', 1234.5, null, '', true].map((cell) => english.exact(cell))).toEqual([
    '1234.5',
    '1234.5',
    'NULL',
    '',
    'true',
  ])
})
