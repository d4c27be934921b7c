import { percentile } from '../measure.ts'

/** What a crowd did and how long each thing took, by the name of the thing. */
export interface Record {
  took(activity: string, ms: number): void
  /** One thing more is done. */
  done(): void
  /** A problem by its code, or what broke. `try again` answers beyond capacity are counted apart: they are what the server promises. */
  failed(activity: string, reason: string): void
  /** Forgets what was recorded so far. */
  clear(): void
  readonly counts: () => { readonly done: number; readonly refused: number; readonly failures: readonly string[] }
  readonly activities: () => readonly {
    readonly name: string
    readonly count: number
    readonly at: (share: number) => number
  }[]
}

/** Codes that say "try again": the server has as much to do as it takes on. */
const refusals = new Set(['too_busy', 'rate_limited', 'stopping'])

export function makeRecord(): Record {
  const times = new Map<string, number[]>()
  let failures: string[] = []
  let [done, refused] = [0, 0]
  return {
    done: () => {
      done += 1
    },
    took: (activity, ms) => {
      const list = times.get(activity) ?? []
      list.push(ms)
      times.set(activity, list)
    },
    failed: (activity, reason) => {
      if (refusals.has(reason)) refused += 1
      else failures.push(`${activity}: ${reason}`)
    },
    clear: () => {
      times.clear()
      failures = []
      done = refused = 0
    },
    counts: () => ({ done, refused, failures }),
    activities: () =>
      [...times].map(([name, list]) => ({ name, count: list.length, at: (share) => percentile(list, share) })),
  }
}
