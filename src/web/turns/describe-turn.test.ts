import { describe, expect, test } from 'vitest'
import { announcement, cancelledInWords, cautionsOf, nextSteps, sqlToRunAgain, stepsHeadline } from './describe-turn.ts'
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
    [{ delivery: 'unconfirmed' }, 'Sending your question…'],
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

const proposal = { sql: 'SELECT 1' } as TurnView['proposal']
test.each<[Partial<TurnView>, string]>([
  [{ cancelReason: 'person', approvedBy: 'person', proposal }, 'Cancelled while the query was running.'],
  [{ cancelReason: 'person', proposal }, 'Cancelled. The query was not run.'],
  [{ cancelReason: 'person' }, 'Cancelled before a query was ready.'],
  [{ cancelReason: null, proposal }, 'Cancelled. The query was not run.'],
  [{ cancelReason: 'unread', unreadMs: 300_000 }, 'Stopped, because no page had been open for 5 minutes.'],
  [{ cancelReason: 'unread', unreadMs: 60_000 }, 'Stopped, because no page had been open for 1 minute.'],
  [{ cancelReason: 'unread', unreadMs: 3_600_000 }, 'Stopped, because no page had been open for an hour.'],
  [{ cancelReason: 'unread', unreadMs: 30_000 }, 'Stopped, because no page had been open for half a minute.'],
  [{ cancelReason: 'unread' }, 'Stopped, because no page had been open.'],
  [
    { cancelReason: 'undecided', proposal },
    'Put away: nobody decided about this query for a long time. It was not run.',
  ],
  [{ cancelReason: 'replaced', proposal }, 'Replaced by a newer question. It was not run.'],
  [{ cancelReason: 'no_access', proposal }, 'Stopped, because your account was disabled.'],
  [{ cancelReason: 'room', proposal }, 'Put away to make room for newer questions. It was not run.'],
])('a turn that was cancelled: %o', (view, words) => {
  expect(cancelledInWords({ ...base, status: 'cancelled', ...view })).toBe(words)
})

const edited = { sql: 'SELECT 2', edited: true } as TurnView['proposal']
const edit = 'Edit the question'
test.each<[string, Partial<TurnView>, ReturnType<typeof nextSteps>, string | null]>([
  ['cancelled', { status: 'cancelled', proposal }, { again: 'Ask again', edit }, null],
  ['cancelled before a query', { status: 'cancelled' }, { again: 'Ask again', edit }, null],
  ['cancelled when edited', { status: 'cancelled', proposal: edited }, { again: 'Run again', edit }, 'SELECT 2'],
  ['interrupted', { status: 'interrupted' }, { again: 'Run again', edit }, null],
  ['interrupted when edited', { status: 'interrupted', proposal: edited }, { again: 'Run again', edit }, 'SELECT 2'],
  ['refused', { status: 'failed', problem: problem('sql_refused') }, { again: 'Try again', edit }, null],
  ['declined', { status: 'failed', problem: problem('writer_declined') }, { again: null, edit }, null],
  [
    'SQL of their own that was never proposed',
    { status: 'interrupted', question: null, sql: 'SELECT 3' },
    { again: 'Run again', edit: null },
    'SELECT 3',
  ],
])('the ways on from a turn that was %s', (_, view, steps, sql) => {
  const whole = { ...base, ...view }
  expect(nextSteps(whole)).toEqual(steps)
  expect(sqlToRunAgain(whole)).toBe(sql)
})

test('without a line the head over the steps says only what was so last', () => {
  expect(stepsHeadline({ ...base, status: 'executing', steps }, true)).toBe('Last heard of: Running the query')
})
