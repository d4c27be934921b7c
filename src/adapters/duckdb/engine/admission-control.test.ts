import { expect, test } from 'vitest'
import { makeAdmissionControl } from './admission-control.ts'

const limits = { running: 3, heavyRunning: 2, waiting: 3 }
const stay = (): void => undefined

function enter(places: ReturnType<typeof makeAdmissionControl>, heavy: boolean) {
  const entry = { inside: false, leave: stay, giveUp: stay, error: null as unknown }
  const done = places
    .enter(heavy, (leave) => {
      entry.giveUp = leave
    })
    .then(
      (leave) => {
        entry.inside = leave !== null
        entry.leave = leave ?? stay
      },
      (error: unknown) => {
        entry.error = error
      },
    )
  return Object.assign(entry, { done })
}

/** Lets everything that can happen now happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a small query passes heavy ones that wait', async () => {
  const places = makeAdmissionControl(limits)
  const heavy = [1, 2, 3].map(() => enter(places, true))
  const small = enter(places, false)
  await settle()
  expect(heavy.map((entry) => entry.inside)).toEqual([true, true, false])
  expect(small.inside).toBe(true)
})

test('places are handed on in order of arrival', async () => {
  const places = makeAdmissionControl(limits)
  const [first, , waiting, later] = [1, 2, 3, 4].map(() => enter(places, true))
  await settle()
  first?.leave()
  first?.leave()
  await settle()
  expect([waiting?.inside, later?.inside]).toEqual([true, false])
})

test('one that gives up leaves the queue without a place', async () => {
  const places = makeAdmissionControl(limits)
  const [first, , waiting, later] = [1, 2, 3, 4].map(() => enter(places, true))
  await settle()
  waiting?.giveUp()
  first?.leave()
  await settle()
  expect([waiting?.inside, later?.inside]).toEqual([false, true])
})

test('a queue that is full says so', async () => {
  const places = makeAdmissionControl(limits)
  const entries = [1, 2, 3, 4, 5, 6].map(() => enter(places, true))
  await settle()
  expect(entries.map((entry) => entry.error)).toEqual([
    null,
    null,
    null,
    null,
    null,
    expect.objectContaining({ problem: expect.objectContaining({ code: 'too_busy' }) as unknown }),
  ])
})
