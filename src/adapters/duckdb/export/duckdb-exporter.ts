import { createReadStream, createWriteStream, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import type { ExportedFile, Exporter, ExportOptions } from '../../../core/ports/exporter.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { usedStatements } from '../../../dialect/duckdb/prelude.ts'
import { processFolderName, sweepProcessFolders } from '../../processes/process-folders.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'
import type { ExportJob, ExportProcesses } from './export-processes.ts'

interface WriterNeeds {
  readonly settings: EngineSettings
  readonly exporting: Pick<ExportProcesses, 'run'>
  /** Where files are written before they are handed over. */
  readonly root: string
}

interface ExporterNeeds extends WriterNeeds {
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
}

/** Exports what people ask for, by DuckDB's own COPY. */
export function makeDuckdbExporter({ translate, ...needs }: ExporterNeeds): Exporter {
  const write = makeFileWriter(needs)
  return { export: async (sql, options) => await write(await translate(sql), options) }
}

/**
 * Writes what a text in DuckDB's dialect reads, which has to be a query that the guard has passed or one of our own. Each file is written by a
 * process of its own that may write to one new folder only and is killed when it is no longer wanted.
 */
export const makeFileWriter =
  ({ settings, exporting, root }: WriterNeeds) =>
  async (text: string, { form, maxRows, ...run }: ExportOptions): Promise<ExportedFile> => {
    run.signal.throwIfAborted()
    const folder = await makeExportFolder(root)
    const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
    const file = join(folder, `result.${form.format}`)
    try {
      const own = { prelude: usedStatements(settings.prelude, text), writableFolder: folder }
      const job: ExportJob = { settings: { ...settings, ...own }, sql: text, form, maxRows, file }
      return await presentFile(file, await runFrugally(exporting, job, run), discard)
    } catch (error) {
      await discard()
      throw error
    }
  }

/** A written file, whose folder `discard` removes. */
export const presentFile = async (
  file: string,
  rowCount: number,
  discard: ExportedFile['discard'],
): Promise<ExportedFile> => ({
  rowCount,
  bytes: (await stat(file)).size,
  content: readOnce(file, discard),
  read: (from, to) => createReadStream(file, { start: from, end: to - 1, highWaterMark: readAtOnce }),
  saveAs: moving(file, discard),
  discard,
})

const readAtOnce = 1 << 20

const moving =
  (file: string, discard: ExportedFile['discard']): ExportedFile['saveAs'] =>
  async (path) => {
    try {
      await placeFile(file, path)
    } finally {
      await discard()
    }
  }

async function* readOnce(file: string, discard: ExportedFile['discard']): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: readAtOnce })) yield chunk as Uint8Array
  } finally {
    await discard()
  }
}

/**
 * Enough for most exports whatever their length: what is read is dropped again, what is sorted is spilled. Parquet keeps whole groups of rows
 * in memory and takes twice the processor time with less. The cells of workbooks pass through the process one chunk after the other; what the engine
 * has read for them it keeps until it has as much as it may, so that more would only grow with the rows.
 */
const frugalMb = ({ form }: ExportJob): number => (form.format === 'xlsx' ? 32 : 192)

/** Tries with little memory first; only a query that cannot do with it gets all that an engine may have. */
async function runFrugally(
  exporting: Pick<ExportProcesses, 'run'>,
  job: ExportJob,
  options: Omit<ExportOptions, 'form' | 'maxRows'>,
): Promise<number> {
  const memoryLimitMb = frugalMb(job)
  if (job.settings.memoryLimitMb <= memoryLimitMb) return await exporting.run(job, options)
  try {
    return await exporting.run({ ...job, settings: { ...job.settings, memoryLimitMb } }, options)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'query_too_large') throw error
    return await exporting.run(job, options)
  }
}

/** Files of an export are gone after an hour; a folder of another machine is old enough for nobody after a day. */
const foreignAgeMs = 24 * 3_600_000

/** Makes a folder for one export under `root` and removes those that processes which are gone have left behind. */
export async function makeExportFolder(root: string): Promise<string> {
  await sweepExports(root)
  const folder = join(root, processFolderName())
  await mkdir(folder, { mode: 0o700 })
  return folder
}

/** Removes what processes that are gone have left behind under `root`. */
export const sweepExports = (root: string): Promise<void> => sweepProcessFolders(root, foreignAgeMs)

/**
 * Gives a finished file its name, also on another disk; under that name it is whole or not there. Only new names and regular files are
 * replaced, the file behind a link instead of the link. A pipe or a character device such as /dev/null is written into; folders,
 * disks, sockets and links to nothing are refused. Throws `bad_request`.
 */
export async function placeFile(file: string, target: string): Promise<void> {
  try {
    const link = await found(lstat(target))
    const behind = link?.isSymbolicLink() === true ? await found(stat(target)) : link
    if (link !== null && behind === null) throw refused(target, 'is a link to nothing')
    if (behind === null) return await moveTo(file, target)
    if (behind.isFIFO() || behind.isCharacterDevice()) return await writeInto(file, target)
    if (!behind.isFile()) throw refused(target, behind.isDirectory() ? 'is a folder' : 'is a disk or a socket')
    // Links into /proc, as /dev/stdout is one, mean an open file rather than a name.
    if (link?.isSymbolicLink() === true && (await readlink(target)).startsWith('/proc/')) await writeInto(file, target)
    else await moveTo(file, await realpath(target))
  } catch (error) {
    throw unwritten(target, error)
  }
}

async function found(looking: Promise<Stats>): Promise<Stats | null> {
  try {
    return await looking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const writeInto = (file: string, target: string): Promise<void> =>
  pipeline(createReadStream(file), createWriteStream(target, { flags: 'r+' }))

async function moveTo(file: string, target: string): Promise<void> {
  try {
    await rename(file, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyThenName(file, target)
  }
}

async function copyThenName(file: string, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`
  try {
    await copyFile(file, part)
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

const refused = (target: string, why: string): Error => new Error(`${target} ${why}`)

const unwritten = (target: string, cause: unknown): Error =>
  problem(
    'bad_request',
    `The file ${target} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Check the name, the folder and the room on the disk, then run it again.',
    { cause },
  )
