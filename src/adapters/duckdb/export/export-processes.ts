import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../../contract/problem.ts'
import type { ExportOptions } from '../../../core/ports/exporter.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { childEnvironment } from '../../processes/child-environment.ts'
import { tellWords } from '../../processes/child-words.ts'
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

type RunOptions = Pick<ExportOptions, 'timeoutMs' | 'signal' | 'onProgress'>

/**
 * Processes that write files, one for each file. One more may wait for the next file, its modules loaded and its engine made, which is most
 * of what a small file takes; it knows nothing yet of any database, person or folder.
 */
export interface ExportProcesses {
  /** Does a job in a process of its own; settles once that process is gone. Returns the number of rows. */
  run(job: ExportJob, options: RunOptions): Promise<number>
  /** Has a process wait for the next job soon, unless one waits. It ends when no job comes for some minutes. */
  prepare(): void
  /** Ends the process that waits. Those that work end with their jobs. */
  close(): Promise<void>
}

/** A process that waits ends after this long without a job, which frees its memory. */
const idleMs = 3 * 60_000
/** What has just ended is told to its reader before a process is started for what may come next; a command has ended by then. */
const prepareAfterMs = 100

export function makeExportProcesses(): ExportProcesses {
  let waiting: ChildProcess | null = null
  let preparing: NodeJS.Timeout | null = null
  let ending: NodeJS.Timeout | undefined
  let closed = false

  const forget = (child: ChildProcess): void => {
    if (waiting !== child) return
    waiting = null
    clearTimeout(ending)
  }
  const startWaiting = (): void => {
    preparing = null
    if (waiting !== null) return
    const child = startChild()
    waiting = child
    child.once('exit', () => forget(child))
    child.once('error', () => forget(child))
    // It must not keep a command from ending.
    child.unref()
    child.channel?.unref()
    ending = setTimeout(() => child.kill('SIGKILL'), idleMs).unref()
  }
  const prepare = (): void => {
    if (!closed && waiting === null) preparing ??= setTimeout(startWaiting, prepareAfterMs).unref()
  }
  const take = (): ChildProcess => {
    const child = waiting
    if (child?.connected !== true) return startChild()
    forget(child)
    child.ref()
    child.channel?.ref()
    return child
  }
  return {
    run: async (job, options) => {
      // A stop that came before is not told to those who begin to listen after it.
      options.signal.throwIfAborted()
      try {
        return await runJob(take(), job, options)
      } finally {
        prepare()
      }
    },
    prepare,
    close: async () => {
      closed = true
      if (preparing !== null) clearTimeout(preparing)
      const child = waiting
      if (child === null) return
      forget(child)
      const gone = endOf(child)
      child.ref()
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Starts a process without our environment, which dies with us. It leaves the processor to those who wait for answers. */
function startChild(): ChildProcess {
  const child = fork(fileURLToPath(siblingModule('export-child', import.meta.url)), [], {
    serialization: 'advanced',
    // Only bytes pass through: a small young generation keeps memory flat.
    execArgv: ['--max-semi-space-size=1'],
    // By default the threshold rises to the size of the largest block that was freed, and blocks below it stay in a heap that has gaps.
    env: childEnvironment({ MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  return tellWords(child, 'export')
}

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((ended) => {
    if (child.exitCode !== null || child.signalCode !== null) ended()
    child.once('close', () => ended())
    child.once('error', () => ended())
  })

async function runJob(child: ChildProcess, job: ExportJob, options: RunOptions): Promise<number> {
  const { timeoutMs, signal, onProgress } = options
  const { promise, resolve, reject } = Promise.withResolvers<ExportAnswer>()
  const gone = endOf(child)
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
  child.once('error', ({ message }) => reject(died(message)))
  child.once('exit', (code, reason) => reject(died(reason ?? `code ${code}`)))
  signal.addEventListener('abort', abort, { once: true })
  try {
    // One that could not be started has no channel; its error comes by itself.
    if (child.connected) child.send(job)
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
export const lookMs = 200

/** The length of the files of a folder; what is spilled for a while lies deeper and does not count. */
export const writtenBytes = (folder: string): number =>
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
