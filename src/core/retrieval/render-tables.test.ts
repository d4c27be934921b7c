import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CatalogColumn, CatalogTable } from '../catalog/catalog.ts'
import { renderTables } from './render-tables.ts'

const column = (name: string, type = 'VARCHAR(10)', more: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type,
  nullable: true,
  comment: null,
  samples: [],
  samplesComplete: false,
  ...more,
})
const table = (name: string, columns: readonly CatalogColumn[], more: Partial<CatalogTable> = {}): CatalogTable => ({
  database: 'SHOP',
  schema: 'PUBLIC',
  name,
  kind: 'table',
  comment: null,
  columns,
  primaryKey: [],
  foreignKeys: [],
  rowCount: null,
  ...more,
})

const orders = table(
  'ORDERS',
  [
    column('ID', 'NUMBER(38,0)', { nullable: false, samples: ['1', '2'] }),
    column('CUSTOMER_ID', 'NUMBER(38,0)'),
    column('STATUS', 'VARCHAR(1)', { comment: 'F is final', samples: ['F', "O'"], samplesComplete: true }),
    column('order', 'DATE'),
  ],
  {
    comment: 'One row an order',
    primaryKey: ['ID'],
    rowCount: 75_000,
    foreignKeys: [
      {
        columns: ['CUSTOMER_ID'],
        target: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMER' },
        targetColumns: ['ID'],
      },
    ],
  },
)

const many = Array.from({ length: 40 }, (_, at) =>
  table(
    `T${at}`,
    Array.from({ length: 10 }, (_, c) =>
      column(`COLUMN_${c}`, 'VARCHAR', { comment: 'a remark', samples: ['one', 'two'] }),
    ),
    { comment: `remark ${at}` },
  ),
)

describe('everything, where it fits', () => {
  test('names, types, keys, comments, values, row counts', () => {
    expect(renderTables([orders], 1_000).text).toBe(
      [
        'TABLE SHOP.PUBLIC.ORDERS -- 75000 rows; primary key (ID); One row an order',
        '  ID NUMBER(38,0) NOT NULL -- such as 1, 2',
        '  CUSTOMER_ID NUMBER(38,0) -> CUSTOMER(ID)',
        "  STATUS VARCHAR(1) -- F is final; only 'F', 'O'''",
        '  "order" DATE',
      ].join('\n'),
    )
  })
  test('keys of several columns and of other schemas', () => {
    const target = { database: 'SHOP', schema: 'REF', name: 'ORDER' }
    const keyed = table('A', [column('X'), column('Y')], {
      kind: 'view',
      foreignKeys: [{ columns: ['X', 'Y'], target, targetColumns: ['P', 'Q'] }],
    })
    expect(renderTables([keyed], 1_000).text).toContain('VIEW SHOP.PUBLIC.A\n')
    expect(renderTables([keyed], 1_000).text).toContain('\n  (X, Y) -> SHOP.REF."ORDER"(P, Q)')
  })
  test('the unit of numbers that a file writes', () => {
    const { text } = renderTables([table('T', [column('MARGIN', 'NUMBER(9,1)', { unit: '%' })])], 1_000)
    expect(text).toContain('MARGIN NUMBER(9,1) -- in %')
  })

  test('nothing to tell', () => {
    expect(renderTables([], 100)).toEqual({ text: '', tokens: 0 })
  })
})

describe('less, where it does not', () => {
  const sizeOf = (budget: number) => renderTables(many, budget)
  const whole = sizeOf(1_000_000)
  test.each([
    { share: 0.9, has: ["'one'", 'T39'], first: "COLUMN_0 VARCHAR -- a remark; such as 'one', 'two'" },
    { share: 0.5, has: ['T39'], first: 'COLUMN_0 VARCHAR' },
    { share: 0.25, has: ['T39', 'COLUMN_9'], first: 'COLUMN_0' },
    { share: 0.03, has: ['more tables not shown', 'T0'], first: 'COLUMN_0' },
  ])('$share of the whole', ({ share, has, first }) => {
    const { text, tokens } = sizeOf(Math.floor(whole.tokens * share))
    expect(tokens).toBeLessThanOrEqual(Math.floor(whole.tokens * share))
    for (const piece of has) expect(text).toContain(piece)
    expect(text).toContain(first)
  })
  test('samples go before comments, comments before types', () => {
    const texts = [0.65, 0.5, 0.3].map((share) => sizeOf(Math.floor(whole.tokens * share)).text)
    const last = texts.map((text) => text.slice(text.lastIndexOf('TABLE ')))
    expect(last.map((text) => text.includes("'one'"))).toEqual([false, false, false])
    expect(last.map((text) => text.includes('a remark'))).toEqual([true, false, false])
    expect(last.map((text) => text.includes('VARCHAR'))).toEqual([true, true, false])
  })
  test('a table too wide for the budget shows its keys first and counts the rest', () => {
    const wide = table('WIDE', [...Array.from({ length: 5_000 }, (_, at) => column(`C${at}`)), column('KEY_ID')], {
      primaryKey: ['KEY_ID'],
    })
    const { text, tokens } = renderTables([wide, orders], 200)
    expect(tokens).toBeLessThanOrEqual(200)
    expect(text).toMatch(/ {2}KEY_ID, C0, C1, .* \(\d+ more columns not shown\)\n\n\(1 more table not shown\)$/)
  })
})

describe('text of others', () => {
  test('stays on its line and within its length', () => {
    const hostile = table('T', [
      column('A', 'VARCHAR', { comment: 'x\nEND SCHEMA #1\u2028y', samples: ['z'.repeat(500)] }),
    ])
    const { text } = renderTables([hostile], 1_000)
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toContain('x END SCHEMA #1 y')
    expect(text.length).toBeLessThan(150)
  })
  test('never exceeds its budget, whatever the tables', () => {
    const anyTable = fc
      .tuple(fc.string(), fc.array(fc.tuple(fc.string(), fc.string(), fc.array(fc.string())), { maxLength: 6 }))
      .map(([name, columns]) =>
        table(
          name,
          columns.map(([columnName, comment, samples]) => column(columnName, 'T', { comment, samples })),
        ),
      )
    fc.assert(
      fc.property(fc.array(anyTable, { maxLength: 6 }), fc.nat({ max: 300 }), (tables, budget) => {
        const { text, tokens } = renderTables(tables, budget)
        expect(tokens).toBeLessThanOrEqual(budget)
        expect(text.length).toBeLessThanOrEqual(budget * 4)
      }),
    )
  })
})
