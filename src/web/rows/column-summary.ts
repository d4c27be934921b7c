import type { ColumnSummary } from '../../contract/result-view.ts'
import { decimalOf, unitsAt, type Decimal } from './cell-order.ts'
import type { MeasuredColumn, StoredColumn } from './column-store.ts'
import { rowsInSlice, type Sliced } from './radix-sort.ts'
import { ranksOf, sortByColumn } from './row-sort.ts'

/** What is wanted of a summary beside its figures: the values that contain `search`, at most `valueCount` of them. */
export interface WantedValues {
  readonly search?: string
  readonly valueCount?: number
}

const mostBars = 12
const mostParts = 20

/** What a column holds in these rows. NULLs are counted apart: they are neither a value nor distinct. */
export function* summarizeColumn(
  rows: Uint32Array,
  stored: StoredColumn,
  { search = '', valueCount = 50 }: WantedValues,
): Sliced<ColumnSummary> {
  const { given, missing } = yield* sortByColumn(rows, stored, false)
  const wanted = search.toLowerCase()
  const [bars, values] = [makeMostFrequent(mostBars), makeMostFrequent(valueCount)]
  let distinct = 0
  yield* eachGroup(given, stored, (row, count) => {
    distinct += 1
    bars.add(row, count)
    if (wanted === '' || stored.textAt(row)?.toLowerCase().includes(wanted) === true) values.add(row, count)
  })
  const isMeasured = stored.layout === 'measured'
  const [first, last] = [given[0], given.at(-1)]
  return {
    rows: rows.length,
    nulls: missing.length,
    distinct,
    min: first === undefined ? null : stored.cellAt(first),
    max: last === undefined ? null : stored.cellAt(last),
    ...(isMeasured && stored.isNumber ? yield* addUp(given, stored) : { sum: null, mean: null }),
    histogram: isMeasured
      ? yield* countParts(given, stored)
      : bars.list().map(({ row, count }) => ({ from: stored.cellAt(row), to: stored.cellAt(row), count })),
    values: values.list().map(({ row, count }) => ({ value: stored.cellAt(row), count })),
  }
}

/** Visits every different value of sorted rows, smallest first, by one of its rows and the number of them. */
function* eachGroup(
  sorted: Uint32Array,
  stored: StoredColumn,
  visit: (row: number, count: number) => void,
): Sliced<void> {
  const ranks = stored.layout === 'dictionary' ? yield* ranksOf(stored) : new Uint32Array(0)
  const placeOf = (row: number): number =>
    stored.layout === 'measured' ? stored.keyAt(row) : (ranks[stored.codeAt(row)] ?? 0)
  /** Whether two rows of one place are sure to hold the same value. */
  const isAlike = (a: number, b: number): boolean =>
    stored.layout === 'measured' ? stored.isPlain(a) && stored.isPlain(b) : stored.codeAt(a) === stored.codeAt(b)
  for (let first = 0, end = 1, seen = 0; first < sorted.length; first = end, end += 1) {
    const row = sorted[first] ?? 0
    const place = placeOf(row)
    let isUniform = true
    for (; end < sorted.length; end += 1) {
      const next = sorted[end] ?? 0
      const other = placeOf(next)
      if (other !== place && (!Number.isNaN(other) || !Number.isNaN(place))) break
      isUniform &&= isAlike(row, next)
    }
    if (isUniform) visit(row, end - first)
    else for (const [each, count] of groupByText(sorted.subarray(first, end), stored)) visit(each, count)
    if ((seen += 1) % 1_024 === 0 || end - first > rowsInSlice) yield
  }
}

/** Values that are ordered alike may be written differently: one row of each text, and how many have it. */
function groupByText(rows: Uint32Array, stored: StoredColumn): Iterable<readonly [row: number, count: number]> {
  const groups = new Map<string | null, [row: number, count: number]>()
  for (const row of rows) {
    const text = stored.textAt(row)
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [row, 1])
    else group[1] += 1
  }
  return groups.values()
}

interface Frequent {
  readonly row: number
  readonly count: number
}

/** Keeps the most frequent of many values; of equally frequent ones those that came first. */
function makeMostFrequent(most: number): { add(row: number, count: number): void; list(): readonly Frequent[] } {
  let kept: Frequent[] = []
  let least = 0
  const list = (): readonly Frequent[] => kept.toSorted((a, b) => b.count - a.count).slice(0, most)
  return {
    list,
    add(row, count) {
      if (count <= least) return
      kept.push({ row, count })
      if (kept.length < 2 * most + 64) return
      kept = [...list()]
      least = kept.at(-1)?.count ?? 0
    },
  }
}

/** How many of the sorted rows lie in each of the equal parts between the smallest and the largest value that are finite. */
function* countParts(sorted: Uint32Array, stored: MeasuredColumn): Sliced<ColumnSummary['histogram']> {
  const isCounted = stored.isNumber ? Number.isFinite : Number.isSafeInteger
  const first = sorted.find((row) => isCounted(stored.keyAt(row)))
  const last = sorted.findLast((row) => isCounted(stored.keyAt(row)))
  if (first === undefined || last === undefined) return []
  const [min, max] = [stored.keyAt(first), stored.keyAt(last)]
  const parts = min === max ? 1 : mostParts
  const width = max / parts - min / parts
  const counts = Array.from({ length: parts }, () => 0)
  for (let at = 0; at < sorted.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const key = stored.keyAt(sorted[at] ?? 0)
    if (!isCounted(key)) continue
    const part = Math.max(0, Math.min(parts - 1, Math.floor((key - min) / width)))
    counts[part] = (counts[part] ?? 0) + 1
  }
  const edge = (part: number) => {
    const key = part === parts ? max : min + part * width
    return stored.cellOf(stored.isNumber ? key : Math.round(key))
  }
  return counts.map((count, part) => ({ from: edge(part), to: edge(part + 1), count }))
}

interface Sums {
  readonly sum: string | null
  readonly mean: string | null
}

/** Sums of fixed-point numbers are exact; of others, and where a value is no decimal, they are those of doubles. */
function* addUp(rows: Uint32Array, stored: MeasuredColumn): Sliced<Sums> {
  if (rows.length === 0) return { sum: null, mean: null }
  const { scale } = stored.column
  const units = scale === null ? null : yield* addUnits(rows, stored, scale)
  if (units !== null) {
    const more = 6
    const scaled = (units.units * 10n ** BigInt(more) * 2n) / BigInt(rows.length)
    const rounded = (scaled + (scaled < 0n ? -1n : 1n)) / 2n
    const mean = decimalText(rounded, units.scale + more).replace(/(\.\d*?)0+$/, '$1')
    return { sum: decimalText(units.units, units.scale), mean: mean.replace(/\.$/, '') }
  }
  let [sum, lost] = [0, 0]
  for (let at = 0; at < rows.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const value = stored.keyAt(rows[at] ?? 0)
    const next = sum + value
    // Neumaier's summation: what the larger of the two has lost of the smaller is added at the end.
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  const total = Number.isFinite(sum) ? sum + lost : sum
  return { sum: String(total), mean: String(total / rows.length) }
}

/** The exact sum of decimals, at least at the scale of their column; null where a value is none. */
function* addUnits(rows: Uint32Array, stored: MeasuredColumn, scale: number): Sliced<Decimal | null> {
  const factor = 10 ** scale
  const others = { units: 0n, scale }
  const add = (decimal: Decimal): void => {
    const wanted = Math.max(others.scale, decimal.scale)
    others.units = unitsAt(others, wanted) + unitsAt(decimal, wanted)
    others.scale = wanted
  }
  // Units are added as doubles while their sum is exact, which is many times faster.
  let small = 0
  for (let at = 0; at < rows.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const row = rows[at] ?? 0
    const key = stored.keyAt(row)
    const units = Math.round(key * factor)
    if (stored.isPlain(row) && Number.isSafeInteger(units) && units / factor === key) {
      if (!Number.isSafeInteger(small + units)) {
        add({ units: BigInt(small), scale })
        small = 0
      }
      small += units
      continue
    }
    const decimal = decimalOf(String(stored.cellAt(row)))
    if (decimal === null) return null
    add(decimal)
  }
  add({ units: BigInt(small), scale })
  return others
}

function decimalText(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return `${units < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`
}
