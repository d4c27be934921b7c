import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import { run } from '../support/cli-run.ts'

let root: string
let floe: Floe

/** Members of 700 towns, which are more than a catalog samples, and four members of one town more. */
const members = [
  'member_id,member_name,town,club',
  ...Array.from({ length: 1400 }, (_, i) => `${i},Member Name${i},Town ${i % 700} upon Sea,Club ${i % 3}`),
  ...Array.from({ length: 4 }, (_, i) => `${1400 + i},Member Name${1400 + i},WEXCOMBE BAY,Club 1`),
]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'floe-folder-values-'))
  mkdirSync(join(root, 'clubs'))
  writeFileSync(join(root, 'clubs', 'members.csv'), `${members.join('\n')}\n`)
  floe = compose(readConfig({ DATA_DIR: join(root, 'data'), SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  // The first statement starts the engine, which a busy machine needs its time for.
  await command('sql', 'SELECT COUNT(*) FROM MEMBERS')
}, 120_000)
afterAll(async () => {
  await floe.services.close()
  rmSync(root, { recursive: true, force: true })
})

const command = (name: string, text: string, ...options: readonly string[]) =>
  run([name, text, '--connection', `folder:${join(root, 'clubs')}`, ...options], {
    services: { ...floe.services, close: () => Promise.resolve() },
    caller: floe.callerAt('cli'),
  })

test('a value that no sample holds is found in the files, in the spelling that is stored', async () => {
  const { out, code } = await command('ask', 'how many members are in Wexcombe Bay?', '--yes', '--json')
  const lines = out.trim().split('\n')
  const events = lines.map((line) => TurnEvent.parse(JSON.parse(line)))
  expect(code).toBe(0)
  expect(events.find(({ kind }) => kind === 'query.proposed')).toMatchObject({
    sql: expect.stringContaining("WHERE TOWN = 'WEXCOMBE BAY'") as string,
    assumptions: expect.arrayContaining([`"Wexcombe Bay" is read as 'WEXCOMBE BAY'.`]) as string[],
  })
  expect(events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : []))).toEqual([[4]])
})
