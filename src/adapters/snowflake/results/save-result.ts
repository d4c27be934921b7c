import { type FileHandle, open } from 'node:fs/promises'
import type { RowsFile, SavedRows } from '../../../core/ports/rows-file.ts'
import { problem } from '../../../core/problem.ts'
import { csvHead, jsonEnd, jsonHead, jsonRowsEnd } from '../../../core/results/file-frame.ts'
import type { ChunkSourceNeeds } from './chunk-source.ts'
import { presentColumn } from './result-columns.ts'
import type { ResultHead } from './result-head.ts'
import { fileLayout } from './row-layouts.ts'
import { streamResult } from './stream-result.ts'

interface SaveOptions {
  readonly file: RowsFile
  readonly maxRows: number
  /** As many rows mean that there may be more; null where the result itself tells. */
  readonly isCutAt: number | null
  readonly signal: AbortSignal
}

/**
 * Writes a result into a new file, from Snowflake's bytes to those of the file. Throws what `streamResult` throws, and `warehouse_failed` where
 * the disk is full; a file that is not finished stays for its folder's owner to remove.
 */
export async function saveResult(
  needs: ChunkSourceNeeds,
  head: ResultHead,
  { file, maxRows, isCutAt, signal }: SaveOptions,
): Promise<SavedRows> {
  const columns = head.columns.map(presentColumn)
  const { layout, moments } = fileLayout(head.columns, file.form)
  const output = await open(file.path, 'ax', 0o600)
  let [rowCount, bytes, longestBytes] = [0, 0, 0]
  try {
    await output.appendFile(headOf(file.form, columns))
    const options = { layout, fromRow: 0, maxRows, maxBytes: Number.MAX_SAFE_INTEGER, signal }
    const isShort = await streamResult(needs, head, options, async (rows) => {
      signal.throwIfAborted()
      rowCount += rows.rowCount
      bytes += rows.bytes.length
      longestBytes = Math.max(longestBytes, rows.bytes.length)
      await writeAll(output, rows.bytes)
    })
    const truncated = isShort || rowCount === isCutAt
    await endFile(output, file.form, { rowCount, truncated })
    return { columns, rowCount, bytes, truncated, moments: moments(), longestBytes }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(error) : error
  } finally {
    await output.close()
  }
}

function headOf(form: RowsFile['form'], columns: SavedRows['columns']): string {
  if (form.format === 'fields') return ''
  const names = columns.map(({ name }) => name)
  return form.format === 'csv' ? csvHead(names, form) : jsonHead(columns, form.format)
}

async function endFile(
  output: FileHandle,
  { format }: RowsFile['form'],
  end: Pick<SavedRows, 'rowCount' | 'truncated'>,
): Promise<void> {
  if (format === 'ndjson') await output.appendFile(jsonEnd(end, format))
  if (format !== 'json') return
  const { size } = await output.stat()
  // The comma and the line's end behind the last row.
  if (end.rowCount > 0) await output.truncate(size - 2)
  await output.appendFile(jsonRowsEnd + jsonEnd(end, format))
}

/** A write may take a part of the bytes only. */
async function writeAll(output: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    const { bytesWritten } = await output.write(bytes, from)
    from += bytesWritten
  }
}

const diskFull = (cause: unknown): Error =>
  problem(
    'warehouse_failed',
    'The disk of the server has no room for the file.',
    'Ask for fewer rows or columns, or ask the operator for room.',
    { cause },
  )
