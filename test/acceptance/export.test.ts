import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { dataLines } from '../support/shared-data.ts'

let folder: string
let floe: Floe
const never = new AbortController().signal

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-export-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
})
afterAll(async () => {
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks for a result as a CSV file; the file's text, and how the turn ended. */
async function exportTurn(sql: string, maxRows: number | null = null) {
  const written: string[] = []
  const events: TurnEvent[] = []
  const outcome = await floe.services.answer(
    floe.callerAt('cli'),
    { sql, connection: 'sample', maxRows: 10, autoRun: true },
    {
      signal: never,
      decide: () => Promise.resolve({ kind: 'stop' }),
      onEvent: (event) => Promise.resolve(void events.push(event)),
      file: {
        form: { format: 'csv' },
        maxRows,
        deliver: async (file) => {
          written.push(await text(Readable.from(file.content)))
        },
      },
    },
  )
  return { written: written[0] ?? null, events, outcome }
}
const csv = async (sql: string, maxRows?: number) => (await exportTurn(sql, maxRows)).written

test('a whole result comes as the query orders it, names in it mended as anywhere else', async () => {
  expect(await csv('SELECT "r_name" AS n FROM "region" ORDER BY 1')).toBe(
    'N\nAFRICA\nAMERICA\nASIA\nEUROPE\nMIDDLE EAST\n',
  )
  expect((await csv('SELECT * FROM LINEITEM'))?.split('\n').length).toBeGreaterThan(5_000)
})

test('a limit cuts it', async () => {
  expect(await csv('SELECT r_name FROM region ORDER BY 1', 2)).toBe('R_NAME\nAFRICA\nAMERICA\n')
})

/** A text without a statement is refused before a turn begins. */
const asRefusal = (error: unknown) => {
  if (!(error instanceof ProblemError)) throw error
  return { written: null, outcome: { kind: 'failed', problem: error.problem } }
}

test('[only-reads] what must be refused is refused, and no file is begun', async () => {
  const attacks = (dataLines('readonly_reject.jsonl') as readonly { readonly sql: string }[]).filter(
    (_, at) => at % 20 === 5,
  )
  for (const { sql } of attacks)
    expect(await exportTurn(sql).catch(asRefusal), sql).toMatchObject({
      written: null,
      outcome: { kind: 'failed', problem: { code: 'sql_refused' } },
    })
  expect(existsSync(join(folder, 'exports')) ? readdirSync(join(folder, 'exports')) : []).toEqual([])
})

test('it is a turn like any other: estimated, told, kept in the history', async () => {
  const { events, outcome } = await exportTurn('SELECT r_name FROM region')
  expect(outcome).toEqual({ kind: 'answered' })
  expect(events.map(({ kind }) => kind)).toEqual([
    'turn.started',
    ...Array.from({ length: 6 }, () => 'step'),
    'query.proposed',
    'query.approved',
    'step',
    'result.done',
    'step',
    'turn.done',
  ])
  expect(events.find(({ kind }) => kind === 'query.proposed')).toMatchObject({ estimate: { rows: 5 } })
  expect(events.find(({ kind }) => kind === 'result.done')).toMatchObject({
    rowCount: 5,
    file: 'csv',
    truncated: false,
  })
  const [first] = events
  const stored = await floe.services.history.readTurn(floe.callerAt('cli'), first?.turnId ?? '', 0)
  expect(stored.turn.state).toBe('done')
  expect(stored.events).toHaveLength(events.length)
})
