import { fork } from 'node:child_process'
import { createReadStream, createWriteStream, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../../contract/problem.ts'
import type { ReadOnlySql } from '../../../core/guard/read-only-sql.ts'
import type { ExportedFile, Exporter, ExportFormat } from '../../../core/ports/exporter.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { makeFolder } from '../../processes/make-folder.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import { outOfTime } from '../engine/duckdb-problem.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'

/** What an exporting process is told, once. */
export interface ExportJob {
  readonly settings: EngineSettings
  /** DuckDB text, not yet validated. */
  readonly sql: string
  readonly format: ExportFormat
  /** Lies in the one folder that the settings let it write to. */
  readonly file: string
}

export type ExportAnswer =
  { readonly kind: 'done'; readonly rowCount: number } | { readonly kind: 'failed'; readonly problem: Problem }

interface ExporterNeeds {
  readonly settings: EngineSettings
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
  /** Where files are written before they are handed over. */
  readonly root: string
}

/** Exports by DuckDB's own COPY, each in a process of its own that may write to one new folder only and is killed when it is no longer wanted. */
export function makeDuckdbExporter({ settings, translate, root }: ExporterNeeds): Exporter {
  return {
    async export(sql, { format, timeoutMs, signal }) {
      const text = await translate(sql)
      signal.throwIfAborted()
      const folder = await makeExportFolder(root, crypto.randomUUID())
      const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
      const file = join(folder, `result.${format}`)
      try {
        const job: ExportJob = { settings: { ...settings, writableFolder: folder }, sql: text, format, file }
        const rowCount = await runFrugally(job, timeoutMs, signal)
        return {
          rowCount,
          bytes: (await stat(file)).size,
          content: readOnce(file, discard),
          saveAs: moving(file, discard),
          discard,
        }
      } catch (error) {
        await discard()
        throw error
      }
    },
  }
}

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
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) yield chunk as Uint8Array
  } finally {
    await discard()
  }
}

/** Enough for most exports whatever their length: what is read is dropped again, what is sorted is spilled. */
const frugalMb = 96

/** Tries with little memory first; only a query that cannot do with it gets all that an engine may have. */
async function runFrugally(job: ExportJob, timeoutMs: number, signal: AbortSignal): Promise<number> {
  const { memoryLimitMb } = job.settings
  if (memoryLimitMb <= frugalMb) return await runJob(job, timeoutMs, signal)
  try {
    return await runJob({ ...job, settings: { ...job.settings, memoryLimitMb: frugalMb } }, timeoutMs, signal)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'query_too_large') throw error
    return await runJob(job, timeoutMs, signal)
  }
}

/** Does a job in a process of its own; settles once that process is gone. Returns the number of rows. */
async function runJob(job: ExportJob, timeoutMs: number, signal: AbortSignal): Promise<number> {
  const child = fork(fileURLToPath(siblingModule('export-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [],
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
  child.once('message', (answer: ExportAnswer) => resolve(answer))
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
    signal.removeEventListener('abort', abort)
    child.kill('SIGKILL')
    await gone
  }
}

const died = (how: string): Error =>
  problem(
    'warehouse_failed',
    'The local database engine ended while it wrote the file.',
    'Run the export again; if it ends again, ask for less at once.',
    { details: [how] },
  )

/** Makes a folder for one export under `root` and removes those that processes which are gone have left behind. */
export async function makeExportFolder(root: string, id: string): Promise<string> {
  makeFolder(root)
  for (const name of await readdir(root)) {
    if (!isAlive(Number(name.split('-')[0]))) await rm(join(root, name), { recursive: true, force: true })
  }
  const folder = join(root, `${process.pid}-${id}`)
  await mkdir(folder, { mode: 0o700 })
  return folder
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

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
