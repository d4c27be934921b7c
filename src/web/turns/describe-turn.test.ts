import { describe, expect, test } from 'vitest'
import { announcement, cancelledInWords, cautionsOf, stepsHeadline } from './describe-turn.ts'
import { startTurnView, type TurnView } from './turn-view.ts'

const base = startTurnView({ turnId: 't', conversationId: null, question: 'q', connection: null, writer: null })
const problem = (code: 'writer_declined' | 'sql_refused') =>
  ({ code, message: 'm', action: 'a', whoseTurn: 'person' }) as const
const steps = [
  { name: 'understand', state: 'done', fact: null },
  { name: 'estimate', state: 'done', fact: null },
  { name: 'run-query', state: 'running', fact: null },
] as const
const end = { rowCount: 48, truncated: false, elapsedMs: 1, note: null }

describe('the head over the steps', () => {
  test.each<[Partial<TurnView>, string]>([
    [{}, 'Understanding your question…'],
    [{ status: 'executing', steps }, 'Running the query…'],
    [{ status: 'waiting', steps }, 'Query ready for your review'],
    [{ status: 'failed', problem: problem('sql_refused') }, 'Stopped: needs a fix'],
    [{ status: 'failed', problem: problem('writer_declined') }, 'Not answered'],
    [{ status: 'done', steps, startedAtMs: 1_000, endedAtMs: 9_200, waitedMs: 4_000 }, 'Done in 4.2 s · 2 steps'],
    [
      { status: 'done', saved: false, steps, startedAtMs: 0, endedAtMs: 500, waitedMs: 0 },
      'Answered, not saved yet in 500 ms · 2 steps',
    ],
  ])('%o', (view, words) => {
    expect(stepsHeadline({ ...base, ...view })).toBe(words)
  })
})

describe('what a screen reader is told', () => {
  test.each<[Partial<TurnView>, string]>([
    [{}, ''],
    [{ status: 'waiting' }, 'Query ready to review.'],
    [
      { status: 'done', result: { columns: [], batches: [], loadedRows: 48, isTrimmed: false, end } },
      'Answer ready. 48 rows.',
    ],
    [{ status: 'failed', problem: problem('sql_refused') }, ''],
  ])('%o', (view, words) => {
    expect(announcement({ ...base, ...view })).toBe(words)
  })
})

test('what to know before a query runs: why it was held back, and what may make it large', () => {
  const estimate = { rows: null, bytes: 1, warnings: ['It pairs every row.'] }
  expect(cautionsOf({ heldBack: 'It may read much.', estimate })).toEqual(['It may read much.', 'It pairs every row.'])
  expect(cautionsOf({ heldBack: null, estimate: { rows: 1, bytes: null } })).toEqual([])
})

test.each<[TurnView['cancelReason'], TurnView['approvedBy'], string]>([
  ['person', 'person', 'Cancelled while the query was running.'],
  ['person', null, 'Cancelled. The query was not run.'],
  [null, null, 'Cancelled. The query was not run.'],
  ['unread', 'auto', 'Stopped: no page was connected to see the answer.'],
  ['undecided', null, 'Put away: nobody decided about this query for a long time. It was not run.'],
  ['replaced', null, 'Put away to make room for newer questions. It was not run.'],
])('a turn cancelled because of %s, approved by %s', (cancelReason, approvedBy, words) => {
  expect(cancelledInWords({ ...base, status: 'cancelled', cancelReason, approvedBy })).toBe(words)
})
