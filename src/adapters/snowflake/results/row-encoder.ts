import { ByteWriter } from './byte-writer.ts'
import type { EncodeCell } from './encode-number.ts'
import { cellEncoder } from './result-columns.ts'
import type { WireColumn } from './result-head.ts'

/** Some rows as the bytes of a JSON array of arrays. */
export interface EncodedBatch {
  readonly rowCount: number
  readonly json: Uint8Array
}

/** Turns Snowflake's rows into ours, from bytes to bytes: no row, cell or text becomes a JavaScript value on the way. */
export interface RowEncoder {
  /** Gives it more of a chunk: rows joined by commas. A row may be cut anywhere. */
  push(bytes: Uint8Array): void
  /** The next full batch; null when more bytes are needed or the limits are reached. Throws `MalformedRows`. */
  take(): EncodedBatch | null
  /** Ends a chunk: what is left must be nothing. Throws `MalformedRows`; returns how many rows the chunk had. */
  endChunk(): number
  /** The rows that have not made a full batch. */
  rest(): EncodedBatch | null
  /** Whether no further row may go out. */
  isFull(): boolean
  /** Rows taken so far. */
  rows(): number
}

/** The text is not rows as Snowflake writes them. */
export class MalformedRows extends Error {
  constructor() {
    super('The rows are malformed.')
    this.name = 'MalformedRows'
  }
}

/** The rows and bytes after which a batch goes out. */
const batchRows = 2_048
const batchBytes = 256 * 1024

const tab = 0x09
const space = 0x20
const quote = 0x22
const comma = 0x2c
const bracketOpen = 0x5b
const backslash = 0x5c
const bracketClose = 0x5d
const letterN = 0x6e
const letterU = 0x75

/** Stands for a row that is not all there yet. */
const cut = -1

const nullWord = [letterN, letterU, 0x6c, 0x6c]
/** The letters that may follow a backslash, apart from `u`. */
const escapes: ReadonlySet<number> = new Set(new TextEncoder().encode('"\\/bfnrt'))

export interface EncoderLimits {
  readonly maxRows: number
  readonly maxBytes: number
  /** Rows of the first bytes that are left out. */
  readonly skipRows: number
}

/** A row encoder for a result of these columns; it ends after `maxRows` rows or once `maxBytes` bytes were taken. */
export function makeRowEncoder(columns: readonly WireColumn[], limits: EncoderLimits): RowEncoder {
  const encoders = columns.map(cellEncoder)
  let input: Uint8Array = new Uint8Array()
  let at = 0
  let writer = new ByteWriter(batchBytes + 64 * 1024)
  let pendingRows = 0
  let chunkRows = 0
  let taken = 0
  let toSkip = limits.skipRows
  let bytesLeft = limits.maxBytes

  const flush = (): EncodedBatch => {
    const json = writer.bytes.subarray(0, writer.at)
    json[writer.at - 1] = bracketClose
    const batch = { rowCount: pendingRows, json }
    // The bytes belong to whoever sends them now.
    writer = new ByteWriter(batchBytes + 64 * 1024)
    pendingRows = 0
    return batch
  }
  const isFull = (): boolean => taken >= limits.maxRows || bytesLeft <= 0
  /** Encodes one row; false when it is not all there yet. */
  const encodeRow = (): boolean => {
    const begin = chunkRows === 0 ? skipBlanks(input, at) : skipComma(input, at)
    if (begin === cut) return false
    if (writer.at === 0) writer.bytes[writer.at++] = bracketOpen
    const before = writer.at
    const end = writeRow(writer, input, begin, encoders)
    if (end === cut) {
      writer.at = before
      return false
    }
    at = end
    chunkRows += 1
    if (toSkip > 0) {
      toSkip -= 1
      writer.at = before
      return true
    }
    bytesLeft -= writer.at - before
    taken += 1
    pendingRows += 1
    return true
  }

  return {
    push(bytes) {
      if (at === input.length) input = bytes
      else {
        const joined = new Uint8Array(input.length - at + bytes.length)
        joined.set(input.subarray(at))
        joined.set(bytes, input.length - at)
        input = joined
      }
      at = 0
    },
    take() {
      while (!isFull() && encodeRow()) if (pendingRows >= batchRows || writer.at >= batchBytes) return flush()
      return null
    },
    endChunk() {
      const end = skipBlanks(input, at)
      if (end !== cut && !isFull()) throw new MalformedRows()
      const rows = chunkRows
      input = new Uint8Array()
      at = 0
      chunkRows = 0
      return rows
    },
    rest: () => (pendingRows > 0 ? flush() : null),
    isFull,
    rows: () => taken,
  }
}

/** Where the next token begins; `cut` at the end. */
function skipBlanks(input: Uint8Array, from: number): number {
  let at = from
  while (at < input.length) {
    const byte = input[at] ?? 0
    if (byte > space || (byte < space && (byte < tab || byte > 0x0d))) return at
    at += 1
  }
  return cut
}

/** Where the row after a comma begins. */
function skipComma(input: Uint8Array, from: number): number {
  const at = skipBlanks(input, from)
  if (at === cut) return cut
  if (input[at] !== comma) throw new MalformedRows()
  return skipBlanks(input, at + 1)
}

/** Writes one row and a comma; returns where it ended, or `cut`. Cells that stay as they are are copied together. */
function writeRow(
  writer: ByteWriter,
  input: Uint8Array,
  begin: number,
  encoders: readonly (EncodeCell | null)[],
): number {
  if (input[begin] !== bracketOpen) throw new MalformedRows()
  const last = encoders.length - 1
  let copied = begin
  let at = begin + 1
  for (let column = 0; column <= last; column += 1) {
    at = skipBlanks(input, at)
    if (at === cut) return cut
    if (input[at] === quote) {
      const end = endOfText(input, at + 1)
      if (end === cut) return cut
      const encode = encoders[column]
      if (encode !== null && encode !== undefined) {
        writer.copy(input, copied, at)
        encode(writer, input, at + 1, end)
        copied = end + 1
      }
      at = end + 1
    } else {
      at = endOfNull(input, at)
      if (at === cut) return cut
    }
    at = skipBlanks(input, at)
    if (at === cut) return cut
    if (input[at] !== (column === last ? bracketClose : comma)) throw new MalformedRows()
    at += 1
  }
  writer.copy(input, copied, at)
  writer.room(1)
  writer.bytes[writer.at++] = comma
  return at
}

/** Where a text's closing quote is; every escape must be one of JSON's. */
function endOfText(input: Uint8Array, from: number): number {
  const { length } = input
  let at = from
  while (at < length) {
    const byte = input[at] ?? 0
    if (byte === quote) return at
    if (byte < space) throw new MalformedRows()
    if (byte === backslash) {
      at = endOfEscape(input, at + 1)
      if (at === cut) return cut
    } else at += 1
  }
  return cut
}

const hexDigits = 4

function endOfEscape(input: Uint8Array, at: number): number {
  const letter = input[at]
  if (letter === undefined) return cut
  if (escapes.has(letter)) return at + 1
  if (letter !== letterU) throw new MalformedRows()
  if (at + hexDigits >= input.length) return cut
  for (let index = at + 1; index <= at + hexDigits; index += 1) {
    const byte = input[index] ?? 0
    const letter = byte | 0x20
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && letter >= 0x61 && letter <= 0x66)))
      throw new MalformedRows()
  }
  return at + 1 + hexDigits
}

function endOfNull(input: Uint8Array, from: number): number {
  for (const [index, letter] of nullWord.entries()) {
    if (from + index >= input.length) return cut
    if (input[from + index] !== letter) throw new MalformedRows()
  }
  return from + nullWord.length
}
