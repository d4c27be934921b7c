import { expect, test } from 'vitest'
import { readFrame } from './read-frame.ts'

const turnId = '11111111-1111-4111-8111-111111111111'
const envelope = { turnId, seq: 3, at: '2026-01-01T00:00:00.000Z' }
const problem = { code: 'sql_refused', message: 'No.', action: 'Ask.', whoseTurn: 'person' }

test.each([
  ['a good reply', { reply: '1', ok: true }, { type: 'reply', reply: '1', problem: null }],
  ['a refusal', { reply: '1', problem }, { type: 'reply', reply: '1', problem }],
  [
    'a refusal with a code of the future',
    { reply: '1', problem: { ...problem, code: 'new' } },
    { type: 'reply', reply: '1', problem: { code: 'internal' } },
  ],
  ['an event', { ...envelope, kind: 'turn.done' }, { type: 'event', event: { kind: 'turn.done', seq: 3 } }],
  [
    'rows',
    { ...envelope, kind: 'result.rows', rows: [['1', null]] },
    { type: 'event', event: { kind: 'result.rows', rows: [['1', null]] } },
  ],
  [
    'rows that are none',
    { ...envelope, kind: 'result.rows', rows: [1] },
    { type: 'event', event: { kind: 'unknown', seq: 3 } },
  ],
  [
    'an event of the future',
    { ...envelope, kind: 'confetti' },
    { type: 'event', event: { kind: 'unknown', turnId, seq: 3 } },
  ],
  ['preferences', { reply: null, preferences: { output: 'text' } }, { type: 'preferences', state: { output: 'text' } }],
  ['something else', { hello: 1 }, { type: 'unreadable' }],
])('reads %s', (_name, said, expected) => {
  expect(readFrame(JSON.stringify(said))).toMatchObject(expected)
})

test('text that is no JSON is not an accident', () => {
  expect(readFrame('<html>')).toEqual({ type: 'unreadable' })
})
