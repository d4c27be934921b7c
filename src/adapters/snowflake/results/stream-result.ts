import { createGunzip, gunzipSync } from 'node:zlib'
import type { HttpAnswer } from '../../http-client/http-client.ts'
import { SnowflakeFailure } from '../session/snowflake-failure.ts'
import type { SmallResult } from '../snowflake-link.ts'
import { type ChunkSourceNeeds, readChunks } from './chunk-source.ts'
import { incomplete, type ResultHead } from './result-head.ts'
import { MalformedRows } from './row-cursor.ts'
import { type EncodedRows, makeRowEncoder, type RowEncoder, type RowLayout } from './row-encoder.ts'

interface StreamOptions {
  readonly layout: RowLayout
  /** The number of the first row that is wanted. */
  readonly fromRow: number
  readonly maxRows: number
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** The size of the pieces that are decompressed and encoded in turn, which bounds memory. */
const pieceBytes = 256 * 1024

/**
 * Sends the rows of a result in order, at the pace of `send`. Resolves with whether the limits left rows out.
 * Throws `SnowflakeFailure` as soon as a chunk is missing, damaged or too short, so that a partial result never ends as a complete one.
 */
export async function streamResult(
  needs: ChunkSourceNeeds,
  head: ResultHead,
  { layout, fromRow, maxRows, maxBytes, signal }: StreamOptions,
  send: (batch: EncodedRows) => Promise<void>,
): Promise<boolean> {
  const start = startOf(head, fromRow)
  const encoder = makeRowEncoder(layout, { maxRows, maxBytes, skipRows: start.skipRows })
  try {
    if (start.chunk === null) await sendPieces(encoder, [rowsetBytes(head)], head.rowset.length, head, send)
    let index = start.chunk ?? 0
    for await (const { body } of readChunks(needs, head, index, signal)) {
      if (encoder.isFull()) break
      await sendPieces(encoder, isGzip(body) ? unpack(body) : [body], head.chunks[index++]?.rowCount ?? 0, head, send)
    }
  } catch (error) {
    throw isDamage(error) ? corrupt(head.queryId) : error
  }
  return fromRow + encoder.rows() < head.total
}

/** The first chunk that holds wanted rows, or null for the rows that came with the answer. */
function startOf({ rowset, chunks }: ResultHead, fromRow: number) {
  if (fromRow < rowset.length || fromRow === 0) return { chunk: null, skipRows: fromRow }
  let skipRows = fromRow - rowset.length
  let chunk = 0
  for (const { rowCount } of chunks) {
    if (skipRows < rowCount) break
    skipRows -= rowCount
    chunk += 1
  }
  return { chunk, skipRows }
}

const rowsetBytes = ({ rowset }: ResultHead): Uint8Array => Buffer.from(JSON.stringify(rowset)).subarray(1, -1)

const unpack = (body: Buffer): AsyncIterable<Uint8Array> => {
  const gunzip = createGunzip({ chunkSize: pieceBytes })
  gunzip.end(body)
  return gunzip
}

async function sendPieces(
  encoder: RowEncoder,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  expectedRows: number,
  { queryId }: ResultHead,
  send: (batch: EncodedRows) => Promise<void>,
): Promise<void> {
  for await (const piece of pieces) {
    encoder.push(piece)
    for (let batch = encoder.take(); batch !== null; batch = encoder.take()) await send(batch)
    if (encoder.isFull()) break
  }
  const isWhole = !encoder.isFull()
  const rows = encoder.endChunk()
  const rest = encoder.rest()
  if (isWhole && rows !== expectedRows) throw incomplete(queryId, `${rows} of ${expectedRows} rows came`)
  if (rest !== null) await send(rest)
}

const isDamage = (error: unknown): boolean =>
  error instanceof MalformedRows || ((error as { readonly code?: string }).code ?? '').startsWith('Z_')

const corrupt = (queryId: string): SnowflakeFailure =>
  new SnowflakeFailure({ during: 'result', code: 'corrupt', words: '', sqlState: null, queryId })

/** Reads a whole result into memory. Throws `SnowflakeFailure` when any part of it is missing. */
export async function readSmall(needs: ChunkSourceNeeds, head: ResultHead, signal: AbortSignal): Promise<SmallResult> {
  const rows = [...head.rowset]
  let index = 0
  for await (const chunk of readChunks(needs, head, 0, signal)) {
    const found = parseChunk(chunk, head.queryId)
    const expected = head.chunks[index++]?.rowCount
    if (found.length !== expected) throw incomplete(head.queryId, `${found.length} of ${expected} rows came`)
    for (const row of found) rows.push(row)
  }
  return { queryId: head.queryId, columns: head.columns.map((column) => column.name), rows }
}

/** Whether a body is gzipped; storage services do not always say so in a header. */
const isGzip = (body: Uint8Array): boolean => body[0] === 0x1f && body[1] === 0x8b

function parseChunk({ body }: HttpAnswer, queryId: string): ResultHead['rowset'] {
  try {
    const text = (isGzip(body) ? gunzipSync(body) : body).toString('utf8')
    return JSON.parse(`[${text}]`) as ResultHead['rowset']
  } catch (error) {
    throw new SnowflakeFailure({
      during: 'result',
      code: 'corrupt',
      words: error instanceof SyntaxError ? 'it is no JSON' : 'it cannot be unpacked',
      sqlState: null,
      queryId,
    })
  }
}
