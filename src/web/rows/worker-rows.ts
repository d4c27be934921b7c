import type { Column } from '../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../contract/result-view.ts'
import { ofThisPage, RefusedCommand } from '../transport/channel.ts'
import type { Row } from '../turns/turn-view.ts'
import { problemWords } from '../words/shell.ts'
import type { WantedValues } from './column-summary.ts'
import { letOthers, makeRowEngine, type RowEngine } from './row-engine.ts'
import type { RowSource, RowsRange } from './row-source.ts'

/** A question to the engine in the worker. */
type Ask =
  | { readonly what: 'count'; readonly view: RowsView }
  | { readonly what: 'rows'; readonly view: RowsView; readonly range: RowsRange }
  | { readonly what: 'summary'; readonly view: RowsView; readonly column: number; readonly wanted: WantedValues }

export type ToWorker =
  | { readonly kind: 'open'; readonly columns: readonly Column[] }
  | { readonly kind: 'append'; readonly rows: readonly Row[] }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly kind: 'cancel'; readonly id: number }

type Answer = number | Row[] | ColumnSummary
export type FromWorker =
  { readonly id: number; readonly value: Answer } | { readonly id: number; readonly error: string }

/** Rows that arrive while they are looked at. */
export interface GrowingRows extends RowSource {
  /** Adds rows behind the others. What is asked for afterwards counts them in; the caller does not change them any more. */
  append(rows: readonly Row[]): void
}

/** Cells, and columns, that the page itself works with faster than a worker starts. */
const [mostInPage, mostColumnsInPage] = [50_000, 1_000]
/** Short enough for a page to stay smooth. */
const pageSliceMs = 8

/**
 * Makes the source of a result whose rows the page has received: `append` gives it the rows of each `result.rows` event. A worker is
 * started once there are more rows or columns than the page should work with itself.
 */
export function makeWorkerRows(columns: readonly Column[], startWorker = startRowsWorker): GrowingRows {
  const received: (readonly Row[])[] = []
  let allRows = 0
  const startClient = (): WorkerClient => talkToWorker(columns, startWorker())
  let client = columns.length > mostColumnsInPage ? startClient() : null
  let engine: RowEngine = client ?? makeRowEngine(columns, pageSliceMs)
  return {
    columns,
    isRemote: false,
    get allRows() {
      return allRows
    },
    append(rows) {
      allRows += rows.length
      if (client === null && allRows * columns.length > mostInPage) {
        engine = client = startClient()
        for (const batch of received.splice(0)) engine.append(batch)
      }
      if (client === null) received.push(rows)
      engine.append(rows)
    },
    count: async (view, signal) => await engine.count(view, signal),
    rows: async (view, range, signal) => await engine.rows(view, range, signal),
    summary: async (view, column, wanted = {}, signal) => await engine.summary(view, column, wanted, signal),
    dispose: () => client?.dispose(),
  }
}

function startRowsWorker(): Worker {
  return new Worker(new URL('./rows-worker.ts', import.meta.url), { type: 'module' })
}

interface WorkerClient extends RowEngine {
  dispose(): void
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (reason: unknown) => void
}

/** More at once would take the page too long to copy. */
const [mostRowsAtOnce, mostCellsAtOnce] = [5_000, 40_000]

/** The engine in a worker. Messages keep their order; rows are sent in parts, between which the page gets its turn. */
function talkToWorker(columns: readonly Column[], worker: Worker): WorkerClient {
  const waiting = new Map<number, Waiting>()
  const outbox: ToWorker[] = []
  let lastId = 0
  let isSending = false
  const send = async (...messages: readonly ToWorker[]): Promise<void> => {
    outbox.push(...messages)
    if (isSending) return
    isSending = true
    for (let next = outbox.shift(); next !== undefined; next = outbox.shift()) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      worker.postMessage(next)
      if (next.kind === 'append') await letOthers()
    }
    isSending = false
  }
  const fail = (reason: unknown): void => {
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
  }
  const ask = async <T extends Answer>(question: Ask, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted()
    const id = (lastId += 1)
    const cancel = (): void => {
      waiting.get(id)?.reject(signal?.reason)
      void send({ kind: 'cancel', id })
    }
    signal?.addEventListener('abort', cancel)
    try {
      return await new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        void send({ kind: 'ask', id, ask: question })
      })
    } finally {
      waiting.delete(id)
      signal?.removeEventListener('abort', cancel)
    }
  }
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const one = waiting.get(data.id)
    if ('error' in data) one?.reject(rowsFailed(data.error))
    else one?.resolve(data.value as never)
  })
  worker.addEventListener('error', (event) => fail(rowsFailed(event.message)))
  void send({ kind: 'open', columns })
  const rowsAtOnce = (cells: number): number =>
    Math.max(1, Math.min(mostRowsAtOnce, Math.floor(mostCellsAtOnce / Math.max(1, cells))))
  return {
    append(rows) {
      const step = rowsAtOnce(columns.length)
      for (let from = 0; from < rows.length; from += step)
        void send({ kind: 'append', rows: rows.slice(from, from + step) })
    },
    count: (view, signal) => ask({ what: 'count', view }, signal),
    async rows(view, { from, count, columns: chosen }, signal) {
      const all: Row[] = []
      const step = rowsAtOnce((chosen ?? columns).length)
      for (let at = 0; at < count; at += step) {
        const range = { from: from + at, count: Math.min(step, count - at), columns: chosen }
        const part = await ask<Row[]>({ what: 'rows', view, range }, signal)
        all.push(...part)
        if (part.length < range.count) break
      }
      return all
    },
    summary: (view, column, wanted, signal) => ask({ what: 'summary', view, column, wanted }, signal),
    dispose() {
      worker.terminate()
      fail(new DOMException('', 'AbortError'))
    },
  }
}

function rowsFailed(why: string): RefusedCommand {
  const { rowsFailed: message, rowsFailedAction: action } = problemWords
  return new RefusedCommand(ofThisPage({ code: 'internal', message, action, whoseTurn: 'person', details: [why] }))
}
