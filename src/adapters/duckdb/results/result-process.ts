import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Column } from '../../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../../contract/result-view.ts'
import type { SummaryOrder, WindowRange } from '../../../core/ports/result-files.ts'
import { problem } from '../../../core/problem.ts'
import { childEnvironment } from '../../processes/child-environment.ts'
import { tellWords } from '../../processes/child-words.ts'
import { type ChildControl, type ChildLink, linkChild } from '../../processes/child-link.ts'
import { openRequest } from '../../processes/child-request.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import { makeSupervisedChild } from '../../processes/supervised-child.ts'
import { outOfTime } from '../engine/duckdb-problem.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'

/** What a process is asked about a result. `make` comes first, in the process that makes its file. */
export type ResultRequest =
  | {
      readonly kind: 'make'
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
  | { readonly kind: 'make'; readonly rowCount: number }
  | { readonly kind: 'window'; readonly json: Uint8Array; readonly viewRows: number }
  | { readonly kind: 'summary'; readonly summary: ColumnSummary }
  | { readonly kind: 'sql'; readonly sql: string }

/** A kept result: its folder, which names it, and its declared columns. */
export interface ResultPlace {
  readonly folder: string
  readonly columns: readonly Column[]
}

/** What a process of results is told. */
export type ToResultChild =
  | { readonly kind: 'open'; readonly memoryLimitMb: number; readonly openAtOnce: number }
  /** Which result requests with this folder are about; told before the first of them. */
  | { readonly kind: 'place'; readonly settings: EngineSettings; readonly place: ResultPlace }
  /** Nobody will ask about this result any more. */
  | { readonly kind: 'leave'; readonly folder: string }
  | (ResultRequest & { readonly id: number; readonly folder: string })
  | ChildControl

/** A process over the database files of results, each of which may write nowhere but into its folder. Started when first asked, ended when idle. */
export interface ResultProcess {
  ask<K extends RequestKind>(place: ResultPlace, request: RequestOf<K>, options: AskOptions): Promise<AnswerTo<K>>
  /** Closes the file of a result that goes. */
  leave(folder: string): void
  close(): Promise<void>
}

export interface AskOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type RequestKind = ResultRequest['kind']
export type RequestOf<K extends RequestKind> = Extract<ResultRequest, { readonly kind: K }>
export type AnswerTo<K extends RequestKind> = Extract<ResultAnswer, { readonly kind: K }>

interface ResultProcessNeeds {
  readonly settingsOf: (folder: string) => EngineSettings
  /** In MB: what the engine takes at most; the process ends when it takes some more. */
  readonly memoryLimitMb: number
  /** Results whose files are open at once while nobody asks. */
  readonly openAtOnce: number
  readonly onFault: (error: unknown) => void
}

const idleMs = 60_000
/** A process that has not stopped an aborted or overdue request after this long is killed. */
const graceMs = 1_000

export function makeResultProcess(needs: ResultProcessNeeds): ResultProcess {
  const { settingsOf, memoryLimitMb, openAtOnce, onFault } = needs
  /** The folders that the process of a link has been told of. */
  const told = new WeakMap<ResultLink, Set<string>>()
  let latest: ResultLink | null = null
  const child = makeSupervisedChild<ToResultChild, ResultAnswer>({
    start: async () => (latest = await startChild({ kind: 'open', memoryLimitMb, openAtOnce })),
    stop: (link) => link.kill(),
    idleMs,
    onDeath: (reason) => onFault(new Error(`The process over kept results ended: ${reason}`)),
  })
  const tell = (link: ResultLink, place: ResultPlace): void => {
    const folders = told.get(link) ?? new Set<string>()
    told.set(link, folders)
    if (folders.has(place.folder)) return
    folders.add(place.folder)
    link.send({ kind: 'place', settings: settingsOf(place.folder), place })
  }
  return {
    async ask(place, request, { timeoutMs, signal }) {
      signal.throwIfAborted()
      return await child.request(async (link, id, finish) => {
        tell(link, place)
        const { outcome } = openRequest(
          link,
          { ...request, id, folder: place.folder },
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
    leave: (folder) => {
      if (latest !== null && told.get(latest)?.delete(folder) === true) latest.send({ kind: 'leave', folder })
    },
    close: () => child.close(),
  }
}

type ResultLink = ChildLink<ToResultChild, ResultAnswer>

/** Starts a process without our environment, which dies with us. */
const startChild = (opening: ToResultChild): Promise<ResultLink> =>
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
