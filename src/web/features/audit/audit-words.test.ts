import { expect, test } from 'vitest'
import { AuditAction, type AuditEntry } from '../../../contract/audit.ts'
import { actionInWords } from './audit-words.ts'

const entry = (action: AuditAction, facts: AuditEntry['facts'] = {}): AuditEntry => ({
  cursor: '1',
  at: '2026-11-29T10:00:00.000Z',
  person: { id: '11111111-1111-4111-8111-111111111111', name: 'Ada Example', email: 'ada@example.com' },
  door: 'page',
  action,
  facts,
})
const nameOf = (id: string): string => (id === 'b' ? 'Ben' : 'somebody who left')

test.each([
  [entry('sign_in'), 'signed in'],
  [
    entry('sign_in.refused', { email: 'eve@evil.example', reason: 'not_invited' }),
    'eve@evil.example was turned away at sign-in: the address is not among those who may come',
  ],
  [entry('token.made', { name: 'reports', scopes: 'ask', days: 7 }), 'made the access token “reports” for 7 days'],
  [entry('person.invited', { person: 'b', role: 'viewer' }), 'invited Ben as viewer'],
  [entry('person.changed', { person: 'b', role: 'admin' }), 'changed Ben: their role is now admin'],
  [entry('person.changed', { person: 'b', isDisabled: true }), 'changed Ben: they are disabled'],
  [entry('person.changed', { person: 'c', isDisabled: false }), 'changed somebody who left: they may sign in again'],
  [entry('question.asked', { turn: 't', connection: null }), 'asked a question of the default connection'],
  [entry('question.asked', { turn: 't', connection: 'Prod' }), 'asked a question of “Prod”'],
  [
    entry('query.run', { connection: 'Prod', by: 'auto', outcome: 'done', rows: 1, bytes: 9, format: null }),
    'ran a query of “Prod”, 1 row',
  ],
  [
    entry('query.run', { connection: 'Prod', outcome: 'done', rows: 20, format: 'csv' }),
    'ran a query of “Prod”, 20 rows into a file (csv)',
  ],
  [entry('query.run', { connection: 'Prod', outcome: 'failed', format: null }), 'failed to run a query of “Prod”'],
  [
    entry('result.read', { connection: 'Prod', for: 'page', outcome: 'done', rows: 20 }),
    'read once more what “Prod” keeps of a result, 20 rows',
  ],
  [
    entry('result.exported', { connection: 'Prod', view: 'all', outcome: 'done', rows: 20, bytes: 99, format: 'xlsx' }),
    'exported a result of “Prod”, 20 rows into a file (xlsx)',
  ],
  [
    entry('result.exported', { connection: 'Prod', view: 'all', outcome: 'stopped', format: 'csv' }),
    'stopped the export of a result of “Prod” into a file (csv)',
  ],
  [
    entry('result.exported', { connection: 'Prod', view: 'all', outcome: 'left', bytes: 99, format: 'csv' }),
    'took only part of the export of a result of “Prod” into a file (csv)',
  ],
  [
    entry('share.made', { share: 's', conversation: 'c', turn: null, with: null, rows: false }),
    'shared a conversation with everyone, without its rows',
  ],
  [
    entry('share.made', { share: 's', conversation: 'c', turn: 't', with: 'Finance', rows: true }),
    'shared an answer with the group “Finance”, rows included',
  ],
  [entry('share.ended', { share: 's' }), 'stopped sharing something'],
  [entry('share.opened', { share: 's', owner: 'b', rows: false }), 'opened what Ben shared, without its rows'],
  [entry('audit.exported', { words: 'ben', format: 'csv' }), 'downloaded the audit where it says “ben”'],
  [entry('audit.exported', { words: '', format: 'csv' }), 'downloaded the audit'],
  [entry('rate.refused', { by: 'person', times: 312 }), 'sent too many requests, 312 more times within a minute'],
  [entry('rate.refused', { by: 'address' }), 'An address sent too many requests'],
  [entry('connection.added', { connection: 'c', name: 'Prod', kind: 'snowflake' }), 'added the connection “Prod”'],
])('$0.action is said in plain words: $1', (given, words) => {
  expect(actionInWords(given, nameOf)).toBe(words)
})

test.each(AuditAction.options)('%s is a sentence without gaps, whatever is known of it', (action) => {
  const fact = {
    by: 'somebody',
    rows: true,
    role: 'admin',
    connection: 'Prod',
    fields: 'theme',
    model: 'm',
    deleted: 2,
  }
  for (const facts of [{}, fact, { ...fact, outcome: 'done', reason: 'disabled', for: 'group', words: 'ben' }])
    expect(actionInWords(entry(action, facts), nameOf)).not.toMatch(/[{}]|undefined|NaN|^\s*$/)
})
