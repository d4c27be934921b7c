import type { StoredPreferences } from '../../contract/preferences.ts'

/** What people have set, a row a person. What is stored may be of any version. Throws `store_unavailable`. */
export interface PreferenceStore {
  /** Null where the person has set nothing yet. */
  read(userId: string): Promise<unknown>
  /**
   * Stores what `change` makes of what is stored, and returns it; null where there is no such person. Changes of one person take turns, so
   * that none is lost. `change` may be called more than once.
   */
  change(userId: string, change: (stored: unknown) => StoredPreferences): Promise<StoredPreferences | null>
}
