import type { DuckDBConnection } from '@duckdb/node-api'
import { outOfTime } from './duckdb-problem.ts'

/** How often an interrupt is repeated until the engine notices: one that arrives just before an operation starts is lost. */
const repeatInterruptMs = 10

/** Thrown inside a query that nobody wants any more. */
export class StoppedError extends Error {
  constructor() {
    super('The query was stopped.')
    this.name = 'StoppedError'
  }
}

/** Stops a running query and paces it: batches go out only as the reader asks for them. */
export interface QueryControl {
  /** Asks for `count` more batches. */
  allow(count: number): void
  /** Resolves once a batch may go out. */
  turn(): Promise<void>
  /** Ends the query: cancelled by its reader, or out of time after `ms`. */
  stop(reason: 'cancelled' | { readonly outOfTimeMs: number }): void
  /** Runs an operation of the engine, interrupting it once the query is stopped; resolves or rejects only after the engine has let go. */
  interruptible<T>(connection: DuckDBConnection, operation: () => Promise<T>): Promise<T>
  /** Calls back once the query is stopped, at once if it is already. */
  onStop(callback: () => void): void
  /** Throws when stopped. */
  check(): void
}

export function makeQueryControl(): QueryControl {
  let allowed = 0
  let failure: Error | null = null
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const resume of waiting) resume()
  }

  const check = (): void => {
    if (failure !== null) throw failure
  }
  const changed = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const resume = (): void => {
      waiting.delete(resume)
      resolve()
    }
    waiting.add(resume)
    return promise
  }

  return {
    check,
    allow(count) {
      allowed += count
      wake()
    },
    async turn() {
      for (;;) {
        check()
        if (allowed > 0) break
        await changed()
      }
      allowed -= 1
    },
    stop(reason) {
      failure ??= reason === 'cancelled' ? new StoppedError() : outOfTime(reason.outOfTimeMs)
      wake()
    },
    onStop(callback) {
      const tell = (): void => {
        if (failure === null) return
        waiting.delete(tell)
        callback()
      }
      waiting.add(tell)
      tell()
    },
    async interruptible(connection, operation) {
      check()
      let repeat: NodeJS.Timeout | undefined
      const interrupt = (): void => {
        if (failure === null || repeat !== undefined) return
        connection.interrupt()
        repeat = setInterval(() => connection.interrupt(), repeatInterruptMs)
      }
      waiting.add(interrupt)
      try {
        const value = await operation()
        check()
        return value
      } catch (error) {
        throw failure ?? error
      } finally {
        waiting.delete(interrupt)
        clearInterval(repeat)
      }
    },
  }
}
