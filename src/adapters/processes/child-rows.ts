import type { Column } from '../../contract/result.ts'
import type { RowBatch, RowStream, RunProgress } from '../../core/ports/warehouse.ts'
import type { ChildLink } from './child-link.ts'
import { openRequest, type ChildRequestOptions } from './child-request.ts'
import type { ChildControl } from './child-replies.ts'

/** Batches that may wait between the process and the reader. */
const window = 4

const decoder = new TextDecoder()

export interface ChildRowsOptions extends Omit<ChildRequestOptions, 'onProgress'> {
  readonly onRunProgress?: (progress: RunProgress) => void
  /** Called once the process is done with the request. */
  readonly finished: () => void
}

/** Has a child process run a query and hands its rows over as they are read. Resolves once the columns are known. */
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
      else batches.push(present(progress.json, progress.rowCount))
      wake()
    },
  })
  link.send({ kind: 'more', id, count: window })
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

const present = (json: Uint8Array, rowCount: number): RowBatch => ({
  rowsJson: decoder.decode(json),
  rowCount,
  bytes: json.length,
})
