import { expect, test } from 'vitest'
import type { TurnStore } from '../ports/turn-store.ts'
import { sweepOrphans, type LeftoverQuery } from './sweep-orphans.ts'

const ownerId = 'ada'
const running = { kind: 'step', name: 'run-query', state: 'running', fact: null }

/** A store that holds one turn, left running with these events. */
const storeOf = (events: readonly object[], appended: unknown[] = []) =>
  ({
    findOrphans: () => Promise.resolve([{ ownerId, turnId: 't', lastSeq: events.length }]),
    readEvents: () => Promise.resolve(events.map((event, index) => ({ seq: index + 1, json: JSON.stringify(event) }))),
    readTurn: () => Promise.resolve({ connection: 'prod' }),
    append: (...written: unknown[]) => Promise.resolve(void appended.push(written)),
  }) as unknown as TurnStore

/** Sweeps it with a warehouse that fails so often; tells what was cancelled and what was told as a fault. */
async function sweep(events: readonly object[], failures = 0) {
  const cancelled: LeftoverQuery[] = []
  const faults: unknown[] = []
  const over = Promise.withResolvers<void>()
  let left = failures
  const clock = {
    now: () => 0,
    monotonicMs: () => 0,
    after: (_: number, call: () => void) => (call(), () => undefined),
  }
  await sweepOrphans({
    store: storeOf(events),
    clock,
    isRunHere: () => false,
    onFault: (error) => {
      faults.push(error)
      over.resolve()
    },
    cancelLeftover: async (leftover) => {
      if (left-- > 0) throw new Error('away')
      cancelled.push(leftover)
      over.resolve()
    },
  })
  return { cancelled, faults, over: over.promise }
}

const leftover = { ownerId, connection: 'prod', queryId: 'q2' }

test('what a killed process left running in the warehouse is cancelled, by the last id that was stored', async () => {
  const { cancelled, over } = await sweep([running, { ...running, queryId: 'q1' }, { ...running, queryId: 'q2' }])
  await over
  expect(cancelled).toEqual([leftover])
})

test('a warehouse that is away is tried again, then it is a fault', async () => {
  const patient = await sweep([{ ...running, queryId: 'q2' }], 2)
  await patient.over
  expect(patient.cancelled).toEqual([leftover])
  const hopeless = await sweep([{ ...running, queryId: 'q2' }], 3)
  await hopeless.over
  expect(hopeless.faults).toEqual([new Error('away')])
})

test.each([
  ['nothing was running', [running]],
  [
    'its rows had begun to come',
    [
      { ...running, queryId: 'q1' },
      { kind: 'result.columns', columns: [] },
    ],
  ],
  ['only a text speaks of ids', [{ kind: 'turn.started', question: '"queryId":"q"' }]],
])('nothing is cancelled when %s', async (_, events) => {
  const { cancelled, faults } = await sweep(events)
  expect([cancelled, faults]).toEqual([[], []])
})

test('the turn itself ends as interrupted, whatever becomes of its query', async () => {
  const appended: unknown[] = []
  const store = storeOf([{ ...running, queryId: 'q1' }], appended)
  const clock = { now: () => 0, monotonicMs: () => 0, after: () => () => undefined }
  const cancelLeftover = () => Promise.reject(new Error('away'))
  expect(await sweepOrphans({ store, clock, cancelLeftover, isRunHere: () => false, onFault: () => undefined })).toBe(1)
  expect(appended).toEqual([[ownerId, 't', [expect.objectContaining({ seq: 2 })], 'interrupted']])
})
