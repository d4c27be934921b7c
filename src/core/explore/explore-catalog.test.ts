import { describe, expect, test } from 'vitest'
import { makeManualClock } from '../ask/manual-time.test-support.ts'
import type { Caller } from '../caller.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import type { OpenConnection } from '../ports/connections.ts'
import { problem } from '../problem.ts'
import { caller, codeOf, connection, explorerOf, favoriteId, shop, signal } from './explored-shop.test-support.ts'
import { madeCatalog, madeColumn, madeTable } from './made-up-catalog.test-support.ts'

type Explorer = ReturnType<typeof explorerOf>

describe('a table', () => {
  const table = (explorer: Explorer, name: string) => explorer.table(caller, { connection, name }, signal)

  test.each(['SHOP.PUBLIC.ORDER_LINES', '"SHOP"."PUBLIC"."ORDER_LINES"', 'shop.public.order_lines', 'ORDER_LINES'])(
    'is found as %s',
    async (name) => {
      expect(await table(explorerOf(shop), name)).toMatchObject({
        id: 'SHOP.PUBLIC.ORDER_LINES',
        primaryKey: ['ORDER_ID'],
        rowCount: 10,
        bytes: null,
        columns: [{ key: 'primary' }, { samples: ['1', '2'] }],
      })
    },
  )

  test('shows sampled values only where Floe may read values and the share lets them out', async () => {
    for (const policy of [
      { ...defaultConnectionPolicy, probing: 'compare' as const },
      { ...defaultConnectionPolicy, probing: 'read' as const, samplesToModel: false },
    ])
      expect((await table(explorerOf(shop, { policy }), 'ORDER_LINES')).columns).toMatchObject([
        { samples: null },
        { samples: null },
      ])
  })

  test('of a family is its newest member', async () => {
    const family = { id: 'family:SHOP.PUBLIC."EVENTS_#"', name: 'EVENTS_#', members: 3 }
    expect(await table(explorerOf(shop), family.id)).toMatchObject({ name: 'EVENTS_10', family })
    expect(await table(explorerOf(shop), 'EVENTS_2')).toMatchObject({ name: 'EVENTS_2', family })
  })

  test('tells how it joins, members of a family once, and what can be asked of it', async () => {
    const outlook = (questions: readonly string[]) => ({
      questions,
      joins: shop.tables
        .filter(({ name }) => name.startsWith('EVENTS_'))
        .map((other) => ({
          table: other,
          columns: ['ORDER_ID'],
          otherColumns: ['ID'],
          isToOne: false,
          isDeclared: true,
        })),
    })
    const lines = await table(
      explorerOf(shop, {}, ({ name }) => outlook([`How many ${name}?`])),
      'ORDER_LINES',
    )
    const joined = { columns: ['ORDER_ID'], otherColumns: ['ID'], direction: 'to_many', declared: true }
    expect(lines.questions).toEqual(['How many ORDER_LINES?'])
    expect(lines.joins).toEqual([
      { table: 'family:SHOP.PUBLIC."EVENTS_#"', name: 'EVENTS_#', ...joined },
      { table: 'SHOP.PUBLIC.EVENTS_99', name: 'EVENTS_99', ...joined },
    ])
    expect(await table(explorerOf(shop), 'ORDER_LINES')).toMatchObject({ joins: null, questions: [] })
  })

  test.each([
    ['ORDER_LINES', 'Prod: PUBLIC.ORDER_LINES'],
    ['family:SHOP.PUBLIC."EVENTS_#"', 'Prod: PUBLIC.EVENTS_10'],
    ['SALES', 'Prod: PUBLIC.SALES'],
  ])('tells the favorites that read it: %s', async (name, title) => {
    expect((await table(explorerOf(shop), name)).favorites).toEqual([{ id: favoriteId, title }])
  })

  test('that is a schema or nothing is not there', async () => {
    expect(await codeOf(table(explorerOf(shop), 'SHOP.PUBLIC'))).toBe('not_found')
    expect(await codeOf(table(explorerOf(shop), 'ORDER_LINES.ORDER_ID'))).toBe('not_found')
  })
})

describe('the list of names', () => {
  test('holds every name once, families folded, and nothing where the caller has it', async () => {
    const explorer = explorerOf(shop)
    const { schemas, tables, age } = await explorer.names(caller, { connection }, signal)
    expect(tables).toBe(9)
    expect(schemas?.map(({ names, kinds, members }) => [names.join(), kinds, members])).toEqual([
      ['ITEM.PRICES', 't', [1]],
      ['EVENTS_#,EVENTS_99,ORDER_LINES,orders,SALES,V_BORDERS', 'ftttsv', [3, 1, 1, 1, 1, 1]],
    ])
    expect(await explorer.names(caller, { connection, version: age.version }, signal)).toMatchObject({ schemas: null })
  })

  const versionOf = async (tables: readonly CatalogTable[]) =>
    (await explorerOf(madeCatalog(tables)).names(caller, { connection }, signal)).age.version

  test('has another version once anything in it is another', async () => {
    const versions = await Promise.all([
      versionOf([madeTable('A')]),
      versionOf([madeTable('B')]),
      versionOf([madeTable('A', { comment: 'x' })]),
      versionOf([madeTable('A', { columns: [madeColumn('ID', { comment: 'x' })] })]),
      versionOf([madeTable('A', { schema: 'OTHER' })]),
    ])
    expect(new Set(versions).size).toBe(versions.length)
    expect(await versionOf([madeTable('A')])).toBe(versions[0])
  })
})

describe('age and completeness', () => {
  const readAt = '2026-11-28T10:00:00.000Z'
  const standing = { state: 'complete' as const, tables: 1, columns: 1, readAt, fault: null }
  const age = async (catalog: Catalog, more: Partial<OpenConnection> = {}) =>
    (await explorerOf(catalog, more).names(caller, { connection }, signal)).age
  const now = makeManualClock().clock.now()

  test.each([
    ['the sample', shop, null, { state: 'complete', readAt: null, note: null }],
    ['a fresh list', shop, { ...standing, readAt: new Date(now - 3_600_000).toISOString() }, { state: 'complete' }],
    ['an old one', shop, { ...standing, readAt: new Date(now - 90_000_000).toISOString() }, { state: 'stale' }],
    [
      'a part',
      { ...shop, unread: '1 of 2 tables read so far' },
      { ...standing, state: 'partial' as const, readAt: null },
      { state: 'partial', note: '1 of 2 tables read so far' },
    ],
    [
      'one whose source is away',
      shop,
      { ...standing, fault: 'The account did not answer.' },
      { state: 'failed', note: 'The account did not answer.', readAt },
    ],
  ])('are told of %s', async (_, catalog, stands, expected) => {
    const more = stands === null ? {} : { catalogState: () => Promise.resolve(stands) }
    expect(await age(catalog, more)).toMatchObject(expected)
  })
})

describe('a refresh', () => {
  const eventsOf = async (more: Partial<OpenConnection>) => {
    const events = []
    for await (const event of await explorerOf(shop, more).refresh(caller, connection, signal)) events.push(event)
    return events
  }

  test('tells how far it is, then the list that there is now', async () => {
    const events = await eventsOf({
      refreshCatalog: async (_signal, onProgress) => {
        for (const fact of ['1 of 2', '2 of 2']) {
          onProgress?.(fact)
          await new Promise<void>((resolve) => queueMicrotask(resolve))
          for (let turns = 0; turns < 20; turns += 1) await Promise.resolve()
        }
        return { state: 'complete', tables: 9, columns: 9, readAt: null }
      },
    })
    expect(events).toMatchObject([
      { kind: 'progress', fact: '1 of 2' },
      { kind: 'progress', fact: '2 of 2' },
      { kind: 'done', tables: 9, age: { state: 'complete' } },
    ])
  })

  test('that fails ends with the problem; one of a source that is always current is done at once', async () => {
    const away = () => Promise.reject(problem('warehouse_unreachable', 'It is away.', 'Wait.'))
    expect(await eventsOf({ refreshCatalog: away })).toMatchObject([
      { kind: 'failed', problem: { code: 'warehouse_unreachable' } },
    ])
    expect(await eventsOf({})).toMatchObject([{ kind: 'done' }])
  })
})

test('nobody without the right to ask sees a catalog, and no other connection than their own', async () => {
  const explorer = explorerOf(shop)
  const viewer: Caller = { ...caller, rights: [] }
  const asked = [
    explorer.children(viewer, { connection, limit: 1 }, signal),
    explorer.search(viewer, { connection, q: 'o', limit: 1 }, signal),
    explorer.names(viewer, { connection }, signal),
    explorer.table(viewer, { connection, name: 'ORDERS' }, signal),
    explorer.refresh(viewer, connection, signal),
  ]
  expect(await Promise.all(asked.map(codeOf))).toEqual(asked.map(() => 'forbidden'))
  expect(await codeOf(explorer.names(caller, { connection: 'Other' }, signal))).toBe('connection_unknown')
})
