import type { Clock } from '../../core/ports/clock.ts'

/** How often and how long one question may wait for a model that is busy or away. */
export interface RetryBudget {
  /**
   * Waits before the next try and resolves to true, or resolves to false when there is none. `askedMs` is what the provider asked to
   * wait, null when it did not say. Rejects with the signal's reason once aborted.
   */
  spend(askedMs: number | null, signal: AbortSignal): Promise<boolean>
}

export interface RetryLimits {
  /** Tries after the first one. */
  readonly retries: number
  /** The longest wait a provider may ask for; beyond it the person is told instead. */
  readonly longestWaitMs: number
  /** No wait ends later than this after the question began, so that its failure is told in time. */
  readonly withinMs: number
}

const shortestJitterMs = 250
const jitterRangeMs = 750

export function makeRetryBudget(clock: Clock, limits: RetryLimits): RetryBudget {
  const startedAt = clock.now()
  let left = limits.retries
  return {
    async spend(askedMs, signal) {
      signal.throwIfAborted()
      const waitMs = askedMs ?? shortestJitterMs + Math.random() * jitterRangeMs
      const tooLong = waitMs > limits.longestWaitMs || clock.now() + waitMs > startedAt + limits.withinMs
      if (left === 0 || tooLong) return false
      left -= 1
      await pause(clock, waitMs, signal)
      return true
    },
  }
}

const pause = (clock: Clock, ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      takeBack()
      reject(signal.reason as Error)
    }
    const takeBack = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })
