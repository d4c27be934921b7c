import { describe, expect, test } from 'vitest'
import type { Mention } from '../../contract/command.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import { isKind, query, scriptTurns, type Script } from './scripted-ports.test-support.ts'

const table = (schema: string, name: string): CatalogTable => ({
  database: 'DB',
  schema,
  name,
  kind: 'table',
  comment: null,
  columns: [],
  primaryKey: [],
  foreignKeys: [],
  rowCount: null,
})
const tables = [table('EU', 'CLIENTS'), table('US', 'ORDERS'), table('EU', 'ORDERS')]
const catalog: Script['catalog'] = () => Promise.resolve({ tables, defaultDatabase: null, defaultSchema: null })

const euOrders: Mention = { from: 9, to: 16, kind: 'table', name: 'DB.EU.ORDERS' }
const question = 'How many @ORDERS?'

describe('mentions', () => {
  test('reach the writer as certain, their tables first', async () => {
    const { ask, seen } = scriptTurns({ catalog })
    await (await ask({ question, mentions: [euOrders] })).rest()
    expect(seen.written[0]?.pinned).toEqual([
      { from: 9, to: 16, table: { database: 'DB', schema: 'EU', name: 'ORDERS' }, column: null },
    ])
    expect(seen.written[0]?.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'EU.ORDERS',
      'EU.CLIENTS',
      'US.ORDERS',
    ])
  })

  test('keep their place where the question begins with blanks', async () => {
    const { ask, seen, turns, memory } = scriptTurns({ catalog })
    const { turnId, rest } = await ask({ question: `  ${question} `, mentions: [{ ...euOrders, from: 11, to: 18 }] })
    await rest()
    expect(seen.written[0]?.pinned?.map(({ from, to }) => [from, to])).toEqual([[9, 16]])
    expect((await memory.store.readTurn('ada', turnId))?.mentions).toEqual([euOrders])
    await turns.close()
  })

  test('are inherited by the questions that follow', async () => {
    const { ask, seen } = scriptTurns({ catalog })
    const conversationId = '7c9b6a52-0000-4000-8000-000000000001'
    await (await ask({ question, mentions: [euOrders], conversationId })).rest()
    await (await ask({ question: 'And per @US.ORDERS?', conversationId })).rest()
    const [, second] = seen.written
    expect(second?.history[0]?.pinned?.map(({ table: { schema } }) => schema)).toEqual(['EU'])
    expect(second?.pinned?.map(({ table: { schema } }) => schema)).toEqual(['US'])
  })

  test('that no table or column answers to end the turn with their place, before anybody writes', async () => {
    const { ask, seen } = scriptTurns({ catalog })
    const events = await (await ask({ question, mentions: [{ ...euOrders, name: 'DB.EU.HIDDEN' }] })).rest()
    expect(events.at(-1)).toMatchObject({
      kind: 'turn.failed',
      problem: {
        code: 'bad_question',
        message: 'There is no table DB.EU.HIDDEN that this connection can see.',
        span: { start: 9, end: 16 },
      },
    })
    expect(seen.written).toEqual([])
  })

  test.each<readonly [string, string | undefined, readonly Mention[]]>([
    ['outside of the question', question, [{ ...euOrders, to: 40 }]],
    ['over one another', question, [euOrders, { ...euOrders, from: 12 }]],
    ['without a letter', question, [{ ...euOrders, to: 9 }]],
    ['beside SQL', undefined, [euOrders]],
  ])('%s are refused at once', async (_, asked, mentions) => {
    const { ask } = scriptTurns({ catalog })
    const given = asked === undefined ? { sql: 'SELECT 1' } : { question: asked }
    await expect(ask({ ...given, mentions: [...mentions] })).rejects.toMatchObject({ problem: { code: 'bad_request' } })
  })

  const orders = { from: 14, to: 20, clause: 'from', level: 1, kind: 'table', name: 'ORDERS' } as const
  const counted = { from: 7, to: 12, clause: 'select', level: 1, kind: 'call', name: 'COUNT' } as const

  test.each([
    ['the chosen table', 'EU', [{ from: 14, to: 20 }], undefined],
    ['one of the same name', 'US', null, 'Not found in the query: "@ORDERS". It runs only with somebody\'s approval.'],
  ])('a query over %s is accounted for', async (_, schema, answeredBy, heldBack) => {
    const { ask } = scriptTurns({
      catalog,
      tables: [{ database: 'DB', schema, name: 'ORDERS' }],
      placedParts: () => [counted, orders],
      writes: [query('SELECT COUNT(*) FROM ORDERS'), query('SELECT COUNT(*) AS N FROM ORDERS')],
    })
    const turn = await ask({ question, mentions: [euOrders] })
    const proposed = await turn.until(isKind('query.proposed'))
    expect(proposed).toMatchObject({
      ledger: [
        { text: 'How many', answeredBy: [{ from: 7, to: 12 }] },
        { text: '@ORDERS', from: 9, to: 16, answeredBy },
      ],
    })
    expect('heldBack' in proposed ? proposed.heldBack : undefined).toBe(heldBack)
  })
})
