import { expect, test } from 'vitest'
import { presentProblem } from '../problem.ts'
import { holdBack, refuseTooLarge } from './describe-estimate.ts'

test.each([
  [null, null],
  [50e9, null],
  [50e9 + 1, 'It may read 50.0 GB, and more than 50.0 GB is read only when somebody says so.'],
  [2.5e12, 'It may read 2.5 TB, and more than 50.0 GB is read only when somebody says so.'],
])('%d bytes are held back: %s', (bytes, why) => {
  expect(holdBack({ rows: null, bytes }, { askAboveBytes: 50e9 })).toBe(why)
})

test('what may read more than ever allowed is refused, with both figures', () => {
  const limits = { refuseAboveBytes: 1e12 }
  for (const bytes of [null, 1e12]) expect(() => refuseTooLarge({ rows: null, bytes }, limits)).not.toThrow()
  const refuse = (): void => refuseTooLarge({ rows: null, bytes: 3e12 }, limits)
  expect(refuse).toThrow('The query may read 3.0 TB; no query may read more than 1.0 TB here.')
  try {
    refuse()
  } catch (error) {
    expect(presentProblem(error).code).toBe('query_too_large')
  }
})
