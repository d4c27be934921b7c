import { fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../contract/problem.ts'
import type { RowStream, RunOptions } from '../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { childEnvironment } from '../processes/child-environment.ts'
import { tellWords } from '../processes/child-words.ts'
import { type ChildLink, linkChild } from '../processes/child-link.ts'
import { openRequest, streamRows } from '../processes/child-request.ts'
import { siblingModule } from '../processes/sibling-module.ts'
import { makeSupervisedChild } from '../processes/supervised-child.ts'
import type { Answer, ToChild } from './child-protocol.ts'
import { outOfTime } from './engine/duckdb-problem.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

export type Question =
  { readonly kind: 'catalog'; readonly budgetMs: number } | { readonly kind: 'compile'; readonly sql: string }

/** A DuckDB process, started when first needed, started again after it died, ended when idle. */
export interface DuckdbProcess {
  /** A question that takes longer than `timeoutMs` ends the process. */
  ask(question: Question, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Answer>
  /** Runs DuckDB text. Resolves once the columns are known; calls `finished` once the process is done with it. Throws `EngineEnded`. */
  run(sql: string, options: RunOptions, finished?: () => void): Promise<RowStream>
  /** The id of the process that runs now; null when none does. */
  pid(): number | null
  /** Ends the process; whatever still runs fails. */
  close(): Promise<void>
}

/** An engine that has not let go of a cancelled or overdue request after this long is killed. */
const graceMs = 1_000

export interface ProcessOptions {
  /** The process ends after this long without a request, which frees its memory. */
  readonly idleMs: number
  /** Told when the process ended on its own. */
  readonly onFault: (error: unknown) => void
  /** Told of a process that has started, with what resolves at its end. */
  readonly onStart?: (gone: Promise<unknown>) => void
}

export function makeDuckdbProcess(settings: EngineSettings, options: ProcessOptions): DuckdbProcess {
  const { idleMs, onFault, onStart } = options
  const engine = makeSupervisedChild<ToChild, Answer>({
    async start() {
      const link = await startChild(settings)
      onStart?.(link.gone)
      return link
    },
    stop: (link) => link.kill(),
    idleMs,
    onDeath: (reason) => onFault(new Error(`The engine over ${settings.database.path} ended: ${reason}`)),
  })
  const timed = (timeoutMs: number) => ({
    timeoutMs,
    graceMs,
    timed: 'all' as const,
    lost: (overdue: boolean) => (overdue ? outOfTime(timeoutMs) : new EngineEnded(died())),
  })

  return {
    async ask(question, { timeoutMs, signal }) {
      signal.throwIfAborted()
      return engine.request(async (link, id, finish) => {
        const message: ToChild = { ...question, id }
        const outcome = await openRequest(link, message, { signal, ...timed(timeoutMs) }).outcome
        finish()
        if (outcome.kind !== 'answer') throw new Error('A question was answered by rows.')
        return outcome.answer
      })
    },
    async run(sql, { maxRows, maxBytes, timeoutMs, signal }, free) {
      signal.throwIfAborted()
      return engine.request((link, id, finish) => {
        const finished = (): void => {
          finish()
          free?.()
        }
        const message: ToChild = { kind: 'run', id, sql, maxRows, maxBytes, timeoutMs }
        return streamRows(link, message, { signal, finished, ...timed(timeoutMs) })
      })
    },
    pid: () => engine.pid(),
    close: () => engine.close(),
  }
}

/** The process ended while it worked on a query, which need not be that query's fault. */
export class EngineEnded extends ProblemError {}

const died = (): Problem =>
  problem(
    'warehouse_failed',
    'The local database engine ended while it worked on this query.',
    'Run the query again: the engine has been started anew. If it ends again, ask for less at once.',
  ).problem

/** DuckDB waits on these threads, one for each query that runs or is being prepared. */
const threadPoolSize = 24

/**
 * Starts a DuckDB process and waits until its database is open. It gets no environment of ours, and it dies with us.
 * Throws `warehouse_unreachable`.
 */
export function startChild(settings: EngineSettings): Promise<ChildLink<ToChild, Answer>> {
  const child = fork(fileURLToPath(siblingModule('duckdb-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=4'],
    env: childEnvironment({ UV_THREADPOOL_SIZE: String(threadPoolSize), MALLOC_ARENA_MAX: '2' }),
    // The engine may print to its standard output, which belongs to the command line's answers.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  tellWords(child, 'duckdb')
  // Set from here at once: starting costs processor time too, and heavy queries may end one engine after another.
  if (settings.background === true && child.pid !== undefined)
    setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  return linkChild({ child, opening: { kind: 'open', settings }, unopened: unreachable })
}

const unreachable = (reason: string): Error =>
  problem(
    'warehouse_unreachable',
    'The local database engine could not open its database.',
    'Look at the details; deleting the file makes Floe build it anew.',
    { details: [reason] },
  )
