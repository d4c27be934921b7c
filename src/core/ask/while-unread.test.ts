import { expect, test } from 'vitest'
import type { Refusal } from '../guard/verdict.ts'
import { whileUnread } from './while-unread.ts'

const refusal = { ok: false, code: 'unknown_table', action: 'Name a table there is.' } as Refusal

test('while tables are still being read, an unknown one may be among them', () => {
  expect(whileUnread(refusal, { unread: '3 of 9 tables read so far' }).action).toBe(
    'It may not have been read yet (3 of 9 tables read so far): wait a moment, or do this: Name a table there is.',
  )
})

test.each<readonly [string, Refusal, { readonly unread?: string }]>([
  ['a whole catalog', refusal, {}],
  ['another refusal', { ...refusal, code: 'writes' }, { unread: '3 of 9 tables read so far' }],
])('%s changes nothing', (_what, given, catalog) => {
  expect(whileUnread(given, catalog)).toBe(given)
})
