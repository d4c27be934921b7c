import { expect, test } from 'vitest'
import { makeNodeIdentity } from './node-system.ts'

test('a secret has 256 random bits and never comes twice', () => {
  const identity = makeNodeIdentity()
  const secrets = Array.from({ length: 1_000 }, () => identity.secret())
  expect(new Set(secrets).size).toBe(secrets.length)
  const bytes = secrets.map((secret) => Buffer.from(secret, 'base64url'))
  expect(bytes.every(({ length }) => length === 32)).toBe(true)
  // Each bit is set in about half of them: 1,000 throws stray by more than 150 less often than once in 10^17 runs.
  const set = Array.from({ length: 256 }, (_bit, at) =>
    bytes.reduce((sum, secret) => sum + (((secret[at >> 3] ?? 0) >> (at & 7)) & 1), 0),
  )
  expect(set.filter((count) => Math.abs(count - 500) > 150)).toEqual([])
})
