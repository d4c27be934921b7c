import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import type { Column } from '../../../contract/result.ts'
import { batchBytes, batchRows, type EncodedBatch } from '../../../core/ports/row-batch.ts'
import { encodeRow } from './encode-row.ts'
import type { QueryControl } from './query-control.ts'
import { presentColumn } from './snowflake-type.ts'
import type { ValidatedQuery } from './validated-queries.ts'

/** The columns of a query as the contract describes them. */
export const presentColumns = ({ columns }: ValidatedQuery): readonly Column[] =>
  columns.map(({ name, type }) => presentColumn(name, type))

/** Rows that wait for company are sent once the next ones take this long, so that a slow query shows what it has. */
const longestWaitMs = 50

/**
 * Runs a validated query and hands over its rows in order, encoded by the engine. Resolves with whether rows were left out.
 * Throws DuckDB's errors and whatever stopped the control.
 */
export async function runQuery(
  connection: DuckDBConnection,
  query: ValidatedQuery,
  limits: { readonly maxRows: number; readonly maxBytes: number },
  control: QueryControl,
  send: (batch: EncodedBatch) => void,
): Promise<boolean> {
  const prepared = await connection.prepare(encodingQuery(query, limits.maxRows))
  const result = await control.interruptible(connection, () => prepared.stream())
  const batcher = makeRowBatcher(limits)
  const deliver = async (batch: EncodedBatch): Promise<void> => {
    await control.turn()
    send(batch)
  }
  for (;;) {
    const fetching = control.interruptible(connection, () => nextChunk(result))
    await whileWaiting(fetching, async () => {
      const waiting = batcher.rest()
      if (waiting !== null) await deliver(waiting)
    })
    const chunk = await fetching
    if (chunk === null) break
    for (const batch of batcher.add(readRows(chunk))) await deliver(batch)
    if (batcher.truncated()) break
  }
  const last = batcher.rest()
  if (last !== null) await deliver(last)
  return batcher.truncated()
}

/** Does `work` when an operation takes long. Throws its error only once the operation has let go of the connection. */
async function whileWaiting(operation: Promise<unknown>, work: () => Promise<void>): Promise<void> {
  const settled = operation.then(
    () => true,
    () => true,
  )
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), longestWaitMs)
  const done = await Promise.race([settled, late])
  clearTimeout(timer)
  if (done) return
  try {
    await work()
  } catch (error) {
    await settled
    throw error
  }
}

async function nextChunk(result: DuckDBResult) {
  const chunk = await result.fetchChunk()
  return chunk === null || chunk.rowCount === 0 ? null : chunk
}

/** A small limit lets the engine sort less. A large one would make it collect that many rows before it shows the first. */
const helpfulLimit = 10_000

/** The query inside one that encodes its rows. Columns are named by position, for names may repeat or be anything. */
function encodingQuery({ sql, columns }: ValidatedQuery, maxRows: number): string {
  const names = columns.map((_, index) => `c${index}`)
  const row = encodeRow(
    names,
    columns.map((column) => column.type),
  )
  const limit = maxRows <= helpfulLimit ? ` LIMIT ${maxRows + 1}` : ''
  return `SELECT ${row} FROM (\n${sql}\n) AS q(${names.join(', ')})${limit}`
}

export interface RowBatcher {
  /** Takes a chunk's rows; yields the batches that became full. Stops taking at a limit. */
  add(rows: ChunkRows): Generator<EncodedBatch>
  /** What is left, if anything. */
  rest(): EncodedBatch | null
  /** True once a row came that the limits leave out. */
  truncated(): boolean
}

const bracketOpen = 0x5b
const bracketClose = 0x5d

/** Wraps row texts, each ending in a comma, as one JSON array. */
function close(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const json = new Uint8Array(bytes + 1)
  json[0] = bracketOpen
  let at = 1
  for (const part of parts) {
    json.set(part, at)
    at += part.length
  }
  json[bytes] = bracketClose
  return json
}

/**
 * Cuts a stream of encoded rows into batches of about 2,000 rows or 256 kB, whichever comes first, and ends it before a row that
 * would go beyond `maxRows` rows or `maxBytes` bytes.
 */
export function makeRowBatcher(limits: { readonly maxRows: number; readonly maxBytes: number }): RowBatcher {
  let rowsLeft = limits.maxRows
  let bytesLeft = limits.maxBytes
  let cut = false
  let parts: Uint8Array[] = []
  let pendingRows = 0
  let pendingBytes = 0

  const flush = (): EncodedBatch => {
    const batch = { rowCount: pendingRows, json: close(parts, pendingBytes) }
    parts = []
    pendingRows = 0
    pendingBytes = 0
    return batch
  }

  function* add(rows: ChunkRows): Generator<EncodedBatch> {
    let from = 0
    while (from < rows.count && !cut) {
      let to = from
      let bytes = 0
      while (to < rows.count && pendingRows + to - from < batchRows && pendingBytes + bytes < batchBytes) {
        const length = rows.lengthOf(to)
        if (rowsLeft <= 0 || length > bytesLeft) {
          cut = true
          break
        }
        bytes += length
        bytesLeft -= length
        rowsLeft -= 1
        to += 1
      }
      if (to > from) parts.push(rows.copy(from, to))
      pendingRows += to - from
      pendingBytes += bytes
      from = to
      if (pendingRows >= batchRows || pendingBytes >= batchBytes) yield flush()
    }
  }

  return { add, rest: () => (pendingRows > 0 ? flush() : null), truncated: () => cut }
}

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
