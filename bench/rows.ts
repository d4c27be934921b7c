import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSample } from '../src/adapters/duckdb/sample/make-sample.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'
import { serve } from './served.ts'

const rowCount = 100_000
const columns = 'L_ORDERKEY, L_PARTKEY, L_QUANTITY, L_EXTENDEDPRICE, L_DISCOUNT, L_SHIPDATE, L_SHIPMODE, L_COMMENT'

/** Rows of the sample through the whole server to a client, against DuckDB's own COPY of the same rows, interleaved. */
export async function benchRows(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const server = await serve(folder)
  const sample = makeSample({ dir: join(folder, 'sample'), scale: 0.05 })
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    await fetch(`${server.url}/api/v1/app`).then((answer) => answer.text())
    await connection.run(`ATTACH '${sample.path}' AS s (READ_ONLY)`)
    const from = `FROM s.TPCH_SF1.LINEITEM LIMIT ${rowCount}`
    const copies: number[] = []
    const ours: number[] = []
    const firsts: number[] = []
    for (let round = 0; round < 7; round += 1) {
      copies.push(await timed(() => connection.run(`COPY (SELECT ${columns} ${from}) TO '/dev/null' (FORMAT csv)`)))
      const { total, first } = await askForRows(server.url)
      ours.push(total)
      firsts.push(first)
    }
    const ratio = percentile(copies, 0.5) / percentile(ours, 0.5)
    const first = percentile(firsts, 0.5)
    return [
      {
        what: `COPY of ${rowCount.toLocaleString('en-US')} rows, DuckDB alone`,
        measured: ms(percentile(copies, 0.5)),
        goal: '',
        met: null,
      },
      { what: 'the same rows through Floe to a client', measured: ms(percentile(ours, 0.5)), goal: '', met: null },
      { what: 'ratio of the two', measured: ratio.toFixed(2), goal: '≥ 0.4', met: ratio >= 0.4 },
      {
        what: 'from the start of the query to its first rows, p50',
        measured: ms(first),
        goal: '≤ 50 ms',
        met: first <= 50,
      },
    ]
  } finally {
    connection.closeSync()
    instance.closeSync()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** From the running of the query to its last row, and to its first, in ms; the guard and the approval before it are not counted. */
async function askForRows(url: string): Promise<{ readonly total: number; readonly first: number }> {
  const body = { sql: `SELECT ${columns} FROM LINEITEM`, connection: 'sample', autoRun: true, maxRows: rowCount }
  const answer = await fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const decoder = new TextDecoder()
  let started = 0
  let first = 0
  let tail = ''
  for await (const chunk of answer.body ?? []) {
    const text = tail + decoder.decode(chunk, { stream: true })
    if (started === 0 && text.includes('"kind":"query.approved"')) started = performance.now()
    if (first === 0 && text.includes('"kind":"result.rows"')) first = performance.now()
    if (text.includes('"kind":"result.done"')) return { total: performance.now() - started, first: first - started }
    tail = text.slice(-40)
  }
  throw new Error('The rows ended early.')
}
