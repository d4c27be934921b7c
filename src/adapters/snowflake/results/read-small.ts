import { gunzipSync } from 'node:zlib'
import type { SmallResult } from '../snowflake-link.ts'
import type { HttpAnswer } from '../../http-client/http-client.ts'
import { type ChunkSourceNeeds, readChunks } from './chunk-source.ts'
import { incomplete, type ResultHead } from './result-head.ts'
import { SnowflakeFailure } from '../session/snowflake-failure.ts'

/** Reads a whole result into memory. Throws `SnowflakeFailure` rather than give a part of it. */
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

/** Whether a body is still compressed: the storage gives some results away with the header and some without. */
export const isGzip = (body: Uint8Array): boolean => body[0] === 0x1f && body[1] === 0x8b

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
