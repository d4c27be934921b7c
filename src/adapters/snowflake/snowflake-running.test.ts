import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount } from '../../../test/support/snowflake/open-account.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { RunProgress } from '../../core/ports/warehouse.ts'
import {
  bounds,
  fails,
  never,
  oneRow,
  outcomeOf,
  prepareFlood,
  shortLimits,
  type Flood,
  openFlood,
} from './snowflake-faults.test-support.ts'

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(missing === null ? 'running' : `running (skipped: ${missing})`, () => {
  let flood: Flood
  beforeAll(async () => {
    flood = await openFlood()
  })
  afterAll(() => flood.close())

  test('fakesnow: F8 a warehouse that is resuming is told before it answers, and the query can be cancelled meanwhile', async () => {
    await flood.account.configure({ warehouses: [{ name: 'WH', state: 'SUSPENDED', resumeSeconds: 600 }] })
    const told: RunProgress[] = []
    const resuming = Promise.withResolvers<void>()
    const stopping = new AbortController()
    const onProgress = (progress: RunProgress): void => {
      told.push(progress)
      if (progress.state === 'resuming') resuming.resolve()
    }
    const running = flood.access.run('SELECT * FROM FLOOD', { ...bounds, signal: stopping.signal, onProgress })
    await resuming.promise
    stopping.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(told.map(({ state }) => state)).toEqual(['running', 'resuming', 'cancelled'])
    expect((await flood.account.log()).findLast((entry) => entry.kind === 'abort')?.queryId).toBe(told[0]?.queryId)
    await flood.account.configure({ warehouses: [{ name: 'WH', state: 'STARTED' }] })
  })

  test('fakesnow: F9 a query beyond its limit is cancelled in Snowflake', async () => {
    const sql = 'SELECT SYSTEM$WAIT(500) AS LATE'
    expect(await outcomeOf(flood.access, sql, { timeoutMs: 400 })).toEqual(fails('query_timeout'))
    const [late] = await flood.account.statements(/LATE/)
    expect(
      (await flood.account.log()).filter(({ kind, queryId }) => kind === 'abort' && queryId === late?.queryId),
    ).toHaveLength(1)
    const ended = await flood.account.until('ended', { match: 'LATE' })
    expect(ended.map(({ state }) => state)).not.toContain('SUCCESS')
    expect(late?.parameters).toMatchObject({ STATEMENT_TIMEOUT_IN_SECONDS: 1 })
  })

  test('fakesnow: the driver process dies in mid-query: retriable, and the next query has a new process', async () => {
    const pid = flood.access.pid() ?? Number.NaN
    const dying = outcomeOf(flood.access, 'SELECT SYSTEM$WAIT(500) AS ORPHAN')
    await flood.account.until('statement', { match: 'ORPHAN' })
    process.kill(pid, 'SIGKILL')
    expect(await dying).toEqual(fails('warehouse_failed'))
    expect(await outcomeOf(flood.access, 'SELECT 1 AS A')).toEqual(oneRow(1))
    expect(flood.access.pid()).not.toBe(pid)
    const left = (await flood.account.statements(/ORPHAN/)).at(-1)?.queryId ?? ''
    await flood.access.cancelLeftover(left, never)
    expect((await flood.account.until('ended', { match: 'ORPHAN' }))[0]?.state).not.toBe('SUCCESS')
    await flood.access.cancelLeftover(left, never)
  })

  test('fakesnow: a finished result is read again from any row, by another process too, and nothing runs again', async () => {
    const sql = 'SELECT * FROM FLOOD /* reread */'
    let queryId = ''
    const onProgress = (progress: RunProgress): void => {
      queryId = progress.queryId ?? ''
    }
    expect((await readRows(await flood.access.run(sql, { ...bounds, onProgress }))).length).toBe(40_000)
    const another = openAccount(flood.account, { limits: shortLimits })
    for (const [reader, fromRow, maxRows] of [
      [flood.access, 0, 3],
      [another, 7_999, 3],
      [another, 39_999, 10],
      [flood.access, 40_000, 10],
    ] as const) {
      const stream = await reader.reread(queryId, { ...bounds, fromRow, maxRows })
      const ids = (await readRows(stream)).map((row) => row[0])
      expect(ids).toEqual([fromRow, fromRow + 1, fromRow + 2].filter((id) => id < 40_000))
      expect(stream.truncated()).toBe(fromRow + maxRows < 40_000)
    }
    await another.close()
    expect(await flood.runs(sql)).toBe(1)
  })

  test.each([
    'PUT file:///etc/passwd @~',
    'get @~/x file:///tmp/',
    '/* a */ -- b\n // c\n ; put file:///etc/passwd @~',
    '/* never ends',
    'LIST @~',
  ])('fakesnow: %j never leaves', async (sql) => {
    expect(await outcomeOf(flood.access, sql)).toEqual(fails('sql_refused'))
    expect((await flood.account.log()).filter((entry) => entry.sql === sql)).toEqual([])
  })

  test('fakesnow: what waits for a session waits its turn; beyond that it is too busy; idle sessions are closed', async () => {
    const own = await prepareFlood(flood.double)
    const link = openAccount(own, { limits: { ...shortLimits, maxSessions: 1, maxWaiting: 1, idleSessionMs: 50 } })
    const stopping = new AbortController()
    const first = link.run('SELECT SYSTEM$WAIT(500) AS FIRST', { ...bounds, signal: stopping.signal })
    await own.until('statement', { match: 'FIRST' })
    const second = outcomeOf(link, 'SELECT 2 AS A')
    expect(await outcomeOf(link, 'SELECT 3 AS A')).toEqual(fails('too_busy'))
    stopping.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(await second).toEqual(oneRow(2))
    await own.until('logout')
    expect((await own.log()).filter((entry) => entry.kind === 'login')).toHaveLength(1)
    expect(await outcomeOf(link, 'SELECT 4 AS A')).toEqual(oneRow(4))
    await link.close()
  })

  test('fakesnow: statements of one credential run side by side, each on a session of its own', async () => {
    const values = [1, 2, 3, 4, 5]
    const ended = await Promise.all(values.map((value) => outcomeOf(flood.access, `SELECT ${value} AS A`)))
    expect(ended).toEqual(values.map(oneRow))
  })

  test.skipIf(process.platform !== 'linux')(
    'fakesnow: the driver process has none of our environment, stands in no folder of ours and ends when idle (Linux only)',
    async () => {
      const faults: unknown[] = []
      const link = openAccount(flood.account, {
        limits: shortLimits,
        idleMs: 100,
        environment: { HTTPS_PROXY: 'http://proxy' },
        onFault: (error) => faults.push(error),
      })
      const stopping = new AbortController()
      const running = link.run('SELECT SYSTEM$WAIT(500) AS LOOK', { ...bounds, signal: stopping.signal })
      await flood.account.until('statement', { match: 'LOOK' })
      const pid = link.pid() ?? 0
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0])
      expect(names).toContain('SNOWFLAKE_DISABLE_PLATFORM_DETECTION')
      expect(names).toContain('HTTPS_PROXY')
      expect(names).not.toContain('PATH')
      expect(readlinkSync(`/proc/${pid}/cwd`)).not.toContain(process.cwd())
      stopping.abort(new Error('enough'))
      await expect(running).rejects.toThrow('enough')
      await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 10_000 })
      expect(existsSync(join(tmpdir(), 'snowflake.log'))).toBe(false)
      expect(faults).toEqual([])
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      await link.close()
    },
  )

  test('fakesnow: a VARIANT that is JavaScript stays text', async () => {
    const sql = "SELECT PARSE_JSON('{\"a\":1}') AS V, 'process.exit(7)' AS J"
    const result = await outcomeOf(flood.access, sql)
    expect(result).toMatchObject({ rows: 1, first: [expect.stringContaining('"a"'), 'process.exit(7)'] })
  })
})
