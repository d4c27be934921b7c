import { describe, expect, test } from 'vitest'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { RowStream } from '../ports/warehouse.ts'
import {
  caller,
  codeOf,
  emptyCatalog,
  idleMs,
  makeScriptedSession,
  never,
  openSaved as open,
  stranger,
} from './scripted-kind.test-support.ts'

describe('an open connection', () => {
  test('is shared by all questions, and by nobody else', async () => {
    const { id, source, seen } = await open()
    const first = await source.open(caller, 'Acme', never)
    expect(await source.open(caller, 'Acme', never)).toBe(first)
    expect(seen.opened).toBe(1)
    expect(await codeOf(source.open(stranger, 'Acme', never))).toBe('connection_unknown')
    expect(await source.list(stranger)).toEqual([])
    expect(await source.list(caller)).toMatchObject([{ ref: 'Acme', engine: 'Scripted acme', saved: { id } }])
  })

  test('wants a person first where nobody is signed in', async () => {
    const { source, seen, rowNow } = await open({}, { needsSignIn: true })
    expect(await codeOf(source.open(caller, 'Acme', never))).toBe('sign_in_needed')
    expect(await codeOf((async () => await source.refreshCatalog(rowNow(), never))())).toBe('sign_in_needed')
    expect(seen.opened).toBe(0)
  })

  test('is opened anew once it was changed, and the sessions before are closed', async () => {
    const { source, seen, change, rowNow } = await open()
    const old = rowNow()
    await source.open(caller, 'Acme', never)
    change({ revision: 2 })
    await source.open(caller, 'Acme', never)
    expect([seen.opened, seen.closed]).toEqual([2, 1])
    // A row that was read before the change does not bring the old sessions back.
    await source.diagnose(old, never)
    expect([seen.opened, seen.closed]).toEqual([2, 1])
  })

  test('is closed after a time without a use, and when it is dropped', async () => {
    const { id, source, seen, pass } = await open()
    await source.open(caller, 'Acme', never)
    await pass(idleMs - 1)
    await source.open(caller, 'Acme', never)
    await pass(idleMs - 1)
    expect(seen.closed).toBe(0)
    await pass(1)
    expect([seen.opened, seen.closed]).toEqual([1, 1])
    await source.open(caller, 'Acme', never)
    await source.drop(id)
    expect([seen.opened, seen.closed]).toEqual([2, 2])
  })

  test.each(['run', 'reread'] as const)('is in use while the rows of a result are read: %s', async (way) => {
    const result: RowStream = {
      columns: [],
      truncated: () => false,
      batches: (async function* () {
        yield { rowsJson: '[]', rowCount: 0, bytes: 2 }
        yield { rowsJson: '[]', rowCount: 0, bytes: 2 }
      })(),
    }
    const plain = makeScriptedSession().warehouse(() => Promise.resolve(emptyCatalog))
    const { source, seen, pass } = await open({
      warehouse: () => ({ ...plain, run: () => Promise.resolve(result), reread: () => Promise.resolve(result) }),
    })
    const { warehouse } = await source.open(caller, 'Acme', never)
    const limits = { maxRows: 1, maxBytes: 1, timeoutMs: 1, signal: never }
    const stream =
      way === 'run'
        ? await warehouse.run('SELECT 1' as ReadOnlySql, limits)
        : await warehouse.reread?.('query', { ...limits, fromRow: 0 })
    const rows = stream?.batches[Symbol.asyncIterator]()
    await rows?.next()
    await pass(10 * idleMs)
    expect(seen.closed).toBe(0)
    await rows?.return?.(undefined)
    await pass(idleMs)
    expect(seen.closed).toBe(1)
  })

  test('a query that fails is in use no longer', async () => {
    const { source, seen, pass } = await open()
    const { warehouse } = await source.open(caller, 'Acme', never)
    const limits = { maxRows: 1, maxBytes: 1, timeoutMs: 1, signal: never }
    await expect(warehouse.run('SELECT 1' as ReadOnlySql, limits)).rejects.toThrow('no query runs here')
    await expect(warehouse.compile('SELECT 1' as ReadOnlySql, limits)).rejects.toThrow('no query runs here')
    await pass(idleMs)
    expect(seen.closed).toBe(1)
  })

  test('once all are closed, nothing is opened any more', async () => {
    const { source, seen, pending } = await open()
    await source.open(caller, 'Acme', never)
    await source.close()
    expect([seen.closed, seen.kindClosed, pending()]).toEqual([1, 1, 0])
    expect(await codeOf(source.open(caller, 'Acme', never))).toBe('interrupted')
  })
})
