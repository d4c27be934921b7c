import type { CatalogState } from '../../../contract/connection.ts'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { CatalogScope, CatalogStore } from '../../../core/ports/catalog-store.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import { type AccountReading, startReading } from './account-reading.ts'
import { makeCatalogViews } from './assemble-catalog.ts'
import { describeState, describeUnread } from './discovery-progress.ts'
import type { Discovery, DiscoveryOrder, DiscoverySettings, OnProgress } from './discovery.ts'
import { makeStoredAccount } from './stored-account.ts'
import { askAccount } from './ask-account.ts'
import { makeSchemaLook } from './look-again.ts'
import type { CatalogLook } from '../../../core/ports/connections.ts'
import { ProblemError } from '../../../core/problem.ts'
import { untilAborted } from '../../../core/until-aborted.ts'

interface ScopeNeeds {
  readonly scope: CatalogScope
  readonly store: CatalogStore
  readonly clock: Clock
  readonly settings: DiscoverySettings
  /** Told of background readings that failed; the question beside them still gets its catalog. */
  readonly onFault: (error: unknown) => void
}

/** One scope's catalog, shared by every connection that signs in to it. */
export interface ScopeCatalog {
  catalog(order: DiscoveryOrder, signal: AbortSignal, onProgress?: OnProgress): Promise<Catalog>
  refresh(order: DiscoveryOrder, options: Parameters<Discovery['refresh']>[0]): Promise<CatalogState>
  lookAgain(order: DiscoveryOrder, ...given: Parameters<Discovery['lookAgain']>): Promise<CatalogLook>
  state(): Promise<CatalogState>
  close(reason: unknown): Promise<void>
}

export function makeScopeCatalog({ scope, store, clock, settings, onFault }: ScopeNeeds): ScopeCatalog {
  const stored = makeStoredAccount(scope, store, () => clock.now())
  const views = makeCatalogViews()
  const schemaLook = makeSchemaLook()
  /** The default databases of this scope's connections; these are read even when they are shares. */
  const named = new Set<string>()
  let includeShares = false
  let reading: AccountReading | null = null
  let notBefore = 0
  let isClosing = false

  const start = (order: DiscoveryOrder, isFull: boolean): AccountReading => {
    if (order.defaultDatabase !== null) named.add(order.defaultDatabase)
    includeShares ||= order.includeShares
    let savedAt = clock.now()
    const started = startReading({
      ...settings,
      order: { ...order, isFull, databases: { named: [...named], includeShares } },
      known: stored.account(),
      now: () => clock.now(),
      onPart: (account) => {
        stored.take(account())
        if (clock.now() - savedAt < settings.saveEveryMs) return
        savedAt = clock.now()
        stored.save().catch(onFault)
      },
      keep: async (read) => {
        reading = null
        if (read === null) notBefore = clock.now() + settings.retryAfterMs
        else {
          stored.take(read.account)
          stored.setComplete(read.isComplete)
        }
        await stored.save()
      },
    })
    reading = started
    return started
  }

  /** Starts a background reading, which only `close` stops. */
  const startBeside = (order: DiscoveryOrder): AccountReading => {
    const started = start(order, false)
    started.hold()
    started.done.catch((error: unknown) => {
      if (!isClosing) onFault(error)
    })
    return started
  }

  const view = (order: DiscoveryOrder): Catalog => {
    const account = stored.account()
    return views.of(account, order, describeUnread(account))
  }
  const state = (): CatalogState => describeState(stored.account(), stored.isComplete())

  const lookAgain: ScopeCatalog['lookAgain'] = async (order, tables, signal) => {
    await untilAborted(stored.load(), signal)
    const before = stored.account()
    const readAt = before.comparedAt === null ? null : new Date(before.comparedAt).toISOString()
    const { tablesAtOnce, lookTimeoutMs } = settings
    const ask = askAccount(order.link, order.userId, lookTimeoutMs, signal)
    try {
      const { account, isWhole } = await schemaLook.look(before, tables, { ask, tablesAtOnce, now: () => clock.now() })
      if (account !== before) {
        stored.take(account)
        await stored.save()
      }
      return { catalog: view(order), readAt, isFresh: isWhole }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ProblemError)) throw error
      return { catalog: view(order), readAt, isFresh: false }
    }
  }

  return {
    lookAgain,
    async catalog(order, signal, onProgress = () => undefined) {
      await untilAborted(stored.load(), signal)
      const { comparedAt, schemas } = stored.account()
      if (comparedAt !== null) {
        const maxAgeMs = stored.isComplete() ? settings.maxAgeMs : settings.maxAgeOfGapsMs
        const isStale = clock.now() - comparedAt >= maxAgeMs
        if (isStale && reading === null && clock.now() >= notBefore) startBeside(order)
        return view(order)
      }
      if (reading === null && schemas.length > 0 && clock.now() < notBefore) return view(order)
      if (reading?.isStopping() === true) await untilAborted(settled(reading.done), signal)
      const current = reading ?? startBeside(order)
      // This hold is never given back: a part may be enough for this question, and the next one needs the rest.
      current.hold()
      await untilEnough(current, { clock, patienceMs: settings.patienceMs, signal, onProgress })
      return view(order)
    },
    async refresh(order, { signal, isFull, onProgress }) {
      await untilAborted(stored.load(), signal)
      if (reading !== null && (reading.isStopping() || (isFull && !reading.isFull)))
        await untilAborted(settled(reading.done), signal)
      const joined = reading ?? start(order, isFull)
      const leave = joined.hold()
      const mute = onProgress === undefined ? null : joined.listen(onProgress)
      try {
        await untilAborted(joined.done, signal)
      } finally {
        mute?.()
        leave(signal.reason)
      }
      return state()
    },
    async state() {
      await stored.load()
      return state()
    },
    async close(reason) {
      isClosing = true
      const last = reading
      last?.stop(reason)
      await (last === null ? null : settled(last.done))
    },
  }
}

const settled = async (promise: Promise<void>): Promise<void> => {
  await Promise.allSettled([promise])
}

interface Patience {
  readonly clock: Clock
  readonly patienceMs: number
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** Waits until a reading has ended, or until it has read a table and `patienceMs` has passed. Rejects with the reason a reading failed for. */
async function untilEnough(
  reading: AccountReading,
  { clock, patienceMs, signal, onProgress }: Patience,
): Promise<void> {
  const enough = Promise.withResolvers<void>()
  let hasWaited = false
  const look = (): void => {
    if (hasWaited && (reading.progress()?.tablesRead ?? 0) > 0) enough.resolve()
  }
  const mute = reading.listen((fact) => {
    onProgress(fact)
    look()
  })
  const wake = clock.after(patienceMs, () => {
    hasWaited = true
    look()
  })
  try {
    await untilAborted(Promise.race([reading.done, enough.promise]), signal)
  } finally {
    mute()
    wake()
  }
}
