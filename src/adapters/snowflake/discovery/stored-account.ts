import type { CatalogScope, CatalogStore } from '../../../core/ports/catalog-store.ts'
import { readAccount, writeAccount } from './account-text.ts'
import { nothingKnown, type KnownAccount } from './account-state.ts'

/** What is known of a scope, in memory and in the store. */
export interface StoredAccount {
  /** Reads the store once; later calls resolve at once. */
  load(): Promise<void>
  account(): KnownAccount
  isComplete(): boolean
  /** Takes a newer state of the account, not stored yet. */
  take(account: KnownAccount): void
  /** Whether nothing was left out by the last reading that came to its end. */
  setComplete(isComplete: boolean): void
  /** Stores what is known. One save at a time. */
  save(): Promise<void>
}

/** Keeps one scope. Where another process stored a newer version meanwhile, ours is stored after it: both describe the same account. */
export function makeStoredAccount(scope: CatalogScope, store: CatalogStore, now: () => number): StoredAccount {
  let known = nothingKnown
  let version: number | null = null
  let isComplete = false
  let loading: Promise<void> | null = null
  let saving: Promise<void> = Promise.resolve()

  const read = async (): Promise<void> => {
    const stored = await store.read(scope)
    if (stored === null) return
    version = stored.version
    const account = await readAccount(stored.json)
    if (account === null) return
    known = account
    isComplete = stored.isComplete
  }

  const write = async (): Promise<void> => {
    const readAt = new Date(known.comparedAt ?? now()).toISOString()
    const catalog = { json: await writeAccount(known), isComplete, readAt }
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
    isComplete: () => isComplete,
    take(account) {
      known = account
    },
    setComplete(yes) {
      isComplete = yes
    },
    save() {
      const next = saving.then(write)
      saving = next.catch(() => undefined)
      return next
    },
  }
}
