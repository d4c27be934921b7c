import { describe, expect, test } from 'vitest'
import { countFirst, framingAt } from './framing.ts'

describe('a count that ends the question', () => {
  test.each([
    ['Patients without any insurance - how many are there?', 'How many Patients without any insurance?'],
    ['customers in the automobile market segment: count', 'How many customers in the automobile market segment?'],
    ['open tickets, how many', 'How many open tickets?'],
  ])('%s', (asked, read) => {
    expect(countFirst(asked)).toBe(read)
  })

  test.each([
    'Which customers have no orders, and how many are there per nation?',
    'orders per day',
    'list the teams: count',
  ])('is not seen in: %s', (asked) => {
    expect(countFirst(asked)).toBe(asked)
  })
})

test.each([
  [['i', 'd', 'like', 'to', 'know', 'the', 'fee'], 0, 5],
  [['patients', 'on', 'file'], 1, 2],
  [['patients', 'on', 'leave'], 1, 0],
] as const)('%j frames %d with %d words', (words, at, length) => {
  expect(framingAt(words, at)).toBe(length)
})
