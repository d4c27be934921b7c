/** Work that stops for a moment wherever it yields, so that it can be cut into slices and given up. */
export type Sliced<T> = Generator<undefined, T, undefined>

/** Rows between two stops of work that takes nanoseconds a row. */
export const rowsInSlice = 16_384

/** Rows, or positions of another kind, with the unsigned number of 64 bits that each is ordered by. */
export interface Entries {
  readonly rows: Uint32Array
  readonly low: Uint32Array
  readonly high: Uint32Array
}

export const makeEntries = (length: number): Entries => ({
  rows: new Uint32Array(length),
  low: new Uint32Array(length),
  high: new Uint32Array(length),
})

const digitBits = 11
const buckets = 1 << digitBits
const digitPlaces = [0, 11, 22] as const

/** A stable radix sort by digits of 11 bits, the least significant first. A digit that all entries share is passed over. */
export function* sortEntries(entries: Entries): Sliced<Entries> {
  const { length } = entries.rows
  let [from, to] = [entries, makeEntries(length)]
  for (const word of ['low', 'high'] as const)
    for (const place of digitPlaces) {
      const digits = from[word]
      const starts = new Uint32Array(buckets)
      for (let at = 0; at < length; at += 1) {
        const digit = ((digits[at] ?? 0) >>> place) & (buckets - 1)
        starts[digit] = (starts[digit] ?? 0) + 1
      }
      yield
      if (starts.includes(length)) continue
      let start = 0
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        const count = starts[bucket] ?? 0
        starts[bucket] = start
        start += count
      }
      for (let at = 0; at < length; at += rowsInSlice) {
        moveEntries({ from, to, digits, place, starts }, at, Math.min(length, at + rowsInSlice))
        yield
      }
      ;[from, to] = [to, from]
    }
  return from
}

interface Pass {
  readonly from: Entries
  readonly to: Entries
  readonly digits: Uint32Array
  readonly place: number
  /** Where the next entry of each digit belongs. */
  readonly starts: Uint32Array
}

function moveEntries({ from, to, digits, place, starts }: Pass, first: number, end: number): void {
  for (let at = first; at < end; at += 1) {
    const digit = ((digits[at] ?? 0) >>> place) & (buckets - 1)
    const target = starts[digit] ?? 0
    starts[digit] = target + 1
    to.rows[target] = from.rows[at] ?? 0
    to.low[target] = from.low[at] ?? 0
    to.high[target] = from.high[at] ?? 0
  }
}
