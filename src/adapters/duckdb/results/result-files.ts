import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { KeptResult, NewResult, ResultFiles, ResultRows } from '../../../core/ports/result-files.ts'
import type { RowBatch } from '../../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { untilAborted } from '../../../core/until-aborted.ts'
import { processFolderName, sweepProcessFolders } from '../../processes/process-folders.ts'
import { tellsFullDisk } from '../engine/duckdb-problem.ts'
import { makeFileWriter } from '../export/duckdb-exporter.ts'
import type { ExportProcesses } from '../export/export-processes.ts'
import type { RequestOf } from './result-process.ts'
import { makeResultProcesses, type ResultProcesses, settingsOf, type SizedPlace } from './result-processes.ts'

interface ResultFilesNeeds {
  /** Where the files are kept. */
  readonly root: string
  /** Where files are written that are taken away. */
  readonly exports: string
  /** What writes them. */
  readonly exporting: ExportProcesses
  /** What all kept results may take together. */
  readonly maxBytes: number
  readonly now: () => number
  readonly onFault: (error: unknown) => void
}

/** A result that is kept or being made. */
interface Entry {
  readonly folder: string
  readonly stopping: AbortController
  readonly making: Promise<KeptResult>
  /** Null until its rows are being written. */
  place: SizedPlace | null
  /** Askers that wait for the making. */
  waiting: number
  bytes: number
  /** Null while it is being made. */
  madeAt: number | null
}

const unmade = { place: null, waiting: 0, bytes: 0, madeAt: null }

type MakeResult = (signal: AbortSignal) => Promise<NewResult>

/** A result is made again after this long. */
const maxAgeMs = 24 * 3_600_000
const makingTimeoutMs = 60 * 60_000
const readingTimeoutMs = 60_000

/** Keeps results as DuckDB files, one in a folder of its own, read by other processes. What a process that is gone left behind is removed. */
export function makeResultFiles(needs: ResultFilesNeeds): ResultFiles {
  const { root, maxBytes, now } = needs
  /** In the order of their last use. */
  const entries = new Map<string, Entry>()
  const processes = makeResultProcesses(needs.onFault)
  let swept: Promise<void> | null = null

  const remove = async (key: string, entry: Entry, reason: unknown = dropped()): Promise<void> => {
    if (entries.get(key) === entry) entries.delete(key)
    entry.stopping.abort(reason)
    await entry.making.catch(() => undefined)
    if (entry.place !== null) await processes.leave(entry.place)
    await rm(entry.folder, { recursive: true, force: true })
  }
  const isOver = ({ madeAt }: Entry): boolean => madeAt !== null && now() - madeAt > maxAgeMs
  /** Removes what is too old, and then what was used longest ago until the rest fits. */
  const makeRoom = async (): Promise<void> => {
    let bytes = 0
    for (const [key, entry] of [...entries].toReversed()) {
      bytes += entry.bytes
      if (entry.madeAt !== null && (isOver(entry) || bytes > maxBytes)) await remove(key, entry)
    }
  }
  const finish = async (key: string, entry: Entry, make: MakeResult): Promise<KeptResult> => {
    const { folder, stopping } = entry
    const { signal } = stopping
    try {
      swept ??= sweepProcessFolders(root, 2 * maxAgeMs)
      await swept
      // Before there is anything to keep, which nobody would remove if this failed.
      await mkdir(folder, { mode: 0o700 })
      const result = await make(signal)
      const source = await stage(result.rows, join(folder, 'rows'), { maxBytes: maxBytes * writtenPerKept, signal })
      const place = { folder, columns: result.columns, isSmall: isSmall(source, result.columns.length) }
      entry.place = place
      const rowCount = await build(processes, place, source, signal)
      entry.bytes = (await stat(settingsOf(folder).database.path)).size
      if (entry.bytes > maxBytes) throw tooLarge(maxBytes)
      signal.throwIfAborted()
      entry.madeAt = now()
      needs.exporting.prepare()
      await makeRoom()
      return present(needs, processes, { place, result, rowCount })
    } catch (error) {
      if (entries.get(key) === entry) entries.delete(key)
      await rm(folder, { recursive: true, force: true })
      throw isDiskFull(error) ? noRoom(error) : error
    }
  }
  const begin = (key: string, make: MakeResult): Entry => {
    const { promise: making, resolve } = Promise.withResolvers<KeptResult>()
    const folder = join(root, processFolderName())
    const entry = { folder, stopping: new AbortController(), making, ...unmade }
    entries.set(key, entry)
    resolve(finish(key, entry, make))
    making.catch(() => undefined)
    return entry
  }
  /** Puts it behind those whose use is longer ago. */
  const use = (key: string, entry: Entry): void => {
    entries.delete(key)
    entries.set(key, entry)
  }
  return {
    open: async (key, make, signal) => {
      signal.throwIfAborted()
      const known = entries.get(key)
      if (known !== undefined && isOver(known)) await remove(key, known)
      const entry = entries.get(key) ?? begin(key, make)
      use(key, entry)
      entry.waiting += 1
      try {
        return await untilAborted(entry.making, signal)
      } finally {
        entry.waiting -= 1
        if (entry.waiting === 0 && entry.madeAt === null) remove(key, entry, signal.reason).catch(needs.onFault)
      }
    },
    find: async (key) => {
      const entry = entries.get(key)
      if (entry === undefined || entry.madeAt === null || isOver(entry)) return null
      use(key, entry)
      return await entry.making
    },
    keys: () => [...entries.keys()],
    drop: async (key) => {
      const entry = entries.get(key)
      if (entry !== undefined) await remove(key, entry)
    },
    sweep: async () => {
      await makeRoom()
      await sweepProcessFolders(root, 2 * maxAgeMs)
    },
    close: async () => {
      await Promise.all([...entries].map(([key, entry]) => remove(key, entry)))
      await processes.close()
    },
  }
}

function present(
  { exporting, exports: root }: ResultFilesNeeds,
  processes: ResultProcesses,
  { place, result, rowCount }: { readonly place: SizedPlace; readonly result: NewResult; readonly rowCount: number },
): KeptResult {
  const { columns, readAt } = result
  const within = (signal: AbortSignal) => ({ timeoutMs: readingTimeoutMs, signal })
  const write = makeFileWriter({ settings: settingsOf(place.folder), exporting, root })
  return {
    columns,
    allRows: rowCount,
    isWhole: result.isWhole(),
    readAt,
    window: async (view, range, signal) => {
      const asked = { kind: 'window', view, ...range } as const
      const { json, viewRows } = await processes.ask<'window'>(place, asked, within(signal))
      return { rowsJson: new TextDecoder().decode(json), viewRows }
    },
    summary: async (view, order, signal) =>
      (await processes.ask<'summary'>(place, { kind: 'summary', view, order }, within(signal))).summary,
    export: async (view, positions, options) => {
      const { sql } = await processes.ask<'sql'>(place, { kind: 'sql', view, positions }, within(options.signal))
      return await write(sql, options)
    },
  }
}

/** Rows in a file, about to become a database. */
type Staged = RequestOf<'make'>['source'] & { readonly bytes: number; readonly rowCount: number }

/** Writes rows where a process can read them. */
async function stage(rows: ResultRows, path: string, within: WritingLimits): Promise<Staged> {
  if (rows.kind === 'batches') return { kind: 'lines', path, ...(await writeLines(rows.batches, path, within)) }
  const { bytes, rowCount } = rows.file
  await rows.file.saveAs(path)
  return { kind: 'parquet', path, bytes, rowCount }
}

const smallBytes = 4 * 1_048_576
const smallCells = 500_000
const smallColumns = 256

/** Whether making and reading a result takes little time and memory. A Parquet file may hold much in few bytes. */
const isSmall = ({ bytes, rowCount }: Staged, columns: number): boolean =>
  bytes <= smallBytes && columns <= smallColumns && rowCount * columns <= smallCells

/** Has a process write the database of a result from its staged rows. Returns the number of rows. */
async function build(
  processes: ResultProcesses,
  place: SizedPlace,
  source: Staged,
  signal: AbortSignal,
): Promise<number> {
  try {
    const made = await processes.ask<'make'>(place, { kind: 'make', source }, { timeoutMs: makingTimeoutMs, signal })
    return made.rowCount
  } finally {
    // Making takes more memory than reading.
    await processes.leave(place)
    await rm(source.path, { force: true })
    await chmod(settingsOf(place.folder).database.path, 0o600).catch(() => undefined)
  }
}

/** A database takes less than the text of its rows: more text than this many times its room cannot fit. */
const writtenPerKept = 8

interface WritingLimits {
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** Writes batches of rows, one a line. */
async function writeLines(
  batches: AsyncIterable<RowBatch>,
  path: string,
  { maxBytes, signal }: WritingLimits,
): Promise<{ readonly longestBytes: number; readonly bytes: number; readonly rowCount: number }> {
  let [longestBytes, written, rows] = [0, 0, 0]
  const lines = async function* (): AsyncGenerator<string> {
    for await (const { rowsJson, rowCount } of batches) {
      const bytes = Buffer.byteLength(rowsJson)
      longestBytes = Math.max(longestBytes, bytes)
      written += bytes
      rows += rowCount
      if (written > maxBytes) throw tooLarge(maxBytes)
      yield `${rowsJson}\n`
    }
  }
  try {
    await pipeline(lines, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
  return { longestBytes, bytes: written, rowCount: rows }
}

const isDiskFull = (error: unknown): boolean => {
  const texts = error instanceof ProblemError ? error.problem.details : [String(error)]
  return texts?.some((text) => tellsFullDisk(text) || text.includes('max_temp_directory_size')) === true
}

const noRoom = (cause: unknown): ProblemError =>
  problem(
    'warehouse_failed',
    'The disk of the server is full, so the whole result cannot be kept there.',
    'Ask for fewer rows, or ask the operator to make room.',
    { cause },
  )

const tooLarge = (bytes: number): ProblemError =>
  problem(
    'query_too_large',
    `The whole result is larger than the ${bytesInWords(bytes)} that the server keeps of results.`,
    'Ask for fewer rows or columns, or export it. An operator may raise the limit.',
  )

const dropped = (): ProblemError =>
  problem('interrupted', 'The result was removed from the server while it was being read.', 'Read it again.')
