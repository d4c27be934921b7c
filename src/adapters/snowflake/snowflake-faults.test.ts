import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount } from '../../../test/support/snowflake/open-account.ts'
import { startTcpFaultProxy } from '../../../test/support/tcp-fault-proxy.ts'
import { faultCases } from './fault-cases.test-support.ts'
import {
  everyRow,
  fails,
  oneRow,
  outcomeOf,
  prepareFlood,
  shortLimits,
  type Flood,
  openFlood,
} from './snowflake-faults.test-support.ts'

const missing = snowflakeDoubleMissing()

describe.skipIf(missing !== null)(missing === null ? 'faults' : `faults (skipped: ${missing})`, () => {
  let flood: Flood
  beforeAll(async () => {
    flood = await openFlood()
  })
  afterAll(() => flood.close())

  test.each(faultCases)(
    'fakesnow: $what: all rows once or a clear problem, and the next query runs',
    async ({ what, faults, ends, runs: most }) => {
      const sql = `SELECT * FROM FLOOD /* ${what} */`
      await flood.account.fault(...faults)
      const started = performance.now()
      expect(await outcomeOf(flood.access, sql)).toEqual(ends)
      expect(performance.now() - started).toBeLessThan(15_000)
      await flood.account.clearFaults()
      expect(await flood.runs(sql)).toBe(most)
      expect(await outcomeOf(flood.access, 'SELECT 1 AS A')).toEqual(oneRow(1))
    },
  )

  test.each([
    ['F10 ended sessions (390111)', 'gone'],
    ['F10 expired master tokens (390114)', 'master'],
  ] as const)('fakesnow: %s lead to one silent sign-in, the statement runs once', async (what, state) => {
    const sql = `SELECT 2 AS A /* ${what} */`
    await flood.account.expire(state)
    if (state === 'master') await flood.account.expire('session')
    const before = (await flood.account.log()).filter((entry) => entry.kind === 'login').length
    expect(await outcomeOf(flood.access, sql)).toEqual(oneRow(2))
    expect((await flood.account.log()).filter((entry) => entry.kind === 'login').length).toBe(before + 1)
    expect(await flood.runs(sql)).toBe(1)
  })

  describe('the network', () => {
    test.each([
      ['F7 down', { kind: 'down' }],
      ['a black hole', { kind: 'black-hole' }],
    ] as const)('fakesnow: %s in mid-query is noticed; later it works again', async (_, fault) => {
      const own = await prepareFlood(flood.double)
      const proxy = await startTcpFaultProxy(Number(new URL(flood.double.accessUrl).port))
      const link = openAccount(own, { limits: shortLimits, accessUrl: `http://127.0.0.1:${proxy.port}` })
      const running = outcomeOf(link, 'SELECT SYSTEM$WAIT(500) AS W')
      await own.until('statement', { match: 'AS W' })
      await proxy.set(fault)
      expect(await running).toEqual(fails('warehouse_unreachable'))
      await proxy.set({ kind: 'none' })
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      expect(await own.statements(/AS W/)).toHaveLength(1)
      await link.close()
      await proxy.close()
    })

    test('fakesnow: answers in slices of a few bytes are the same rows', async () => {
      const own = await prepareFlood(flood.double)
      const proxy = await startTcpFaultProxy(Number(new URL(flood.double.accessUrl).port))
      await proxy.set({ kind: 'slice', bytes: 700 })
      const link = openAccount(own, { limits: shortLimits, accessUrl: `http://127.0.0.1:${proxy.port}` })
      expect(await outcomeOf(link, 'SELECT * FROM FLOOD')).toEqual(everyRow)
      await link.close()
      await proxy.close()
    })
  })
})
