import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { makeExportResult, type ExportOrder } from '../../src/core/export/export-result.ts'
import type { OpenConnection } from '../../src/core/ports/connections.ts'
import { dataLines } from '../support/shared-data.ts'
import { someone } from '../support/callers.ts'

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

const order = (sql: string, maxRows: number | null = null): ExportOrder => ({
  sql,
  connection: 'sample',
  format: 'csv',
  maxRows,
})
const csv = async (sql: string, maxRows?: number) => {
  const file = await floe.services.exportResult(floe.callerAt('api'), order(sql, maxRows), never)
  return await text(Readable.from(file.content))
}

test('a whole result comes as the query orders it, names in it mended as anywhere else', async () => {
  expect(await csv('SELECT "r_name" AS n FROM "region" ORDER BY 1')).toBe(
    'N\nAFRICA\nAMERICA\nASIA\nEUROPE\nMIDDLE EAST\n',
  )
  expect((await csv('SELECT * FROM LINEITEM')).split('\n').length).toBeGreaterThan(5_000)
})

test('a limit cuts it', async () => {
  expect(await csv('SELECT r_name FROM region ORDER BY 1', 2)).toBe('R_NAME\nAFRICA\nAMERICA\n')
})

test('[only-reads] what must be refused is refused, and no file is begun', async () => {
  const attacks = (dataLines('readonly_reject.jsonl') as readonly { readonly sql: string }[]).filter(
    (_, at) => at % 20 === 5,
  )
  for (const { sql } of attacks) await expect(csv(sql), sql).rejects.toMatchObject({ problem: { code: 'sql_refused' } })
  expect(readdirSync(join(folder, 'exports'))).toEqual([])
})

test('a warehouse that cannot write files says so', async () => {
  const plain = {
    ref: 'acme',
    label: 'Acme',
    catalog: () => Promise.reject(new Error('not read')),
  } as unknown as OpenConnection
  const exportResult = makeExportResult({
    // It is refused before either is asked for more than this.
    guard: {
      guardSql: () => Promise.reject(new Error('not judged')),
      capRows: () => Promise.reject(new Error('not cut')),
    },
    connections: {
      owns: () => true,
      list: () => Promise.resolve([]),
      open: () => Promise.resolve(plain),
      close: () => Promise.resolve(),
    },
  })
  await expect(exportResult(someone, order('SELECT 1'), never)).rejects.toMatchObject({
    problem: { code: 'sql_unsupported', message: 'Acme cannot write a result as a file.' },
  })
})
