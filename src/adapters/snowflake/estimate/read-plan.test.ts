import { expect, test } from 'vitest'
import { noEstimate, readPlan } from './read-plan.ts'

const sizes: Readonly<Record<string, number>> = { 'SALES.PUBLIC.ORDERS': 48e9 }
const sizeOf = (table: string): number | null => sizes[table] ?? null
const read = (plan: unknown) => readPlan(typeof plan === 'string' ? plan : JSON.stringify(plan), sizeOf)

const stats = { partitionsTotal: 48, partitionsAssigned: 12, bytesAssigned: 12_884_901_888 }
const scan = (table: string, bytes: number) => ({
  operation: 'TableScan',
  objects: [table],
  partitionsAssigned: 12,
  partitionsTotal: 48,
  bytesAssigned: bytes,
})

test('documented answer: bytes and partitions as upper bounds, by table', () => {
  const plan = {
    GlobalStats: stats,
    Operations: [
      [{ id: 0, operation: 'Result', expressions: ['ORDERS.ID'] }, scan('SALES.PUBLIC.ORDERS', 12_884_901_888)],
    ],
  }
  expect(read(plan)).toEqual({
    rows: null,
    bytes: 12_884_901_888,
    partitions: { assigned: 12, total: 48 },
    tables: [
      {
        table: 'SALES.PUBLIC.ORDERS',
        bytes: 12_884_901_888,
        tableBytes: 48e9,
        partitions: { assigned: 12, total: 48 },
      },
    ],
    warnings: [],
  })
})

test('documented answer: a table that is scanned twice counts twice, the largest comes first', () => {
  const plan = { GlobalStats: stats, Operations: [[scan('A', 1), scan('B', 9), scan('A', 2)]] }
  expect(read(plan).tables?.map(({ table, bytes }) => [table, bytes])).toEqual([
    ['B', 9],
    ['A', 3],
  ])
})

test('documented answer: a Cartesian product is warned of', () => {
  const plan = { GlobalStats: stats, Operations: [[{ operation: 'CartesianJoin' }, scan('A', 1)]] }
  expect(read(plan).warnings).toEqual([expect.stringContaining('every row')])
})

test.each([
  ['no JSON', 'oops'],
  ['nothing', ''],
  ['a list', '[]'],
  ['null', 'null'],
])('documented answer: %s is no estimate', (_, text) => {
  expect(read(text)).toEqual(noEstimate)
})

test.each([
  {},
  { GlobalStats: null, Operations: 'x' },
  { GlobalStats: { bytesAssigned: -1 }, Operations: [[null, 3, {}]] },
])('documented answer: figures that are missing in %j are unknown', (plan) => {
  expect(read(plan)).toEqual({ rows: null, bytes: null, partitions: null, tables: [], warnings: [] })
})
