import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { explainedCodes } from './explain-sign-in.ts'

const page = readFileSync(new URL('../../../../docs/snowflake.md', import.meta.url), 'utf8')

test.each(explainedCodes)('docs/snowflake.md says what to do about %s', (code) => {
  expect(page).toMatch(new RegExp(`^\\|.*\`${code}\`.*\\|`, 'm'))
})
