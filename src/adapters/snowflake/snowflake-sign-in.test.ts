import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoubleFault } from '../../../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount, token } from '../../../test/support/snowflake/open-account.ts'
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

describe.skipIf(missing !== null)(missing === null ? 'signing in' : `signing in (skipped: ${missing})`, () => {
  let flood: Flood
  beforeAll(async () => {
    flood = await openFlood()
  })
  afterAll(() => flood.close())

  describe('signing in', () => {
    const signIns: readonly { readonly what: string; readonly fault: DoubleFault; readonly ends: unknown }[] = [
      {
        what: 'a sign-in that hangs',
        fault: { at: 'login', action: 'hang', times: null },
        ends: fails('warehouse_unreachable'),
      },
      {
        what: 'a sign-in that is reset',
        fault: { at: 'login', action: 'reset', times: null },
        ends: fails('warehouse_unreachable'),
      },
      {
        what: 'a sign-in that answers 503',
        fault: { at: 'login', action: 'status', status: 503, times: null },
        ends: fails('warehouse_unreachable'),
      },
      {
        what: 'garbage for a sign-in',
        fault: { at: 'login', action: 'garbage', times: null },
        ends: fails('warehouse_unreachable'),
      },
      {
        what: 'a slow sign-in',
        fault: { at: 'login', action: 'delay', seconds: 1 },
        ends: oneRow(1),
      },
      {
        what: 'a network policy',
        fault: {
          at: 'login',
          action: 'error',
          code: '390422',
          message: 'Incoming request with IP 1.2.3.4 is not allowed.',
        },
        ends: fails('connection_broken', '1.2.3.4'),
      },
    ]
    test.each(signIns)('fakesnow: $what', async ({ fault, ends }) => {
      const own = await prepareFlood(flood.double)
      await own.fault(fault)
      const link = openAccount(own, { limits: shortLimits })
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(ends)
      await own.clearFaults()
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      await link.close()
    })

    test('fakesnow: a wrong token is a broken connection', async () => {
      const link = openAccount(flood.account, {
        limits: shortLimits,
        credential: () => Promise.resolve({ method: 'access_token', user: 'READER', token: `${token}-wrong` }),
      })
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(fails('connection_broken', '394400'))
      await link.close()
    })

    test('fakesnow: the log is told where a defect on the way to the credential happened, nobody what it says', async () => {
      const told: unknown[] = []
      const defect = new TypeError('pat-in-a-message is broken')
      const link = openAccount(flood.account, {
        limits: shortLimits,
        credential: () => Promise.reject(defect),
        onFault: (error) => told.push(error),
      })
      const ended = await outcomeOf(link, 'SELECT 1 AS A')
      expect(ended).toEqual(fails('internal'))
      expect(told.map(String)).toEqual([
        expect.stringMatching(/^Error: The credential could not be told: TypeError\s+at /),
      ])
      expect(JSON.stringify(ended) + told.map(String).join()).not.toContain(defect.message)
      await link.close()
    })

    test('fakesnow: an expired OAuth token is asked for anew, once', async () => {
      await flood.account.configure({
        users: [
          { name: 'READER', oauthTokens: ['fresh'], expiredOauthTokens: ['stale'], pats: [token], roles: ['ANALYST'] },
        ],
      })
      const tokens = ['stale', 'fresh']
      const link = openAccount(flood.account, {
        limits: shortLimits,
        credential: () => Promise.resolve({ method: 'oauth', token: tokens.shift() ?? 'none left' }),
      })
      expect(await outcomeOf(link, 'SELECT 1 AS A')).toEqual(oneRow(1))
      expect(tokens).toEqual([])
      await link.close()
    })

    test('fakesnow: sign-in, statements and chunks go through the proxy of the environment', async () => {
      const own = await prepareFlood(flood.double)
      const passed: string[] = []
      const proxy = createServer((from, to) => {
        // The driver names the path alone, as it would to a server; Node names the whole address.
        const url = new URL(from.url ?? '', `http://${from.headers.host}`)
        passed.push(url.pathname)
        const onwards = request(url, { method: from.method ?? 'GET', headers: from.headers }, (answer) => {
          to.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(to)
        })
        from.pipe(onwards)
      })
      proxy.listen(0, '127.0.0.1')
      await once(proxy, 'listening')
      const address = proxy.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      const environment = { HTTP_PROXY: `http://127.0.0.1:${port}` }
      const link = openAccount(own, { environment })
      expect(await outcomeOf(link, 'SELECT * FROM FLOOD')).toEqual(everyRow)
      await link.close()
      proxy.close()
      for (const path of [/^\/session\/v1\/login-request/, /^\/queries\/v1\/query-request/, /chunk/])
        expect(passed.some((one) => path.test(one))).toBe(true)
    })

    test('fakesnow: every session has the safe settings before its first statement', async () => {
      const own = await prepareFlood(flood.double)
      const link = openAccount(own, { limits: shortLimits })
      await outcomeOf(link, 'SELECT 1 AS A')
      const texts = (await own.statements()).map(({ sql }) => sql ?? '')
      expect(texts[0]).toMatch(/^ALTER SESSION SET .*ABORT_DETACHED_QUERY = TRUE.*TIMEZONE = 'UTC'/)
      expect(texts[0]).toContain('ROWS_PER_RESULTSET = 0')
      expect(texts.slice(1)).toEqual(['SELECT CURRENT_SECONDARY_ROLES()', 'USE SECONDARY ROLES NONE', 'SELECT 1 AS A'])
      const last = (await own.statements()).at(-1)
      expect(last?.parameters).toMatchObject({ MULTI_STATEMENT_COUNT: 1 })
      expect(JSON.parse(last?.tag ?? '')).toEqual({ app: 'floe', user: 'ada', turn: 'turn-1', purpose: 'question' })
      await link.close()
    })
  })
})
