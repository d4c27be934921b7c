import { type ChildProcess, fork } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import { type ExportingFolder, makeExportingFolder } from './exporter.test-support.ts'

const signal = new AbortController().signal
const waiting = { timeout: 60_000 }
let folder: ExportingFolder
/** The exporting processes that were started, in order. */
let started: ChildProcess[]

const see = (message: unknown): void => {
  const { process: child } = message as { readonly process: ChildProcess }
  child.once('spawn', () => child.spawnargs.some((arg) => arg.includes('export-child')) && started.push(child))
}
const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

beforeEach(async () => {
  started = []
  subscribe('child_process', see)
  folder = await makeExportingFolder('id\n1\n')
})
afterEach(async () => {
  unsubscribe('child_process', see)
  await folder.remove()
  expect(started.filter((child) => !hasEnded(child))).toEqual([])
})

const read = async (): Promise<void> => {
  const limits = { maxRows: 10, maxBytes: 1e6, timeoutMs: 60_000, signal }
  const { batches } = await folder.warehouse.run('SELECT 1' as ReadOnlySql, limits)
  for await (const _ of batches);
}
const write = async (): Promise<string> => {
  const options = { form: { format: 'csv' as const }, maxRows: null, timeoutMs: 60_000, signal }
  const file = await folder.exporter.export('SELECT id FROM CELLS' as ReadOnlySql, options)
  return await text(Readable.from(file.content))
}

test('a process waits once a result was read, writes one file, and is replaced', async () => {
  expect(started).toHaveLength(0)
  await read()
  await expect.poll(() => started.length, waiting).toBe(1)
  expect(await write()).toBe('ID\n1\n')
  expect(started.map(hasEnded)[0]).toBe(true)
  await expect.poll(() => started.length, waiting).toBe(2)
  await read()
  expect(await write()).toBe('ID\n1\n')
  await expect.poll(() => started.length, waiting).toBe(3)
})

test('a process that ended while it waited is not asked to write', async () => {
  await read()
  await expect.poll(() => started.length, waiting).toBe(1)
  const [first] = started
  first?.kill('SIGKILL')
  if (first !== undefined) await once(first, 'exit')
  expect(await write()).toBe('ID\n1\n')
})

test('nothing waits before there is a result, and files can be written all the same', async () => {
  expect(await write()).toBe('ID\n1\n')
  expect(started).toHaveLength(1)
})

test('a process that waits ends with a parent that is killed', async () => {
  const parent = fork(new URL('./doomed-exporter.test-support.ts', import.meta.url), [], { execArgv: [] })
  parent.send('go')
  const [{ pid }] = (await once(parent, 'message')) as [{ readonly pid: number }]
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), waiting).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
