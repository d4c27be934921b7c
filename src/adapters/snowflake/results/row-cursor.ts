/**
 * A read position in Snowflake's bytes and a write position in ours. Writing past the end of `out` does nothing; the caller notices that `o` is
 * too large and writes the row again into a larger buffer.
 */
export interface RowCursor {
  input: Uint8Array
  at: number
  out: Uint8Array
  o: number
}

/**
 * Reads one text cell, from after its opening quote to after its closing one, and writes it as JSON. Returns false when the closing quote has not
 * arrived yet. Throws `MalformedRows` for bytes that no JSON text may hold.
 */
export type ReadCell = (cursor: RowCursor) => boolean

/** The bytes are not rows in Snowflake's format. */
export class MalformedRows extends Error {
  constructor() {
    super('The rows are malformed.')
    this.name = 'MalformedRows'
  }
}

const space = 0x20
const quote = 0x22
const backslash = 0x5c
const letterU = 0x75

/** The text as it is, as a string. */
export const readText: ReadCell = (cursor) => {
  const { input, out } = cursor
  const { length } = input
  let { at, o } = cursor
  out[o++] = quote
  while (at < length) {
    const byte = input[at] ?? 0
    out[o++] = byte
    at += 1
    if (byte === quote) {
      cursor.at = at
      cursor.o = o
      return true
    }
    if (byte < space) throw new MalformedRows()
    if (byte !== backslash) continue
    const end = endOfEscape(input, at)
    if (end > length) return false
    while (at < end) out[o++] = input[at++] ?? 0
  }
  return false
}

/** The letters that may follow a backslash, apart from `u`. */
const escapes: ReadonlySet<number> = new Set(new TextEncoder().encode('"\\/bfnrt'))
const hexDigits = 4

/** The end of an escape; beyond the input when the escape is cut. */
function endOfEscape(input: Uint8Array, at: number): number {
  const letter = input[at]
  if (letter === undefined || escapes.has(letter)) return at + 1
  if (letter !== letterU) throw new MalformedRows()
  const end = at + 1 + hexDigits
  for (let index = at + 1; index < Math.min(end, input.length); index += 1)
    if (!isHex(input[index] ?? 0)) throw new MalformedRows()
  return end
}

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
