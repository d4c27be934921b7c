import type { CatalogScope, CatalogStore } from '../../../core/ports/catalog-store.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import { problem } from '../../../core/problem.ts'
import { defaultDiscoverySettings, type Discoveries, type DiscoverySettings } from './discovery.ts'
import { makeScopeCatalog, type ScopeCatalog } from './scope-catalog.ts'

interface DiscoveriesNeeds {
  readonly store: CatalogStore
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
  readonly settings?: Partial<DiscoverySettings>
}

interface OpenScope {
  readonly catalog: ScopeCatalog
  orders: number
}

/**
 * Makes the catalogs of accounts. Use: once the first sign-in has proved account and role, `open` one per connection and give its `catalog`
 * to the open connection; `refresh` serves `floe schema refresh` and the settings page; `close` it with the connection.
 */
export function makeDiscoveries({ store, clock, onFault, settings }: DiscoveriesNeeds): Discoveries {
  const scopes = new Map<string, OpenScope>()
  const make = (scope: CatalogScope): ScopeCatalog =>
    makeScopeCatalog({ scope, store, clock, onFault, settings: { ...defaultDiscoverySettings, ...settings } })

  const open = (scope: CatalogScope): OpenScope => {
    const key = JSON.stringify([scope.source, scope.view])
    const known = scopes.get(key) ?? { catalog: make(scope), orders: 0 }
    scopes.set(key, known)
    return known
  }

  const leave = async (scope: CatalogScope, own: OpenScope): Promise<void> => {
    own.orders -= 1
    if (own.orders > 0) return
    scopes.delete(JSON.stringify([scope.source, scope.view]))
    await own.catalog.close(stopped())
  }

  return {
    open(order) {
      const own = open(order.scope)
      own.orders += 1
      let isOpen = true
      return {
        catalog: (signal, onProgress) => own.catalog.catalog(order, signal, onProgress),
        refresh: (options) => own.catalog.refresh(order, options),
        state: () => own.catalog.state(),
        lookAgain: (tables, signal) => own.catalog.lookAgain(order, tables, signal),
        async close() {
          if (!isOpen) return
          isOpen = false
          await leave(order.scope, own)
        },
      }
    },
    state: (scope) => (scopes.get(JSON.stringify([scope.source, scope.view]))?.catalog ?? make(scope)).state(),
    async close() {
      const last = [...scopes.values()]
      scopes.clear()
      await Promise.all(last.map(({ catalog }) => catalog.close(stopped())))
    },
  }
}

const stopped = () =>
  problem('interrupted', 'Reading the tables was stopped.', 'What was read is kept; ask again to read the rest.')
