import { expect, test } from 'vitest'
import type { Cell, Column } from '../result.ts'
import { makeFormats } from './formats.ts'
import { exactCell, shownCell } from './cells.ts'

const column = (kind: Column['kind'], scale: number | null = null, name = 'TOTAL'): Column => ({
  name,
  type: '',
  kind,
  scale,
})

const cases: readonly [why: string, cell: Cell, column: Column, shown: string, exact: string | null][] = [
  [
    '38 digits',
    '12345678901234567890123456789012345678',
    column('number', 0),
    '12,345,678,901,234,567,890,123,456,789,012,345,678',
    '12345678901234567890123456789012345678',
  ],
  ['digits after the point', '1234567.123456789', column('number', 9), '1,234,567.123456789', '1234567.123456789'],
  ['zeros that belong to the scale', 1234.5, column('number', 2), '1,234.50', '1234.50'],
  ['no zeros without a scale', 1234.5, column('number'), '1,234.5', '1234.5'],
  ['a negative number', '-1234567', column('number', 0), '-1,234,567', '-1234567'],
  ['a small negative number', '-0.05', column('number', 2), '-0.05', '-0.05'],
  ['an exponent, as it came', '1e+300', column('number'), '1e+300', '1e+300'],
  ['not a number', 'NaN', column('number'), 'NaN', 'NaN'],
  ['infinity', '-inf', column('number'), '-inf', '-inf'],
  ['a year', 1996, column('number', 0, 'ORDER_YEAR'), '1996', '1996'],
  ['a key', '1000001', column('number', 0, 'O_ORDERKEY'), '1000001', '1000001'],
  ['decimals, whatever the column is called', '1234.50', column('number', 2, 'YEAR'), '1,234.50', '1234.50'],
  ['NULL', null, column('text'), 'NULL', null],
  ['empty text', '', column('text'), '""', ''],
  ['the text NULL', 'NULL', column('text'), 'NULL', 'NULL'],
  ['text that looks like a number', '0012', column('text'), '0012', '0012'],
  ['a boolean', false, column('boolean'), 'false', 'false'],
  ['a date', '1996-01-02', column('date'), 'Jan 2, 1996', '1996-01-02'],
  ['a month', '1996-02-01', column('date', null, 'ORDER_MONTH'), 'February 1996', '1996-02-01'],
  ['a day in a column of months', '1996-02-02', column('date', null, 'MONTH'), 'Feb 2, 1996', '1996-02-02'],
  [
    'a month as a timestamp',
    '1996-02-01 00:00:00.000',
    column('timestamp', null, 'MONTH'),
    'February 1996',
    '1996-02-01 00:00:00.000',
  ],
  ['a quarter', '1996-04-01', column('date', null, 'QUARTER'), 'Q2 1996', '1996-04-01'],
  ['a year as a date', '1996-01-01', column('date', null, 'YEAR'), '1996', '1996-01-01'],
  [
    'a timestamp',
    '1996-01-02 03:04:05.123456789',
    column('timestamp'),
    'Jan 2, 1996, 03:04:05.123456789',
    '1996-01-02 03:04:05.123456789',
  ],
  ['a date out of range', '-0044-03-15', column('date'), '-0044-03-15', '-0044-03-15'],
]

test.each(cases)('%s', (_why, cell, column, shown, exact) => {
  expect([shownCell(cell, column, makeFormats('en-US')), exactCell(cell, column)]).toEqual([shown, exact])
})

test.each([
  ['de-DE', '1.234.567,50', '02.01.1996'],
  ['en-GB', '1,234,567.50', '2 Jan 1996'],
  ['no such locale', '1,234,567.50', 'Jan 2, 1996'],
])('%s', (locale, number, day) => {
  const formats = makeFormats(locale)
  expect(shownCell('1234567.5', column('number', 2), formats)).toBe(number)
  expect(shownCell('1996-01-02', column('date'), formats)).toBe(day)
})

test('a percentage has its sign', () => {
  expect(shownCell('20.283', column('number', 3), makeFormats('en-US'), '%')).toBe('20.283%')
})
