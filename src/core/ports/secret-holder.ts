import type { SecretPlace } from './secret-box.ts'

/** A store that holds sealed secrets, so that they can be sealed anew under another key. Throws problem `store_unavailable`. */
export interface SecretHolder {
  /** Every owner's sealed secrets. */
  list(): Promise<readonly { readonly place: SecretPlace; readonly sealed: string }[]>
  /** What is stored at a place now; null when nothing is. */
  read(place: SecretPlace): Promise<string | null>
  /** Replaces what is stored unless it is another secret than `before` by now; false then. */
  replace(place: SecretPlace, before: string, after: string): Promise<boolean>
}
