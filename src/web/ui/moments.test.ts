import { expect, test } from 'vitest'
import { agoInWords } from './moments.ts'

const now = Date.parse('2026-11-29T12:00:00.000Z')

test.each([
  ['2026-11-29T12:00:30.000Z', 'now'],
  ['2026-11-29T11:59:30.000Z', 'now'],
  ['2026-11-29T11:59:00.000Z', '1 minute ago'],
  ['2026-11-29T10:01:00.000Z', '1 hour ago'],
  ['2026-11-28T12:00:00.000Z', 'yesterday'],
  ['2026-11-23T12:00:00.000Z', '6 days ago'],
  ['2026-11-22T12:00:00.000Z', null],
])('%s is %s', (at, words) => {
  expect(agoInWords(at, now, 'en-US')).toBe(words)
})
