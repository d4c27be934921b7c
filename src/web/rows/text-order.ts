import type { Cell } from '../../contract/result.ts'
import { textCollator, type CompareCells } from './cell-order.ts'
import { makeEntries, rowsInSlice, sortEntries, type Sliced } from './radix-sort.ts'

type ComparePositions = (a: number, b: number) => number

/** The place of each cell among the others; those of equal cells are equal. */
export function* rankCells(cells: readonly Cell[], compare: CompareCells): Sliced<Uint32Array> {
  const comparePositions: ComparePositions = (a, b) => compare(cells[a] ?? null, cells[b] ?? null)
  const sorted = yield* mergeSort(Uint32Array.from(cells.keys()), comparePositions)
  return yield* ranksOfSorted(sorted, comparePositions)
}

/** A comparison may look through thousands of characters. */
const comparesInSlice = 256

function* ranksOfSorted(sorted: Uint32Array, compare: ComparePositions): Sliced<Uint32Array> {
  const ranks = new Uint32Array(sorted.length)
  for (let at = 1, rank = 0; at < sorted.length; at += 1) {
    if (at % comparesInSlice === 0) yield
    const position = sorted[at] ?? 0
    if (compare(sorted[at - 1] ?? 0, position) < 0) rank += 1
    ranks[position] = rank
  }
  return ranks
}

/** Stable, and in slices, which sorting by the browser is not. */
function* mergeSort(positions: Uint32Array, compare: ComparePositions): Sliced<Uint32Array> {
  const { length } = positions
  let from = Uint32Array.from(positions)
  let to = new Uint32Array(length)
  for (let width = 1; width < length; width *= 2) {
    for (let first = 0; first < length; first += 2 * width)
      yield* mergeRuns(
        { from, to, compare },
        first,
        Math.min(length, first + width),
        Math.min(length, first + 2 * width),
      )
    ;[from, to] = [to, from]
  }
  return from
}

interface Merge {
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly compare: ComparePositions
}

/** Merges the sorted runs from `first` to `middle` and from there to `end`. */
function* mergeRuns({ from, to, compare }: Merge, first: number, middle: number, end: number): Sliced<void> {
  for (let at = first, left = first, right = middle; at < end; at += 1) {
    if (at % comparesInSlice === 0) yield
    const takesRight = left >= middle || (right < end && compare(from[left] ?? 0, from[right] ?? 0) > 0)
    to[at] = (takesRight ? from[right++] : from[left++]) ?? 0
  }
}

/** The place of each text among the others, as `textCollator` orders them; those of equal texts are equal. */
export function* rankTexts(texts: readonly string[]): Sliced<Uint32Array> {
  const collator = textCollator()
  const keys = yield* encodeTexts(texts, collator)
  const compare: ComparePositions = (a, b) => {
    const left = texts[a] ?? ''
    const right = texts[b] ?? ''
    return left === right ? 0 : compareKeys(keys, a, b) || collator.compare(left, right)
  }
  const isPlain = (_text: string, at: number): boolean => (keys.starts[at + 1] ?? 0) > (keys.starts[at] ?? 0)
  const positions = Uint32Array.from(texts.keys())
  const plain = yield* sortByKeys(
    positions.filter((at) => isPlain('', at)),
    { keys, compare },
    0,
  )
  const others = yield* mergeSort(
    positions.filter((at) => !isPlain('', at)),
    compare,
  )
  const from = new Uint32Array(texts.length)
  from.set(plain)
  from.set(others, plain.length)
  const to = others.length === 0 ? from : new Uint32Array(texts.length)
  if (others.length > 0) yield* mergeRuns({ from, to, compare }, 0, plain.length, texts.length)
  return yield* ranksOfSorted(to, compare)
}

/**
 * The beginning of each plain text as bytes that order like the text: a byte for each character, the same for both cases, and for a run of
 * digits its length before them. Texts without bytes are not plain. Where the bytes of two texts are equal the collator decides.
 */
interface TextKeys {
  readonly bytes: Uint8Array
  /** Where the bytes of each text begin; those of the next one begin where they end. */
  readonly starts: Uint32Array
}

const mostBytes = 48
const mostDigits = 200
const plainText = /^[ -~]+$/
/** Languages that order the characters of ASCII one by one, as the root of CLDR's collations does. */
const plainLocales = /^(?:de|en|es|fr|it|nl|pt)(?:-(?!u-)[a-z\d]+)*$/i

function* encodeTexts(texts: readonly string[], collator: Intl.Collator): Sliced<TextKeys> {
  const { locale, collation, caseFirst, ignorePunctuation } = collator.resolvedOptions()
  const isPlainLocale =
    plainLocales.test(locale) && collation === 'default' && caseFirst === 'false' && !ignorePunctuation
  const starts = new Uint32Array(texts.length + 1)
  if (!isPlainLocale) return { bytes: new Uint8Array(0), starts }
  const weights = weightsOf(locale)
  let bytes = new Uint8Array(65_536)
  let end = 0
  for (const [at, text] of texts.entries()) {
    if (at % comparesInSlice === 0) yield
    if (end + mostBytes > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2)
      larger.set(bytes)
      bytes = larger
    }
    starts[at] = end
    if (plainText.test(text)) end = encodeText(text, weights, bytes.subarray(0, end + mostBytes), end)
  }
  starts[texts.length] = end
  return { bytes, starts }
}

/** The order of the printable characters of ASCII by their codes, from 1. */
function weightsOf(locale: string): Uint8Array {
  const { compare } = new Intl.Collator(locale, { sensitivity: 'base' })
  const sorted = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).toSorted(compare)
  const weights = new Uint8Array(128)
  sorted.forEach((character, at) => {
    const before = sorted[at - 1]
    const weight = before === undefined ? 0 : (weights[before.charCodeAt(0)] ?? 0)
    const isNext = before === undefined || compare(before, character) !== 0
    weights[character.charCodeAt(0)] = weight + (isNext ? 1 : 0)
  })
  return weights
}

const [zero, nine] = [0x30, 0x39]
const isDigit = (code: number): boolean => code >= zero && code <= nine

/** Writes the bytes of a plain text from `start` on, and tells where they end: at the start where it has too many digits. */
function encodeText(text: string, weights: Uint8Array, bytes: Uint8Array, start: number): number {
  let end = start
  for (let at = 0; at < text.length && end < bytes.length; at += 1) {
    const code = text.charCodeAt(at)
    bytes[end++] = weights[isDigit(code) ? zero : code] ?? 0
    if (!isDigit(code)) continue
    let last = at + 1
    while (isDigit(text.charCodeAt(last))) last += 1
    while (at < last - 1 && text.charCodeAt(at) === zero) at += 1
    if (last - at > mostDigits) return start
    bytes[end++] = last - at
    for (; at < last; at += 1) bytes[end++] = text.charCodeAt(at) - zero + 1
    at -= 1
  }
  return Math.min(end, bytes.length)
}

function compareKeys({ bytes, starts }: TextKeys, a: number, b: number): number {
  const [startA, startB] = [starts[a] ?? 0, starts[b] ?? 0]
  const [lengthA, lengthB] = [(starts[a + 1] ?? 0) - startA, (starts[b + 1] ?? 0) - startB]
  if (lengthA === 0 || lengthB === 0) return 0
  for (let at = 0; at < Math.min(lengthA, lengthB); at += 1) {
    const difference = (bytes[startA + at] ?? 0) - (bytes[startB + at] ?? 0)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}

interface KeyOrder {
  readonly keys: TextKeys
  readonly compare: ComparePositions
}

const bytesInEntry = 8
/** Fewer are sorted faster by comparing. */
const leastForRadix = 1_000

/** Sorts plain texts by eight bytes of their keys from a place on, and those that agree in them by the next eight. */
function* sortByKeys(positions: Uint32Array, order: KeyOrder, place: number): Sliced<Uint32Array> {
  if (positions.length < leastForRadix) return positions.toSorted(order.compare)
  if (place >= mostBytes) return yield* mergeSort(positions, order.compare)
  const { bytes, starts } = order.keys
  const entries = makeEntries(positions.length)
  entries.rows.set(positions)
  for (let at = 0; at < positions.length; at += 1) {
    if (at % rowsInSlice === 0) yield
    const position = positions[at] ?? 0
    const [first, end] = [(starts[position] ?? 0) + place, starts[position + 1] ?? 0]
    for (let byte = 0; byte < bytesInEntry; byte += 1) {
      const word = byte < 4 ? entries.high : entries.low
      word[at] = ((word[at] ?? 0) << 8) | (first + byte < end ? (bytes[first + byte] ?? 0) : 0)
    }
  }
  const { rows, low, high } = yield* sortEntries(entries)
  for (let first = 0, end = 1; first < rows.length; first = end, end += 1) {
    while (end < rows.length && low[end] === low[first] && high[end] === high[first]) end += 1
    if (end - first > 1) rows.set(yield* sortByKeys(rows.slice(first, end), order, place + bytesInEntry), first)
    if (first % comparesInSlice === 0) yield
  }
  return rows
}
