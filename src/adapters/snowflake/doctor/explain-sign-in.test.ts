import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import { explainedCodes } from './explain-sign-in.ts'

const page = readFileSync(new URL('../../../../docs/snowflake.md', import.meta.url), 'utf8')

test.each(explainedCodes(methods))('docs/snowflake.md says what to do about %s', (code) => {
  expect(page).toMatch(new RegExp(`^\\|.*\`${code}\`.*\\|`, 'm'))
})
