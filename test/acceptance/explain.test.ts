import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorkerSqlParsers } from '../../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { strictPolicy } from '../../src/contract/guard-policy.ts'
import { makeLocalCaller } from '../../src/core/caller.ts'
import { defaultConnectionPolicy } from '../../src/core/connections/connection-policy.ts'
import { makeExplainSql } from '../../src/core/explain/explain-sql.ts'
import { makeGuard } from '../../src/core/guard/make-guard.ts'
import type { Connections } from '../../src/core/ports/connections.ts'
import { dataLines, hasSharedData, sharedLines } from '../support/shared-data.ts'

const parsers = makeWorkerSqlParsers({ timeoutMs: 5_000 })
const guard = makeGuard({ parsers })
beforeAll(() => parsers.warm())
afterAll(() => parsers.close())

/** The words for a text, or null for one that the guard refuses. */
async function explain(sql: string): Promise<string | null> {
  const verdict = await guard.guardSql(sql, { catalog: null, policy: strictPolicy })
  return verdict.ok ? parsers.explain(verdict.sql) : null
}

const data = resolve(import.meta.dirname, '../data')
const tpch = readdirSync(resolve(data, 'tpch-snowflake'))

describe('TPC-H in plain words', () => {
  test.each(tpch)('%s', async (file) => {
    const words = await explain(readFileSync(resolve(data, 'tpch-snowflake', file), 'utf8'))
    await expect(`${words}\n`).toMatchFileSnapshot(resolve(data, 'tpch-explained', file.replace('.sql', '.txt')))
  })
})

test('the types of a connection reach the sentence', async () => {
  const catalog = (type: string) => ({
    defaultDatabase: 'D',
    defaultSchema: 'S',
    tables: [
      {
        database: 'D',
        schema: 'S',
        name: 'EVENTS',
        kind: 'table' as const,
        comment: null,
        columns: [{ name: 'AT', type, nullable: true, comment: null, samples: [], samplesComplete: false }],
        primaryKey: [],
        foreignKeys: [],
        rowCount: null,
      },
    ],
  })
  const sentence = async (type: string): Promise<string> => {
    const connections = { open: async () => ({ catalog: async () => catalog(type), policy: defaultConnectionPolicy }) }
    const explainSql = makeExplainSql({
      guard,
      connections: connections as unknown as Connections,
      explain: (sql, options) => parsers.explain(sql, options),
    })
    const caller = makeLocalCaller('somebody', 'cli')
    const sql = "SELECT at FROM events WHERE at <= '2024-03-05'"
    const said = await explainSql(caller, sql, 'any', AbortSignal.timeout(5_000))
    return said.ok ? said.explanation : said.reason
  }
  expect(await sentence('TIMESTAMP_NTZ(9)')).toContain('on or before 2024-03-05 00:00, the rest of that day left out')
  expect(await sentence('DATE')).toContain('on or before 2024-03-05.')
})

test('a proposal is explained with the types of its tables', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floe-explain-'))
  mkdirSync(join(folder, 'shop'))
  writeFileSync(join(folder, 'shop', 'orders.csv'), 'id,placed\n1,1996-03-05\n')
  const floe = compose(readConfig({ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'silent' }))
  try {
    const sql = "SELECT COUNT(*) FROM orders WHERE placed <= '1996-03-05'"
    const outcome = await floe.services.answer(
      floe.callerAt('cli'),
      { sql, connection: `folder:${join(folder, 'shop')}`, maxRows: 10, autoRun: false },
      {
        signal: new AbortController().signal,
        decide: () => Promise.resolve({ kind: 'stop' }),
        onEvent: () => Promise.resolve(),
      },
    )
    expect(outcome).toMatchObject({
      kind: 'undecided',
      proposal: { explanation: expect.stringContaining('"placed" is on or before 1996-03-05.') as unknown },
    })
  } finally {
    await floe.services.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What would be said of a part that was forgotten. */
const holes =
  /``|undefined|\[object|\bnull\b|  |(?<!\d)[:,.]\s*[,.](?!\d)|\b(?:and|or|of|by|is|with|where|from|shows|reads) ?[.,]|`…`/

/** Each line is a sentence or opens a list, and none has a hole. What stands in backticks or quotes is the query's own. */
function expectWhole(words: string | null, sql: string): void {
  if (words === null) return
  for (const line of words.split('\n')) {
    expect(line, sql).toMatch(/^\S.*[.:]$/s)
    expect(line.replaceAll(/`[^`]+`|'[^']*'|"[^"]*"/g, 'x'), `${sql}\n${words}`).not.toMatch(holes)
  }
}

test('whatever may run is explained without a hole', { timeout: 120_000 }, async () => {
  for (const { sql } of dataLines('readonly_accept.jsonl') as readonly { readonly sql: string }[])
    expectWhole(await explain(sql), sql)
})

const because = hasSharedData ? '' : ' (skipped: ../shared/data is absent)'
describe.skipIf(!hasSharedData)(`[open-data] published queries are explained without a hole${because}`, () => {
  test('Spider 2.0-Snow', { timeout: 120_000 }, async () => {
    for (const { sql } of sharedLines('spider2snow_gold_dev.jsonl') as readonly { readonly sql: string }[])
      expectWhole(await explain(sql), sql)
  })

  test('Spider', { timeout: 120_000 }, async () => {
    let explained = 0
    for (const line of sharedLines('spider1_dev.jsonl') as readonly Readonly<Record<string, string>>[]) {
      const sql = line['gold_sql'] ?? ''
      const words = await explain(sql)
      if (words !== null) explained += 1
      expectWhole(words, sql)
    }
    expect(explained).toBeGreaterThan(400)
  })
})
