import { expect, test } from 'vitest'
import { awaitApproval } from './await-approval.ts'
import type { CheckedQuery } from './check-query.ts'
import type { JourneyNeeds, JourneyOrder, Place } from './journey.ts'
import { makeWheel } from './steering.ts'

const never = new AbortController().signal

/** Proposes a query that may read so many bytes, where more than 50 GB waits for a person. */
const propose = (bytes: number | null, autoRun: boolean) => {
  const query = {
    draft: { sql: 'SELECT 1', interpretation: null, assumptions: [], chart: null, edited: false },
    digest: 'd',
    tables: [],
    estimate: { rows: null, bytes },
    explanation: '',
  } as unknown as CheckedQuery
  const wheel = makeWheel()
  const needs = { limits: { askAboveBytes: 50e9 } } as JourneyNeeds
  return { wheel, facts: awaitApproval(needs, { autoRun } as JourneyOrder, {} as Place, query, wheel, never) }
}

test.each([null, 0, 50e9])('%d bytes run by themselves where queries do', async (bytes) => {
  const { facts } = propose(bytes, true)
  const first = await facts.next()
  expect(first.value).toMatchObject({ kind: 'query.proposed' })
  expect(first.value).not.toHaveProperty('heldBack')
  expect((await facts.next()).value).toMatchObject({ kind: 'query.approved', by: 'auto' })
})

test('more waits for a person all the same, and says why', async () => {
  const { wheel, facts } = propose(60e9, true)
  expect((await facts.next()).value).toMatchObject({ heldBack: expect.stringContaining('60.0 GB') as unknown })
  const waiting = facts.next()
  const approved = wheel.send({ kind: 'approve', digest: 'd' })
  expect((await waiting).value).toMatchObject({ kind: 'query.approved', by: 'person' })
  expect(await facts.next()).toMatchObject({ done: true })
  await approved
})

test('what waits for a person anyway is not held back', async () => {
  const { facts } = propose(60e9, false)
  expect((await facts.next()).value).not.toHaveProperty('heldBack')
})
