import { expect, test } from 'vitest'
import { harmlessCell } from './spreadsheet.ts'
import { formulaCells, plainCells } from './spreadsheet.test-cases.ts'

test.each(formulaCells)('%s gets an apostrophe', (_why, text) => {
  expect(harmlessCell(text)).toBe(`'${text}`)
})

test.each(plainCells)('%j stays', (text) => {
  expect(harmlessCell(text)).toBe(text)
})
