import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { problem } from '../../core/problem.ts'

/**
 * A backup is gzip over JSON lines: a header; for each table a line with its columns and one for each row, in an order in which every foreign key
 * finds its row; last the rows by table and the SHA-256 of all lines before, without which a backup is not whole.
 */
export const BackupHeader = z.object({
  floe: z.literal('backup'),
  format: z.literal(1),
  /** The newest migration, by name and time. */
  level: z.object({ tag: z.string(), when: z.number() }),
  created: z.iso.datetime(),
  version: z.string(),
})
export type BackupHeader = z.infer<typeof BackupHeader>

const TableLine = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })
const EndLine = z.object({ end: z.object({ rows: z.record(z.string(), z.number()), sha256: z.string() }) })

/** A part of a backup. `row` is the JSON text of one row, an object by column. */
export type BackupPart =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly row: string }
  | { readonly kind: 'end'; readonly rows: Readonly<Record<string, number>> }

const [rowPrefix, rowSuffix] = ['{"row":', '}']
/** Longer than any row that a store holds: long events are stored in pieces. A line is not read further, however far a file expands. */
const longestLine = 64 * 1_048_576

/** Writes a backup of these parts but the end, which is made here. Resolves to the rows by table. */
export async function writeBackup(
  parts: AsyncIterable<BackupPart>,
  write: (chunk: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const rows: Record<string, number> = {}
  const lines = async function* (): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    const line = (text: string): Buffer => {
      const bytes = Buffer.from(`${text}\n`)
      hash.update(bytes)
      return bytes
    }
    let table = ''
    for await (const part of parts)
      if (part.kind === 'header') yield line(JSON.stringify(part.header))
      else if (part.kind === 'table') {
        table = part.table
        rows[table] = 0
        yield line(JSON.stringify({ table, columns: part.columns }))
      } else if (part.kind === 'row') {
        rows[table] = (rows[table] ?? 0) + 1
        yield line(`${rowPrefix}${part.row}${rowSuffix}`)
      }
    yield Buffer.from(`${JSON.stringify({ end: { rows, sha256: hash.digest('hex') } })}\n`)
  }
  const sink = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) await write(chunk)
  }
  await pipeline(lines(), createGzip(), sink, { signal })
  return rows
}

/** Reads a backup to its end, part by part. Throws `bad_request` as soon as it is seen not to be a whole one. */
export async function* readBackup(content: AsyncIterable<Uint8Array>): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256')
  const counts: Record<string, number> = {}
  let table: string | null = null
  let isAtStart = true
  let isWhole = false
  for await (const line of readLines(content)) {
    if (isWhole) throw damaged('something follows its end')
    const text = line.toString('utf8')
    if (isAtStart) {
      isAtStart = false
      yield { kind: 'header', header: readHeader(text) }
    } else if (text.startsWith(rowPrefix) && text.endsWith(rowSuffix) && table !== null) {
      counts[table] = (counts[table] ?? 0) + 1
      yield { kind: 'row', row: text.slice(rowPrefix.length, -rowSuffix.length) }
    } else if (text.startsWith('{"table":')) {
      const begun = readAs(TableLine, text)
      if (counts[begun.table] !== undefined) throw damaged(`the table ${begun.table} comes twice`)
      table = begun.table
      counts[table] = 0
      yield { kind: 'table', ...begun }
    } else {
      const { rows, sha256 } = readAs(EndLine, text).end
      if (sha256 !== hash.digest('hex')) throw damaged('its content is not what was written')
      if (!isSame(rows, counts)) throw damaged('rows are missing')
      isWhole = true
      yield { kind: 'end', rows }
    }
    if (!isWhole) hash.update(line).update('\n')
  }
  if (isAtStart) throw notBackup()
  if (!isWhole) throw damaged('its end is missing')
}

const isSame = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, count]) => other[name] === count)

function readHeader(text: string): BackupHeader {
  const parsed = BackupHeader.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const later = z.object({ floe: z.literal('backup'), format: z.number().min(2) }).safeParse(parseJson(text))
  throw later.success ? newerBackup() : notBackup()
}

function readAs<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw damaged('a line is none of a backup')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema then refuses it.
    return null
  }
}

/** The lines of gzipped text, each without its line break; what follows the last break is a line that was cut. */
async function* readLines(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  let length = 0
  let hasLine = false
  try {
    for await (const chunk of unzip(content)) {
      let from = 0
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...begun, chunk.subarray(from, at)])
        hasLine = true
        begun = []
        length = 0
        from = at + 1
      }
      begun.push(chunk.subarray(from))
      length += chunk.length - from
      if (length > longestLine) throw hasLine ? damaged('a line does not end') : notBackup()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('Z_')) throw error
    throw hasLine || code === 'Z_BUF_ERROR' ? damaged('it is cut or changed') : notBackup()
  }
  if (length > 0) throw hasLine ? damaged('its last line is cut') : notBackup()
}

async function* unzip(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const feeding = pipeline(content, gunzip)
  // The loop below meets the same failure.
  feeding.catch(() => undefined)
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } finally {
    gunzip.destroy()
  }
  await feeding
}

export const damaged = (why: string) =>
  problem('bad_request', `The backup is damaged: ${why}.`, 'Take another one; nothing was changed.')

export const newerBackup = () =>
  problem(
    'bad_request',
    'The backup was made by a newer Floe than this one.',
    'Restore it with that version or a newer one; nothing was changed.',
  )

const notBackup = () =>
  problem('bad_request', 'This is no backup of Floe.', 'Name a file that floe admin backup has written.')
