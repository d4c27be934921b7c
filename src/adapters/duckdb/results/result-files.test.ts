import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { childrenOf, commandOf } from '../../../../test/support/child-processes.ts'
import type { Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { NewResult } from '../../../core/ports/result-files.ts'
import type { RowBatch } from '../../../core/ports/warehouse.ts'
import {
  everything,
  inBatches,
  makeResultBench,
  never,
  number,
  plain,
  resultOf,
  rowsOf,
  text,
} from './results.test-support.ts'

const bench = makeResultBench()
const { root, left, makeFiles } = bench
afterEach(() => bench.close())
afterAll(() => bench.remove())

const numbers = (...values: readonly number[]) => resultOf([number], inBatches(values.map((value) => [value])))

describe('what is kept', () => {
  test('is made once for all who ask meanwhile, and read by nobody else', async () => {
    const files = makeFiles()
    let made = 0
    const make = () => Promise.resolve((made += 1)).then(() => numbers(1, 2))
    const all = await Promise.all([1, 2, 3].map(() => rowsOf(files, 'a/1', make)))
    expect([all, made]).toEqual([
      [
        [[1], [2]],
        [[1], [2]],
        [[1], [2]],
      ],
      1,
    ])
    expect(await rowsOf(files, 'b/1', () => Promise.resolve(numbers(3)))).toEqual([[3]])
    for (const name of left()) {
      expect(statSync(join(root, name)).mode & 0o777).toBe(0o700)
      expect(statSync(join(root, name, 'result.db')).mode & 0o777).toBe(0o600)
    }
  })

  test('is given up once none of those who asked for it waits any more', async () => {
    const files = makeFiles()
    const begun = Promise.withResolvers<AbortSignal>()
    const make = (signal: AbortSignal) =>
      new Promise<NewResult>((_, reject) => {
        begun.resolve(signal)
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
    const [first, second] = [new AbortController(), new AbortController()]
    const asked = [files.open('a/1', make, first.signal), files.open('a/1', make, second.signal)]
    const making = await begun.promise
    first.abort(new Error('gone'))
    await expect(asked[0]).rejects.toThrow('gone')
    expect(making.aborted).toBe(false)
    second.abort(new Error('gone too'))
    await expect(asked[1]).rejects.toThrow('gone too')
    expect(making.aborted).toBe(true)
    expect(await rowsOf(files, 'a/1', () => Promise.resolve(numbers(4)))).toEqual([[4]])
  })

  test('stops within a second also where rows are being written', async () => {
    const files = makeFiles()
    const leaving = new AbortController()
    let given = 0
    const endless = async function* (): AsyncGenerator<RowBatch> {
      for (;;) {
        given += 1
        if (given === 50) leaving.abort(new Error('enough'))
        await new Promise((resolve) => setImmediate(resolve))
        yield { rowsJson: '[[1]]', rowCount: 1, bytes: 5 }
      }
    }
    await expect(
      files.open('a/1', () => Promise.resolve(resultOf([number], endless())), leaving.signal),
    ).rejects.toThrow('enough')
    await expect.poll(left).toEqual([])
  })

  test('is made anew where making failed', async () => {
    const files = makeFiles()
    await expect(files.open('a/1', () => Promise.reject(new Error('no luck')), never)).rejects.toThrow('no luck')
    expect(left()).toEqual([])
    expect(await rowsOf(files, 'a/1', () => Promise.resolve(numbers(5)))).toEqual([[5]])
  })

  test('goes when it is dropped, too old, or used longest ago where there is no more room', async () => {
    let now = 0
    const files = makeFiles({ now: () => now, maxBytes: 1_500_000 })
    for (const key of ['a/1', 'a/2', 'a/3']) await rowsOf(files, key, () => Promise.resolve(numbers(1)))
    expect(files.keys()).toEqual(['a/1', 'a/2', 'a/3'])
    await files.drop('a/2')
    expect(files.keys()).toEqual(['a/1', 'a/3'])
    await rowsOf(files, 'a/1', () => Promise.reject(new Error('It is kept.')))
    expect(files.keys()).toEqual(['a/3', 'a/1'])
    now = 25 * 3_600_000
    expect(await rowsOf(files, 'a/1', () => Promise.resolve(numbers(2)))).toEqual([[2]])
    await files.sweep()
    expect(files.keys()).toEqual(['a/1'])
    expect(left()).toHaveLength(1)
  })

  test('is refused where it is larger than all that is kept may be', async () => {
    const files = makeFiles({ maxBytes: 1_000 })
    await expect(files.open('a/1', () => Promise.resolve(numbers(1)), never)).rejects.toMatchObject({
      problem: { code: 'query_too_large', message: expect.stringContaining('larger than') as string },
    })
    expect(left()).toEqual([])
  })

  test('leaves nothing behind of processes that are gone', async () => {
    const files = makeFiles()
    await rowsOf(files, 'a/1', () => Promise.resolve(numbers(1)))
    const [own = ''] = left()
    const [machine = ''] = own.split('-')
    const gone = [`${machine}-999999999-left`, `${machine}-${process.pid}-of-another-start`]
    for (const name of gone) mkdirSync(join(root, name))
    mkdirSync(join(root, 'elsewhere-1-in-use'))
    await files.sweep()
    expect(left().toSorted()).toEqual([own, 'elsewhere-1-in-use'].toSorted())
    rmSync(join(root, 'elsewhere-1-in-use'), { recursive: true })
  })

  test('shares one process where it is small, has its own where it is large, and is read again after either has ended', async () => {
    const ended: unknown[] = []
    const files = makeFiles({ onFault: (error) => ended.push(error) })
    const sorted: RowsView = { ...plain, sort: [{ column: 0, direction: 'ascending' }] }
    const open = async (key: string, first: number, columns: number) => {
      const rows = [first + 2, first, first + 1].map((value) => Array.from({ length: columns }, () => value))
      const result = resultOf(
        Array.from({ length: columns }, () => number),
        inBatches(rows),
      )
      const kept = await files.open(key, () => Promise.resolve(result), never)
      return async () => {
        const { rowsJson } = await kept.window(sorted, { ...everything, columns: [0] }, never)
        return (JSON.parse(rowsJson) as number[][]).map(([value]) => (value ?? 0) - first)
      }
    }
    // More small results than may be open at once, and more large ones than may have a process at once.
    const small = await Promise.all(Array.from({ length: 14 }, async (_, at) => await open(`small/${at}`, at, 1)))
    const large = await Promise.all(Array.from({ length: 4 }, async (_, at) => await open(`large/${at}`, at, 257)))
    const readAll = async () => await Promise.all([...small, ...large].map(async (read) => await read()))
    const expected = [...small, ...large].map(() => [0, 1, 2])
    expect(await readAll()).toEqual(expected)
    const [reread] = large
    await reread?.()
    await expect.poll(() => resultProcesses().length).toBe(1 + 3 + 1)
    for (const pid of resultProcesses()) process.kill(pid, 'SIGKILL')
    await expect.poll(() => ended.length).toBe(5)
    expect(await readAll()).toEqual(expected)
  })
})

/** The ids of the processes over kept results that this process has started. */
const resultProcesses = (): readonly number[] =>
  childrenOf(process.pid).filter((pid) => commandOf(pid).includes('result-child'))

test('a full disk is said to be full, and nothing is left', async () => {
  const files = makeFiles()
  const full = async function* (): AsyncGenerator<RowBatch> {
    yield { rowsJson: '[[1]]', rowCount: 1, bytes: 5 }
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  await expect(files.open('a/1', () => Promise.resolve(resultOf([number], full())), never)).rejects.toMatchObject({
    problem: { code: 'warehouse_failed', message: expect.stringContaining('disk of the server is full') as string },
  })
  expect(left()).toEqual([])
})

test('what is written of a view has its rows, columns and types', async () => {
  const files = makeFiles()
  const day: Column = { name: 'D', type: 'DATE', kind: 'date', scale: null }
  const rows = [
    [2, 'b', '2024-02-29'],
    [1, 'a', null],
    [10, 'c', '1999-12-31'],
  ]
  const kept = await files.open('a/1', () => Promise.resolve(resultOf([number, text, day], inBatches(rows))), never)
  const view: RowsView = {
    sort: [{ column: 0, direction: 'descending' }],
    filters: [{ kind: 'values', column: 1, values: ['a'], isExcluded: true }],
    search: '',
  }
  const written = async (format: 'csv' | 'ndjson') => {
    const options = { form: { format }, maxRows: null, timeoutMs: 60_000, signal: never }
    const file = await kept.export(view, [2, 0], options)
    let found = ''
    for await (const chunk of file.content) found += Buffer.from(chunk).toString()
    return found
  }
  expect(await written('csv')).toBe('D,N\n1999-12-31,10\n2024-02-29,2\n')
  expect((await written('ndjson')).split('\n').slice(0, 3)).toEqual([
    expect.stringContaining('{"name":"D","type":"DATE"') as string,
    '["1999-12-31",10]',
    '["2024-02-29",2]',
  ])
})
