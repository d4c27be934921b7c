import { harmlessCell } from '../../../contract/words/spreadsheet.ts'
import { type ReadCell, readText, type RowCursor } from './row-cursor.ts'

/** How the fields of CSV are written. */
export interface FieldStyle {
  readonly separator: string
  readonly decimalMark: 'point' | 'comma'
  /** Whether what a spreadsheet would run as a formula is marked as text. */
  readonly isHarmless: boolean
}

const space = 0x20
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const point = 0x2e
const backslash = 0x5c

const tableOf = (isIn: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0))

const letterOrDigit = /[A-Za-z\d]/
/** Bytes that no formula begins with, and that need no quotes at the beginning of a field. */
const plainStart = tableOf((byte) => letterOrDigit.test(String.fromCharCode(byte)))

/** Texts: in quotes only where they need them. */
export function textReader(style: FieldStyle): (read: ReadCell) => ReadCell {
  const separator = style.separator.charCodeAt(0)
  const stops = tableOf((byte) => byte < space || byte === backslash || byte === separator)
  return (read) => {
    const careful = carefulReader(read, style)
    // A cell that is converted before it is written is none of the texts that are copied.
    if (read !== readText) return careful
    return (cursor) => {
      const { input, out } = cursor
      const { length } = input
      let { at, o } = cursor
      if (at >= length) return false
      if (plainStart[input[at] ?? 0] === 0) return careful(cursor)
      while (at < length) {
        const byte = input[at++] ?? 0
        if (byte === quote) {
          if (input[at - 2] === space) return careful(cursor)
          cursor.at = at
          cursor.o = o
          return true
        }
        if (stops[byte] === 1) return byte === separator ? quotedReader(cursor) : careful(cursor)
        out[o++] = byte
      }
      return false
    }
  }
}

/** Texts, all in quotes. */
export const quotedTextReader = (read: ReadCell): ReadCell =>
  read === readText ? quotedReader : (cursor) => rewrite(cursor, read, inQuotes)

const quotedReader: ReadCell = (cursor) => {
  const { input, out } = cursor
  const { length } = input
  let { at, o } = cursor
  out[o++] = quote
  while (at < length) {
    const byte = input[at++] ?? 0
    if (byte < space || byte === backslash) return rewrite(cursor, readText, inQuotes)
    out[o++] = byte
    if (byte !== quote) continue
    cursor.at = at
    cursor.o = o
    return true
  }
  return false
}

const inQuotes = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** Any text, made harmless and quoted where it has to be. */
const carefulReader =
  (read: ReadCell, style: FieldStyle): ReadCell =>
  (cursor) =>
    rewrite(cursor, read, (text) => fieldOf(text, style))

function fieldOf(given: string, { separator, isHarmless }: FieldStyle): string {
  const text = isHarmless ? harmlessCell(given) : given
  return text === '' || text.includes(separator) || /["\r\n\0]|^\s|\s$/.test(text) ? inQuotes(text) : text
}

/** Digits, signs, points, exponents, colons, blanks and letters: what numbers, flags, dates and times are made of. */
const valueBytes = tableOf((byte) => /[\w .:+-]/.test(String.fromCharCode(byte)))
const numberBytes = tableOf((byte) => /[\d.eE+-]/.test(String.fromCharCode(byte)))

/** Numbers, flags, dates and times, whose readers write JSON: the same without quotes around it. */
export const valueReader =
  (style: FieldStyle) =>
  (read: ReadCell, isNumber: boolean): ReadCell => {
    const allowed = isNumber ? numberBytes : valueBytes
    const isComma = isNumber && style.decimalMark === 'comma'
    const ofText = (text: string): string =>
      isComma && Number.isFinite(Number(text)) ? quotedNumber(text.replace('.', ','), style) : fieldOf(text, style)
    return (cursor) => {
      const { o: start, at: begun } = cursor
      if (!read(cursor)) return false
      const { out, o: end } = cursor
      if (end > out.length) return true
      const isQuoted = out[start] === quote
      const shift = isQuoted ? 1 : 0
      const last = end - shift
      let isPlain = isNumber || out[start + shift] !== minus
      for (let index = start + shift; index < last && isPlain; index += 1) {
        const byte = out[index] ?? 0
        isPlain = allowed[byte] === 1 && !(isComma && byte === point && style.separator === ',')
        out[index - shift] = isComma && byte === point ? comma : byte
      }
      if (isPlain) {
        cursor.o = last - shift
        return true
      }
      Object.assign(cursor, { at: begun, o: start })
      return rewrite(cursor, read, ofText)
    }
  }

const quotedNumber = (text: string, { separator }: FieldStyle): string =>
  text.includes(separator) ? inQuotes(text) : text

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** Reads a cell as JSON and writes it otherwise. The bytes behind the cell are not yet written. */
function rewrite(cursor: RowCursor, read: ReadCell, change: (text: string) => string): boolean {
  const { o: start } = cursor
  if (!read(cursor)) return false
  // There was no room: the row is written again.
  if (cursor.o > cursor.out.length) return true
  const json = decoder.decode(cursor.out.subarray(start, cursor.o))
  const field = encoder.encode(change(json.startsWith('"') ? String(JSON.parse(json)) : json))
  cursor.o = start + field.length
  if (cursor.o <= cursor.out.length) cursor.out.set(field, start)
  return true
}
