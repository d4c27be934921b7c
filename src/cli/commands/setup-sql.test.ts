import { expect, test } from 'vitest'
import { run } from '../../../test/support/cli-run.ts'

const setup = (...argv: readonly string[]) => run(['connection', 'setup-sql', ...argv])

test('prints the script for what was named; names fold as in SQL', async () => {
  const { code, out, closes } = await setup(
    '--database',
    'sales',
    '--database',
    '"Odd ""one"',
    '--share',
    'SAMPLES',
    '--egress',
    '203.0.113.7',
  )
  expect([code, closes]).toEqual([0, 0])
  expect(out).toContain('GRANT USAGE ON DATABASE "SALES" TO ROLE "FLOE_READER";')
  expect(out).toContain('GRANT USAGE ON DATABASE "Odd ""one" TO ROLE "FLOE_READER";')
  expect(out).toContain('GRANT IMPORTED PRIVILEGES ON DATABASE "SAMPLES" TO ROLE "FLOE_READER";')
  expect(out).toContain("VALUE_LIST = ('203.0.113.7')")
  expect(out).toContain('ADD PROGRAMMATIC ACCESS TOKEN')
})

test.each([
  [['--public-key', 'MIIBIjAN'], "RSA_PUBLIC_KEY = 'MIIBIjAN'"],
  [
    ['--oauth-redirect', 'https://floe.example/oauth/callback', '--person', 'ann'],
    'GRANT ROLE "FLOE_READER" TO USER "ANN";',
  ],
])('%j', async (argv, words) => {
  const { code, out } = await setup(...argv)
  expect(code).toBe(0)
  expect(out).toContain(words)
  expect(out).not.toContain('PROGRAMMATIC ACCESS TOKEN')
})

test.each([
  [['--egress', 'nowhere'], 'is no IPv4 address'],
  [['--credits', 'many'], 'is no number of credits'],
  [['--role', ''], 'must not be empty'],
])('%j is a misuse', async (argv, words) => {
  const { code, out, err } = await setup(...argv)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(words)
})
