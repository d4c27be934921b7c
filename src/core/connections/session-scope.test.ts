import { describe, expect, test } from 'vitest'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { CatalogReader, SourceSession } from '../ports/connection-kind.ts'
import { settle } from '../ask/manual-time.test-support.ts'
import { problem } from '../problem.ts'
import { untilAborted } from '../until-aborted.ts'
import {
  caller,
  codeOf,
  complete,
  makeScriptedSession,
  never,
  openSaved as open,
  readerScope,
} from './scripted-kind.test-support.ts'

describe('whose view a connection has', () => {
  const plainReader = makeScriptedSession().openCatalog(readerScope, () => Promise.resolve())
  const away = (code: Parameters<typeof problem>[0]) => () => Promise.reject(problem(code, 'It is away.', 'Wait.'))
  const former: CatalogScope = { source: 'ACME', view: 'FORMER' }
  /** Notes every scope whose catalog is opened. */
  const noting = (scopes: CatalogScope[], reader: Partial<CatalogReader> = {}): Pick<SourceSession, 'openCatalog'> => ({
    openCatalog: (scope) => {
      scopes.push(scope)
      return { ...plainReader, ...reader }
    },
  })

  test('is proved by the first sign-in alone, and kept', async () => {
    let proofs = 0
    const { source, rowNow } = await open({
      proveScope: () => Promise.resolve(((proofs += 1), readerScope)),
    })
    const connection = await source.open(caller, 'Acme', never)
    await connection.catalog(never)
    await connection.catalog(never)
    expect([proofs, rowNow().scope]).toEqual([1, readerScope])
  })

  test('is proved anew after a sign-in that failed', async () => {
    const proofs = [away('warehouse_unreachable'), () => Promise.resolve(readerScope)]
    const { source } = await open({ proveScope: () => (proofs.shift() ?? away('warehouse_failed'))() })
    const connection = await source.open(caller, 'Acme', never)
    expect(await codeOf(connection.catalog(never))).toBe('warehouse_unreachable')
    expect(await codeOf(connection.catalog(never))).toBeNull()
  })

  test.each([
    ['warehouse_unreachable', true],
    ['query_timeout', true],
    ['too_busy', true],
    ['connection_broken', false],
    ['sign_in_needed', false],
  ] as const)('after %s: what an earlier sign-in has proved serves: %s', async (code, serves) => {
    const scopes: CatalogScope[] = []
    const { source } = await open({ proveScope: away(code), ...noting(scopes) }, { scope: former })
    const connection = await source.open(caller, 'Acme', never)
    expect(await codeOf(connection.catalog(never))).toBe(serves ? null : code)
    expect(scopes).toEqual(serves ? [former] : [])
  })

  test('is not waited for longer than three seconds where an earlier sign-in has proved one', async () => {
    const scopes: CatalogScope[] = []
    const silent = () => new Promise<never>(() => undefined)
    const { source, pass } = await open({ proveScope: silent, ...noting(scopes) }, { scope: former })
    const catalog = (await source.open(caller, 'Acme', never)).catalog(never)
    await pass(2_999)
    expect(scopes).toEqual([])
    await pass(1)
    await catalog
    expect(scopes).toEqual([former])
  })

  test.each<readonly [string, CatalogScope]>([
    ['another role', { source: 'ACME', view: 'ADMIN' }],
    ['another account', { source: 'OTHER', view: 'READER' }],
  ])('that turns out to be %s is another catalog, and nothing is read for the former', async (_, other) => {
    const opened: { readonly scope: CatalogScope; readonly confirm: (signal: AbortSignal) => Promise<void> }[] = []
    let closed = 0
    const proofs = [away('warehouse_unreachable')]
    const { source, rowNow } = await open(
      {
        proveScope: () => (proofs.shift() ?? (() => Promise.resolve(other)))(),
        openCatalog: (scope, confirm) => {
          opened.push({ scope, confirm })
          return { ...plainReader, close: () => Promise.resolve(void (closed += 1)) }
        },
      },
      { scope: readerScope },
    )
    const connection = await source.open(caller, 'Acme', never)
    await connection.catalog(never)
    expect(await codeOf(opened[0]?.confirm(never) ?? Promise.resolve())).toBe('connection_broken')
    await connection.catalog(never)
    expect([opened.map(({ scope }) => scope), closed, rowNow().scope]).toEqual([[readerScope, other], 1, other])
    expect(await codeOf(opened[1]?.confirm(never) ?? Promise.reject(new Error('not opened')))).toBeNull()
  })

  test('is proved before its catalog is refreshed: another role may have become the default', async () => {
    const scopes: CatalogScope[] = []
    const refreshed = noting(scopes, { refresh: () => Promise.resolve(complete) })
    const { source, rowNow } = await open(
      { proveScope: away('warehouse_unreachable'), ...refreshed },
      { scope: former },
    )
    expect(await codeOf(source.refreshCatalog(rowNow(), never))).toBe('warehouse_unreachable')
    expect(scopes).toEqual([])
  })

  test('tells the catalog that is shown without asking the source', async () => {
    const { source, rowNow, seen, change } = await open()
    expect(await source.catalogState(rowNow())).toEqual({ state: 'unread', tables: 0, columns: 0, readAt: null })
    change({ scope: readerScope })
    expect(await source.catalogState(rowNow())).toEqual(complete)
    expect(seen.opened).toBe(0)
  })

  test('a sign-in whose only asker has gone fails quietly when the connection is closed', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    try {
      const { id, source, rowNow } = await open({
        proveScope: (signal) => untilAborted(new Promise(() => undefined), signal),
      })
      const gone = AbortSignal.abort(problem('interrupted', 'The asker has gone.', 'Ask again.'))
      expect(await codeOf(source.refreshCatalog(rowNow(), gone))).toBe('interrupted')
      await source.drop(id)
      await settle()
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})
