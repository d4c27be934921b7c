import { expect, test } from 'vitest'
import type { Problem } from '../../contract/problem.ts'
import { isUnfinished, marksOf } from './sql-marks.ts'

const refused = (start: number | null, end = 0, code = 'syntax'): Problem => ({
  code: 'sql_refused',
  message: 'A fault.',
  action: 'Mend it.',
  whoseTurn: 'person',
  details: [`code: ${code}`],
  ...(start === null ? {} : { span: { start, end } }),
})

test.each([
  ['SELECT * FROM', refused(9, 13)],
  ['SELECT * FROM ', refused(9, 13)],
  ['SELECT C_NAME, C_ACCT', refused(7, 13, 'unknown_column')],
  ['SELECT (1 FROM T', refused(null)],
] as const)('%j is still being written', (sql, problem) => {
  expect(isUnfinished(sql, sql.length, problem)).toBe(true)
})

test.each([
  ['SELECT C_NAM FROM CUSTOMER', 26, refused(7, 12, 'unknown_column')],
  ['DELETE', 6, refused(0, 6, 'writes')],
  ['SELECT * FROM NOWHERE', 3, refused(14, 21, 'unknown_table')],
] as const)('%j has a fault, whatever follows', (sql, caret, problem) => {
  expect(isUnfinished(sql, caret, problem)).toBe(false)
})

test('marks lie within the text, in their order', () => {
  const marks = [
    { start: 40, end: 50, message: 'beyond' },
    { start: 5, end: 9, message: 'second' },
    { start: 0, end: 3, message: 'first' },
  ]
  expect(marksOf({ ...refused(0, 3), marks }, 8)).toEqual([
    { start: 0, end: 3, message: 'first' },
    { start: 5, end: 8, message: 'second' },
    { start: 7, end: 8, message: 'beyond' },
  ])
  expect(marksOf(refused(2, 4), 10)).toEqual([{ start: 2, end: 4, message: 'A fault.' }])
})
