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
  /** The part that the time limit is for is over. */
  done(): void
  stop(): void
}

/** `timeoutMs` is the time until `done`. */
export function makeRequestControl(timeoutMs: number): RequestControl {
  const stopping = new AbortController()
  const { signal } = stopping
  let allowed = 0
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => wake(), { once: true })
  const watchdog = setTimeout(() => stopping.abort(outOfTime(timeoutMs)), timeoutMs)
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
    done: () => clearTimeout(watchdog),
    stop() {
      stopping.abort(new StoppedError())
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
