import type { CatalogScope, CatalogStore } from '../../../core/ports/catalog-store.ts'
import { makeAccountText } from './account-text.ts'
import { nothingKnown, type KnownAccount } from './account-state.ts'

/** What is known of a scope, in memory and in the store. */
export interface StoredAccount {
  /** Reads the store once; later calls resolve at once. */
  load(): Promise<void>
  account(): KnownAccount
  isComplete(): boolean
  /** When it was last compared with the account, milliseconds since 1970; null when never. */
  readAt(): number | null
  /** Takes a newer state of the account, not stored yet. */
  take(account: KnownAccount): void
  /** Stores what is known; `complete` says when it was compared to its end. One save at a time. */
  save(complete: { readonly isComplete: boolean; readonly at: number } | null): Promise<void>
}

/** Keeps one scope. Where another process stored a newer version meanwhile, ours is stored after it: both describe the same account. */
export function makeStoredAccount(scope: CatalogScope, store: CatalogStore, now: () => number): StoredAccount {
  const text = makeAccountText()
  let known = nothingKnown
  let version: number | null = null
  let state = { isComplete: false, readAt: null as number | null }
  let loading: Promise<void> | null = null
  let saving: Promise<void> = Promise.resolve()

  const read = async (): Promise<void> => {
    const stored = await store.read(scope)
    if (stored === null) return
    version = stored.version
    const account = await text.read(stored.json)
    if (account === null) return
    known = account
    state = { isComplete: stored.isComplete, readAt: Date.parse(stored.readAt) }
  }

  const write = async (): Promise<void> => {
    const readAt = new Date(state.readAt ?? now()).toISOString()
    const catalog = { json: await text.write(known), isComplete: state.isComplete, readAt }
    const expected = (version ?? 0) + 1
    version = await store.write(scope, catalog, version)
    if (version > expected) version = await store.write(scope, catalog, version)
  }

  return {
    load() {
      loading ??= read().catch((error: unknown) => {
        loading = null
        throw error
      })
      return loading
    },
    account: () => known,
    isComplete: () => state.isComplete,
    readAt: () => state.readAt,
    take(account) {
      known = account
    },
    save(complete) {
      if (complete !== null) state = { isComplete: complete.isComplete, readAt: complete.at }
      const next = saving.then(write)
      saving = next.catch(() => undefined)
      return next
    },
  }
}
