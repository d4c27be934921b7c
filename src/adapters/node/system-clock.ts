import type { Clock } from '../../core/ports/clock.ts'

/** The machine's clock. */
export const makeSystemClock = (): Clock => ({
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
})
