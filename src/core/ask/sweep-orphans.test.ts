import { describe, expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import { makeManualClock } from './manual-time.test-support.ts'
import { makeOrphanSweep, sweepOrphans, type LeftoverQuery } from './sweep-orphans.ts'
import { notStored, processStopped } from './turn-facts.ts'

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

test.each([true, false])(
  'a turn of this process (%s) says that its events could not be stored, any other that its process stopped',
  async (isOwn) => {
    const appended: [unknown, unknown, { readonly json: string }[]][] = []
    const store = {
      ...storeOf([running], appended),
      findOrphans: () => Promise.resolve([{ ownerId, turnId: 't', lastSeq: 1, isOwn }]),
    }
    const clock = { now: () => 0, monotonicMs: () => 0, after: () => () => undefined }
    const cancelLeftover = () => Promise.resolve()
    await sweepOrphans({ store, clock, cancelLeftover, isRunHere: () => false, onFault: () => undefined })
    const { problem: told } = JSON.parse(appended[0]?.[2][0]?.json ?? '{}') as { problem: Problem }
    expect(told).toEqual(isOwn ? notStored() : processStopped(false))
  },
)

test('a proposal whose process stopped while it waited says that it was not run', async () => {
  const appended: [unknown, unknown, { readonly json: string }[]][] = []
  const store = storeOf([{ kind: 'query.proposed' }], appended)
  const clock = { now: () => 0, monotonicMs: () => 0, after: () => () => undefined }
  const cancelLeftover = () => Promise.resolve()
  await sweepOrphans({ store, clock, cancelLeftover, isRunHere: () => false, onFault: () => undefined })
  const { problem: told } = JSON.parse(appended[0]?.[2][0]?.json ?? '{}') as { problem: Problem }
  expect(told).toEqual(processStopped(true))
})

describe('sweeping from time to time', () => {
  /** Counts the sweeps; those of the given numbers fail. */
  function count(failing: readonly number[] = []) {
    const time = makeManualClock()
    const seen = { sweeps: 0, faults: [] as unknown[], known: [] as boolean[] }
    const store = {
      ...storeOf([]),
      findOrphans: (isRunHere: (turnId: string) => boolean) => {
        seen.sweeps += 1
        seen.known.push(isRunHere('mine'))
        if (failing.includes(seen.sweeps)) return Promise.reject(problem('store_unavailable', 'Away.', 'Wait.'))
        return Promise.resolve([])
      },
    }
    const swept = makeOrphanSweep({
      store,
      clock: time.clock,
      isRunHere: (turnId) => turnId === 'mine',
      cancelLeftover: () => Promise.resolve(),
      onFault: (error) => void seen.faults.push(error),
    })
    return { ...time, seen, swept }
  }

  test('begins with the first reading and goes on every ten seconds, until it is ended', async () => {
    const { swept, seen, pass } = count()
    await Promise.all([swept.first(), swept.first()])
    expect(seen.sweeps).toBe(1)
    await pass(25_000)
    expect(seen.sweeps).toBe(3)
    await swept.now()
    expect(seen.sweeps).toBe(4)
    swept.end()
    await pass(60_000)
    expect([seen.sweeps, seen.known]).toEqual([4, [true, true, true, true]])
  })

  test('begins anew where the store was away, and a later sweep that fails is a fault', async () => {
    const { swept, seen, pass } = count([1, 3])
    await expect(swept.first()).rejects.toMatchObject({ problem: { code: 'store_unavailable' } })
    await swept.first()
    await pass(20_000)
    expect([seen.sweeps, seen.faults.length]).toEqual([4, 1])
    swept.end()
  })
})
