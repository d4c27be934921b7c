import type { KnownAccount } from './account-state.ts'
import { describeProgress, type DiscoveryProgress } from './discovery-progress.ts'
import type { OnProgress } from './discovery.ts'
import { refreshAccount, type RefreshedAccount, type RefreshOrder, type RefreshSettings } from './refresh-account.ts'

/** One reading of an account, shared by all its waiters. */
export interface AccountReading {
  readonly isFull: boolean
  /** Settles once what was read is stored; rejects with why the reading ended early. */
  readonly done: Promise<void>
  progress(): DiscoveryProgress | null
  /** Calls back at once with the latest progress, then with every change, until the returned function is called. */
  listen(onProgress: OnProgress): () => void
  /** Counts a waiter; the returned function takes it back, and the last waiter to leave stops the reading. */
  hold(): (reason: unknown) => void
  stop(reason: unknown): void
  /** True once its last waiter has left: later callers start another reading. */
  isStopping(): boolean
}

interface ReadingNeeds extends RefreshSettings {
  readonly order: RefreshOrder
  readonly known: KnownAccount
  readonly now: () => number
  readonly onPart: (account: () => KnownAccount) => void
  /** Stores what was read, also when the reading failed (null). */
  readonly keep: (read: RefreshedAccount | null) => Promise<void>
}

/** Starts a reading. */
export function startReading(needs: ReadingNeeds): AccountReading {
  const stopping = new AbortController()
  const listeners = new Set<OnProgress>()
  let progress: DiscoveryProgress | null = null
  let lastFact = ''
  let holders = 0

  const tell = (now: DiscoveryProgress): void => {
    progress = now
    const fact = describeProgress(now)
    if (fact === lastFact) return
    lastFact = fact
    for (const listener of listeners) listener(fact)
  }

  const read = async (): Promise<void> => {
    let result: RefreshedAccount | null = null
    try {
      result = await refreshAccount({
        ...needs,
        signal: stopping.signal,
        onPart: (account, now) => {
          needs.onPart(account)
          tell(now)
        },
      })
    } finally {
      await needs.keep(result)
    }
  }

  const done = read()
  // Waiters see the failure through `done`; without waiters it is no defect.
  done.catch(() => undefined)
  return {
    isFull: needs.order.isFull,
    done,
    progress: () => progress,
    listen(onProgress) {
      const own: OnProgress = (fact) => onProgress(fact)
      if (lastFact !== '') own(lastFact)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    hold() {
      holders += 1
      return (reason) => {
        holders -= 1
        if (holders === 0) stopping.abort(reason)
      }
    },
    stop: (reason) => stopping.abort(reason),
    isStopping: () => stopping.signal.aborted,
  }
}
