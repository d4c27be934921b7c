import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExportJob } from '../src/contract/result-export.ts'
import { type ResultFormat } from '../src/contract/result-file.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'
import { serve, type Served } from './served.ts'

const columns = 'L_ORDERKEY, L_PARTKEY, L_QUANTITY, L_EXTENDEDPRICE, L_DISCOUNT, L_SHIPDATE, L_SHIPMODE, L_COMMENT'
const sizes = [1_000_000, 5_000_000] as const
const rounds = 3
const endless = 'SELECT COUNT(*) FROM LINEITEM A, LINEITEM B WHERE A.L_COMMENT < B.L_COMMENT'

/** Whole results of the sample at scale 1 as files, against DuckDB's own COPY of the same rows, interleaved; memory of workbooks, and stopping. */
export async function benchExport(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const server = await serve(folder, { env: { SAMPLE_SCALE: '1' } })
  try {
    await turnOf(server, 'SELECT COUNT(*) AS N FROM REGION')
    const sample = join(
      folder,
      'sample',
      readdirSync(join(folder, 'sample')).find((name) => name.endsWith('.duckdb')) ?? '',
    )
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    await connection.run(`ATTACH '${sample}' AS s (READ_ONLY)`)
    const figures: Figure[] = []
    for (const rows of sizes)
      for (const format of ['parquet', 'csv'] as const)
        figures.push(await compareWithCopy(server, connection, { rows, format, folder }))
    connection.closeSync()
    instance.closeSync()
    return [...figures, ...(await benchWorkbooks(server)), await benchStopping(server, join(folder, 'exports'))]
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compareWithCopy(
  server: Served,
  connection: DuckDBConnection,
  { rows, format, folder }: { readonly rows: number; readonly format: 'parquet' | 'csv'; readonly folder: string },
): Promise<Figure> {
  const turnId = await turnOf(server, `SELECT ${columns} FROM LINEITEM LIMIT ${rows}`)
  const copy = `COPY (SELECT ${columns} FROM s.TPCH_SF1.LINEITEM LIMIT ${rows}) TO '${join(folder, 'copied')}' (FORMAT ${format})`
  const copies: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await pause(restMs)
    copies.push(await timed(() => connection.run(copy)))
    await pause(restMs)
    ours.push((await exportTurn(server, turnId, format)).tookMs)
  }
  const [copied, exported] = [percentile(copies, 0.5), percentile(ours, 0.5)]
  const ratio = copied / exported
  return {
    what: `${format}, ${rows.toLocaleString('en-US')} rows: DuckDB's COPY ÷ ours`,
    measured: `${ratio.toFixed(2)} (${ms(copied)}, ${ms(exported)})`,
    goal: '≥ 0.6',
    met: ratio >= 0.6,
  }
}

async function benchWorkbooks(server: Served): Promise<readonly Figure[]> {
  const made = []
  for (const rows of sizes) {
    const turnId = await turnOf(server, `SELECT ${columns} FROM LINEITEM LIMIT ${rows}`)
    made.push({ rows, ...(await exportTurn(server, turnId, 'xlsx')) })
  }
  const figures = made.map(({ rows, tookMs }): Figure => {
    const perSecond = rows / (tookMs / 1_000)
    return {
      what: `xlsx, ${rows.toLocaleString('en-US')} rows: rows a second`,
      measured: perSecond.toFixed(0),
      goal: '≥ 40,000',
      met: perSecond >= 40_000,
    }
  })
  const [small = 0, large = 0] = made.map(({ peakMb }) => peakMb)
  const met = large <= 1.2 * small
  const memory = {
    what: 'xlsx: highest memory of the exporting process, 1 million and 5 million rows',
    goal: '≤ 1.2 ×',
    met,
  }
  return [...figures, { ...memory, measured: `${small.toFixed(0)} MB, ${large.toFixed(0)} MB` }]
}

/** `exports` is the folder that files are written in. */
async function benchStopping(server: Served, exports: string): Promise<Figure> {
  const turnId = await turnOf(server, endless, 'cancelled')
  const stops: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const { id } = await startExport(server, turnId, 'csv')
    while (readdirSync(exports).length === 0) await pause(10)
    await pause(500)
    const working = exportersOf(server.pid)
    if (working.length === 0) throw new Error('No engine works.')
    stops.push(await timed(() => fetch(`${server.url}/api/v1/exports/${id}`, { method: 'DELETE' })))
    const left = exportersOf(server.pid)
    // One may wait for the next file.
    if (left.length > 1 || working.every((pid) => left.includes(pid))) throw new Error('The engine goes on.')
  }
  const longest = Math.max(...stops)
  return {
    what: 'from stopping an export to the end of its engine, longest',
    measured: ms(longest),
    goal: '≤ 1 s',
    met: longest <= 1_000,
  }
}

/** After this long a server has put in order what it did before, and has a process ready for the next file. */
const restMs = 1_000

const pause = (forMs: number) => new Promise((resolve) => setTimeout(resolve, forMs))

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** A turn of one row of a query, which a person approved; `cancelled` for a query that does not end. */
async function turnOf({ url }: Served, sql: string, end: 'done' | 'cancelled' = 'done'): Promise<string> {
  const turnId = crypto.randomUUID()
  const asked = await post(`${url}/api/v1/turns`, { turnId, sql, connection: 'sample', maxRows: 1 })
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of asked.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    const digest = /"digest":"(\w+)"/.exec(text)?.[1]
    if (digest === undefined || text.includes('"kind":"query.approved"')) continue
    await post(`${url}/api/v1/turns/${turnId}/approve`, { digest })
    if (end === 'cancelled') await post(`${url}/api/v1/turns/${turnId}/cancel`, {})
  }
  if (!text.includes(`"kind":"turn.${end}"`)) throw new Error(`The turn ended otherwise: ${text.slice(-500)}`)
  return turnId
}

const startExport = async ({ url }: Served, turnId: string, format: ResultFormat): Promise<ExportJob> =>
  ExportJob.parse(await (await post(`${url}/api/v1/turns/${turnId}/exports`, { format })).json())

/** Makes a file and removes it: how long it took, and the highest resident memory of the process that wrote it. */
async function exportTurn(server: Served, turnId: string, format: ResultFormat) {
  const startedMs = performance.now()
  let job = await startExport(server, turnId, format)
  let peakMb = 0
  while (job.state === 'running') {
    await pause(25)
    peakMb = Math.max(peakMb, ...exportersOf(server.pid).map(peakOf))
    job = ExportJob.parse(await (await fetch(`${server.url}/api/v1/exports/${job.id}`)).json())
  }
  const tookMs = performance.now() - startedMs
  await fetch(`${server.url}/api/v1/exports/${job.id}`, { method: 'DELETE' })
  if (job.problem !== null) throw new Error(job.problem.message)
  return { tookMs, peakMb }
}

/** The children of a server that write files or wait to. */
function exportersOf(server: number): readonly string[] {
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').split(' ')
  return children.filter((pid) => pid !== '' && readQuietly(`/proc/${pid}/cmdline`).includes('export-child'))
}

const peakOf = (pid: string): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readQuietly(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024

/** A process may end between two looks. */
function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
