/** Gives the cheapest first, and of those at one price the one that came first. */
export interface CostQueue<Item> {
  /** `order` tells which came first; an item may be put in again at a lower price. */
  push(item: Item, cost: number, order: number): void
  /** Takes the cheapest out; null when nothing is left. */
  pop(): { readonly item: Item; readonly cost: number } | null
}

interface Entry<Item> {
  readonly item: Item
  readonly cost: number
  readonly order: number
}

const isBefore = (a: Entry<unknown>, b: Entry<unknown>): boolean =>
  a.cost < b.cost || (a.cost === b.cost && a.order < b.order)

/** A binary heap. */
export function makeCostQueue<Item>(): CostQueue<Item> {
  const heap: Entry<Item>[] = []

  function rise(entry: Entry<Item>): void {
    let at = heap.length
    for (;;) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (at === 0 || parent === undefined || !isBefore(entry, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  function sink(entry: Entry<Item>): void {
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const least = isRight ? right : left
      if (least === undefined || !isBefore(least, entry)) break
      heap[at] = least
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = entry
  }

  return {
    push: (item, cost, order) => rise({ item, cost, order }),
    pop() {
      const [first] = heap
      const last = heap.pop()
      if (first === undefined || last === undefined) return null
      if (heap.length > 0) sink(last)
      return first
    },
  }
}
