import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { childrenOf, commandOf } from '../../../test/support/child-processes.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { RunOptions, Warehouse } from '../../core/ports/warehouse.ts'
import { makeDuckdbWarehouse } from './duckdb-warehouse.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-engines-'))
const settings: EngineSettings = {
  database: { name: 'SALES', path: join(folder, 'sales.duckdb') },
  defaultSchema: 'PUBLIC',
  prelude: [
    'CREATE MACRO memory.main.sf_edit_distance(x, y) AS levenshtein(x, y)',
    'CREATE MACRO memory.main.sf_repeat(x, n) AS repeat(x, n)',
  ],
  readableFiles: [],
  faults: [],
  viewRows: {},
  memoryLimitMb: 300,
  threads: 2,
  places: { running: 4, heavyRunning: 1, waiting: 50 },
}
const options: RunOptions = { maxRows: 10_000, maxBytes: 1e8, timeoutMs: 60_000, signal: new AbortController().signal }
const withProblem = (fields: object) => expect.objectContaining({ problem: expect.objectContaining(fields) as unknown })

/** Takes minutes and cannot be interrupted; over no table it does so while it is compiled. */
const deafOver = (extra: string): string =>
  `SELECT memory.main.sf_edit_distance(memory.main.sf_repeat('x', 300000${extra}), memory.main.sf_repeat('y', 300000))`
const deaf = `${deafOver(' + N')} FROM T`
/** Outgrows any process. */
const greedy = "SELECT length(memory.main.sf_repeat('x', 16000000 + N)) FROM T"

beforeAll(async () => {
  const instance = await DuckDBInstance.create(settings.database.path)
  const connection = await instance.connect()
  await connection.run('CREATE SCHEMA PUBLIC')
  await connection.run('CREATE TABLE PUBLIC.T AS SELECT range AS N FROM range(1000)')
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('queries of several people', () => {
  const small = 'SELECT count(*) FROM T'
  const withWarehouse = async (work: (warehouse: Warehouse, faults: unknown[]) => Promise<void>): Promise<void> => {
    const faults: unknown[] = []
    const warehouse = makeDuckdbWarehouse({
      settings,
      translate: (sql) => Promise.resolve(sql),
      declare: (table) => table,
      idleMs: 60_000,
      onFault: (error) => faults.push(error),
      alone: 2,
    })
    try {
      await work(warehouse, faults)
    } finally {
      await warehouse.close()
    }
  }
  const run = async (warehouse: Warehouse, sql: string, more: Partial<RunOptions> = {}) =>
    readRows(await warehouse.run(sql as ReadOnlySql, { ...options, ...more }))

  test.each([
    ['one that outgrows its process', greedy, 'query_too_large', 60_000],
    ['one that cannot be stopped', deaf, 'query_timeout', 500],
    ['one that is computed while it is compiled', deafOver(''), 'query_timeout', 500],
  ])('%s fails alone; small ones beside it are answered', (_, sql, code, timeoutMs) =>
    withWarehouse(async (warehouse) => {
      let over = false
      const hostile = Promise.allSettled([run(warehouse, sql, { timeoutMs })]).finally(() => {
        over = true
      })
      do expect(await run(warehouse, small)).toEqual([[1_000]])
      while (!over)
      expect(await hostile).toEqual([expect.objectContaining({ reason: withProblem({ code }) as unknown })])
    }),
  )

  test('a proposal that takes too long to compile does not end the shared engine', () =>
    withWarehouse(async (warehouse) => {
      const stopping = new AbortController()
      const compiling = warehouse.compile(deafOver('') as ReadOnlySql, { signal: stopping.signal })
      expect(await run(warehouse, small)).toEqual([[1_000]])
      stopping.abort(new Error('enough'))
      await expect(compiling).rejects.toThrow('enough')
      expect(await run(warehouse, small)).toEqual([[1_000]])
    }))

  test('small queries whose engine ends under them are run again', () =>
    withWarehouse(async (warehouse, faults) => {
      const slow = 'SELECT count(*) FROM range(100000) a, range(20) b WHERE a.range * b.range % 7 = 3'
      const expected = await run(warehouse, slow)
      const engines = childrenOf(process.pid).filter((pid) => commandOf(pid).includes('duckdb-child'))
      const answers = [1, 2, 3].map(() => run(warehouse, slow))
      for (const pid of engines) process.kill(pid, 'SIGKILL')
      expect(await Promise.all(answers)).toEqual([expected, expected, expected])
      expect(faults).toHaveLength(engines.length)
    }))

  test('a row that is longer than the limit of bytes is not delivered', () =>
    withWarehouse(async (warehouse) => {
      const sql = "SELECT memory.main.sf_repeat('x', 2000000)" as ReadOnlySql
      const stream = await warehouse.run(sql, { ...options, maxBytes: 1_000_000 })
      expect(await readRows(stream)).toEqual([])
      expect(stream.truncated()).toBe(true)
    }))
})
