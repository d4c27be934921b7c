import { problem, ProblemError } from '../../../core/problem.ts'
import type { ChildLink } from './child-link.ts'
import type { ChildAnswer, ChildRequest, FromChild } from './child-protocol.ts'

type Progress = Extract<FromChild, { readonly kind: 'working' | 'columns' | 'batch' }>
type Outcome =
  { readonly kind: 'answer'; readonly answer: ChildAnswer } | { readonly kind: 'end'; readonly truncated: boolean }

/** One request under way in a driver process. */
export interface OpenRequest {
  /** Settles when the process is done with it: how it ended, or why it failed. Aborting rejects with the signal's reason. */
  readonly outcome: Promise<Outcome>
  /** Stops it; `outcome` settles once Snowflake was told. */
  cancel(): void
}

interface RequestOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** A process that has not let go of a cancelled or overdue request after this long is killed: longer than telling Snowflake may take. */
const graceMs = 8_000

/** Sends a request and follows it until the process is done with it. */
export function openRequest(
  link: ChildLink,
  message: ChildRequest,
  { signal, onProgress }: RequestOptions,
): OpenRequest {
  const { id } = message
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome>()
  let lastResort = setTimeout(() => link.kill('A request did not end in its time.'), message.timeoutMs + graceMs)

  const cancel = (): void => {
    link.send({ kind: 'cancel', id })
    clearTimeout(lastResort)
    lastResort = setTimeout(() => link.kill('A request did not stop when told.'), graceMs)
  }
  const settle = (finish: () => void): void => {
    clearTimeout(lastResort)
    signal.removeEventListener('abort', cancel)
    link.forget(id)
    if (signal.aborted) reject(signal.reason)
    else finish()
  }
  link.listen(id, {
    hear(reply) {
      // The query is done: from here on the reader takes its time.
      if (reply.kind === 'columns') clearTimeout(lastResort)
      if (reply.kind === 'working' || reply.kind === 'columns' || reply.kind === 'batch') onProgress?.(reply)
      else if (reply.kind === 'stopped') settle(() => reject(new Error('The request was cancelled.')))
      else if (reply.kind === 'problem') settle(() => reject(new ProblemError(reply.problem)))
      else settle(() => resolve(reply))
    },
    lost: () => settle(() => reject(died())),
  })
  signal.addEventListener('abort', cancel, { once: true })
  link.send(message)
  if (signal.aborted) cancel()
  outcome.catch(() => undefined)
  return { outcome, cancel }
}

const died = (): Error =>
  problem(
    'warehouse_failed',
    'The process that talks to Snowflake ended while it worked on this.',
    'Run it again: the process has been started anew.',
  )
