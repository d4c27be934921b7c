import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { makeSample } from '../sample/make-sample.ts'
import type { BuildOrder } from './build-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-build-'))
afterAll(() => rmSync(folder, { recursive: true }))
const never = new AbortController().signal

async function countOrders(path: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM TPCH_SF1.ORDERS')
  connection.closeSync()
  instance.closeSync()
  return reader.getRows()[0]?.[0]
}

describe('a database that is built', () => {
  const children = fileURLToPath(new URL('build-child.ts', import.meta.url))
  const finished = (dir: string) => readdirSync(dir).filter((name) => name.endsWith('.duckdb'))

  test('is made once when several ask at the same time', async () => {
    const dir = join(folder, 'together')
    const sample = makeSample({ dir, scale: 0.001 })
    const other = makeSample({ dir, scale: 0.001 })
    expect(new Set(await Promise.all([sample.ensure(never), other.ensure(never), sample.ensure(never)])).size).toBe(1)
    expect(finished(dir)).toHaveLength(1)
    expect(readdirSync(dir).filter((name) => name.includes('.tmp'))).toEqual([])
    expect(statSync(sample.path).mode & 0o777).toBe(0o444)
  })

  test('a generation killed in the middle leaves nothing that looks finished, and the next one cleans up', async () => {
    const dir = join(folder, 'killed')
    const sample = makeSample({ dir, scale: 0.02 })
    await makeSample({ dir, scale: 0.001 }).ensure(never)
    const child = fork(children, [], { execArgv: [], serialization: 'advanced', stdio: 'ignore' })
    const begun = Promise.withResolvers<void>()
    const watcher = watch(dir, (_, name) => (name?.includes('.tmp') ? begun.resolve() : undefined))
    child.send({ target: sample.path, job: { kind: 'sample', scale: 0.02 } } satisfies BuildOrder)
    await begun.promise
    watcher.close()
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    expect(existsSync(sample.path)).toBe(false)
    const path = await sample.ensure(never)
    expect(readdirSync(dir).filter((name) => name.includes('.tmp'))).toEqual([])
    expect(await countOrders(path)).toBe(30_000)
  })

  test('asking can be given up', async () => {
    const reason = new Error('no longer wanted')
    const sample = makeSample({ dir: join(folder, 'given-up'), scale: 0.05 })
    const stopping = new AbortController()
    const asking = sample.ensure(stopping.signal)
    stopping.abort(reason)
    await expect(asking).rejects.toBe(reason)
    expect(existsSync(sample.path)).toBe(false)
  })

  test('a data folder that cannot be written', async () => {
    const sample = makeSample({ dir: join(fileURLToPath(import.meta.url), 'below-a-file'), scale: 0.001 })
    await expect(sample.ensure(never)).rejects.toEqual(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'connection_broken' }) as unknown }),
    )
  })
})
