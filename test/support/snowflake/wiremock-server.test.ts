import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDriver } from './open-driver.ts'
import { startWireMock, type WireMock, wireMockMissing } from './wiremock-server.ts'

const missing = wireMockMissing()
const files = readdirSync(join(import.meta.dirname, 'wiremock')).map((name) => name.replace('.json', ''))

describe.skipIf(missing !== null)(`WireMock's mappings${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let wireMock: WireMock
  beforeAll(async () => {
    wireMock = await startWireMock()
  })
  afterEach(() => wireMock.reset())
  afterAll(() => wireMock.close())

  const open = (token = 'good-token') =>
    openDriver({
      accessUrl: wireMock.url,
      account: 'ACME',
      username: 'SOMEONE',
      authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
      token,
    })
  const ask = async (...names: readonly string[]) => {
    await wireMock.load('session', ...names)
    const driver = await open()
    const answer = await driver.run('SELECT 1')
    await driver.close()
    return answer
  }

  test.each(files)('wiremock: %s is accepted', async (name) => {
    await expect(wireMock.load(name)).resolves.toBeUndefined()
  })

  test.each([
    { mappings: ['query-one-row'], rows: [['1']] },
    { mappings: ['session-renewal'], rows: [['1']] },
    { mappings: ['query-in-progress'], rows: [['1']] },
    { mappings: ['chunks'], rows: ['0', '1', '2', '3', '4', '5', '6', '7', '8'].map((n) => [n]) },
    { mappings: ['chunks', 'chunk-short'], rows: ['0', '1', '2', '3', '4', '6', '7', '8'].map((n) => [n]) },
  ])('wiremock: the driver reads $mappings', async ({ mappings, rows }) => {
    expect((await ask(...mappings)).rows).toEqual(rows)
  })

  test.each([
    { mappings: ['master-expired'], code: '407002' },
    { mappings: ['query-missing-rowset'], code: null },
    { mappings: ['query-garbage'], code: '401001' },
  ])('wiremock: the driver fails on $mappings with $code', async ({ mappings, code }) => {
    expect(await ask(...mappings)).toMatchObject({ rows: [], code, message: expect.any(String) })
  })

  test('wiremock: a programmatic access token that is not known is refused with 394400', async () => {
    await wireMock.load('session', 'pat', 'query-one-row')
    const driver = await open('good-token')
    expect((await driver.run('SELECT 1')).rows).toEqual([['1']])
    await expect(open('another')).rejects.toMatchObject({ code: '394400' })
    expect(await wireMock.requests(/login-request/)).toHaveLength(2)
  })

  test('wiremock: the driver reads answers in the form of a real account', async () => {
    const { rows } = await ask('real-form')
    expect(rows).toHaveLength(4)
    expect(rows[0]?.slice(0, 5)).toEqual(['1', '10', 'Pear', '0.75', '2024-01-01'])
  })

  test('wiremock: a refresh token works once', async () => {
    await wireMock.load('oauth')
    const refresh = async (token: string) => {
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token })
      return (await fetch(`${wireMock.url}/oauth/token-request`, { method: 'POST', body })).status
    }
    expect([await refresh('refresh-1'), await refresh('refresh-1'), await refresh('refresh-2')]).toEqual([
      200, 400, 200,
    ])
  })
})
