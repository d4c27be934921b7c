import type { Cell } from '../../contract/result.ts'
import type { SortKey } from '../../contract/result-view.ts'
import type { DictionaryColumn, MeasuredColumn, StoredColumn } from './column-store.ts'
import { makeEntries, rowsInSlice, sortEntries, type Entries, type Sliced } from './radix-sort.ts'
import { rankCells, rankTexts } from './text-order.ts'

/** Rows in the order of several keys. Equal rows keep their order; NULLs come last either way round. */
export function* sortRows(
  rows: Uint32Array,
  keys: readonly SortKey[],
  columns: readonly StoredColumn[],
): Sliced<Uint32Array> {
  let sorted = rows
  // Each sort is stable: after sorting by the last key first the rows are ordered by all of them.
  for (const { column, direction } of keys.toReversed()) {
    const stored = columns[column]
    if (stored === undefined) continue
    const { given, missing } = yield* sortByColumn(sorted, stored, direction === 'descending')
    sorted = new Uint32Array(rows.length)
    sorted.set(given)
    sorted.set(missing, given.length)
  }
  return sorted
}

interface SortedRows {
  /** Rows with a value, in order. */
  readonly given: Uint32Array
  /** Rows with NULL. */
  readonly missing: Uint32Array
}

/** Rows in the order of one column. */
export function* sortByColumn(rows: Uint32Array, stored: StoredColumn, isDescending: boolean): Sliced<SortedRows> {
  const { entries, missing } =
    stored.layout === 'measured' ? yield* readKeys(rows, stored) : yield* readRanks(rows, stored)
  if (isDescending)
    for (let at = 0; at < entries.rows.length; at += 1) {
      entries.low[at] = ~(entries.low[at] ?? 0)
      entries.high[at] = ~(entries.high[at] ?? 0)
    }
  const sorted = yield* sortEntries(entries)
  if (stored.layout === 'measured' && stored.hasTexts) yield* sortTies(sorted, stored, isDescending)
  return { given: sorted.rows, missing }
}

interface ReadEntries {
  readonly entries: Entries
  readonly missing: Uint32Array
}

function partEntries({ rows, low, high }: Entries, length: number): Entries {
  return { rows: rows.subarray(0, length), low: low.subarray(0, length), high: high.subarray(0, length) }
}

/** The bits of doubles, turned so that they order as whole numbers: negative ones inverted, the sign of the others set. */
function* readKeys(rows: Uint32Array, stored: MeasuredColumn): Sliced<ReadEntries> {
  const entries = makeEntries(rows.length)
  const missing = new Uint32Array(rows.length)
  const value = new Float64Array(1)
  const words = new Uint32Array(value.buffer)
  let given = 0
  for (let at = 0; at < rows.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const row = rows[at] ?? 0
    if (stored.isMissing(row)) {
      missing[at - given] = row
      continue
    }
    // Adding nothing makes a negative zero equal to zero.
    const key = stored.keyAt(row) + 0
    value[0] = key
    const low = words[0] ?? 0
    const high = words[1] ?? 0
    const inverted = -(high >>> 31)
    entries.rows[given] = row
    entries.low[given] = Number.isNaN(key) ? ~0 : low ^ inverted
    entries.high[given] = Number.isNaN(key) ? ~0 : high ^ (inverted | 0x8000_0000)
    given += 1
  }
  return { entries: partEntries(entries, given), missing: missing.subarray(0, rows.length - given) }
}

function* readRanks(rows: Uint32Array, stored: DictionaryColumn): Sliced<ReadEntries> {
  const ranks = yield* ranksOf(stored)
  const entries = makeEntries(rows.length)
  const missing = new Uint32Array(rows.length)
  let given = 0
  for (let at = 0; at < rows.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const row = rows[at] ?? 0
    const code = stored.codeAt(row)
    if (code === 0) missing[at - given] = row
    else {
      entries.rows[given] = row
      entries.low[given] = ranks[code] ?? 0
      given += 1
    }
  }
  return { entries: partEntries(entries, given), missing: missing.subarray(0, rows.length - given) }
}

/** Orders rows of equal doubles by what their cells say exactly. */
function* sortTies({ rows, low, high }: Entries, stored: MeasuredColumn, isDescending: boolean): Sliced<void> {
  for (let first = 0, end = 1; first < rows.length; first = end, end += 1) {
    while (end < rows.length && low[end] === low[first] && high[end] === high[first]) end += 1
    if (end % rowsInSlice === 0) yield
    const tied = rows.subarray(first, end)
    if (tied.length === 1 || tied.every((row) => stored.isPlain(row))) continue
    const cells = new Map<Cell, number>()
    for (const row of tied) cells.set(stored.cellAt(row), 0)
    const distinct = [...cells.keys()]
    const ranks = yield* rankCells(distinct, stored.compare)
    distinct.forEach((cell, at) => cells.set(cell, isDescending ? -(ranks[at] ?? 0) : (ranks[at] ?? 0)))
    const rankOf = (row: number): number => cells.get(stored.cellAt(row)) ?? 0
    tied.set(Array.from(tied).sort((a, b) => rankOf(a) - rankOf(b)))
  }
}

/** The place of each code of a dictionary among its values; those of codes that are ordered alike are equal. */
export function* ranksOf(stored: DictionaryColumn): Sliced<Uint32Array> {
  if (stored.ranks.length === stored.values.length) return stored.ranks
  const ranks = new Uint32Array(stored.values.length)
  const values = stored.values.slice(1)
  const isText = stored.column.kind === 'text'
  ranks.set(isText ? yield* rankTexts(values.map(String)) : yield* rankCells(values, stored.compare), 1)
  stored.ranks = ranks
  return ranks
}
