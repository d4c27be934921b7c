import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test, vi } from 'vitest'
import { another, someone } from '../../../test/support/callers.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { Caller } from '../../core/caller.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import { makeDuckdbConnections, type DuckdbConnectionsNeeds } from './duckdb-connections.ts'

const base = mkdtempSync(join(tmpdir(), 'floe-connections-'))
const make = (own: Partial<DuckdbConnectionsNeeds> = {}) =>
  makeDuckdbConnections({
    dataDir: base,
    scale: 0.001,
    folders: null,
    translate: (sql) => Promise.resolve(sql),
    onFault: () => undefined,
    ...own,
  })
const connections = make()
afterAll(async () => {
  await connections.close()
  rmSync(base, { recursive: true })
})
const never = new AbortController().signal

test('the sample is listed', async () => {
  expect(await connections.list(someone)).toEqual([
    {
      ref: 'sample',
      label: 'Sample warehouse (TPC-H)',
      engine: "DuckDB sample, speaking Snowflake's dialect",
      warning: null,
      saved: null,
    },
  ])
})

test('the sample is starting until it is open', async () => {
  const own = make()
  expect(own.health()).toMatchObject([{ name: 'sample', state: 'starting' }])
  await own.open(someone, 'sample', never)
  expect(own.health()).toEqual([{ name: 'sample', state: 'ok', detail: 'The sample warehouse is open.', action: null }])
  await own.close()
})

test('a sample that cannot be made has failed, and how to do without it is told', async () => {
  const file = join(base, 'file')
  writeFileSync(file, '')
  const own = make({ dataDir: file })
  await expect(own.open(someone, 'sample', never)).rejects.toThrow('The local database could not be built.')
  expect(own.health()).toMatchObject([{ state: 'failed', action: expect.stringContaining('SAMPLE=off') as unknown }])
  await own.close()
})

test('a server without the sample lists none, opens none and waits for none', async () => {
  const own = make({ scale: null, dataDir: join(base, 'none') })
  expect([await own.list(someone), own.health()]).toEqual([[], []])
  await expect(own.open(someone, 'sample', never)).rejects.toMatchObject({
    problem: { code: 'connection_unknown', message: 'This server has no sample warehouse.' },
  })
  await own.close()
})

test('where folders are named, everybody finds exactly these, and nobody opens another', async () => {
  const shop = join(base, 'shop')
  mkdirSync(join(shop, 'below'), { recursive: true })
  for (const path of ['orders.csv', 'below/lines.csv']) writeFileSync(join(shop, path), 'a\n1\n')
  symlinkSync(shop, join(base, 'link'))
  symlinkSync(join(shop, 'below'), join(base, 'trap'))
  const own = make({ folders: [join(base, 'link')] })
  const member: Caller = { ...someone, rights: ['ask'] }
  expect((await own.list(member)).map(({ ref, label }) => [ref, label])).toEqual([
    ['sample', 'Sample warehouse (TPC-H)'],
    [`folder:${join(base, 'link')}`, 'Folder link'],
  ])
  for (const path of [shop, join(base, 'link'), `${shop}/../shop/.`])
    expect((await own.open(member, `folder:${path}`, never)).label).toBe(`Folder ${shop}`)
  for (const path of [join(shop, 'below'), join(base, 'trap'), `${shop}/..`, '/etc', join(base, 'nowhere')])
    for (const caller of [member, someone])
      await expect(own.open(caller, `folder:${path}`, never)).rejects.toMatchObject({
        problem: { code: 'connection_unknown', message: 'This server does not open that folder.' },
      })
  await own.close()
})

test('the sample opens once, is shared, and has Snowflake’s names, types and keys', async () => {
  const [first, second] = await Promise.all([
    connections.open(someone, 'sample', never),
    connections.open(another, 'sample', never),
  ])
  expect(second).toBe(first)
  const catalog = await first.catalog(never)
  expect(await first.catalog(never)).toBe(catalog)
  expect(catalog).toMatchObject({ defaultDatabase: 'SNOWFLAKE_SAMPLE_DATA', defaultSchema: 'TPCH_SF1' })
  expect(catalog.tables.map((table) => table.name)).toEqual([
    'CUSTOMER',
    'LINEITEM',
    'NATION',
    'ORDERS',
    'PART',
    'PARTSUPP',
    'REGION',
    'SUPPLIER',
  ])
  const orders = catalog.tables.find((table) => table.name === 'ORDERS')
  expect(orders).toMatchObject({
    rowCount: 1_500,
    primaryKey: ['O_ORDERKEY'],
    foreignKeys: [{ columns: ['O_CUSTKEY'], target: { schema: 'TPCH_SF1', name: 'CUSTOMER' } }],
  })
  expect(orders?.columns.map(({ name, type }) => `${name} ${type}`)).toContain('O_ORDERPRIORITY VARCHAR(15)')
  expect(orders?.columns.find((column) => column.name === 'O_ORDERPRIORITY')).toMatchObject({
    samples: ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'],
    samplesComplete: true,
    comment: 'Priority, from 1-URGENT to 5-LOW',
  })
})

test('the sample is asked with and without its full names', async () => {
  const { warehouse } = await connections.open(someone, 'sample', never)
  for (const table of ['SNOWFLAKE_SAMPLE_DATA.TPCH_SF1.NATION', 'TPCH_SF1.NATION', 'nation']) {
    const stream = await warehouse.run(`SELECT COUNT(*) AS N FROM ${table}` as ReadOnlySql, {
      maxRows: 10,
      maxBytes: 1e6,
      timeoutMs: 30_000,
      signal: never,
    })
    expect(await readRows(stream)).toEqual([[25]])
  }
})

test.each(['', 'nothing', 'SAMPLE', 'folder:', 'postgres://x'])(
  '"%s" is unknown, and what exists is named',
  async (ref) => {
    await expect(connections.open(someone, ref, never)).rejects.toEqual(
      expect.objectContaining({
        problem: expect.objectContaining({
          code: 'connection_unknown',
          action: expect.stringContaining('sample') as unknown,
        }) as unknown,
      }),
    )
  },
)

test('waiting for the sample can be given up while others go on waiting', async () => {
  const own = make({ dataDir: join(base, 'own') })
  const reason = new Error('no longer wanted')
  const stopping = new AbortController()
  const impatient = own.open(someone, 'sample', stopping.signal)
  const patient = own.open(another, 'sample', never)
  stopping.abort(reason)
  await expect(impatient).rejects.toBe(reason)
  expect((await patient).ref).toBe('sample')
  await own.close()
})

test('closing while the sample is being made ends that too', async () => {
  const own = make({ dataDir: join(base, 'closing'), scale: 0.05 })
  const opening = own.open(someone, 'sample', never)
  const ended = Promise.allSettled([opening])
  await own.close()
  await ended
  await expect(opening).rejects.toThrow(/closed/)
})

test('only a caller with the right to open folders reaches the files of the machine', async () => {
  const remote = { ...someone, door: 'api' as const, rights: [], isLocal: false }
  await expect(connections.open(remote, `folder:${import.meta.dirname}`, never)).rejects.toMatchObject({
    problem: { code: 'connection_unknown', message: expect.stringContaining('person at that machine') as string },
  })
})

test('who has asked for a connection that is open is not remembered', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  await connections.open(someone, 'sample', never)
  const askOnce = async (): Promise<WeakRef<object>> => {
    const turn = { heard: '' }
    await connections.open(someone, 'sample', never, (fact) => {
      turn.heard = fact
    })
    return new WeakRef(turn)
  }
  const turns = await Promise.all(Array.from({ length: 20 }, askOnce))
  await vi.waitFor(() => {
    collect()
    expect(turns.filter((turn) => turn.deref() !== undefined)).toEqual([])
  })
})
