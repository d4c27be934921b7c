import { expect, test } from 'vitest'
import { awayInWords, mayLeaveInWords, undeliveredInWords } from './line.ts'
import { startTurnView, type TurnView } from './turn-view.ts'

const base = startTurnView({ turnId: 't', conversationId: null, question: 'q', connection: null, writer: null })
const running: TurnView = { ...base, status: 'executing' }
const waiting: TurnView = { ...base, status: 'waiting' }
const minutes = 60_000
const away = (sinceMs: number, turns: readonly TurnView[], pending = 0) =>
  awayInWords({ isAway: true, awaySinceMs: 0, keepMs: 5 * minutes }, { turns, pending, nowMs: sinceMs })
const goesOn = (left: string) => `If only the connection is lost, what runs here goes on ${left} without this page.`

test.each<[string, string, string]>([
  ['nothing that runs', away(minutes, [waiting]), 'Reconnecting…'],
  ['a running query', away(0, [running]), `Reconnecting… ${goesOn('for another 4 minutes')}`],
  ['a while later', away(3 * minutes, [running]), `Reconnecting… ${goesOn('for another 1 minute')}`],
  ['near the end', away(4 * minutes, [running]), `Reconnecting… ${goesOn('for less than a minute')}`],
  [
    'after the end',
    away(5 * minutes, [running]),
    'Reconnecting… If only the connection was lost, what ran here may have been stopped by now.',
  ],
  ['a question that was not sent', away(0, [{ ...base, delivery: 'unsent' }]), 'Reconnecting…'],
  [
    'a decision on its way',
    away(0, [waiting], 1),
    'Reconnecting… What you decided last is not confirmed yet; it is sent again once.',
  ],
])('a page without a line, with %s', (_, said, words) => {
  expect(said).toBe(words)
})

test('a question that the server does not have says so, and nothing while it is being sent', () => {
  expect(undeliveredInWords({ ...base, delivery: 'unsent' }, false)).toMatch(/^Not sent yet: there is no connection/)
  expect(undeliveredInWords({ ...base, delivery: 'unconfirmed' }, false)).toMatch(/^Not confirmed yet/)
  expect(undeliveredInWords({ ...base, delivery: 'unconfirmed' }, true)).toBeNull()
  expect(undeliveredInWords(base, false)).toBeNull()
})

test('who waits long may leave, and for how long is said', () => {
  expect(mayLeaveInWords(15 * minutes)).toBe('You can close this page: the query goes on for 15 minutes.')
})
