import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoubleAccount } from '../../../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount } from '../../../test/support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { RunProgress } from '../../core/ports/warehouse.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import { bounds, fails, never, oneRow, outcomeOf, prepareFlood, shortLimits } from './snowflake-faults.test-support.ts'

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(missing === null ? 'running' : `running (skipped: ${missing})`, () => {
  let double: SnowflakeDouble
  let account: DoubleAccount
  let access: SnowflakeAccess

  beforeAll(async () => {
    double = await startSnowflakeDouble()
    account = await prepareFlood(double)
    access = openAccount(account, { limits: shortLimits })
  })
  afterAll(async () => {
    await access.close()
    await double.close()
  })

  /** How often a text was carried out. */
  const runs = async (sql: string): Promise<number> =>
    (await account.statements()).filter((entry) => entry.sql === sql).length

  test('fakesnow: F8 a warehouse that is resuming is told before it answers, and the query can be cancelled meanwhile', async () => {
    await account.configure({ warehouses: [{ name: 'WH', state: 'SUSPENDED', resumeSeconds: 600 }] })
    const told: RunProgress[] = []
    const resuming = Promise.withResolvers<void>()
    const stopping = new AbortController()
    const onProgress = (progress: RunProgress): void => {
      told.push(progress)
      if (progress.state === 'resuming') resuming.resolve()
    }
    const running = access.run('SELECT * FROM FLOOD', { ...bounds, signal: stopping.signal, onProgress })
    await resuming.promise
    stopping.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(told.map(({ state }) => state)).toEqual(['running', 'resuming'])
    expect((await account.log()).findLast((entry) => entry.kind === 'abort')?.queryId).toBe(told[0]?.queryId)
    await account.configure({ warehouses: [{ name: 'WH', state: 'STARTED' }] })
  })

  test('fakesnow: F9 a query beyond its limit is cancelled in Snowflake', async () => {
    const sql = 'SELECT SYSTEM$WAIT(500) AS LATE'
    expect(await outcomeOf(access, sql, { timeoutMs: 400 })).toEqual(fails('query_timeout'))
    const [late] = await account.statements(/LATE/)
    expect(
      (await account.log()).filter(({ kind, queryId }) => kind === 'abort' && queryId === late?.queryId),
    ).toHaveLength(1)
    const ended = await account.until('ended', { match: 'LATE' })
    expect(ended.map(({ state }) => state)).not.toContain('SUCCESS')
    expect(late?.parameters).toMatchObject({ STATEMENT_TIMEOUT_IN_SECONDS: 1 })
  })

  test('fakesnow: the driver process dies in mid-query: retriable, and the next query has a new process', async () => {
    const pid = access.pid() ?? 0
    const dying = outcomeOf(access, 'SELECT SYSTEM$WAIT(500) AS ORPHAN')
    await account.until('statement', { match: 'ORPHAN' })
    process.kill(pid, 'SIGKILL')
    expect(await dying).toEqual(fails('warehouse_failed'))
    expect(await outcomeOf(access, 'SELECT 1 AS A')).toEqual(oneRow(1))
    expect(access.pid()).not.toBe(pid)
    const left = (await account.statements(/ORPHAN/)).at(-1)?.queryId ?? ''
    await access.cancelLeftover(left, never)
    expect((await account.until('ended', { match: 'ORPHAN' }))[0]?.state).not.toBe('SUCCESS')
    await access.cancelLeftover(left, never)
  })

  test('fakesnow: a finished result is read again from any row, by another process too, and nothing runs again', async () => {
    const sql = 'SELECT * FROM FLOOD /* reread */'
    let queryId = ''
    const onProgress = (progress: RunProgress): void => {
      queryId = progress.queryId
    }
    expect((await readRows(await access.run(sql, { ...bounds, onProgress }))).length).toBe(40_000)
    const another = openAccount(account, { limits: shortLimits })
    for (const [reader, fromRow, maxRows] of [
      [access, 0, 3],
      [another, 7_999, 3],
      [another, 39_999, 10],
      [access, 40_000, 10],
    ] as const) {
      const stream = await reader.reread(queryId, { ...bounds, fromRow, maxRows })
      const ids = (await readRows(stream)).map((row) => row[0])
      expect(ids).toEqual([fromRow, fromRow + 1, fromRow + 2].filter((id) => id < 40_000))
      expect(stream.truncated()).toBe(fromRow + maxRows < 40_000)
    }
    await another.close()
    expect(await runs(sql)).toBe(1)
  })

  test('fakesnow: a VARIANT that is JavaScript stays text', async () => {
    const sql = "SELECT PARSE_JSON('{\"a\":1}') AS V, 'process.exit(7)' AS J"
    const result = await outcomeOf(access, sql)
    expect(result).toMatchObject({ rows: 1, first: [expect.stringContaining('"a"'), 'process.exit(7)'] })
  })
})
