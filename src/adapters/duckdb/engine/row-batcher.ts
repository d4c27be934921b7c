import type { ChunkRows } from './read-rows.ts'

/** The rows and bytes after which a batch goes out. */
const batchRows = 2_048
const batchBytes = 256 * 1024

/** Some rows as the bytes of a JSON array of arrays. */
export interface EncodedBatch {
  readonly rowCount: number
  readonly json: Uint8Array
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
 * Cuts a stream of encoded rows into batches of about 2,000 rows or 256 kB, whichever comes first, and ends it after `maxRows`
 * rows or once `maxBytes` bytes were taken; a row beyond either proves that rows were left out.
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
        if (rowsLeft <= 0 || bytesLeft <= 0) {
          cut = true
          break
        }
        const length = rows.lengthOf(to)
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
