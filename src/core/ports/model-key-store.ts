import type { PersonModelUse } from '../../contract/budgets.ts'
import type { ModelLimits, ModelPrice, ModelProvider, ModelSettingsChange, ModelUse } from '../../contract/models.ts'

/** A person's own key for a provider, as it is stored. */
export interface ModelKeyRow {
  readonly id: string
  readonly ownerId: string
  readonly provider: ModelProvider
  readonly sealedKey: string
  readonly lastFour: string | null
  readonly baseUrl: string | null
  readonly model: string
  /** Milliseconds since 1970. */
  readonly keyedAt: number
}

export interface StoredModelSettings {
  readonly limits: ModelLimits
  readonly prices: readonly ModelPrice[]
}

/** Own keys of people for models, and what they set about them. Every method but `purge`, `listSealed` and `useByPeople` sees only rows of `ownerId`. Throws `store_unavailable`. */
export interface ModelKeyStore {
  /** In the order of providers; removed keys are not among them. */
  list(ownerId: string): Promise<readonly ModelKeyRow[]>
  /** Stores a key in place of the one that the provider has; false where there is no such person, or one who may not sign in. */
  put(row: ModelKeyRow): Promise<boolean>
  /** False where there is no key. */
  chooseModel(ownerId: string, provider: ModelProvider, model: string): Promise<boolean>
  /** Takes a key out of use; false where there is none. */
  remove(ownerId: string, provider: ModelProvider, now: number): Promise<boolean>
  /** Puts back a key that was removed since; false where there is none, or another one by now. */
  restore(ownerId: string, provider: ModelProvider, removedSince: number): Promise<boolean>
  /** Deletes every key of a person at once. */
  removeAll(ownerId: string): Promise<void>
  /** Deletes the keys of everybody that were removed before. */
  purge(removedBefore: number): Promise<void>
  /** Every sealed key of everybody, removed ones included. */
  listSealed(): Promise<readonly Pick<ModelKeyRow, 'id' | 'ownerId' | 'sealedKey'>[]>
  /** Replaces a sealed key unless it is another one than `before` by now; false then. */
  replaceSealed(ownerId: string, id: string, before: string, after: string): Promise<boolean>
  settings(ownerId: string): Promise<StoredModelSettings>
  changeSettings(ownerId: string, change: ModelSettingsChange): Promise<void>
  /** Tokens by day, model and kind of key, from one day to another, both included; the newest day first. */
  use(ownerId: string, fromDay: string, toDay: string): Promise<readonly Omit<ModelUse, 'dollars'>[]>
  /** Tokens of everybody in a month (`YYYY-MM`) by person, model and kind of key, the most first. */
  useByPeople(month: string): Promise<readonly Omit<PersonModelUse, 'dollars'>[]>
}
