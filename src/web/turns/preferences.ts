import { createStore, type StoreApi } from 'zustand/vanilla'
import {
  mergePreferences,
  readPreferences,
  usualAutoRun,
  type PreferencesChange,
  type PreferencesState,
} from '../../contract/preferences.ts'
import { keep, recall, type BrowserStorage } from './browser-storage.ts'

/** What the person has set, as this page shows it: kept in the browser for the first paint, changed at once, stored by the server. */
export interface PagePreferences {
  readonly store: StoreApi<PreferencesState>
  /** Changes the page at once and tells the server; what the server refuses is undone here and rejects. */
  change(change: PreferencesChange): Promise<void>
  /** Takes what the server says: of each field the later value holds. */
  receive(state: unknown): void
  /** Asks the server what holds now. A failure leaves what is known. */
  refresh(): Promise<void>
  /** Resolves once no change is on its way to the server, refused ones included; null where none is. */
  settled(): Promise<unknown> | null
  /** Keeps what is known for the next visit of this person. */
  keepFor(personId: string): void
}

interface PreferencesNeeds {
  readonly read: () => Promise<PreferencesState>
  readonly save: (change: PreferencesChange) => Promise<PreferencesState>
  readonly storage: BrowserStorage
  /** Whose page it was at the last visit; null at the first. */
  readonly personId: string | null
}

/** Where a browser keeps what a person has set, with the id of the person behind it. */
const keyBefore = 'floe.preferences.'

/** Makes the preferences of the page. Reads what the last visit left before anything is drawn. */
export function makePagePreferences({ read, save, storage, personId }: PreferencesNeeds): PagePreferences {
  let keeper = personId
  let known = readPreferences(personId === null ? null : recall(storage, keyBefore + personId))
  const pending = new Set<PreferencesChange>()
  const saving = new Set<Promise<void>>()
  const store = createStore<PreferencesState>(() => known)
  const show = (): void => {
    store.setState(Object.assign({}, known, ...pending) as PreferencesState)
    // With what is on its way: should the page be left now, the next one begins with it.
    if (keeper !== null) keep(storage, keyBefore + keeper, store.getState())
  }
  const receive = (state: unknown): void => {
    known = mergePreferences(known, readPreferences(state))
    show()
  }
  const change = (changed: PreferencesChange): Promise<void> => {
    pending.add(changed)
    show()
    const saved = save(changed)
      .then((state) => {
        pending.delete(changed)
        receive(state)
      })
      .catch((error: unknown) => {
        pending.delete(changed)
        show()
        throw error
      })
      .finally(() => saving.delete(saved))
    saving.add(saved)
    return saved
  }
  return {
    store,
    change,
    receive,
    refresh: async () => {
      const state = await read().catch(() => null)
      if (state === null) return
      receive(state)
      if (state.changedAt.autoRun === undefined && hadSwitchOn(storage)) await change({ autoRun: usualAutoRun })
    },
    settled: () => (saving.size === 0 ? null : Promise.allSettled(saving)),
    keepFor: (id) => {
      keeper = id
      show()
    },
  }
}

/** Earlier versions kept a switch in the browser, under a key that now holds the last choices. */
function hadSwitchOn(storage: BrowserStorage): boolean {
  const choices = recall(storage, 'floe.preferences')
  return typeof choices === 'object' && choices !== null && 'autoRun' in choices && choices.autoRun === true
}
