import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderSetupScript } from './render-setup-script.ts'
import { defaultSetup } from './setup-choices.ts'

const page = readFileSync(new URL('../../../../docs/snowflake.md', import.meta.url), 'utf8')

test('docs/snowflake.md prints the script as it is made', () => {
  const script = renderSetupScript({
    ...defaultSetup,
    databases: [{ name: 'SALES', isShare: false }],
    egress: ['203.0.113.7'],
  })
  expect(page).toContain(`\`\`\`sql\n${script.trimEnd()}\n\`\`\``)
})
