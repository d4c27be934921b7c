import { DuckDBInstance } from '@duckdb/node-api'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Connection, ConnectionOptions, RowStatement } from 'snowflake-sdk'
import { makeExportProcesses } from '../src/adapters/duckdb/export/export-processes.ts'
import { makeRowFiles } from '../src/adapters/duckdb/export/row-files.ts'
import type { SnowflakeAccess } from '../src/adapters/snowflake/make-snowflake-link.ts'
import type { ReadOnlySql } from '../src/core/guard/read-only-sql.ts'
import { csvLine } from '../src/contract/words/spreadsheet.ts'
import type { RowFiles } from '../src/core/ports/row-files.ts'
import { snowflakeDoubleMissing } from '../test/support/snowflake/installed-double.ts'
import { openAccount, prepareAccount } from '../test/support/snowflake/open-account.ts'
import { startSnowflakeDouble } from '../test/support/snowflake/start-snowflake-double.ts'
import { percentile, type Figure } from './measure.ts'
import { openBareDriver } from './snowflake.ts'

const formats = ['csv', 'ndjson', 'parquet'] as const
type Format = (typeof formats)[number]

/** The driver is slow and its work grows with the rows, so that fewer of them are enough. */
const ourRows = 500_000
const theirRows = 20_000
const rounds = 3
const goal = 20
const { signal } = new AbortController()

/** Every value as Snowflake has it: without these settings the driver loses digits of numbers and fractions of seconds. */
const exact: Partial<ConnectionOptions> = {
  rowMode: 'array',
  fetchAsString: ['Number', 'Date'],
  representNullAsStringNull: false,
}

/** Files of a large Snowflake result: rows per CPU-second of every process at work, against the driver's `streamRows` writing the same values, interleaved. */
export async function benchSnowflakeExport(): Promise<readonly Figure[]> {
  const missing = snowflakeDoubleMissing()
  if (missing !== null) return [{ what: `skipped: ${missing}`, measured: '', goal: '', met: null }]
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const double = await startSnowflakeDouble()
  const account = await double.newAccount()
  await prepareAccount(account)
  await account.configure({
    largeResults: [
      { match: 'FROM FLOOD_SHORT', rows: theirRows, chunkRows: 10_000 },
      { match: 'FROM FLOOD', rows: ourRows, chunkRows: 10_000 },
    ],
  })
  const access = openAccount(account)
  const driver = await openBareDriver(account, exact)
  try {
    const figures: Figure[] = []
    for (const format of formats) figures.push(await compare(access, driver, { format, folder }))
    return figures
  } finally {
    await new Promise<void>((resolve) => {
      driver.destroy(() => resolve())
    })
    await access.close()
    await double.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(
  access: SnowflakeAccess,
  driver: Connection,
  { format, folder }: { readonly format: Format; readonly folder: string },
): Promise<Figure> {
  const files = makeRowFiles(join(folder, 'ours'), makeExportProcesses())
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const figures = [
      await perCpuSecond(access, ourRows, () => exportOurs(access, files, format)),
      await perCpuSecond(null, theirRows, () => exportTheirs(driver, format, folder)),
    ]
    // The first round warms both up.
    if (round > 0) for (const [index, list] of [ours, theirs].entries()) list.push(figures[index] ?? 0)
  }
  const [our, their] = [percentile(ours, 0.5), percentile(theirs, 0.5)]
  const thousands = (figure: number): string => `${(figure / 1_000).toFixed(0)} k`
  return {
    what: `${format}: ours ÷ the driver's, rows per CPU-second`,
    measured: `${(our / their).toFixed(1)} (${thousands(our)}, ${thousands(their)})`,
    goal: `≥ ${goal}`,
    met: our / their >= goal,
  }
}

async function exportOurs(access: SnowflakeAccess, files: RowFiles, format: Format): Promise<number> {
  const tag = { purpose: 'bench', userId: 'bench', turnId: null }
  const save = { maxRows: Number.MAX_SAFE_INTEGER, timeoutMs: 600_000, tag }
  const file = await files.write(
    (to, until) => access.save({ sql: 'SELECT * FROM FLOOD' as ReadOnlySql }, to, { ...save, signal: until }),
    { form: { format }, maxRows: null, timeoutMs: 600_000, signal },
  )
  await file.discard()
  return file.rowCount
}

/** The driver's rows written as text; for Parquet, DuckDB reads that text with the types of the columns. */
async function exportTheirs(driver: Connection, format: Format, folder: string): Promise<number> {
  const path = join(folder, `theirs.${format}`)
  const statement = await new Promise<RowStatement>((resolve, reject) => {
    driver.execute({
      sqlText: 'SELECT * FROM FLOOD_SHORT',
      streamResult: true,
      complete: (error: unknown, done) => (error ? reject(error) : resolve(done)),
    })
  })
  let rows = 0
  const lines = async function* (): AsyncGenerator<string> {
    for await (const row of statement.streamRows() as AsyncIterable<readonly (string | number | boolean | null)[]>) {
      rows += 1
      yield format === 'ndjson'
        ? `${JSON.stringify(row)}\n`
        : csvLine(row.map((cell) => (cell === null ? null : String(cell))))
    }
  }
  await pipeline(lines, createWriteStream(path))
  if (format === 'parquet') await copyToParquet(path)
  return rows
}

async function copyToParquet(path: string): Promise<void> {
  const columns = `{'ID': 'BIGINT', 'AMOUNT': 'DECIMAL(12, 2)', 'NAME': 'VARCHAR', 'DAY': 'DATE', 'AT': 'TIMESTAMP', 'FLAG': 'BOOLEAN', 'RATE': 'DOUBLE', 'NOTE': 'VARCHAR'}`
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT * FROM read_csv('${path}', header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', columns = ${columns})) TO '${path}.copied' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
}

async function perCpuSecond(
  access: SnowflakeAccess | null,
  expected: number,
  work: () => Promise<number>,
): Promise<number> {
  const before = cpuSeconds(access)
  const rows = await work()
  if (rows !== expected) throw new Error(`${rows} rows came.`)
  return rows / (cpuSeconds(access) - before)
}

const ticksPerSecond = 100

/** CPU time of this process and its children that have ended, and of the driver's process where there is one. */
function cpuSeconds(access: SnowflakeAccess | null): number {
  const { user, system } = process.cpuUsage()
  const ended = ticksOf('self', [13, 14])
  const pid = access?.pid() ?? null
  const own = pid === null ? 0 : ticksOf(String(pid), [11, 12])
  return (user + system) / 1e6 + (ended + own) / ticksPerSecond
}

/** The sum of two fields of a process's state, counted from the one behind its name. */
function ticksOf(pid: string, at: readonly number[]): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return at.reduce((sum, field) => sum + Number(fields[field]), 0)
}
