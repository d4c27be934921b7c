import { describe, expect, test } from 'vitest'
import type { StepState, TurnFact } from '../../contract/turn-event.ts'
import { applyEvent, applyEvents, leavesGap, type ReceivedEvent } from './apply-event.ts'
import { isBusy, isOver, startTurnView, workedMs, type TurnView } from './turn-view.ts'

const turnId = '11111111-1111-4111-8111-111111111111'
const conversationId = '22222222-2222-4222-8222-222222222222'
const start = startTurnView({ turnId, conversationId: null, question: 'How many?', connection: null, writer: null })

/** Facts as events, one second apart. */
const events = (...facts: TurnFact[]): readonly ReceivedEvent[] =>
  facts.map((fact, index) => ({
    ...fact,
    turnId,
    seq: index + 1,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
  }))

const started: TurnFact = {
  kind: 'turn.started',
  conversationId,
  question: 'How many?',
  connection: 'sample',
  writer: 'offline',
}
const step = (
  name: 'understand' | 'write-query' | 'check-query' | 'run-query',
  state: StepState,
  fact: string | null = null,
): TurnFact => ({ kind: 'step', name, state, fact })
const proposed = (sql: string, edited = false): TurnFact => ({
  kind: 'query.proposed',
  sql,
  digest: `digest of ${sql}`,
  tables: [],
  interpretation: null,
  explanation: null,
  assumptions: [],
  estimate: { rows: 10, bytes: null },
  edited,
})
const checked = [step('check-query', 'running'), step('check-query', 'done', 'Only reads')]
const approved: TurnFact = { kind: 'query.approved', digest: 'digest of SELECT 1', by: 'person' }
const columns: TurnFact = {
  kind: 'result.columns',
  columns: [{ name: 'N', type: 'NUMBER(38,0)', kind: 'number', scale: 0 }],
}
const rows = (...cells: string[]): TurnFact => ({ kind: 'result.rows', rows: cells.map((cell) => [cell]) })
const resultDone: TurnFact = { kind: 'result.done', rowCount: 3, truncated: true, elapsedMs: 5, bytes: 9 }
const failed = (code: 'interrupted' | 'sql_refused' | 'query_timeout'): TurnFact => ({
  kind: 'turn.failed',
  problem: { code, message: 'It went wrong.', action: 'Do this.', whoseTurn: 'person' },
})
const done: TurnFact = { kind: 'turn.done' }

const answered = events(
  started,
  step('understand', 'running'),
  step('understand', 'done', 'A question'),
  { kind: 'sql.delta', text: 'SELECT ' },
  { kind: 'sql.delta', text: '1' },
  ...checked,
  proposed('SELECT 1'),
  approved,
  step('run-query', 'running'),
  columns,
  rows('1', '2'),
  rows('90071992547409931'),
  resultDone,
  { kind: 'answer.delta', text: 'Three ' },
  { kind: 'answer.delta', text: 'rows.' },
  { kind: 'follow-ups', questions: ['And now?'] },
  done,
)

describe('an answered turn', () => {
  const view = applyEvents(start, answered)

  test('ends with everything that was said', () => {
    expect(view).toMatchObject({
      status: 'done',
      conversationId,
      connection: 'sample',
      writer: 'offline',
      draft: 'SELECT 1',
      approvedBy: 'person',
      answer: [{ text: 'Three ' }, { text: 'rows.' }],
      followUps: ['And now?'],
      lastSeq: answered.length,
    })
    expect(isOver(view)).toBe(true)
  })

  test('keeps cells as they came and rows in the pieces they came in', () => {
    expect(view.result).toMatchObject({
      batches: [[['1'], ['2']], [['90071992547409931']]],
      loadedRows: 3,
      end: { rowCount: 3, truncated: true, elapsedMs: 5 },
    })
  })

  test('keeps a fact when a later event of the step has none', () => {
    expect(view.steps[0]).toEqual({ name: 'understand', state: 'done', fact: 'A question' })
  })

  test('does not count the second the person took to decide', () => {
    expect(workedMs(view)).toBe((answered.length - 2) * 1_000)
  })

  test('is the same told one by one, at once, or twice', () => {
    const slowly = answered.reduce(applyEvent, start)
    const twice = applyEvents(
      start,
      answered.flatMap((event) => [event, event]),
    )
    expect(slowly).toEqual(view)
    expect(twice).toEqual(view)
    expect(applyEvents(view, answered)).toBe(view)
  })
})

test('an event after a gap changes nothing, and the gap is seen', () => {
  const view = applyEvents(start, answered.slice(0, 2))
  const late = answered[5]
  if (late === undefined) throw new Error('the script is too short')
  expect(applyEvent(view, late)).toBe(view)
  expect(leavesGap(view, late)).toBe(true)
})

test('an event of a kind not known yet counts and says nothing', () => {
  const unknown: ReceivedEvent = { kind: 'unknown', turnId, seq: 1, at: '2026-01-01T00:00:00.000Z' }
  expect(applyEvent(start, unknown)).toEqual({ ...start, lastSeq: 1 })
})

const statusAfter: readonly [name: string, facts: TurnFact[], expected: Partial<TurnView>, busy: boolean][] = [
  ['a start', [started], { status: 'running' }, true],
  ['a checked proposal', [started, ...checked, proposed('SELECT 1')], { status: 'waiting' }, false],
  ['an approval', [started, ...checked, proposed('SELECT 1'), approved], { status: 'executing' }, true],
  [
    'a cancel',
    [started, step('understand', 'running'), { kind: 'turn.cancelled', reason: 'person' }],
    {
      status: 'cancelled',
      cancelReason: 'person',
      steps: [{ name: 'understand', state: 'cancelled', fact: null }],
    },
    false,
  ],
  [
    'a cancel that its step told of before',
    [started, step('run-query', 'running'), step('run-query', 'cancelled'), { kind: 'turn.cancelled' }],
    { status: 'cancelled', cancelReason: null, steps: [{ name: 'run-query', state: 'cancelled', fact: null }] },
    false,
  ],
  [
    'a query that took too long',
    [started, step('run-query', 'running'), step('run-query', 'timed_out', '120 s'), failed('query_timeout')],
    { status: 'failed', steps: [{ name: 'run-query', state: 'timed_out', fact: '120 s' }] },
    false,
  ],
  [
    'an answer that could not be stored',
    [started, { kind: 'turn.done', saved: false }],
    { status: 'done', saved: false },
    false,
  ],
  [
    'a failure',
    [started, step('understand', 'running'), failed('sql_refused')],
    { status: 'failed', steps: [{ name: 'understand', state: 'failed', fact: null }] },
    false,
  ],
  [
    'an interruption',
    [started, step('run-query', 'running'), failed('interrupted')],
    { status: 'interrupted', steps: [{ name: 'run-query', state: 'interrupted', fact: null }] },
    false,
  ],
  [
    'a question back',
    [started, { kind: 'clarification', question: 'Which?', options: ['A', 'B'] }, done],
    { status: 'clarification', clarification: { question: 'Which?', options: ['A', 'B'] } },
    false,
  ],
]

test.each(statusAfter)('after %s', (_name, facts, expected, busy) => {
  const view = applyEvents(start, events(...facts))
  expect(view).toMatchObject(expected)
  expect(isBusy(view)).toBe(busy)
})

test('nothing is called checked before the check has passed', () => {
  const unchecked = applyEvents(start, events(started, step('check-query', 'running'), proposed('SELECT 1')))
  const passed = applyEvents(start, events(started, ...checked, proposed('SELECT 1')))
  expect([unchecked.proposal?.checked, passed.proposal?.checked]).toEqual([false, true])
})

test('an edit takes the place of the earlier proposal and waiting goes on', () => {
  const view = applyEvents(start, events(started, ...checked, proposed('SELECT 1'), proposed('SELECT 2', true)))
  expect(view).toMatchObject({
    status: 'waiting',
    proposal: { sql: 'SELECT 2', edited: true },
    waitingSinceMs: Date.UTC(2026, 0, 1, 0, 0, 3),
  })
})

test('a query written anew does not show the one that was refused in front of it', () => {
  const again = [step('write-query', 'running'), { kind: 'sql.delta', text: 'SELECT 2' } as const]
  const first = [step('write-query', 'running'), { kind: 'sql.delta', text: 'SELEC' } as const]
  expect(applyEvents(start, events(started, ...first, ...again)).draft).toBe('SELECT 2')
})

test('a query that somebody vouches for says who does, until a person changes it', () => {
  const verified = { by: 'Ada', at: '2026-11-01T08:00:00.000Z' }
  const vouched = events(started, ...checked, { ...proposed('SELECT 1'), verified } as TurnFact)
  expect(vouched.reduce(applyEvent, start).proposal?.verified).toEqual(verified)
  const changed = events(
    started,
    ...checked,
    { ...proposed('SELECT 1'), verified } as TurnFact,
    proposed('SELECT 2', true),
  )
  expect(changed.reduce(applyEvent, start).proposal?.verified).toBeNull()
})
