import { batchBytes, batchRows } from '../../../core/ports/row-batch.ts'
import { MalformedRows, type ReadCell, type RowCursor } from './row-cursor.ts'

/** How rows are written: what stands around and between cells, and how each column's cells are converted. */
export interface RowLayout {
  readonly readers: readonly ReadCell[]
  /** Whether every batch is a JSON array of its rows. */
  readonly isArray: boolean
  readonly rowStart: Uint8Array
  readonly between: number
  readonly rowEnd: Uint8Array
  /** What stands for NULL. */
  readonly nothing: Uint8Array
}

/** Some rows, written. */
export interface EncodedRows {
  readonly rowCount: number
  readonly bytes: Uint8Array
}

/** Turns Snowflake's rows into ours, from bytes to bytes: no row, cell or text becomes a JavaScript value on the way. */
export interface RowEncoder {
  /** Gives it more of a chunk: rows joined by commas. A row may be cut anywhere. */
  push(bytes: Uint8Array): void
  /** The next full batch, whose bytes are written over with the one after it; null when more bytes are needed or the limits are reached. Throws `MalformedRows`. */
  take(): EncodedRows | null
  /** Ends a chunk: what is left must be nothing. Throws `MalformedRows`; returns how many rows the chunk had. */
  endChunk(): number
  /** The rows that have not made a full batch. */
  rest(): EncodedRows | null
  /** Whether no further row may go out. */
  isFull(): boolean
  /** Rows taken so far. */
  rows(): number
}

/** Room for the row that fills a batch; a longer one is written twice. */
const spareBytes = 64 * 1024

const tab = 0x09
const space = 0x20
const quote = 0x22
const comma = 0x2c
const bracketOpen = 0x5b
const bracketClose = 0x5d

interface EncoderLimits {
  readonly maxRows: number
  readonly maxBytes: number
  /** Rows of the first bytes that are left out. */
  readonly skipRows: number
}

/** A row encoder of this layout; it ends after `maxRows` rows or once `maxBytes` bytes were taken. */
export function makeRowEncoder(layout: RowLayout, limits: EncoderLimits): RowEncoder {
  const cursor: RowCursor = { input: new Uint8Array(), at: 0, out: new Uint8Array(batchBytes + spareBytes), o: 0 }
  /** Where a cut row and the bytes after it are put together, used again and again. */
  let joint = new Uint8Array()
  let pendingRows = 0
  let chunkRows = 0
  let taken = 0
  let toSkip = limits.skipRows
  let bytesLeft = limits.maxBytes

  const flush = (): EncodedRows => {
    const bytes = cursor.out.subarray(0, cursor.o)
    // The comma behind the last row.
    if (layout.isArray) bytes[cursor.o - 1] = bracketClose
    const batch = { rowCount: pendingRows, bytes }
    cursor.o = 0
    pendingRows = 0
    return batch
  }
  const isFull = (): boolean => taken >= limits.maxRows || bytesLeft <= 0
  /** Encodes one row; false when it is not all there yet. */
  const encodeRow = (): boolean => {
    const { at: start } = cursor
    if (cursor.o === 0 && layout.isArray) cursor.out[cursor.o++] = bracketOpen
    const before = cursor.o
    if (!(chunkRows === 0 ? skipBlanks(cursor) : skipComma(cursor)) || !readRow(cursor, layout)) {
      cursor.at = start
      cursor.o = before
      return false
    }
    if (cursor.o > cursor.out.length) {
      const larger = new Uint8Array(cursor.o * 2)
      larger.set(cursor.out.subarray(0, before))
      Object.assign(cursor, { out: larger, at: start, o: before })
      return encodeRow()
    }
    chunkRows += 1
    if (toSkip > 0) {
      toSkip -= 1
      cursor.o = before
      return true
    }
    bytesLeft -= cursor.o - before
    taken += 1
    pendingRows += 1
    return true
  }

  return {
    push(bytes) {
      const { input, at } = cursor
      if (at === input.length) cursor.input = bytes
      else {
        const left = input.length - at
        if (joint.length < left + bytes.length) joint = new Uint8Array(2 * (left + bytes.length))
        if (input.buffer === joint.buffer) joint.copyWithin(0, at, input.length)
        else joint.set(input.subarray(at))
        joint.set(bytes, left)
        cursor.input = joint.subarray(0, left + bytes.length)
      }
      cursor.at = 0
    },
    take() {
      while (!isFull() && encodeRow()) if (pendingRows >= batchRows || cursor.o >= batchBytes) return flush()
      return null
    },
    endChunk() {
      if (skipBlanks(cursor) && !isFull()) throw new MalformedRows()
      const rows = chunkRows
      cursor.input = new Uint8Array()
      cursor.at = 0
      chunkRows = 0
      return rows
    },
    rest: () => (pendingRows > 0 ? flush() : null),
    isFull,
    rows: () => taken,
  }
}

/** Goes to the next token; false at the end of the input. */
function skipBlanks(cursor: RowCursor): boolean {
  const { input } = cursor
  const { length } = input
  let { at } = cursor
  while (at < length && isBlank(input[at] ?? 0)) at += 1
  cursor.at = at
  return at < length
}

const isBlank = (byte: number): boolean => byte === space || (byte >= tab && byte <= 0x0d)

function skipComma(cursor: RowCursor): boolean {
  if (!skipBlanks(cursor)) return false
  if (cursor.input[cursor.at] !== comma) throw new MalformedRows()
  cursor.at += 1
  return skipBlanks(cursor)
}

/** Reads one row and writes it; false when it is not all there yet. */
function readRow(cursor: RowCursor, { readers, rowStart, between, rowEnd, nothing }: RowLayout): boolean {
  const { input, out } = cursor
  if (input[cursor.at] !== bracketOpen) throw new MalformedRows()
  cursor.at += 1
  write(cursor, rowStart)
  const last = readers.length - 1
  for (let column = 0; column <= last; column += 1) {
    if (input[cursor.at] !== quote && !skipBlanks(cursor)) return false
    const read = readers[column]
    if (input[cursor.at] === quote && read !== undefined) {
      cursor.at += 1
      if (!read(cursor)) return false
    } else if (!readNull(cursor, nothing)) return false
    const close = column === last ? bracketClose : comma
    if (input[cursor.at] !== close && !skipBlanks(cursor)) return false
    if (input[cursor.at] !== close) throw new MalformedRows()
    cursor.at += 1
    if (column < last) out[cursor.o++] = between
  }
  write(cursor, rowEnd)
  return true
}

function write(cursor: RowCursor, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index += 1) cursor.out[cursor.o++] = bytes[index] ?? 0
}

const letterN = 0x6e
const letterU = 0x75
const letterL = 0x6c

function readNull(cursor: RowCursor, nothing: Uint8Array): boolean {
  const { input, at } = cursor
  if (at + 4 > input.length) return false
  if (input[at] !== letterN || input[at + 1] !== letterU || input[at + 2] !== letterL || input[at + 3] !== letterL)
    throw new MalformedRows()
  cursor.at = at + 4
  write(cursor, nothing)
  return true
}
