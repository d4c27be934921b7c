import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { KeptResult, NewResult, ResultFiles } from '../../../core/ports/result-files.ts'
import type { RowBatch } from '../../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { untilAborted } from '../../../core/until-aborted.ts'
import { processFolderName, sweepProcessFolders } from '../../processes/process-folders.ts'
import { tellsFullDisk } from '../engine/duckdb-problem.ts'
import { makeFileWriter } from '../export/duckdb-exporter.ts'
import type { ExportProcesses } from '../export/export-processes.ts'
import { makeResultProcess, type ResultProcess, settingsOf } from './result-process.ts'

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
  process: ResultProcess | null
  /** Requests that the process works on. */
  busy: number
  /** Askers that wait for the making. */
  waiting: number
  bytes: number
  /** Null while it is being made. */
  madeAt: number | null
}

const unmade = { process: null, busy: 0, waiting: 0, bytes: 0, madeAt: null }

type MakeResult = (signal: AbortSignal) => Promise<NewResult>

/** A result is made again after this long. */
const maxAgeMs = 24 * 3_600_000
const makingTimeoutMs = 60 * 60_000
const readingTimeoutMs = 60_000
/** Processes over results that may be awake at once beside those that work. */
const awakeAtOnce = 6

/** Keeps results as DuckDB files, one in a folder of its own, read by a process of its own. What a process that is gone left behind is removed. */
export function makeResultFiles(needs: ResultFilesNeeds): ResultFiles {
  const { root, maxBytes, now } = needs
  /** In the order of their last use. */
  const entries = new Map<string, Entry>()
  let swept: Promise<void> | null = null

  const remove = async (key: string, entry: Entry, reason: unknown = dropped()): Promise<void> => {
    if (entries.get(key) === entry) entries.delete(key)
    entry.stopping.abort(reason)
    await entry.making.catch(() => undefined)
    await entry.process?.close()
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
      const rowCount = await build(needs, folder, result, signal)
      entry.bytes = (await stat(settingsOf(folder).database.path)).size
      if (entry.bytes > maxBytes) throw tooLarge(maxBytes)
      signal.throwIfAborted()
      entry.madeAt = now()
      needs.exporting.prepare()
      await makeRoom()
      return present(needs, entry, { result, rowCount, beforeUse: () => letSleep(entries.values(), needs.onFault) })
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
    },
  }
}

/** Ends the processes that nobody has asked for longest, so that few are awake. */
function letSleep(entries: Iterable<Entry>, onFault: (error: unknown) => void): void {
  const idle = [...entries].filter(({ process, busy }) => process !== null && busy === 0)
  for (const entry of idle.slice(0, Math.max(0, idle.length - awakeAtOnce))) {
    entry.process?.close().catch(onFault)
    entry.process = null
  }
}

function present(
  { onFault, exporting, exports: root }: ResultFilesNeeds,
  entry: Entry,
  {
    result,
    rowCount,
    beforeUse,
  }: { readonly result: NewResult; readonly rowCount: number; readonly beforeUse: () => void },
): KeptResult {
  const { columns, readAt } = result
  const ask: ResultProcess['ask'] = async (request, options) => {
    beforeUse()
    const process = (entry.process ??= makeResultProcess(entry.folder, columns, onFault))
    entry.busy += 1
    try {
      return await process.ask(request, options)
    } finally {
      entry.busy -= 1
    }
  }
  const within = (signal: AbortSignal) => ({ timeoutMs: readingTimeoutMs, signal })
  const write = makeFileWriter({ settings: settingsOf(entry.folder), exporting, root })
  return {
    columns,
    allRows: rowCount,
    isWhole: result.isWhole(),
    readAt,
    window: async (view, range, signal) => {
      const { json, viewRows } = await ask<'window'>({ kind: 'window', view, ...range }, within(signal))
      return { rowsJson: new TextDecoder().decode(json), viewRows }
    },
    summary: async (view, order, signal) =>
      (await ask<'summary'>({ kind: 'summary', view, order }, within(signal))).summary,
    export: async (view, positions, options) => {
      const { sql } = await ask<'sql'>({ kind: 'sql', view, positions }, within(options.signal))
      return await write(sql, options)
    },
  }
}

/** Has a process write the database of a result into a new folder. Returns the number of rows. */
async function build(
  { maxBytes, onFault }: ResultFilesNeeds,
  folder: string,
  { columns, rows }: NewResult,
  signal: AbortSignal,
): Promise<number> {
  const path = join(folder, 'rows')
  let longestBytes = 0
  if (rows.kind === 'parquet') await rows.file.saveAs(path)
  else longestBytes = await writeLines(rows.batches, path, { maxBytes: maxBytes * writtenPerKept, signal })
  const source = rows.kind === 'parquet' ? { kind: rows.kind, path } : { kind: 'lines' as const, path, longestBytes }
  const process = makeResultProcess(folder, columns, onFault)
  try {
    const made = await process.ask<'make'>({ kind: 'make', columns, source }, { timeoutMs: makingTimeoutMs, signal })
    return made.rowCount
  } finally {
    await process.close()
    await rm(path, { force: true })
    await chmod(settingsOf(folder).database.path, 0o600).catch(() => undefined)
  }
}

/** A database takes less than the text of its rows: more text than this many times its room cannot fit. */
const writtenPerKept = 8

/** Writes batches of rows, one a line. Returns the length of the longest line. */
async function writeLines(
  batches: AsyncIterable<RowBatch>,
  path: string,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<number> {
  let [longest, written] = [0, 0]
  const lines = async function* (): AsyncGenerator<string> {
    for await (const { rowsJson } of batches) {
      const bytes = Buffer.byteLength(rowsJson)
      longest = Math.max(longest, bytes)
      written += bytes
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
  return longest
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
