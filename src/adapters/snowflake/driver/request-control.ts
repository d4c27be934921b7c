import { problem } from '../../../core/problem.ts'

/** Thrown inside a request that nobody wants any more. */
export class StoppedError extends Error {
  constructor() {
    super('The request was stopped.')
    this.name = 'StoppedError'
  }
}

/** Stops a request and paces its rows: batches go out only as the reader asks for them. */
export interface RequestControl {
  /** Aborted with `StoppedError`, or with the problem of a request that took too long. */
  readonly signal: AbortSignal
  /** Asks for `count` more batches. */
  allow(count: number): void
  /** Resolves once a batch may go out; rejects with the signal's reason. */
  turn(): Promise<void>
  stop(reason: 'cancelled' | { readonly outOfTimeMs: number }): void
}

export function makeRequestControl(): RequestControl {
  const stopping = new AbortController()
  const { signal } = stopping
  let allowed = 0
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => wake(), { once: true })
  return {
    signal,
    allow(count) {
      allowed += count
      wake()
    },
    async turn() {
      for (;;) {
        signal.throwIfAborted()
        if (allowed > 0) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      allowed -= 1
    },
    stop(reason) {
      stopping.abort(reason === 'cancelled' ? new StoppedError() : outOfTime(reason.outOfTimeMs))
    },
  }
}

/** The problem of a query that took longer than it may. */
export const outOfTime = (timeoutMs: number): Error =>
  problem(
    'query_timeout',
    `The query took longer than ${(timeoutMs / 1_000).toLocaleString('en-US')} s and was cancelled in Snowflake.`,
    'Ask for less at once, or raise the limit.',
  )
