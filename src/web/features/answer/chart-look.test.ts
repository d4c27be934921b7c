import { makeFormats } from '../../../contract/words/formats.ts'
import { expect, test } from 'vitest'
import { dateAxis } from './chart-look.ts'

test.each([
  ['years', ['1995-01-01', '1996-01-01'], '1996'],
  ['months', ['1996-01-01', '1996-03-01'], 'Mar 1996'],
  ['days', ['1996-01-01', '1996-03-02'], 'Mar 2, 1996'],
  ['years by number', [1995, 1996], '1996'],
  ['times', ['1996-01-01 00:00:00', '1996-01-01 13:30:00.123456789'], 'Jan 01, 13:30'],
])('labels %s as finely as they need', (_name, cells, last) => {
  const axis = dateAxis(cells, makeFormats('en-US'))
  expect(axis?.label(axis.moments.at(-1) ?? 0)).toBe(last)
})

test.each([[['1996-01-01', null]], [['soon']], [[]]])('%j is no axis of time', (cells) => {
  expect(dateAxis(cells, makeFormats('en-US'))).toBeNull()
})
