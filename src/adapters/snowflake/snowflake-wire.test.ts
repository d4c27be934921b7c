import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startWireMock, type WireMock, wireMockMissing } from '../../../test/support/snowflake/wiremock-server.ts'
import { makeSnowflakeLink } from './make-snowflake-link.ts'
import { fails, outcomeOf, shortLimits } from './snowflake-faults.test-support.ts'

const missing = wireMockMissing()

/** Answers what every session begins with; the mappings under test answer the rest. */
const setUp = {
  priority: 1,
  request: {
    method: 'POST',
    urlPath: '/queries/v1/query-request',
    bodyPatterns: [{ matches: '.*(ALTER SESSION SET|CURRENT_SECONDARY_ROLES|USE SECONDARY ROLES NONE).*' }],
  },
  response: {
    status: 200,
    jsonBody: {
      success: true,
      code: null,
      message: null,
      data: { queryId: '01b2c3d4-0000-0000-0000-000000000001', rowtype: [], rowset: [], total: 0, returned: 0 },
    },
  },
}

describe.skipIf(missing !== null)(missing === null ? 'the wire' : `the wire (skipped: ${missing})`, () => {
  let wireMock: WireMock
  beforeAll(async () => {
    wireMock = await startWireMock()
  })
  afterEach(() => wireMock.reset())
  afterAll(() => wireMock.close())

  const ask = async (names: readonly string[], credential = 'good-token', signInMs = 2_500) => {
    await wireMock.load('session', ...names)
    await wireMock.add(setUp)
    const target = {
      account: 'ACME',
      accessUrl: wireMock.url,
      role: null,
      warehouse: null,
      database: null,
      schema: null,
    }
    const link = makeSnowflakeLink({
      target,
      limits: { ...shortLimits, signInMs },
      credential: () => Promise.resolve({ method: 'access_token', user: 'SOMEONE', token: credential }),
      onFault: () => undefined,
    })
    const ended = await outcomeOf(link, 'SELECT 1')
    await link.close()
    const sent = (await wireMock.requests(/^\/queries\/v1\/query-request/)).filter(({ body }) =>
      body.includes('"SELECT 1"'),
    )
    // Snowflake recognises a statement by this id, so one id is one execution.
    const ids = sent.map(({ url }) => new URL(url, wireMock.url).searchParams.get('requestId'))
    expect(new Set(ids).size).toBeLessThanOrEqual(1)
    return { ended, sent: sent.length }
  }
  const one = { rows: 1, first: [1], last: [1] }
  /** How often depends on the time that each try takes. */
  const severalTimes: unknown = expect.toBeOneOf([2, 3, 4, 5])
  const nine = { rows: 9, first: [0], last: [8] }

  test.each([
    { names: ['query-one-row'], ended: one, sent: 1 },
    { names: ['query-in-progress'], ended: one, sent: 1 },
    { names: ['session-renewal'], ended: one, sent: 2 },
    { names: ['query-503-storm', 'query-one-row'], ended: one, sent: 4 },
    { names: ['chunks'], ended: nine, sent: 1 },
    { names: ['chunks', 'chunks-retried'], ended: nine, sent: 1 },
    { names: ['chunks', 'chunk-forbidden-once'], ended: nine, sent: 1 },
    { names: ['chunks', 'chunk-forbidden'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-missing'], ended: fails('warehouse_failed', '404'), sent: 1 },
    { names: ['chunks', 'chunk-short'], ended: fails('warehouse_failed', 'rows came'), sent: 1 },
    { names: ['chunks', 'chunk-cut'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-corrupt'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-garbage'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-hangs'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-reset'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['chunks', 'chunk-503-always'], ended: fails('warehouse_failed', '503'), sent: 1 },
    { names: ['query-garbage'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['query-truncated-json'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['query-empty'], ended: fails('warehouse_unreachable'), sent: severalTimes },
    { names: ['query-missing-rowset'], ended: fails('warehouse_failed'), sent: 1 },
    { names: ['query-hangs'], ended: fails('warehouse_unreachable'), sent: severalTimes },
    { names: ['query-reset'], ended: fails('warehouse_unreachable'), sent: severalTimes },
    { names: ['query-503-always'], ended: fails('warehouse_unreachable', '503'), sent: severalTimes },
    { names: ['login-hangs'], ended: fails('warehouse_unreachable'), sent: 0 },
    { names: ['login-503-always'], ended: fails('warehouse_unreachable'), sent: 0 },
    { names: ['login-refused-jwt'], ended: fails('connection_broken', '390144'), sent: 0 },
    { names: ['login-refused-network'], ended: fails('connection_broken', '390422'), sent: 0 },
  ])('wiremock: $names', async ({ names, ended, sent }) => {
    expect(await ask(names)).toEqual({ ended, sent })
  })

  test('wiremock: a sign-in that is refused twice with 503 is worth its wait', async () => {
    expect(await ask(['login-503-storm', 'query-one-row'], 'good-token', 20_000)).toEqual({ ended: one, sent: 1 })
  })

  test('wiremock: an access token that is not known', async () => {
    expect(await ask(['pat', 'query-one-row'], 'another')).toEqual({
      ended: fails('connection_broken', '394400'),
      sent: 0,
    })
  })
})
