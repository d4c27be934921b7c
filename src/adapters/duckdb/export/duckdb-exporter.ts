import { fork } from 'node:child_process'
import { createReadStream, createWriteStream, readdirSync, statSync, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../../contract/problem.ts'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import type { ExportedFile, Exporter, ExportOptions } from '../../../core/ports/exporter.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { usedStatements } from '../../../dialect/duckdb/prelude.ts'
import { processFolderName, sweepProcessFolders } from '../../processes/process-folders.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import { outOfTime } from '../engine/duckdb-problem.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'
import type { FileToWrite } from './text-file.ts'

/** What an exporting process is told, once. */
export interface ExportJob extends FileToWrite {
  /** They let it write to the one folder that the file lies in. */
  readonly settings: EngineSettings
  /** DuckDB text, not yet validated. */
  readonly sql: string
}

export type ExportAnswer =
  | { readonly kind: 'done'; readonly rowCount: number }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** Rows written so far, where the rows pass through the process. */
  | { readonly kind: 'progress'; readonly rowCount: number }

interface WriterNeeds {
  readonly settings: EngineSettings
  /** Where files are written before they are handed over. */
  readonly root: string
}

interface ExporterNeeds extends WriterNeeds {
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
}

/** Exports what people ask for, by DuckDB's own COPY. */
export function makeDuckdbExporter({ settings, translate, root }: ExporterNeeds): Exporter {
  const write = makeFileWriter({ settings, root })
  return { export: async (sql, options) => await write(await translate(sql), options) }
}

/**
 * Writes what a text in DuckDB's dialect reads, which has to be a query that the guard has passed or one of our own. Each file is written by a
 * process of its own that may write to one new folder only and is killed when it is no longer wanted.
 */
export const makeFileWriter =
  ({ settings, root }: WriterNeeds) =>
  async (text: string, { form, maxRows, ...run }: ExportOptions): Promise<ExportedFile> => {
    run.signal.throwIfAborted()
    const folder = await makeExportFolder(root)
    const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
    const file = join(folder, `result.${form.format}`)
    try {
      const own = { prelude: usedStatements(settings.prelude, text), writableFolder: folder }
      const job: ExportJob = { settings: { ...settings, ...own }, sql: text, form, maxRows, file }
      const rowCount = await runFrugally(job, run)
      return {
        rowCount,
        bytes: (await stat(file)).size,
        content: readOnce(file, discard),
        read: (from, to) => createReadStream(file, { start: from, end: to - 1, highWaterMark: readAtOnce }),
        saveAs: moving(file, discard),
        discard,
      }
    } catch (error) {
      await discard()
      throw error
    }
  }

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
 * in memory and takes twice the processor time with less; the cells of workbooks pass through the process one chunk after the other.
 */
const frugalMb = ({ form }: ExportJob): number => (form.format === 'xlsx' ? 64 : 192)

type RunOptions = Pick<ExportOptions, 'timeoutMs' | 'signal' | 'onProgress'>

/** Tries with little memory first; only a query that cannot do with it gets all that an engine may have. */
async function runFrugally(job: ExportJob, options: RunOptions): Promise<number> {
  const memoryLimitMb = frugalMb(job)
  if (job.settings.memoryLimitMb <= memoryLimitMb) return await runJob(job, options)
  try {
    return await runJob({ ...job, settings: { ...job.settings, memoryLimitMb } }, options)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'query_too_large') throw error
    return await runJob(job, options)
  }
}

/** Does a job in a process of its own; settles once that process is gone. Returns the number of rows. */
async function runJob(job: ExportJob, { timeoutMs, signal, onProgress }: RunOptions): Promise<number> {
  // A stop that came before is not told to those who begin to listen after it.
  signal.throwIfAborted()
  const child = fork(fileURLToPath(siblingModule('export-child', import.meta.url)), [], {
    serialization: 'advanced',
    // Only bytes pass through: a small young generation keeps memory flat.
    execArgv: ['--max-semi-space-size=1'],
    env: { MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<ExportAnswer>()
  const gone = new Promise<void>((ended) => {
    child.once('close', () => ended())
    child.once('error', () => ended())
  })
  const stop = (reason: unknown): void => {
    reject(reason)
    child.kill('SIGKILL')
  }
  const abort = (): void => stop(signal.reason)
  const watchdog = setTimeout(() => stop(outOfTime(timeoutMs)), timeoutMs)
  let rows: number | null = null
  const looking = onProgress && setInterval(() => onProgress({ bytes: writtenBytes(dirname(job.file)), rows }), lookMs)
  child.on('message', (answer: ExportAnswer) => {
    if (answer.kind === 'progress') rows = answer.rowCount
    else resolve(answer)
  })
  child.once('error', reject)
  child.once('exit', (code, reason) => reject(died(reason ?? `code ${code}`)))
  signal.addEventListener('abort', abort, { once: true })
  try {
    child.send(job)
    const answer = await promise
    if (answer.kind === 'failed') throw new ProblemError(answer.problem)
    return answer.rowCount
  } finally {
    clearTimeout(watchdog)
    clearInterval(looking)
    signal.removeEventListener('abort', abort)
    child.kill('SIGKILL')
    await gone
  }
}

/** How often it is looked how much was written. */
const lookMs = 200

/** The length of the files of a folder; what is spilled for a while lies deeper and does not count. */
const writtenBytes = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)

const died = (how: string): Error =>
  problem(
    'warehouse_failed',
    'The local database engine ended while it wrote the file.',
    'Run the export again; if it ends again, ask for less at once.',
    { details: [how] },
  )

/** Files of an export are gone after an hour; a folder of another machine is old enough for nobody after a day. */
const foreignAgeMs = 24 * 3_600_000

/** Makes a folder for one export under `root` and removes those that processes which are gone have left behind. */
async function makeExportFolder(root: string): Promise<string> {
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
