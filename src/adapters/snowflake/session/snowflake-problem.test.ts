import { expect, test } from 'vitest'
import { presentProblem } from '../../../core/problem.ts'
import { HttpFault } from '../../http-client/http-client.ts'
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
})

test('what is none of it is passed on', () => {
  const defect = new TypeError('oops')
  expect(snowflakeProblem(defect)).toBe(defect)
})
