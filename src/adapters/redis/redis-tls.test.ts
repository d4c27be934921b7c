import { copyFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisMissing, startRedisServer, type RedisServer } from '../../../test/support/redis-server.ts'
import { makeTlsAuthority, type TlsAuthority } from '../../../test/support/tls-authority.ts'
import { makeRedis } from './redis-client.ts'

const missing = redisMissing()

describe.skipIf(missing !== null)(`Redis with TLS${missing === null ? '' : ` (${missing})`}`, () => {
  let authority: TlsAuthority
  let other: TlsAuthority
  let server: RedisServer
  beforeAll(async () => {
    ;[authority, other] = [makeTlsAuthority(), makeTlsAuthority()]
    server = await startRedisServer({ ...authority.issue('cache', 'IP:127.0.0.1'), caFile: authority.caFile })
  })
  afterAll(async () => {
    await server.remove()
    for (const each of [authority, other]) each.remove()
  })

  /** What a ping is answered with these files, and what an operator hears where it is not. */
  async function ping(files: Readonly<Record<string, string>>, host = '127.0.0.1') {
    const url = new URL(server.url)
    url.hostname = host
    for (const [name, path] of Object.entries(files)) url.searchParams.set(name, path)
    const heard: string[] = []
    const redis = makeRedis({ url: url.href, log: (_level, message) => heard.push(message) })
    const answer = await redis.run((client) => client.ping()).catch((error: unknown) => String(error))
    await redis.close()
    return [answer, heard.join()]
  }
  const filesOf = (from: TlsAuthority) => {
    const { certFile: sslcert, keyFile: sslkey } = from.issue('floe')
    return { sslcert, sslkey }
  }

  test('is asked with a certificate of ours, and its own is checked', async () => {
    const sslrootcert = authority.caFile
    expect(await ping({ sslrootcert, ...filesOf(authority) })).toEqual(['PONG', ''])
  })

  test.each([
    ['an authority that did not sign its certificate', () => ({ sslrootcert: other.caFile, ...filesOf(authority) })],
    ['public authorities alone', () => filesOf(authority)],
    ['a client’s certificate of another authority', () => ({ sslrootcert: authority.caFile, ...filesOf(other) })],
    ['no certificate of a client', () => ({ sslrootcert: authority.caFile })],
    ['a file that is not there', () => ({ sslrootcert: `${authority.caFile}.none` })],
  ])('is not asked with %s', async (_name, files) => {
    const [answer, heard] = await ping(files())
    expect(answer).toMatch(/does not answer/)
    expect(heard).toMatch(/^Redis at 127\.0\.0\.1:\d+ does not answer \(.+\); Floe goes on without it\.$/)
  })

  test('is not asked under a name that its certificate does not hold', async () => {
    const [answer, heard] = await ping({ sslrootcert: authority.caFile, ...filesOf(authority) }, 'localhost')
    expect([answer, heard]).toEqual([
      expect.stringContaining('does not answer'),
      expect.stringMatching(/localhost. is not cert/),
    ])
  })

  test('is told as degraded where its files cannot be read, and asked once they can', async () => {
    const later = `${authority.caFile}.later`
    const { sslcert, sslkey } = filesOf(authority)
    const redis = makeRedis({
      url: `${server.url}?sslrootcert=${later}&sslcert=${sslcert}&sslkey=${sslkey}`,
      log: () => undefined,
    })
    expect(await redis.health()).toMatchObject({
      state: 'degraded',
      detail: expect.stringContaining('ENOENT') as string,
    })
    copyFileSync(authority.caFile, later)
    expect(await redis.health()).toMatchObject({ state: 'ok' })
    await redis.close()
  })
})
