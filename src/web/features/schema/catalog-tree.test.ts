import { describe, expect, test } from 'vitest'
import type { NamesOfSchema } from '../../../contract/catalog.ts'
import { firstOpen, makeTableSearch, makeTree, rowsOf, toFetch, type TreeNode } from './catalog-tree.ts'

const sales: NamesOfSchema = {
  database: 'SHOP',
  schema: 'SALES',
  names: ['CUSTOMERS', 'EVENTS_#', 'my orders', 'ORDER_LINES'],
  kinds: 'vftt',
  comments: ['Who buys', '', '', 'What customers buy, line by line'],
  members: [1, 365, 1, 1],
}
const stock: NamesOfSchema = { ...sales, schema: 'STOCK', names: ['ITEMS'], kinds: 't', comments: [''], members: [1] }
const tree = makeTree([sales, stock])
const shown = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(({ node, level, position, setSize }) => `${level} ${node.name} ${position}/${setSize}`)

describe('the tree', () => {
  test('has ids as the server has them', () => {
    expect(tree.entries.map(({ id, kind, count }) => [id, kind, count])).toEqual([
      ['SHOP.SALES.CUSTOMERS', 'view', 1],
      ['family:SHOP.SALES."EVENTS_#"', 'family', 365],
      ['SHOP.SALES."my orders"', 'table', 1],
      ['SHOP.SALES.ORDER_LINES', 'table', 1],
      ['SHOP.STOCK.ITEMS', 'table', 1],
    ])
  })

  test('opens what leaves no choice', () => {
    expect([...firstOpen(tree)]).toEqual(['SHOP'])
    expect([...firstOpen(makeTree([stock]))]).toEqual(['SHOP', 'SHOP.STOCK'])
    expect([...firstOpen(makeTree([]))]).toEqual([])
  })

  test('shows what lies below open nodes, with level, place and number', () => {
    expect(shown(rowsOf(tree, new Set(['SHOP', 'SHOP.STOCK']), new Map()))).toEqual([
      '1 SHOP 1/1',
      '2 SALES 1/2',
      '2 STOCK 2/2',
      '3 ITEMS 1/1',
    ])
  })

  test('asks for the columns of an open table and shows them once they are there', () => {
    const open = new Set(['SHOP', 'SHOP.STOCK', 'SHOP.STOCK.ITEMS'])
    const before = rowsOf(tree, open, new Map())
    expect(toFetch(tree, before)).toEqual(['SHOP.STOCK.ITEMS'])
    expect(before.at(-1)?.wait).toBe('loading')
    const column: TreeNode = {
      id: 'SHOP.STOCK.ITEMS.ID',
      kind: 'column',
      name: 'ID',
      comment: '',
      place: '',
      count: 0,
      type: 'NUMBER(38,0)',
      key: 'primary',
    }
    const after = rowsOf(tree, open, new Map([['SHOP.STOCK.ITEMS', [column]]]))
    expect(after.at(-1)).toMatchObject({ level: 4, node: { name: 'ID' }, isOpen: null, wait: null })
  })
})

describe('the search', () => {
  const search = makeTableSearch(tree)
  const names = (query: string) => search(query).map(({ name }) => name)

  test('finds names before comments, and words in any order', () => {
    expect(names('cust')).toEqual(['CUSTOMERS', 'ORDER_LINES'])
    expect(names('lines order')).toEqual(['ORDER_LINES'])
    expect(names('events')).toEqual(['EVENTS_#'])
    expect(names('stock items')).toEqual(['ITEMS'])
    expect(names('zzz')).toEqual([])
  })

  test('takes at most 16 ms a keystroke over 12,000 tables', () => {
    const many = Array.from({ length: 60 }, (_, s): NamesOfSchema => {
      const words = ['order', 'customer', 'invoice', 'shipment', 'stock', 'price', 'agent', 'claim', 'sensor', 'route']
      const at = (n: number): string => words[n % words.length] ?? ''
      const name = (n: number): string => `FCT_${at(n)}_${at(n * 7 + 3)}_${String.fromCharCode(65 + (n % 26))}${n % 13}`
      return {
        database: `DB_${s % 4}`,
        schema: `MART_${s}`,
        names: Array.from({ length: 200 }, (_, n) => name(n + s).toUpperCase()),
        kinds: 't'.repeat(200),
        comments: Array.from({ length: 200 }, (_, n) => (n % 3 === 0 ? `One row for each ${at(n)} of job ${n}` : '')),
        members: Array.from({ length: 200 }, () => 1),
      }
    })
    const large = makeTree(many)
    expect(large.entries).toHaveLength(12_000)
    const find = makeTableSearch(large)
    const typed = 'customer invoice'
    const times = Array.from({ length: 5 }, () =>
      Array.from(typed, (_, end) => {
        const before = performance.now()
        find(typed.slice(0, end + 1))
        return performance.now() - before
      }),
    ).flat()
    const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0
    expect(median, 'median milliseconds a keystroke').toBeLessThan(16)
  })
})
