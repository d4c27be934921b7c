/** What a browser keeps for a page; keys begin with `floe.`. */
export type BrowserStorage = Pick<Storage, 'getItem' | 'setItem'>

/** Removes what this page keeps. Pages beside it under the same host keep theirs. */
export function forget(storage: Storage): void {
  for (const key of Object.keys(storage)) if (key.startsWith('floe.')) storage.removeItem(key)
}

/** What an earlier visit left under a key; null where the browser keeps nothing or something else wrote there. */
export function recall(storage: BrowserStorage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null') as unknown
  } catch {
    return null
  }
}

/** Keeps a value for the next visit. A browser that keeps nothing for this page does without. */
export function keep(storage: BrowserStorage, key: string, value: unknown): void {
  try {
    storage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage may be full or switched off: the value then holds until the page is left.
  }
}
