import { problem } from '../../../core/problem.ts'

/** Lets at most so many queries run; those expected to be heavy may take only some of the places, so small ones pass them by. */
export interface AdmissionControl {
  /**
   * Resolves with the function that gives the place back, or null once the waiter has left the queue; `onLeave` receives the
   * function that takes it out. Throws `too_busy`.
   */
  enter(heavy: boolean, onLeave: (leave: () => void) => void): Promise<(() => void) | null>
}

interface Waiter {
  readonly heavy: boolean
  readonly start: () => void
}

export interface AdmissionLimits {
  readonly running: number
  readonly heavyRunning: number
  readonly waiting: number
}

/** Places are given in order of arrival within each kind. */
export function makeAdmissionControl(limits: AdmissionLimits): AdmissionControl {
  let running = 0
  let heavyRunning = 0
  const queue: Waiter[] = []

  const fits = (heavy: boolean): boolean => running < limits.running && (!heavy || heavyRunning < limits.heavyRunning)
  const startNext = (): void => {
    for (;;) {
      const index = queue.findIndex((waiter) => fits(waiter.heavy))
      const next = queue[index]
      if (next === undefined) return
      queue.splice(index, 1)
      next.start()
    }
  }
  const take = (heavy: boolean): (() => void) => {
    running += 1
    if (heavy) heavyRunning += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      running -= 1
      if (heavy) heavyRunning -= 1
      startNext()
    }
  }

  return {
    async enter(heavy, onLeave) {
      if (fits(heavy)) return take(heavy)
      if (queue.length >= limits.waiting) throw busy()
      const { promise, resolve } = Promise.withResolvers<(() => void) | null>()
      const waiter: Waiter = { heavy, start: () => resolve(take(heavy)) }
      queue.push(waiter)
      onLeave(() => {
        const index = queue.indexOf(waiter)
        if (index < 0) return
        queue.splice(index, 1)
        resolve(null)
      })
      return promise
    },
  }
}

const busy = (): Error =>
  problem('too_busy', 'Too many queries are waiting for the warehouse.', 'Wait a moment, then run the query again.')
