import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../../../test/support/postgres-server.ts'
import { makeTlsAuthority, type TlsAuthority } from '../../../test/support/tls-authority.ts'
import type { Database } from './database.ts'
import { openStore } from './store.test-support.ts'

const missing = postgresMissing()

describe.skipIf(missing !== null)(`a server with TLS${missing === null ? '' : ` (${missing})`}`, () => {
  let authority: TlsAuthority
  let other: TlsAuthority
  let server: PostgresServer
  beforeAll(async () => {
    ;[authority, other] = [makeTlsAuthority(), makeTlsAuthority()]
    const access = 'hostssl all floe all scram-sha-256\nhostssl all machine all cert\n'
    server = await startPostgresServer({
      ...authority.issue('store', 'DNS:localhost'),
      caFile: authority.caFile,
      access,
    })
    await within({ sslmode: 'verify-full' }, (database) =>
      database.tend(({ client }) => client.query('create role machine login superuser'), 'once'),
    )
  })
  afterAll(async () => {
    await server.remove()
    for (const each of [authority, other]) each.remove()
  })

  /** Opens the database by a URL with these parameters, by default as `localhost` and with the authority that signed the server's certificate. */
  async function within<T>(
    query: Readonly<Record<string, string>>,
    work: (database: Database) => Promise<T>,
    { host = 'localhost', user = '' } = {},
  ): Promise<T> {
    const url = new URL(server.url)
    url.hostname = host
    if (user !== '') [url.username, url.password] = [user, '']
    for (const [name, value] of Object.entries({ sslrootcert: authority.caFile, ...query }))
      if (value !== '') url.searchParams.set(name, value)
    const { database } = openStore({ databaseUrl: url.href })
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }
  const connectionOf = (database: Database) =>
    database.tend(async ({ client }) => {
      const asked = 'select current_user as "user", ssl, version from pg_stat_ssl where pid = pg_backend_pid()'
      return (await client.query<{ user: string; ssl: boolean; version: string }>(asked)).rows[0]
    }, 'once')
  const refusal = (query: Readonly<Record<string, string>>, as?: Parameters<typeof within>[2]) =>
    within(query, (database) => database.ready(), as).then(
      () => 'it was let in',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )

  test.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
    'is asked by TLS with sslmode=%s, and its certificate and name are checked',
    async (sslmode) => {
      const warnings: string[] = []
      const hear = ({ message }: Error) => void warnings.push(message)
      process.on('warning', hear)
      expect(await within({ sslmode }, connectionOf)).toEqual({ user: 'floe', ssl: true, version: 'TLSv1.3' })
      const byTls = /could not be reached by TLS\.$/
      expect(await refusal({ sslmode, sslrootcert: other.caFile })).toMatch(byTls)
      expect(await refusal({ sslmode, sslrootcert: '' })).toMatch(byTls)
      expect(await refusal({ sslmode }, { host: '127.0.0.1' })).toMatch(byTls)
      expect(await refusal({ sslmode, uselibpqcompat: 'true', sslrootcert: other.caFile })).toMatch(byTls)
      process.off('warning', hear)
      // The driver says so where it does not know yet how much it will check in its next version.
      expect(warnings).toEqual([])
    },
  )

  test('takes a certificate instead of a password', async () => {
    const { certFile: sslcert, keyFile: sslkey } = authority.issue('machine')
    expect(await within({ sslcert, sslkey }, connectionOf, { user: 'machine' })).toMatchObject({ user: 'machine' })
    const stranger = other.issue('machine')
    const as = { user: 'machine' }
    expect(await refusal({ sslcert: stranger.certFile, sslkey: stranger.keyFile }, as)).toMatch(/TLS/)
    expect(await refusal({ sslmode: 'verify-full' }, as)).toMatch(/refused the sign-in/)
  })

  test('says what is wrong with the settings', async () => {
    expect(await refusal({ sslrootcert: '' })).toMatch(/takes no connection without TLS\.$/)
    const nowhere = join(authority.caFile, '..', 'none.pem')
    expect(await refusal({ sslrootcert: nowhere })).toMatch(/is reached with certificates that cannot be read\.$/)
  })
})
