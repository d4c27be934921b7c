import type { Cell } from '../../contract/result.ts'
import { countInWords } from '../../contract/words/amounts.ts'

/** A result to compare. Column names are not compared. */
export interface ComparedResult {
  readonly rows: readonly (readonly Cell[])[]
  readonly truncated?: boolean
}

export type ComparisonVerdict =
  | 'right'
  /** Right, with further columns beside those expected. */
  | 'right_extra_columns'
  /** The right rows in another order, where the order matters. */
  | 'other_order'
  | 'different'
  /** Another number of rows, or too few columns. */
  | 'shape'
  /** Nothing to tell from: both results are empty or NULL, or one is cut off. */
  | 'no_evidence'

export interface Comparison {
  readonly verdict: ComparisonVerdict
  /** What differs, one sentence; null for a right result. */
  readonly note: string | null
}

/**
 * Compares a result with the expected one, row by row: every expected column needs a column of its own with the same values, so that
 * whole rows agree. Names and further columns do not matter, nor does the order of rows unless `ordered`. Numbers may differ by rounding.
 */
export function compareResults(expected: ComparedResult, actual: ComparedResult, ordered: boolean): Comparison {
  if (expected.truncated === true || actual.truncated === true)
    return { verdict: 'no_evidence', note: 'A result is cut off, so the rows cannot be compared.' }
  const gold = expected.rows.map((row): Row => row.map(readCell))
  const own = actual.rows.map((row): Row => row.map(readCell))
  if (gold.length !== own.length)
    return { verdict: 'shape', note: `${countInWords(own.length, 'row')} instead of ${gold.length}.` }
  if (gold.every((row) => row.every((cell) => cell === null)) && own.every((row) => row.every((cell) => cell === null)))
    return { verdict: 'no_evidence', note: 'Both results are empty or NULL.' }
  const [goldWidth, ownWidth] = [gold[0]?.length ?? 0, own[0]?.length ?? 0]
  if (ownWidth < goldWidth)
    return { verdict: 'shape', note: `${countInWords(ownWidth, 'column')} instead of ${goldWidth}.` }
  const right: Comparison = { verdict: ownWidth > goldWidth ? 'right_extra_columns' : 'right', note: null }
  const options = candidateColumns(gold, own)
  const missing = options.findIndex((columns) => columns.length === 0)
  if (missing >= 0)
    return { verdict: 'different', note: `No column holds the values of expected column ${missing + 1}.` }
  if (assignColumns(options, (columns) => isSameList(gold, pickColumns(own, columns)))) return right
  if (!assignColumns(options, (columns) => isSameBag(gold, pickColumns(own, columns))))
    return { verdict: 'different', note: 'Each column has the expected values, but in other rows.' }
  return ordered ? { verdict: 'other_order', note: 'The rows are right, in another order.' } : right
}

/** A cell ready to compare: a number, a text or NULL. */
type Value = number | string | null
type Row = readonly Value[]

const plainNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const midnight = /[T ]00:00:00(?:\.0+)?(?:Z|\+00:?00)?$/

/** Booleans become 0 and 1, numeric text becomes a number unless it starts with a zero, midnight is dropped, JSON is printed alike. */
function readCell(cell: Cell): Value {
  if (cell === null || typeof cell === 'number') return cell
  if (typeof cell === 'boolean') return cell ? 1 : 0
  const text = cell.trim()
  if (plainNumber.test(text)) return Number(text)
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true' ? 1 : 0
  if (/^[{[]/.test(text)) return canonicalJson(text)
  return text.replace(midnight, '').replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ')
}

function canonicalJson(text: string): string {
  try {
    return JSON.stringify(sortKeys(JSON.parse(text)))
  } catch {
    return text
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}

const relativeTolerance = 1e-6
/** From this size on, numbers may differ by a cent, as amounts and averages do; smaller ones are shares and rates. */
const amountFrom = 1

/** Whether two numbers are equal up to rounding: relatively, by a cent for amounts, or in the decimals that the rounder one shows. */
function isClose(a: number, b: number): boolean {
  if (a === b) return true
  const [difference, size] = [Math.abs(a - b), Math.max(Math.abs(a), Math.abs(b))]
  if (difference <= Math.max(1e-6, relativeTolerance * size)) return true
  if (size >= amountFrom && difference <= 0.01) return true
  const decimals = Math.min(decimalsOf(a), decimalsOf(b))
  return decimals >= 2 && difference <= 0.5001 * 10 ** -decimals
}

const decimalsOf = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0

const isSame = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' ? isClose(a, b) : a === b

/** Numbers by size, then texts, then NULLs. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  const [first, second] = [a, b].map((value) => (value === null ? 2 : typeof value === 'string' ? 1 : 0))
  return (first ?? 0) - (second ?? 0)
}

/** For each expected column the actual columns that hold the same values, in any order. */
function candidateColumns(gold: readonly Row[], own: readonly Row[]): readonly (readonly number[])[] {
  const sorted = (rows: readonly Row[]): readonly (readonly Value[])[] =>
    (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? null).sort(compareValues))
  const [goldColumns, ownColumns] = [sorted(gold), sorted(own)]
  return goldColumns.map((wanted) =>
    ownColumns.flatMap((column, index) =>
      wanted.every((value, at) => isSame(value, column[at] ?? null)) ? [index] : [],
    ),
  )
}

/** How many ways to assign columns are tried at most; results with many equal columns would have more. */
const mostAssignments = 2_000

/** Tries to give each expected column an actual column of its own so that `fits`. */
function assignColumns(
  options: readonly (readonly number[])[],
  fits: (columns: readonly number[]) => boolean,
): boolean {
  let tried = 0
  const extend = (taken: readonly number[]): boolean => {
    const next = options[taken.length]
    if (next === undefined) {
      tried += 1
      return fits(taken)
    }
    return next.some((column) => tried < mostAssignments && !taken.includes(column) && extend([...taken, column]))
  }
  return extend([])
}

const pickColumns = (rows: readonly Row[], columns: readonly number[]): readonly Row[] =>
  rows.map((row) => columns.map((column) => row[column] ?? null))

const isSameRow = (a: Row, b: Row): boolean => a.every((value, index) => isSame(value, b[index] ?? null))

const isSameList = (gold: readonly Row[], own: readonly Row[]): boolean =>
  gold.every((row, index) => isSameRow(row, own[index] ?? []))

/** Equal as bags of rows. Rows are bucketed by their texts and NULLs; inside a bucket, numbers are matched greedily within tolerance. */
function isSameBag(gold: readonly Row[], own: readonly Row[]): boolean {
  const keyOf = (row: Row): string => JSON.stringify(row.map((value) => (typeof value === 'number' ? 0 : value)))
  const [goldBuckets, ownBuckets] = [Map.groupBy(gold, keyOf), Map.groupBy(own, keyOf)]
  return [...goldBuckets].every(([key, rows]) => isSameBucket(rows, ownBuckets.get(key) ?? []))
}

function isSameBucket(gold: readonly Row[], own: readonly Row[]): boolean {
  if (gold.length !== own.length) return false
  const byNumbers = (a: Row, b: Row): number => {
    const at = a.findIndex((value, index) => value !== b[index])
    return at < 0 ? 0 : compareValues(a[at] ?? null, b[at] ?? null)
  }
  const [wanted, open] = [gold.toSorted(byNumbers), own.toSorted(byNumbers)]
  if (isSameList(wanted, open)) return true
  // Rounding may have changed the order of neighbours.
  return wanted.every((row) => {
    const at = open.findIndex((other) => isSameRow(row, other))
    if (at >= 0) open.splice(at, 1)
    return at >= 0
  })
}
