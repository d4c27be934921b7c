import { expect, test } from 'vitest'
import { connectionStanding } from './connection-dot.tsx'

const [earlier, later] = ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z']
const saved = (needsSignIn: boolean) => ({ id: 'a', needsSignIn })

test.each<[string, Parameters<typeof connectionStanding>[0], string, string]>([
  ['never used', { saved: null }, 'untried', 'Not tried since Floe started'],
  [
    'used',
    { saved: null, state: { answeredAt: earlier, failedAt: null, failure: null } },
    'answered',
    `Answered at ${earlier}`,
  ],
  [
    'that failed last',
    { saved: saved(false), state: { answeredAt: earlier, failedAt: later, failure: 'No answer.' } },
    'failed',
    `Failed at ${later}: No answer.`,
  ],
  [
    'that answered after a failure',
    { saved: null, state: { answeredAt: later, failedAt: earlier, failure: 'No answer.' } },
    'answered',
    `Answered at ${later}`,
  ],
  [
    'without a sign-in',
    { saved: saved(true), state: { answeredAt: later, failedAt: null, failure: null } },
    'signIn',
    'Needs sign-in',
  ],
])('a connection %s', (_, connection, kind, text) => {
  expect(connectionStanding(connection, (at) => `at ${at}`)).toEqual({ kind, text })
})
