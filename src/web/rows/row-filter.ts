import type { ResultFilter } from '../../contract/result-view.ts'
import { exactCell } from '../../contract/words/cells.ts'
import type { DictionaryColumn, MeasuredColumn, StoredColumn } from './column-store.ts'
import type { Sliced } from './radix-sort.ts'

type TestRow = (row: number) => boolean

/** Of these rows those that pass every filter and hold the searched text, in the same order. */
export function* filterRows(
  rows: Uint32Array,
  columns: readonly StoredColumn[],
  { filters, search }: { readonly filters: readonly ResultFilter[]; readonly search: string },
): Sliced<Uint32Array> {
  let kept = rows
  for (const filter of filters) {
    const stored = columns[filter.column]
    if (stored !== undefined) kept = yield* keepRows(kept, yield* testOf(filter, stored))
  }
  return search === '' ? kept : yield* searchRows(kept, columns, search)
}

/** Formatting a number takes longer than comparing it. */
const textsInSlice = 256

function* keepRows(rows: Uint32Array, passes: TestRow): Sliced<Uint32Array> {
  const kept = new Uint32Array(rows.length)
  let count = 0
  for (let at = 0; at < rows.length; at += 1) {
    if (at % textsInSlice === 0) yield
    const row = rows[at] ?? 0
    if (passes(row)) {
      kept[count] = row
      count += 1
    }
  }
  return kept.slice(0, count)
}

/** Rows of which any cell holds the text, column after column: rows that were found are not looked at again. */
function* searchRows(rows: Uint32Array, columns: readonly StoredColumn[], text: string): Sliced<Uint32Array> {
  const isFound = new Uint8Array(rows.length)
  for (const stored of columns) {
    const test = yield* containsTest(stored, text)
    if (test === null) continue
    for (let at = 0; at < rows.length; at += 1) {
      if (at % textsInSlice === 0) yield
      if (isFound[at] === 0 && test(rows[at] ?? 0)) isFound[at] = 1
    }
  }
  return rows.filter((_row, at) => isFound[at] === 1)
}

function* testOf(filter: ResultFilter, stored: StoredColumn): Sliced<TestRow> {
  if (filter.kind === 'contains') return (yield* containsTest(stored, filter.text)) ?? (() => false)
  if (filter.kind === 'range')
    return stored.layout === 'measured' ? measuredRange(stored, filter) : yield* dictionaryRange(stored, filter)
  const { isExcluded } = filter
  const isOne = stored.layout === 'measured' ? measuredValues(stored, filter) : yield* dictionaryValues(stored, filter)
  return (row) => isOne(row) !== isExcluded
}

/** The characters that doubles and moments are written with, in small letters. */
const numberCharacters = /^[\d.e+-]*$/
const momentCharacters = /^[\d :.+tz-]*$/
/** Values of which is remembered whether they hold the text. */
const mostRemembered = 65_536

/** Tests whether a cell holds a text, without regard to case; null where no cell of the column can. */
export function* containsTest(stored: StoredColumn, text: string): Sliced<TestRow | null> {
  const wanted = text.toLowerCase()
  const holds = (cell: string | null): boolean => cell?.toLowerCase().includes(wanted) ?? false
  if (stored.layout === 'dictionary') return yield* testCodes(stored, (code) => holds(stored.textOf(code)))
  if (!stored.hasTexts && !(stored.isNumber ? numberCharacters : momentCharacters).test(wanted)) return null
  const holdsDigits = stored.isNumber ? makeDigitTest(wanted, stored.column.scale) : null
  const remembered = new Map<number, boolean>()
  return (row) => {
    if (!stored.isPlain(row)) return holds(stored.textAt(row))
    const key = stored.keyAt(row)
    const known = holdsDigits?.(key) ?? remembered.get(key)
    if (known !== undefined) return known
    const isHeld = holds(stored.textAt(row))
    if (remembered.size < mostRemembered) remembered.set(key, isHeld)
    return isHeld
  }
}

/**
 * Makes a test whether fixed-point numbers have digits next to one another, by arithmetic, which takes a fraction of the time of writing each
 * number; null where it is not digits that are wanted. The test says undefined for numbers whose digits a double does not tell.
 */
function makeDigitTest(wanted: string, scale: number | null): ((value: number) => boolean | undefined) | null {
  if (scale === null || scale > 9 || !/^\d{1,9}$/.test(wanted)) return null
  const factor = 10 ** scale
  const { length } = wanted
  const [digits, modulus] = [Number(wanted), 10 ** length]
  const isIn = (whole: number, leastDigits: number): boolean => {
    let left = leastDigits
    for (let limit = 10 ** leastDigits; whole >= limit; limit *= 10) left += 1
    for (let rest = whole; left >= length; left -= 1, rest = Math.floor(rest / 10))
      if (rest % modulus === digits) return true
    return false
  }
  return (value) => {
    const size = Math.abs(value)
    const units = Math.round(size * factor)
    if (!Number.isSafeInteger(units) || units / factor !== size) return undefined
    const whole = Math.floor(units / factor)
    return isIn(whole, 1) || (scale > 0 && isIn(units - whole * factor, scale))
  }
}

/** Characters of text that are looked through between two stops. */
const charactersInSlice = 100_000

/** Tests every code of a dictionary once. */
function* testCodes(stored: DictionaryColumn, passes: (code: number) => boolean): Sliced<TestRow> {
  const { length } = stored.values
  const isPassing = new Uint8Array(length)
  let characters = 0
  for (let code = 0; code < length; code += 1) {
    const cell = stored.values[code]
    characters += 16 + (typeof cell === 'string' ? cell.length : 0)
    if (characters > charactersInSlice) {
      yield
      characters = 0
    }
    if (passes(code)) isPassing[code] = 1
  }
  return (row) => isPassing[stored.codeAt(row)] === 1
}

type Kind<K extends ResultFilter['kind']> = Extract<ResultFilter, { kind: K }>

function* dictionaryValues(stored: DictionaryColumn, { values }: Kind<'values'>): Sliced<TestRow> {
  const wanted = new Set(values)
  return yield* testCodes(stored, (code) => wanted.has(stored.textOf(code)))
}

function measuredValues(stored: MeasuredColumn, { values }: Kind<'values'>): TestRow {
  const texts = new Set(values)
  const given = values.filter((text) => text !== null)
  // Of a number that is written otherwise than its cell would be only the text can match.
  const keys = given
    .filter((text) => !stored.isNumber || exactCell(Number(text), stored.column) === text)
    .map((text) => stored.keyOf(text))
  const [only, ...others] = keys
  const more = new Set(keys)
  return (row) => {
    if (stored.isMissing(row)) return texts.has(null)
    if (stored.isText(row)) return texts.has(stored.textAt(row))
    const key = stored.keyAt(row)
    const isKey = others.length === 0 ? key === only : more.has(key)
    return isKey && (stored.isNumber || texts.has(stored.textAt(row)))
  }
}

function* dictionaryRange(stored: DictionaryColumn, { from, to }: Kind<'range'>): Sliced<TestRow> {
  const { compare, values } = stored
  return yield* testCodes(stored, (code) => {
    const cell = values[code] ?? null
    return cell !== null && (from === null || compare(cell, from) >= 0) && (to === null || compare(cell, to) <= 0)
  })
}

function measuredRange(stored: MeasuredColumn, { from, to }: Kind<'range'>): TestRow {
  const compareToFrom = from === null ? null : makeCompareTo(stored, from)
  const compareToEnd = to === null ? null : makeCompareTo(stored, to)
  return (row) =>
    !stored.isMissing(row) &&
    (compareToFrom === null || compareToFrom(row) >= 0) &&
    (compareToEnd === null || compareToEnd(row) <= 0)
}

/** Orders cells of a column against one value. */
function makeCompareTo(stored: MeasuredColumn, bound: string): (row: number) => number {
  const key = stored.keyOf(bound)
  const ofEqual = stored.compareKey(key, bound)
  return (row) => {
    const own = stored.keyAt(row)
    if (own < key) return -1
    if (own > key) return 1
    if (own === key || (Number.isNaN(own) && Number.isNaN(key)))
      return stored.isText(row) ? stored.compare(stored.cellAt(row), bound) : ofEqual
    return Number.isNaN(own) ? 1 : -1
  }
}
