import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-policies-'))
const policies = join(folder, 'policies.json')
let floe: Floe

beforeAll(() => {
  writeFileSync(policies, JSON.stringify({ sample: { allowFunctionGroups: ['ai'] } }))
  const env = { DATA_DIR: join(folder, 'data'), SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }
  floe = compose(readConfig({ ...env, CONNECTION_POLICIES: policies }))
}, 300_000)
afterAll(async () => {
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
})

test('functions are open for the connection an operator names, and for no other', async () => {
  const { signal } = new AbortController()
  const check = (connection: string | null) =>
    floe.services.check(floe.callerAt('cli'), "SELECT AI_COMPLETE('model', 'words') AS A", connection, signal)
  expect(await check('sample')).toMatchObject({ ok: true })
  expect(await check(null)).toMatchObject({ ok: false, code: 'function_not_allowed' })
}, 300_000)
