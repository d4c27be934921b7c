import type { ByteWriter } from './byte-writer.ts'

/** Turns the text of one cell, which lies in `from` between its quotes, into JSON. */
export type EncodeCell = (to: ByteWriter, from: Uint8Array, start: number, end: number) => void

const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const exponent = 0x65

/** The most digits that every double keeps. */
const safeDigits = 15

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

/** The text as it is, as a string. */
export const encodeText: EncodeCell = (to, from, start, end) => to.copy(from, start - 1, end + 1)

/** A fixed-point number: bare where a double keeps every digit, a string where it would lose one. */
export const encodeFixed: EncodeCell = (to, from, start, end) => {
  const first = from[start] === minus ? start + 1 : start
  let at = first
  while (at < end && isDigit(from[at])) at += 1
  const whole = at - first
  let fraction = 0
  if (from[at] === point && at < end) {
    const begin = ++at
    while (at < end && isDigit(from[at])) at += 1
    fraction = at - begin
    if (fraction === 0) return encodeText(to, from, start, end)
  }
  const isNumber = at === end && whole > 0 && !(whole > 1 && from[first] === zero)
  const digits = from[first] === zero ? fraction : whole + fraction
  if (isNumber && (digits <= safeDigits || (fraction === 0 && isSafe(from, start, end)))) to.copy(from, start, end)
  else encodeText(to, from, start, end)
}

const isSafe = (from: Uint8Array, start: number, end: number): boolean =>
  end - start <= 17 && Number.isSafeInteger(Number(asText(from, start, end)))

const asText = (from: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...from.subarray(start, end))

/** A double: bare, or the words that JSON has no numbers for. */
export const encodeReal: EncodeCell = (to, from, start, end) => {
  if (isJsonNumber(from, start, end)) return to.copy(from, start, end)
  const text = asText(from, start, Math.min(end, start + longestReal)).toLowerCase()
  to.text(notFinite[text] ?? JSON.stringify(text))
}

const longestReal = 64
const notFinite: Readonly<Record<string, string>> = {
  nan: '"NaN"',
  inf: '"Infinity"',
  infinity: '"Infinity"',
  '-inf': '"-Infinity"',
  '-infinity': '"-Infinity"',
}

/** A decimal float of up to 38 digits: bare where a double keeps them. */
export const encodeDecimalFloat: EncodeCell = (to, from, start, end) => {
  if (end - start <= safeDigits && isJsonNumber(from, start, end)) to.copy(from, start, end)
  else encodeText(to, from, start, end)
}

/** JSON's grammar of numbers. */
function isJsonNumber(from: Uint8Array, start: number, end: number): boolean {
  let at = from[start] === minus ? start + 1 : start
  const first = at
  while (at < end && isDigit(from[at])) at += 1
  if (at === first || (at - first > 1 && from[first] === zero)) return false
  if (at < end && from[at] === point) {
    const begin = ++at
    while (at < end && isDigit(from[at])) at += 1
    if (at === begin) return false
  }
  if (at < end && ((from[at] ?? 0) | 0x20) === exponent) {
    at += 1
    if (from[at] === plus || from[at] === minus) at += 1
    const begin = at
    while (at < end && isDigit(from[at])) at += 1
    if (at === begin) return false
  }
  return at === end
}

/** `1` or `true`, `0` or `false`. */
export const encodeBoolean: EncodeCell = (to, from, start, end) => {
  const first = from[start] ?? quote
  if (end - start === 1 && (first === zero || first === zero + 1)) return to.text(first === zero ? 'false' : 'true')
  const text = asText(from, start, Math.min(end, start + 5)).toLowerCase()
  if (text === 'true' || text === 'false') to.text(text)
  else encodeText(to, from, start, end)
}
