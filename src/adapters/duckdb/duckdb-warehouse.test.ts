import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRows, type SuiteQueries, warehouseSuite } from '../../../test/support/warehouse-suite.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { RunOptions } from '../../core/ports/warehouse.ts'
import { type DuckdbProcess, makeDuckdbProcess } from './duckdb-process.ts'
import { makeDuckdbWarehouse } from './duckdb-warehouse.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-warehouse-'))
const settings: EngineSettings = {
  database: { name: 'SALES', path: join(folder, 'sales.duckdb') },
  defaultSchema: 'PUBLIC',
  prelude: [
    'CREATE MACRO memory.main.sf_edit_distance(x, y) AS levenshtein(x, y)',
    'CREATE MACRO memory.main.sf_repeat(x, n) AS repeat(x, n)',
  ],
  readableFiles: [],
  faults: [{ schema: 'PUBLIC', name: 'RAGGED', message: 'ragged.csv: line 3: expected 2 columns, found 3.' }],
  viewRows: {},
  memoryLimitMb: 300,
  threads: 2,
  places: { running: 4, heavyRunning: 1, waiting: 50 },
}
const queries: SuiteQueries = {
  numbers: (count) => `SELECT range AS N FROM range(${count}) ORDER BY N`,
  sameNames: 'SELECT 1 AS A, 2 AS A',
  noRows: "SELECT 1 AS A, 'x' AS B WHERE 1 = 0",
  // Of sides that are small enough to be held in memory.
  endless:
    'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c WHERE a.range * b.range = 7 + c.range',
  flood: "SELECT range AS A, 'row ' || range AS B FROM range(1000000000000)",
  unknownTable: 'SELECT * FROM NOWHERE',
  unknownColumn: 'SELECT NOTHING FROM T',
  brokenSyntax: 'SELECT FROM WHERE',
  badValue: "SELECT CAST('x' || N AS INTEGER) FROM T",
  oneTable: { sql: 'SELECT * FROM T', name: 'T', rows: 1_000 },
}

/** Takes minutes and cannot be interrupted. */
const deaf =
  "SELECT memory.main.sf_edit_distance(memory.main.sf_repeat('x', 300000 + N), memory.main.sf_repeat('y', 300000)) FROM T"
/** Outgrows any process. */
const greedy = "SELECT length(memory.main.sf_repeat('x', 16000000 + N)) FROM T"

beforeAll(async () => {
  const instance = await DuckDBInstance.create(settings.database.path)
  const connection = await instance.connect()
  for (const statement of [
    'CREATE SCHEMA PUBLIC',
    `CREATE TABLE PUBLIC.T AS SELECT range AS N, concat('value ', range % 3) AS FEW, concat('value ', range) AS MANY,
      (range / 7)::DECIMAL(12, 2) AS AMOUNT, DATE '2024-01-01' + range::INTEGER AS DAY FROM range(1000)`,
    "COMMENT ON TABLE PUBLIC.T IS 'Things'",
    "COMMENT ON COLUMN PUBLIC.T.AMOUNT IS 'In euros'",
    'CREATE TABLE PUBLIC.RAGGED (A VARCHAR)',
  ])
    await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => rmSync(folder, { recursive: true }))

const onFault = (): void => undefined
const never = new AbortController().signal
const options: RunOptions = { maxRows: 10_000, maxBytes: 1e8, timeoutMs: 60_000, signal: never }
const withProblem = (fields: object) => expect.objectContaining({ problem: expect.objectContaining(fields) as unknown })

/** Whether a process runs; one that has ended and is not yet collected does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const openWarehouse = () =>
  makeDuckdbWarehouse({
    settings,
    translate: (sql) => Promise.resolve(sql),
    declare: (table) => table,
    idleMs: 60_000,
    onFault,
    alone: 2,
  })

warehouseSuite('DuckDB keeps the promises of a warehouse', () => {
  const warehouse = openWarehouse()
  return Promise.resolve({ warehouse, queries, close: () => warehouse.close() })
})

describe('the catalog', () => {
  test('has comments, samples of text columns, all of them when they are few', async () => {
    const warehouse = openWarehouse()
    const { tables } = await warehouse.readCatalog({ signal: never })
    await warehouse.close()
    const things = tables.find((table) => table.name === 'T')
    expect(things).toMatchObject({ database: 'SALES', schema: 'PUBLIC', comment: 'Things', kind: 'table' })
    expect(things?.columns.map(({ name, type, comment }) => [name, type, comment])).toEqual([
      ['N', 'NUMBER(38,0)', null],
      ['FEW', 'VARCHAR', null],
      ['MANY', 'VARCHAR', null],
      ['AMOUNT', 'NUMBER(12,2)', 'In euros'],
      ['DAY', 'DATE', null],
    ])
    expect(things?.columns[1]).toMatchObject({ samples: ['value 0', 'value 1', 'value 2'], samplesComplete: true })
    expect(things?.columns[2]).toMatchObject({ samplesComplete: false })
    expect(things?.columns[2]?.samples).toHaveLength(5)
    expect(things?.columns[0]?.samples).toEqual([])
  })
})

describe('what DuckDB says becomes a problem', () => {
  test.each([
    [
      'an unknown name',
      'SELECT * FROM NOWHERE',
      { code: 'sql_invalid', details: [expect.stringContaining('NOWHERE')] },
    ],
    ['too much memory', 'SELECT list(range) FROM range(200000000)', { code: 'query_too_large' }],
    ['a write', 'CREATE TEMP TABLE x AS SELECT 1', { code: 'sql_refused' }],
    ['two statements', 'SELECT 1; SELECT 2', { code: 'sql_unsupported' }],
    ['nothing', ' ; ', { code: 'sql_invalid' }],
    ['a table whose file is broken', 'SELECT * FROM ragged', { message: expect.stringContaining('line 3') as unknown }],
    ['the same, qualified', 'SELECT * FROM SALES.PUBLIC.RAGGED', { code: 'warehouse_failed' }],
  ])('%s', async (_, sql, fields) => {
    const warehouse = openWarehouse()
    const all = warehouse.run(sql as ReadOnlySql, options).then(readRows)
    await expect(all).rejects.toEqual(withProblem(fields))
    await warehouse.close()
  })

  test('a database that is gone', async () => {
    const missing = { ...settings, database: { name: 'X', path: join(folder, 'missing.duckdb') } }
    const process = makeDuckdbProcess(missing, { idleMs: 60_000, onFault })
    await expect(process.run('SELECT 1', options)).rejects.toEqual(withProblem({ code: 'warehouse_unreachable' }))
    await process.close()
  })
})

describe('the process', () => {
  const withProcess = async (work: (process: DuckdbProcess, faults: unknown[]) => Promise<void>): Promise<void> => {
    const faults: unknown[] = []
    const engine = makeDuckdbProcess(settings, { idleMs: 60_000, onFault: (error) => faults.push(error) })
    try {
      await work(engine, faults)
    } finally {
      await engine.close()
    }
  }
  const count = (engine: DuckdbProcess, rows: number) =>
    engine.run(queries.numbers(rows), options).then(async (stream) => (await readRows(stream)).length)

  test('starts with the first call', () =>
    withProcess(async (engine) => {
      expect(engine.pid()).toBeNull()
      expect(await count(engine, 3)).toBe(3)
      expect(engine.pid()).toBeTypeOf('number')
    }))

  test('killed in the middle of a query: that query fails, the next one is answered', () =>
    withProcess(async (engine, faults) => {
      const stream = await engine.run(queries.endless, options)
      const reading = readRows(stream)
      const waiting = engine.run(queries.endless, options)
      process.kill(engine.pid() ?? 0, 'SIGKILL')
      await expect(reading).rejects.toEqual(withProblem({ code: 'warehouse_failed' }))
      await expect(waiting).rejects.toEqual(withProblem({ code: 'warehouse_failed' }))
      expect(await count(engine, 4)).toBe(4)
      expect(faults).toHaveLength(1)
    }))

  test('a cancelled query gives its place to the next one, even if both are heavy', () =>
    withProcess(async (engine) => {
      const stopping = new AbortController()
      const first = await engine.run(queries.endless, { ...options, signal: stopping.signal })
      const second = engine.run('SELECT count(*) FROM range(20000000) WHERE range % 2 = 0', options).then(readRows)
      stopping.abort(new Error('enough'))
      await expect(readRows(first)).rejects.toThrow('enough')
      expect(await second).toEqual([[10_000_000]])
    }))

  test('a query that waits for its place can be cancelled too', () =>
    withProcess(async (engine) => {
      const first = new AbortController()
      const second = new AbortController()
      const running = await engine.run(queries.endless, { ...options, signal: first.signal })
      const waiting = engine.run(queries.endless, { ...options, signal: second.signal })
      second.abort(new Error('not waiting any longer'))
      await expect(waiting).rejects.toThrow('not waiting any longer')
      first.abort(new Error('enough'))
      await expect(readRows(running)).rejects.toThrow('enough')
    }))

  test('heavy queries that wait do not keep small ones waiting', () =>
    withProcess(async (engine) => {
      const stopping = new AbortController()
      const heavy = [1, 2, 3, 4, 5].map(() => engine.run(queries.endless, { ...options, signal: stopping.signal }))
      expect(await Promise.all([10, 20, 30].map((rows) => count(engine, rows)))).toEqual([10, 20, 30])
      stopping.abort(new Error('enough'))
      const ends = await Promise.allSettled(heavy.map((query) => query.then(readRows)))
      expect(ends.map((end) => end.status)).toEqual(Array.from({ length: 5 }, () => 'rejected'))
    }))

  test('a result that nobody reads holds back the engine, not our memory', () =>
    withProcess(async (engine) => {
      const stopping = new AbortController()
      const stream = await engine.run(queries.flood, {
        ...options,
        maxRows: 1e9,
        maxBytes: 1e12,
        signal: stopping.signal,
      })
      const iterator = stream.batches[Symbol.asyncIterator]()
      await iterator.next()
      expect(await count(engine, 10)).toBe(10)
      const { rss } = process.memoryUsage()
      expect(await count(engine, 10_000)).toBe(10_000)
      expect(process.memoryUsage().rss - rss).toBeLessThan(50e6)
      stopping.abort(new Error('enough'))
      await expect(iterator.next()).rejects.toThrow('enough')
    }))

  test('a query that does not heed its time limit takes the process with it, and is told why', () =>
    withProcess(async (engine, faults) => {
      const reading = engine.run(deaf, { ...options, timeoutMs: 500 }).then(readRows)
      await expect(reading).rejects.toEqual(withProblem({ code: 'query_timeout' }))
      expect(await count(engine, 5)).toBe(5)
      expect(faults).toHaveLength(1)
    }))

  test('a process that outgrows its memory ends, and the next one is fresh', async () => {
    const engine = makeDuckdbProcess({ ...settings, memoryLimitMb: 64 }, { idleMs: 60_000, onFault })
    const reading = engine.run(greedy, options).then(readRows)
    await expect(reading).rejects.toEqual(withProblem({ code: 'warehouse_failed' }))
    expect(await count(engine, 5)).toBe(5)
    await engine.close()
  })

  test('ends when idle and starts again', async () => {
    const engine = makeDuckdbProcess(settings, { idleMs: 1, onFault })
    expect(await count(engine, 2)).toBe(2)
    await expect.poll(() => engine.pid(), { timeout: 30_000 }).toBeNull()
    expect(await count(engine, 2)).toBe(2)
    await engine.close()
  })

  test('dies with a parent that is killed, in the middle of a query', async () => {
    const parent = fork(fileURLToPath(new URL('doomed-parent.test-support.ts', import.meta.url)), [], {
      execArgv: [],
      serialization: 'advanced',
    })
    parent.send({ settings, sql: queries.endless })
    const [{ pid }] = (await once(parent, 'message')) as [{ readonly pid: number }]
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false)
  })

  test('closing ends what still runs', async () => {
    const engine = makeDuckdbProcess(settings, { idleMs: 60_000, onFault })
    const reading = engine.run(queries.endless, options).then(readRows)
    const ended = Promise.allSettled([reading])
    await count(engine, 1)
    await engine.close()
    await ended
    await expect(reading).rejects.toEqual(withProblem({ code: 'warehouse_failed' }))
    expect(engine.pid()).toBeNull()
    await expect(engine.run('SELECT 1', options)).rejects.toEqual(withProblem({ code: 'warehouse_failed' }))
  })
})
