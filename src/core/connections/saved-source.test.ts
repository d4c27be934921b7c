import { expect, test } from 'vitest'
import type { CatalogScope } from '../ports/catalog-store.ts'
import { problem } from '../problem.ts'
import { makeSavedSource } from './saved-source.ts'
import { makeMemoryStore } from './memory-store.test-support.ts'
import {
  caller,
  emptyCatalog,
  makeScriptedKind,
  makeScriptedSession,
  makeScriptedShares,
  never,
  newConnection,
  readerScope,
} from './scripted-kind.test-support.ts'

const away = () => Promise.reject(problem('warehouse_unreachable', 'It is away.', 'Wait.'))
const clock = { now: () => Date.parse('2026-11-28T10:00:00.000Z'), after: () => () => undefined } as never

test('what is read as one role is never stored as another’s', async () => {
  const store = makeMemoryStore()
  const id = '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f'
  const { name: _name, kind: _kind, ...settings } = newConnection('Acme')
  const secret = { sealedSecret: null, needsSignIn: false }
  await store.insert({ id, ownerId: caller.userId, kind: 'snowflake', name: 'Acme', settings, ...secret })
  const formerScope: CatalogScope = { source: 'ACME', view: 'FORMER' }
  await store.note(caller.userId, id, 1, { warning: null, scope: formerScope, checkedAt: '2026-11-28T09:59:00.000Z' })

  const proofs = [away, () => Promise.resolve(readerScope)]
  const opened: { readonly scope: CatalogScope; readonly confirm: (signal: AbortSignal) => Promise<void> }[] = []
  const closed: string[] = []
  const session = makeScriptedSession({
    proveScope: () => proofs.shift()?.() ?? Promise.resolve(readerScope),
    openCatalog: (scope, confirm) => {
      opened.push({ scope, confirm })
      return {
        catalog: () => Promise.resolve(emptyCatalog),
        lookAgain: () => Promise.reject(new Error('not looked at')),
        state: () => Promise.reject(new Error('not asked')),
        refresh: () => Promise.reject(new Error('not refreshed')),
        close: () => Promise.resolve(void closed.push(scope.view)),
      }
    },
  })
  const source = makeSavedSource({
    store,
    shares: makeScriptedShares().store,
    kinds: [makeScriptedKind({ open: () => session })],
    clock,
    idleMs: 1,
    onFault: (error) => {
      throw error
    },
  })
  const connection = await source.open(caller, 'Acme', never)

  // While the account is away, the catalog that an earlier sign-in proved serves.
  expect(await connection.catalog(never)).toBe(emptyCatalog)
  expect(opened.map(({ scope }) => scope)).toEqual([formerScope])
  // Once it answers, the session turns out to have another role: nothing more is read for the former one.
  await expect(opened[0]?.confirm(never)).rejects.toMatchObject({ problem: { code: 'connection_broken' } })
  await connection.catalog(never)
  expect(opened.map(({ scope }) => scope)).toEqual([formerScope, readerScope])
  expect(closed).toEqual(['FORMER'])
  await expect(opened[1]?.confirm(never)).resolves.toBeUndefined()
  expect(store.rows.get(id)?.scope).toEqual(readerScope)
  await source.close()
})
