import { ProblemError } from '../../core/problem.ts'
import type { ChildLink } from './child-link.ts'
import type { ChildControl, ChildEnding, ChildProgress } from './child-replies.ts'

export type ChildOutcome<Answer> = Extract<ChildEnding<Answer>, { readonly kind: 'answer' | 'end' }>

/** One request under way in a child process. */
export interface OpenRequest<Answer> {
  /** Settles when the process is done with it: how it ended, or why it failed. Aborting rejects with the signal's reason. */
  readonly outcome: Promise<ChildOutcome<Answer>>
  /** Stops it; `outcome` settles once the process has let go. */
  cancel(): void
}

export interface ChildRequestOptions {
  readonly signal: AbortSignal
  /** The process itself ends a request after this long. */
  readonly timeoutMs: number
  /** A process that has not let go of a cancelled or overdue request after this long is killed. */
  readonly graceMs: number
  /** Whether time counts until the last row, or only until there are columns, from where on the reader takes its time. */
  readonly timed: 'all' | 'until-columns'
  /** The problem of a request whose process ended; `overdue` where it was killed for taking too long. */
  readonly lost: (overdue: boolean) => Error
  readonly onProgress?: (progress: ChildProgress) => void
}

/** Sends a request and follows it until the process is done with it. */
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
    link.kill('A request did not end in its time.')
  }, timeoutMs + graceMs)

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
  // Rows that nobody reads any more may fail unheard.
  outcome.catch(() => undefined)
  return { outcome, cancel }
}
