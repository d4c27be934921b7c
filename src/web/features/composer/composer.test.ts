import { expect, test } from 'vitest'
import { questionFault } from './composer.tsx'

test.each([
  ['', /empty/],
  [' \n ', /empty/],
  ['x'.repeat(8_001), /8,001 characters.*8,000/],
])('a text that cannot be asked says why', (text, fault) => {
  expect(questionFault(text)).toMatch(fault)
})

test.each(['How many?', ` ${'x'.repeat(8_000)} `])('a question has no fault', (text) => {
  expect(questionFault(text)).toBeNull()
})
