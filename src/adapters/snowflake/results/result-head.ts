import { readQueryId } from '../session/statement.ts'
import type { WireAnswer } from '../session/session.ts'
import { SnowflakeFailure } from '../session/snowflake-failure.ts'

/** A column as Snowflake's answer describes it. */
export interface WireColumn {
  readonly name: string
  /** `fixed`, `real`, `text`, `date`, `timestamp_ntz`, … */
  readonly type: string
  readonly precision: number | null
  readonly scale: number | null
  readonly length: number | null
}

/** A chunk of a result in storage: gzipped rows joined by commas, without brackets around them. */
interface WireChunk {
  readonly url: string
  readonly rowCount: number
}

/** A result as the answer of a statement describes it: its first rows, and the addresses of the others. */
export interface ResultHead {
  readonly queryId: string
  readonly columns: readonly WireColumn[]
  /** The first rows, every cell a text or null. */
  readonly rowset: readonly (readonly (string | null)[])[]
  readonly chunks: readonly WireChunk[]
  /** Sent along with every fetch of a chunk. */
  readonly chunkHeaders: Readonly<Record<string, string>>
  /** Rows altogether. */
  readonly total: number
}

/** Reads the head of a result. Throws `SnowflakeFailure` when the answer is none. */
export function readResultHead(answer: WireAnswer): ResultHead {
  const { rowtype, rowset, chunks, total } = answer.data
  const queryId = readQueryId(answer)
  const isWhole = isObjects(rowtype) && (isObjects(chunks) || (Array.isArray(rowset) && (chunks ?? null) === null))
  if (queryId === null || !isWhole)
    throw new SnowflakeFailure({ during: 'result', code: 'garbage', words: '', sqlState: null, queryId })
  const first = (Array.isArray(rowset) ? rowset : []) as ResultHead['rowset']
  const rest = (Array.isArray(chunks) ? chunks : []).map(readChunk)
  const counted = rest.reduce((sum, chunk) => sum + chunk.rowCount, first.length)
  if (typeof total === 'number' && total !== counted)
    throw incomplete(queryId, `${counted} of ${total} rows were announced`)
  return {
    queryId,
    columns: rowtype.map(readColumn),
    rowset: first,
    chunks: rest,
    chunkHeaders: readHeaders(answer.data),
    total: counted,
  }
}

const isObjects = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)

export const incomplete = (queryId: string, words: string): SnowflakeFailure =>
  new SnowflakeFailure({ during: 'result', code: 'incomplete', words, sqlState: null, queryId })

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function readColumn(value: unknown): WireColumn {
  const { name, type, precision, scale, length } = value as Readonly<Record<string, unknown>>
  return {
    name: typeof name === 'string' ? name : '',
    type: typeof type === 'string' ? type.toLowerCase() : 'text',
    precision: numberOrNull(precision),
    scale: numberOrNull(scale),
    length: numberOrNull(length),
  }
}

function readChunk(value: unknown): WireChunk {
  const { url, rowCount } = value as Readonly<Record<string, unknown>>
  return { url: typeof url === 'string' ? url : '', rowCount: typeof rowCount === 'number' ? rowCount : 0 }
}

/** Reads the headers for fetching chunks, which an answer gives as such or as an encryption key for S3. */
function readHeaders({ chunkHeaders, qrmk }: WireAnswer['data']): Readonly<Record<string, string>> {
  if (typeof chunkHeaders === 'object' && chunkHeaders !== null) {
    const entries = Object.entries(chunkHeaders as Readonly<Record<string, unknown>>)
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
  }
  if (typeof qrmk !== 'string' || qrmk === '') return {}
  return {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key': qrmk,
  }
}
