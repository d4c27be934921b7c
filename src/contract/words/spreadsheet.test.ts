import { expect, test } from 'vitest'
import { harmlessCell, markdownTable, tableText } from './spreadsheet.ts'
import { formulaCells, plainCells } from './spreadsheet.test-cases.ts'

test.each(formulaCells)('%s gets an apostrophe', (_why, text) => {
  expect(harmlessCell(text)).toBe(`'${text}`)
})

test.each(plainCells)('%j stays', (text) => {
  expect(harmlessCell(text)).toBe(text)
})

const columns = ['A', 'B'].map((name) => ({ name, type: '', kind: 'text' as const, scale: null }))

test.each([
  ['exact values, NULL as nothing', [['1.50', null]], 'A\tB\n1.50\t'],
  ['tabs, quotes and lines kept apart', [['a\tb', 'c"d\ne']], 'A\tB\n"a\tb"\t"c""d\ne"'],
  ['formulas made harmless', [['=1+1', '@SUM']], "A\tB\n'=1+1\t'@SUM"],
  ['numbers left alone', [['-1.5', '+2e10']], 'A\tB\n-1.5\t+2e10'],
  ['a dash in front of words made harmless', [['-cmd', '-']], "A\tB\n'-cmd\t'-"],
])('%s', (_why, rows, text) => {
  expect(tableText(columns, rows)).toBe(text)
})

test('a table in Markdown keeps exact values, aligns numbers and takes nothing in a cell for markup', () => {
  const amounts = [...columns.slice(0, 1), { name: 'N|o', type: '', kind: 'number' as const, scale: 2 }]
  expect(
    markdownTable(amounts, [
      ['a|b\n*c*', 1.5],
      [null, '-12345678901234567890.10'],
    ]),
  ).toBe(['| A | N\\|o |', '| --- | ---: |', '| a\\|b \\*c\\* | 1.50 |', '|  | -12345678901234567890.10 |'].join('\n'))
})
