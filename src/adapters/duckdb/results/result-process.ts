import { fork } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Column } from '../../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../../contract/result-view.ts'
import type { SummaryOrder, WindowRange } from '../../../core/ports/result-files.ts'
import { problem } from '../../../core/problem.ts'
import { childEnvironment } from '../../processes/child-environment.ts'
import { tellWords } from '../../processes/child-words.ts'
import { type ChildControl, linkChild } from '../../processes/child-link.ts'
import { openRequest } from '../../processes/child-request.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import { makeSupervisedChild } from '../../processes/supervised-child.ts'
import { outOfTime } from '../engine/duckdb-problem.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'

/** What a process is asked about a result. `make` comes first, in the process that makes its file. */
export type ResultRequest =
  | {
      readonly kind: 'make'
      readonly columns: readonly Column[]
      readonly source:
        | { readonly kind: 'parquet'; readonly path: string }
        /** Lines of JSON, a batch of rows each. */
        | { readonly kind: 'lines'; readonly path: string; readonly longestBytes: number }
    }
  | ({ readonly kind: 'window'; readonly view: RowsView } & WindowRange)
  | { readonly kind: 'summary'; readonly view: RowsView; readonly order: SummaryOrder }
  /** The statement that reads these columns of a view, or all for null. */
  | { readonly kind: 'sql'; readonly view: RowsView; readonly positions: readonly number[] | null }

export type ResultAnswer =
  | { readonly kind: 'made'; readonly rowCount: number }
  | { readonly kind: 'window'; readonly json: Uint8Array; readonly viewRows: number }
  | { readonly kind: 'summary'; readonly summary: ColumnSummary }
  | { readonly kind: 'sql'; readonly sql: string }

/** What a process of results is told. */
export type ToResultChild =
  | { readonly kind: 'open'; readonly settings: EngineSettings; readonly columns: readonly Column[] }
  | (ResultRequest & { readonly id: number })
  | ChildControl

/** A process over the database file of one result, which may write nowhere but into its folder. Started when first asked, ended when idle. */
export interface ResultProcess {
  ask<K extends ResultRequest['kind']>(
    request: Extract<ResultRequest, { readonly kind: K }>,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Extract<ResultAnswer, { readonly kind: AnswerOf<K> }>>
  close(): Promise<void>
}

type AnswerOf<K extends ResultRequest['kind']> = K extends 'make' ? 'made' : K

const idleMs = 60_000
/** A process that has not stopped an aborted or overdue request after this long is killed. */
const graceMs = 1_000
const gigabyte = 1024 ** 3

export const resultDatabase = 'result'

/** How the database in a result's folder is opened: by whoever looks at it, and by exports of it. */
export const settingsOf = (folder: string): EngineSettings => ({
  database: { name: resultDatabase, path: join(folder, 'result.db') },
  defaultSchema: 'main',
  prelude: [],
  readableFiles: [],
  writableFolder: folder,
  faults: [],
  viewRows: {},
  memoryLimitMb: Math.round(Math.min(gigabyte, Math.max(gigabyte / 4, totalmem() / 8)) / 1024 ** 2),
  threads: Math.min(4, availableParallelism()),
  places: { running: 8, heavyRunning: 3, waiting: 200 },
  isOwnText: true,
})

export function makeResultProcess(
  folder: string,
  columns: readonly Column[],
  onFault: (error: unknown) => void,
): ResultProcess {
  const child = makeSupervisedChild<ToResultChild, ResultAnswer>({
    start: () => startChild({ kind: 'open', settings: settingsOf(folder), columns }),
    stop: (link) => link.kill(),
    idleMs,
    onDeath: (reason) => onFault(new Error(`The process over a kept result ended: ${reason}`)),
  })
  return {
    async ask(request, { timeoutMs, signal }) {
      signal.throwIfAborted()
      return await child.request(async (link, id, finish) => {
        const { outcome } = openRequest(
          link,
          { ...request, id },
          {
            signal,
            timeoutMs,
            graceMs,
            timed: 'all',
            lost: (overdue) => (overdue ? outOfTime(timeoutMs) : died()),
          },
        )
        const ended = await outcome
        finish()
        if (ended.kind !== 'answer') throw new Error('A question was answered by rows.')
        return ended.answer as never
      })
    },
    close: () => child.close(),
  }
}

/** Starts a process without our environment, which dies with us. */
const startChild = (opening: ToResultChild) =>
  linkChild<ToResultChild, ResultAnswer>({
    child: tellWords(
      fork(fileURLToPath(siblingModule('result-child', import.meta.url)), [], {
        serialization: 'advanced',
        execArgv: ['--max-semi-space-size=4'],
        env: childEnvironment({ MALLOC_ARENA_MAX: '2' }),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      }),
      'results',
    ),
    opening,
    unopened: (reason) =>
      problem('warehouse_failed', 'The kept result could not be opened.', 'Try again.', { details: [reason] }),
  })

const died = (): Error =>
  problem(
    'warehouse_failed',
    'The local database engine ended while it worked on this result.',
    'Try again; if it ends again, ask for less at once.',
  )
