import { type ReadCell, readText, type RowCursor } from './row-cursor.ts'

const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const exponent = 0x65

/** The most digits that every double keeps. */
const safeDigits = 15

/** A fixed-point number: bare where a double keeps every digit, a string where it would lose one. */
export const readFixed: ReadCell = (cursor) => {
  const { input, out } = cursor
  const { length } = input
  let { at, o } = cursor
  let digits = 0
  let whole = 0
  let seenPoint = false
  if (input[at] === minus) out[o++] = input[at++] ?? 0
  const first = at
  while (at < length) {
    const byte = input[at] ?? 0
    if (byte >= zero && byte <= nine) {
      // Zeros before the first other digit need no room in a double.
      if (digits > 0 || byte !== zero) digits += 1
      if (!seenPoint) whole += 1
    } else if (byte === point && !seenPoint && whole > 0) seenPoint = true
    else break
    out[o++] = byte
    at += 1
  }
  if (at >= length) return false
  const isNumber = input[at] === quote && whole > 0 && input[at - 1] !== point && !(whole > 1 && input[first] === zero)
  if (!isNumber || (digits > safeDigits && !isSafe(cursor, at, seenPoint))) return readText(cursor)
  cursor.at = at + 1
  cursor.o = o
  return true
}

/** Whole numbers have some room beyond fifteen digits. */
function isSafe({ input, at }: RowCursor, end: number, seenPoint: boolean): boolean {
  return !seenPoint && end - at <= 17 && Number.isSafeInteger(Number(asText(input, at, end)))
}

const asText = (input: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...input.subarray(start, end))

/** A double: bare, or the words that JSON has no numbers for. */
export const readReal: ReadCell = (cursor) => {
  const end = endOfNumber(cursor)
  if (end === cut) return false
  if (end !== notNumber) {
    copyBare(cursor, end)
    return true
  }
  return readNotFinite(cursor)
}

/** A decimal float of up to 38 digits: bare where a double keeps them. */
export const readDecimalFloat: ReadCell = (cursor) => {
  const end = endOfNumber(cursor)
  if (end === cut) return false
  if (end === notNumber || end - cursor.at > safeDigits) return readText(cursor)
  copyBare(cursor, end)
  return true
}

function copyBare(cursor: RowCursor, end: number): void {
  const { input, out } = cursor
  let { at, o } = cursor
  while (at < end) out[o++] = input[at++] ?? 0
  cursor.at = at + 1
  cursor.o = o
}

const cut = -1
const notNumber = -2

/** Where a number by JSON's grammar ends, just before the closing quote. */
function endOfNumber({ input, at: start }: RowCursor): number {
  const { length } = input
  const first = input[start] === minus ? start + 1 : start
  let at = endOfDigits(input, first)
  if (at >= length) return cut
  if (at === first || (at - first > 1 && input[first] === zero)) return notNumber
  if (input[at] === point) {
    const fraction = at + 1
    at = endOfDigits(input, fraction)
    if (at >= length) return cut
    if (at === fraction) return notNumber
  }
  if (((input[at] ?? 0) | 0x20) === exponent) {
    const sign = input[at + 1]
    const power = sign === plus || sign === minus ? at + 2 : at + 1
    at = endOfDigits(input, power)
    if (at >= length) return cut
    if (at === power) return notNumber
  }
  return input[at] === quote ? at : notNumber
}

function endOfDigits(input: Uint8Array, start: number): number {
  const { length } = input
  let at = start
  while (at < length) {
    const byte = input[at] ?? 0
    if (byte < zero || byte > nine) break
    at += 1
  }
  return at
}

const notFinite: Readonly<Record<string, string>> = {
  nan: 'NaN',
  inf: 'Infinity',
  infinity: 'Infinity',
  '-inf': '-Infinity',
  '-infinity': '-Infinity',
}

function readNotFinite(cursor: RowCursor): boolean {
  const { at: start, o } = cursor
  if (!readText(cursor)) return false
  const word = notFinite[asText(cursor.input, start, Math.min(cursor.at - 1, start + 16)).toLowerCase()]
  if (word === undefined) return true
  cursor.o = o
  writeAscii(cursor, `"${word}"`)
  return true
}

function writeAscii(cursor: RowCursor, text: string): void {
  for (let index = 0; index < text.length; index += 1) cursor.out[cursor.o++] = text.charCodeAt(index)
}

const trueWord = new TextEncoder().encode('true')
const falseWord = new TextEncoder().encode('false')

/** `1` or `true`, `0` or `false`. */
export const readBoolean: ReadCell = (cursor) => {
  const { input, at: start, o } = cursor
  const first = input[start] ?? 0
  if (input[start + 1] === quote && (first === zero || first === zero + 1)) {
    const word = first === zero ? falseWord : trueWord
    for (let index = 0; index < word.length; index += 1) cursor.out[o + index] = word[index] ?? 0
    cursor.o = o + word.length
    cursor.at = start + 2
    return true
  }
  if (!readText(cursor)) return false
  const text = asText(input, start, Math.min(cursor.at - 1, start + 6)).toLowerCase()
  if (text !== 'true' && text !== 'false') return true
  cursor.o = o
  writeAscii(cursor, text)
  return true
}
