import { once } from 'node:events'

import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount, token } from '../../../test/support/snowflake/open-account.ts'
import type { RunProgress } from '../../core/ports/warehouse.ts'
import {
  bounds,
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

/** A server that notes what is sent to it. */
async function listen() {
  const heard: string[] = []
  const server = createServer((request, response) => {
    let text = `${request.method} ${request.url} ${JSON.stringify(request.headers)} `
    request.on('data', (part: Buffer) => (text += part.toString('latin1')))
    request.on('end', () => {
      heard.push(text)
      response.end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe.skipIf(missing !== null)(missing === null ? 'recovering' : `recovering (skipped: ${missing})`, () => {
  let flood: Flood
  beforeAll(async () => {
    flood = await openFlood()
  })
  afterAll(() => flood.close())

  /** Starts a query that takes long, and stops it once it runs. */
  const stopLongQuery = async (name: string) => {
    const told: RunProgress[] = []
    const stopping = new AbortController()
    const options = { ...bounds, signal: stopping.signal, onProgress: (one: RunProgress) => void told.push(one) }
    const running = flood.access.run(`SELECT SYSTEM$WAIT(500) AS ${name}`, options)
    await flood.account.until('statement', { match: name })
    await vi.waitFor(() => expect(told).not.toEqual([]))
    stopping.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    return told.map(({ state }) => state)
  }
  const states = async (name: string) => (await flood.account.until('ended', { match: name })).map(({ state }) => state)

  describe('a cancel', () => {
    test.each([
      ['is reset', { at: 'abort', action: 'reset', times: 2 }],
      ['is answered with 503', { at: 'abort', action: 'status', status: 503, times: 2 }],
      ['is not taken yet', { at: 'abort', action: 'error', code: '000605', message: 'not executing', times: 2 }],
    ] as const)('fakesnow: that %s is repeated until Snowflake confirms it', async (what, fault) => {
      const name = `CANCEL_${what.length}`
      await flood.account.fault(fault)
      expect(await stopLongQuery(name)).toEqual(['running', 'cancelled'])
      expect(await states(name)).toEqual(['ABORTED'])
      await flood.account.clearFaults()
    })

    test('fakesnow: that is never confirmed is said to be so, and made good later', async () => {
      await flood.account.fault({ at: 'abort', action: 'status', status: 503, times: null })
      expect(await stopLongQuery('LATER')).toEqual(['running', 'unconfirmed'])
      await flood.account.clearFaults()
      expect(await states('LATER')).toEqual(['ABORTED'])
    })

    test('fakesnow: at the time limit that is not confirmed is no cancelled query', async () => {
      await flood.account.fault({ at: 'abort', action: 'reset', times: null })
      const ended = await outcomeOf(flood.access, 'SELECT SYSTEM$WAIT(500) AS LIMITED', { timeoutMs: 600 })
      expect(ended).toEqual(fails('query_timeout', 'Asked Snowflake to stop the query; not confirmed.'))
      await flood.account.clearFaults()
    })
  })

  test('fakesnow: what a driver process left running is stopped by the next one, before anybody asks again', async () => {
    expect(await outcomeOf(flood.access, 'SELECT 1 AS A')).toEqual(oneRow(1))
    const pid = flood.access.pid() ?? Number.NaN
    const progress = Promise.withResolvers<void>()
    const onProgress = (): void => progress.resolve()
    const dying = flood.access.run('SELECT SYSTEM$WAIT(500) AS DYING', { ...bounds, onProgress })
    await progress.promise
    process.kill(pid, 'SIGKILL')
    await expect(dying).rejects.toThrow('ended while it worked on this')
    expect(await states('DYING')).toEqual(['ABORTED'])
    const [statement] = await flood.account.statements(/DYING/)
    expect((await flood.account.log()).some((one) => one.kind === 'abort' && one.queryId === statement?.queryId)).toBe(
      true,
    )
    expect(await outcomeOf(flood.access, 'SELECT 1 AS A')).toEqual(oneRow(1))
  })

  test('fakesnow: waiting for a session of ours is told', async () => {
    const own = await prepareFlood(flood.double)
    const link = openAccount(own, { limits: { ...shortLimits, maxSessions: 1 } })
    const stopping = new AbortController()
    const first = link.run('SELECT SYSTEM$WAIT(500) AS FIRST', { ...bounds, signal: stopping.signal })
    await own.until('statement', { match: 'FIRST' })
    const told: RunProgress[] = []
    const waiting = Promise.withResolvers<void>()
    const onProgress = (progress: RunProgress): void => {
      told.push(progress)
      waiting.resolve()
    }
    const second = link.run('SELECT * FROM FLOOD', { ...bounds, onProgress })
    await waiting.promise
    expect(told).toEqual([{ queryId: null, state: 'waiting' }])
    stopping.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    await second
    expect(told.map(({ state }) => state)).toEqual(['waiting', 'running'])
    await link.close()
  })

  describe('a short fault', () => {
    const once = [
      { action: 'reset' },
      { action: 'status', status: 502 },
      { action: 'status', status: 503, times: 2 },
      { action: 'status', status: 429 },
    ] as const
    test.each(once)('fakesnow: of the sign-in is hidden: $action $status', async (fault) => {
      const own = await prepareFlood(flood.double)
      await own.fault({ at: 'login', ...fault })
      const link = openAccount(own)
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      await link.close()
    })

    test.each(once)('fakesnow: of compiling and explaining is hidden: $action $status', async (fault) => {
      const options = { tag: bounds.tag, timeoutMs: 10_000, signal: bounds.signal }
      await flood.account.fault(
        { at: 'query', match: 'AS COMPILED', ...fault },
        { at: 'query', match: 'EXPLAIN', ...fault },
      )
      const columns = await flood.access.describe('SELECT 1 AS COMPILED', options)
      expect(columns.map(({ name }) => name)).toEqual(['COMPILED'])
      expect((await flood.access.query('EXPLAIN USING JSON SELECT 1', options)).rows).toHaveLength(1)
    })
  })

  test('fakesnow: a session that cannot be set up is closed', async () => {
    const own = await prepareFlood(flood.double)
    await own.fault({
      at: 'query',
      action: 'error',
      code: '000603',
      message: 'incident 2',
      match: '^ALTER SESSION',
    })
    const link = openAccount(own, { limits: shortLimits })
    expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(fails('warehouse_failed', 'incident 2'))
    await own.until('logout')
    await link.close()
  })

  test('fakesnow: a session that is opened after the deadline is closed', async () => {
    const own = await prepareFlood(flood.double)
    await own.fault({ at: 'login', action: 'delay', seconds: 2 })
    const link = openAccount(own, { limits: { ...shortLimits, signInMs: 700 } })
    expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(fails('warehouse_unreachable'))
    await own.until('logout')
    await link.close()
  })

  describe('a redirect', () => {
    test('fakesnow: within the account is followed, and the statement runs once', async () => {
      const sql = 'SELECT * FROM FLOOD /* redirected */'
      await flood.account.fault({ at: 'query', action: 'status', status: 503, match: 'redirected' })
      await flood.account.fault({
        at: 'query',
        action: 'redirect',
        status: 307,
        location: `${flood.account.accessUrl}/queries/v1/query-request?requestId=moved`,
        match: 'redirected',
      })
      expect(await outcomeOf(flood.access, sql)).toEqual(everyRow)
      expect(await flood.runs(sql)).toBe(1)
    })

    test.each([307, 308])('fakesnow: %i of a statement to another host is not followed', async (status) => {
      const elsewhere = await listen()
      await flood.account.fault({ at: 'query', action: 'redirect', status, location: elsewhere.url, match: 'AWAY' })
      const ended = await outcomeOf(flood.access, 'SELECT 1 AS AWAY')
      expect(ended).toEqual(fails('warehouse_unreachable', new URL(elsewhere.url).host))
      expect(elsewhere.heard).toEqual([])
      elsewhere.close()
    })

    test.each([307, 308])('fakesnow: %i of the sign-in to another host takes no secret along', async (status) => {
      const elsewhere = await listen()
      const own = await prepareFlood(flood.double)
      await own.fault({ at: 'login', action: 'redirect', status, location: elsewhere.url, times: null })
      const link = openAccount(own, { limits: shortLimits })
      const ended = await outcomeOf(link, 'SELECT 1 AS A')
      expect(ended).toEqual(fails('warehouse_unreachable', new URL(elsewhere.url).host))
      expect(elsewhere.heard.join()).not.toContain(token)
      expect(elsewhere.heard).toEqual([])
      await link.close()
      elsewhere.close()
    })
  })

  describe('a session that is restricted to its role', () => {
    const restrict = async (answers: readonly object[] = []) => {
      const own = await prepareFlood(flood.double)
      await own.configure({
        users: [
          { name: 'READER', pats: [token], roles: ['ANALYST', 'LOADER'], defaultRole: 'ANALYST', restricted: true },
        ],
        answers: answers as never,
      })
      return { own, link: openAccount(own, { limits: shortLimits }) }
    }
    const secondary = (value: string) => ({
      match: '^SELECT CURRENT_SECONDARY_ROLES',
      source: 'a session of the documented form',
      columns: [{ name: 'CURRENT_SECONDARY_ROLES()', type: 'TEXT' }],
      rows: [[value]],
    })

    test('fakesnow: is used as it is', async () => {
      const { own, link } = await restrict()
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      expect((await own.statements(/^USE/)).length).toBe(0)
      await link.close()
    })

    test('fakesnow: is used when Snowflake refuses to switch off what is not active (003107)', async () => {
      const { own, link } = await restrict([secondary('{"roles":"","value":"ALL"}')])
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      expect((await own.statements(/^USE/)).length).toBe(1)
      await link.close()
    })

    test('fakesnow: is not used when other roles stay active', async () => {
      const { own, link } = await restrict([secondary('{"roles":"LOADER","value":"ALL"}')])
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(fails('connection_broken', 'USE ROLE not allowed'))
      expect((await own.statements(/AS A/)).length).toBe(0)
      await link.close()
    })
  })

  test.skipIf(process.platform !== 'linux')('fakesnow: the home of the driver is its own (Linux only)', async () => {
    const link = openAccount(flood.account, { limits: shortLimits })
    expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
    const environment = readFileSync(`/proc/${link.pid()}/environ`, 'utf8').split('\0')
    const home = environment.find((line) => line.startsWith('HOME='))?.slice(5) ?? ''
    expect(statSync(home).mode & 0o777).toBe(0o700)
    await link.close()
    await vi.waitFor(() => expect(existsSync(home)).toBe(false))
  })
})
