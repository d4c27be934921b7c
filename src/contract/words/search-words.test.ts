import { expect, test } from 'vitest'
import { excerptAround, findWords, searchWords } from './search-words.ts'

test.each([
  ['Umsatz je Bundesland', ['umsatz', 'je', 'bundesland']],
  ['SELECT o.O_ORDERDATE FROM TPCH.ORDERS', ['select', 'o', 'orderdate', 'from', 'tpch', 'orders']],
  ['ÜBERSICHT café Ångström', ['ubersicht', 'cafe', 'angstrom']],
  ['выручка по месяцам', ['выручка', 'по', 'месяцам']],
  ['東京の売上', ['東京', 'の', '売上']],
  ['ﬁnance ①', ['finance', '1']],
  ["customer's 1,234.5", ['customer', 's', '1', '234', '5']],
  ['한국 매출', ['한국', '매출']],
  ['?! — …', []],
])('the words of %j are %j', (text, words) => {
  expect(searchWords(text, 50)).toEqual(words)
})

test('as many different words are taken as are asked for', () => {
  expect(searchWords('a b a c d', 3)).toEqual(['a', 'b', 'c'])
})

const found = (text: string, search: string) => findWords(text, search).map(({ from, to }) => text.slice(from, to))

test.each([
  ['Total Revenue by region', 'rev', ['Rev']],
  ['Total Revenue by region', 'rev ', []],
  ['Total Revenue by region', 'total reg', ['Total', 'reg']],
  ['select O_ORDERDATE', 'o_orderd', ['O', 'ORDERD']],
  ['Größe der Übersicht', 'über', ['Über']],
  ['anything', '', []],
])('in %j the search %j marks %j', (text, search, marked) => {
  expect(found(text, search)).toEqual(marked)
})

test('an excerpt shows the place of the words', () => {
  const text = `${'x '.repeat(500)}revenue ${'y '.repeat(500)}`
  expect(excerptAround(text, 'reven', 100)).toMatch(/^….*revenue.*…$/)
  expect(excerptAround(text, 'absent', 100)).toMatch(/^x x .*…$/)
  expect(excerptAround('short', 'x', 100)).toBe('short')
})
