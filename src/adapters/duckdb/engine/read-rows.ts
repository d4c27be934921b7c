import type { DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/** Bytes of one string header in a VARCHAR vector: length, then either up to 12 bytes of text or a prefix and a pointer. */
const headerBytes = 16
const inlineBytes = 12
const wordsPerHeader = headerBytes / 4

/** The texts of a chunk's only column, still in the engine's memory; valid as long as the chunk is. */
export interface ChunkRows {
  readonly count: number
  lengthOf(row: number): number
  /** The texts of rows `from` to `to` (exclusive), one after the other. */
  copy(from: number, to: number): Uint8Array
}

/**
 * Reads a chunk of one VARCHAR column without making a JavaScript string for each row. The engine writes the texts of a
 * vector one after the other, so whole stretches are copied at once; texts that do not touch are copied singly.
 */
export function readRows(chunk: DuckDBDataChunk): ChunkRows {
  const count = chunk.rowCount
  const headers = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, 0), headerBytes * count)
  const buffer = headers.buffer as ArrayBuffer
  const words = new Uint32Array(buffer, headers.byteOffset, wordsPerHeader * count)
  const lengthOf = (row: number): number => words[wordsPerHeader * row] ?? 0

  const copy = (from: number, to: number): Uint8Array => {
    let total = 0
    for (let row = from; row < to; row++) total += lengthOf(row)
    const target = new Uint8Array(total)
    let at = 0
    let row = from
    while (row < to) {
      const stretch = touching(words, row, to)
      const offset = headers.byteOffset + row * headerBytes
      if (stretch.inline) target.set(headers.subarray(row * headerBytes + 4, row * headerBytes + 4 + stretch.bytes), at)
      else target.set(duckdb.get_data_from_pointer(buffer, offset + 8, stretch.bytes), at)
      at += stretch.bytes
      row = stretch.end
    }
    return target
  }
  return { count, lengthOf, copy }
}

const twoTo32 = 2 ** 32

/** The rows from `first` on whose texts lie one directly after the other. */
function touching(words: Uint32Array, first: number, to: number) {
  const word = (row: number, index: number): number => words[wordsPerHeader * row + index] ?? 0
  let bytes = word(first, 0)
  if (bytes <= inlineBytes) return { inline: true, bytes, end: first + 1 }
  let low = word(first, 2) + bytes
  let high = word(first, 3)
  let row = first + 1
  for (; row < to; row++) {
    if (low >= twoTo32) {
      low -= twoTo32
      high += 1
    }
    const length = word(row, 0)
    if (length <= inlineBytes || word(row, 2) !== low || word(row, 3) !== high) break
    low += length
    bytes += length
  }
  return { inline: false, bytes, end: row }
}
