/**
 * Collects what arrives and hands it on once per drawn frame, so that a fast stream costs one rendering a frame.
 * A page in the background draws no frames; there a timer takes their place.
 */
export function makeFrameBatcher<T>(flush: (items: readonly T[]) => void): { readonly add: (item: T) => void } {
  let items: T[] = []
  const run = (): void => {
    const batch = items
    items = []
    flush(batch)
  }
  return {
    add: (item) => {
      items.push(item)
      if (items.length > 1) return
      if (typeof document !== 'undefined' && document.visibilityState === 'visible') requestAnimationFrame(run)
      else setTimeout(run, 50)
    },
  }
}
