import { expect, test } from 'vitest'
import type { AuditAction, AuditEntry } from '../../../contract/audit.ts'
import { actionInWords, auditCsv } from './audit-words.ts'

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
  [entry('connection.added', { connection: 'c', name: 'Prod', kind: 'snowflake' }), 'added the connection “Prod”'],
])('$0.action is said in plain words: $1', (given, words) => {
  expect(actionInWords(given, nameOf)).toBe(words)
})

test('a table of entries holds each exactly, and nothing in it is a formula', () => {
  const made = { ...entry('token.made', { name: 'a, "b"', days: 7 }), person: null }
  const invited = { ...entry('sign_in'), person: { id: 'x', name: '=HYPERLINK("http://evil.example")', email: null } }
  expect(auditCsv([made, invited]).split('\r\n')).toEqual([
    'at,person,email,door,action,facts',
    '2026-11-29T10:00:00.000Z,,,page,token.made,"{""name"":""a, \\""b\\"""",""days"":7}"',
    `2026-11-29T10:00:00.000Z,"'=HYPERLINK(""http://evil.example"")",,page,sign_in,{}`,
    '',
  ])
})
