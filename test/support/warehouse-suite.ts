import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../src/contract/result.ts'
import type { ProblemCode } from '../../src/contract/problem.ts'
import type { ReadOnlySql } from '../../src/core/guard/read-only-sql.ts'
import type { RowStream, RunOptions, Warehouse } from '../../src/core/ports/warehouse.ts'

/** Statements in the dialect that the warehouse under test is given; each must mean what its name says. */
export interface SuiteQueries {
  /** Whole numbers from 0 to `count` - 1 in one column named N, in order. */
  readonly numbers: (count: number) => string
  /** Two columns, both named A, one row: 1 and 2. */
  readonly sameNames: string
  /** Columns A (whole number) and B (text), no rows. */
  readonly noRows: string
  /** Never finishes on its own and gives no row before it does. */
  readonly endless: string
  /** Begins to give rows at once and would go on for hours. */
  readonly flood: string
  readonly unknownTable: string
  readonly unknownColumn: string
  readonly brokenSyntax: string
  /** Binds, then meets a text that is no number. */
  readonly badValue: string
  /** A table of the catalog, read whole. */
  readonly oneTable: { readonly sql: string; readonly name: string; readonly rows: number }
}

export interface SuiteSubject {
  readonly warehouse: Warehouse
  readonly queries: SuiteQueries
  /** Resolves once the engine works on a query. A warehouse that leaves it out has begun when it tells the columns. */
  readonly begun?: (sql: string) => Promise<unknown>
  close(): Promise<void>
}

const never = new AbortController().signal
const generous: RunOptions = { maxRows: 100_000, maxBytes: 1e8, timeoutMs: 30_000, signal: never }

/** All rows of a result. */
export async function readRows(stream: RowStream): Promise<readonly (readonly Cell[])[]> {
  const rows: Cell[][] = []
  for await (const batch of stream.batches) {
    const parsed = JSON.parse(batch.rowsJson) as Cell[][]
    expect(parsed).toHaveLength(batch.rowCount)
    expect(Buffer.byteLength(batch.rowsJson)).toBe(batch.bytes)
    rows.push(...parsed)
  }
  return rows
}

const withCode = (code: ProblemCode) =>
  expect.objectContaining({ problem: expect.objectContaining({ code }) as unknown }) as unknown

/** How every warehouse behaves, whatever is behind it. */
export function warehouseSuite(name: string, open: () => Promise<SuiteSubject>): void {
  describe(name, () => {
    let subject: SuiteSubject
    const run = (sql: string, options: Partial<RunOptions> = {}) =>
      subject.warehouse.run(sql as ReadOnlySql, { ...generous, ...options })
    const compile = (sql: string) => subject.warehouse.compile(sql as ReadOnlySql, { signal: never })
    /** Starts a query and waits until the engine works on it. */
    const begin = async (sql: string, options: Partial<RunOptions>): Promise<{ readonly rows: Promise<unknown> }> => {
      const started = run(sql, options)
      const rows = started.then(readRows)
      rows.catch(() => undefined)
      await (subject.begun === undefined ? started : subject.begun(sql))
      return { rows }
    }
    const numbers = (count: number): Cell[][] => Array.from({ length: count }, (_, n) => [n])

    beforeAll(async () => {
      subject = await open()
    })
    afterAll(() => subject.close())

    describe('catalog', () => {
      test('lists tables under their stored names, with types and row counts', async () => {
        const catalog = await subject.warehouse.readCatalog({ signal: never })
        const table = catalog.tables.find((table) => table.name === subject.queries.oneTable.name)
        expect(table?.rowCount).toBe(subject.queries.oneTable.rows)
        expect(table?.columns.every((column) => /^[A-Z_]+(\(\d+(,\d+)?\))?$/.test(column.type))).toBe(true)
        expect(catalog.tables.map((table) => table.database)).toContain(catalog.defaultDatabase)
        expect(catalog.tables.map((table) => table.schema)).toContain(catalog.defaultSchema)
      })
    })

    describe('compile', () => {
      test('tells the columns and what would be read, and runs nothing', async () => {
        const { oneTable, endless } = subject.queries
        const compiled = await compile(oneTable.sql)
        const stream = await run(oneTable.sql, { maxRows: 1 })
        expect(compiled.columns).toEqual(stream.columns)
        expect(compiled.estimate.rows ?? oneTable.rows).toBeGreaterThanOrEqual(oneTable.rows)
        await readRows(stream)
        await compile(endless)
      })

      test.each(['unknownTable', 'unknownColumn', 'brokenSyntax'] as const)('%s is sql_invalid', async (kind) => {
        await expect(compile(subject.queries[kind])).rejects.toEqual(withCode('sql_invalid'))
      })
    })

    describe('rows', () => {
      test('come in order, all of them', async () => {
        expect(await readRows(await run(subject.queries.numbers(10_000)))).toEqual(numbers(10_000))
      })

      test.each([
        { rows: 5, maxRows: 6, truncated: false },
        { rows: 5, maxRows: 5, truncated: false },
        { rows: 6, maxRows: 5, truncated: true },
        { rows: 20_000, maxRows: 15_000, truncated: true },
      ])('$rows rows with maxRows $maxRows: truncated $truncated', async ({ rows, maxRows, truncated }) => {
        const stream = await run(subject.queries.numbers(rows), { maxRows })
        expect(await readRows(stream)).toEqual(numbers(Math.min(rows, maxRows)))
        expect(stream.truncated()).toBe(truncated)
      })

      test('end, marked truncated, once maxBytes were delivered', async () => {
        const stream = await run(subject.queries.numbers(50_000), { maxBytes: 10_000 })
        const rows = await readRows(stream)
        expect(rows).toEqual(numbers(rows.length))
        expect(JSON.stringify(rows).length).toBeLessThan(12_000)
        expect(JSON.stringify(rows).length).toBeGreaterThan(8_000)
        expect(stream.truncated()).toBe(true)
      })

      test('names may repeat', async () => {
        const stream = await run(subject.queries.sameNames)
        expect(stream.columns.map((column) => column.name)).toEqual(['A', 'A'])
        expect(await readRows(stream)).toEqual([[1, 2]])
      })

      test('none still have columns', async () => {
        const stream = await run(subject.queries.noRows)
        expect(stream.columns.map(({ name, kind }) => [name, kind])).toEqual([
          ['A', 'number'],
          ['B', 'text'],
        ])
        expect(await readRows(stream)).toEqual([])
        expect(stream.truncated()).toBe(false)
      })

      test('a value that stops the query is sql_invalid', async () => {
        const all = run(subject.queries.badValue).then(readRows)
        await expect(all).rejects.toEqual(withCode('sql_invalid'))
      })
    })

    describe('stopping', () => {
      test('before it begins', async () => {
        const reason = new Error('no longer wanted')
        await expect(run(subject.queries.numbers(1), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      })

      test('while it works: rejects with the reason, and the warehouse is free for the next', async () => {
        const reason = new Error('no longer wanted')
        const stopping = new AbortController()
        const { rows } = await begin(subject.queries.endless, { signal: stopping.signal })
        stopping.abort(reason)
        await expect(rows).rejects.toBe(reason)
        expect(await readRows(await run(subject.queries.numbers(3)))).toEqual(numbers(3))
      })

      test('while rows come', async () => {
        const reason = new Error('no longer wanted')
        const stopping = new AbortController()
        const stream = await run(subject.queries.flood, { signal: stopping.signal, maxRows: 1e9, maxBytes: 1e12 })
        const reading = (async () => {
          for await (const batch of stream.batches) if (batch.rowCount > 0) stopping.abort(reason)
        })()
        await expect(reading).rejects.toBe(reason)
      })

      test('by leaving the rows early', async () => {
        const stream = await run(subject.queries.flood, { maxRows: 1e9, maxBytes: 1e12 })
        for await (const batch of stream.batches) {
          expect(batch.rowCount).toBeGreaterThan(0)
          break
        }
        expect(await readRows(await run(subject.queries.numbers(3)))).toEqual(numbers(3))
      })

      test('after its time', async () => {
        const late = run(subject.queries.endless, { timeoutMs: 300 }).then(readRows)
        await expect(late).rejects.toEqual(withCode('query_timeout'))
      })

      test('one does not disturb another', async () => {
        const stopping = new AbortController()
        const { rows: endless } = await begin(subject.queries.endless, { signal: stopping.signal })
        const others = await Promise.all(
          [5, 6, 7].map(async (count) => (await readRows(await run(subject.queries.numbers(count)))).length),
        )
        stopping.abort(new Error('enough'))
        await expect(endless).rejects.toThrow('enough')
        expect(others).toEqual([5, 6, 7])
      })
    })
  })
}
