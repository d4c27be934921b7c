import { expect, test } from 'vitest'
import type { TurnState } from '../../contract/api.ts'
import type { StoredEvent } from '../ports/turn-store.ts'
import { makeTurnLog } from './turn-log.ts'

const openLog = () => {
  const writes: { readonly seqs: readonly number[]; readonly characters: number; readonly state: TurnState }[] = []
  const log = makeTurnLog({
    turnId: '00000000-0000-4000-8000-000000000001',
    clock: { now: () => 0, monotonicMs: () => 0, after: () => () => {} },
    store: (events: readonly StoredEvent[], state) => {
      const characters = events.reduce((sum, { json }) => sum + json.length, 0)
      writes.push({ seqs: events.map(({ seq }) => seq), characters, state })
      return Promise.resolve()
    },
    onReaders: () => {},
    onStoreFailure: () => {},
  })
  return { log, writes }
}
const rows = (length: number) => ({ kind: 'result.rows', rowsJson: `[["${'x'.repeat(length)}"]]` }) as const

test('many large events are stored a few at a time, in order, each write with the state it leads to', async () => {
  const { log, writes } = openLog()
  for (let n = 0; n < 20; n += 1) log.append(rows(60_000))
  log.append({ kind: 'turn.done' })
  await log.flushed()
  expect(writes.flatMap(({ seqs }) => seqs)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1))
  expect(Math.max(...writes.map(({ characters }) => characters))).toBeLessThan(130_000)
  expect(writes.map(({ state }) => state)).toEqual([...Array.from({ length: 19 }, () => 'running'), 'done'])
})

test('an event larger than a write goes by itself', async () => {
  const { log, writes } = openLog()
  log.append(rows(10))
  log.append(rows(500_000))
  log.append(rows(10))
  await log.flushed()
  expect(writes.map(({ seqs }) => seqs)).toEqual([[1], [2], [3]])
})

test('small events that happen together are one write', async () => {
  const { log, writes } = openLog()
  for (let n = 0; n < 10; n += 1) log.append(rows(10))
  await log.flushed()
  expect(writes.map(({ seqs }) => seqs.length)).toEqual([10])
})
