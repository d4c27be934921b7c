import { problem, ProblemError } from '../../core/problem.ts'
import type { ChildLink } from './child-link.ts'
import { outOfTime } from './engine/out-of-time.ts'
import type { Answer, FromChild, ToChild } from './child-protocol.ts'

type Progress = Extract<FromChild, { readonly kind: 'columns' | 'batch' }>
type Outcome =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'end'; readonly truncated: boolean }

/** One request under way in a DuckDB process. */
export interface OpenRequest {
  /** The answer of a question. */
  readonly answer: Promise<Answer>
  /** Settles when the engine is done with the request: how it ended, or why it failed. Aborting rejects with the signal's reason. */
  readonly outcome: Promise<Outcome>
  /** Stops it; `outcome` settles once the engine has let go. */
  cancel(): void
}

interface RequestOptions {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly onProgress?: (progress: Progress) => void
}

/** An engine that has not let go of a cancelled or overdue request after this long is killed. */
const graceMs = 2_000

/** Sends a request and follows it until the engine is done with it. */
export function openRequest(
  link: ChildLink,
  message: Extract<ToChild, { readonly kind: 'catalog' | 'compile' | 'run' }>,
  { signal, timeoutMs, onProgress }: RequestOptions,
): OpenRequest {
  const { id } = message
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome>()
  let overdue = false
  let lastResort = setTimeout(() => {
    overdue = true
    link.kill('A query did not end in its time.')
  }, timeoutMs + graceMs)

  const cancel = (): void => {
    link.send({ kind: 'cancel', id })
    clearTimeout(lastResort)
    lastResort = setTimeout(() => link.kill('A query did not stop when told.'), graceMs)
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
      if (reply.kind === 'columns' || reply.kind === 'batch') onProgress?.(reply)
      else if (reply.kind === 'stopped') settle(() => reject(new Error('The request was cancelled.')))
      else if (reply.kind === 'problem') {
        if (reply.fatal) link.kill(reply.problem.details?.[0] ?? reply.problem.message)
        settle(() => reject(new ProblemError(reply.problem)))
      } else settle(() => resolve(reply))
    },
    lost: () => settle(() => reject(overdue ? outOfTime(timeoutMs) : died())),
  })
  signal.addEventListener('abort', cancel, { once: true })
  link.send(message)
  if (signal.aborted) cancel()

  const answer = outcome.then((found) => {
    if (found.kind !== 'answer') throw new Error('A question was answered by rows.')
    return found.answer
  })
  // Whoever waits for one of the two need not look at the other.
  answer.catch(() => undefined)
  outcome.catch(() => undefined)
  return { answer, outcome, cancel }
}

const died = (): Error =>
  problem(
    'warehouse_failed',
    'The local database engine ended while it worked on this query.',
    'Run the query again: the engine has been started anew. If it ends again, ask for less at once.',
  )
