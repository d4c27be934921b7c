import { describe, expect, test } from 'vitest'
import { mentionsIn, triggerAt } from './mention-text.ts'

/** `|` is the caret. */
const at = (marked: string) => triggerAt(marked.replace('|', ''), marked.indexOf('|'))

describe('a name that is being written', () => {
  test.each([
    ['@|', { from: 0, query: '' }],
    ['show @ord|', { from: 5, query: 'ord' }],
    ['show (@ord|)', { from: 6, query: 'ord' }],
    ['show @orders.to|', { from: 5, query: 'orders.to' }],
    ['show @"my ta|', { from: 5, query: '"my ta' }],
    ['show @"my ""ta"".|', { from: 5, query: '"my ""ta"".' }],
    ['@الطلب|', { from: 0, query: 'الطلب' }],
    ['@größe.ma|', { from: 0, query: 'größe.ma' }],
    ['a@b @c|', { from: 4, query: 'c' }],
    ['line\n@x|', { from: 5, query: 'x' }],
    ['@ord|ers of', { from: 0, query: 'ord' }],
  ])('%s', (marked, expected) => {
    expect(at(marked)).toEqual(expected)
  })

  test.each([
    'ada@mail|',
    'show @orders |',
    'show orders|',
    '|@orders',
    '@a @|b'.replace('|b', 'b'),
    `@"${'x'.repeat(200)}|`,
    '@@x|',
    '5 @ 3|',
  ])('none is written in %s', (marked) => {
    expect(at(marked.includes('|') ? marked : `${marked} |`)).toBeNull()
  })
})

describe('chosen names in a text', () => {
  const names = [
    { text: '@ORDERS', kind: 'table', name: 'DB.S.ORDERS' },
    { text: '@ORDERS.TOTAL', kind: 'column', name: 'DB.S.ORDERS.TOTAL' },
    { text: '@"my ""t"" 1"', kind: 'table', name: 'DB.S."my ""t"" 1"' },
    { text: '@الطلبات', kind: 'table', name: 'DB.S.الطلبات' },
  ] as const
  const found = (text: string) =>
    mentionsIn(text, names).map(({ from, to, name }) => [text.slice(from, to), from, name])

  test.each<readonly [string, string, readonly (readonly [string, number, string])[]]>([
    ['at its place', 'how many @ORDERS?', [['@ORDERS', 9, 'DB.S.ORDERS']]],
    ['after text before it was changed', 'how very many @ORDERS', [['@ORDERS', 14, 'DB.S.ORDERS']]],
    ['the longer name alone', '@ORDERS.TOTAL', [['@ORDERS.TOTAL', 0, 'DB.S.ORDERS.TOTAL']]],
    ['before a full stop', 'show @ORDERS. Then', [['@ORDERS', 5, 'DB.S.ORDERS']]],
    [
      'twice',
      '@ORDERS @ORDERS',
      [
        ['@ORDERS', 0, 'DB.S.ORDERS'],
        ['@ORDERS', 8, 'DB.S.ORDERS'],
      ],
    ],
    ['a quoted one', 'in @"my ""t"" 1", yes', [['@"my ""t"" 1"', 3, 'DB.S."my ""t"" 1"']]],
    ['from right to left', 'كم @الطلبات هناك', [['@الطلبات', 3, 'DB.S.الطلبات']]],
    ['changed inside', 'how many @ORDRS', []],
    ['longer at its end', '@ORDERSX @ORDERS2', []],
    ['with another part', '@ORDERS.NAME', []],
    ['without its @', 'ORDERS', []],
    ['in an address', 'ada@ORDERS', []],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected)
  })
})
