import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSample } from '../../src/adapters/duckdb/sample/make-sample.ts'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Cell } from '../../src/contract/result.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'

/** Questions over the sample, each with DuckDB's own SQL for the same rows, in order. */
const questions: readonly (readonly [question: string, sql: string])[] = [
  ['How many orders were placed per year?', 'SELECT year(o_orderdate), count(*) FROM orders GROUP BY 1 ORDER BY 1'],
  [
    'Which five customers spent the most in 1996?',
    'SELECT c_name, sum(o_totalprice) AS s FROM customer JOIN orders ON o_custkey = c_custkey WHERE year(o_orderdate) = 1996 GROUP BY c_custkey, c_name ORDER BY s DESC LIMIT 5',
  ],
  ['How many customers are there?', 'SELECT count(*) FROM customer'],
  [
    'How many customers are in Germany?',
    "SELECT count(*) FROM customer JOIN nation ON c_nationkey = n_nationkey WHERE n_name = 'GERMANY'",
  ],
  ['What is the average account balance of customers?', 'SELECT avg(c_acctbal) FROM customer'],
  ['What is the highest retail price?', 'SELECT max(p_retailprice) FROM part'],
  ['What is the lowest supplier account balance?', 'SELECT min(s_acctbal) FROM supplier'],
  [
    'How many suppliers are there per nation?',
    'SELECT n_name, count(*) AS n FROM supplier JOIN nation ON s_nationkey = n_nationkey GROUP BY 1',
  ],
  [
    'How many line items were shipped by air in 1994?',
    "SELECT count(*) FROM lineitem WHERE l_shipmode = 'AIR' AND year(l_shipdate) = 1994",
  ],
  ['How many orders have a total price above 300000?', 'SELECT count(*) FROM orders WHERE o_totalprice > 300000'],
  [
    'number of orders per month in 1997',
    "SELECT date_trunc('month', o_orderdate), count(*) FROM orders WHERE year(o_orderdate) = 1997 GROUP BY 1 ORDER BY 1",
  ],
]

let folder: string
let floe: Floe
let alone: DuckDBConnection

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-questions-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.01', LOG_LEVEL: 'silent' }))
  const path = await makeSample({ dir: join(folder, 'sample'), scale: 0.01 }).ensure(new AbortController().signal)
  const instance = await DuckDBInstance.create(':memory:')
  alone = await instance.connect()
  await alone.run(`ATTACH '${path}' AS s (READ_ONLY)`)
  await alone.run('USE s.TPCH_SF1')
})
afterAll(async () => {
  await floe.services.close()
  rmSync(folder, { recursive: true, force: true })
})

async function answer(question: string): Promise<readonly (readonly Cell[])[]> {
  const { turns } = floe.services
  const { turnId } = await turns.ask(floe.callerAt('api'), {
    question,
    connection: 'sample',
    autoRun: true,
    maxRows: 10_000,
  })
  const rows: Cell[][] = []
  let seq = 0
  for await (const { json } of turns.events(floe.callerAt('api'), turnId, 0, new AbortController().signal)) {
    const event = JSON.parse(json) as TurnEvent
    seq += 1
    expect(event.seq).toBe(seq)
    if (event.kind === 'result.rows') rows.push(...event.rows)
    if (event.kind === 'turn.failed') throw new Error(`${event.problem.message} ${event.problem.action}`)
  }
  return rows
}

/** Comparable text of rows: numbers by value, dates by day, order kept only where the question asks for one. */
const comparable = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows
    .map((row) =>
      row
        .map((cell) => (/^-?\d+(\.\d+)?$/.test(String(cell)) ? Number(cell).toFixed(2) : String(cell).slice(0, 10)))
        .join(' | '),
    )
    .toSorted()

describe('[same-events] questions over the sample without a model', () => {
  test.each(questions)('%s', async (question, sql) => {
    const expected = await alone.runAndReadAll(sql)
    const rows = await answer(question)
    const wanted = comparable(expected.getRowsJson())
    const width = expected.columnCount
    expect(comparable(rows.map((row) => row.slice(0, width)))).toEqual(wanted)
  })
})
