import { describe, expect, test } from 'vitest'
import { caller, codeOf, connection, explorerOf, shop, signal } from './explored-shop.test-support.ts'
import { makeMadeUpCatalog } from './made-up-catalog.test-support.ts'

type Explorer = ReturnType<typeof explorerOf>

const below = async (explorer: Explorer, parent?: string, more: { cursor?: string; limit?: number } = {}) =>
  await explorer.children(caller, { connection, parent, limit: 200, ...more }, signal)
const idsBelow = async (explorer: Explorer, parent?: string) =>
  (await below(explorer, parent)).nodes.map(({ id }) => id)
const found = async (explorer: Explorer, q: string, kinds?: string) =>
  (await explorer.search(caller, { connection, q, kinds, limit: 20 }, signal)).hits
describe('the tree of a catalog', () => {
  const explorer = explorerOf(shop)

  test('leads from databases to columns by the ids of its nodes', async () => {
    expect(await idsBelow(explorer)).toEqual(['ARCHIVE', 'SHOP'])
    expect(await idsBelow(explorer, 'ARCHIVE')).toEqual(['ARCHIVE."other stuff"'])
    expect(await idsBelow(explorer, 'ARCHIVE."other stuff"')).toEqual(['ARCHIVE."other stuff"."ITEM.PRICES"'])
    expect((await below(explorer, 'SHOP.PUBLIC.ORDER_LINES')).nodes).toMatchObject([
      { name: 'ORDER_ID', kind: 'column', key: 'primary' },
      { name: 'AMOUNT', comment: 'Without tax', type: 'VARCHAR(200)' },
    ])
    expect((await below(explorer, 'SHOP.PUBLIC.SALES')).nodes).toMatchObject([{ type: 'metric, NUMBER(38,2)' }])
  })

  test('folds tables that differ only by digits and share their columns, members behind the family', async () => {
    const { nodes } = await below(explorer, 'SHOP.PUBLIC')
    expect(nodes.map(({ name, kind, count }) => [name, kind, count])).toEqual([
      ['EVENTS_#', 'family', 3],
      ['EVENTS_99', 'table', 3],
      ['ORDER_LINES', 'table', 2],
      ['orders', 'table', 1],
      ['SALES', 'semantic_view', 1],
      ['V_BORDERS', 'view', 1],
    ])
    expect(nodes[0]).toMatchObject({ id: 'family:SHOP.PUBLIC."EVENTS_#"', rowCount: 13 })
    expect((await below(explorer, nodes[0]?.id)).nodes.map(({ name }) => name)).toEqual([
      'EVENTS_1',
      'EVENTS_2',
      'EVENTS_10',
    ])
  })

  test('comes in pages, and a page goes on after a name that is gone', async () => {
    const names: string[] = []
    let cursor: string | null = null
    do {
      const page = await below(explorer, 'SHOP.PUBLIC', { limit: 2, ...(cursor === null ? {} : { cursor }) })
      names.push(...page.nodes.map(({ name }) => name))
      expect([page.nodes.length, page.total]).toEqual([2, 6])
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(names).toEqual((await below(explorer, 'SHOP.PUBLIC')).nodes.map(({ name }) => name))
    const after = await below(explorer, 'SHOP.PUBLIC', { cursor: 'ORDER_GONE' })
    expect(after.nodes.map(({ name }) => name)).toEqual(['ORDER_LINES', 'orders', 'SALES', 'V_BORDERS'])
  })

  test.each(['NONE', 'SHOP.NONE', 'SHOP.PUBLIC.NONE', 'a.b.c.d', '"', ''.padEnd(50, '.')])(
    'has nothing called %s',
    async (parent) => {
      expect(await codeOf(below(explorer, parent))).toBe('not_found')
    },
  )
})

describe('the search', () => {
  const explorer = explorerOf(shop)

  test('ranks exact names, beginnings, words, then letters in order; names before comments', async () => {
    const hits = await found(explorer, 'orders')
    expect(hits.map(({ name, matched }) => [name, matched.rank, matched.field])).toEqual([
      ['orders', 'exact', 'name'],
      ['V_BORDERS', 'subsequence', 'name'],
      ['ORDER_LINES', 'subsequence', 'name'],
    ])
    expect((await found(explorer, 'order')).map(({ name, matched }) => [name, matched.rank])).toEqual([
      ['orders', 'prefix'],
      ['ORDER_LINES', 'prefix'],
      ['ORDER_ID', 'prefix'],
      ['V_BORDERS', 'subsequence'],
    ])
    expect(await found(explorer, 'ordlin')).toMatchObject([{ name: 'ORDER_LINES', matched: { rank: 'subsequence' } }])
  })

  test('tells the full name, the table of a column and the places that match', async () => {
    expect(await found(explorer, 'lines')).toMatchObject([
      { fullName: 'SHOP.PUBLIC.ORDER_LINES', matched: { rank: 'word', ranges: [[6, 11]] } },
    ])
    expect(await found(explorer, 'without tax')).toMatchObject([
      {
        kind: 'column',
        name: 'AMOUNT',
        fullName: 'SHOP.PUBLIC.ORDER_LINES.AMOUNT',
        table: 'SHOP.PUBLIC.ORDER_LINES',
        matched: { field: 'comment', rank: 'exact' },
      },
    ])
    expect(await found(explorer, 'item prices')).toMatchObject([{ fullName: 'ARCHIVE."other stuff"."ITEM.PRICES"' }])
  })

  test('finds a family for its members, and a member by its digits', async () => {
    expect((await found(explorer, 'events', 'table,family')).map(({ name, members }) => [name, members])).toEqual([
      ['EVENTS_#', 3],
      ['EVENTS_99', 1],
    ])
    expect(await found(explorer, 'events_10')).toMatchObject([{ id: 'SHOP.PUBLIC.EVENTS_10', kind: 'table' }])
  })

  test('keeps to the kinds that are asked for, and to what stands before a dot', async () => {
    expect((await found(explorer, 'order', 'column')).map(({ name }) => name)).toEqual(['ORDER_ID'])
    expect((await found(explorer, 'order_lines.order')).map(({ name }) => name)).toEqual(['ORDER_ID'])
    expect(await found(explorer, 'archive.order')).toEqual([])
    expect(await codeOf(found(explorer, 'x', 'table,room'))).toBe('bad_request')
  })

  test('comes in pages', async () => {
    const page = await explorer.search(caller, { connection, q: 'order', limit: 3 }, signal)
    expect([page.hits.length, page.total, page.nextCursor]).toEqual([3, 4, '3'])
    const next = await explorer.search(caller, { connection, q: 'order', limit: 3, cursor: '3' }, signal)
    expect([next.hits.map(({ name }) => name), next.nextCursor]).toEqual([['V_BORDERS'], null])
    expect(await codeOf(explorer.search(caller, { connection, q: 'order', limit: 3, cursor: 'x' }, signal))).toBe(
      'bad_request',
    )
  })

  test.each(['', '   ', '...', '%', '\u0000'])('finds nothing for %j', async (q) => {
    expect(await found(explorer, q)).toEqual([])
  })
})

test('12,000 tables are a tree whose families hold a tenth of them, and a short list of names', async () => {
  const explorer = explorerOf(makeMadeUpCatalog(12_000))
  const { schemas, tables } = await explorer.names(caller, { connection }, signal)
  const kinds = schemas?.map((schema) => schema.kinds).join('') ?? ''
  expect([tables, schemas?.length, kinds.length > 10_700, kinds.includes('f')]).toEqual([12_000, 60, true, true])
  expect(JSON.stringify(schemas).length).toBeLessThan(700_000)
})
