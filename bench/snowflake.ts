import { readFileSync } from 'node:fs'
import snowflake, { type Connection, type ConnectionOptions, type RowStatement } from 'snowflake-sdk'
import type { SnowflakeAccess } from '../src/adapters/snowflake/make-snowflake-link.ts'
import type { DoubleAccount } from '../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../test/support/snowflake/installed-double.ts'
import { openAccount, prepareAccount, token } from '../test/support/snowflake/open-account.ts'
import { startSnowflakeDouble } from '../test/support/snowflake/start-snowflake-double.ts'
import { percentile, type Figure } from './measure.ts'
import { residentMegabytes } from './served.ts'

const rowCount = 100_000
const longRowCount = 2_000_000
const rounds = 3
const tag = { purpose: 'bench', userId: 'bench', turnId: null }
const bounds = { maxRows: 1e9, maxBytes: 1e12, timeoutMs: 600_000, signal: new AbortController().signal, tag }

/** Rows of a large result through our own reader and through the bare driver, interleaved, and memory while two million rows pass. */
export async function benchSnowflake(): Promise<readonly Figure[]> {
  const missing = snowflakeDoubleMissing()
  if (missing !== null) return [{ what: `skipped: ${missing}`, measured: '', goal: '', met: null }]
  const double = await startSnowflakeDouble()
  const account = await double.newAccount()
  await prepareAccount(account)
  await account.configure({
    largeResults: [
      { match: 'FROM FLOOD_LONG', rows: longRowCount, chunkRows: 10_000 },
      { match: 'FROM FLOOD', rows: rowCount, chunkRows: 10_000 },
    ],
  })
  const access = openAccount(account)
  const driver = await openBareDriver(account)
  try {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const figures = [
        await perCpuSecond(access, () => readOurs(access)),
        await perCpuSecond(null, () => readTheirs(driver)),
      ]
      // The first round warms both up.
      if (round > 0) for (const [index, list] of [ours, theirs].entries()) list.push(figures[index] ?? 0)
    }
    const ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
    const growth = await growthOver(access)
    return [
      {
        what: 'the driver alone: streamRows and JSON, rows per CPU-second',
        measured: thousands(theirs),
        goal: '',
        met: null,
      },
      {
        what: 'the same rows through our reader, both processes counted',
        measured: thousands(ours),
        goal: '',
        met: null,
      },
      { what: 'ratio of the two', measured: ratio.toFixed(1), goal: '≥ 8', met: ratio >= 8 },
      growth,
    ]
  } finally {
    await new Promise<void>((resolve) => {
      driver.destroy(() => resolve())
    })
    await access.close()
    await double.close()
  }
}

const thousands = (figures: readonly number[]): string => `${(percentile(figures, 0.5) / 1_000).toFixed(0)} k`

/** The driver as it comes, objects for rows. */
export async function openBareDriver(
  account: DoubleAccount,
  options: Partial<ConnectionOptions> = {},
): Promise<Connection> {
  snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false })
  const connection = snowflake.createConnection({
    account: account.account,
    accessUrl: account.accessUrl,
    authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
    username: 'READER',
    token,
    ...options,
  })
  await new Promise<void>((resolve, reject) => {
    connection.connect((error: unknown) => (error ? reject(error) : resolve()))
  })
  return connection
}

async function readTheirs(driver: Connection): Promise<number> {
  const statement = await new Promise<RowStatement>((resolve, reject) => {
    driver.execute({
      sqlText: 'SELECT * FROM FLOOD',
      streamResult: true,
      complete: (error: unknown, done) => (error ? reject(error) : resolve(done)),
    })
  })
  let bytes = 0
  let rows = 0
  for await (const row of statement.streamRows()) {
    bytes += JSON.stringify(row).length
    rows += 1
  }
  return bytes > 0 ? rows : 0
}

async function readOurs(
  access: SnowflakeAccess,
  sql = 'SELECT * FROM FLOOD',
  look = (): void => undefined,
): Promise<number> {
  const stream = await access.run(sql, bounds)
  let rows = 0
  for await (const batch of stream.batches) {
    rows += batch.rowCount
    look()
  }
  return rows
}

async function perCpuSecond(access: SnowflakeAccess | null, read: () => Promise<number>): Promise<number> {
  const before = cpuSeconds(access)
  const rows = await read()
  if (rows !== rowCount) throw new Error(`${rows} rows came.`)
  return rows / (cpuSeconds(access) - before)
}

const ticksPerSecond = 100

/** CPU time of this process, and of the driver's process where there is one. */
function cpuSeconds(access: SnowflakeAccess | null): number {
  const { user, system } = process.cpuUsage()
  const pid = access?.pid() ?? null
  if (pid === null) return (user + system) / 1e6
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (user + system) / 1e6 + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory of the driver's process, after a tenth of two million rows and at its highest. */
async function growthOver(access: SnowflakeAccess): Promise<Figure> {
  const what = 'memory of the driver process over 2,000,000 rows: after a tenth, highest'
  const goal = '≤ 1.2 ×'
  const seen: number[] = []
  const look = (): void => {
    const megabytes = residentMegabytes(access.pid() ?? 0)
    if (megabytes !== null) seen.push(megabytes)
  }
  const rows = await readOurs(access, 'SELECT * FROM FLOOD_LONG', look)
  if (rows !== longRowCount) throw new Error(`${rows} rows came.`)
  const early = Math.max(...seen.slice(0, Math.ceil(seen.length / 10)))
  const highest = Math.max(...seen)
  if (seen.length === 0) return { what, measured: 'unknown here', goal, met: null }
  return { what, measured: `${early.toFixed(0)} MB, ${highest.toFixed(0)} MB`, goal, met: highest <= 1.2 * early }
}
