import { expect, test } from 'vitest'
import { presentProblem } from '../../../core/problem.ts'
import { HttpFault } from '../../http-client/http-client.ts'
import { isAccountHost } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import { snowflakeProblem } from './snowflake-problem.ts'

const failure = (code: string, sqlState: string | null = null, during: 'sign-in' | 'statement' = 'statement') =>
  new SnowflakeFailure({ during, code, words: 'SQL compilation error:\nraw  words', sqlState, queryId: 'q-1' })
const present = (error: unknown) => presentProblem(snowflakeProblem(error))

test.each([
  ['001003', '42000', 'sql_invalid', 'person'],
  ['002003', '42S02', 'sql_invalid', 'person'],
  ['000904', '42000', 'sql_invalid', 'person'],
  ['100038', '22018', 'sql_invalid', 'person'],
  ['100051', '22012', 'sql_invalid', 'person'],
  ['000002', '0A000', 'sql_unsupported', 'person'],
  ['000008', '0A000', 'sql_refused', 'person'],
  ['000606', '57P03', 'warehouse_failed', 'person'],
  ['000630', '57014', 'query_timeout', 'person'],
  ['000604', '57014', 'warehouse_failed', 'person'],
  ['003001', '42501', 'warehouse_failed', 'person'],
  ['090030', '22000', 'query_too_large', 'person'],
  ['390100', null, 'connection_broken', 'person'],
  ['390144', null, 'connection_broken', 'person'],
  ['390422', null, 'connection_broken', 'person'],
  ...(['394300', '394301', '394302', '394303', '394304', '394305', '394306', '394307'] as const).map(
    (code) => [code, null, 'connection_broken', 'person'] as const,
  ),
  ['limited', null, 'warehouse_unreachable', 'operator'],
  ['redirected', null, 'warehouse_unreachable', 'operator'],
  ['secondary-roles', '42501', 'connection_broken', 'person'],
  ['394400', null, 'connection_broken', 'person'],
  ['401001', null, 'warehouse_unreachable', 'operator'],
  ['deadline', null, 'warehouse_unreachable', 'operator'],
  ['999999', 'XX000', 'warehouse_failed', 'person'],
] as const)('documented answer: %s (%s) is %s, and it is the turn of the %s', (code, sqlState, expected, whose) => {
  const { code: found, whoseTurn, message, action } = present(failure(code, sqlState))
  expect([found, whoseTurn]).toEqual([expected, whose])
  for (const sentence of [message, action]) expect(sentence).toMatch(/^[A-Z].*[.…s]$/)
})

test('the raw words, the code and the query id stand behind the details, the sentence is one line', () => {
  expect(present(failure('001003', '42000'))).toMatchObject({
    message: 'Snowflake says: raw words',
    details: ["Snowflake's code 001003, SQL state 42000", 'SQL compilation error:\nraw  words', 'Query id q-1'],
  })
})

test('an unknown code at the sign-in is a broken connection', () => {
  expect(present(failure('399999', null, 'sign-in')).code).toBe('connection_broken')
})

test.each(['unreachable', 'cut', 'silent', 'too_large'] as const)('a network that is %s says so', (reason) => {
  const found = present(new HttpFault(reason, 'ECONNRESET', true))
  expect(found).toMatchObject({ code: 'warehouse_unreachable', details: ['ECONNRESET'] })
  expect(found.action).toContain('floe doctor')
})

test.each([
  ['ENOTFOUND', /name of the Snowflake account is not known/],
  ['EAI_AGAIN', /name of the Snowflake account is not known/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate .* is not accepted/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /certificate .* is not accepted/],
  ['CERT_HAS_EXPIRED', /certificate .* is not accepted/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate .* is not accepted/],
  ['ERR_PROXY_TUNNEL', /proxy does not let Floe through/],
  ['ECONNREFUSED', /is refused/],
])('a network that fails with %s names its cause, and points to the doctor', (code, says) => {
  const { message, action, details } = present(
    new HttpFault('unreachable', Object.assign(new Error('raw'), { code }), false),
  )
  expect([message, action]).toEqual([expect.stringMatching(says), expect.stringContaining('floe doctor')])
  expect(details).toEqual([code, 'raw'])
})

test.each(['401001', '401002', 'deadline', 'http', 'gone'])('the code %s points to the doctor', (code) => {
  expect(present(failure(code)).action).toContain('floe doctor')
})

test.each([
  ['https://myorg-acme.snowflakecomputing.com/x', true],
  ['https://myorg-acme.privatelink.snowflakecomputing.com/x', true],
  ['https://myorg-acme.eu-central-1.aws.snowflakecomputing.com/x', true],
  ['https://other.snowflakecomputing.com/x', false],
  ['https://evil.myorg-acme.snowflakecomputing.com/x', false],
  ['http://myorg-acme.snowflakecomputing.com/x', false],
  ['https://myorg-acme.snowflakecomputing.com:8443/x', false],
  ['https://myorg-acme.snowflakecomputing.com.evil.example/x', false],
  ['https://evil.example/x', false],
])('a redirect to %s stays with the account: %s', (url, stays) => {
  expect(isAccountHost(new URL(url), 'https://myorg-acme.snowflakecomputing.com')).toBe(stays)
})

test('what is none of it is passed on', () => {
  const defect = new TypeError('oops')
  expect(snowflakeProblem(defect)).toBe(defect)
})
