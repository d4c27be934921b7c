import type { Column } from '../../contract/result.ts'
import type { RowBatch, RowStream, RunProgress } from '../../core/ports/warehouse.ts'
import { ProblemError } from '../../core/problem.ts'
import type { ChildControl, ChildEnding, ChildLink, ChildProgress } from './child-link.ts'

export type ChildOutcome<Answer> = Extract<ChildEnding<Answer>, { readonly kind: 'answer' | 'end' }>

/** One request under way in a child process. */
export interface OpenRequest<Answer> {
  /** Settles once the process has finished the request. Rejects with its problem, or with the reason of an aborted signal. */
  readonly outcome: Promise<ChildOutcome<Answer>>
  /** Asks the process to stop; `outcome` settles once it has. */
  cancel(): void
}

export interface ChildRequestOptions {
  readonly signal: AbortSignal
  /** The process itself stops a request after this long. */
  readonly timeoutMs: number
  /** A process that has not stopped a cancelled or overdue request after this long is killed. */
  readonly graceMs: number
  /** Whether the time limit covers all rows, or ends with the columns because the reader sets the pace from there. */
  readonly timed: 'all' | 'until-columns'
  /** Makes the problem of a request whose process ended; `overdue` when it was killed for taking too long. */
  readonly lost: (overdue: boolean) => Error
  readonly onProgress?: (progress: ChildProgress) => void
}

/** Sends a request and follows it until the process has finished it. */
export function openRequest<Sent, Answer>(
  link: ChildLink<Sent | ChildControl, Answer>,
  message: Sent & { readonly id: number },
  options: ChildRequestOptions,
): OpenRequest<Answer> {
  const { signal, timeoutMs, graceMs, timed, lost, onProgress } = options
  const { id } = message
  const { promise: outcome, resolve, reject } = Promise.withResolvers<ChildOutcome<Answer>>()
  let overdue = false
  let lastResort = setTimeout(() => {
    overdue = true
    link.kill('A request did not end within its time limit.')
  }, timeoutMs + graceMs)

  const cancel = (): void => {
    link.send({ kind: 'cancel', id })
    clearTimeout(lastResort)
    lastResort = setTimeout(() => link.kill('A request did not stop after it was cancelled.'), graceMs)
  }
  const settle = (finish: () => void): void => {
    clearTimeout(lastResort)
    signal.removeEventListener('abort', cancel)
    link.forget(id)
    if (signal.aborted) reject(signal.reason)
    else finish()
  }
  const fail = (reply: Extract<ChildEnding<Answer>, { readonly kind: 'problem' }>): void => {
    if (reply.fatal === true) link.kill(reply.problem.details?.[0] ?? reply.problem.message)
    settle(() => reject(new ProblemError(reply.problem)))
  }
  link.listen(id, {
    hear(reply) {
      if (reply.kind === 'columns' && timed === 'until-columns') clearTimeout(lastResort)
      if (reply.kind === 'working' || reply.kind === 'columns' || reply.kind === 'batch') onProgress?.(reply)
      else if (reply.kind === 'stopped') settle(() => reject(new Error('The request was cancelled.')))
      else if (reply.kind === 'problem') fail(reply)
      else settle(() => resolve(reply))
    },
    lost: () => settle(() => reject(lost(overdue))),
  })
  signal.addEventListener('abort', cancel, { once: true })
  link.send(message)
  if (signal.aborted) cancel()
  // A reader that has left does not await the outcome; its failure is no unhandled rejection.
  outcome.catch(() => undefined)
  return { outcome, cancel }
}

/** Batches that the process may send ahead of the reader. */
const batchWindow = 4

const decoder = new TextDecoder()

export interface ChildRowsOptions extends Omit<ChildRequestOptions, 'onProgress'> {
  readonly onRunProgress?: (progress: RunProgress) => void
  /** Called once the process has finished the request. */
  readonly finished: () => void
}

/** Has a child process run a query and yields its rows as they are read. Resolves once the columns are known. */
export async function streamRows<Sent, Answer>(
  link: ChildLink<Sent | ChildControl, Answer>,
  message: Sent & { readonly id: number },
  { onRunProgress, finished, ...options }: ChildRowsOptions,
): Promise<RowStream> {
  const { id } = message
  const batches: RowBatch[] = []
  const columns = Promise.withResolvers<readonly Column[]>()
  let wake: () => void = () => undefined
  let ending: { readonly truncated: boolean } | { readonly error: unknown } | null = null

  const request = openRequest(link, message, {
    ...options,
    onProgress(progress) {
      if (progress.kind === 'working') return onRunProgress?.({ queryId: progress.queryId, state: progress.state })
      if (progress.kind === 'columns') columns.resolve(progress.columns)
      else {
        const { json, rowCount } = progress
        batches.push({ rowsJson: decoder.decode(json), rowCount, bytes: json.length })
      }
      wake()
    },
  })
  link.send({ kind: 'more', id, count: batchWindow })
  const ended = request.outcome
    .then(
      (outcome) => {
        ending = { truncated: outcome.kind === 'end' && outcome.truncated }
      },
      (error: unknown) => {
        ending = { error }
        columns.reject(error)
      },
    )
    .then(() => {
      finished()
      wake()
    })

  async function* read(): AsyncGenerator<RowBatch> {
    try {
      for (;;) {
        options.signal.throwIfAborted()
        const batch = batches.shift()
        if (batch !== undefined) {
          link.send({ kind: 'more', id, count: 1 })
          yield batch
        } else if (ending === null) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else if ('error' in ending) throw ending.error
        else return
      }
    } finally {
      if (ending === null) request.cancel()
      await ended
    }
  }
  return {
    columns: await columns.promise,
    batches: read(),
    truncated: () => ending !== null && 'truncated' in ending && ending.truncated,
  }
}
