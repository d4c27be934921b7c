import { expect, test } from 'vitest'
import { makeRetryBudget } from './retry-budget.ts'

const limits = { retries: 1, longestWaitMs: 5_000, withinMs: 9_000 }

/** A clock that jumps: every wait is over at once. */
function makeJumpingClock() {
  let now = 1_000
  return {
    now: () => now,
    monotonicMs: () => now,
    after: (ms: number, callback: () => void) => {
      now += ms
      callback()
      return () => {}
    },
    pass: (ms: number) => (now += ms),
  }
}

const { signal } = new AbortController()

test.each([
  { asked: 0, granted: true },
  { asked: 5_000, granted: true },
  { asked: 5_001, granted: false },
  { asked: null, granted: true },
])('a wait of $asked ms: $granted', async ({ asked, granted }) => {
  const clock = makeJumpingClock()
  expect(await makeRetryBudget(clock, limits).spend(asked, signal)).toBe(granted)
  if (asked === null) expect(clock.now()).toBeGreaterThanOrEqual(1_250)
})

test('is spent once', async () => {
  const budget = makeRetryBudget(makeJumpingClock(), limits)
  expect([await budget.spend(10, signal), await budget.spend(10, signal)]).toEqual([true, false])
})

test('a wait that would end too late is not begun', async () => {
  const clock = makeJumpingClock()
  const budget = makeRetryBudget(clock, limits)
  clock.pass(6_000)
  expect(await budget.spend(4_000, signal)).toBe(false)
  expect(await budget.spend(2_000, signal)).toBe(true)
})
